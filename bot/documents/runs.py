"""What every form of a letter needs: marks of items, lines, widths of columns, the signature."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from bot.documents.letter import BLANK, DATE_BLANK, Span, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.documents.letter import Items, Letter, Table, Text

_WIDE: Final = frozenset("WFA")
_LEAST: Final = 4
_MOST: Final = 24
"""Bounds of what stands in a column, in half-width characters."""
_GAP: Final = 2
"""Between columns."""


def item_mark(block: Items, number: int) -> str:
    """What stands before an item; ``number`` counts from 0."""
    return f"{block.start + number}." if block.numbered else "•"


def item_lines(text: Text) -> Iterator[Text]:
    """A text cut at its line feeds."""
    line: list[Span] = []
    for span in text:
        first, *others = span.text.split("\n")
        line.append(Span(first, span.bold))
        for other in others:
            yield tuple(line)
            line = [Span(other, span.bold)]
    yield tuple(line)


def column_widths(table: Table) -> list[int]:
    """Weights of the columns, after what stands in them; long words of the header may break."""
    return [
        min(_MOST, max(_LEAST, width_of(plain(name)) // 2 + 1, *_widths(table, column))) + _GAP
        for column, name in enumerate(table.header)
    ]


def _widths(table: Table, column: int) -> Iterator[int]:
    yield 0
    for row in table.rows:
        yield width_of(plain(row[column]))


def width_of(text: str) -> int:
    """Width of the longest line, in half-width characters."""
    return max(
        sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in line)
        for line in text.split("\n")
    )


def signature(letter: Letter) -> tuple[str, ...]:
    """The lines of the signature, blanks to fill in by hand first."""
    blanks = letter.blank_lines()
    if not letter.signer:
        return blanks
    return (*blanks, f"{letter.signer}（签名）：{BLANK}", f"日期：{DATE_BLANK}")
