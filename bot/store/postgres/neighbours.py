"""What processes tell each other: that they are there, and that work has become free.

Both are hints. Whoever hears nothing finds the work by the short poll, and a lease ends without
anybody's help.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
from psycopg import Error, sql

from bot.errors import StorageUnavailable
from bot.store.postgres.connection import connect_listener
from bot.store.postgres.lanes import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.postgres.clock import ServerClock
    from bot.store.postgres.connection import Listener

_PRESENT: Final = 0x48_75_61_6E_02
"""Advisory lock that each process shares as long as it lives."""
_LOOK_EVERY: Final = 60.0
"""Seconds after which the server's clock is asked again."""
_PAUSE: Final = 1.0

_LOG = structlog.get_logger("store.postgres")


class Neighbours:
    """Listens on a connection of its own."""

    def __init__(self, url: str, clock: ServerClock) -> None:
        """Args: ``clock`` is set from time to time."""
        self._url = url
        self._clock = clock
        self._wakers: list[Callable[[], None]] = []
        self._connection: Listener | None = None
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Calls ``wake`` when work may have become free."""
        self._wakers.append(wake)

    async def join(self, alone: Callable[[], Awaitable[object]]) -> None:
        """Becomes present.

        Args:
            alone: called first if nobody else is present, while nobody else can come: every lease
                is a dead process's then. Should a living one have lost its connection in this very
                moment, the fences refuse what it commits under the leases that ended.

        Raises:
            StorageUnavailable: the server cannot be asked.
            Error: of the server.
        """
        connection = self._connection = await connect_listener(self._url)
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s) AS alone", (_PRESENT,))
        row = await cursor.fetchone()
        first = row is not None and row["alone"]
        if first:
            await alone()
        await self._attend(connection)
        if first:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_PRESENT,))
        self._task = asyncio.create_task(self._listen(connection))

    async def _attend(self, connection: Listener) -> None:
        await connection.execute("SELECT pg_advisory_lock_shared(%s)", (_PRESENT,))
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        await self._clock.set(connection)

    async def _listen(self, connection: Listener) -> None:
        while True:
            try:
                if connection.closed:
                    connection = self._connection = await connect_listener(self._url)
                    await self._attend(connection)
                    self._wake()  # who knows what was missed
                async for _ in connection.notifies(timeout=_LOOK_EVERY):
                    self._wake()
                await self._clock.set(connection)
            except (Error, StorageUnavailable) as error:
                _LOG.warning("hints interrupted", error=type(error).__name__)
                await connection.close()
                await asyncio.sleep(_PAUSE)

    def _wake(self) -> None:
        for wake in self._wakers:
            wake()

    async def leave(self) -> None:
        """Stops listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._connection is not None:
            await self._connection.close()
