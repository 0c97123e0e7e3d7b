"""Interviews within a conversation: begins, answers, corrects, leaves and comes back to them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import opencc

from bot.conversation import actions, forms
from bot.conversation.asides import ASKS, is_asked, is_question
from bot.conversation.cards import to_blocks
from bot.conversation.desk import Desk, aside, open_desk, under_way
from bot.conversation.result import Result
from bot.conversation.screen import Screen
from bot.conversation.steps import Steps
from bot.conversation.turn import Event, Paragraph, Reply
from bot.errors import AnswerRefused
from bot.flows import engine
from bot.flows.engine import Asking
from bot.flows.interview import Interview
from bot.knowledge.flow_model import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import tzinfo

    from bot.conversation.actions import Action
    from bot.conversation.cards import Cards, Rows
    from bot.conversation.session import Session
    from bot.conversation.turn import Button, Turn
    from bot.flows.engine import Accepted
    from bot.flows.scope import Asked
    from bot.knowledge.flow_model import Flow
    from bot.knowledge.model import Knowledge
    from bot.search.decide import Decision

TRIGGER_LENGTH: Final = 20
"""Longest message, in characters, that a trigger phrase in it makes a request for a form."""
_MARKS: Final = re.compile(r"[\s，。,.！!、：:“”\"']+")
_WORDS: Final[Mapping[str, str]] = {
    "上一步": forms.BACK,
    "返回上一步": forms.BACK,
    "跳过": forms.SKIP,
    "为什么问": forms.WHY,
    "为什么": forms.WHY,
    "退出": forms.SAVE,
    "退出并保存": forms.SAVE,
    "保存": forms.SAVE,
}
_CONFIRM_WORDS: Final = frozenset({"确认", "确认属实", "我确认属实"})
_FREE: Final = frozenset({Type.TEXT, Type.FILE})


class Interviews:
    """Moves the interviews of a chat on.

    Args:
        knowledge: with the flows.
        cards: for phrases.
        zone: in which people write dates.
    """

    def __init__(self, knowledge: Knowledge, cards: Cards, zone: tzinfo) -> None:
        self._flows = knowledge.flows
        self._codes = {flow.code: flow for flow in knowledge.flows.values()}
        self._cards = cards
        self._zone = zone
        self._screen = Screen(knowledge, cards)
        self._steps = Steps(self._screen)
        self._simplified = opencc.OpenCC("t2s")

    def named(self, name: str) -> Flow | None:
        """A flow by its id."""
        return self._flows.get(name)

    def wanted(self, text: str) -> Flow | None:
        """The flow that a short message asks for by one of its trigger phrases."""
        plain = _MARKS.sub("", self._simplified.convert(text))
        if not 0 < len(plain) <= TRIGGER_LENGTH or ASKS.search(plain):
            return None
        for flow in self._flows.values():
            if any(trigger in plain for trigger in flow.triggers):
                return flow
        return None

    def start_row(self, name: str | None) -> Rows:
        """A button that begins a flow; none where there is no such flow."""
        return self._screen.forms.starts([name] if name else [])

    def listing(self, session: Session) -> Result:
        """``/flows``: what there is, and what was left."""
        phrase = self._cards.phrase
        lines = [
            Paragraph(phrase("flow_list_line", title=flow.title, listed=flow.listed))
            for flow in self._flows.values()
        ]
        left = {*session.saved, under_way(session)}
        rows = tuple((self._button(flow, left=flow.id in left),) for flow in self._flows.values())
        blocks = (*to_blocks(phrase("flow_list")), *lines)
        return Result(session, (Reply(blocks, (*rows, *self._cards.menu_row())),))

    def _button(self, flow: Flow, *, left: bool) -> Button:
        return self._screen.forms.resume(flow) if left else self._screen.forms.start(flow)

    def open(self, flow: Flow, turn: Turn, session: Session) -> Result:
        """Begins an interview, or goes on with the one that was left."""
        if not turn.private:
            return Result(session, (self._cards.say("flow_private"),))
        desk = open_desk(flow, turn, session, self._zone)
        if desk is not None and flow.confirm:
            return self._screen.show(desk, [Paragraph(self._cards.phrase("flow_resume"))])
        return self._begin(flow, turn, session)

    def pause(self, session: Session, pending: str = "") -> tuple[Session, Rows]:
        """Puts the interview under way aside; returns the buttons that lead back to it.

        ``pending`` is a message that may be the answer to the open question after all.
        """
        flow, interview = self.named(under_way(session)), Interview.from_json(session.flow)
        if flow is None or interview is None:
            return replace(session, flow=None), ()
        interview = replace(interview, pending=pending)
        rows: Rows = ((self._screen.forms.resume(flow),),)
        if pending:
            answer = self._screen.forms.step(flow, forms.PENDING, "", "label_flow_answer")
            rows = (*rows, (answer,))
        return aside(replace(session, flow=interview.to_json())), rows

    def cancel(self, turn: Turn, session: Session) -> Result | None:
        """``/cancel``: leaves the interview; the answers stay until they are deleted."""
        desk = self._under_way(turn, session)
        if desk is None:
            return None
        result = self._steps.leave(desk, "flow_cancelled")
        delete = self._screen.forms.step(desk.flow, forms.DELETE, "", "label_flow_delete")
        (reply,) = result.replies
        return replace(result, replies=(replace(reply, buttons=(*reply.buttons, (delete,))),))

    def repeated(self, turn: Turn, session: Session, result: Result) -> Result:
        """A result with the open question once more behind it, where there is one."""
        desk = self._under_way(turn, session)
        if desk is None or result.session.flow is None:
            return result
        again = self._screen.show(desk)
        return replace(result, replies=(*result.replies, *again.replies))

    def written(
        self, turn: Turn, session: Session, decision: Decision, answer: Callable[[], Result]
    ) -> Result | None:
        """Takes a message as part of the interview under way.

        Args:
            turn: the message.
            session: of the chat.
            decision: what the search makes of it.
            answer: gives what would be said to it outside of an interview.

        Returns:
            None where no interview is under way.
        """
        desk = self._under_way(turn, session)
        if desk is None:
            return None
        plain = _MARKS.sub("", self._simplified.convert(turn.text))
        if plain in _WORDS:
            path = desk.current.path if desk.current else ""
            return self._steps.take(desk, _WORDS[plain], path)
        if isinstance(desk.stage, Asking):
            flow = self.wanted(turn.text)
            if flow is not None and desk.stage.asked.question.type not in _FREE:
                return self.open(flow, turn, session)
            return self._answer(desk, desk.stage.asked, decision, answer)
        if plain in _CONFIRM_WORDS:
            return self._steps.take(desk, forms.CONFIRM, "")
        return self.repeated(turn, session, answer())

    def _answer(
        self, desk: Desk, asked: Asked, decision: Decision, answer: Callable[[], Result]
    ) -> Result:
        """A message while a question is open: its answer, or a question of the person's."""
        turn = desk.turn
        if asked.question.type in _FREE and is_question(turn.text, decision):
            return self._answered_first(desk, answer)
        try:
            accepted = self._read(desk, asked)
        except AnswerRefused as refusal:
            if type(refusal) is AnswerRefused and is_asked(turn.text, decision):
                return self._answered_first(desk, answer, maybe=False)
            return self._screen.refused(desk, asked, refusal)
        return self._screen.took(desk, accepted, turn.message)

    def _read(self, desk: Desk, asked: Asked) -> Accepted:
        """Takes the message as the answer to a question; own words stay as they are written.

        Raises:
            AnswerRefused: it is no answer.
        """
        text = desk.turn.text
        if asked.question.type not in _FREE:
            text = self._simplified.convert(text)
        return engine.accept_text(desk.flow, desk.interview, asked, text, desk.now)

    def heard(self, turn: Turn, session: Session) -> bool:
        """Whether a message of the person's is an answer that is kept."""
        return any(turn.message in kept.heard.values() for kept in _interviews(session))

    def edited(self, turn: Turn, session: Session) -> Result | None:
        """An edited message corrects the answer it gave; None when it gave none."""
        for interview in _interviews(session):
            paths = [path for path, message in interview.heard.items() if message == turn.message]
            flow = self.named(interview.flow)
            desk = open_desk(flow, turn, session, self._zone) if flow and paths else None
            asked = None if desk is None else engine.find(paths[0], desk.scope)
            if desk is None or asked is None:
                continue
            try:
                accepted = self._read(desk, asked)
            except AnswerRefused:
                text = self._cards.phrase("flow_edit_refused", title=asked.question.title)
                return self._screen.show(desk, [Paragraph(text)])
            lead = Paragraph(self._cards.phrase("flow_edited"))
            return self._screen.took(desk, accepted, turn.message, [lead])
        return None

    def press(self, turn: Turn, action: Action, session: Session) -> Result:
        """A pressed button of an interview, however old."""
        flow = self._codes.get(action.first)
        if flow is None:
            return Result(session, (self._cards.say("flow_gone", self._cards.menu_row()),))
        if action.verb == actions.FLOW:
            return self.open(flow, turn, session)
        desk = open_desk(flow, turn, session, self._zone)
        if desk is None:
            row = self._screen.forms.starts([flow.id])
            return Result(session, (self._cards.say("flow_old_button", row, title=flow.title),))
        if action.verb == actions.STEP and action.second == forms.NEW:
            return self._begin(flow, turn, session)
        return self._steps.press(desk, action)

    def remind(self, turn: Turn, action: Action, session: Session) -> Result:
        """A reminder that fell due; silent where the interview is gone or wants none."""
        flow = self._codes.get(action.first)
        kept = session.saved.get(flow.id) if flow else None
        if flow and under_way(session) == flow.id:
            kept = session.flow
        interview = Interview.from_json(kept)
        if flow is None or interview is None or interview.silent:
            return Result(session)
        desk = Desk(flow, interview, turn, session, self._zone)
        for reminder in flow.reminders:
            if reminder.key == action.second:
                reply = self._screen.endings.remind(flow, reminder, desk.scope)
                return Result(session, (reply,), (Event("reminder", value=flow.id),))
        return Result(session)

    def _begin(self, flow: Flow, turn: Turn, session: Session) -> Result:
        interview = engine.begin(flow, turn.at.astimezone(self._zone), session.profile)
        desk = Desk(flow, interview, turn, aside(session), self._zone)
        opening = to_blocks(self._screen.forms.fill(flow.opening, desk.scope))
        result = self._screen.show(desk, opening)
        schedule = tuple(self._screen.endings.first_reminders(flow, desk.scope))
        events = (Event("flow_begun", value=flow.id), *result.events)
        return replace(result, schedule=(*schedule, *result.schedule), events=events)

    def _under_way(self, turn: Turn, session: Session) -> Desk | None:
        flow = self.named(under_way(session))
        return None if flow is None else open_desk(flow, turn, session, self._zone)

    def _answered_first(
        self, desk: Desk, answer: Callable[[], Result], *, maybe: bool = True
    ) -> Result:
        """Answers a question in the middle, then asks again.

        ``maybe``: the message may be the answer yet, with one tap.
        """
        result = answer()
        pending = desk.turn.text if maybe else ""
        again = self._screen.show(desk.moved(replace(desk.interview, pending=pending)))
        meanwhile = Paragraph(self._cards.phrase("flow_meanwhile", title=desk.flow.title))
        question, *_ = again.replies
        question = replace(question, blocks=(meanwhile, *question.blocks))
        if maybe:
            hint = Paragraph(self._cards.phrase("flow_pending"))
            take = self._screen.forms.step(desk.flow, forms.PENDING, "", "label_flow_answer")
            question = replace(
                question, blocks=(*question.blocks, hint), buttons=((take,), *question.buttons)
            )
        session = replace(result.session, flow=again.session.flow, saved=again.session.saved)
        return replace(result, session=session, replies=(*result.replies, question))


def _interviews(session: Session) -> Iterator[Interview]:
    for kept in (session.flow, *session.saved.values()):
        interview = Interview.from_json(kept)
        if interview is not None:
            yield interview
