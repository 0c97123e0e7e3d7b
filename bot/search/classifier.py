"""Second view: a linear classifier over tokens, trained from the phrasings.

Softmax regression by stochastic gradient descent in numpy: fast enough to be trained anew when an
admin edits a phrasing, and without another library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.search.corpus import Corpus

EPOCHS: Final = 4
RATE: Final = 3.0
DECAY: Final = 1e-5
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


def train(corpus: Corpus, *, epochs: int = EPOCHS, rate: float = RATE) -> Classifier:
    """Trains on all messages of the corpus; the same corpus gives the same weights."""
    frequency = np.bincount(corpus.tokens, minlength=len(corpus.vocabulary))
    scale = np.sqrt(np.log1p(len(corpus) / np.maximum(frequency, 1))).astype(np.float32)
    weights = np.zeros((len(corpus.vocabulary), len(corpus.labels)), dtype=np.float32)
    bias = np.zeros(len(corpus.labels), dtype=np.float32)
    order = np.random.default_rng(_SEED)
    steps = max(1, epochs * len(corpus))
    step = 0
    values = [_unit(scale[corpus.row(number)]) for number in range(len(corpus))]
    for _ in range(epochs):
        for number in order.permutation(len(corpus)).tolist():
            tokens, value = corpus.row(number), values[number]
            gathered = weights[tokens]
            gradient = np.exp(_log_softmax(value @ gathered + bias))
            gradient[corpus.classes[number]] -= 1
            gradient *= rate * (1 - step / steps)
            gathered -= value[:, None] * gradient
            weights[tokens] = gathered
            bias -= 0.02 * gradient
            step += 1
    return Classifier(weights, bias, scale)


def _unit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    norm = float(np.sqrt(values @ values))
    return values / norm if norm else values


def _log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = scores - scores.max()
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum())
    return result
