"""The size of the type: one page where the small size makes it one, the usual size otherwise."""

import io
from dataclasses import replace

import pytest
from docx import Document
from docx.shared import Pt
from doubles.letters import fonts_or_skip, lender_letter, long_sheet, with_body

from bot.documents.docx import to_docx
from bot.documents.fit import SMALL, USUAL, type_size
from bot.documents.pdf import to_png

LINE = "申请人因停业失业，扣除基本生活支出后，暂时无法按期足额还款。"


@pytest.mark.parametrize(("lines", "size"), [(3, USUAL), (12, SMALL), (60, USUAL)])
def test_size_follows_the_length(lines, size):
    """Short and long letters are set in 四号; one that is a little too long in 小四."""
    assert type_size(with_body("\n\n".join([LINE] * lines))) == size


@pytest.mark.parametrize("lines", [10, 12, 14])
def test_small_size_brings_it_onto_one_page(lines):
    """Where the small size is chosen, one page is enough."""
    letter = with_body("\n\n".join([LINE] * lines))
    pages = len(to_png(letter, fonts_or_skip()))
    assert type_size(letter) == USUAL or pages == 1


def test_word_has_the_same_size():
    """DOCX and PDF agree."""
    letter = with_body("\n\n".join([LINE] * 12))
    paper = Document(io.BytesIO(to_docx(letter)))
    assert paper.styles["Normal"].font.size == Pt(SMALL)
    assert Document(io.BytesIO(to_docx(lender_letter()))).styles["Normal"].font.size == Pt(USUAL)


def test_short_table_is_not_torn_apart():
    """The rows of a short table stay together; a long one may break."""
    short, long = (Document(io.BytesIO(to_docx(long_sheet(rows)))).tables[0] for rows in (5, 80))
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in short.rows]
    assert kept == [True] * 5 + [None]
    assert not long.rows[3].cells[0].paragraphs[0].paragraph_format.keep_with_next


def test_empty_letter_has_a_size():
    """Nothing to measure is no reason to fail."""
    assert type_size(replace(lender_letter(), blocks=())) == USUAL
