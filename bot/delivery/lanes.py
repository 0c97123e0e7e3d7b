"""Handles what is in the inbox: one chat in order, different chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.delivery.faultpoints import Point
from bot.delivery.loop import Loop, insist
from bot.errors import LeaseLost, StorageUnavailable
from bot.store.port import Claim, Handled, Happening, InboxItem, Json

if TYPE_CHECKING:
    from bot.delivery.faultpoints import FaultPoints
    from bot.delivery.limits import Limits
    from bot.delivery.meter import Meter
    from bot.delivery.notices import Notices
    from bot.store.port import Call, Clock, Store

Handler: TypeAlias = Callable[[InboxItem, Json], Handled | Awaitable[Handled]]
"""What is to be done about an item, given the lane's session: pure, about a millisecond. What takes
longer is awaited; only its own lane waits for it, within the lease."""

_LOG = structlog.get_logger("delivery.lanes")


class LaneRunner:
    """Claims the oldest items of free lanes, handles them and commits what came of it."""

    def __init__(
        self,
        store: Store,
        handler: Handler,
        *,
        owner: str,
        notices: Notices,
        limits: Limits,
        clock: Clock,
        meter: Meter,
        faults: FaultPoints,
        committed: Callable[[], None],
        acknowledge: Callable[[Call], None],
    ) -> None:
        """Args besides the obvious.

        owner: a random name of this process.
        committed: called when there is something to send as soon as it is committed.
        acknowledge: sends a call at once, with the best effort.
        """
        self._store = store
        self._handler = handler
        self._owner = owner
        self._notices = notices
        self._limits = limits
        self._clock = clock
        self._meter = meter
        self._faults = faults
        self._committed = committed
        self._acknowledge = acknowledge
        self._tasks: set[asyncio.Task[None]] = set()
        self._floor = asyncio.Lock()
        self.loop = Loop("lanes", self._step, poll=limits.poll, storage_pause=limits.storage_pause)

    async def finish(self) -> None:
        """Waits for the items at work."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def abandon(self) -> None:
        """Cancels what is still at work; its leases are released or run out."""
        for task in self._tasks:
            task.cancel()

    async def _step(self) -> bool:
        free = self._limits.updates_at_once - len(self._tasks)
        if free <= 0:
            return False
        claims = await self._store.claim(
            self._owner, limit=free, lease=self._limits.update_lease, idle=not self._tasks
        )
        for claim in claims:
            task = asyncio.create_task(self._work(claim))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return False

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.loop.ring()  # the lane may have more

    async def _work(self, claim: Claim) -> None:
        item = claim.item
        with structlog.contextvars.bound_contextvars(
            update_id=item.update_id, chat=self._store.pseudonym(item.lane)
        ):
            try:
                await self._handle(claim)
            except LeaseLost:
                self._meter.handled("lost", ())
                _LOG.warning("lease lost, work undone", attempts=item.attempts)
            except StorageUnavailable as error:
                _LOG.error("not committed, left to the next", error=str(error))

    async def _handle(self, claim: Claim) -> None:
        if claim.item.attempts > self._limits.claims:
            await self._bury(claim, "cut off each time")
            return
        try:
            # One at a time, with a look at the network in between: a batch of claims must not keep
            # those waiting who knock at the door.
            async with self._floor:
                await asyncio.sleep(0)
            self._faults.reach(Point.CLAIMED, claim.item.lane)
            handled = self._handler(claim.item, claim.session)
            if not isinstance(handled, Handled):
                handled = await handled
            self._faults.reach(Point.HANDLED, claim.item.lane)
            if handled.calls:
                self._committed()  # the sender's claim then stands in the same transaction
            await self._insist(claim, lambda: self._store.complete(claim, handled))
        except (LeaseLost, StorageUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler does, the lane goes on
            await self._fail(claim, _place(error))
            return
        self._meter.handled("done", handled.events)
        for call in handled.acks:
            self._acknowledge(call)

    async def _fail(self, claim: Claim, error: str) -> None:
        failures = claim.failures + 1
        _LOG.error("handling failed", error=error, failures=failures)
        if failures >= self._limits.failures:
            await self._bury(claim, error)
            return
        self._meter.handled("retry", ())
        wait = self._limits.update_backoff * 2 ** (failures - 1)
        not_before = self._clock() + wait
        await self._insist(
            claim, lambda: self._store.retry(claim, error=error, not_before=not_before)
        )

    async def _bury(self, claim: Claim, error: str) -> None:
        _LOG.error("dead letter", error=error)
        apology = Handled(
            calls=self._notices.about_failure(claim.item),
            events=(Happening("dead_letter", value=error),),
        )
        await self._insist(claim, lambda: self._store.bury(claim, error=error, handled=apology))
        self._meter.handled("dead", apology.events)
        self._committed()

    async def _insist(self, claim: Claim, action: Callable[[], Awaitable[None]]) -> None:
        await insist(
            action,
            until=claim.lease_until,
            clock=self._clock,
            pause=self._limits.storage_pause,
        )


def _place(error: Exception) -> str:
    """Class and line of an error; its message is left out, since it may quote a person."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return f"{type(error).__name__} in {code.co_qualname} line {trace.tb_lineno}"
