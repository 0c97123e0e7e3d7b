"""``bot run`` with one part exchanged, to measure what that part is worth. Not for use.

``python variants.py httpx …``: python-telegram-bot's own client instead of aiohttp.
``python variants.py inline …``: the first reply travels in the answer to the webhook. Nobody hears
whether it arrived, so it counts as sent once it is written; a bot of which that is asked says 200
only after everything else is done.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from starlette.responses import JSONResponse, Response
from telegram.request import HTTPXRequest

import bot.app
import bot.web.serving
from bot.chat.envelopes import seal
from bot.chat.transport import TelegramTransport
from bot.cli import main
from bot.web.webhook import Webhook

WITHIN = 1.0
"""Seconds after which the webhook answers without a reply."""


def httpx_request(*, connections: int, context: object) -> HTTPXRequest:
    """The library's client, with as many connections."""
    del context
    return HTTPXRequest(connection_pool_size=connections, read_timeout=70.0)


def answer_inline() -> None:
    """Lets the transport hand a reply to the request that waits for it."""
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    class InlineTransport(TelegramTransport):
        async def call(self, call: Any) -> Any:
            reply = waiting.pop(str(call.params.get("chat_id")), None)
            if reply is None or reply.done() or call.files:
                return await super().call(call)
            reply.set_result({"method": call.method, **call.params})
            return True

    class InlineWebhook(Webhook):
        async def _respond(self, request: Any) -> Response:
            envelope = seal(await request.body())
            lane = "" if envelope is None else envelope.lane
            reply = waiting[lane] = asyncio.get_running_loop().create_future()
            said = await super()._respond(request)
            try:
                async with asyncio.timeout(WITHIN):
                    return JSONResponse(await reply)
            except TimeoutError:
                waiting.pop(lane, None)
                return said

    bot.app.TelegramTransport = InlineTransport
    bot.web.serving.Webhook = InlineWebhook


if __name__ == "__main__":
    if sys.argv.pop(1) == "httpx":
        bot.app.AiohttpRequest = httpx_request
    else:
        answer_inline()
    main()
