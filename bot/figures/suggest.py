"""What an editor could look at next: articles that take each other's questions, and lost phrasings.

Each phrasing is hidden once and asked of tables built without it, as a stranger would ask it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.search.decide import Outcome
from bot.search.hidden import cross_validate
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.figures.unanswered import Group
    from bot.knowledge.model import Knowledge
    from bot.search.calibration import Calibration
    from bot.search.evaluate import Judged

_AT_ONCE: Final = frozenset({Outcome.ANSWER, Outcome.URGENT})
_SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A hidden phrasing and what a stranger would have been shown for it."""

    article: str
    """Where it stands."""
    text: str
    """As it stands there."""
    shown: tuple[str, ...]
    """The article shown at once, or those to choose from; none where nothing was found."""

    @property
    def taken_by(self) -> str:
        """The article that was shown instead; empty where there was a choice, or nothing."""
        return self.shown[0] if len(self.shown) == 1 and self.shown[0] != self.article else ""

    @property
    def lost(self) -> bool:
        """Whether its article was neither shown nor offered."""
        return self.article not in self.shown


@dataclass(frozen=True, slots=True)
class Collision:
    """Two articles that take each other's questions."""

    articles: tuple[str, str]
    count: int
    samples: tuple[str, ...]


def ask_hidden(
    knowledge: Knowledge,
    *,
    calibration: Calibration | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Asked]:
    """Asks every phrasing of tables that were built without it; takes a minute.

    Args:
        knowledge: its phrasings.
        calibration: the one that ships when not given.
        progress: is told after each part how many are done.
    """
    normalise = Tokeniser(knowledge.lexicon).normalise
    written = {
        (article.id, normalise(text)): text
        for article in knowledge.articles.values()
        for text in (article.title, *article.examples)
    }
    judged = cross_validate(knowledge, calibration=calibration, progress=progress)
    return [
        Asked(item.best, written[item.best, item.question], _shown(one))
        for one in judged
        if (item := one.labelled).best in knowledge.articles
    ]


def _shown(judged: Judged) -> tuple[str, ...]:
    decision = judged.decision
    names = tuple(hit.id for hit in decision.hits)
    if decision.outcome in _AT_ONCE:
        return names[:1]
    return names if decision.outcome is Outcome.CHOOSE else ()


def find_collisions(asked: Iterable[Asked]) -> list[Collision]:
    """Pairs of articles by how many phrasings of one are answered by the other, most first."""
    samples: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in asked:
        if item.taken_by:
            first, second = sorted((item.article, item.taken_by))
            samples[first, second].append(f"{item.text}（{item.article} → {item.taken_by}）")
    found = [
        Collision(pair, len(texts), tuple(texts[:_SAMPLES])) for pair, texts in samples.items()
    ]
    return sorted(found, key=lambda collision: (-collision.count, collision.articles))


def find_lost(asked: Iterable[Asked]) -> list[tuple[str, list[Asked]]]:
    """Articles with the phrasings for which they would not be shown, the worst first."""
    lost: dict[str, list[Asked]] = defaultdict(list)
    for item in asked:
        if item.lost:
            lost[item.article].append(item)
    return sorted(lost.items(), key=lambda article: (-len(article[1]), article[0]))


def write_collisions(knowledge: Knowledge, asked: Sequence[Asked], count: int) -> Iterator[str]:
    """Lines about the articles that take each other's questions."""
    collisions = find_collisions(asked)
    yield f"互相抢问法的文章（{len(collisions)} 对）"
    for collision in collisions[:count]:
        titles = " ↔ ".join(
            f"{name} {knowledge.articles[name].title}" for name in collision.articles
        )
        yield f"  {collision.count:4}  {titles}"
        yield from (f"        {sample}" for sample in collision.samples)


def write_lost(knowledge: Knowledge, asked: Sequence[Asked], count: int) -> Iterator[str]:
    """Lines about the phrasings that lead nowhere without themselves."""
    lost = find_lost(asked)
    number = sum(len(phrasings) for _, phrasings in lost)
    yield f"拿掉自己就找不到本篇的问法（{number}/{len(asked)} 条，先看这几篇）"
    for name, phrasings in lost[:count]:
        yield f"  {len(phrasings):4}  {name} {knowledge.articles[name].title}"
        for item in phrasings[:_SAMPLES]:
            yield f"        {item.text}（→ {'、'.join(item.shown) or '没有'}）"


def write_unanswered(groups: Sequence[Group], count: int) -> Iterator[str]:
    """Lines about what people asked in vain."""
    yield f"有人问、没答好的（{len(groups)} 组，最近 90 天）"
    for group in groups[:count]:
        yield f"  {group.people:4} 人  {group.questions[0].text}"
