"""``/history``: who did what to the bot, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.chat.admins.request import Outcome, Request, Section
from bot.conversation.turn import Bullets, Heading, Paragraph, Reply

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.content import Serving
    from bot.store.port import Done, Store

_SHOWN: Final = 15


class History:
    """Tells admins what admins did.

    Args:
        store: keeps the record.
        content: words.
        zone: in which times are told.
    """

    def __init__(self, store: Store, content: Serving, zone: tzinfo) -> None:
        self._store = store
        self._content = content
        self._zone = zone

    def section(self) -> Section:
        """For the desk."""
        return Section(commands={"history": self._show})

    async def _show(self, _request: Request) -> Outcome:
        messages = self._content.knowledge.messages
        done = await self._store.deeds(_SHOWN)
        if not done:
            return Outcome((Reply((Paragraph(messages["history_none"]),)),))
        lines = Bullets(tuple(self._line(one) for one in done))
        return Outcome((Reply((Heading(messages["history_head"]), lines)),))

    def _line(self, done: Done) -> str:
        messages, deed = self._content.knowledge.messages, done.deed
        return messages["history_line"].format(
            time=datetime.fromtimestamp(done.at, self._zone).strftime("%m-%d %H:%M"),
            person=deed.person,
            act=messages.get(f"deed_{deed.act}", deed.act),
            target=deed.target,
            version=deed.version,
        )
