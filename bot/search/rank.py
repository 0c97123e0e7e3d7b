"""Combines the views into one probability for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.fuzz import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.search.calibration import Weights
    from bot.search.classifier import Classifier
    from bot.search.corpus import Corpus
    from bot.search.index import Index

SHORTLIST: Final = 6
"""Classes whose nearest phrasing is compared character by character."""

_FLOOR: Final = -12.0


@dataclass(frozen=True, slots=True)
class Views:
    """What each view says about each class; arrays over classes."""

    best: NDArray[np.float32]
    mean: NDArray[np.float32]
    linear: NDArray[np.float32]
    fuzzy: NDArray[np.float32]
    known: float
    """Share of the message, weighed by rarity, that is known at all; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Classes by probability."""

    order: NDArray[np.intp]
    """Numbers of the classes, the likeliest first."""
    probabilities: NDArray[np.float64]
    """By number of the class; they sum to 1."""
    views: Views


class Ranker:
    """Looks at a message in all views.

    Args:
        corpus: the phrasings.
        index: first view.
        classifier: second view.
        weights: how to combine them.
    """

    def __init__(
        self, corpus: Corpus, index: Index, classifier: Classifier, weights: Weights
    ) -> None:
        self._corpus = corpus
        self._index = index
        self._classifier = classifier
        self._weights = weights
        self._ids = {token: number for number, token in enumerate(corpus.vocabulary)}

    def numbers(self, tokens: list[str]) -> NDArray[np.int32]:
        """The known ones of these tokens, as numbers."""
        ids = self._ids
        return np.array([ids[token] for token in tokens if token in ids], dtype=np.int32)

    def views(self, text: str, tokens: list[str]) -> Views:
        """Looks at a message.

        Args:
            text: normalised.
            tokens: of that text.
        """
        numbers = self.numbers(tokens)
        unknown = self._index.weigh_unknown(token for token in tokens if token not in self._ids)
        scores, best, mean = self._index.search(numbers, unknown)
        linear = self._classifier.log_probabilities(numbers)
        fuzzy = self._compare(text, scores, best, linear)
        weighed = float(self._index.weights[numbers].sum())
        known = weighed / (weighed + unknown) if weighed else 0.0
        return Views(best, mean, np.maximum(linear, _FLOOR), fuzzy, known)

    def _compare(
        self,
        text: str,
        scores: NDArray[np.float32],
        best: NDArray[np.float32],
        linear: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        fuzzy = np.zeros(len(best), dtype=np.float32)
        shortlist = np.argpartition(-(10 * best + linear), SHORTLIST)[:SHORTLIST]
        for number in shortlist.tolist():
            row = self._index.nearest(scores, number)
            if row is not None:
                fuzzy[number] = ratio(text, self._corpus.texts[row]) / 100
        return fuzzy

    def rank(self, views: Views) -> Ranking:
        """Turns the views into probabilities."""
        weights = self._weights
        scores = (
            weights.best * views.best
            + weights.mean * views.mean
            + weights.linear * views.linear
            + weights.fuzzy * views.fuzzy
        ).astype(np.float64)
        labels = self._corpus.labels
        scores[labels.index("none")] += weights.none
        scores[labels.index("unclear")] += weights.unclear
        scores = np.exp(scores - scores.max())
        return Ranking(np.argsort(-scores, kind="stable"), scores / scores.sum(), views)
