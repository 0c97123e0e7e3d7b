"""``/broadcast``: a message to those who opted in, counted, previewed, confirmed, sent once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from bot.chat.admins.request import Outcome, Request, Section, button
from bot.conversation import actions
from bot.conversation.cards import Cards, to_blocks
from bot.conversation.news import TOPIC
from bot.conversation.turn import Paragraph, Reply
from bot.store.port import Deed, Draft, Publish

if TYPE_CHECKING:
    from bot.content import Serving
    from bot.conversation.turn import Block
    from bot.store.port import Store

PRESS: Final = "bc"
SEND, DROP = "y", "n"
MAX_TEXT: Final = 1000
"""Characters of a bulletin; longer things belong into an article."""
GAP: Final = 0.1
"""Seconds between two people, so that answers keep two thirds of what Telegram takes."""


class Bulletins:
    """Writes to many at once, carefully.

    Args:
        store: who wants the news.
        content: words.
    """

    def __init__(self, store: Store, content: Serving) -> None:
        self._store = store
        self._content = content

    def section(self) -> Section:
        """For the desk."""
        return Section(commands={"broadcast": self._draft}, presses={PRESS: self._decide})

    async def _draft(self, request: Request) -> Outcome:
        """Shows it as people will see it, how many they are, and asks."""
        cards = self._cards
        text = request.text.strip()
        people = await self._store.subscribers(TOPIC)
        if not text:
            return Outcome((cards.say("broadcast_how", people=people),))
        if len(text) > MAX_TEXT:
            return Outcome((cards.say("broadcast_long", limit=MAX_TEXT, length=len(text)),))
        if not people:
            return Outcome((cards.say("broadcast_nobody"),))
        key = f"{request.token}.{int(request.at.timestamp()):x}"
        rows = (
            (button(cards.phrase("label_broadcast_send", people=people), PRESS, key, SEND),),
            (button(cards.phrase("label_broadcast_drop"), PRESS, key, DROP),),
        )
        minutes = math.ceil(people * GAP / 60)
        ask = cards.say("broadcast_ask", rows, people=people, minutes=minutes)
        preview = Reply(to_blocks(text))
        warned = Reply((*self._warning(text), *ask.blocks), ask.buttons)
        return Outcome((preview, warned), draft=Draft(key, text))

    async def _decide(self, request: Request) -> Outcome:
        cards = self._cards
        key, answer, *_ = (*request.arguments, "", "")
        bulletin = await self._store.bulletin(key)
        if bulletin is None:
            return Outcome((cards.say("broadcast_gone"),))
        if bulletin.published_at is not None:
            return Outcome((cards.say("broadcast_sent_before", people=bulletin.people),))
        if answer != SEND:
            return Outcome((cards.say("broadcast_dropped"),))
        people = await self._store.subscribers(TOPIC)
        deed = Deed(str(request.admin), "broadcast", key, self._content.knowledge.version)
        publish = Publish(key, TOPIC, actions.join(actions.BULLETIN, key), gap=GAP)
        reply = cards.say("broadcast_sent", people=people)
        return Outcome((reply,), deeds=(deed,), publish=publish)

    def _warning(self, text: str) -> tuple[Block, ...]:
        """What others may read on a locked screen should not tell that somebody has debts."""
        words = self._cards.phrase("broadcast_telling_words").split()
        found = [word for word in words if word in text]
        if not found:
            return ()
        return (Paragraph(self._cards.phrase("broadcast_warning", words="、".join(found))),)

    @property
    def _cards(self) -> Cards:
        return Cards(self._content.knowledge)
