"""Drains the outbox: the head of each lane, as fast as the messenger allows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.delivery.faultpoints import Point
from bot.delivery.loop import Loop, insist
from bot.delivery.verdict import Delivered, Judge
from bot.errors import (
    ChatMigrated,
    DeliveryUncertain,
    LeaseLost,
    NotDelivered,
    RateLimited,
    SendError,
    StorageUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.delivery.faultpoints import FaultPoints
    from bot.delivery.limits import Limits
    from bot.delivery.meter import Meter
    from bot.delivery.notices import Notices
    from bot.delivery.transport import Transport
    from bot.store.port import Call, Clock, Outgoing, Store, Verdict

_LOG = structlog.get_logger("delivery.sender")

_ACK_TIMEOUT: Final = 10.0
"""Seconds; nobody looks at a spinner for longer."""


class Sender:
    """Claims the heads of outboxes, sends them and records what became of them."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        *,
        owner: str,
        notices: Notices,
        limits: Limits,
        clock: Clock,
        meter: Meter,
        faults: FaultPoints,
    ) -> None:
        self._store = store
        self._transport = transport
        self._owner = owner
        self._limits = limits
        self._clock = clock
        self._meter = meter
        self._faults = faults
        self._judge = Judge(limits, notices)
        self._sending: set[asyncio.Task[None]] = set()
        self._acks: set[asyncio.Task[None]] = set()
        self._limited: dict[str, float] = {}
        self.loop = Loop("sender", self._step, poll=limits.poll, storage_pause=limits.storage_pause)

    def acknowledge(self, call: Call) -> None:
        """Sends a call at once and forgets about it; dropped when too many are under way."""
        if len(self._acks) < self._limits.calls_at_once:
            self._spawn(self._acks, self._try(call))

    async def finish(self) -> None:
        """Waits for the calls under way."""
        while self._sending or self._acks:
            await asyncio.wait(self._sending | self._acks)

    def abandon(self) -> None:
        """Cuts off the calls under way; whoever takes them over finds them in doubt."""
        for task in self._sending | self._acks:
            task.cancel()

    async def _step(self) -> bool:
        free = self._limits.calls_at_once - len(self._sending)
        if free <= 0:
            return False
        claimed = await self._store.claim_calls(
            self._owner, limit=free, lease=self._limits.call_lease, pace=self._limits.pace
        )
        for outgoing in claimed:
            self._spawn(self._sending, self._send(outgoing))
        return False

    def _spawn(self, tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        def done(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            self.loop.ring()  # the lane may have more

        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(done)

    async def _send(self, outgoing: Outgoing) -> None:
        with structlog.contextvars.bound_contextvars(
            update_id=outgoing.update_id,
            outbox_id=outgoing.id,
            chat=self._store.pseudonym(outgoing.lane),
        ):
            outcome = await self._attempt(outgoing)
            self._faults.reach(Point.SENT, outgoing.lane)
            self._count(outgoing, outcome)
            try:
                await insist(
                    lambda: self._record(outgoing, outcome),
                    until=outgoing.lease_until,
                    clock=self._clock,
                    pause=self._limits.storage_pause,
                )
            except LeaseLost:
                _LOG.warning("lease lost, outcome not recorded", method=outgoing.call.method)
            except StorageUnavailable as error:
                _LOG.error("outcome not recorded, now in doubt", error=str(error))

    def _count(self, outgoing: Outgoing, outcome: Delivered | SendError) -> None:
        name = "delivered" if isinstance(outcome, Delivered) else type(outcome).__name__
        waited = self._clock() - outgoing.created_at
        self._meter.called(outgoing.call.method, name, waited)

    async def _attempt(self, outgoing: Outgoing) -> Delivered | SendError:
        if not self._judge.may_send(outgoing):
            return DeliveryUncertain()
        left = outgoing.lease_until - self._clock()
        if left < self._limits.call_timeout:  # the process was frozen since the claim
            return NotDelivered()
        try:
            async with asyncio.timeout(self._limits.call_timeout):
                return Delivered(await self._transport.call(outgoing.call))
        except SendError as error:
            return error
        except TimeoutError:
            return DeliveryUncertain()
        except Exception as error:  # noqa: BLE001 - a fault in a transport must not stop a lane
            _LOG.error("transport failed", error=type(error).__name__)
            return DeliveryUncertain()

    async def _record(self, outgoing: Outgoing, outcome: Delivered | SendError) -> None:
        now = self._clock()
        verdict = self._judge.decide(outgoing, outcome, now)
        if isinstance(outcome, RateLimited):
            await self._hold_back(outgoing.lane, outcome, now)
        if isinstance(outcome, ChatMigrated):
            verdict = await self._move(outgoing, outcome.new_chat_id, verdict)
        if isinstance(outcome, SendError):
            _LOG.warning(
                "call failed",
                method=outgoing.call.method,
                error=type(outcome).__name__,
                state=verdict.state.value,
                attempts=outgoing.attempts,
            )
        await self._store.settle(outgoing, verdict)

    async def _hold_back(self, lane: str, limit: RateLimited, now: float) -> None:
        """Telegram does not say whom a limit concerns; several lanes at once mean everyone."""
        self._limited = {key: until for key, until in self._limited.items() if until > now}
        self._limited[lane] = now + limit.retry_after
        if limit.everyone or len(self._limited) >= self._limits.limited_lanes:
            await self._store.pause(now + limit.retry_after)

    async def _move(self, outgoing: Outgoing, chat: int, verdict: Verdict) -> Verdict:
        await self._store.move(outgoing.lane, str(chat), lambda call: readdress(call, chat))
        return replace(verdict, call=readdress(outgoing.call, chat))

    async def _try(self, call: Call) -> None:
        try:
            async with asyncio.timeout(_ACK_TIMEOUT):
                await self._transport.call(call)
        except (SendError, TimeoutError) as error:
            _LOG.info("acknowledgement failed", method=call.method, error=type(error).__name__)


def readdress(call: Call, chat: int) -> Call:
    """The call, to another chat."""
    params = call.params | ({"chat_id": chat} if "chat_id" in call.params else {})
    fallback = None if call.fallback is None else readdress(call.fallback, chat)
    return replace(call, params=params, fallback=fallback)
