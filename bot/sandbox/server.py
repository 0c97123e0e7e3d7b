"""The stand-in as an ASGI app: the Bot API, the files, the chat page and its endpoints."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.errors import CallRefused
from bot.sandbox.answers import Answer
from bot.sandbox.clock import WallClock
from bot.sandbox.core import Sandbox
from bot.sandbox.desk import Desk
from bot.sandbox.faults import ConnectionCut
from bot.sandbox.keep import keep_saving, restore
from bot.sandbox.methods import execute
from bot.sandbox.requests import read_arguments
from bot.sandbox.webhook import WebhookRules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.sandbox.clock import Clock
    from bot.sandbox.faults import Limits

_PAGE: Final = Path(__file__).parent / "page"
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def create_sandbox(
    *,
    token: str,
    clock: Clock | None = None,
    keep: Path | None = None,
    limits: Limits | None = None,
    rules: WebhookRules | None = None,
    reads_groups: bool = False,
    webhook_transport: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """Builds the stand-in for one bot.

    Args:
        token: the only token that is accepted.
        clock: tells the time; the wall's by default.
        keep: file that keeps the history over a restart; none by default.
        limits: Telegram's rate limits; none by default.
        rules: numbers of the webhook delivery; Telegram's by default.
        reads_groups: whether the bot's privacy mode is off.
        webhook_transport: how updates are posted; the network by default.

    Returns:
        The app; ``app.state.sandbox`` is the ``Sandbox`` behind it.

    Raises:
        SettingsInvalid: not a token, or ``keep`` holds something else.
    """
    box = Sandbox(
        token,
        clock or WallClock(),
        execute,
        limits=limits,
        rules=rules or WebhookRules(),
        transport=webhook_transport,
        reads_groups=reads_groups,
    )
    if keep is not None:
        restore(box, keep)
    front = Front(box)
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", front.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", front.download),
            Mount("/sandbox", routes=Desk(box).routes()),
            Route("/", front.page),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ],
        middleware=[Middleware(OwnPageOnly)],
        exception_handlers={CallRefused: front.refuse},
        lifespan=_lifespan(box, keep),
    )
    app.state.sandbox = box
    return app


def _lifespan(box: Sandbox, keep: Path | None) -> Any:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        saving = asyncio.create_task(keep_saving(box, keep)) if keep else None
        try:
            yield
        finally:
            await box.close()
            if saving is not None:
                await saving

    return lifespan


class Front:
    """The Bot API as HTTP, and the page."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box

    async def call(self, request: Request) -> Response:
        """One call of a Bot API method."""
        self._check(request)
        arguments = await read_arguments(request)
        try:
            result = await execute(self._box, request.path_params["method"], arguments)
        except ConnectionCut:
            return _CutResponse()
        return Answer({"ok": True, "result": result})

    async def download(self, request: Request) -> Response:
        """A file by the path that getFile gave."""
        self._check(request)
        for stored in self._box.world.files.values():
            if stored.path == request.path_params["path"]:
                return Response(stored.data, media_type="application/octet-stream")
        raise CallRefused(404, "Not Found")

    def _check(self, request: Request) -> None:
        if request.path_params["token"] != self._box.token:
            raise CallRefused(401, "Unauthorized")

    async def refuse(self, _request: Request, error: Exception) -> Response:
        """An error as Telegram writes it."""
        if not isinstance(error, CallRefused):
            raise error
        body: dict[str, Any] = {
            "ok": False,
            "error_code": error.code,
            "description": str(error),
        }
        headers = {}
        if error.parameters:
            body["parameters"] = error.parameters
        if "retry_after" in error.parameters:
            headers["Retry-After"] = str(error.parameters["retry_after"])
        return Answer(body, error.code, headers)

    async def page(self, _request: Request) -> Response:
        """The chat page."""
        return FileResponse(_PAGE / "index.html", headers=_PAGE_HEADERS)


class _CutResponse(Response):
    """Promises more than it sends, so that the server closes the connection in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = [(b"content-length", b"64"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class OwnPageOnly:
    """Keeps other sites in the same browser away: they may only lead to the page.

    The token of the demo is no secret, so the Bot API is guarded too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses what the browser says another site asked for."""
        if scope["type"] == "http" and scope["path"] != "/":
            origin = dict(scope["headers"]).get(b"sec-fetch-site", b"none")
            if origin not in {b"none", b"same-origin"}:
                await Response("Forbidden", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)
