"""Counts what happened in a time: questions by outcome, articles, feedback, interviews, waiting.

Pure: everything comes from the events that the store tells. A chat counts as one person.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.figures.interviews import FlowFigures, count_flows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from bot.store.port import Record, Store

OUTCOMES: Final = ("answer", "urgent", "choose", "clarify", "none")
"""What became of a question, best first."""
AGAIN: Final = "none_of_these"
"""The value of a ``none`` that is a second verdict on the same question."""
SHOWN: Final = frozenset({"answer", "urgent", "open"})
"""Events of an article that was shown."""
_UNASKED: Final = frozenset(
    {"bulletin", "reminder", "dead_letter", "flood", "uncertain", "unreachable", "unsent"}
)
"""Events that befall people: a bulletin to five hundred is no five hundred visitors."""
ARTICLE_DAYS: Final = 30
"""Over so many days an article is looked at."""
USEFUL, USELESS = "1", "0"
"""Values of feedback, as they stand in the buttons."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    day: date
    outcomes: Mapping[str, int]
    people: int

    @property
    def questions(self) -> int:
        """How many were asked."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """One article."""

    id: str
    shown: int = 0
    people: int = 0
    useful: int = 0
    useless: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why it was no use, by reason."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How many seconds people waited for the commit of their answer."""

    count: int
    median: float
    slowest: float
    """95 of 100 waited no longer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a time."""

    days: tuple[Day, ...]
    """Every day, also those on which nothing happened."""
    people: int
    articles: tuple[ArticleFigures, ...]
    """The most shown first."""
    flows: tuple[FlowFigures, ...]
    waits: Waits
    kinds: Mapping[str, int]
    """How often each kind of event happened."""

    @property
    def outcomes(self) -> Mapping[str, int]:
        """What became of the questions; every outcome is there."""
        total: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        for day in self.days:
            total.update(day.outcomes)
        return total

    @property
    def questions(self) -> int:
        """How many were asked."""
        return sum(day.questions for day in self.days)

    @property
    def useful(self) -> int:
        """How often an article was called useful."""
        return sum(article.useful for article in self.articles)

    @property
    def useless(self) -> int:
        """How often an article was called useless."""
        return sum(article.useless for article in self.articles)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Why articles were no use."""
        total: Counter[str] = Counter()
        for article in self.articles:
            total.update(article.reasons)
        return total


def first_moment(day: date, zone: tzinfo) -> float:
    """When a day begins, in seconds since the epoch."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def count(records: Iterable[Record], days: Sequence[date], zone: tzinfo) -> Figures:
    """Counts the events of some days.

    Args:
        records: what happened; events of other days are left out.
        days: one after the other.
        zone: in which a day begins and ends.
    """
    wanted = set(days)
    kept = [(day, row) for row in records if (day := _day_of(row, zone)) in wanted]
    rows = [row for _, row in kept]
    return Figures(
        days=tuple(_day(day, [row for of, row in kept if of == day]) for day in days),
        people=_people(rows),
        articles=count_articles(rows),
        flows=count_flows(rows),
        waits=_waits([row.took for row in rows if is_question(row) and row.took is not None]),
        kinds=Counter(row.kind for row in rows),
    )


def last_days(today: date, number: int) -> tuple[date, ...]:
    """So many days up to today, the oldest first."""
    return tuple(today - timedelta(days=back) for back in reversed(range(number)))


def is_question(row: Record) -> bool:
    """Whether an event is the first verdict on a question."""
    return row.kind in OUTCOMES and row.value != AGAIN


def _day_of(row: Record, zone: tzinfo) -> date:
    return datetime.fromtimestamp(row.at, UTC).astimezone(zone).date()


def _day(day: date, rows: Sequence[Record]) -> Day:
    outcomes = Counter(row.kind for row in rows if is_question(row))
    return Day(day, outcomes, _people(rows))


def _people(rows: Iterable[Record]) -> int:
    """Those who did something themselves."""
    return len({row.lane for row in rows if row.kind not in _UNASKED})


def count_articles(rows: Iterable[Record]) -> tuple[ArticleFigures, ...]:
    """The figures of every article that was shown or judged, the most shown first.

    Of each person only the last judgement of an article counts, and each reason once.
    """
    shown: Counter[str] = Counter()
    people: dict[str, set[str]] = defaultdict(set)
    judged: dict[tuple[str, str], str] = {}
    reasons: set[tuple[str, str, str]] = set()
    for row in rows:
        if row.article and row.kind in SHOWN:
            shown[row.article] += 1
            people[row.article].add(row.lane)
        elif row.kind == "feedback":
            judged[row.article, row.lane] = row.value
        elif row.kind == "feedback_why":
            reasons.add((row.article, row.lane, row.value))
    verdicts = Counter((article, value) for (article, _), value in judged.items())
    found = [
        ArticleFigures(
            name,
            shown[name],
            len(people[name]),
            verdicts[name, USEFUL],
            verdicts[name, USELESS],
            Counter(reason for article, _, reason in reasons if article == name),
        )
        for name in {*shown, *(article for article, _ in judged), *(name for name, *_ in reasons)}
    ]
    return tuple(sorted(found, key=lambda article: (-article.shown, article.id)))


async def article_figures(
    store: Store, article: str, now: float, days: int = ARTICLE_DAYS
) -> ArticleFigures:
    """The figures of one article over some days up to now."""
    rows = await store.events(now - days * 86400.0)
    found = count_articles(row for row in rows if row.article == article)
    return next(iter(found), ArticleFigures(article))


def _waits(seconds: Sequence[float]) -> Waits:
    if not seconds:
        return Waits(0, 0.0, 0.0)
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Waits(len(ordered), at(0.5), at(0.95))
