"""A step repeated until it is told to stop; woken by a bell, else by a short poll."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.port import Clock

_LOG = structlog.get_logger("delivery")


class Loop:
    """Runs a step again at once while it finds work, and waits when it does not."""

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[bool]],
        *,
        poll: float,
        storage_pause: float,
    ) -> None:
        """Args: see ``Limits``; ``step`` returns whether there may be more to do at once."""
        self._name = name
        self._step = step
        self._poll = poll
        self._storage_pause = storage_pause
        self._bell = asyncio.Event()
        self._stopping = False

    def ring(self) -> None:
        """There is work."""
        self._bell.set()

    def stop(self) -> None:
        """Ends after the step that is under way."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Goes on until stopped; a database out of order is waited for."""
        while not self._stopping:
            self._bell.clear()
            try:
                more = await self._step()
            except StorageUnavailable as error:
                _LOG.error("storage unavailable", loop=self._name, error=str(error))
                await asyncio.sleep(self._storage_pause)
                continue
            if not more:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._poll):
                await self._bell.wait()
        except TimeoutError:
            return


async def insist(
    action: Callable[[], Awaitable[None]], *, until: float, clock: Clock, pause: float
) -> None:
    """Repeats an action while the database is out of order.

    Args:
        action: one transaction.
        until: when the lease ends, in seconds since the epoch.
        clock: tells the time.
        pause: seconds between two attempts.

    Raises:
        StorageUnavailable: it still was at the end.
        LeaseLost: the action found its lease lost.
    """
    while True:
        try:
            return await action()
        except StorageUnavailable:
            if clock() + pause >= until:
                raise
        await asyncio.sleep(pause)
