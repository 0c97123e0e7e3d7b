"""What happened in the chats, in order: the page, the tests and the bench listen to it."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.clock import Bell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_KEPT: Final = 5000
_KEPT_IN_CHAT: Final = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    number: int
    chat: int
    """0 when it concerns the bot as a whole."""
    kind: str
    """``message``, ``edit``, ``delete``, ``typing``, ``press``, ``answer``, ``chat``, ``bot``,
    ``refused``."""
    data: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return {"number": self.number, "chat": self.chat, "kind": self.kind, **self.data}


class Journal:
    """Remembers the last things and wakes who waits for new ones."""

    def __init__(self, start: int) -> None:
        self.last = start
        """Number of the newest entry; begins later at each start, as ids do."""
        self.closed = False
        self._all: deque[Entry] = deque(maxlen=_KEPT)
        self._bell = Bell()
        self._by_chat: dict[int, deque[Entry]] = defaultdict(lambda: deque(maxlen=_KEPT_IN_CHAT))
        self._chat_bells: dict[int, Bell] = defaultdict(Bell)

    def add(self, chat: int, kind: str, **data: Any) -> None:
        """Writes an entry and wakes the listeners."""
        self.last += 1
        entry = Entry(self.last, chat, kind, data)
        self._all.append(entry)
        self._by_chat[chat].append(entry)
        self._bell.ring()
        self._chat_bells[chat].ring()

    def close(self) -> None:
        """Lets all listeners go."""
        self.closed = True
        self._bell.ring()
        for bell in self._chat_bells.values():
            bell.ring()

    async def changes(self, chat: int, since: int, wait: float) -> list[Entry]:
        """Entries of one chat after a number; waits for the first one.

        Args:
            chat: id of the chat.
            since: number of the last entry that is known.
            wait: seconds on the wall's clock after which an empty answer is given.
        """
        try:
            async with asyncio.timeout(wait):
                while True:
                    fresh = [entry for entry in self._by_chat[chat] if entry.number > since]
                    if fresh or self.closed:
                        return fresh
                    await self._chat_bells[chat].wait()
        except TimeoutError:
            return []

    async def follow(self, since: int, idle: float) -> AsyncIterator[Entry | None]:
        """All entries after a number as they come; None whenever nothing came for a while.

        Ends when the journal closes or when entries the listener needs are forgotten.
        """
        while not self.closed:
            oldest = self._all[0].number if self._all else self.last + 1
            if since + 1 < oldest:
                return
            for entry in [entry for entry in self._all if entry.number > since]:
                since = entry.number
                yield entry
            if since < self.last or self.closed:
                continue
            try:
                async with asyncio.timeout(idle):
                    await self._bell.wait()
            except TimeoutError:
                yield None
