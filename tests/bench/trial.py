"""What every method is given: phrasings to know, and questions that are not among them."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.search.clauses import cut_clauses
from bot.search.corpus import NONE, UNCLEAR, read_examples
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from pathlib import Path

    from bot.knowledge.model import Knowledge
    from bot.search.evaluate import Labelled

SEED = 20261128
FOLDS = 5
HIDDEN = 800
OTHERS = 250


@dataclass(frozen=True)
class Question:
    """A message with the labels that are right for it."""

    text: str
    right: list[str]
    """Article ids, or ``none``."""


@dataclass(frozen=True)
class Trial:
    """One set of phrasings with the questions that are asked of it."""

    name: str
    phrasings: list[tuple[str, str]]
    """Label and normalised text, sorted."""
    questions: list[Question]
    terms: list[str]
    """Words of the field, for every method that cuts words."""

    def write(self, path: Path) -> None:
        """Stores it for a process that must not load the bot."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")


def hide(knowledge: Knowledge, *, hidden: int = HIDDEN, others: int = OTHERS) -> Trial:
    """A fifth of our own phrasings is hidden, and some of these are asked."""
    examples = _examples(knowledge)
    parts = np.random.default_rng(SEED).integers(0, FOLDS, len(examples)).tolist()
    kept = [item for item, part in zip(examples, parts, strict=True) if part]
    away = [item for item, part in zip(examples, parts, strict=True) if not part]
    chance = random.Random(SEED)
    chance.shuffle(away)
    asked = [item for item in away if item[0] not in {NONE, UNCLEAR}][:hidden]
    asked += [item for item in away if item[0] == NONE][:others]
    chance.shuffle(asked)
    questions = [Question(text, [label]) for label, text in asked]
    return Trial("hidden phrasings", kept, questions, list(knowledge.lexicon.terms))


def label(knowledge: Knowledge, labelled: list[Labelled]) -> Trial:
    """All our phrasings are known, and the messages of a labelled file are asked."""
    questions = [
        Question(item.question, sorted(item.right)) for item in labelled if item.best != UNCLEAR
    ]
    return Trial("labelled file", _examples(knowledge), questions, list(knowledge.lexicon.terms))


def resize(trial: Trial, size: int) -> Trial:
    """The trial with so many phrasings: drawn from its own, or with synthetic ones added.

    A synthetic phrasing joins clauses of two or three phrasings; the first gives the label. All
    are different from one another and from the real ones.
    """
    chance = random.Random(SEED + size)
    known = trial.phrasings
    if size <= len(known):
        drawn = sorted(chance.sample(known, size))
        return Trial(f"{size:,}", drawn, trial.questions, trial.terms)
    pieces = [(name, clause) for name, text in known for clause in cut_clauses(text)]
    texts = {text for _, text in known}
    added: list[tuple[str, str]] = []
    while len(known) + len(added) < size:
        parts = chance.sample(pieces, chance.choice((2, 2, 3)))
        text = ",".join(clause for _, clause in parts)
        if text not in texts:
            texts.add(text)
            added.append((parts[0][0], text))
    return Trial(f"{size:,}", sorted([*known, *added]), trial.questions, trial.terms)


def _examples(knowledge: Knowledge) -> list[tuple[str, str]]:
    tokeniser = Tokeniser(knowledge.lexicon)
    return [(item.label, item.text) for item in read_examples(knowledge, tokeniser)]
