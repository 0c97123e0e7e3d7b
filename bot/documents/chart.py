"""The picture of a week of figures, tall and with large type, for a phone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.documents.pdf import typeset
from bot.errors import LetterUnreadable

if TYPE_CHECKING:
    from bot.documents.fonts import Fonts

_PARTS: Final = frozenset({"title", "subtitle", "numbers", "days", "parts"})


def chart_png(data: Any, fonts: Fonts | None = None) -> bytes:
    """Draws figures.

    Args:
        data: ``title`` and ``subtitle``; ``numbers`` with label and value; ``days`` with rows of
            parts and a legend; ``parts``, each a title and bars; ``made``, a day.
        fonts: looked for when left out.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
        LetterUnreadable: the data are something else.
    """
    if not isinstance(data, dict) or not data.keys() >= _PARTS:
        raise LetterUnreadable
    try:
        made = date.fromisoformat(data["made"])
    except (KeyError, TypeError, ValueError) as error:
        raise LetterUnreadable from error
    first, *_ = typeset("figures.typ", data, made, fonts, picture=True)
    return first
