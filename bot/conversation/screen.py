"""What a person sees of an interview after each move, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.conversation.cards import to_blocks
from bot.conversation.endings import Endings
from bot.conversation.forms import Forms
from bot.conversation.result import Result
from bot.conversation.turn import Event, Paragraph, Reply
from bot.flows.answers import fits, in_words
from bot.flows.engine import Accepted, AskedTwice, Asking, Finished, RuleBroken, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.conversation.cards import Cards, Rows
    from bot.conversation.desk import Desk
    from bot.conversation.turn import Block, Button
    from bot.errors import AnswerRefused
    from bot.flows.scope import Asked
    from bot.knowledge.model import Knowledge


class Screen:
    """Turns the state of an interview into a result."""

    def __init__(self, knowledge: Knowledge, cards: Cards) -> None:
        self.cards = cards
        self.forms = Forms(knowledge, cards)
        self.endings = Endings(cards, self.forms)

    def show(self, desk: Desk, lead: Iterable[Block] = ()) -> Result:
        """Where the interview stands now, under what is to be said first."""
        blocks = (*self._notes(desk), *lead)
        match desk.stage:
            case Asking() as asking:
                value = None if asking.again else self.offered(desk, asking.asked)
                offer = "" if value is None else in_words(asking.asked.question, value)
                reply = self.forms.ask(desk.flow, desk.interview, desk.scope, asking, offer)
                return Result(desk.kept(), (_under(blocks, reply),))
            case Stopped(stop):
                reply = _under(blocks, self.forms.stopped(desk.flow, stop, desk.scope))
                event = Event("flow_stopped", value=desk.flow.id)
                return Result(desk.kept(active=False), (reply,), (event,))
            case Finished():
                return self._finished(desk, blocks)
            case _:
                reply = self.forms.review(desk.flow, desk.interview, desk.scope)
                return Result(desk.kept(), (_under(blocks, reply),))

    def took(
        self, desk: Desk, accepted: Accepted, message: int | None, lead: Iterable[Block] = ()
    ) -> Result:
        """After an answer was accepted: what was understood, remarks, and the next question.

        ``message`` is the one that answered; editing it corrects the answer.
        """
        asked = accepted.asked
        moved = desk.moved(accepted.interview.with_message(asked.path, message))
        echo = self.forms.echo(asked, accepted.value, changed=not asked.open)
        blocks: list[Block] = [*lead, echo]
        rows: list[tuple[Button, ...]] = []
        for remark in accepted.remarks:
            blocks += to_blocks(self.forms.fill(remark.say, moved.scope, asked))
            rows += self.forms.leads(remark.buttons)
        cards = self.endings.early(desk.flow, desk.scope, moved.scope)
        if cards:
            result = self.show(moved)
            first = Reply(tuple(blocks), tuple(rows), papers=cards)
            result = replace(result, replies=(first, *result.replies))
        else:
            result = _with_rows(self.show(moved, blocks), rows)
        step = Event("flow_step", value=step_name(desk, asked))
        return replace(result, events=(step, *result.events))

    def refused(self, desk: Desk, asked: Asked, refusal: AnswerRefused) -> Result:
        """After an answer was refused: why, and the question again."""
        rows: Rows = ()
        if isinstance(refusal, RuleBroken):
            rows = self.forms.leads(refusal.rule.buttons)
            text = self.forms.fill(refusal.rule.say, refusal.scope or desk.scope, asked)
        elif isinstance(refusal, AskedTwice):
            desk = desk.moved(refusal.interview)
            text = self.forms.fill(refusal.say, desk.scope, asked)
        else:
            text = self.cards.phrase(f"fault_{refusal.fault.value}", **refusal.values)
        return _with_rows(self.show(desk, to_blocks(text)), rows)

    def not_asked(self, desk: Desk) -> Result:
        """After a button of a question that plays no part any more."""
        return self.show(desk, [Paragraph(self.cards.phrase("flow_not_asked"))])

    def offered(self, desk: Desk, asked: Asked) -> object | None:
        """The answer of an earlier interview that would fit a question."""
        name = asked.question.profile
        value = desk.session.profile.get(name) if name else None
        if value is None or not fits(asked.question, value, asked.choices):
            return None
        found: object = value
        return found

    def _notes(self, desk: Desk) -> tuple[Block, ...]:
        if desk.lost is None:
            return ()
        name = "flow_updated_lost" if desk.lost else "flow_updated"
        return (Paragraph(self.cards.phrase(name, count=desk.lost)),)

    def _finished(self, desk: Desk, blocks: tuple[Block, ...]) -> Result:
        flow, scope, interview = desk.flow, desk.scope, desk.interview
        replies = self.endings.replies(flow, scope)
        if flow.confirm:
            blocks = (*blocks, *to_blocks(self.cards.phrase("flow_done", title=flow.title)))
        if blocks:
            replies = (Reply(blocks), *replies)
        profile = dict(desk.session.profile) | dict(self.endings.remember(flow, interview, scope))
        session = replace(desk.kept(active=False), profile=MappingProxyType(profile))
        return Result(session, replies, (Event("flow_done", value=flow.id),))


def _with_rows(result: Result, rows: Iterable[tuple[Button, ...]]) -> Result:
    """A result whose first reply has more buttons, last."""
    first, *others = result.replies
    first = replace(first, buttons=(*first.buttons, *rows))
    return replace(result, replies=(first, *others))


def _under(blocks: tuple[Block, ...], reply: Reply) -> Reply:
    return replace(reply, blocks=(*blocks, *reply.blocks))


def step_name(desk: Desk, asked: Asked | None) -> str:
    """How events name a question of an interview; the flow alone where none is open."""
    return desk.flow.id if asked is None else f"{desk.flow.id}:{asked.question.name}"
