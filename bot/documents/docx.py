"""Letters as DOCX, to edit in Word or WPS; the layout is that of ``letter.typ``."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from bot.documents.docx_page import INDENT, describe, indent, set_page, set_styles
from bot.documents.fit import WHOLE, cell_size, type_size
from bot.documents.letter import Align, Heading, Items, Kind, Paragraph, Table
from bot.documents.printable import printable
from bot.documents.runs import column_widths, item_lines, item_mark, signature

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.table import Table as Grid
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as Line
    from docx.text.run import Run

    from bot.documents.letter import Block, Letter, Text

_SIDES: Final = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_MANY: Final = 5
"""Columns beyond which every millimetre counts."""
_WIDTH: Final = 156
"""Between the margins, in millimetres."""
_SIGNATURE: Final = Mm(74)
"""Where the lines of the signature begin."""
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of ZIP archives; so that the same letter gives the same bytes."""


def to_docx(letter: Letter) -> bytes:
    """A letter as DOCX; the same letter always gives the same bytes.

    It names no program, machine or person in its properties.

    Args:
        letter: what stands on the paper.
    """
    paper = Document()
    describe(paper, letter)
    size = type_size(letter)
    set_styles(paper, size)
    set_page(paper, letter, size)
    _run(paper.add_paragraph(style="Title"), letter.title)
    addressee = printable(letter.addressee)
    if addressee and letter.kind is Kind.LETTER:
        _flush(paper, f"{addressee}：")
    for block in letter.blocks:
        _add(paper, block, size)
    before = len(paper.paragraphs) - 1
    if addressee and letter.kind is Kind.COURT:
        paper.add_paragraph("此致")
        _flush(paper, addressee)
    _add_attachments(paper, letter)
    _add_signature(paper, letter)
    for line in paper.paragraphs[before:-1]:
        line.paragraph_format.keep_with_next = True
    return _saved(paper)


def _add(paper: Paper, block: Block, size: int) -> None:
    match block:
        case Heading(text, level):
            line = paper.add_paragraph(style=f"Heading {level}")
            indent(line, INDENT, size)
            _write(line, text)
        case Paragraph(text):
            _write(paper.add_paragraph(), text)
        case Items(items):
            for number, item in enumerate(items):
                _add_item(paper, item, item_mark(block, number))
        case Table():
            _add_table(paper, block, size)


def _add_item(paper: Paper, item: Text, mark: str) -> None:
    for number, words in enumerate(item_lines(item)):
        line = paper.add_paragraph()
        if number == 0:
            line.add_run(f"{mark} ")
        _write(line, words)


def _write(line: Line, text: Text) -> None:
    for span in text:
        run = _run(line, span.text)
        if span.bold:
            run.bold = True


def _run(line: Line, words: str) -> Run:
    """Adds words; quotation marks, dashes and dots among them are Chinese, not Latin."""
    run = line.add_run(printable(words))
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")  # noqa: SLF001, no other way
    return run


def _flush(paper: Paper, words: str) -> None:
    line = paper.add_paragraph()
    _run(line, words)
    indent(line, 0)


def _add_table(paper: Paper, block: Table, body: int) -> None:
    columns = len(block.header)
    size = cell_size(columns, body)
    table = paper.add_table(rows=0, cols=columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if columns > _MANY:
        _narrow_margins(table)
    weights = column_widths(block)
    widths = [Mm(_WIDTH * weight / sum(weights)) for weight in weights]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, words in enumerate((block.header, *block.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001, no other way
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, side, width in zip(row.cells, words, block.align, widths, strict=True):
            cell.width = width
            _fill(cell, text, Align.CENTER if number == 0 else side, size, bold=number == 0)
            if number < len(block.rows) <= WHOLE:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
    paper.add_paragraph(style="Cell").paragraph_format.line_spacing = 0.5


def _narrow_margins(table: Grid) -> None:
    """Leaves a millimetre beside what stands in a cell, half of what is usual."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "57")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tblPr.insert_element_before(margins, "w:tblLook")  # noqa: SLF001, no other way


def _fill(cell: _Cell, text: Text, side: Align, size: float, *, bold: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    (line,) = cell.paragraphs
    line.style = "Cell"
    line.alignment = _SIDES[side]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(3)
    for span in text:
        run = _run(line, span.text)
        run.font.size = Pt(size)
        run.bold = True if bold or span.bold else None


def _add_attachments(paper: Paper, letter: Letter) -> None:
    several = len(letter.attachments) > 1
    for number, name in enumerate(letter.attachments, start=1):
        lead = "附件：" if number == 1 else ""
        mark = f"{number}. " if several else ""
        line = paper.add_paragraph()
        _run(line, f"{lead}{mark}{name}")
        line.paragraph_format.space_before = Pt(8 if number == 1 else 0)
        indent(line, 0)
        line.paragraph_format.left_indent = Pt(14 * 5)
        line.paragraph_format.first_line_indent = Pt(-14 * 3 if number == 1 else 0)


def _add_signature(paper: Paper, letter: Letter) -> None:
    for number, words in enumerate(signature(letter)):
        line = paper.add_paragraph()
        _run(line, words)
        line.paragraph_format.space_before = Pt(24 if number == 0 else 6)
        indent(line, 0)
        line.paragraph_format.left_indent = _SIGNATURE


def _saved(paper: Paper) -> bytes:
    """The archive without the template's own marks, with the same times every time."""
    raw, clean = io.BytesIO(), io.BytesIO()
    paper.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(clean, "w") as target:
        for name in sorted(
            source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)
        ):
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return clean.getvalue()
