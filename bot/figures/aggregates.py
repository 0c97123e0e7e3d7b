"""A database of figures alone, to look at and to hand on: no words, no chats, no small groups.

Every row stands for at least five people, and there are no totals from which a hidden row could
be worked out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlite_utils import Database

from bot.figures.count import OUTCOMES, count, count_articles, is_question
from bot.figures.interviews import count_flows, steps_in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, tzinfo
    from pathlib import Path

    from bot.figures.count import ArticleFigures
    from bot.figures.interviews import FlowFigures
    from bot.figures.unanswered import Group
    from bot.knowledge.model import Knowledge
    from bot.store.port import Record

    K = TypeVar("K")

LEAST: Final = 5
"""Fewest people that a row may stand for."""

_TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "questions": {"day": "TEXT", "outcome": "TEXT", "label": "TEXT", "questions": "INTEGER"},
    "articles": {"id": "TEXT", "title": "TEXT", "shown": "INTEGER", "people": "INTEGER"},
    "feedback": {"id": "TEXT", "title": "TEXT", "judged": "INTEGER", "useless_percent": "INTEGER"},
    "reasons": {"reason": "TEXT", "label": "TEXT", "people": "INTEGER"},
    "flow_steps": {
        "flow": "TEXT",
        "title": "TEXT",
        "place": "INTEGER",
        "step": "TEXT",
        "people": "INTEGER",
    },
    "unanswered": {"place": "INTEGER", "people": "INTEGER", "times": "INTEGER"},
    "speed": {"day": "TEXT", "median_ms": "REAL", "p95_ms": "REAL"},
    "about": {"name": "TEXT", "value": "TEXT"},
}
"""Every table, made also where it stays empty, so that the queries always run."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which days are counted, and in which zone they begin."""

    days: Sequence[date]
    zone: tzinfo


class Aggregates:
    """Rows of the tables, from events; groups of fewer than ``LEAST`` people are left out.

    Args:
        records: what happened.
        groups: the unanswered questions that wait.
        knowledge: for titles.
        span: the days.
    """

    def __init__(
        self,
        records: Iterable[Record],
        groups: Sequence[Group],
        knowledge: Knowledge,
        span: Span,
    ) -> None:
        wanted = set(span.days)
        self._span = span
        self._rows = [row for row in records if self._day(row) in wanted]
        self._groups = groups
        self._knowledge = knowledge

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Every table by name."""
        articles = count_articles(self._rows)
        return {
            "questions": list(self._questions()),
            "articles": list(self._articles(articles)),
            "feedback": list(self._feedback(articles)),
            "reasons": list(self._reasons()),
            "flow_steps": list(self._flow_steps()),
            "unanswered": list(self._unanswered()),
            "speed": list(self._speed()),
            "about": list(self._about()),
        }

    def _day(self, row: Record) -> date:
        return datetime.fromtimestamp(row.at, UTC).astimezone(self._span.zone).date()

    def _questions(self) -> Iterator[dict[str, Any]]:
        asked = (row for row in self._rows if is_question(row))
        groups = _large(asked, lambda row: (self._day(row), OUTCOMES.index(row.kind)))
        for (day, place), rows in sorted(groups.items()):
            outcome = OUTCOMES[place]
            yield {
                "day": day.isoformat(),
                "outcome": outcome,
                "label": self._knowledge.messages[f"outcome_{outcome}"],
                "questions": len(rows),
            }

    def _articles(self, articles: Iterable[ArticleFigures]) -> Iterator[dict[str, Any]]:
        for item in articles:
            if item.people >= LEAST:
                yield {
                    "id": item.id,
                    "title": self._title(item.id),
                    "shown": item.shown,
                    "people": item.people,
                }

    def _feedback(self, articles: Iterable[ArticleFigures]) -> Iterator[dict[str, Any]]:
        for item in articles:
            judged = item.useful + item.useless
            if judged >= LEAST:
                yield {
                    "id": item.id,
                    "title": self._title(item.id),
                    "judged": judged,
                    "useless_percent": round(100 * item.useless / judged),
                }

    def _reasons(self) -> Iterator[dict[str, Any]]:
        given = (row for row in self._rows if row.kind == "feedback_why")
        for reason, rows in sorted(_large(given, lambda row: row.value).items()):
            label = self._knowledge.messages.get(f"label_why_{reason}", reason)
            yield {"reason": reason, "label": label, "people": _people(rows)}

    def _flow_steps(self) -> Iterator[dict[str, Any]]:
        for flow in count_flows(self._rows):
            known = self._knowledge.flows.get(flow.id)
            title = flow.id if known is None else known.title
            for place, (step, people) in enumerate(self._way(flow)):
                if people >= LEAST:
                    yield {
                        "flow": flow.id,
                        "title": title,
                        "place": place,
                        "step": step,
                        "people": people,
                    }

    def _way(self, flow: FlowFigures) -> Iterator[tuple[str, int]]:
        messages = self._knowledge.messages
        yield messages["figures_begun"], flow.begun
        yield from steps_in_order(flow, self._knowledge.flows.get(flow.id))
        yield messages["figures_done"], flow.done

    def _unanswered(self) -> Iterator[dict[str, Any]]:
        large = [group for group in self._groups if group.people >= LEAST]
        for place, group in enumerate(large, start=1):
            yield {"place": place, "people": group.people, "times": group.times}

    def _speed(self) -> Iterator[dict[str, Any]]:
        asked = (row for row in self._rows if is_question(row) and row.took is not None)
        for day, rows in sorted(_large(asked, self._day).items()):
            waits = count(rows, (day,), self._span.zone).waits
            yield {
                "day": day.isoformat(),
                "median_ms": round(1000 * waits.median, 1),
                "p95_ms": round(1000 * waits.slowest, 1),
            }

    def _about(self) -> Iterator[dict[str, Any]]:
        days = self._span.days
        yield {"name": "days", "value": f"{days[0].isoformat()} – {days[-1].isoformat()}"}
        yield {"name": "knowledge", "value": self._knowledge.version}
        yield {"name": "least", "value": str(LEAST)}

    def _title(self, article: str) -> str:
        known = self._knowledge.articles.get(article)
        return article if known is None else known.title


def write_aggregates(path: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Writes the tables into a file, in one transaction; whoever reads sees the old or the new."""
    database = Database(path)
    try:
        database.conn.isolation_level = None
        database.conn.execute("BEGIN IMMEDIATE")
        for name, columns in _TABLES.items():
            fields = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            database.conn.execute(f"CREATE TABLE IF NOT EXISTS {name} ({fields})")
            database.conn.execute(f"DELETE FROM {name}")  # noqa: S608 - a constant name
            marks = ", ".join("?" for _ in columns)
            database.conn.executemany(
                f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608 - a constant name
                [[row[column] for column in columns] for row in tables[name]],
            )
        database.conn.execute("COMMIT")
    finally:
        database.close()


def _large(rows: Iterable[Record], key: Callable[[Record], K]) -> dict[K, list[Record]]:
    """Rows by key, only where they come from people enough."""
    groups: dict[K, list[Record]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {of: rows for of, rows in groups.items() if _people(rows) >= LEAST}


def _people(rows: Iterable[Record]) -> int:
    return len({row.lane for row in rows})
