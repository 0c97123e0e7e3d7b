"""Deletes what is old, a batch at a time, so that nobody waits long for the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.delivery.loop import Loop

if TYPE_CHECKING:
    from bot.delivery.limits import Limits
    from bot.store.port import Store

_LOG = structlog.get_logger("delivery.retention")


class Retention:
    """Purges at the start and then every hour."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self.loop = Loop(
            "retention", self._step, poll=limits.purge_every, storage_pause=limits.storage_pause
        )

    async def _step(self) -> bool:
        deleted = await self._store.purge(self._limits.retention)
        if deleted:
            _LOG.info("old rows deleted", rows=deleted)
        return deleted > 0
