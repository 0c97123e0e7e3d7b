"""All example messages as numbers: what both views of the matching are built from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.tokens import COARSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.knowledge.model import Knowledge
    from bot.search.tokens import Tokeniser

NONE: Final = "none"
"""The class of messages that deserve no article."""
UNCLEAR: Final = "unclear"
"""The class of messages to which the bot asks back."""

_FREQUENT: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One message and the class it belongs to."""

    label: str
    text: str
    """Normalised."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Example messages, sorted by class, as rows of token numbers."""

    labels: tuple[str, ...]
    """The classes, sorted; ``none`` and ``unclear`` among them."""
    classes: NDArray[np.int32]
    """For each row the number of its class; ascending."""
    texts: tuple[str, ...]
    """For each row the normalised message."""
    vocabulary: tuple[str, ...]
    """The known tokens; first the coarse ones, which both views read."""
    coarse: int
    """How many coarse tokens there are; the others are read by the classifier alone."""
    starts: NDArray[np.int64]
    """Where each row begins in ``tokens``; one more than there are rows."""
    tokens: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.texts)

    def row(self, number: int) -> NDArray[np.int32]:
        """The tokens of one message."""
        return self.tokens[self.starts[number] : self.starts[number + 1]]


def read_examples(knowledge: Knowledge, tokeniser: Tokeniser) -> list[Example]:
    """Every example message of the knowledge, normalised; one that stands twice in a class once."""
    groups: list[tuple[str, Iterable[str]]] = [
        (article.id, (*article.examples, article.title)) for article in knowledge.articles.values()
    ]
    groups += [(NONE, knowledge.none), (UNCLEAR, knowledge.unclear)]
    seen = dict.fromkeys(
        (label, tokeniser.normalise(text)) for label, texts in groups for text in texts
    )
    return [Example(label, text) for label, text in sorted(seen) if text]


def build_corpus(
    examples: Sequence[Example], tokeniser: Tokeniser, labels: Iterable[str] = ()
) -> Corpus:
    """Tokenises the examples.

    Args:
        examples: sorted by label.
        tokeniser: cuts them.
        labels: classes that exist though no example may have them.
    """
    names = tuple(sorted({example.label for example in examples} | set(labels) | {NONE, UNCLEAR}))
    number = {name: index for index, name in enumerate(names)}
    rows = [tokeniser.tokens(example.text) for example in examples]
    coarse, vocabulary = _vocabulary(rows)
    ids = {token: place for place, token in enumerate(vocabulary)}
    known = [[ids[token] for token in row if token in ids] for row in rows]
    lengths = np.array([0, *map(len, known)], dtype=np.int64)
    return Corpus(
        labels=names,
        classes=np.array([number[example.label] for example in examples], dtype=np.int32),
        texts=tuple(example.text for example in examples),
        vocabulary=vocabulary,
        coarse=coarse,
        starts=np.cumsum(lengths),
        tokens=np.array([token for row in known for token in row], dtype=np.int32),
    )


def _vocabulary(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]]:
    """How many coarse tokens there are, and all tokens, these first; rare ones of the others go."""
    counts = Counter(token for row in rows for token in row)
    coarse = [token for token in counts if token[0] in COARSE]
    fine = [
        token for token, count in counts.items() if token[0] not in COARSE and count >= _FREQUENT
    ]
    return len(coarse), (*coarse, *fine)
