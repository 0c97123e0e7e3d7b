"""Letters and cards as PDF and as pictures."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import typst
from doubles.letters import court_letter, fonts_or_skip, lender_letter, long_sheet, with_body
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.documents.door_card import DoorCard, card_pdf, card_png
from bot.documents.fonts import Fonts, choose_fonts, describe_fonts, find_fonts
from bot.documents.letter import Letter, Paragraph, Span
from bot.documents.pdf import to_pdf, to_png
from bot.errors import FontMissing, LetterUnreadable

A4 = (595, 842)
PNG = b"\x89PNG\r\n\x1a\n"
DOOR = DoorCard("门口有人", ("不开门", "手机录像", "问：你是谁？谁委托的？", "危险就打 110"))


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    """The fonts of this machine."""
    return fonts_or_skip()


def read(content: bytes) -> PdfReader:
    """A PDF as a viewer opens it."""
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    """Its text without spaces and line feeds."""
    text = "".join(page.extract_text() for page in read(content).pages)
    return "".join(text.replace("\u200b", "").split())


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    assert picture.startswith(PNG)
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


def test_all_parts_are_on_the_paper(fonts):
    """Title, addressee, body, table, attachments, signature and foot are there, in order."""
    text = words(to_pdf(lender_letter(), fonts))
    order = [
        "延期还款申请书",
        "某某消费金融有限公司：",
        "一、困难原因",
        "1.申请延期至2027年3月15日",
    ]
    order += ["每月金额", "附件：", "1.离职证明", "身份证号：", "申请人（签名）：", "日期："]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "由本人核对后签名使用；信息工具，不构成法律意见" in text


def test_a_court_is_named_last(fonts):
    """A court stands after 此致, not above the body."""
    text = words(to_pdf(court_letter(), fonts))
    assert "此致某某区人民法院" in text
    assert "某某区人民法院：" not in text


def test_page_is_a4_and_fonts_are_in_it(fonts):
    """The page is A4 and needs no font of the printer's."""
    page = read(to_pdf(lender_letter(), fonts)).pages[0]
    assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4
    for font in page["/Resources"]["/Font"].values():
        (child,) = font.get_object()["/DescendantFonts"]
        descriptor = child.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_long_table_goes_over_pages(fonts):
    """A long table repeats its header and numbers the pages."""
    pages = read(to_pdf(long_sheet(80), fonts)).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        text = "".join(page.extract_text().split())
        assert "债权人" in text
        assert f"第{number}页，共{len(pages)}页" in text


def test_signature_is_never_alone_on_a_page(fonts):
    """The last words go with the signature to the next page, however long the letter is."""
    for length in range(1, 40, 3):
        letter = with_body("\n\n".join([*["一行字。"] * length, "请贵司书面答复。"]))
        *_, last = read(to_pdf(letter, fonts)).pages
        text = "".join(last.extract_text().split())
        assert "请贵司书面答复。" in text
        assert "（签名）" in text


def test_same_letter_same_bytes(fonts):
    """The bytes depend on the letter alone, also with several set at once."""
    letters = [lender_letter(), court_letter()] * 4
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda letter: to_pdf(letter, fonts), letters))
    assert set(made) == {made[0], made[1]}


def test_title_of_the_file_is_neutral(fonts):
    """A viewer's list of recent files does not tell what it is about."""
    about = read(to_pdf(court_letter(), fonts)).metadata
    assert about.title == "申请书"
    assert about.author is None


MARKUP = [
    "#panic()",
    '#import "@preview/a:1.0.0"',
    "$x^2$ \\ #[*b*] _i_ `c` <label> @ref",
    "= 标题",
    '#read("/etc/passwd")',
    '"); panic(); ("',
    "// 注释 /* */ https://a.b",
    '{"bold": 1}',
]  # fmt: skip


@pytest.mark.parametrize("line", MARKUP)
def test_markup_of_typst_is_words(fonts, line):
    """What a person writes is never read as typst."""
    letter = Letter(line, (Paragraph((Span(line),)),), line, lender_letter().made, addressee=line)
    text = words(to_pdf(replace(letter, attachments=(line,), signer=line, footer=(line,)), fonts))
    assert text.count("".join(line.split())) >= 4


@settings(max_examples=25, deadline=None)
@given(st.text())
def test_any_words(text):
    """Whatever a person writes, a PDF comes of it."""
    letter = lender_letter()
    block = Paragraph((Span(text), Span(text, bold=True)))
    made = replace(letter, title=text, blocks=(block,), addressee=text, attachments=(text,))
    assert to_pdf(made, fonts_or_skip()).startswith(b"%PDF-")


def test_long_words_stay_on_the_page(fonts):
    """An address or a number without spaces breaks at the margin, also within a table."""
    long = "https://example.org/" + "x" * 200
    pdf = to_pdf(with_body(f"见 {long}\n\n| 甲 | 乙 |\n|---|---|\n| {long} | 1 |"), fonts)
    assert words(pdf).count(long) == 2
    lines = read(pdf).pages[0].extract_text().replace("\u200b", "").splitlines()
    assert max(line.count("x") for line in lines) < 70


def test_nothing_but_a_title(fonts):
    """A letter without a body is set all the same."""
    assert "空" in words(to_pdf(Letter("空", (), "材料", lender_letter().made), fonts))


def test_pictures_of_the_pages(fonts):
    """Each page is a picture of A4."""
    pictures = to_png(long_sheet(80), fonts)
    assert len(pictures) == len(read(to_pdf(long_sheet(80), fonts)).pages)
    width, height = size(pictures[0])
    assert height / width == pytest.approx(A4[1] / A4[0], abs=0.01)


@pytest.mark.parametrize("large", [False, True])
def test_door_card(fonts, large):
    """A card is one page with all its words, the same bytes every time."""
    card = replace(DOOR, large=large)
    pdf = card_pdf(card, fonts)
    assert len(read(pdf).pages) == 1
    for part in ("门口有人", "不开门", "手机录像", "问", "你是谁？", "危险就打110"):
        assert part in words(pdf)
    assert card_pdf(card, fonts) == pdf
    assert size(card_png(card, fonts)) == (1191, 1684)


def test_card_words_are_large(fonts):
    """The words for the family are at least 18 millimetres high: readable from two metres."""
    heights: list[float] = []

    def look(text, _cm, _tm, _font, size):
        if "不开门" in text:
            heights.append(size)

    card = DoorCard("有人敲门", ("不开门", "不说话", "给我打电话", "不走就打 110"), large=True)
    read(card_pdf(card, fonts)).pages[0].extract_text(visitor_text=look)
    assert max(heights) * 25.4 / 72 > 18


def test_long_card_stays_on_one_page(fonts):
    """Words that are many become smaller, and long ones break."""
    card = DoorCard("标题" * 20, ("很长的一句话，" * 12, "说：" + "请离开。" * 20, "x" * 30))
    assert len(read(card_pdf(card, fonts)).pages) == 1


def test_card_round_trip():
    """A card survives the outbox; what is none is refused."""
    assert DoorCard.from_json(DOOR.to_json()) == DOOR
    for data in (None, [], {"title": "x"}, {"lines": []}):
        with pytest.raises(LetterUnreadable):
            DoorCard.from_json(data)


def test_no_font(tmp_path):
    """Without a Chinese font a named error says so, and the doctor tells the way."""
    with pytest.raises(FontMissing):
        find_fonts([tmp_path], system=False)
    good, detail = describe_fonts([tmp_path], system=False)
    assert not good
    assert "apt install fonts-noto-cjk" in detail


def test_latin_fonts_are_not_enough():
    """The fonts that typst brings along have no Chinese."""
    embedded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    assert embedded.families()
    with pytest.raises(FontMissing):
        choose_fonts(embedded)
