"""What an editor could look at next: articles that take each other's questions, and lost phrasings.

Each phrasing is hidden once and asked of tables built without it, as a stranger would ask it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.calibration import load_calibration
from bot.search.corpus import build_corpus, read_examples
from bot.search.model import build_tables
from bot.search.rank import Ranker
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.knowledge.model import Knowledge

FOLDS: Final = 4
OFFERED: Final = 3
"""A phrasing is lost when its article is not among so many."""
_SEED: Final = 11
_SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A hidden phrasing and what was found for it."""

    article: str
    """Where it stands."""
    text: str
    """As it stands there."""
    found: tuple[str, ...]
    """Articles, the likeliest first; ``none`` and ``unclear`` are left out."""

    @property
    def taken_by(self) -> str:
        """The article that was found instead; empty where it was the right one, or none."""
        first = self.found[0] if self.found else ""
        return "" if first == self.article else first

    @property
    def lost(self) -> bool:
        """Whether its article would not even be offered."""
        return self.article not in self.found[:OFFERED]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two articles that take each other's questions."""

    articles: tuple[str, str]
    count: int
    samples: tuple[str, ...]


def ask_hidden(
    knowledge: Knowledge, *, folds: int = FOLDS, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Asked]:
    """Asks every phrasing of tables that were built without it.

    Args:
        knowledge: its phrasings.
        folds: into how many parts they are divided; each part is hidden once.
        progress: is told after each part how many are done.
    """
    tokeniser = Tokeniser(knowledge.lexicon)
    weights = load_calibration().weights
    examples = read_examples(knowledge, tokeniser)
    written = {
        (article.id, tokeniser.normalise(text)): text
        for article in knowledge.articles.values()
        for text in (article.title, *article.examples)
    }
    parts = np.random.default_rng(_SEED).permutation(len(examples)) % folds
    for hidden in range(folds):
        seen = [item for item, part in zip(examples, parts, strict=True) if part != hidden]
        corpus = build_corpus(seen, tokeniser, knowledge.articles)
        ranker = Ranker(build_tables(corpus, tokeniser), weights)
        for item, part in zip(examples, parts, strict=True):
            if part == hidden and item.label in knowledge.articles:
                ranking = ranker.rank(ranker.views(tokeniser.tokens(item.text)))
                labels = (candidate.label for candidate in ranking.candidates)
                found = tuple(label for label in labels if label in knowledge.articles)
                yield Asked(item.label, written[item.label, item.text], found)
        progress(hidden + 1)


def find_collisions(asked: Iterable[Asked]) -> list[Collision]:
    """Pairs of articles by how many phrasings of one are found as the other's, most first."""
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
    """Articles with the phrasings for which they would not be offered, the worst first."""
    lost: dict[str, list[Asked]] = defaultdict(list)
    for item in asked:
        if item.lost:
            lost[item.article].append(item)
    return sorted(lost.items(), key=lambda article: (-len(article[1]), article[0]))
