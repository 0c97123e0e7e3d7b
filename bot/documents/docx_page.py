"""Page, fonts and styles of a DOCX: A4, 仿宋 in 四号, a title in 二号 黑体, page numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.documents.fit import MARGINS, PITCH
from bot.documents.printable import printable

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph as Line

    from bot.documents.letter import Letter

SERIF: Final = "仿宋"
SANS: Final = "黑体"
LATIN: Final = "Times New Roman"
_MAX_TITLE: Final = 40
"""Characters."""
INDENT: Final = 200
"""Of a first line, in hundredths of a character."""
_OF_THE_TEMPLATE: Final = (RT.EXTENDED_PROPERTIES, RT.THUMBNAIL)
"""Parts in which the library's template names a program and shows a picture."""


def describe(paper: Paper, letter: Letter) -> None:
    """Sets the properties of the file: a neutral title and the day, no maker."""
    made = datetime(letter.made.year, letter.made.month, letter.made.day)  # noqa: DTZ001, as the format has it
    about = paper.core_properties
    about.title = printable(letter.file)[:_MAX_TITLE]
    about.author = about.last_modified_by = about.comments = about.keywords = about.subject = ""
    about.created = about.modified = made
    about.revision = 1
    about.language = "zh-CN"
    relations = paper.part.package.rels
    for name in [name for name, part in relations.items() if part.reltype in _OF_THE_TEMPLATE]:
        del relations[name]


def set_styles(paper: Paper, size: int) -> None:
    """Sets fonts, sizes and distances for running text, titles and cells of tables.

    Args:
        paper: the document.
        size: of the running text, in points.
    """
    for language in paper.styles.element.xpath("./w:docDefaults//w:lang"):
        language.set(qn("w:eastAsia"), "zh-CN")
    _set_running_text(paper, size)
    _set_titles(paper, size)
    _set_cells(paper)


def _set_running_text(paper: Paper, size: int) -> None:
    normal = _style(paper, "Normal")
    _set_font(normal, SERIF)
    normal.font.size = Pt(size)
    form = normal.paragraph_format
    form.line_spacing = Pt(PITCH[size])
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    indent(normal, INDENT, size)


def _set_titles(paper: Paper, size: int) -> None:
    for name, points in (("Title", 22), ("Heading 1", size), ("Heading 2", size)):
        style = _style(paper, name)
        _set_font(style, SERIF if name == "Heading 2" else SANS)
        style.font.size = Pt(points)
        style.font.bold = True
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(6)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.line_spacing = Pt(PITCH[size])
    title = _style(paper, "Title")
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = 1.2
    title.paragraph_format.space_after = Pt(18)
    indent(title, 0)
    for border in title.element.xpath(".//w:pBdr"):
        border.getparent().remove(border)


def _set_cells(paper: Paper) -> None:
    cell = paper.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = _style(paper, "Normal")
    cell.paragraph_format.line_spacing = 1.15
    indent(cell, 0)
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap between 2026 and 年: dates stay whole
        space = OxmlElement(name)
        space.set(qn("w:val"), "0")
        cell.element.get_or_add_pPr().insert_element_before(space, "w:spacing", "w:ind")


def _style(paper: Paper, name: str) -> ParagraphStyle:
    style: ParagraphStyle = paper.styles[name]
    return style


def _set_font(style: ParagraphStyle, chinese: str) -> None:
    """Names the fonts; what a theme says about them would win otherwise."""
    style.font.name = LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.lower().endswith("theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), chinese)
    fonts.set(qn("w:cs"), LATIN)


def indent(target: ParagraphStyle | Line, hundredths: int, size: int = 14) -> None:
    """Indents the first line by characters, which a change of the size follows."""
    target.paragraph_format.first_line_indent = Pt(size * hundredths // 100)
    properties = target._element.get_or_add_pPr()  # noqa: SLF001, no other way
    properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(hundredths))


def set_page(paper: Paper, letter: Letter, size: int) -> None:
    """Sets A4, the margins, and a foot with the notes of the letter and page numbers."""
    (section,) = paper.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = map(Mm, MARGINS[size])
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(12)
    first, *_ = section.footer.paragraphs
    for number, words in enumerate((*letter.footer, "")):
        line = section.footer.add_paragraph() if number else first
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.line_spacing = 1.0
        indent(line, 0)
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
