"""Which questions a flow asks, given the answers so far, and what every name stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from bot.flows import functions
from bot.flows.answers import NO, YES, fits, in_words, typed
from bot.flows.conditions import holds
from bot.knowledge.flow_model import KNOWN_SUMS, MORE, Choice, Question, Reference, Type, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.knowledge.flow_model import Condition, Flow, Remark

MOST_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A question at its place: ``lender``, or ``debts.0.lender`` in a row."""

    path: str
    question: Question
    choices: tuple[Choice, ...] = ()
    """Those that are offered at the moment."""
    open: bool = True
    """Not answered, or no longer validly."""
    row: int | None = None


class Scope:
    """One flow with one set of answers at one moment; built once, then only read.

    Args:
        flow: the interview.
        answers: kept values by path; a path that is missing is not answered.
        now: the moment, in the time zone in which dates are read.
        began: when the interview began.
        known: sums that other interviews worked out before.
    """

    def __init__(
        self,
        flow: Flow,
        answers: Mapping[str, Any],
        now: datetime,
        began: datetime | None = None,
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.flow = flow
        self.now = now
        self._answers = answers
        self._values: dict[str, Any] = {
            "today": now.date(),
            "now": now,
            "began": began or now,
            "known": {part: Decimal(known[part]) for part in KNOWN_SUMS if part in known},
        }
        self._labels: dict[str, Any] = {}
        self._busy: set[str] = set()
        self._row: dict[str, Any] = {}
        self.asked: tuple[Asked, ...] = tuple(self._ask_all())

    def _ask_all(self) -> Iterator[Asked]:
        for question in self.flow.questions:
            if not holds(question.when, self.lookup):
                continue
            if question.type is Type.ROWS:
                yield from self._rows(question)
            else:
                yield self._place(question, question.name, self._values, self._labels)

    def _rows(self, question: Question) -> Iterator[Asked]:
        rows: list[dict[str, Any]] = []
        for number in range(MOST_ROWS):
            prefix = f"{question.name}.{number}"
            row: dict[str, Any] = {}
            labels: dict[str, str] = {}
            self._row = row
            places = [
                replace(self._place(inner, f"{prefix}.{inner.name}", row, labels), row=number)
                for inner in question.questions
                if holds(inner.when, self.lookup)
            ]
            self._row = {}
            yield from places
            rows.append(row | {"label": labels})
            if any(place.open for place in places):
                break
            more = f"{prefix}.{MORE}"
            if number + 1 < MOST_ROWS:
                yield Asked(more, _another(question), _more_choices(question),
                            self._answers.get(more) not in {YES, NO}, number)  # fmt: skip
            if self._answers.get(more) != YES:
                break
        self._values[question.name] = tuple(rows)

    def _place(
        self, question: Question, path: str, values: dict[str, Any], labels: dict[str, str]
    ) -> Asked:
        choices = tuple(c for c in question.choices if holds(c.when, self.lookup))
        asked = Asked(path, question, choices, row=None)
        if path not in self._answers or not fits(question, self._answers[path], choices):
            return asked
        kept = self._answers[path]
        values[question.name] = typed(question, kept)
        labels[question.name] = in_words(question, kept)
        if kept is not None and self.broken_rule(question) is not None:
            del values[question.name], labels[question.name]
            return asked
        return replace(asked, open=False)

    def broken_rule(self, question: Question) -> Remark | None:
        """The first rule that refuses the answer that is there."""
        return next(
            (rule for rule in question.rules if rule.block and holds(rule.when, self.lookup)), None
        )

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition holds for these answers."""
        return holds(condition, self.lookup)

    def holds_at(self, asked: Asked, condition: Condition | None) -> bool:
        """Whether a condition holds, seen from a question in its row."""
        context = self.row_context(asked)
        if asked.row is None:
            return self.holds(condition)
        return holds(condition, lambda name: _part(context, name))

    def decided(self, condition: Condition) -> bool:
        """Whether every question that a condition looks at has been answered or is not asked."""
        waiting = {asked.question.name for asked in self.asked if asked.open}
        return not any(name in waiting for name in names_in(condition))

    def lookup(self, name: str) -> Any:
        """The value of a name; None where it is missing."""
        first, _, rest = name.partition(".")
        value = self._row[first] if first in self._row else self._value(first)
        return _part(value, rest) if rest else value

    def _value(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        computed = self.flow.computed.get(name)
        if computed is None or name in self._busy:
            return None
        self._busy.add(name)
        try:
            arguments = {key: self._argument(value) for key, value in computed.arguments.items()}
            return functions.call(computed.use, arguments)
        finally:
            self._busy.discard(name)

    def _argument(self, value: Any) -> Any:
        if isinstance(value, Reference):
            return self.lookup(value.name)
        if isinstance(value, tuple):
            return tuple(self.lookup(item) if isinstance(item, str) else item for item in value)
        return value

    def context(self) -> dict[str, Any]:
        """Every name for a template; what was not asked or not answered is None."""
        names: dict[str, Any] = {question.name: None for question in self.flow.questions}
        names |= {name: self._value(name) for name in self.flow.computed}
        labels = {question.name: "" for question in self.flow.questions}
        return names | self._values | {"label": labels | self._labels}

    def row_context(self, asked: Asked) -> dict[str, Any]:
        """The names for a question in a row: those of its row hide the others."""
        context = self.context()
        if asked.row is None:
            return context
        name = asked.path.partition(".")[0]
        rows = context.get(name) or ()
        row = rows[asked.row] if asked.row < len(rows) else {}
        labels = context["label"] | row.get("label", {})
        return context | row | {"label": labels, "number": asked.row + 1}


def _part(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _another(question: Question) -> Question:
    return Question(
        name=MORE, type=Type.ENUM, ask=question.another, title=f"{question.title}：还有吗",
        choices=_more_choices(question),
    )  # fmt: skip


def _more_choices(question: Question) -> tuple[Choice, ...]:
    return (Choice(YES, question.label_more), Choice(NO, question.label_enough))
