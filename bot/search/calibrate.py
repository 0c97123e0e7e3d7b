"""Learns the weights and thresholds of the decision; done at a desk, not in the running bot.

The weights come from cross-validation on our own phrasings: a part is hidden, the rest is built
into tables, and the weights are those under which the hidden part is likeliest. The thresholds
come from a labelled file, since our phrasings know no messages that people really sent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.calibration import Calibration, Thresholds, Weights
from bot.search.corpus import NONE, UNCLEAR, build_corpus, read_examples
from bot.search.decide import decide_ranking
from bot.search.evaluate import Judged, report
from bot.search.model import build_model, build_tables
from bot.search.rank import Ranker
from bot.search.tokens import Tokeniser
from bot.search.urgent import Gate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from bot.knowledge.model import Article, Knowledge
    from bot.search.evaluate import Labelled
    from bot.search.rank import Ranking, Views

START: Final = Weights(
    likeness=2.0, linear=0.8, long=0.0, none=0.0, strange=0.0, unclear=0.0, brief=0.0
)
MASSES: Final[Mapping[str, float]] = {NONE: 0.33, UNCLEAR: 0.05}
"""Share of real messages that deserve no article, or that must be asked back."""

KNOWN: Final = 0.2
"""Least known share of a message, see ``Thresholds``."""
ALARM: Final = 0.2
"""Probability from which an urgent article is shown at once. Low and not searched for: a labelled
file holds few messages about danger, and one that is missed costs more than a card too many."""
_SEED: Final = 7
_STEPS: Final = 60
_RIDGE: Final = 1e-3
_LONGEST_STEP: Final = 1.0


@dataclass(frozen=True, slots=True)
class Observation:
    """A hidden message: what the views say of it, and what it was."""

    label: str
    names: tuple[str, ...]
    """The classes of the shortlist."""
    views: Views


def observe(knowledge: Knowledge, *, folds: int = 4) -> list[Observation]:
    """Looks at every phrasing with tables that were built without it.

    Args:
        knowledge: its phrasings.
        folds: into how many parts they are divided; each part is hidden once.
    """
    tokeniser = Tokeniser(knowledge.lexicon)
    examples = read_examples(knowledge, tokeniser)
    parts = np.random.default_rng(_SEED).integers(0, folds, len(examples)).tolist()
    found: list[Observation] = []
    for hidden in range(folds):
        seen = [item for item, part in zip(examples, parts, strict=True) if part != hidden]
        corpus = build_corpus(seen, tokeniser, knowledge.articles)
        ranker = Ranker(build_tables(corpus, tokeniser), START)
        for item, part in zip(examples, parts, strict=True):
            if part == hidden:
                views = ranker.views(tokeniser.tokens(item.text))
                names = tuple(corpus.labels[number] for number in views.classes.tolist())
                found.append(Observation(item.label, names, views))
    return found


def fit_weights(observations: Iterable[Observation]) -> Weights:
    """The weights under which the observed labels are likeliest (conditional logit, Newton).

    Messages count so that ``none`` and ``unclear`` are as frequent as among real messages. Those
    whose label is not on the shortlist cannot teach anything and are left out.
    """
    useful = [item for item in observations if item.label in item.names]
    features, padding = _pad([_features(item) for item in useful])
    truth = np.array([item.names.index(item.label) for item in useful])
    chosen = features[np.arange(len(useful)), truth]
    mass = _masses([item.label for item in useful])
    weights = np.array(astuple(START))
    value = -np.inf
    for _ in range(_STEPS):
        scores = features @ weights + padding
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        shares = np.exp(logs)
        expected = np.einsum("nc,ncf->nf", shares, features)
        gradient = mass @ (chosen - expected) - _RIDGE * weights
        spread = features - expected[:, None, :]
        curvature = np.einsum("nc,ncf,ncg->fg", shares * mass[:, None], spread, spread)
        before, value = value, float(mass @ logs[np.arange(len(useful)), truth])
        if abs(value - before) < _RIDGE:
            break
        step = np.linalg.solve(curvature + _RIDGE * np.eye(len(weights)), gradient)
        weights = weights + step * min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
    return Weights(*(float(value) for value in weights))


def _features(item: Observation) -> NDArray[np.float64]:
    names = np.array(item.names)
    return item.views.features(names == NONE, names == UNCLEAR)


def _pad(rows: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The feature tables in one array, and what to add to the scores of places that are empty."""
    size = max(len(row) for row in rows)
    features = np.zeros((len(rows), size, rows[0].shape[1]))
    padding = np.full((len(rows), size), -np.inf)
    for number, row in enumerate(rows):
        features[number, : len(row)] = row
        padding[number, : len(row)] = 0.0
    return features, padding


def _masses(labels: Sequence[str]) -> NDArray[np.float64]:
    """How much each message counts; all together as much as there are messages."""
    counts = Counter(label if label in MASSES else "" for label in labels)
    shares = {**MASSES, "": 1 - sum(MASSES.values())}
    return np.array(
        [
            len(labels) * shares[group] / counts[group]
            for group in (label if label in MASSES else "" for label in labels)
        ]
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """What the thresholds are chosen for; shares from 0 to 1."""

    false_answers: float = 0.025
    """At most so many messages that deserve no article are answered with one; less than the 3 %
    that is wanted, since the file on which it is measured is small."""
    offered: float = 0.22
    """At most so many of them are offered articles."""
    wrong: float = 0.5
    """What a wrong answer costs, measured in right ones."""
    at_once: float = 0.3
    """What it is worth, in the same measure, not to be asked which of several one meant."""


def fit_thresholds(
    ranked: Sequence[tuple[Labelled, Ranking]],
    articles: Mapping[str, Article],
    known: float,
    goal: Goal = Goal(),
) -> Thresholds:
    """The thresholds that show most right articles within the goal.

    Args:
        ranked: labelled messages that no rule of the safety gate decided.
        articles: by id.
        known: the threshold that is not searched for, see ``Thresholds``.
        goal: what is allowed.
    """
    urgent = frozenset(key for key, article in articles.items() if article.urgent)
    grid = product(
        np.arange(0.3, 0.9, 0.05),
        np.arange(0.1, 0.8, 0.05),
        (0.03, 0.05, 0.08),
    )
    best = Thresholds(1.0, 1.0, 1.0, 1.0, known)
    value = float("-inf")
    for answer, choose, offered in grid:
        trial = Thresholds(float(answer), float(choose), offered, ALARM, known)
        total = report(
            [Judged(item, decide_ranking(rank, articles, trial)) for item, rank in ranked], urgent
        )[0]
        over = max(0.0, total.false_answers - goal.false_answers) + max(
            0.0, total.offered - goal.offered
        )
        worth = total.hit1 + total.hit3 + goal.at_once * total.at_once
        worth -= goal.wrong * total.wrong + 20 * over
        worth -= 0.05 * total.urgent_missed
        if worth > value:
            best, value = trial, worth
    return best


def calibrate(knowledge: Knowledge, labelled: Iterable[Labelled]) -> Calibration:
    """Learns weights from the phrasings, then thresholds from labelled messages.

    Args:
        knowledge: what is searched.
        labelled: messages of real people with the articles that are right for them.
    """
    weights = fit_weights(observe(knowledge))
    tokeniser = Tokeniser(knowledge.lexicon)
    ranker = Ranker(build_model(knowledge, tokeniser), weights)
    gate = Gate(knowledge.lexicon.urgent, tokeniser.normalise)
    ranked = [
        (item, ranker.rank(ranker.views(tokeniser.tokens(text))))
        for item, text in ((item, tokeniser.normalise(item.question)) for item in labelled)
        if gate.check(text) is None
    ]
    return Calibration(weights, fit_thresholds(ranked, knowledge.articles, KNOWN))
