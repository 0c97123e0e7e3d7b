"""All example messages as numbers: what both views of the matching are built from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.knowledge.model import Knowledge
    from bot.search.tokens import Tokeniser

NONE: Final = "none"
"""The class of messages that deserve no article."""
UNCLEAR: Final = "unclear"
"""The class of messages to which the bot asks back."""


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
    ids: dict[str, int] = {}
    rows = [
        [ids.setdefault(token, len(ids)) for token in tokeniser.tokens(example.text)]
        for example in examples
    ]
    lengths = np.array([0, *map(len, rows)], dtype=np.int64)
    return Corpus(
        labels=names,
        classes=np.array([number[example.label] for example in examples], dtype=np.int32),
        texts=tuple(example.text for example in examples),
        vocabulary=tuple(ids),
        starts=np.cumsum(lengths),
        tokens=np.array([token for row in rows for token in row], dtype=np.int32),
    )
