"""Measures the matching on our own phrasings, each hidden once: for want of a labelled file.

Phrasings that stand in a folder were written by the same few people, so these figures are not
what strangers will see; but they move in the same direction, and every editor has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.calibration import load_calibration
from bot.search.corpus import build_corpus, read_examples
from bot.search.evaluate import Labelled, judge
from bot.search.model import build_tables
from bot.search.searcher import Searcher
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knowledge.model import Knowledge
    from bot.search.calibration import Calibration
    from bot.search.evaluate import Judged

FOLDS: Final = 4
_SEED: Final = 20261128


def cross_validate(
    knowledge: Knowledge,
    *,
    calibration: Calibration | None = None,
    folds: int = FOLDS,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Judged]:
    """Decides about every phrasing with tables that were built without it.

    Args:
        knowledge: its phrasings are the messages; their kind is the category of their article.
        calibration: the one that ships when not given.
        folds: into how many parts they are divided; each part is hidden once.
        progress: is told after each part how many are done.
    """
    calibration = calibration or load_calibration()
    tokeniser = Tokeniser(knowledge.lexicon)
    examples = read_examples(knowledge, tokeniser)
    parts = np.random.default_rng(_SEED).integers(0, folds, len(examples)).tolist()
    judged: list[Judged] = []
    for hidden in range(folds):
        seen = [item for item, part in zip(examples, parts, strict=True) if part != hidden]
        corpus = build_corpus(seen, tokeniser, knowledge.articles)
        searcher = Searcher(knowledge, build_tables(corpus, tokeniser), calibration)
        judged += judge(
            searcher,
            (
                Labelled(item.text, item.label, (), item.label.rpartition("-")[0] or item.label)
                for item, part in zip(examples, parts, strict=True)
                if part == hidden
            ),
        )
        progress(hidden + 1)
    return judged
