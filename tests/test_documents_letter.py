"""Letters as values: their JSON, their bodies from Markdown, their names."""

import json
from datetime import date

import pytest
from doubles.letters import court_letter, lender_letter, long_sheet, with_body
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.body import parse_body
from bot.documents.letter import (
    Align,
    Heading,
    Items,
    Kind,
    Letter,
    Paragraph,
    Span,
    Table,
    body_lines,
    file_name,
    plain,
    usual_footer,
    usual_kind,
)
from bot.documents.printable import printable
from bot.documents.text import to_text
from bot.errors import LetterUnreadable
from bot.flows.templates import for_letter


def text(words: str) -> tuple[Span, ...]:
    """Words without weight."""
    return (Span(words),)


@pytest.mark.parametrize("letter", [lender_letter(), court_letter(), long_sheet(3)])
def test_json_round_trip(letter):
    """A letter survives the outbox unchanged."""
    assert Letter.from_json(json.loads(json.dumps(letter.to_json()))) == letter


spans = st.lists(st.builds(Span, st.text(), st.booleans()), max_size=3).map(tuple)
blocks = st.one_of(
    st.builds(Heading, spans, st.integers(1, 2)),
    st.builds(Paragraph, spans),
    st.builds(Items, st.lists(spans, max_size=3).map(tuple), st.booleans(), st.integers(1, 9)),
    st.builds(
        lambda header, rows: Table(header, rows, (Align.LEFT,) * len(header)),
        st.lists(spans, min_size=2, max_size=2).map(tuple),
        st.lists(st.tuples(spans, spans), max_size=3).map(tuple),
    ),
)


@given(st.lists(blocks, max_size=5).map(tuple), st.text(), st.sampled_from(Kind))
def test_any_letter_round_trips(content, words, kind):
    """Whatever stands in a letter, its JSON gives it back."""
    letter = Letter(words, content, "材料", date(2026, 11, 23), kind, words, (words,), words)
    assert Letter.from_json(letter.to_json()) == letter


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"made": "2026-11-23"},
        {"made": "昨天", "kind": "letter"},
        {"made": "2026-11-23", "kind": "poem"},
        {"made": "2026-11-23", "kind": "letter", "blocks": [{"verse": []}]},
        {"made": "2026-11-23", "kind": "letter", "blocks": [{"paragraph": [1]}]},
    ],
)
def test_other_json_is_refused(data):
    """What is no letter is refused by name."""
    with pytest.raises(LetterUnreadable):
        Letter.from_json(data)


def test_body_from_markdown():
    """Headings, paragraphs, lists, tables and bold words become blocks; lines stay lines."""
    markdown = (
        "# 甲\n\n### 乙\n第一行**重**\n第二行\n\n3. 丙\n   续行\n\n1. 丁\n\n- 戊\n\n"
        "| 名 | 数 |\n|---|--:|\n| a\\|b | **1** |\n| 缺 |\n"
    )
    assert parse_body(markdown) == (
        Heading(text("甲"), 1),
        Heading(text("乙"), 2),
        Paragraph((Span("第一行"), Span("重", bold=True))),
        Paragraph(text("第二行")),
        Items((text("丙\n续行"), text("丁")), numbered=True, start=3),
        Items((text("戊"),), numbered=False),
        Table(
            (text("名"), text("数")),
            ((text("a|b"), (Span("1", bold=True),)), (text("缺"), ())),
            (Align.LEFT, Align.RIGHT),
        ),
    )


def test_nested_parts_stay_within_their_item():
    """A list in a list becomes lines of its item; nothing is lost."""
    (items,) = parse_body("1. 外\n   - 内一\n   - 内二\n2. 后")
    assert [plain(item) for item in items.items] == ["外\n• 内一\n• 内二", "后"]


def test_underscores_are_blanks():
    """Blanks between Chinese marks are never read as emphasis or as a rule."""
    lines = "异议人：________，身份证号：________________，住址：____。"
    assert parse_body(lines) == (Paragraph(text(lines)),)
    assert parse_body("________") == (Paragraph(text("________")),)


def test_other_markup_stays_as_written():
    """HTML, quotes, code, links and pictures mean nothing in a letter."""
    for line in ("<b>x</b> &amp;", "> 引用", "`x` ~~y~~", "[a](http://b)", "![a](b)", "a ![] (c)"):
        assert body_lines(parse_body(line)) == (line,)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_words_of_a_person_stay_words(words):
    """Whatever a person wrote, escaped as the flows do, stands in the letter as it was written."""
    kept = " ".join(words.split())
    assert "".join(body_lines(parse_body(f"因{for_letter(words)}止"))) == f"因{kept}止"
    (items,) = parse_body(f"1. 理由。{for_letter(words)}。")
    assert plain(items.items[0]) == f"理由。{kept}。"
    (table,) = parse_body(f"| 甲 | 乙 |\n|---|---|\n| 值{for_letter(words)}值 | 2 |")
    assert plain(table.rows[0][0]) == f"值{kept}值"
    assert plain(table.rows[0][1]) == "2"


def test_blank_lines_are_not_repeated():
    """A blank that the body has is not put above the signature again."""
    letter = lender_letter()
    assert [line.partition("：")[0] for line in letter.blank_lines()] == ["身份证号"]
    assert [line.partition("：")[0] for line in with_body("正文。").blank_lines()] == [
        "身份证号",
        "联系电话",
    ]


@pytest.mark.parametrize(
    ("addressee", "kind"),
    [
        ("某某区人民法院", Kind.COURT),
        ("某某仲裁委员会 ", Kind.COURT),
        ("某某银行信用卡中心", Kind.LETTER),
        ("某某法院路支行", Kind.LETTER),
        ("", Kind.SHEET),
    ],
)
def test_layout_follows_the_addressee(addressee, kind):
    """A court is named at the end, a lender at the top."""
    assert usual_kind(addressee) is kind


def test_file_names_are_safe():
    """A file's name has a date and nothing that a system would trip over."""
    day = date(2026, 1, 2)
    assert file_name("申请书", day, "pdf") == "申请书-20260102.pdf"
    assert file_name("../a b\\c:*?", day, "pdf") == "abc-20260102.pdf"
    assert file_name("…", day, "csv") == "材料-20260102.csv"


def test_footer_says_what_it_must():
    """The foot tells the day, who answers for it, that it is no advice, and how old the law is."""
    (line,) = usual_footer(date(2026, 11, 23), date(2026, 11, 1))
    for words in (
        "2026年11月23日生成",
        "由本人核对后签名使用；信息工具，不构成法律意见",
        "法条以2026年11月1日为准",
    ):
        assert words in line


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("好😭的👨‍👩‍👧", "好的"),
        ("a\x00b\x1b\ud800c\u202ed\ufeff", "abcd"),
        ("一\t二\r\n三", "一 二\n三"),
        ("已还款。。，再说", "已还款。再说"),
        ("2026年11月22日 收到 300 元 利息", "2026年11月22日收到 300 元利息"),
        ("没钱了 还不上", "没钱了 还不上"),
        ("☐ 已收到 ✓", "☐ 已收到 ✓"),
        ("𠮷龘㛃繁體", "𠮷龘㛃繁體"),
        ("……——“引”", "……——“引”"),
    ],
)
def test_printable(written, printed):
    """Paper takes words, also rare and traditional ones, but no pictographs or controls."""
    assert printable(written) == printed


def test_text_to_paste():
    """The text has everything in the order of the paper."""
    order = ["延期还款申请书", "某某消费金融有限公司：", "本人____", "一、困难原因", "1. 申请延期"]
    order += ["时间 | 每月金额", "附件：\n1. 离职证明\n2. 收入流水", "身份证号：____", "（签名）"]
    order += ["日期：____", "不构成法律意见"]
    written = to_text(lender_letter())
    places = [written.index(words) for words in order]
    assert places == sorted(places)
    assert "**" not in written


def test_text_to_a_court_names_it_last():
    """The court stands after 此致."""
    written = to_text(court_letter())
    assert "此致\n某某区人民法院" in written
    assert "某某区人民法院：" not in written
