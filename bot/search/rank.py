"""Combines the views into one probability for each class of a shortlist."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.calibration import Weights
from bot.search.corpus import NONE, UNCLEAR
from bot.search.tokens import COARSE, WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.search.model import Model

SHORTLIST: Final = 5
"""Classes, the likeliest by the classifier, that are looked at closely."""

_FLOOR: Final = -12.0
_COLUMNS: Final = fields(Weights)
_USUAL: Final = 2.0
"""Natural logarithm of the number of words of a usual message."""


@dataclass(frozen=True, slots=True)
class Views:
    """What each view says about each class of the shortlist; arrays of that length."""

    classes: NDArray[np.intp]
    """Numbers of the classes."""
    likeness: NDArray[np.float64]
    """To the nearest phrasing of the class, 0 to 1."""
    linear: NDArray[np.float64]
    """Log probability by the classifier."""
    rows: tuple[int, ...]
    """The nearest phrasings; -1 for a class without any."""
    known: float
    """Share of the message, weighed by rarity, that is known at all; 0 to 1."""
    words: int
    """How many different words the message has."""

    def features(self, none: NDArray[np.bool_], unclear: NDArray[np.bool_]) -> NDArray[np.float64]:
        """What is weighed: one row a class, one column a field of ``Weights``, in their order.

        Args:
            none: where the class is that of messages without an article.
            unclear: where it is that of messages to ask back.
        """
        table = np.zeros((len(self.classes), len(_COLUMNS)))
        table[:, 0] = self.likeness
        table[:, 1] = self.linear
        table[:, 2] = self.linear * (math.log1p(self.words) - _USUAL)
        table[none, 3] = 1
        table[none, 4] = 1 - self.known
        table[unclear, 5] = 1
        table[unclear, 6] = 1 / (1 + self.words)
        return table


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that the message may belong to; the views are described at ``Views``."""

    label: str
    probability: float
    likeness: float
    linear: float
    row: int
    """Its nearest phrasing; -1 when it has none."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The shortlist, the likeliest first; probabilities sum to 1."""

    candidates: tuple[Candidate, ...]
    known: float
    """See ``Views``."""

    def probability(self, label: str) -> float:
        """Of one class; 0 when it is not on the shortlist."""
        return next((c.probability for c in self.candidates if c.label == label), 0.0)


class Ranker:
    """Looks at a message in all views.

    Args:
        model: the built tables.
        weights: how to combine the views.
    """

    def __init__(self, model: Model, weights: Weights) -> None:
        self._texts = model.corpus.texts
        self._labels = model.corpus.labels
        self._index = model.index
        self._classifier = model.classifier
        self._ids = {token: number for number, token in enumerate(model.corpus.vocabulary)}
        self._weights = np.array(astuple(weights))
        self._none = self._labels.index(NONE)
        self._unclear = self._labels.index(UNCLEAR)
        self._size = min(SHORTLIST, len(self._labels))

    def views(self, tokens: list[str]) -> Views:
        """Looks at a message, given as its tokens."""
        found = [self._ids.get(token, -1) for token in tokens]
        numbers = np.array([number for number in found if number >= 0], dtype=np.int32)
        strange = sum(
            number < 0 and token[0] in COARSE for number, token in zip(found, tokens, strict=True)
        )
        linear = self._classifier.log_probabilities(numbers)
        classes = self._shortlist(linear)
        query, weight = self._index.weigh(numbers)
        length = weight + strange * self._index.unknown
        nearest = self._index.compare(query, length or 1.0, classes.tolist())
        rows = tuple(row for _, row in nearest)
        return Views(
            classes=classes,
            likeness=np.array([likeness for likeness, _ in nearest]),
            linear=np.maximum(linear[classes], _FLOOR).astype(np.float64),
            rows=rows,
            known=weight / length if length else 0.0,
            words=sum(token[0] == WORD for token in tokens),
        )

    def _shortlist(self, linear: NDArray[np.float32]) -> NDArray[np.intp]:
        """The likeliest classes by the classifier, with ``none`` and ``unclear`` in any case."""
        likeliest = np.argpartition(-linear, self._size - 1)[: self._size].tolist()
        return np.array(list(dict.fromkeys([*likeliest, self._none, self._unclear])))

    def weigh(self, tokens: list[str], label: str, count: int) -> list[tuple[str, float]]:
        """The tokens that weigh most for or against a class in the classifier, heaviest first."""
        known = [token for token in tokens if token in self._ids]
        numbers = np.array([self._ids[token] for token in known], dtype=np.int32)
        shares = self._classifier.contributions(numbers, self._labels.index(label)).tolist()
        pairs = zip(known, shares, strict=True)
        return sorted(pairs, key=lambda pair: -abs(pair[1]))[:count]

    def phrasing(self, row: int) -> str:
        """A known phrasing, normalised; empty for row -1."""
        return self._texts[row] if row >= 0 else ""

    def rank(self, views: Views) -> Ranking:
        """Turns the views into probabilities."""
        features = views.features(views.classes == self._none, views.classes == self._unclear)
        scores = features @ self._weights
        scores = np.exp(scores - scores.max())
        probabilities = scores / scores.sum()
        order = np.argsort(-probabilities, kind="stable").tolist()
        return Ranking(
            tuple(
                Candidate(
                    self._labels[views.classes[place]],
                    float(probabilities[place]),
                    float(views.likeness[place]),
                    float(views.linear[place]),
                    views.rows[place],
                )
                for place in order
            ),
            views.known,
        )
