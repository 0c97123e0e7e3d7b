"""Everything that is computed from the knowledge before the first message can be matched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.search.calibration import SCORING
from bot.search.classifier import train
from bot.search.corpus import build_corpus, read_examples
from bot.search.index import Index

if TYPE_CHECKING:
    from bot.knowledge.model import Knowledge
    from bot.search.classifier import Classifier
    from bot.search.corpus import Corpus
    from bot.search.tokens import Tokeniser


@dataclass(frozen=True, slots=True)
class Model:
    """The built tables."""

    tokeniser: Tokeniser
    corpus: Corpus
    index: Index
    classifier: Classifier


def build_model(knowledge: Knowledge, tokeniser: Tokeniser) -> Model:
    """Builds the tables anew; the same knowledge gives the same tables.

    Args:
        knowledge: what to search.
        tokeniser: with the lexicon of that knowledge.
    """
    examples = read_examples(knowledge, tokeniser)
    return build_tables(build_corpus(examples, tokeniser, knowledge.articles), tokeniser)


def build_tables(corpus: Corpus, tokeniser: Tokeniser) -> Model:
    """Builds both views of a corpus."""
    return Model(tokeniser, corpus, Index(corpus), train(corpus))


def fingerprint(knowledge: Knowledge) -> str:
    """A hash over all that the tables depend on."""
    digest = hashlib.sha256(SCORING.encode())
    lexicon = knowledge.lexicon
    parts = [
        [(key, article.title, article.examples) for key, article in knowledge.articles.items()],
        [knowledge.none, knowledge.unclear, lexicon.terms, lexicon.synonyms],
        sorted(lexicon.products.items()),
    ]
    for part in parts:
        digest.update(repr(part).encode())
    return digest.hexdigest()
