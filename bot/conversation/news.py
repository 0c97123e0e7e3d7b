"""Messages that nobody asked for: who wants them says so, and can stop them under each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.cards import to_blocks
from bot.conversation.result import Result
from bot.conversation.turn import Button, Event, Kind, Reply
from bot.store.port import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.conversation.actions import Action
    from bot.conversation.cards import Cards, Rows
    from bot.conversation.session import Session
    from bot.conversation.turn import Turn

TOPIC: Final = "news"
"""Under which the store keeps who wants it."""


class News:
    """``/news``, its buttons, the words that stop it, and the messages themselves."""

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self.commands: Mapping[str, Callable[[Turn, Session], Result]] = MappingProxyType(
            {"news": self._ask}
        )

    def press(self, turn: Turn, action: Action, session: Session) -> Result:
        """Wants it, does not want it, or asks what it is."""
        if action.first == actions.YES and turn.private:
            return self._wish(session, wanted=True)
        if action.first == actions.NO:
            return self._wish(session, wanted=False)
        return self._ask(turn, session)

    def stopped(self, turn: Turn, session: Session) -> Result | None:
        """The end of it, where a message is one of the stop words; None otherwise."""
        words = self._cards.phrase("news_stop_words").split()
        if turn.kind is not Kind.TEXT or turn.text.strip().lower() not in words:
            return None
        return self._wish(session, wanted=False)

    def tell(self, turn: Turn, action: Action, session: Session) -> Result:
        """A message to many, with the way out of it under it."""
        stop = Button(self._cards.phrase("label_news_no"), self._data(actions.NO))
        reply = Reply(to_blocks(turn.text), ((stop,),), once=True)
        return Result(session, (reply,), (Event("bulletin", value=action.first),))

    def row(self) -> Rows:
        """A button that asks whether the news is wanted."""
        return ((Button(self._cards.phrase("label_news"), actions.NEWS),),)

    def _ask(self, turn: Turn, session: Session) -> Result:
        if not turn.private:
            return Result(session, (self._cards.say("flow_private"),))
        yes = Button(self._cards.phrase("label_news_yes"), self._data(actions.YES))
        no = Button(self._cards.phrase("label_news_no"), self._data(actions.NO))
        return Result(session, (self._cards.say("news_ask", ((yes, no),)),))

    def _wish(self, session: Session, *, wanted: bool) -> Result:
        name = "news_on" if wanted else "news_off"
        return Result(
            session,
            (self._cards.say(name),),
            (Event(name),),
            wishes=(Wish(TOPIC, wanted=wanted),),
        )

    @staticmethod
    def _data(answer: str) -> str:
        return actions.join(actions.NEWS, answer)
