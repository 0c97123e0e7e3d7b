"""The way in that webhook, long polling and the stand-in share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.faultpoints import Point
from bot.store.port import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.faultpoints import FaultPoints
    from bot.delivery.meter import Meter
    from bot.store.port import Json, Store
    from bot.store.rules import Flood


class Receiver:
    """Puts updates into the inbox."""

    def __init__(
        self,
        store: Store,
        *,
        arriving: Callable[[], None],
        told: Callable[[], None],
        flood: Flood | None,
        meter: Meter,
        faults: FaultPoints,
    ) -> None:
        """Args besides the obvious.

        arriving: called when an update is about to be kept.
        told: called when there is something to send to somebody who floods.
        """
        self._store = store
        self._arriving = arriving
        self._told = told
        self._flood = flood
        self._meter = meter
        self._faults = faults

    async def receive(self, update_id: int, lane: str, body: Json, *, person: str = "") -> Receipt:
        """Keeps an update and wakes the lanes; once it returns, the update cannot be lost.

        Args:
            update_id: Telegram's, positive; a known one is ignored.
            lane: the chat.
            body: the decoded update, with personal numbers masked by the caller.
            person: who wrote it; empty for nobody.

        Returns:
            Whether it was new, known, or one of a flood.

        Raises:
            StorageUnavailable: it was not kept, and Telegram must send it again.
        """
        self._arriving()  # the claim then stands right behind the update, in the same transaction
        receipt = await self._store.receive(update_id, lane, body, person=person, flood=self._flood)
        self._faults.reach(Point.RECEIVED, lane)
        self._meter.received(receipt)
        if receipt is Receipt.FLOODED:
            self._told()
        return receipt
