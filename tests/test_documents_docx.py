"""Letters as DOCX, read back."""

import io
import zipfile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from doubles.letters import court_letter, lender_letter, long_sheet, with_body
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.docx import to_docx
from bot.documents.letter import Paragraph, Span
from bot.documents.printable import printable


def opened(letter):
    """The document as Word would open it."""
    return Document(io.BytesIO(to_docx(letter)))


def lines(letter) -> list[str]:
    """Its paragraphs outside of tables."""
    return [line.text for line in opened(letter).paragraphs if line.text]


def test_order_of_a_letter():
    """Title, addressee, body, attachments, blanks and signature stand in this order."""
    written = lines(lender_letter())
    assert written[:2] == ["延期还款申请书", "某某消费金融有限公司："]
    assert "1. 申请延期至 2027年3月15日前还款。" in written
    assert written[-5:-3] == ["附件：1. 离职证明", "2. 收入流水"]
    assert [line.partition("：")[0] for line in written[-3:]] == [
        "身份证号",
        "申请人（签名）",
        "日期",
    ]


def test_a_court_is_named_last():
    """A court stands below the body, after 此致."""
    written = lines(court_letter())
    assert written[written.index("此致") + 1] == "某某区人民法院"
    assert written[1].startswith("异议人于")


def test_page_and_type():
    """A4, Chinese fonts named as such, first lines indented by two characters."""
    paper = opened(lender_letter())
    (section,) = paper.sections
    assert section.page_width == pytest.approx(Mm(210), rel=1e-3)
    assert section.page_height == pytest.approx(Mm(297), rel=1e-3)
    normal = paper.styles["Normal"].element
    assert normal.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert normal.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert paper.styles["Title"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert not [name for name in normal.rPr.rFonts.attrib if name.lower().endswith("theme")]


def test_signature_stands_on_the_right():
    """The signature stands in the right half and stays with the last words."""
    *_, before, last = opened(lender_letter()).paragraphs
    assert last.paragraph_format.left_indent > Mm(70)
    assert before.paragraph_format.keep_with_next


def test_bold_words():
    """Words between two stars are bold, without the stars."""
    runs = [run for line in opened(lender_letter()).paragraphs for run in line.runs if run.bold]
    assert [run.text for run in runs] == ["以贵司对账为准"]


def test_tables_have_borders_and_a_header_on_each_page():
    """A table keeps its cells, shows lines, and repeats its header."""
    (table,) = opened(long_sheet(80)).tables
    assert len(table.rows) == 81
    assert [cell.text for cell in table.rows[1].cells][:4] == ["1", "债权人1", "银行卡", "1,234.50"]
    assert table.style.name == "Table Grid"
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1].cells[0].paragraphs[0].alignment is WD_ALIGN_PARAGRAPH.RIGHT


def test_foot_of_the_page():
    """The foot has the note and numbers the pages."""
    (section,) = opened(lender_letter()).sections
    note, numbers = section.footer.paragraphs
    assert "不构成法律意见" in note.text
    fields = [field.get(qn("w:instr")) for field in numbers._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_properties_name_nobody():
    """Neither the library, nor a program, nor a person is named; the title is neutral."""
    about = opened(lender_letter()).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.title == "申请书"
    with zipfile.ZipFile(io.BytesIO(to_docx(lender_letter()))) as archive:
        assert {name for name in archive.namelist() if name.startswith("docProps/")} == {
            "docProps/core.xml"
        }


def test_same_letter_same_bytes(time_machine):
    """The bytes depend on the letter alone, not on the clock."""
    time_machine.move_to("2026-11-23T10:00:00Z", tick=False)
    first = to_docx(lender_letter())
    time_machine.move_to("2027-05-01T10:00:00Z", tick=False)
    assert to_docx(lender_letter()) == first


@settings(max_examples=25, deadline=None)
@given(st.text())
def test_any_words(words):
    """Whatever a person writes, a document comes of it, with what paper takes of the words."""
    letter = with_body("正文。")
    block = Paragraph((Span(f"始{words}终"),))
    paper = opened(type(letter)(words, (block,), "材料", letter.made, addressee=words))
    body = "".join(line.text for line in paper.paragraphs)
    assert "".join(printable(f"始{words}终").split()) in "".join(body.split())
