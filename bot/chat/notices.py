"""What is said when something went wrong: to the person concerned, and to the admins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from bot.chat.replies import to_calls
from bot.conversation.cards import to_blocks
from bot.conversation.turn import Reply
from bot.delivery.notices import Notices
from bot.store.port import Call, CallState

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.content import Serving
    from bot.store.port import Clock, InboxItem, Outgoing

_ALERT_EVERY: Final = 600.0
"""Seconds between two alerts of one process: a fault that hits everybody must not bury the admins,
who find the rest in the figures."""


class ChatNotices:
    """Words from the knowledge folder as calls.

    Args:
        content: what serves at the moment.
        admins: whom to alert.
        clock: seconds since the epoch.
    """

    def __init__(self, content: Serving, admins: Collection[int], clock: Clock = time.time) -> None:
        self._content = content
        self._admins = sorted(admins)
        self._clock = clock
        self._alerted_at = float("-inf")

    def notices(self) -> Notices:
        """For the delivery."""
        return Notices(failed=self._failed, lost=self._lost, flooded=self._flooded)

    def _failed(self, item: InboxItem) -> tuple[Call, ...]:
        alert = self._alert("alert_dead_letter", update=str(item.update_id))
        return (*self._say("apology", item.lane), *alert)

    def _lost(self, outgoing: Outgoing, state: CallState) -> tuple[Call, ...]:
        told = self._say("lost_file", outgoing.lane) if outgoing.call.files else ()
        if state is CallState.DEAD:
            return (*told, *self._alert("alert_unsent", method=outgoing.call.method))
        return told

    def _flooded(self, lane: str) -> tuple[Call, ...]:
        return self._say("flood", lane)

    def _say(self, phrase: str, lane: str) -> tuple[Call, ...]:
        blocks = to_blocks(self._content.knowledge.messages[phrase])
        return to_calls((Reply(blocks),), lane)

    def _alert(self, phrase: str, **values: str) -> tuple[Call, ...]:
        now = self._clock()
        if not self._admins or now - self._alerted_at < _ALERT_EVERY:
            return ()
        self._alerted_at = now
        text = self._content.knowledge.messages[phrase].format_map(values)
        return tuple(
            Call("sendMessage", {"chat_id": admin, "text": text}, lane=str(admin))
            for admin in self._admins
        )
