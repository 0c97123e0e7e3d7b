"""A day in words and a week as a picture."""

import struct
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from doubles.records import people, record

from bot.conversation.turn import Bullets
from bot.documents.chart import chart_png
from bot.documents.fonts import find_fonts
from bot.documents.press import Press
from bot.errors import FontMissing, LetterUnreadable
from bot.figures.count import count, last_days
from bot.figures.report import Report
from bot.figures.unanswered import group_unanswered
from bot.store.port import Depth

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEPTH = Depth(1, None, 2, 3, 4, 0, 0, 0)
ROWS = (
    *people("answer", 6, article="visit-01", took=0.02),
    *people("urgent", 2, article="visit-01"),
    record("none", text="完全不认识的一句话"),
    record("feedback", article="visit-01", value="0"),
    record("feedback_why", article="visit-01", value="long"),
    *people("flow_begun", 3, value="instalment"),
    *people("flow_step", 2, value="instalment:product"),
)


def fonts_or_none():
    """The fonts of this machine."""
    try:
        return find_fonts()
    except FontMissing:
        return None


FONTS = fonts_or_none()


@pytest.fixture
def report(shipped_knowledge):
    """Over the shipped knowledge."""
    return Report(shipped_knowledge)


def test_today_says_it_in_a_few_lines(report, shipped_knowledge):
    """People, questions by outcome, unanswered, useless, waiting, dead letters, version."""
    figures = count(ROWS, last_days(date(2026, 11, 23), 1), SHANGHAI)
    blocks = report.today(figures, group_unanswered(ROWS), DEPTH, 5)
    (lines,) = (block.items for block in blocks if isinstance(block, Bullets))
    assert blocks[0].text == "今天 11月23日"
    assert lines[:2] == (
        "7 人，9 个问题",
        "直接回答 6，紧急 2，让选 0，追问 0，没答上 1",
    )
    assert "等你看的没答好：1 组" in lines
    assert "说有用 0，说没用 1" in lines
    assert "为什么没用：太长 1" in lines
    assert "等多久：一半不超过 0.02 秒，95% 不超过 0.02 秒" in lines
    assert "死信 3，没发出去 4，排队 3" in lines
    assert any(shipped_knowledge.version in line for line in lines)


def test_interview_shows_where_people_are_lost(report, shipped_knowledge):
    """Of a long interview the picture shows the questions at which most people give up."""
    names = [question.name for question in shipped_knowledge.flows["instalment"].questions[:8]]
    answered = dict(zip(names, (20, 20, 12, 12, 11, 6, 6, 2), strict=True))
    rows = [
        *people("flow_begun", 20, value="instalment"),
        *(
            row
            for name, number in answered.items()
            for row in people("flow_step", number, value=f"instalment:{name}")
        ),
    ]
    figures = count(rows, last_days(date(2026, 11, 29), 7), SHANGHAI)
    *_, flow = report.picture(figures, ())["parts"]
    assert [row["count"] for row in flow["rows"]] == [20, 12, 6, 2, 0]


def test_day_without_anybody(report):
    """Nothing is divided by nobody."""
    figures = count((), last_days(date(2026, 11, 23), 7), SHANGHAI)
    data = report.picture(figures, ())
    assert [item["value"] for item in data["numbers"]] == ["0", "0", "–", "0", "–", "–"]
    assert report.week(figures, ())


def test_picture_names_what_was_read_and_how_far_people_came(report, shipped_knowledge):
    """Titles instead of ids; the steps of an interview in its order, with begun and done."""
    figures = count(ROWS, last_days(date(2026, 11, 29), 7), SHANGHAI)
    data = report.picture(figures, group_unanswered(ROWS))
    top, useless, flow = data["parts"]
    assert top["rows"][0]["count"] == 8
    assert top["rows"][0]["label"][:5] == shipped_knowledge.articles["visit-01"].title[:5]
    assert useless["rows"][0]["value"] == "1/1"
    assert [row["count"] for row in flow["rows"]] == [3, 2, 0]
    assert data["days"]["rows"][0]["label"] == "23 一"


@pytest.mark.skipif(FONTS is None, reason="no Chinese font on this machine")
def test_week_is_drawn_for_a_phone(report):
    """A PNG, 780 dots wide and taller than wide, small enough to send."""
    figures = count(ROWS, last_days(date(2026, 11, 29), 7), SHANGHAI)
    png = Press(SHANGHAI, FONTS).make("figures_png", report.picture(figures, ()))
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width == 780
    assert width < height < 2 * width
    assert len(png) < 200_000


def test_nothing_is_drawn_without_a_font_or_from_something_else(report):
    """Without a Chinese font there is no picture; data of another kind are refused."""
    figures = count((), last_days(date(2026, 11, 29), 7), SHANGHAI)
    press = Press(SHANGHAI, None)
    assert not press.draws
    with pytest.raises(FontMissing):
        press.make("figures_png", report.picture(figures, ()))
    with pytest.raises(LetterUnreadable):
        chart_png({"title": "x"})
