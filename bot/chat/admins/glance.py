"""``/admin``: today at a glance, the week as a picture, and both every Monday for who wants it."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from bot.chat.admins.questions import PAGE
from bot.chat.admins.request import Outcome, Request, Section, button, timer_action
from bot.chat.replies import to_calls
from bot.conversation.cards import Cards
from bot.conversation.news import TOPIC
from bot.conversation.turn import Reply
from bot.figures.count import count, first_moment, last_days
from bot.figures.report import Report
from bot.figures.waiting import read_waiting
from bot.store.port import Call, Deed, Scheduled

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.content import Serving
    from bot.conversation.cards import Rows
    from bot.figures.count import Figures
    from bot.figures.unanswered import Group
    from bot.store.port import Store

DIGEST: Final = "digest"
"""Of the buttons and of the timer; the timer is the only sign that the digest is wanted."""
ON, OFF, DUE = "on", "off", "due"
_WEEK: Final = 7
_MORNING: Final = time(9)


class Glance:
    """Tells admins how it goes.

    Args:
        store: what happened.
        content: words and titles.
        zone: in which days begin.
        draws: whether there is a font for pictures; the week comes in words otherwise.
    """

    def __init__(self, store: Store, content: Serving, zone: ZoneInfo, *, draws: bool) -> None:
        self._store = store
        self._content = content
        self._zone = zone
        self._draws = draws

    def section(self) -> Section:
        """For the desk."""
        return Section(commands={"admin": self._show}, presses={DIGEST: self._digest})

    async def _show(self, request: Request) -> Outcome:
        """Today in words, the week as a picture."""
        knowledge = self._content.knowledge
        days = last_days(request.at.astimezone(self._zone).date(), _WEEK)
        records = await self._store.events(first_moment(days[0], self._zone))
        today = await asyncio.to_thread(count, records, days[-1:], self._zone)
        week = await asyncio.to_thread(count, records, days, self._zone)
        groups = await self._groups(request)
        news = await self._store.subscribers(TOPIC)
        depth = await self._store.depth()
        blocks = Report(knowledge).today(today, groups, depth, news)
        reply = Reply(blocks, self._buttons())
        return Outcome((reply,), calls=self._week(week, groups, request.lane))

    async def _digest(self, request: Request) -> Outcome:
        wish = request.arguments[0] if request.arguments else ""
        if wish == ON:
            return self._subscribed(request)
        if wish == DUE:
            return await self._monday(request)
        never = Scheduled(DIGEST, 0.0, None)
        deed = Deed(str(request.admin), "digest_off", "", self._content.knowledge.version)
        return Outcome((self._say("digest_off"),), schedule=(never,), deeds=(deed,))

    def _subscribed(self, request: Request) -> Outcome:
        deed = Deed(str(request.admin), "digest_on", "", self._content.knowledge.version)
        reply = self._say("digest_on")
        return Outcome((reply,), schedule=(self._next(request.at),), deeds=(deed,))

    async def _monday(self, request: Request) -> Outcome:
        """The seven days before today, and the timer for the next time."""
        yesterday = request.at.astimezone(self._zone).date() - timedelta(days=1)
        days = last_days(yesterday, _WEEK)
        end = first_moment(yesterday + timedelta(days=1), self._zone)
        records = await self._store.events(first_moment(days[0], self._zone), end)
        week = await asyncio.to_thread(count, records, days, self._zone)
        groups = await self._groups(request)
        calls = self._week(week, groups, request.lane)
        # The picture has no buttons; the words beneath it carry the way out.
        reply = Reply(self._say("digest_due").blocks, self._buttons())
        return Outcome((reply,), calls=calls, schedule=(self._next(request.at),))

    async def _groups(self, request: Request) -> list[Group]:
        decide = self._content.searcher.decide
        return await read_waiting(self._store, request.at.timestamp(), decide)

    def _week(self, figures: Figures, groups: list[Group], lane: str) -> tuple[Call, ...]:
        """A picture, or words where none can be drawn."""
        report = Report(self._content.knowledge)
        words = to_calls((Reply(report.week(figures, groups)),), lane)
        if not self._draws:
            return words
        recipe = {
            "make": "figures_png",
            "data": report.picture(figures, groups),
            "field": "photo",
            "name": "figures.png",
        }
        return (Call("sendPhoto", {"chat_id": int(lane)}, recipe=recipe, fallback=words[0]),)

    def _next(self, at: datetime) -> Scheduled:
        """The next Monday morning after a moment."""
        today = at.astimezone(self._zone).date()
        day = today + timedelta(days=_WEEK - today.weekday())
        due = datetime.combine(day, _MORNING, self._zone).timestamp()
        return Scheduled(DIGEST, due, {"action": timer_action(DIGEST, DUE)})

    def _buttons(self) -> Rows:
        phrase = Cards(self._content.knowledge).phrase
        return (
            (button(phrase("label_unanswered"), PAGE, "0"),),
            (
                button(phrase("label_digest_on"), DIGEST, ON),
                button(phrase("label_digest_off"), DIGEST, OFF),
            ),
        )

    def _say(self, name: str) -> Reply:
        return Cards(self._content.knowledge).say(name)
