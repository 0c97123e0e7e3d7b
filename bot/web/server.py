"""uvicorn inside our own event loop: its socket, its signals and its end belong to us."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from bot.errors import SettingsInvalid
from bot.web.patience import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.applications import Starlette

_KEEP_ALIVE: Final = 75
"""Seconds; longer than a proxy keeps its connections (nginx and Caddy: 60 s or less), so that it
is never us who closes one in the moment in which it is used."""
_CONNECTIONS: Final = 1000
_DRAIN: Final = 5
"""Seconds for requests under way when the server stops; an update takes milliseconds."""


def listen(address: tuple[str, int], *, shared: bool = False) -> socket.socket:
    """A socket on which clients may already knock, though nobody answers yet.

    Args:
        address: host and port.
        shared: several sockets on the same address, one for each process; the kernel deals out
            connections.

    Raises:
        SettingsInvalid: the address cannot be used.
    """
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, the protocol makes asyncio turn Nagle's algorithm off; else answers may wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        message = f"LISTEN: {host}:{port} cannot be used: {error.strerror or error}"
        raise SettingsInvalid(message) from error
    return listener


async def serve(app: Starlette, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serves until told to stop, then lets requests finish and closes the app's lifespan.

    Raises:
        RuntimeError: the app could not start, or its work failed; uvicorn logs the reason.
    """
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # whose X-Forwarded-For counts is the gate's affair
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_DRAIN,
        limit_concurrency=_CONNECTIONS,
    )
    server = _Server(config)
    told = asyncio.create_task(_pass_on(stop, server))
    try:
        await server.serve(sockets=[listener])
    finally:
        told.cancel()
    if not server.started or server.lifespan.should_exit:
        message = "the web app failed"
        raise RuntimeError(message)


async def _pass_on(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Captures nothing."""
        yield
