"""Tables as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.documents.letter import Heading, Table, plain
from bot.documents.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.documents.letter import Letter

_FORMULA: Final = ("=", "+", "-", "@")
"""A spreadsheet would work out a cell that begins so."""


def to_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as CSV that Excel and WPS open as Chinese: UTF-8 with a mark in front.

    A cell that a spreadsheet would take for a formula gets an apostrophe, unless it is a number.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig")


def table_rows(letter: Letter) -> Iterator[tuple[str, ...]]:
    """The tables of a letter, one under the other, each under its heading."""
    heading: tuple[str, ...] = ()
    for block in letter.blocks:
        if isinstance(block, Heading):
            heading = (plain(block.text),)
        elif isinstance(block, Table):
            if heading:
                yield heading
            for row in (block.header, *block.rows):
                yield tuple(map(plain, row))
            yield ()
            heading = ()


def _cell(text: str) -> str:
    clean = printable(text).strip()
    return f"'{clean}" if clean.startswith(_FORMULA) and not _is_number(clean) else clean


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
