"""Times of day as people write them, and the hours in which nobody may collect."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from typing import Final

from bot.errors import AnswerRefused, Refusal
from bot.tools.numerals import read_numeral

_NUMERALS: Final = re.compile(r"[零〇一二三四五六七八九十两]+")
_TIME: Final = re.compile(
    r"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)?(?P<hour>\d{1,2})"
    r"(?:[:点时](?P<minute>\d{1,2}|半|1刻|3刻|整)?分?|)?"
)
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上"})
_MINUTES: Final = {"半": 30, "1刻": 15, "3刻": 45, "整": 0}
_NOON: Final = 12
_NIGHT_FROM: Final = 22
_NIGHT_TO: Final = 8


def read_time(text: str) -> time:
    """Reads a time of day: 21:30, 晚上9点半, 下午三点.

    Raises:
        AnswerRefused: ``time_unclear``.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    plain = _NUMERALS.sub(lambda match: _digits(match.group()), plain)
    match = _TIME.fullmatch(plain)
    if match is None or (match["part"] is None and plain.isdigit()):
        raise AnswerRefused(Refusal.TIME_UNCLEAR, text=text.strip()[:20])
    hour = int(match["hour"])
    if match["part"] in _AFTERNOON and hour < _NOON:
        hour += _NOON
    raw = match["minute"] or "0"
    minute = _MINUTES[raw] if raw in _MINUTES else int(raw)
    try:
        return time(hour % 24 if hour == 24 else hour, minute)  # noqa: PLR2004, midnight
    except ValueError:
        raise AnswerRefused(Refusal.TIME_UNCLEAR, text=text.strip()[:20]) from None


def is_night(moment: time) -> bool:
    """Whether it is between 22:00 and 8:00, when the rules of the trade forbid collecting."""
    return moment.hour >= _NIGHT_FROM or moment.hour < _NIGHT_TO


def _digits(numeral: str) -> str:
    try:
        return str(int(read_numeral(numeral.replace("两", "二"))))
    except ValueError:
        return numeral
