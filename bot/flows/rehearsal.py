"""Plays a flow through with the sample answers that stand in its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from bot.errors import AnswerRefused
from bot.flows import engine
from bot.flows.engine import Asking, RuleBroken, Stage, Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flows.interview import Interview
    from bot.flows.scope import Asked, Scope
    from bot.knowledge.flow_model import Flow

KNOWN: Final = "known."
"""Keys of a sample that give sums of the profile begin with it."""
TODAY: Final = "today"
"""Key of a sample that says on which day it plays."""
_DAY: Final = date(2026, 11, 23)
"""Where a sample does not say: a day whose holidays are known."""
_MOST_STEPS: Final = 500


@dataclass(slots=True)
class Rehearsal:
    """What came of playing one sample."""

    interview: Interview
    scope: Scope
    stage: Stage
    asked: list[Asked] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Paths whose sample answer was refused, and why."""
    unused: tuple[str, ...] = ()
    """Paths that were never asked."""


def rehearse(flow: Flow, sample: Mapping[str, str]) -> Rehearsal:
    """Answers every question from the sample until it ends, stops or lacks an answer."""
    day = date.fromisoformat(sample[TODAY]) if TODAY in sample else _DAY
    now = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001, the zone plays no part here
    known = {key.partition(".")[2]: sample[key] for key in sample if key.startswith(KNOWN)}
    interview = engine.begin(flow, now, known)
    asked: list[Asked] = []
    refused: list[tuple[str, str]] = []
    for _ in range(_MOST_STEPS):
        scope = engine.scope_of(flow, interview, now)
        stage = engine.stage(flow, interview, scope)
        if not isinstance(stage, Asking):
            break
        asked.append(stage.asked)
        try:
            interview = _answer(flow, interview, stage.asked, sample, now)
        except AnswerRefused as error:
            reason = error.rule.say if isinstance(error, RuleBroken) else error.fault.value
            refused.append((stage.asked.path, reason))
            break
    seen = {place.path for place in asked} | {TODAY}
    unused = tuple(path for path in sample if path not in seen and not path.startswith(KNOWN))
    unused = () if isinstance(stage, Stopped) else unused
    return Rehearsal(interview, scope, stage, asked, refused, unused)


def _answer(
    flow: Flow, interview: Interview, asked: Asked, sample: Mapping[str, str], now: datetime
) -> Interview:
    text = sample.get(asked.path)
    if text is None:
        return engine.skip(flow, interview, asked, now).interview
    keys = {choice.key for choice in asked.choices} | {"yes", "no", "unsure"}
    if text in keys:
        return engine.accept_choice(flow, interview, asked, text, now).interview
    return engine.accept_text(flow, interview, asked, text, now).interview
