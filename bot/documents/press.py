"""Makes the files of an interview from what the outbox kept of them, when they are sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.documents.calendar import Entry, to_ics
from bot.documents.chart import chart_png
from bot.documents.docx import to_docx
from bot.documents.door_card import DoorCard, card_pdf, card_png
from bot.documents.fonts import find_fonts
from bot.documents.letter import Letter
from bot.documents.pdf import to_pdf
from bot.documents.tables import table_rows, to_csv
from bot.documents.text import to_text
from bot.errors import FontMissing, LetterUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from bot.documents.fonts import Fonts

NEEDS_FONT: Final = frozenset({"pdf", "card_pdf", "card_png", "figures_png"})
"""What cannot be made without a Chinese font."""


class Press:
    """Makes papers; safe to use from several threads at once.

    Args:
        zone: of the days in calendar files.
        fonts: from ``find_fonts``; None where there is none, so that no PDF can be made.
    """

    def __init__(self, zone: tzinfo, fonts: Fonts | None) -> None:
        self._zone = zone
        self._fonts = fonts
        self._makers: Mapping[str, Callable[[Any], bytes]] = {
            "docx": lambda data: to_docx(Letter.from_json(data)),
            "pdf": lambda data: to_pdf(Letter.from_json(data), self._present_fonts()),
            "text": lambda data: to_text(Letter.from_json(data)).encode(),
            "card_png": lambda data: card_png(DoorCard.from_json(data), self._present_fonts()),
            "card_pdf": lambda data: card_pdf(DoorCard.from_json(data), self._present_fonts()),
            "figures_png": lambda data: chart_png(data, self._present_fonts()),
            "calendar": self._calendar,
            "csv": _csv,
        }

    @property
    def draws(self) -> bool:
        """Whether there is a font for pictures and PDF."""
        return self._fonts is not None

    def make(self, kind: str, data: Any) -> bytes:
        """The bytes of one file.

        Args:
            kind: ``docx``, ``pdf``, ``text``, ``card_png``, ``card_pdf``, ``figures_png``,
                ``calendar``, ``csv``.
            data: the JSON of a letter, a card or figures; for a calendar ``entries`` and ``made``;
                for a CSV ``rows``, or a letter whose tables are wanted.

        Raises:
            FontMissing: there is no Chinese font for it.
            DocumentFailed: it could not be set.
            LetterUnreadable: no such kind, or the data are something else.
        """
        maker = self._makers.get(kind)
        if maker is None:
            raise LetterUnreadable(kind)
        return maker(data)

    def _present_fonts(self) -> Fonts:
        if self._fonts is None:
            raise FontMissing
        return self._fonts

    def _calendar(self, data: Any) -> bytes:
        try:
            made = datetime.fromisoformat(data["made"])
            entries = [Entry.from_json(entry) for entry in data["entries"]]
        except (KeyError, TypeError, ValueError) as error:
            raise LetterUnreadable from error
        return to_ics(entries, made.replace(tzinfo=made.tzinfo or self._zone), self._zone)


def open_press(zone: tzinfo) -> Press:
    """A press with the fonts of this machine, without PDF where there is none."""
    try:
        return Press(zone, find_fonts())
    except FontMissing:
        return Press(zone, None)


def _csv(data: Any) -> bytes:
    if not isinstance(data, dict):
        raise LetterUnreadable
    rows = data.get("rows")
    return to_csv(table_rows(Letter.from_json(data)) if rows is None else rows)
