"""Questions that found no answer, put together where they ask nearly the same.

Short Chinese questions with one meaning share their characters, whatever the order and the polite
words around (房租欠两个月房东赶人, 房东要赶我走房租欠两个月); an edit distance sees two sentences.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from bot.store.port import Record

UNANSWERED: Final = frozenset({"none", "clarify"})
"""Events of a question that found nothing; a 都不是 after a choice is one too."""
ALIKE: Final = 0.6
"""Cosine of two questions' characters from which they stand in one group."""
_MOST: Final = 3000
"""Wordings that are compared, the most frequent; the rest waits until those are settled."""
_FILLER: Final = frozenset(
    "的了吗呢啊吧哦呀么嘛能会可以怎么办样咋整为何如什我你他她它您要是在有被给去到就都还也这那和与及或请问"
)
"""Characters that say nothing about what is asked."""
_WHETHER: Final = re.compile(r"(.)[不没]\1")
_DENIAL: Final = re.compile(r"[没不未无非别]")
_KEY: Final = 10


@dataclass(frozen=True, slots=True)
class Question:
    """One wording."""

    text: str
    """Masked."""
    times: int
    people: frozenset[str]
    """Pseudonyms of the chats that asked it."""
    last: float
    """When it was asked last."""

    @property
    def key(self) -> str:
        """A short name for it, the same as long as the words are."""
        return question_key(self.text)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that say nearly the same; the most frequent wording first."""

    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """The name of the first question."""
        return self.questions[0].key

    @property
    def times(self) -> int:
        """How often it was asked."""
        return sum(question.times for question in self.questions)

    @property
    def people(self) -> int:
        """How many asked."""
        return len(frozenset().union(*(question.people for question in self.questions)))

    @property
    def last(self) -> float:
        """When it was asked last."""
        return max(question.last for question in self.questions)

    def has(self, key: str) -> bool:
        """Whether one of its questions has this name."""
        return any(question.key == key for question in self.questions)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an admin has decided about a question."""

    key: str
    at: float
    ignored: bool
    """Never to come back; otherwise it does, where it is asked again and still finds nothing."""


def question_key(text: str) -> str:
    """A short name for a question that does not give its words away."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:_KEY]


def group_unanswered(records: Iterable[Record], settled: Iterable[Settled] = ()) -> list[Group]:
    """The groups that wait for an admin, the most asked first.

    Args:
        records: events, of any kind.
        settled: what was decided before; it goes for the whole group of a question.
    """
    ignored: set[str] = set()
    taken: dict[str, float] = {}
    for item in settled:
        if item.ignored:
            ignored.add(item.key)
        else:
            taken[item.key] = max(item.at, taken.get(item.key, -math.inf))
    groups = _group(_questions(records))
    waiting = [group for group in groups if not any(map(group.has, ignored))]
    found = filter(None, (_asked_since(group, taken) for group in waiting))
    return sorted(found, key=lambda group: (-group.people, -group.times, -group.last))


def _asked_since(group: Group, taken: Mapping[str, float]) -> Group | None:
    """What was asked again after the group was given to an article; None for nothing."""
    since = max(taken.get(question.key, -math.inf) for question in group.questions)
    again = tuple(question for question in group.questions if question.last > since)
    return Group(again) if again else None


def _questions(records: Iterable[Record]) -> list[Question]:
    asked: dict[str, list[Record]] = defaultdict(list)
    for row in records:
        if row.kind in UNANSWERED and any(map(str.isalnum, row.text)):
            asked[" ".join(row.text.split())].append(row)
    return [
        Question(text, len(rows), frozenset(row.lane for row in rows), max(row.at for row in rows))
        for text, rows in asked.items()
    ]


def _group(questions: Sequence[Question]) -> list[Group]:
    """Around the most frequent question all that are like it, then around the next, and so on."""
    ordered = sorted(questions, key=lambda item: (-len(item.people), -item.times, item.text))
    ordered = ordered[:_MOST]
    plain = [_WHETHER.sub(r"\1", question.text) for question in ordered]
    denials = ["".join(_DENIAL.findall(text)) for text in plain]
    rows = _unit_rows([frozenset(filter(str.isalnum, text)) for text in plain])
    free = dict.fromkeys(range(len(ordered)))
    groups: list[Group] = []
    while free:
        leader = next(iter(free))
        near = np.flatnonzero(rows @ rows[leader] >= ALIKE).tolist()
        members = [
            leader,
            *(
                number
                for number in near
                if number != leader and number in free and denials[number] == denials[leader]
            ),
        ]
        for number in members:
            del free[number]
        groups.append(Group(tuple(ordered[number] for number in members)))
    return groups


def _unit_rows(characters: Sequence[frozenset[str]]) -> NDArray[np.float32]:
    """A row of length one for each question, a column for each character that tells something."""
    telling = [own - _FILLER or own for own in characters]
    columns = {sign: place for place, sign in enumerate(sorted(frozenset().union(*telling)))}
    rows = np.zeros((len(telling), len(columns)), dtype=np.float32)
    for number, own in enumerate(telling):
        rows[number, [columns[sign] for sign in own]] = 1.0
    rows /= np.sqrt(np.maximum(rows.sum(axis=1, keepdims=True), 1.0))
    return rows
