"""For monitors: is the process alive, can it do its work, and how much of it is there."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from starlette.responses import JSONResponse, Response

from bot.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from bot.store.port import Clock, Depth
    from bot.web.metrics import Metrics

_TOO_OLD: Final = 60.0
"""Seconds after which an update that nobody handles means that the bot is stuck."""
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Warehouse(Protocol):
    """What is looked at."""

    async def depth(self) -> Depth:
        """What waits."""

    async def probe(self) -> None:
        """Writes something; raises ``StorageUnavailable`` if that is not possible."""


class Health:
    """``/healthz``, ``/readyz`` and ``/metrics``; none of them tells anything about a person."""

    def __init__(
        self,
        warehouse: Warehouse,
        metrics: Metrics,
        knowledge: Callable[[], str],
        clock: Clock = time.time,
    ) -> None:
        """Args besides the obvious.

        knowledge: gives the version of the content that serves.
        clock: the storage's.
        """
        self._clock = clock
        self._warehouse = warehouse
        self._metrics = metrics
        self._knowledge = knowledge

    async def alive(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """The storage can be written, and nothing waits for too long."""
        report: dict[str, object] = {"knowledge": self._knowledge()}
        try:
            await self._warehouse.probe()
            depth = await self._warehouse.depth()
        except StorageUnavailable as error:
            report |= {"status": "storage unavailable", "reason": str(error)}
            return JSONResponse(report, HTTPStatus.SERVICE_UNAVAILABLE)
        age = 0.0 if depth.oldest is None else max(0.0, self._clock() - depth.oldest)
        good = age < _TOO_OLD
        report |= {
            "status": "ok" if good else "updates wait too long",
            "inbox": depth.inbox,
            "inbox_age_seconds": round(age, 3),
            "outbox": depth.outbox,
            "dead_letters": depth.dead_letters,
        }
        return JSONResponse(report, HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)

    async def figures(self, _request: Request) -> Response:
        """For Prometheus."""
        try:
            depth = await self._warehouse.depth()
        except StorageUnavailable:
            depth = None
        return Response(
            self._metrics.page(depth, self._knowledge(), self._clock()), media_type=_TEXT
        )
