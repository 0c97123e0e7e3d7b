"""The way in that webhook, long polling and the stand-in share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store.port import Json, Store


class Receiver:
    """Puts updates into the inbox."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake

    async def receive(self, update_id: int, lane: str, body: Json) -> bool:
        """Keeps an update and wakes the lanes; once it returns, the update cannot be lost.

        Args:
            update_id: Telegram's, positive; a known one is ignored.
            lane: the chat.
            body: the decoded update, with personal numbers masked by the caller.

        Returns:
            Whether it was new.

        Raises:
            StorageUnavailable: it was not kept, and Telegram must send it again.
        """
        new = await self._store.receive(update_id, lane, body)
        if new:
            self._wake()
        return new
