"""First view: how alike a message is to each known phrasing, and through them to each class.

Likeness is the overlap of tokens, weighted by rarity and divided by both lengths (Dice), so that
a long phrasing does not win by its length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.tokens import CHARACTER, NEGATION, SOUND, WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from bot.search.corpus import Corpus

KIND_WEIGHTS: Final[Mapping[str, float]] = {WORD: 1.0, CHARACTER: 1.0, SOUND: 1.0, NEGATION: 1.0}


class Index:
    """Phrasings by token.

    Args:
        corpus: the phrasings.
        kinds: weight of each kind of token; a kind that is missing does not count.
    """

    def __init__(self, corpus: Corpus, kinds: Mapping[str, float] = KIND_WEIGHTS) -> None:
        count = len(corpus)
        self._kinds = dict(kinds)
        rows = np.repeat(np.arange(count, dtype=np.int32), np.diff(corpus.starts))
        frequency = np.bincount(corpus.tokens, minlength=len(corpus.vocabulary))
        factor = np.array([kinds.get(token[0], 0.0) for token in corpus.vocabulary])
        self.weights: NDArray[np.float32] = (
            factor * np.log1p(count / np.maximum(frequency, 1))
        ).astype(np.float32)
        order = np.argsort(corpus.tokens, kind="stable")
        self._rows = rows[order]
        self._starts = np.concatenate(([0], np.cumsum(frequency)))
        self._unknown = float(np.log1p(count))
        self._lengths = np.bincount(
            rows, weights=self.weights[corpus.tokens], minlength=count
        ).astype(np.float32)
        present, first = np.unique(corpus.classes, return_index=True)
        self._present, self._first = present, first
        self._sizes = np.diff(np.append(first, count))
        self._classes = len(corpus.labels)

    def weigh_unknown(self, tokens: Iterable[str]) -> float:
        """What tokens that stand in no phrasing weigh together."""
        kinds = self._kinds
        return self._unknown * sum(kinds.get(token[0], 0.0) for token in tokens)

    def nearest(self, scores: NDArray[np.float32], number: int) -> int | None:
        """The row of the likest phrasing of a class, or nothing when the class has none."""
        place = int(np.searchsorted(self._present, number))
        if place == len(self._present) or self._present[place] != number:
            return None
        first = int(self._first[place])
        return first + int(scores[first : first + int(self._sizes[place])].argmax())

    def search(
        self, tokens: NDArray[np.int32], unknown: float = 0.0
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Likeness to every phrasing, and per class the best and the mean of it.

        Args:
            tokens: the known tokens of the message.
            unknown: how much the unknown ones weigh together.

        Returns:
            Arrays over phrasings, classes and classes; all from 0 to 1.
        """
        tokens = tokens[self.weights[tokens] > 0]
        starts, ends = self._starts[tokens], self._starts[tokens + 1]
        overlap = np.bincount(
            np.concatenate([self._rows[a:b] for a, b in zip(starts, ends, strict=True)])
            if len(tokens)
            else np.empty(0, dtype=np.int32),
            weights=np.repeat(self.weights[tokens], ends - starts),
            minlength=len(self._lengths),
        ).astype(np.float32)
        length = float(self.weights[tokens].sum()) + unknown
        scores = 2 * overlap / (self._lengths + (length or 1.0))
        best = np.zeros(self._classes, dtype=np.float32)
        mean = np.zeros(self._classes, dtype=np.float32)
        if len(scores):
            best[self._present] = np.maximum.reduceat(scores, self._first)
            mean[self._present] = np.add.reduceat(scores, self._first) / self._sizes
        return scores, best, mean
