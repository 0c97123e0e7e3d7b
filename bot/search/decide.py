"""The decision: what to do about a message, from the probabilities of the classes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.search.corpus import NONE, UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.knowledge.model import Article
    from bot.search.calibration import Thresholds
    from bot.search.rank import Ranking

KNOWN: Final = "known-message"
"""The rule for a message that stands word for word among the known ones."""
OFFERED: Final = 4
"""Most articles that are offered as a choice."""
_FEWEST: Final = 2
"""Fewest of them."""
TOGETHER: Final = ", with previous"
"""Ends the name of a rule that read a message together with the one before."""


class Outcome(StrEnum):
    """What to do about a message."""

    URGENT = "urgent"
    """Show the first hit at once: somebody may be in danger."""
    ANSWER = "answer"
    """Show the first hit."""
    CHOOSE = "choose"
    """Offer the hits."""
    CLARIFY = "clarify"
    """Ask back; the hits, if any, are guesses."""
    NONE = "none"
    """Say that there is no article for this."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may be meant."""

    id: str
    title: str
    score: float
    """Probability, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a message, and why."""

    outcome: Outcome
    hits: tuple[Hit, ...]
    """Best first. Of ``choose`` exactly those to offer."""
    rule: str
    """Name of the rule that decided; for admins and logs."""
    question: str = ""
    """What a next message may refer to, when that is not this message alone."""

    @property
    def together(self) -> bool:
        """Whether the message was read together with the one before, as ``question``."""
        return self.rule.endswith(TOGETHER)


def decide_ranking(
    ranking: Ranking, articles: Mapping[str, Article], thresholds: Thresholds
) -> Decision:
    """Turns a ranking into a decision.

    Args:
        ranking: over article ids, ``none`` and ``unclear``.
        articles: by id.
        thresholds: see there.
    """
    hits = hits_of(ranking, articles)
    none, unclear = ranking.probability(NONE), ranking.probability(UNCLEAR)
    if not hits or ranking.known < thresholds.known:
        return Decision(Outcome.CLARIFY if unclear > none else Outcome.NONE, (), "unknown-words")
    alarming = next((hit for hit in hits if articles[hit.id].urgent), None)
    if alarming is not None and alarming.score >= thresholds.urgent:
        first = (alarming, *(hit for hit in hits if hit is not alarming))
        return Decision(Outcome.URGENT, first, "urgent-article")
    top = hits[0].score
    if top >= thresholds.answer and top > max(none, unclear):
        return Decision(Outcome.ANSWER, hits, "sure")
    likely = sum(hit.score >= thresholds.offered for hit in hits)
    offered = hits[: max(_FEWEST, likely)]
    together = sum(hit.score for hit in offered)
    if len(offered) >= _FEWEST and together >= thresholds.choose and together > unclear:
        return Decision(Outcome.CHOOSE, offered, "several")
    if none > unclear:
        return Decision(Outcome.NONE, (), "no-article")
    return Decision(Outcome.CLARIFY, hits, "unclear")


def hits_of(ranking: Ranking, articles: Mapping[str, Article]) -> tuple[Hit, ...]:
    """The articles of a ranking, the likeliest first, at most ``OFFERED``."""
    return tuple(
        Hit(candidate.label, articles[candidate.label].title, round(candidate.probability, 4))
        for candidate in ranking.candidates
        if candidate.label in articles
    )[:OFFERED]


def put_first(
    label: str, hits: tuple[Hit, ...], articles: Mapping[str, Article]
) -> tuple[Hit, ...]:
    """The hits behind one article that is certain, at most ``OFFERED`` in all."""
    sure = Hit(label, articles[label].title, 1.0)
    return (sure, *(hit for hit in hits if hit.id != label))[:OFFERED]


def decide_example(label: str, hits: tuple[Hit, ...], articles: Mapping[str, Article]) -> Decision:
    """The decision about a message that stands word for word among the known ones.

    Args:
        label: the class in which it stands.
        hits: what else it is like.
        articles: by id.
    """
    if label not in articles:
        outcome = Outcome.NONE if label == NONE else Outcome.CLARIFY
        return Decision(outcome, (), KNOWN)
    outcome = Outcome.URGENT if articles[label].urgent else Outcome.ANSWER
    return Decision(outcome, put_first(label, hits, articles), KNOWN)
