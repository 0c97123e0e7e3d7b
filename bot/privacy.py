"""Masks personal numbers before anything is stored, and names chats in logs without their ids."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Final

_SEPARATOR: Final = r"[ \t\-–—－·.　]?"
_DIGIT: Final = r"[0-9０-９]"
_NUMBERS: Final = re.compile(
    rf"(?<![0-9０-９A-Za-z])(?:{_DIGIT}{_SEPARATOR}){{10,22}}[0-9０-９XxＸｘ](?![0-9０-９])"
)
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")
_ID_LENGTH: Final = 18
_OLD_ID_LENGTH: Final = 15
_CARD_LENGTHS: Final = range(13, 20)
_MOBILE: Final = re.compile(r"(?:0?0?86)?(1[3-9]\d{9})")
_ID_CARD: Final = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dX]")
_OLD_ID_CARD: Final = re.compile(r"[1-9]\d{5}\d{2}[01]\d[0-3]\d{4}")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and what was covered in it."""

    text: str
    kinds: tuple[str, ...] = ()
    """Which of ``身份证号``, ``银行卡号``, ``手机号`` were covered, in order, each once."""


def mask(text: str) -> Masked:
    """Covers ID-card, bank-card and mobile numbers with ``*``.

    The length of the text and its last four digits of each number stay, so that Telegram's
    entities keep their places and the person recognises the number.

    Args:
        text: what a person wrote.
    """
    kinds: list[str] = []

    def cover(match: re.Match[str]) -> str:
        written = match.group()
        kind = _kind(re.sub(r"[^0-9X]", "", written.translate(_FULL_WIDTH).upper()))
        if kind is None:
            return written
        if kind not in kinds:
            kinds.append(kind)
        total = sum(character.isalnum() for character in written)
        seen = 0
        out: list[str] = []
        for character in written:
            if character.isalnum():
                seen += 1
                out.append(character if seen > total - 4 else "*")
            else:
                out.append(character)
        return "".join(out)

    return Masked(_NUMBERS.sub(cover, text), tuple(kinds))


def _kind(digits: str) -> str | None:
    if _MOBILE.fullmatch(digits):
        return "手机号"
    if len(digits) == _ID_LENGTH and _ID_CARD.fullmatch(digits):
        return "身份证号"
    if len(digits) == _OLD_ID_LENGTH and _OLD_ID_CARD.fullmatch(digits):
        return "身份证号"
    if len(digits) in _CARD_LENGTHS and digits.isdigit():
        return "银行卡号"
    return None


_TEXT_KEYS: Final = frozenset({"text", "caption", "phone_number", "query", "title", "description"})


def mask_update(value: Any) -> Any:
    """A copy of a decoded Telegram update in which every text a person wrote is masked.

    Args:
        value: decoded JSON of any shape.
    """
    if isinstance(value, dict):
        return {
            _storable(key): mask(_storable(item)).text
            if key in _TEXT_KEYS and isinstance(item, str)
            else mask_update(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [mask_update(item) for item in value]
    return _storable(value) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """Half a surrogate pair is valid in JSON, but no database takes it."""
    return text.encode("utf-8", "replace").decode()


def pseudonym(identifier: str, key: str) -> str:
    """A short name for a chat that does not give its id away, the same as long as the key is.

    Args:
        identifier: the id of the chat or person.
        key: a secret of this installation.
    """
    return hmac.new(key.encode(), identifier.encode(), hashlib.sha256).hexdigest()[:12]
