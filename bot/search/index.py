"""First view: how alike a message is to the known phrasings of a class.

Likeness is the overlap of tokens, weighted by rarity and divided by both lengths (Dice), so that
a long phrasing does not win by its length. Only the phrasings of a shortlist of classes are
compared, so the time does not grow with the number of classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
        self._tokens = corpus.tokens[shared]
        frequency = np.bincount(self._tokens, minlength=corpus.coarse)
        self.weights: NDArray[np.float32] = np.log1p(count / np.maximum(frequency, 1)).astype(
            np.float32
        )
        self.unknown = float(np.log1p(count))
        """Weight of a token that stands in no phrasing."""
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=count))))
        self._lengths = np.bincount(
            rows, weights=self.weights[self._tokens], minlength=count
        ).astype(np.float32)
        self._rows = np.searchsorted(corpus.classes, np.arange(len(corpus.labels) + 1))

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
        nearest: list[tuple[float, int]] = []
        for number in classes:
            first, last = int(self._rows[number]), int(self._rows[number + 1])
            if first == last:
                nearest.append((0.0, -1))
                continue
            starts = self._starts[first:last]
            gathered = query[self._tokens[starts[0] : self._starts[last]]]
            overlap = np.add.reduceat(gathered, starts - starts[0])
            scores = 2 * overlap / (self._lengths[first:last] + length)
            row = int(scores.argmax())
            nearest.append((float(scores[row]), first + row))
        return nearest
