"""Cuts a normalised message into what is compared: words, characters, sounds, pairs, negations."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jieba

from bot.search.normalise import Normaliser
from bot.search.pinyin import load_syllables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.knowledge.model import Lexicon

WORD, CHARACTER, SOUND, PAIR, NEGATION, SOUNDS = "wcpbns"
"""First letter of a token: the kind of it."""

COARSE: Final = frozenset({WORD, CHARACTER, NEGATION})
"""Kinds by which phrasings are compared; sounds and pairs are for the classifier alone."""

_COMMON: Final = 50
_OWN_FREQUENCY: Final = 20_000
_NEGATIONS: Final = frozenset(
    {
        "没有",
        "没",
        "不",
        "未",
        "不是",
        "并未",
        "从未",
        "从没",
        "无",
        "别",
        "并不是",
        "不会",
        "还没",
        "还没有",
    }
)
_TRANSPARENT: Final = frozenset(
    {"被", "过", "了", "给", "去", "是", "在", "有", "再", "要", "的", "把"}
)
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")


def common_words() -> dict[str, int]:
    """The words of jieba's dictionary that are frequent enough to matter, with their counts."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines()
    rows = (line.split(" ") for line in lines)
    return {row[0]: int(row[1]) for row in rows if int(row[1]) >= _COMMON}


class _Cutter(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """jieba with our dictionary and logarithms taken once; reads and writes no file.

    Its table holds the log probability of each word, and 0 for what is only the beginning of one.

    Args:
        words: with their counts.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        super().__init__()
        self.total = sum(words.values())
        self._rare = -math.log(self.total)
        self.FREQ = {word: math.log(count) + self._rare for word, count in words.items()}
        for word in words:
            for end in range(1, len(word)):
                self.FREQ.setdefault(word[:end], 0)
        self.initialized = True

    def calc(
        self,
        sentence: str,
        DAG: dict[int, list[int]],  # noqa: N803, jieba's name for it
        route: dict[int, tuple[float, int]],
    ) -> None:
        """Finds the likeliest way through the words, from the end; as jieba's, but quicker."""
        known, rare = self.FREQ, self._rare
        last = len(sentence)
        route[last] = (0, 0)
        for start in range(last - 1, -1, -1):
            ends = DAG[start]
            if len(ends) == 1:
                end = ends[0] + 1
                route[start] = ((known.get(sentence[start:end]) or rare) + route[end][0], end - 1)
            else:
                route[start] = max(
                    ((known.get(sentence[start : end + 1]) or rare) + route[end + 1][0], end)
                    for end in ends
                )


class Tokeniser:
    """Turns messages into tokens, with the words of the field.

    Args:
        lexicon: terms, synonyms and products.
        words: general words with their counts; read from jieba's dictionary when not given.
    """

    def __init__(self, lexicon: Lexicon, words: Mapping[str, int] | None = None) -> None:
        self.words = dict(words) if words is not None else common_words()
        self._normaliser = Normaliser(_DIGITS.findall(" ".join(lexicon.terms)))
        normalise = self._normaliser.normalise
        self._canonical = {
            normalise(word): normalise(group[0]) for group in lexicon.synonyms for word in group
        }
        self._products = {normalise(name): kind for name, kind in lexicon.products.items()}
        own = {normalise(term) for term in lexicon.terms}
        own.update(self._canonical, self._products)
        self._cutter = _Cutter({**self.words, **dict.fromkeys(own, _OWN_FREQUENCY)})
        self._syllables = load_syllables()

    def normalise(self, text: str) -> str:
        """See ``Normaliser.normalise``."""
        return self._normaliser.normalise(text)

    def cut(self, text: str) -> list[str]:
        """The words of a normalised text, without spaces and punctuation."""
        return [word for word in self._cutter.cut(text, HMM=False) if word[0].isalnum()]

    def tokens(self, text: str) -> list[str]:
        """Each different token of a normalised text once, in a fixed order.

        The name of a product counts as one word, and as its kind, but not by its characters: it
        narrows what is asked without drowning it.
        """
        written = self.cut(text)
        words = [self._canonical.get(word, word) for word in written]
        products = [word for word in written if word in self._products]
        characters = [
            character for word in written if word not in self._products for character in word
        ]
        sounds = [self._syllables.get(character, character) for character in characters]
        return list(
            dict.fromkeys(
                [WORD + word for word in words]
                + [f"{WORD}<{self._products[word]}>" for word in products]
                + [CHARACTER + character for character in characters]
                + [SOUND + sound for sound in sounds]
                + _negations(words)
                + [PAIR + first + second for first, second in pairwise(characters)]
                + [f"{SOUNDS}{first}'{second}" for first, second in pairwise(sounds)]
            )
        )


def _negations(words: list[str]) -> list[str]:
    """A token for each word that is denied: 没有被起诉 is not 起诉."""
    found: list[str] = []
    denied = False
    for word in words:
        if word in _NEGATIONS:
            denied = True
        elif denied and word not in _TRANSPARENT:
            found.append(NEGATION + word)
            denied = False
    return found
