"""Moves an interview on: what is asked next, what an answer means, and the way back.

Pure: an interview goes in and a new one comes out. The next question is the first relevant one
that is open, so changing an answer reopens only what depends on it. An accepted answer is never
dropped: answers to questions that are not relevant at the moment wait in case they are again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.errors import AnswerRefused, Refusal
from bot.flows import answers
from bot.flows.interview import Interview
from bot.flows.scope import Asked, Scope
from bot.knowledge.flow_model import Remark, Type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.knowledge.flow_model import Flow, Stop


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open."""

    asked: Asked
    number: int
    """Counted from 1."""
    total: int
    """As far as the answers tell."""
    again: bool
    """It was answered before and may be corrected."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A hard stop: there will be no document."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Everything is answered and waits for confirmation."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything is answered and confirmed."""


Stage = Asking | Stopped | Reviewing | Finished


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer was taken."""

    interview: Interview
    asked: Asked
    value: Any
    remarks: tuple[Remark, ...]
    """What to say to it, still as templates."""


class RuleBroken(AnswerRefused):
    """An answer contradicts another one; the flow says how."""

    def __init__(self, rule: Remark, scope: Scope | None = None) -> None:
        super().__init__(Refusal.TEXT_WANTED)
        self.rule = rule
        self.scope = scope
        """With the refused answer in it, for the sentence."""


class AskedTwice(AnswerRefused):
    """An answer that looks odd is asked about once."""

    def __init__(self, say: str, interview: Interview) -> None:
        super().__init__(Refusal.TEXT_WANTED)
        self.say = say
        self.interview = interview
        """Remembers that it was asked about."""


def begin(flow: Flow, now: datetime, profile: Mapping[str, Any] | None = None) -> Interview:
    """A new interview, with the sums of a profile."""
    return Interview(flow.id, flow.version, now).informed(profile or {})


def scope_of(flow: Flow, interview: Interview, now: datetime) -> Scope:
    """The interview's questions and values."""
    return Scope(flow, interview.answers, now, interview.began, interview.known)


def stage(flow: Flow, interview: Interview, scope: Scope) -> Stage:
    """Where an interview stands."""
    for stop in flow.stops:
        if not interview.at and scope.decided(stop.when) and scope.holds(stop.when):
            return Stopped(stop)
    asked = current(interview, scope)
    if asked is not None:
        number = [place.path for place in scope.asked].index(asked.path) + 1
        return Asking(asked, number, len(scope.asked), not asked.open)
    if flow.confirm and not interview.confirmed:
        return Reviewing()
    return Finished()


def current(interview: Interview, scope: Scope) -> Asked | None:
    """The question that is open: the one being corrected, or the first without an answer."""
    if interview.at:
        for place in scope.asked:
            if place.path == interview.at:
                return place
    return next((place for place in scope.asked if place.open), None)


def find(path: str, scope: Scope) -> Asked | None:
    """A relevant question by its path."""
    return next((place for place in scope.asked if place.path == path), None)


def accept_text(
    flow: Flow, interview: Interview, asked: Asked, text: str, now: datetime
) -> Accepted:
    """Takes what somebody wrote as the answer to a question.

    Raises:
        AnswerRefused: it is no answer; ``RuleBroken`` and ``AskedTwice`` among them.
    """
    question = asked.question
    value = answers.read_answer(question, text, today=now.date(), choices=asked.choices)
    if value is None:
        return accept(flow, interview, asked, None, now)
    if any(word in str(value) for word in question.without):
        raise RuleBroken(Remark(question.without_say, block=True))
    odd = question.contains and not any(word in str(value) for word in question.contains)
    if odd and interview.doubted != text:
        raise AskedTwice(question.contains_say, replace(interview, doubted=text))
    return accept(flow, interview, asked, value, now)


def accept_choice(
    flow: Flow, interview: Interview, asked: Asked, key: str, now: datetime
) -> Accepted:
    """Takes a tapped choice as the answer.

    Raises:
        AnswerRefused: the choice does not exist, or a rule refuses it.
    """
    value = answers.pick(asked.question, key, asked.choices)
    return accept(flow, interview, asked, value, now)


def accept_ticks(flow: Flow, interview: Interview, asked: Asked, now: datetime) -> Accepted:
    """Takes the ticked choices as the answer.

    Raises:
        AnswerRefused: nothing is ticked.
    """
    known = {choice.key for choice in asked.choices}
    chosen = [key for key in ticks(interview, asked) if key in known]
    if not chosen:
        raise AnswerRefused(Refusal.CHOICE_NONE)
    return accept(flow, interview, asked, chosen, now)


def ticks(interview: Interview, asked: Asked) -> tuple[str, ...]:
    """What is ticked at the open question: the draft, the answer before, or the preset."""
    if interview.draft is not None:
        return interview.draft
    kept = interview.answers.get(asked.path)
    if isinstance(kept, list):
        return tuple(map(str, kept))
    return tuple(choice.key for choice in asked.choices if choice.preset)


def tick(interview: Interview, asked: Asked, key: str) -> Interview:
    """Ticks or unticks a choice."""
    return replace(interview, draft=answers.toggle(ticks(interview, asked), key, asked.choices))


def accept(flow: Flow, interview: Interview, asked: Asked, value: Any, now: datetime) -> Accepted:
    """Takes a value as the answer to a question.

    Raises:
        RuleBroken: it contradicts what was answered before.
    """
    changed = interview.with_answer(asked.path, value)
    # The rules see the answer even when they refuse it, so it is looked at without them first.
    bare = Scope(
        _without_rules(flow, asked), changed.answers, now, interview.began, interview.known
    )
    remarks: list[Remark] = []
    if value is not None:
        for rule in asked.question.rules:
            if bare.holds_at(asked, rule.when):
                if rule.block:
                    raise RuleBroken(rule, bare)
                remarks.append(rule)
    remarks += [remark for remark in asked.question.tell if bare.holds_at(asked, remark.when)]
    return Accepted(changed, asked, value, tuple(remarks))


def _without_rules(flow: Flow, asked: Asked) -> Flow:
    def plain(question: Any) -> Any:
        if question.type is Type.ROWS:
            return replace(question, questions=tuple(map(plain, question.questions)))
        return replace(question, rules=()) if question.name == asked.question.name else question

    return replace(flow, questions=tuple(map(plain, flow.questions)))


def skip(flow: Flow, interview: Interview, asked: Asked, now: datetime) -> Accepted:
    """Leaves an optional question without an answer.

    Raises:
        AnswerRefused: the question is not optional.
    """
    if not asked.question.optional:
        raise AnswerRefused(Refusal.TEXT_WANTED)
    return accept(flow, interview, asked, None, now)


def back(interview: Interview, scope: Scope) -> Interview:
    """Asks the question before the open one again; its answer stays until another one comes."""
    asked = current(interview, scope)
    paths = [place.path for place in scope.asked]
    index = len(paths) if asked is None else paths.index(asked.path)
    if index == 0:
        return interview
    return replace(interview, at=paths[index - 1], draft=None, confirmed=False)


def edit(interview: Interview, path: str) -> Interview:
    """Asks a question again."""
    return replace(interview, at=path, draft=None)


def keep(interview: Interview) -> Interview:
    """Leaves the answer that is being looked at as it was, and goes on."""
    return replace(interview, at="", draft=None)


def confirm(interview: Interview) -> Interview:
    """The person has confirmed every fact."""
    return replace(interview, confirmed=True, at="", draft=None)


def refit(flow: Flow, interview: Interview, now: datetime) -> tuple[Interview, int]:
    """Brings an interview to the present version of its flow.

    Returns:
        The interview, and how many answers no longer fit and must be asked again.
    """
    if interview.version == flow.version:
        return interview, 0
    scope = Scope(flow, interview.answers, now, interview.began, interview.known)
    lost = [place.path for place in scope.asked if place.open and place.path in interview.answers]
    names = {question.name for question in flow.questions}
    gone = [path for path in interview.answers if path.partition(".")[0] not in names]
    kept: Mapping[str, Any] = MappingProxyType(
        {path: value for path, value in interview.answers.items() if path not in {*lost, *gone}}
    )
    fresh = replace(
        interview, version=flow.version, answers=kept, at="", draft=None, confirmed=False
    )
    return fresh, len(lost) + len(gone)
