"""Updates that wait for the bot: numbered over all chats, each with its queue and its expiry.

Source: ``add_update_impl`` and the queue ids of tdlib/telegram-bot-api; see also
``webhook.py`` for how they are delivered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.clock import Bell, Clock
from bot.sandbox.refusals import conflict
from bot.sandbox.world import first_id

if TYPE_CHECKING:
    from collections.abc import Iterable

MESSAGE_LIFE: Final = 86_400.0
PRESS_LIFE: Final = 150.0
_KINDS: Final = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    }
)
DEFAULT_KINDS: Final = _KINDS - {"chat_member", "message_reaction", "message_reaction_count"}

QueueKey = tuple[str, int]
"""Updates with the same key are delivered one after another."""


@dataclass(frozen=True, slots=True)
class Update:
    """Something the bot should hear of."""

    id: int
    body: dict[str, Any]
    """Without ``update_id``."""
    queue: QueueKey
    expires_at: float

    def to_json(self) -> dict[str, Any]:
        """As in the Bot API."""
        return {"update_id": self.id, **self.body}


class UpdateQueue:
    """What the bot has not confirmed yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = first_id(clock)
        self._waiting: dict[int, Update] = {}
        self.allowed = DEFAULT_KINDS
        self.bell = Bell()

    def allow(self, names: Any) -> None:
        """Takes ``allowed_updates`` as decoded; anything but a list of names changes nothing."""
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            self.allowed = frozenset(name.lower() for name in names) & _KINDS or DEFAULT_KINDS

    def push(
        self, kind: str, content: Any, queue: QueueKey, life: float = MESSAGE_LIFE
    ) -> int | None:
        """Adds an update; None when the bot does not want its kind."""
        if kind not in self.allowed:
            return None
        return self.push_raw({kind: content}, queue, life)

    def push_raw(self, body: dict[str, Any], queue: QueueKey, life: float = MESSAGE_LIFE) -> int:
        """Adds an update of any shape, so that a test can send what Telegram never would."""
        self._next += 1
        self._waiting[self._next] = Update(self._next, body, queue, self._clock.now() + life)
        self.bell.ring()
        return self._next

    def waiting(self, start: int = 0, limit: int | None = None) -> list[Update]:
        """Updates from an id on that have not expired, oldest first."""
        now = self._clock.now()
        for update in [update for update in self._waiting.values() if update.expires_at < now]:
            self.forget([update.id])
        found = [update for update in self._waiting.values() if update.id >= start]
        return found if limit is None else found[:limit]

    def forget(self, ids: Iterable[int]) -> None:
        """Drops updates."""
        for number in ids:
            self._waiting.pop(number, None)

    def forget_before(self, start: int) -> None:
        """Drops what came before an id: the bot has it."""
        self.forget([number for number in self._waiting if number < start])

    def clear(self) -> None:
        """Drops everything."""
        self._waiting.clear()

    def to_json(self) -> dict[str, Any]:
        """For a restart."""
        return {
            "next": self._next,
            "waiting": [
                [u.id, u.body, list(u.queue), u.expires_at] for u in self._waiting.values()
            ],
        }

    def restore(self, value: dict[str, Any]) -> None:
        """Takes back what ``to_json`` gave."""
        self._next = max(self._next, value["next"])
        for number, body, (kind, key), expires_at in value["waiting"]:
            self._waiting[number] = Update(number, body, (kind, key), expires_at)


class LongPoll:
    """Answers getUpdates; a second call ends the first."""

    def __init__(self, updates: UpdateQueue, clock: Clock) -> None:
        self._updates = updates
        self._clock = clock
        self._abort: asyncio.Future[str] | None = None

    def abort(self, reason: str = "") -> None:
        """Ends the waiting call: with a conflict when there is a reason, else with nothing new."""
        if self._abort is not None and not self._abort.done():
            self._abort.set_result(reason)

    async def get(self, offset: int, limit: int, timeout: int) -> list[Update]:  # noqa: ASYNC109
        """Updates from ``offset`` on; those before it are confirmed.

        Args:
            offset: 0 for the oldest, negative to keep only so many of the newest.
            limit: how many at most.
            timeout: seconds to wait when there are none; Telegram's word, not a deadline.

        Raises:
            CallRefused: another call took over.
        """
        if offset < 0:
            kept = self._updates.waiting()[offset:]
            self._updates.forget_before(kept[0].id if kept else 0)
        elif offset:
            self._updates.forget_before(offset)
        self.abort(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        ready = self._updates.waiting(max(offset, 0), limit)
        if ready or timeout <= 0:
            return ready
        return await self._wait(max(offset, 0), limit, timeout)

    async def _wait(self, offset: int, limit: int, seconds: int) -> list[Update]:
        self._abort = abort = asyncio.get_running_loop().create_future()
        deadline = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            while True:
                rang = asyncio.ensure_future(self._updates.bell.wait())
                await asyncio.wait({abort, deadline, rang}, return_when=asyncio.FIRST_COMPLETED)
                rang.cancel()
                if abort.done() and abort.result():
                    raise conflict(abort.result())
                ready = self._updates.waiting(offset, limit)
                if ready or deadline.done() or abort.done():
                    return ready
        finally:
            deadline.cancel()
