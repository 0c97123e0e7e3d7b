"""Letters as PDF and as pictures, set by typst.

The layout is ``letter.typ``; the words go into it as JSON, never as markup.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import typst

from bot.documents.fit import MARGINS, PITCH, WHOLE, cell_size, type_size
from bot.documents.fonts import Fonts, find_fonts
from bot.documents.letter import Heading, Items, Kind, Paragraph, Table, plain
from bot.documents.printable import breakable, printable
from bot.documents.runs import column_widths, item_lines, item_mark, signature
from bot.errors import DocumentFailed

if TYPE_CHECKING:
    from datetime import date

    from bot.documents.letter import Block, Json, Letter, Text

PPI: Final = 144.0
"""Dots per inch of a picture: A4 becomes 1191 by 1684."""

_LONG: Final = 28
_LONG_IN_CELL: Final = 16
"""Characters from which a word may break anywhere: an address, or the number of an order."""
_LINE: Final = 28
"""Characters on a line."""
_MOST_LINES: Final = 18
"""Kept together at the end of a letter; a page has 33."""


def to_pdf(letter: Letter, fonts: Fonts | None = None) -> bytes:
    """A letter as PDF, with its fonts in it; the same letter always gives the same bytes.

    Args:
        letter: what stands on the paper.
        fonts: from ``find_fonts``; looked for when left out.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
    """
    (content,) = typeset("letter.typ", _data(letter), letter.made, fonts, picture=False)
    return content


def to_png(letter: Letter, fonts: Fonts | None = None) -> list[bytes]:
    """A letter as pictures, one for each page.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
    """
    return typeset("letter.typ", _data(letter), letter.made, fonts, picture=True)


def typeset(
    layout: str,
    data: Json,
    made: date,
    fonts: Fonts | None = None,
    *,
    picture: bool,
    vector: bool = False,
) -> list[bytes]:
    """Sets data in a layout.

    Args:
        layout: name of a typst file of this package.
        data: what the layout asks for; the names of the font families are added.
        made: becomes the date of the PDF.
        fonts: looked for when left out.
        picture: gives a PNG for each page instead of one PDF.
        vector: gives an SVG instead of a PNG, its letters drawn as lines.

    Raises:
        FontMissing: there is no Chinese font.
        DocumentFailed: it could not be set.
    """
    fonts = fonts or find_fonts()
    written = json.dumps({**data, "serif": fonts.serif, "sans": fonts.sans}, ensure_ascii=False)
    try:
        content = typst.compile(
            resources.files("bot.documents").joinpath(layout).read_bytes(),
            format=("svg" if vector else "png") if picture else "pdf",
            ppi=PPI if picture and not vector else None,
            font_paths=fonts.found,
            sys_inputs={"data": written},
            timestamp=datetime(made.year, made.month, made.day, tzinfo=UTC),
        )
    except RuntimeError as error:
        raise DocumentFailed from error
    if content is None:
        raise DocumentFailed
    return content if isinstance(content, list) else [content]


def _data(letter: Letter) -> Json:
    addressee = _words(letter.addressee)
    return {
        "name": printable(letter.file),
        "size": type_size(letter),
        "pitch": PITCH[type_size(letter)],
        "margins": MARGINS[type_size(letter)],
        "title": _words(letter.title),
        "above": f"{addressee}：" if addressee and letter.kind is Kind.LETTER else "",
        "below": addressee if letter.kind is Kind.COURT else "",
        "blocks": [_block(block, type_size(letter)) for block in letter.blocks or (Paragraph(()),)],
        "closes": _closes(letter),
        "attachments": [_words(name) for name in letter.attachments],
        "signature": [_words(line) for line in signature(letter)],
        "footer": [_words(line) for line in letter.footer],
    }


def _closes(letter: Letter) -> bool:
    """Whether the last paragraph and all below it are short enough to stay on one page."""
    *_, last = letter.blocks or (Paragraph(()),)
    lines = sum(1 + len(name) // _LINE for name in letter.attachments)
    if not isinstance(last, Paragraph):
        return False
    return lines + len(plain(last.text)) // _LINE + len(letter.blanks) <= _MOST_LINES


def _block(block: Block, size: int) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": _text(text), "level": level}
        case Paragraph(text):
            return {"kind": "paragraph", "text": _text(text)}
        case Items(items):
            written = [
                {
                    "mark": item_mark(block, number),
                    "lines": [_text(line) for line in item_lines(item)],
                }
                for number, item in enumerate(items)
            ]
            return {"kind": "items", "items": written}
        case Table(header, rows, align):
            return {
                "kind": "table",
                "header": [_text(cell, _LONG_IN_CELL) for cell in header],
                "rows": [[_text(cell, _LONG_IN_CELL) for cell in row] for row in rows],
                "align": list(align),
                "widths": column_widths(block),
                "size": cell_size(len(header), size),
                "whole": len(rows) <= WHOLE,
            }


def _text(text: Text, least: int = _LONG) -> list[Json]:
    return [{"text": _words(span.text, least), "bold": span.bold} for span in text]


def _words(text: str, least: int = _LONG) -> str:
    return breakable(printable(text), least)
