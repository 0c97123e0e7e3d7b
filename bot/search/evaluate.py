"""Measures the matching on a labelled file: how often the right article, how often a wrong one."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.search.corpus import NONE, UNCLEAR
from bot.search.decide import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.search.decide import Decision, Hit
    from bot.search.searcher import Searcher

SHOWN: Final = frozenset({Outcome.URGENT, Outcome.ANSWER, Outcome.CHOOSE})
_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with the articles that are right for it."""

    question: str
    best: str
    """An article id, ``none`` or ``unclear``."""
    also: tuple[str, ...]
    kind: str

    @property
    def right(self) -> frozenset[str]:
        """Every id that counts as right."""
        return frozenset((self.best, *self.also))

    @property
    def answerable(self) -> bool:
        """True when an article should answer."""
        return self.best not in {NONE, UNCLEAR}


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled message and what was decided about it."""

    labelled: Labelled
    decision: Decision
    top: Hit | None = None
    """The likeliest article, whatever was decided."""

    @property
    def first(self) -> bool:
        """The first thing shown is right."""
        return self._right_within(1)

    @property
    def three(self) -> bool:
        """One of the first three things shown is right."""
        return self._right_within(_THREE)

    def _right_within(self, count: int) -> bool:
        if self.decision.outcome not in SHOWN:
            return False
        return any(hit.id in self.labelled.right for hit in self.decision.hits[:count])


@dataclass(frozen=True, slots=True)
class Report:
    """Figures over messages of one kind, or all; shares from 0 to 1."""

    kind: str
    questions: int
    """Messages that an article should answer."""
    hit1: float
    hit3: float
    at_once: float
    """Share of them that were answered at once, and rightly."""
    wrong: float
    """Share of them that were answered at once with a wrong article."""
    others: int
    """Messages that no article may answer."""
    false_answers: float
    """Share of the others that were answered with an article."""
    offered: float
    """Share of the others to which articles were offered as a choice."""
    urgent_missed: int
    """Messages about danger that got no urgent card."""


def read_labelled(path: Path) -> list[Labelled]:
    """Reads a tab-separated file with the columns ``best``, ``also``, ``kind``, ``question``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Labelled(
                question=row["question"],
                best=row["best"],
                also=tuple(part for part in row["also"].split(",") if part),
                kind=row["kind"],
            )
            for row in rows
        ]


def judge(searcher: Searcher, labelled: Iterable[Labelled]) -> list[Judged]:
    """Decides about every message."""
    return [
        Judged(item, searcher.decide(item.question), searcher.best(item.question))
        for item in labelled
    ]


def report(judged: Sequence[Judged], urgent: frozenset[str]) -> list[Report]:
    """Figures over all messages, then by kind.

    Args:
        judged: the messages.
        urgent: ids of the urgent articles.
    """
    kinds = sorted({item.labelled.kind for item in judged})
    groups = {"all": list(judged)} | {
        kind: [item for item in judged if item.labelled.kind == kind] for kind in kinds
    }
    return [_report(kind, items, urgent) for kind, items in groups.items()]


def _report(kind: str, items: Sequence[Judged], urgent: frozenset[str]) -> Report:
    questions = [item for item in items if item.labelled.answerable]
    others = [item for item in items if item.labelled.best == NONE]
    at_once = {Outcome.ANSWER, Outcome.URGENT}
    return Report(
        kind=kind,
        questions=len(questions),
        hit1=_share(item.first for item in questions),
        hit3=_share(item.three for item in questions),
        at_once=_share(item.decision.outcome in at_once and item.first for item in questions),
        wrong=_share(item.decision.outcome in at_once and not item.first for item in questions),
        others=len(others),
        false_answers=_share(item.decision.outcome in at_once for item in others),
        offered=_share(item.decision.outcome is Outcome.CHOOSE for item in others),
        urgent_missed=sum(
            item.labelled.best in urgent and item.decision.outcome is not Outcome.URGENT
            for item in questions
        ),
    )


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """What would happen if articles were shown from this probability on; shares from 0 to 1."""

    threshold: float
    coverage: float
    """Of the messages that an article should answer, those that are answered."""
    error: float
    """Of all answers, those that are wrong or that should not have been."""


def curve(judged: Sequence[Judged], steps: int = 100) -> list[Point]:
    """Coverage against error for thresholds from 0 to 1, leaving the safety gate aside."""
    return [point_at(judged, step / steps) for step in range(steps)]


def point_at(judged: Sequence[Judged], threshold: float) -> Point:
    """The point of the curve for one threshold."""
    answerable = sum(item.labelled.answerable for item in judged) or 1
    answered = [
        (item.labelled, item.top) for item in judged if item.top and item.top.score >= threshold
    ]
    wrong = sum(hit.id not in labelled.right for labelled, hit in answered)
    covered = sum(labelled.answerable for labelled, _ in answered)
    return Point(threshold, covered / answerable, wrong / len(answered) if answered else 0.0)


@dataclass(frozen=True, slots=True)
class Confusion:
    """Messages of one class for which the same other thing was shown first."""

    best: str
    """What would have been right."""
    shown: str
    """An article id, or the outcome where nothing was shown."""
    questions: tuple[str, ...]


def confusions(judged: Iterable[Judged]) -> list[Confusion]:
    """What was taken for what, the most frequent first; messages to ask back are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in judged:
        labelled, decision = item.labelled, item.decision
        if labelled.best == UNCLEAR or item.first:
            continue
        shown = decision.outcome in SHOWN and decision.hits
        if labelled.answerable or shown:
            name = decision.hits[0].id if shown else decision.outcome.value
            found.setdefault((labelled.best, name), []).append(labelled.question)
    return sorted(
        (Confusion(best, shown, tuple(texts)) for (best, shown), texts in found.items()),
        key=lambda item: (-len(item.questions), item.best, item.shown),
    )
