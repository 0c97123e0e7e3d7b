"""Second view: a linear classifier over tokens, trained from the phrasings.

Softmax regression by stochastic gradient descent in numpy, begun from naive Bayes: fast enough to be trained anew when an
admin edits a phrasing, and without another library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bot.search.corpus import Corpus

EPOCHS: Final = 3
RATE: Final = 4.0
DROPPED: Final = 0.5
"""Share of a message's tokens that is hidden in each pass, so that no class comes to hang on one
word: people choose other words than those who wrote the phrasings."""
PRIOR: Final = 0.2
"""How much of naive Bayes the training starts from."""
_SMOOTHING: Final = 0.02
"""Messages of each class that are imagined to hold every token."""
_BIAS_RATE: Final = 0.02
_FEWEST: Final = 4
"""Messages with fewer tokens are never thinned."""
_SEED: Final = 20261123


class Classifier:
    """Weights of each token for each class.

    Args:
        weights: one row a token, one column a class.
        bias: one value a class.
        scale: how much each token counts in a message, before the message is brought to length 1.
    """

    def __init__(
        self,
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        scale: NDArray[np.float32],
    ) -> None:
        self.weights = weights
        self.bias = bias
        self.scale = scale

    def log_probabilities(self, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        """The natural logarithm of each class's probability.

        Args:
            tokens: the known tokens of the message.
        """
        values = _unit(self.scale[tokens])
        return _log_softmax(values @ self.weights[tokens] + self.bias)

    def contributions(self, tokens: NDArray[np.int32], number: int) -> NDArray[np.float32]:
        """What each of these tokens adds to the score of one class before normalisation."""
        shares: NDArray[np.float32] = _unit(self.scale[tokens]) * self.weights[tokens, number]
        return shares


def train(corpus: Corpus, *, epochs: int = EPOCHS) -> Classifier:
    """Trains on all messages of the corpus; the same corpus gives the same weights."""
    frequency = np.bincount(corpus.tokens, minlength=len(corpus.vocabulary))
    scale = np.sqrt(np.log1p(len(corpus) / np.maximum(frequency, 1))).astype(np.float32)
    weights = _naive(corpus)
    weights *= PRIOR
    bias = np.zeros(len(corpus.labels), dtype=np.float32)
    classes = corpus.classes.tolist()
    steps = max(1, epochs * len(corpus))
    for step, tokens, number in _lessons(corpus, epochs):
        value = _unit(scale[tokens])
        gathered = weights[tokens]
        gradient = value @ gathered
        gradient += bias
        gradient -= gradient.max()
        np.exp(gradient, out=gradient)
        gradient /= gradient.sum()
        gradient[classes[number]] -= 1
        gradient *= RATE * (1 - step / steps)
        gathered -= value[:, None] * gradient
        weights[tokens] = gathered
        bias -= _BIAS_RATE * gradient
    return Classifier(weights, bias, scale)


def _naive(corpus: Corpus) -> NDArray[np.float32]:
    """Naive Bayes: how much oftener a token is in a class than in all, as a natural logarithm.

    Training starts from a little of it, since it generalises from few messages.
    """
    shape = (len(corpus.vocabulary), len(corpus.labels))
    rows = np.repeat(corpus.classes, np.diff(corpus.starts))
    cells, times = np.unique(corpus.tokens.astype(np.int64) * shape[1] + rows, return_counts=True)
    counts = np.zeros(shape, dtype=np.float32)
    counts.reshape(-1)[cells] = times
    sizes = np.bincount(corpus.classes, minlength=shape[1]).astype(np.float32)
    overall = (counts.sum(axis=1, keepdims=True) + _SMOOTHING) / (len(corpus) + 2 * _SMOOTHING)
    counts += _SMOOTHING
    counts /= sizes + 2 * _SMOOTHING
    counts /= overall
    return np.log(counts, out=counts)


def _lessons(corpus: Corpus, epochs: int) -> Iterator[tuple[int, NDArray[np.int32], int]]:
    """Every message once an epoch, in an order and with tokens left out by seeded chance.

    Yields:
        The number of the lesson, the tokens that are left, and the row of the message.
    """
    chance = np.random.default_rng(_SEED)
    for epoch in range(epochs):
        kept = chance.random(len(corpus.tokens)) >= DROPPED
        for place, number in enumerate(chance.permutation(len(corpus)).tolist()):
            tokens = corpus.row(number)
            thinned = tokens[kept[corpus.starts[number] : corpus.starts[number + 1]]]
            left = thinned if len(thinned) >= _FEWEST else tokens
            yield epoch * len(corpus) + place, left, number


def _unit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    norm = float(np.sqrt(values @ values))
    return values / norm if norm else values


def _log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = scores - scores.max()
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum())
    return result
