"""Chooses the size of the type, so that a letter that nearly fits on one page does.

An estimate on the safe side, the same for Word and PDF: a DOCX is set by somebody else's program.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from bot.documents.letter import Heading, Items, Paragraph, Table, plain
from bot.documents.runs import column_widths, item_lines, signature, width_of

if TYPE_CHECKING:
    from bot.documents.letter import Block, Letter

USUAL: Final = 14
"""四号, in points."""
SMALL: Final = 12
"""小四."""
WIDTH: Final = 442
"""Between the margins, in points."""
MARGINS: Final = {USUAL: (30, 28), SMALL: (25, 25)}
"""Above and below, in millimetres, by the size of the type."""
_PAGE: Final = 297
_MILLIMETRE: Final = 72 / 25.4
_TITLE: Final = 46
PITCH: Final = {USUAL: 26, SMALL: 20}
"""Distance of lines in points, by the size of the type."""
WHOLE: Final = 14
"""Rows up to which a table stays on one page."""


def type_size(letter: Letter) -> int:
    """The usual size, or the small one where only that brings the letter onto one page."""
    return SMALL if _fits(letter, SMALL) and not _fits(letter, USUAL) else USUAL


def cell_size(columns: int, size: int) -> float:
    """Size of the type in a table."""
    return 9 if columns > 5 else min(size - 1.5, 10.5 if columns > 3 else 12)  # noqa: PLR2004


def _fits(letter: Letter, size: int) -> bool:
    """Whether a letter takes no more than a page."""
    return _height(letter, size) <= (_PAGE - sum(MARGINS[size])) * _MILLIMETRE


def _height(letter: Letter, size: int) -> float:
    """What a letter takes, in points."""
    pitch = PITCH[size]
    lines = len(letter.attachments) + (2 if letter.addressee else 0)
    signed = len(signature(letter))
    body = sum(_block(block, size, pitch) for block in letter.blocks)
    return _TITLE + body + lines * pitch + signed * (pitch + 6) + (24 if signed else 0)


def _block(block: Block, size: int, pitch: int) -> float:
    match block:
        case Heading():
            return pitch + 9
        case Paragraph(text):
            return _lines(plain(text), size) * pitch
        case Items(items):
            texts = [plain(line) for item in items for line in item_lines(item)]
            return sum(_lines(f"1. {text}", size) for text in texts) * pitch
        case Table():
            return _table(block, cell_size(len(block.header), size)) + pitch / 2


def _lines(text: str, size: float) -> int:
    """Lines of a paragraph whose first line is indented by two characters."""
    return sum(math.ceil((width_of(line) / 2 + 2) * size / WIDTH) or 1 for line in text.split("\n"))


def _table(block: Table, size: float) -> float:
    weights = column_widths(block)
    widths = [WIDTH * weight / sum(weights) - size for weight in weights]
    high = 0.0
    for row in (block.header, *block.rows):
        cells = zip(row, widths, strict=True)
        most = max(math.ceil(width_of(plain(cell)) / 2 * size / width) for cell, width in cells)
        high += max(most, 1) * size * 1.7 + 7
    return high
