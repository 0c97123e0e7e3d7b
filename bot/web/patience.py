"""A limit on how long a client may take to send a request's head, which uvicorn does not have."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_WITHIN: Final = 10.0
"""Seconds from the connection, or from the first byte of a request, to the end of its head."""
HEAD_BYTES: Final = 32 * 1024


class PatientProtocol(HttpToolsProtocol):
    """Closes connections on which a request's head comes too slowly, or grows too large."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock: asyncio.TimerHandle | None = None
        self._unread = 0
        self._close: Callable[[], None] = lambda: None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock."""
        super().connection_made(transport)
        self._close = transport.abort
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops it."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Stops the clock while a request is at work, and starts it for the next head."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
            return
        self._unread += len(data)
        if self._unread > HEAD_BYTES:
            self._close()
        elif self._clock is None:
            self._start()

    def _start(self) -> None:
        self._clock = asyncio.get_running_loop().call_later(HEAD_WITHIN, self._close)

    def _stop(self) -> None:
        self._unread = 0
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
