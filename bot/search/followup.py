"""Messages that make sense only with the one before: 多久？, 那白条呢？.

Such a message asks or names something, is short, and says nothing about other matters. It is read
together with the question before; where it only names another product, that product takes the
place of the one in the question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.search.corpus import NONE
from bot.search.decide import Outcome
from bot.search.tokens import WORD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.search.corpus import Corpus
    from bot.search.decide import Decision
    from bot.search.rank import Ranking
    from bot.search.tokens import Tokeniser

FOLLOW_UP: Final = 14
"""Longest message, in characters, that may make sense only with the one before."""
COMPOSED: Final = 300
"""Longest composed question; its beginning is cut, since the newest part stands last."""

OPEN: Final = frozenset({Outcome.CLARIFY, Outcome.NONE})
"""Outcomes that leave a message without an article."""

_ELLIPTIC: Final = re.compile(
    r"^(?:那|如果|要是|万一|假如|还有|然后|所以)|呢\W*$|也(?:一样|是|会|要)"
)
_ASKS: Final = re.compile(
    r"[?？吗么]|怎|咋|如何|什么|啥|多少|多久|多长|几|哪|谁|是否|不会|能不|可不|要不|有没有|是不是"
)
_NUMBER: Final = re.compile(r"[αβγδλω]")
_FILLER: Final = re.compile(r"那么|那|那个|如果是|换成|换|是|也|一样|这样|同样|会|的话|呢|吗|么|\W")
_VAGUE: Final = 0.4
"""Probability of the first article below which a short question has no subject of its own."""
_ABOUT_OTHERS: Final = 0.6
"""Probability of ``none`` from which a message is about something else; and the share of the
messages with a word that are, from which the word is."""


class FollowUps:
    """Knows which messages need the one before, and reads them together.

    Args:
        products: names of products, as written in the lexicon.
        corpus: the known messages.
        tokeniser: cuts messages into words.
    """

    def __init__(self, products: Iterable[str], corpus: Corpus, tokeniser: Tokeniser) -> None:
        names = sorted(products, key=lambda name: (-len(name), name))
        self._product = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self._tokeniser = tokeniser
        self._other = _words_of_others(corpus)
        self._known = frozenset(token for token in corpus.vocabulary if token[0] == WORD)

    def fits(self, normal: str, decision: Decision, ranking: Ranking) -> bool:
        """Whether a normalised message should be tried together with the one before.

        Args:
            normal: the message.
            decision: about it alone.
            ranking: of it alone.
        """
        if len(normal) > FOLLOW_UP:
            return False
        elliptic = _ELLIPTIC.search(normal) is not None
        if decision.outcome not in OPEN | {Outcome.CHOOSE}:
            return False
        if decision.outcome is Outcome.CHOOSE and not (elliptic or _vague(decision)):
            return False
        if not elliptic and ranking.probability(NONE) > _ABOUT_OTHERS:
            return False
        asks = elliptic or any(
            pattern.search(normal) for pattern in (_ASKS, _NUMBER, self._product)
        )
        return asks and not self._strays(normal, elliptic=elliptic)

    def knows(self, word: str) -> bool:
        """Whether any known message holds this word, as synonyms are counted."""
        return WORD + word in self._known

    def compose(self, before: str, now: str) -> str:
        """The question that both messages make together, as a person might have written it."""
        named = self._product.search(now)
        if named and not _FILLER.sub("", self._product.sub("", now)):
            return self._swap(before, named.group())[-COMPOSED:]
        kept = max(0, COMPOSED - len(now) - 1)
        return f"{before[len(before) - min(kept, len(before)) :]} {now}".strip()

    def _swap(self, before: str, product: str) -> str:
        """The question about another product."""
        named = self._product.search(before)
        return before.replace(named.group(), product) if named else f"{product}{before}"

    def _strays(self, normal: str, *, elliptic: bool) -> bool:
        """Whether a word of the message belongs to other matters, or to none that are known."""
        words = {WORD + word for word in self._tokeniser.cut(normal)}
        return bool(words & self._other) or not (elliptic or words <= self._known)


def _vague(decision: Decision) -> bool:
    return all(hit.score < _VAGUE for hit in decision.hits)


def _words_of_others(corpus: Corpus) -> frozenset[str]:
    """Words that stand mostly in messages without an article."""
    if NONE not in corpus.labels:
        return frozenset()
    size = len(corpus.vocabulary)
    rows = np.repeat(corpus.classes, np.diff(corpus.starts))
    total = np.bincount(corpus.tokens, minlength=size)
    others = np.bincount(corpus.tokens[rows == corpus.labels.index(NONE)], minlength=size)
    mostly = np.flatnonzero(others > _ABOUT_OTHERS * total).tolist()
    return frozenset(
        token for token in map(corpus.vocabulary.__getitem__, mostly) if token[0] == WORD
    )
