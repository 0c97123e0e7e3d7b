"""Scheduled work: rows that fall due become items of their lane, like any update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.delivery.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.limits import Limits
    from bot.store.port import Store

_BATCH: Final = 100


class Timers:
    """Looks for timers that are due; any process may, the move is one transaction."""

    def __init__(self, store: Store, wake: Callable[[], None], limits: Limits) -> None:
        self._store = store
        self._wake = wake
        self.loop = Loop(
            "timers", self._step, poll=limits.timer_poll, storage_pause=limits.storage_pause
        )

    async def _step(self) -> bool:
        fired = await self._store.fire(limit=_BATCH)
        if fired:
            self._wake()
        return fired == _BATCH
