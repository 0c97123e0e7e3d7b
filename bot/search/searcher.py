"""The matching as one object: built from a version of the knowledge, then only read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.search.cache import load_model, store_model
from bot.search.calibration import load_calibration
from bot.search.corpus import NONE
from bot.search.decide import (
    TOGETHER,
    Decision,
    Hit,
    Outcome,
    decide_example,
    decide_ranking,
    hits_of,
    put_first,
)
from bot.search.explain import CLASSES, Explanation, Reason, Token, Word
from bot.search.followup import OPEN, FollowUps
from bot.search.model import build_model
from bot.search.rank import Ranker
from bot.search.tokens import NEGATION, WORD, Tokeniser
from bot.search.urgent import Gate

if TYPE_CHECKING:
    from pathlib import Path

    from bot.knowledge.model import Knowledge
    from bot.search.calibration import Calibration
    from bot.search.corpus import Corpus
    from bot.search.model import Model
    from bot.search.rank import Candidate, Ranking
    from bot.search.urgent import Alarm

_REASONS: Final = 4
_TOKENS: Final = 8


class Searcher:
    """Decides what to do about messages.

    Immutable once built, so many threads may use it at the same time. Make one with ``build``.

    Args:
        knowledge: the articles.
        model: built from the same knowledge.
        calibration: weights and thresholds.
    """

    def __init__(self, knowledge: Knowledge, model: Model, calibration: Calibration) -> None:
        self._articles = knowledge.articles
        self._tokeniser = model.tokeniser
        self._thresholds = calibration.thresholds
        self._ranker = Ranker(model, calibration.weights)
        self._examples = _unambiguous(model.corpus)
        self._gate = Gate(knowledge.lexicon.urgent, self._tokeniser.normalise)
        self._follow_ups = FollowUps(knowledge.lexicon.products, model.corpus, self._tokeniser)

    @classmethod
    def build(cls, knowledge: Knowledge, *, cache: Path | None = None) -> Searcher:
        """Makes a searcher, from the cache when it holds this knowledge.

        Args:
            knowledge: what to search.
            cache: a folder for the built tables; a file in it that is foreign or damaged is
                replaced.

        Raises:
            CalibrationMismatch: the shipped thresholds belong to another scoring.
        """
        calibration = load_calibration()
        model = load_model(knowledge, cache) if cache else None
        if model is None:
            model = build_model(knowledge, Tokeniser(knowledge.lexicon))
            if cache and store_model(model, knowledge, cache):
                # what was read takes half the memory, and decides as it will at the next start
                model = load_model(knowledge, cache) or model
        return cls(knowledge, model, calibration)

    @property
    def urgent(self) -> frozenset[str]:
        """Ids of the urgent articles."""
        return frozenset(key for key, article in self._articles.items() if article.urgent)

    @property
    def threshold(self) -> float:
        """Least probability from which an article is shown at once."""
        return self._thresholds.answer

    def best(self, text: str) -> Hit | None:
        """The likeliest article for a message, whatever would be decided about it."""
        ranking = self.rank(self._tokeniser.normalise(text))
        return next(iter(hits_of(ranking, self._articles)), None)

    def decide(self, text: str, *, previous: str | None = None) -> Decision:
        """Decides about a message.

        Args:
            text: as written; any text of any length.
            previous: the person's message before, which a short one may need to make sense.
        """
        normal = self._tokeniser.normalise(text)
        if not any(map(str.isalnum, normal)):
            return Decision(Outcome.CLARIFY, (), "no-words", previous or "")
        alarm = self._gate.check(normal)
        if alarm is not None and alarm.card in self._articles:
            return self._raise_alarm(alarm, normal)
        ranking = self.rank(normal)
        decision = self._decide(normal, ranking)
        if not previous:
            return decision
        known = self._examples.get(normal)
        if known != NONE and self._follow_ups.fits(normal, decision, ranking):
            together = self._decide_with(previous, text)
            if together is not None:
                return together
        says_nothing = known is not None and decision.outcome in OPEN
        return replace(decision, question=previous) if says_nothing else decision

    def explain(self, text: str, *, previous: str | None = None) -> Explanation:
        """Decides about a message and says why."""
        decision = self.decide(text, previous=previous)
        read = decision.question if decision.together else text
        normal = self._tokeniser.normalise(read)
        tokens = self._tokeniser.tokens(normal)
        ranking = self.rank(normal)
        return Explanation(
            text=normal,
            words=self._words(normal),
            denied=tuple(token[1:] for token in tokens if token[0] == NEGATION),
            alarms=tuple(self._gate.notice(normal)),
            decision=decision,
            reasons=tuple(self._reason(item, tokens) for item in ranking.candidates[:_REASONS]),
            known=ranking.known,
            thresholds=self._thresholds,
        )

    def _reason(self, candidate: Candidate, tokens: list[str]) -> Reason:
        article = self._articles.get(candidate.label)
        weighed = self._ranker.weigh(tokens, candidate.label, _TOKENS)
        return Reason(
            label=candidate.label,
            title=article.title if article else CLASSES.get(candidate.label, ""),
            probability=candidate.probability,
            likeness=candidate.likeness,
            linear=candidate.linear,
            phrasing=self._ranker.phrasing(candidate.row),
            tokens=tuple(Token(token, weight) for token, weight in weighed),
        )

    def _words(self, normal: str) -> tuple[Word, ...]:
        """The words of a normalised message with what each of them counts as."""
        found: list[Word] = []
        for text in self._tokeniser.cut(normal):
            counted = [token[1:] for token in self._tokeniser.tokens(text) if token[0] == WORD]
            same = counted[0] if counted and counted[0] != text else ""
            product = next((word[1:-1] for word in counted if word[0] == "<"), "")
            found.append(Word(text, same, product, self._follow_ups.knows(same or text)))
        return tuple(found)

    def rank(self, normal: str) -> Ranking:
        """Probabilities of all classes for a normalised message."""
        return self._ranker.rank(self._ranker.views(self._tokeniser.tokens(normal)))

    def _decide(self, normal: str, ranking: Ranking) -> Decision:
        label = self._examples.get(normal)
        if label is None:
            return decide_ranking(ranking, self._articles, self._thresholds)
        hits = hits_of(ranking, self._articles)
        return decide_example(label, hits, self._articles)

    def _decide_with(self, previous: str, text: str) -> Decision | None:
        """What the message means together with the one before, if that makes it clear."""
        question = self._follow_ups.compose(previous, text)
        normal = self._tokeniser.normalise(question)
        together = self._decide(normal, self.rank(normal))
        if together.outcome in OPEN:
            return None
        return replace(together, rule=together.rule + TOGETHER, question=question)

    def _raise_alarm(self, alarm: Alarm, normal: str) -> Decision:
        hits = hits_of(self.rank(normal), self._articles)
        words = " + ".join(alarm.words)
        return Decision(
            Outcome.URGENT, put_first(alarm.card, hits, self._articles), f"gate: {words}"
        )


def _unambiguous(corpus: Corpus) -> dict[str, str]:
    """Each known message that stands in one class only, with that class."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for text, number in zip(corpus.texts, corpus.classes.tolist(), strict=True):
        label = corpus.labels[number]
        if found.setdefault(text, label) != label:
            twice.add(text)
    for text in twice:
        del found[text]
    return found
