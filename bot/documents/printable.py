"""Makes words fit for paper: no control characters, no pictographs, no doubled stops."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PICTOGRAPHS: Final = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3"
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000effff]"
)
"""Emoji and what joins them, marks without width, marks that turn the direction of writing."""
_GAP: Final = re.compile(r"(?<=[年月日元号时分）》”]) (?=[一-鿿（《“])")
"""What a template leaves behind a filled-in date, sum or number."""
_UNBROKEN: Final = re.compile(r"[!-~]+")
_CHANCE: Final = "\u200b"
_KEPT: Final = frozenset("☐☑☒✓√")
_DOUBLED: Final = re.compile(r"([。；，、：])[。；，]+")
_GONE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def printable(text: str) -> str:
    """A text as it may stand on paper; line feeds stay.

    Emoji are dropped: fonts for letters do not have them, and a clerk does not want them.
    """
    kept = "".join(
        character
        for character in text.replace("\t", " ").replace("\r", "")
        if character in _KEPT
        or character == "\n"
        or not (_PICTOGRAPHS.match(character) or unicodedata.category(character) in _GONE)
    )
    return _GAP.sub("", _DOUBLED.sub(r"\1", kept))


def breakable(text: str, least: int) -> str:
    """Text whose long runs of Latin letters and digits may break anywhere, instead of not at all.

    Args:
        text: printable.
        least: characters from which a run is long.
    """
    return _UNBROKEN.sub(lambda run: _CHANCE.join(run[0]) if len(run[0]) >= least else run[0], text)
