"""Files of an interview: calendar, tables, the linter, and the press that makes them all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from doubles.letters import court_letter, lender_letter, long_sheet, with_body
from icalendar import Calendar

from bot.documents.calendar import Entry, to_ics
from bot.documents.lint import Finding, Flaw, lint
from bot.documents.press import NEEDS_FONT, Press, open_press
from bot.documents.tables import table_rows, to_csv
from bot.errors import FontMissing, LetterUnreadable

SHANGHAI = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 11, 23, 21, 0, tzinfo=SHANGHAI)
LAST = Entry("po-last", "材料最后一天", date(2026, 12, 7))


def events(content: bytes):
    """The entries of a calendar file."""
    return Calendar.from_ical(content).walk("VEVENT")


def test_entry_and_alarms():
    """An entry is at nine in Shanghai, with alarms seven, three and one day before."""
    (event,) = events(to_ics([LAST], MADE, SHANGHAI))
    assert event["SUMMARY"] == "材料最后一天"
    assert event.decoded("DTSTART").astimezone(UTC) == datetime(2026, 12, 7, 1, tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    triggers = [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
    assert triggers == [timedelta(days=-7), timedelta(days=-3), timedelta(days=-1)]
    assert b"BEGIN:VTIMEZONE" in to_ics([LAST], MADE, SHANGHAI)


def test_past_alarms_are_left_out():
    """An alarm whose time has passed would ring at once."""
    (event,) = events(to_ics([replace(LAST, day=date(2026, 11, 25))], MADE, SHANGHAI))
    assert [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")] == [timedelta(days=-1)]


def test_same_key_same_uid():
    """A corrected day replaces the old entry; another key is another entry."""
    later = MADE + timedelta(hours=1)
    (first,) = events(to_ics([LAST], MADE, SHANGHAI))
    (moved,) = events(to_ics([replace(LAST, day=date(2026, 12, 8))], later, SHANGHAI))
    (other,) = events(to_ics([replace(LAST, key="po-clerk")], MADE, SHANGHAI))
    assert first["UID"] == moved["UID"] != other["UID"]
    assert moved["SEQUENCE"] > first["SEQUENCE"]


def test_title_cannot_add_lines():
    """A line feed in a title adds nothing to the file."""
    title = "材料\r\nEND:VEVENT\nATTENDEE:x"
    (event,) = events(to_ics([replace(LAST, title=title)], MADE, SHANGHAI))
    assert "ATTENDEE" not in event


def test_csv_for_spreadsheets():
    """Excel sees Chinese, quotes are kept, and no cell becomes a formula."""
    rows = [["名称", "金额"], ['a"b,c', "-3,000.50"], ["=1+1", "+86"], ["@x", "-x"]]
    assert to_csv(rows) == (
        "\ufeff名称,金额\r\n"
        '"a""b,c","-3,000.50"\r\n'
        "'=1+1,+86\r\n"
        "'@x,'-x\r\n"
    ).encode()  # fmt: skip


def test_tables_of_a_letter():
    """Each table comes under its heading."""
    rows = list(table_rows(long_sheet(1)))
    assert rows[0] == ("债务清单",)
    assert rows[1][:2] == ("序号", "债权人")
    assert rows[2][:2] == ("1", "债权人1")


@pytest.mark.parametrize("letter", [lender_letter(), court_letter(), long_sheet(2)])
def test_good_letters_pass(letter):
    """A complete letter has no faults."""
    assert lint(letter) == ()


@pytest.mark.parametrize(
    ("letter", "flaw", "word"),
    [
        (replace(lender_letter(), required=("以贵行对账为准",)), Flaw.LACKS, "以贵行对账为准"),
        (replace(court_letter(), forbidden=("清偿",)), Flaw.FORBIDDEN, "清偿"),
        (replace(with_body("想分\n\n期。"), forbidden=("分期",)), Flaw.FORBIDDEN, "分期"),
        (replace(with_body("想 分 期"), forbidden=("分期",)), Flaw.FORBIDDEN, "分期"),
        (with_body("证号 11010519491231002X。"), Flaw.PERSONAL, "身份证号"),
        (with_body("卡号 6222 0202 0011 2233 445。"), Flaw.PERSONAL, "银行卡号"),
        (with_body("| 电话 | b |\n|---|---|\n| 13800138000 | 1 |"), Flaw.PERSONAL, "手机号"),
        (replace(lender_letter(), attachments=("13800138000",)), Flaw.PERSONAL, "手机号"),
        (with_body("于 {{ day }} 收到"), Flaw.LEFT_OVER, "{{"),
        (with_body("欠款 None 元"), Flaw.LEFT_OVER, "None"),
        (replace(lender_letter(), file="支付令异议"), Flaw.NAME, "支付令"),
        (replace(lender_letter(), addressee=" "), Flaw.ADDRESSEE, ""),
        (replace(lender_letter(), signer=""), Flaw.SIGNER, ""),
        (replace(lender_letter(), blocks=(), required=()), Flaw.EMPTY, ""),
        (replace(lender_letter(), footer=()), Flaw.FOOTER, ""),
    ],
)
def test_faults_are_found(letter, flaw, word):
    """Each kind of fault is found and named."""
    assert Finding(flaw, word) in lint(letter)


def test_findings_speak_chinese():
    """An admin reads what is wrong."""
    assert str(Finding(Flaw.LACKS, "民督")) == "缺少“民督”"
    assert str(Finding(Flaw.ADDRESSEE)) == "没有写给谁"


def test_forbidden_words_may_name_an_attachment():
    """Evidence may be called what the body must not say."""
    letter = replace(court_letter(), attachments=("分期协议复印件",))
    assert lint(letter) == ()


def test_press_without_fonts():
    """Without a font there is DOCX, text, table and calendar, and a named error for the rest."""
    press = Press(SHANGHAI, None)
    letter = lender_letter().to_json()
    assert press.make("docx", letter).startswith(b"PK")
    assert press.make("text", letter).decode().startswith("延期还款申请书")
    assert press.make("csv", letter).decode("utf-8-sig").startswith("二、申请事项")
    card = {"title": "门口有人", "lines": ["不开门"], "large": False}
    for kind in NEEDS_FONT:
        with pytest.raises(FontMissing):
            press.make(kind, letter if kind == "pdf" else card)


def test_press_makes_calendars_and_tables():
    """Calendars and tables come from plain JSON."""
    press = open_press(SHANGHAI)
    data = {"entries": [LAST.to_json()], "made": "2026-11-23T21:00:00+08:00"}
    assert press.make("calendar", data) == to_ics([LAST], MADE, SHANGHAI)
    assert press.make("csv", {"rows": [["甲", "1"]]}) == "\ufeff甲,1\r\n".encode()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("poem", {}),
        ("docx", {}),
        ("pdf", None),
        ("text", []),
        ("csv", []),
        ("card_png", {}),
        ("calendar", {"entries": [], "made": "?"}),
        ("calendar", {"entries": [{"key": "x"}], "made": "2026-11-23"}),
        ("calendar", None),
    ],
)
def test_press_refuses_nonsense(kind, data):
    """What cannot be read is refused by name, whatever it is."""
    with pytest.raises((LetterUnreadable, FontMissing)):
        open_press(SHANGHAI).make(kind, data)
