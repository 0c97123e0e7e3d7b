"""Cards for the door and the family, as a picture and to print: few words in large type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.documents.pdf import typeset
from bot.documents.printable import breakable, printable
from bot.errors import LetterUnreadable

if TYPE_CHECKING:
    from bot.documents.fonts import Fonts
    from bot.documents.letter import Json

_SAID: Final = re.compile(r"^(\S{1,2})[：:](.+)$", re.DOTALL)
_PIECE: Final = re.compile(r"[^，。？！；]+[，。？！；]*|[，。？！；]+")
_LONG: Final = 12
"""Letters from which a word may break anywhere."""
_POLICE: Final = "110"
_UNDATED: Final = date(2000, 1, 1)
"""A card has no date; its PDF needs one, always the same."""


@dataclass(frozen=True, slots=True)
class DoorCard:
    """The words of a card.

    A line such as ``问：你叫什么？`` is set apart as words to say; a line with 110 in it becomes
    a banner; any other is one thing to do.
    """

    title: str
    lines: tuple[str, ...]
    large: bool = False
    """For family who read large type: a larger title; the lines are always as large as fits."""

    def to_json(self) -> Json:
        """Plain JSON from which ``from_json`` makes an equal card."""
        return {"title": self.title, "lines": list(self.lines), "large": self.large}

    @classmethod
    def from_json(cls, data: Any) -> DoorCard:
        """Reads what ``to_json`` wrote.

        Raises:
            LetterUnreadable: it is something else.
        """
        try:
            lines = tuple(map(str, data["lines"]))
            return cls(str(data["title"]), lines, large=bool(data.get("large")))
        except (AttributeError, KeyError, TypeError) as error:
            raise LetterUnreadable from error


def card_pdf(card: DoorCard, fonts: Fonts | None = None) -> bytes:
    """A card to print on A4.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
    """
    (content,) = typeset("card.typ", _data(card), _UNDATED, fonts, picture=False)
    return content


def card_png(card: DoorCard, fonts: Fonts | None = None) -> bytes:
    """A card to show on a phone.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
    """
    first, *_ = typeset("card.typ", _data(card), _UNDATED, fonts, picture=True)
    return first


def _data(card: DoorCard) -> Json:
    return {
        "name": printable(card.title),
        "title": printable(card.title),
        "large": card.large,
        "lines": [
            _line(breakable(printable(line).strip(), _LONG)) for line in card.lines if line.strip()
        ],
    }


def _line(text: str) -> Json:
    if _POLICE in text:
        return {"kind": "banner", "text": text}
    said = _SAID.match(text)
    if said:
        return {"kind": "said", "mark": said[1], "pieces": _PIECE.findall(said[2].strip())}
    return {"kind": "step", "text": text}
