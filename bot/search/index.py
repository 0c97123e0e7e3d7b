"""First view: how alike a message is to the known phrasings of a class.

Likeness is the overlap of tokens, weighted by rarity and divided by both lengths (Dice), so that
a long phrasing does not win by its length. Only the phrasings of a shortlist of classes are
compared, so the time does not grow with the number of classes. The class ``none`` is not compared:
its messages have nothing in common, and they are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bot.search.corpus import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bot.search.corpus import Corpus


class Index:
    """Phrasings by class.

    Args:
        corpus: the phrasings. Its rows are sorted by class.
    """

    def __init__(self, corpus: Corpus) -> None:
        count = len(corpus)
        shared = corpus.tokens < corpus.coarse
        rows = np.repeat(np.arange(count), np.diff(corpus.starts))[shared]
        tokens = corpus.tokens[shared].astype(np.intp)
        frequency = np.bincount(tokens, minlength=corpus.coarse)
        self.weights: NDArray[np.float32] = np.log1p(count / np.maximum(frequency, 1)).astype(
            np.float32
        )
        self.unknown = float(np.log1p(count))
        """Weight of a token that stands in no phrasing."""
        starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=count))))
        lengths = np.bincount(rows, weights=self.weights[tokens], minlength=count)
        bounds = np.searchsorted(corpus.classes, np.arange(len(corpus.labels) + 1)).tolist()
        self._groups = [
            _Group(
                first,
                tokens[starts[first] : starts[last]],
                starts[first:last] - starts[first],
                lengths[first:last].astype(np.float32),
            )
            for first, last in (
                (first, first if label == NONE else last)
                for label, (first, last) in zip(corpus.labels, pairwise(bounds), strict=True)
            )
        ]

    def weigh(self, tokens: NDArray[np.int32]) -> tuple[NDArray[np.float32], float]:
        """Weight of each token in a message, over all coarse tokens, and their sum."""
        coarse = tokens[tokens < len(self.weights)]
        query = np.zeros(len(self.weights), dtype=np.float32)
        query[coarse] = self.weights[coarse]
        return query, float(query[coarse].sum())

    def compare(
        self, query: NDArray[np.float32], length: float, classes: Iterable[int]
    ) -> list[tuple[float, int]]:
        """The nearest phrasing of each of these classes.

        Args:
            query: from ``weigh``.
            length: weight of the whole message, unknown tokens included.
            classes: their numbers.

        Returns:
            For each class the likeness, 0 to 1, and the row; row -1 for a class without phrasings.
        """
        return [self._groups[number].nearest(query, length) for number in classes]


@dataclass(frozen=True, slots=True)
class _Group:
    """The phrasings of one class."""

    first: int
    """Row of the first one in the corpus."""
    tokens: NDArray[np.intp]
    """Coarse tokens of all, one phrasing after the other."""
    starts: NDArray[np.int64]
    """Where each phrasing begins in ``tokens``."""
    lengths: NDArray[np.float32]
    """Weight of each phrasing."""

    def nearest(self, query: NDArray[np.float32], length: float) -> tuple[float, int]:
        if not len(self.starts):
            return 0.0, -1
        overlap = np.add.reduceat(query.take(self.tokens), self.starts)
        scores = overlap / (self.lengths + length)
        row = int(scores.argmax())
        return 2 * float(scores[row]), self.first + row
