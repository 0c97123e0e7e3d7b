"""Serves the stand-in on a port of this machine, inside the running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn

from bot.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from starlette.applications import Starlette


@contextlib.asynccontextmanager
async def running(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serves an app while the block lasts.

    Args:
        app: from ``create_sandbox``; any other ASGI app will do.
        host: to listen on.
        port: 0 for any that is free.

    Yields:
        The root, for example ``http://127.0.0.1:8765``; ``/bot`` and ``/file/bot`` follow.

    Raises:
        SettingsInvalid: somebody else listens there.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,  # logging belongs to whoever runs us
        log_level="warning",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        box = getattr(app.state, "sandbox", None)
        if box is not None:
            await box.close()  # open event streams would hold the server up
        ready.cancel()
        server.should_exit = True
        await serving
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"port {port} on {host} cannot be used: {error.strerror}"
        raise SettingsInvalid(message) from error
    return listener


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to whoever runs the loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Captures nothing."""
        yield
