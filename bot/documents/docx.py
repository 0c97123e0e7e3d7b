"""Letters as DOCX, to edit in Word or WPS; the layout is that of ``letter.typ``."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.documents.letter import Align, Heading, Items, Kind, Paragraph, Table
from bot.documents.printable import printable
from bot.documents.runs import column_widths, item_lines, item_mark, signature

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.styles.style import ParagraphStyle
    from docx.table import Table as Grid
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as Line

    from bot.documents.letter import Block, Letter, Text

SERIF: Final = "仿宋"
SANS: Final = "黑体"
LATIN: Final = "Times New Roman"
_BODY: Final = Pt(14)
_PITCH: Final = Pt(26)
_SIDES: Final = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_SIZES: Final = ((3, 12.0), (5, 10.5), (math.inf, 9.0))
"""Greatest number of columns, and the size of the type in points."""
_INDENT: Final = 200
"""Of a first line, in hundredths of a character."""
_WIDTH: Final = 156
"""Between the margins, in millimetres."""
_OF_THE_TEMPLATE: Final = (RT.EXTENDED_PROPERTIES, RT.THUMBNAIL)
"""Parts in which the library's template names a program and shows a picture."""
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of ZIP archives; so that the same letter gives the same bytes."""


def to_docx(letter: Letter) -> bytes:
    """A letter as DOCX; the same letter always gives the same bytes.

    It names no program, machine or person in its properties.

    Args:
        letter: what stands on the paper.
    """
    paper = Document()
    _describe(paper, letter)
    _set_styles(paper)
    _set_page(paper, letter)
    paper.add_paragraph(printable(letter.title), style="Title")
    addressee = printable(letter.addressee)
    if addressee and letter.kind is Kind.LETTER:
        _flush(paper, f"{addressee}：")
    for block in letter.blocks:
        _add(paper, block)
    before = len(paper.paragraphs) - 1
    if addressee and letter.kind is Kind.COURT:
        paper.add_paragraph("此致")
        _flush(paper, addressee)
    _add_attachments(paper, letter)
    _add_signature(paper, letter)
    for line in paper.paragraphs[before:-1]:
        line.paragraph_format.keep_with_next = True
    return _saved(paper)


def _describe(paper: Paper, letter: Letter) -> None:
    made = datetime(letter.made.year, letter.made.month, letter.made.day)  # noqa: DTZ001, as the format has it
    about = paper.core_properties
    about.title = printable(letter.file)
    about.author = about.last_modified_by = about.comments = about.keywords = about.subject = ""
    about.created = about.modified = made
    about.revision = 1
    about.language = "zh-CN"
    relations = paper.part.package.rels
    for name in [name for name, part in relations.items() if part.reltype in _OF_THE_TEMPLATE]:
        del relations[name]


def _set_styles(paper: Paper) -> None:
    styles = paper.styles
    normal = _style(paper, "Normal")
    _set_font(normal, SERIF)
    normal.font.size = _BODY
    form = normal.paragraph_format
    form.line_spacing = _PITCH
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    _indent(normal, _INDENT)
    for name, size in (("Title", 22), ("Heading 1", 14), ("Heading 2", 14)):
        style = _style(paper, name)
        _set_font(style, SERIF if name == "Heading 2" else SANS)
        style.font.size = Pt(size)
        style.font.bold = True
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(6)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.line_spacing = _PITCH
    title = _style(paper, "Title")
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = 1.2
    title.paragraph_format.space_after = Pt(18)
    _indent(title, 0)
    for border in title.element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    cell = styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = normal
    cell.paragraph_format.line_spacing = 1.15
    _indent(cell, 0)
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap between 2026 and 年: dates stay whole
        space = OxmlElement(name)
        space.set(qn("w:val"), "0")
        cell.element.get_or_add_pPr().insert_element_before(space, "w:spacing", "w:ind")


def _style(paper: Paper, name: str) -> ParagraphStyle:
    style: ParagraphStyle = paper.styles[name]  # type: ignore[assignment]
    return style


def _set_font(style: ParagraphStyle, chinese: str) -> None:
    """Names the fonts; what a theme says about them would win otherwise."""
    style.font.name = LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), chinese)
    fonts.set(qn("w:cs"), LATIN)


def _indent(target: ParagraphStyle | Line, hundredths: int) -> None:
    """Indents the first line by characters, which a change of the size follows."""
    target.paragraph_format.first_line_indent = Pt(14 * hundredths // 100)
    properties = target._element.get_or_add_pPr()  # noqa: SLF001, no other way
    properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(hundredths))


def _set_page(paper: Paper, letter: Letter) -> None:
    (section,) = paper.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(12)
    first, *_ = section.footer.paragraphs
    for number, words in enumerate((*letter.footer, "")):
        line = section.footer.add_paragraph() if number else first
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.line_spacing = 1.0
        _indent(line, 0)
        if words:
            line.add_run(printable(words)).font.size = Pt(8.5)
        else:
            _number_pages(line)


def _number_pages(line: Line) -> None:
    for words, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        line.add_run(words).font.size = Pt(8.5)
        if not field:
            continue
        counted = OxmlElement("w:fldSimple")
        counted.set(qn("w:instr"), field)
        run = line.add_run("1")
        run.font.size = Pt(8.5)
        counted.append(run._r)  # noqa: SLF001, no other way
        line._p.append(counted)  # noqa: SLF001, no other way


def _add(paper: Paper, block: Block) -> None:
    match block:
        case Heading(text, level):
            line = paper.add_paragraph(style=f"Heading {level}")
            _indent(line, _INDENT)
            _write(line, text)
        case Paragraph(text):
            _write(paper.add_paragraph(), text)
        case Items(items):
            for number, item in enumerate(items):
                _add_item(paper, item, item_mark(block, number))
        case Table():
            _add_table(paper, block)


def _add_item(paper: Paper, item: Text, mark: str) -> None:
    for number, words in enumerate(item_lines(item)):
        line = paper.add_paragraph()
        if number == 0:
            line.add_run(f"{mark} ")
        _write(line, words)


def _write(line: Line, text: Text) -> None:
    for span in text:
        run = line.add_run(printable(span.text))
        if span.bold:
            run.bold = True


def _flush(paper: Paper, words: str) -> None:
    _indent(paper.add_paragraph(words), 0)


def _add_table(paper: Paper, block: Table) -> None:
    columns = len(block.header)
    size = next(size for most, size in _SIZES if columns <= most)
    table = paper.add_table(rows=0, cols=columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
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
    (line,) = cell.paragraphs
    line.style = "Cell"
    line.alignment = _SIDES[side]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(3)
    for span in text:
        run = line.add_run(printable(span.text))
        run.font.size = Pt(size)
        run.bold = True if bold or span.bold else None


def _add_attachments(paper: Paper, letter: Letter) -> None:
    several = len(letter.attachments) > 1
    for number, name in enumerate(letter.attachments, start=1):
        lead = "附件：" if number == 1 else ""
        mark = f"{number}. " if several else ""
        line = paper.add_paragraph(f"{lead}{mark}{printable(name)}")
        line.paragraph_format.space_before = Pt(8 if number == 1 else 0)
        line.paragraph_format.left_indent = Pt(14 * 5)
        line.paragraph_format.first_line_indent = Pt(-14 * 3 if number == 1 else 0)


def _add_signature(paper: Paper, letter: Letter) -> None:
    for number, words in enumerate(signature(letter)):
        line = paper.add_paragraph(printable(words))
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.space_before = Pt(24 if number == 0 else 6)
        _indent(line, 0)


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
