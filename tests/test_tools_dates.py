"""Dates, times and deadlines."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AnswerRefused
from bot.tools.dates import Side, add_months, read_day, write_day
from bot.tools.days import deadline
from bot.tools.times import is_night, read_time

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", date(2026, 11, 23)),
        ("昨天", date(2026, 11, 22)),
        ("大前天", date(2026, 11, 20)),
        ("3天前", date(2026, 11, 20)),
        ("两周前", date(2026, 11, 9)),
        ("上个月中旬", date(2026, 10, 15)),
        ("9月底", date(2026, 9, 30)),
        ("去年3月", date(2025, 3, 1)),
        ("2023年1月初", date(2023, 1, 1)),
        ("十月份", date(2026, 10, 1)),
        ("11/20", date(2026, 11, 20)),
        ("11.20", date(2026, 11, 20)),
        ("12/20", date(2025, 12, 20)),
        ("2026-11-20", date(2026, 11, 20)),
        ("26年11月20日", date(2026, 11, 20)),
        ("20261120", date(2026, 11, 20)),
        ("十一月二十号", date(2026, 11, 20)),
        ("二〇二六年十一月二十日", date(2026, 11, 20)),
        ("去年11月3号", date(2025, 11, 3)),
        ("上个月15号", date(2026, 10, 15)),
        ("上个月底", date(2026, 10, 31)),
        ("这个月3号", date(2026, 11, 3)),
        ("20号", date(2026, 11, 20)),
        ("28号", date(2026, 10, 28)),
        ("上周五", date(2026, 11, 20)),
        ("周五", date(2026, 11, 20)),
        ("星期一", date(2026, 11, 23)),
        ("1.5", date(2026, 1, 5)),
        ("2/29", date(2024, 2, 29)),
    ],
)
def test_past_day_is_read(text, day):
    """A day without year or month is the last one that was."""
    assert read_day(text, TODAY, Side.PAST) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天", date(2026, 11, 24)),
        ("1/20", date(2027, 1, 20)),
        ("20号", date(2026, 12, 20)),
        ("下个月15号", date(2026, 12, 15)),
        ("下周五", date(2026, 12, 4)),
        ("三个月后", date(2027, 2, 23)),
        ("明年3月1号", date(2027, 3, 1)),
        ("月底", date(2026, 11, 30)),
        ("3个月", date(2027, 2, 23)),
        ("延三个月吧", date(2027, 2, 23)),
        ("半年", date(2027, 5, 23)),
        ("两个星期", date(2026, 12, 7)),
        ("3月底", date(2027, 3, 31)),
    ],
)
def test_future_day_is_read(text, day):
    """A day without year or month is the next one to come."""
    assert read_day(text, TODAY, Side.FUTURE) == day


@pytest.mark.parametrize(
    ("text", "side", "fault"),
    [
        ("忘了", Side.ANY, "day_unclear"),
        ("3个月", Side.PAST, "day_unclear"),
        ("13月", Side.ANY, "day_impossible"),
        ("", Side.ANY, "day_unclear"),
        ("2/30", Side.ANY, "day_impossible"),
        ("13/40", Side.ANY, "day_impossible"),
        ("下个月31号", Side.ANY, "day_impossible"),
        ("0/0", Side.PAST, "day_impossible"),
        ("明天", Side.PAST, "day_future"),
        ("2026-12-01", Side.PAST, "day_future"),
        ("今天", Side.FUTURE, "day_past"),
        ("2020-01-01", Side.FUTURE, "day_past"),
        ("1850-01-01", Side.PAST, "day_impossible"),
    ],
)
def test_wrong_day_is_refused(text, side, fault):
    """What is no day, or on the wrong side of today, is refused with its reason."""
    today = date(2026, 10, 23) if text == "下个月31号" else TODAY
    with pytest.raises(AnswerRefused) as refused:
        read_day(text, today, side)
    assert refused.value.fault == fault


@given(st.text(max_size=20) | st.text("0123456789年月日号上下个周天前后/.-十", max_size=10))
def test_any_text_is_a_day_or_refused(text):
    """Nothing else comes out, and the rule of the past holds."""
    try:
        day = read_day(text, TODAY, Side.PAST)
    except AnswerRefused:
        return
    assert day <= TODAY


@given(st.dates(date(1990, 1, 1), TODAY))
def test_written_day_reads_back(day):
    """The echo without its weekday means the same day."""
    assert read_day(write_day(day).split("（")[0], TODAY, Side.PAST) == day


def test_echo_has_the_weekday():
    """The person sees which day of the week was understood."""
    assert write_day(date(2026, 11, 20)) == "2026年11月20日（周五）"


def test_month_is_added_to_a_short_one():
    """31 January and a month is the end of February."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_vague_day_is_refused_where_a_deadline_hangs_on_it():
    """上个月中旬 names no day from which days could be counted; 上个月15号 does."""
    with pytest.raises(AnswerRefused) as caught:
        read_day("上个月中旬", TODAY, Side.PAST, vague=False)
    assert caught.value.fault.value == "day_vague"
    assert read_day("上个月15号", TODAY, Side.PAST, vague=False) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("start", "last", "moved"),
    [
        (date(2026, 11, 9), date(2026, 11, 24), False),  # first day not counted
        (date(2026, 11, 6), date(2026, 11, 23), True),  # the 21st is a Saturday
        (date(2026, 9, 17), date(2026, 10, 8), True),  # 2 October lies in the holidays
        (date(2026, 9, 5), date(2026, 9, 20), False),  # a Sunday worked in exchange
    ],
)
def test_deadline_follows_the_calendar(start, last, moved):
    """Holidays push the last day, worked weekends do not."""
    found = deadline(start, 15)
    assert (found.last, found.moved, found.certain) == (last, moved, True)
    assert found.advised == last - timedelta(days=3)


def test_deadline_in_a_year_without_holidays_is_the_earlier_day():
    """Where the table ends the deadline says so and does not move."""
    found = deadline(date(2030, 12, 17), 15)
    assert (found.last, found.certain) == (date(2031, 1, 1), False)


def test_advice_is_not_in_the_past():
    """Three days before the end, but never before today and never after the end."""
    assert deadline(date(2026, 11, 9), 15, TODAY).advised == TODAY
    late = deadline(date(2026, 11, 1), 15, TODAY)
    assert late.advised == late.last < TODAY


@given(st.dates(date(2005, 1, 1), date(2026, 11, 1)), st.integers(1, 60))
def test_deadline_never_shortens(start, days):
    """The period is never shorter than its days."""
    found = deadline(start, days)
    assert start + timedelta(days=days) <= found.last
    assert start <= found.advised <= found.last


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21:30", time(21, 30)),
        ("晚上9点半", time(21, 30)),
        ("下午三点", time(15, 0)),
        ("早上八点十分", time(8, 10)),
        ("0点", time(0, 0)),
        ("24点", time(0, 0)),
    ],
)
def test_time_is_read(text, moment):
    """Clock times and spoken ones."""
    assert read_time(text) == moment


@pytest.mark.parametrize("text", ["", "9", "25:00", "刚才", "9点70分"])
def test_wrong_time_is_refused(text):
    """A bare number or an impossible time is asked again."""
    with pytest.raises(AnswerRefused):
        read_time(text)


def test_night_is_from_ten_to_eight():
    """Both edges."""
    assert [is_night(time(h, m)) for h, m in [(21, 59), (22, 0), (7, 59), (8, 0)]] == [
        False,
        True,
        True,
        False,
    ]
