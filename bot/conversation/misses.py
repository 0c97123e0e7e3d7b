"""What is said when nothing fits: another way each time, people to call soon, never twice alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.result import Result
from bot.conversation.turn import Button, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversation.cards import Cards, Rows
    from bot.conversation.session import Session
    from bot.conversation.turn import Reply
    from bot.knowledge.model import Article

_TO_HOTLINES: Final = 2
"""Misses in a row after which there are people to call."""
_HOTLINES: Final = "none_hotlines"
_MENU: Final = "menu"


class Misses:
    """Leads on when nothing was found.

    Args:
        cards: builds the replies.
    """

    def __init__(self, cards: Cards) -> None:
        self._cards = cards

    def missed(self, kind: str, articles: Sequence[Article], text: str, session: Session) -> Result:
        """Admits that nothing was found.

        Args:
            kind: ``none``, or ``clarify`` where the message may mean several things.
            articles: guesses.
            text: what was asked, for the admins.
            session: of the chat.
        """
        name = _fallback(kind, session.misses + 1, session.fallback)
        if name == "clarify_first" and len(articles) > 1:
            reply = self._cards.choice(articles, lead=name)
        else:
            reply = self._reply(name)
        return self._said(name, reply, session, Event(kind, text=text))

    def none_of_these(self, session: Session) -> Result:
        """Nothing that was offered fits: other words, then people."""
        event = Event("none", value="none_of_these", text=session.question)
        if session.misses == 0:
            reply = self._cards.say("none_of_these", self._cards.menu_row())
            return self._said("none_of_these", reply, session, event)
        name = _fallback("none", session.misses + 1, session.fallback)
        return self._said(name, self._reply(name), session, event)

    def rephrase(self, session: Session) -> Result:
        """The person wants to say it in other words; who presses twice needs something else."""
        if session.fallback not in {"rephrase", "none_of_these"}:
            reply = self._cards.say("rephrase", self._cards.menu_row())
            return Result(replace(session, fallback="rephrase"), (reply,))
        name = _HOTLINES if session.misses else _MENU
        return Result(replace(session, fallback=name), (self._reply(name),))

    def once(self, name: str, reply: Reply, session: Session) -> Result:
        """A phrase that is no answer; the menu where it was the last thing said.

        Args:
            name: of the phrase.
            reply: which says it.
            session: of the chat.
        """
        if session.fallback == name:
            name, reply = _MENU, self._reply(_MENU)
        return Result(replace(session, fallback=name), (reply,))

    def _reply(self, name: str) -> Reply:
        if name == _HOTLINES:
            return self._cards.hotlines()
        reply = self._cards.menu(name)
        return reply if name == _MENU else replace(reply, buttons=(*self._other(), *reply.buttons))

    def _other(self) -> Rows:
        """The button to say it in other words."""
        return ((Button(self._cards.phrase("label_rephrase"), actions.REPHRASE),),)

    def _said(self, name: str, reply: Reply, session: Session, event: Event) -> Result:
        missed = replace(session, misses=session.misses + 1, fallback=name)
        return Result(missed, (reply,), (event,))


def _fallback(kind: str, misses: int, last: str) -> str:
    """The phrase that admits a miss; never the one said last."""
    if last == f"{kind}_first" and kind == "clarify":
        return "clarify_again"
    if misses >= _TO_HOTLINES and last != _HOTLINES:
        return _HOTLINES
    return f"{kind}_again" if last in {f"{kind}_first", _HOTLINES} else f"{kind}_first"
