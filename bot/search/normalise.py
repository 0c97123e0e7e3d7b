"""Brings a message into the one form in which messages are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import opencc

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 1200
"""Characters kept of a message: the first and the last half, where people put their question."""

_ROUNDS: Final = 8
_DIGITS: Final = {
    **{c: i for i, c in enumerate("零一二三四五六七八九十")},
    "两": 2,
    "俩": 2,
    "半": 1,
}
_DROPPED: Final = re.compile(
    r"[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f]+"
)
_REPEATED: Final = re.compile(r"(\D)\1{2,}")
_SPACES: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(
    r"(?P<digits>\*{2,}|\d+(?:\.\d+)?)(?P<percent>%?)"
    r"|(?<!第)(?P<chinese>[一二三四五六七八九十两半俩]{1,3})(?=天|日|个月|个星期|周|期|家|千|万|块|元|小时)"
)
_SMALL_YEARS: Final = re.compile(r"(?<!\d)(?:10|[1-9])(?=年)")
_YEAR: Final = range(1980, 2040)
_LONG: Final = 7
_CLASSES: Final = ((3, "α"), (14, "β"), (100, "γ"), (1_000_000, "δ"))


class Normaliser:
    """Normalises text; holds the converter from traditional to simplified characters.

    Args:
        kept: numbers that mean something of themselves (12378, 24) and stay as they are.
    """

    def __init__(self, kept: Iterable[str] = ()) -> None:
        self._simplified = opencc.OpenCC("t2s")
        self._kept = frozenset(kept)

    def normalise(self, text: str) -> str:
        """The text in simplified characters, lower case, without noise, numbers as classes.

        Applying it again changes nothing. The result has at most ``LONGEST`` characters.
        """
        text = _shorten(text, 2 * LONGEST)
        for _ in range(_ROUNDS):
            once = _shorten(self._pass(text), LONGEST)
            if once == text:
                break
            text = once
        return text

    def _pass(self, text: str) -> str:
        if not text.isascii():
            text = unicodedata.normalize("NFKC", _DROPPED.sub("", text))
            text = self._simplified.convert(text)
        text = "".join(map(_plain, text.lower())) if not text.isalnum() else text.lower()
        text = _REPEATED.sub(r"\1\1", text)
        text = _SMALL_YEARS.sub(lambda m: _CHINESE[int(m.group())], text)
        text = _NUMBER.sub(self._class, text)
        return _SPACES.sub(" ", text).strip()

    def _class(self, match: re.Match[str]) -> str:
        if match["chinese"]:
            return _magnitude(_value(match["chinese"]))
        digits = match["digits"]
        if digits in self._kept:
            return match.group()
        return "π%" if match["percent"] else _numeral(digits)


def _numeral(digits: str) -> str:
    """The class of a number in digits; stars are what somebody masked."""
    if digits[0] == "*":
        return "β"
    whole = digits.split(".", maxsplit=1)[0]
    if len(whole) >= _LONG:
        return "λ"
    return "ω" if int(whole) in _YEAR else _magnitude(int(whole))


_CHINESE: Final = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def _plain(character: str) -> str:
    """The character, or a space for what is no letter, number or punctuation."""
    if character.isalnum():
        return character
    category = unicodedata.category(character)
    return character if category[0] == "P" else " "


def _value(numeral: str) -> int:
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _DIGITS[numeral[-1]]
    return 10 * (_DIGITS[tens[-1]] if tens else 1) + (_DIGITS[ones[-1]] if ones else 0)


def _magnitude(value: int) -> str:
    for bound, letter in _CLASSES:
        if value <= bound:
            return letter
    return "λ"


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[:half]} {text[-half:]}"
