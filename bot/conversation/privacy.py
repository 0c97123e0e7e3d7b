"""What a person can do with what is stored about them: see it, take it along, delete it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.cards import to_blocks
from bot.conversation.result import Result
from bot.conversation.session import Session
from bot.conversation.turn import Button, Paper, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.conversation.actions import Action
    from bot.conversation.cards import Cards
    from bot.conversation.turn import Turn

_YES: Final = "y"
_NO: Final = "n"
_NAME: Final = "我的数据"


class Privacy:
    """``/mydata``, ``/export`` and ``/delete``; only in a private chat.

    What is stored is read when the answer is sent, so that nothing is left out and answering
    needs no database.
    """

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self.commands: Mapping[str, Callable[[Turn, Session], Result]] = MappingProxyType(
            {"mydata": self._show, "export": self._export, "delete": self._ask}
        )

    def answer(self, turn: Turn, action: Action, session: Session) -> Result:
        """The answer to the question whether to delete."""
        if action.first != _YES or not turn.private:
            return Result(session, (self._cards.say("delete_kept", self._cards.menu_row()),))
        # No event: it would be the first thing stored again.
        return Result(Session(), (self._cards.say("delete_done"),), forget=True)

    def _show(self, turn: Turn, session: Session) -> Result:
        if not turn.private:
            return self._not_here(session)
        return Result(session, (Reply((), papers=(Paper("about_text", {}, ""),)),))

    def _export(self, turn: Turn, session: Session) -> Result:
        if not turn.private:
            return self._not_here(session)
        day = f"{turn.at:%Y%m%d}"
        papers = (
            Paper("about_json", {}, f"{_NAME}-{day}.json"),
            Paper("about_docx", {}, f"{_NAME}-{day}.docx"),
        )
        note = to_blocks(self._cards.phrase("export_note"))
        return Result(session, (Reply(note, papers=papers),))

    def _ask(self, turn: Turn, session: Session) -> Result:
        if not turn.private:
            return self._not_here(session)
        yes = Button(self._cards.phrase("label_delete_all"), actions.join(actions.FORGET, _YES))
        no = Button(self._cards.phrase("label_delete_not"), actions.join(actions.FORGET, _NO))
        return Result(session, (self._cards.say("delete_ask", ((yes,), (no,))),))

    def _not_here(self, session: Session) -> Result:
        return Result(session, (self._cards.say("flow_private"),))
