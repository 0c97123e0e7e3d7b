"""A bare webhook echo on python-telegram-bot, tuned: what a bot costs that keeps nothing.

``python echo.py ROOT PORT CONCURRENT``. It loses updates when it is killed, answers a chat out of
order, and says 200 before anything is done: everything that the real bot must not.
"""

import asyncio
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

TOKEN = "100000:" + "benchmark" * 4


async def main(root: str, port: int, concurrent: int) -> None:
    """Serves until it is killed."""
    application = (
        Application.builder()
        .token(TOKEN)
        .base_url(f"{root}/bot")
        .updater(None)
        .concurrent_updates(concurrent)
        .connection_pool_size(concurrent)
        .build()
    )

    async def echo(update: Update, _context: object) -> None:
        await update.effective_chat.send_message(update.message.text)

    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def hook(request):
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return Response()

    web = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(web, http="httptools", log_level="warning", access_log=False)
    async with application:
        await application.start()
        await uvicorn.Server(config).serve(sockets=[listener])
        await application.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
