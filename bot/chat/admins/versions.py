"""``/reload`` and ``/rollback``: which version of the content serves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.chat.admins.request import Outcome, Request, Section, button
from bot.chat.admins.shown import show_faults
from bot.conversation.cards import Cards
from bot.conversation.turn import Reply
from bot.errors import BuildFailed
from bot.store.port import Deed

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.content import Serving
    from bot.content.live import Live

BACK: Final = "back"
"""What stands behind a button with a version."""


class Versions:
    """Reads the folder anew, and goes back.

    Args:
        live: follows the folder.
        content: words, and what serves.
        folder: name of the knowledge folder.
        zone: in which times are told.
    """

    def __init__(self, live: Live, content: Serving, folder: str, zone: ZoneInfo) -> None:
        self._live = live
        self._content = content
        self._folder = folder
        self._zone = zone

    def section(self) -> Section:
        """For the desk."""
        return Section(
            commands={"reload": self._reload, "rollback": self._choose}, presses={BACK: self._back}
        )

    async def _reload(self, request: Request) -> Outcome:
        knowledge = self._content.knowledge
        cards = Cards(knowledge)
        try:
            built = await self._live.check()
        except BuildFailed:
            return Outcome((cards.say("content_unreadable"),))
        deed = Deed(str(request.admin), "reload", "", built.version)
        if built.faults:
            lead = cards.say("content_faults", version=knowledge.version).blocks
            faults = show_faults(built.faults, self._folder, knowledge.messages)
            return Outcome((Reply((*lead, *faults)),), deeds=(deed,))
        name = "reload_same" if built.version == knowledge.version else "reload_good"
        count = 0 if built.knowledge is None else len(built.knowledge.articles)
        reply = cards.say(name, version=built.version, articles=count)
        return Outcome((reply,), deeds=(deed,))

    async def _choose(self, _request: Request) -> Outcome:
        """The versions that can serve again, newest first, a button each."""
        cards = Cards(self._content.knowledge)
        serving = self._content.knowledge.version
        rows = tuple(
            (button(self._label(cards, kept.version, kept.at), BACK, kept.version),)
            for kept in self._live.history.kept()
            if kept.version != serving
        )
        if not rows:
            return Outcome((cards.say("rollback_none", version=serving),))
        return Outcome((cards.say("rollback_choose", rows, version=serving),))

    def _label(self, cards: Cards, version: str, at: float) -> str:
        time = datetime.fromtimestamp(at, self._zone).strftime("%m-%d %H:%M")
        return cards.phrase("label_version", time=time, version=version)

    async def _back(self, request: Request) -> Outcome:
        version = request.arguments[0] if request.arguments else ""
        cards = Cards(self._content.knowledge)
        try:
            kept = await self._live.pin(version)
        except OSError:
            return Outcome((cards.say("content_unreadable"),))
        if not kept:
            return Outcome((cards.say("rollback_gone"),))
        deed = Deed(str(request.admin), "rollback", "", version)
        return Outcome((cards.say("rollback_going", version=version),), deeds=(deed,))
