"""The delivery as a whole: what the composition root builds and runs."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot.delivery.faultpoints import FaultPoints
from bot.delivery.lanes import LaneRunner
from bot.delivery.limits import Limits
from bot.delivery.meter import Unmetered
from bot.delivery.notices import Notices
from bot.delivery.receive import Receiver
from bot.delivery.retention import Retention
from bot.delivery.sender import Sender
from bot.delivery.timers import Timers
from bot.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.delivery.lanes import Handler
    from bot.delivery.meter import Meter
    from bot.delivery.transport import Transport
    from bot.store.port import Clock, Depth, Json, Receipt, Store

_LOG = structlog.get_logger("delivery")


class Delivery:
    """Receives, handles, sends, and stops gracefully; made by ``build_delivery``."""

    def __init__(
        self,
        store: Store,
        lanes: LaneRunner,
        sender: Sender,
        *,
        owner: str,
        limits: Limits,
        notices: Notices,
        meter: Meter,
        faults: FaultPoints,
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._sender = sender
        self._owner = owner
        self._limits = limits
        flood = limits.flood and replace(limits.flood, notice=notices.about_flood)
        self._receiver = Receiver(
            store,
            arriving=lanes.loop.ring,
            told=sender.loop.ring,
            flood=flood,
            meter=meter,
            faults=faults,
        )
        self._timers = Timers(store, lanes.loop.ring, limits)
        self._retention = Retention(store, limits)

    async def receive(self, update_id: int, lane: str, body: Json, *, person: str = "") -> Receipt:
        """Keeps an update, as ``Receiver.receive`` says."""
        return await self._receiver.receive(update_id, lane, body, person=person)

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what is no update, as ``Store.refuse`` says."""
        await self._store.refuse(reason, body)

    async def depth(self) -> Depth:
        """What waits."""
        return await self._store.depth()

    @property
    def clock(self) -> Clock:
        """By which times in the store are to be read."""
        return self._store.clock

    async def probe(self) -> None:
        """Whether the storage can be written.

        Raises:
            StorageUnavailable: it cannot.
        """
        await self._store.probe()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until told to stop, then finishes what is under way within the limit.

        A loop that fails ends the whole with its error: a bot that is deaf without a word would be
        worse than one that its supervisor restarts.
        """
        loops = (self._lanes.loop, self._sender.loop, self._timers.loop, self._retention.loop)
        self._store.subscribe(self._lanes.loop.ring)
        self._store.subscribe(self._sender.loop.ring)
        try:
            async with asyncio.TaskGroup() as group:
                for loop in loops:
                    group.create_task(loop.run())
                await stop.wait()
                for loop in loops:
                    loop.stop()
            await self._finish()
        finally:
            self._abandon()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(self._limits.stop_within):
                await self._lanes.finish()
                await self._sender.finish()
        except TimeoutError:
            _LOG.warning("stopped with work under way")
            self._abandon()
            await self._lanes.finish()
            await self._sender.finish()
        try:
            released = await self._store.release(self._owner)
        except StorageUnavailable as error:
            _LOG.error("leases not released, they will run out", error=str(error))
        else:
            _LOG.info("stopped", released=released)

    def _abandon(self) -> None:
        self._lanes.abandon()
        self._sender.abandon()

    @asynccontextmanager
    async def running(self, ended: Callable[[], None] = lambda: None) -> AsyncIterator[Delivery]:
        """Works while the block is open; leaving it stops gracefully.

        Args:
            ended: called when the work ends, so that a long-lived service learns at once when a
                loop failed; the error itself comes when the block is left.
        """
        stop = asyncio.Event()
        task = asyncio.create_task(self.run(stop))
        task.add_done_callback(lambda _: ended())
        try:
            yield self
        finally:
            stop.set()
            await task


def build_delivery(
    store: Store,
    transport: Transport,
    handler: Handler,
    *,
    notices: Notices | None = None,
    limits: Limits | None = None,
    clock: Clock | None = None,
    owner: str | None = None,
    meter: Meter | None = None,
    faults: FaultPoints | None = None,
) -> Delivery:
    """Puts the parts together.

    Args:
        store: open.
        transport: carries calls out.
        handler: pure; decides what is said.
        notices: what is said when something went wrong; nothing by default.
        limits: how fast, how long, how often.
        clock: the store's if None.
        owner: name of this process, new at each start (a process id is used again in a
            container). A supervisor that gives it can release the leases of a process that died.
        meter: counts what happens; nobody by default.
        faults: where a test cuts the process off; nowhere by default.
    """
    limits = limits or Limits()
    clock = clock or store.clock
    notices = notices or Notices()
    owner = owner or secrets.token_hex(8)
    meter = meter or Unmetered()
    faults = faults or FaultPoints()
    sender = Sender(
        store,
        transport,
        owner=owner,
        notices=notices,
        limits=limits,
        clock=clock,
        meter=meter,
        faults=faults,
    )
    lanes = LaneRunner(
        store,
        handler,
        owner=owner,
        notices=notices,
        limits=limits,
        clock=clock,
        meter=meter,
        faults=faults,
        committed=sender.loop.ring,
        acknowledge=sender.acknowledge,
    )
    return Delivery(
        store,
        lanes,
        sender,
        owner=owner,
        limits=limits,
        notices=notices,
        meter=meter,
        faults=faults,
    )
