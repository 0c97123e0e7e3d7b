"""Dates as people write them: 11/20, 昨天, 上个月15号, 十一月二十号, 下周五."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.errors import AnswerRefused, Refusal
from bot.tools.numerals import read_numeral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Side(StrEnum):
    """Which side of today a date must be on."""

    ANY = "any"
    PAST = "past"
    """Today or before."""
    FUTURE = "future"
    """After today."""


WEEKDAYS: Final = "一二三四五六日"
_EARLIEST: Final = date(1990, 1, 1)
_LATEST: Final = date(2099, 12, 31)
_RELATIVE: Final = {
    "今天": 0, "今日": 0, "刚刚": 0, "今早": 0, "今晚": 0, "昨天": -1, "昨日": -1, "昨晚": -1,
    "前天": -2, "大前天": -3, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_NUMERALS: Final = re.compile(r"[零〇一二三四五六七八九十两廿]+")
_YEARS: Final = {"今年": 0, "去年": -1, "前年": -2, "明年": 1, "后年": 2}
_MONTHS: Final = {"上上个月": -2, "上上月": -2, "上个月": -1, "上月": -1, "这个月": 0, "本月": 0, "这月": 0, "当月": 0, "下个月": 1, "下月": 1, "下下个月": 2, "下下月": 2}  # fmt: skip
_WEEKS: Final = {"上上": -1 - 1, "上": -1, "这": 0, "本": 0, "": 0, "下": 1, "下下": 2}

_FULL: Final = re.compile(r"(\d{4}|\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_PACKED: Final = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_MONTH_DAY: Final = re.compile(
    r"(今年|去年|前年|明年|后年)?的?(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?"
)
_BY_MONTH: Final = re.compile(rf"({'|'.join(_MONTHS)})的?(?:(\d{{1,2}})[日号]?|(月?底|末))")
_PARTS: Final = {"": 1, "初": 1, "上旬": 5, "中旬": 15, "中": 15, "下旬": 25}
"""Parts of a month, and the day that stands for each."""
_BY_PART: Final = re.compile(
    rf"(?:({'|'.join(_MONTHS)})|(今年|去年|前年|明年|后年|20\d\d年)?的?(\d{{1,2}})月份?)的?(初|上旬|中旬|中|下旬|月?底|月?末|)"
)
_BY_WEEK: Final = re.compile(r"(上上|上|这|本|下下|下|)个?(?:周|星期|礼拜)([1-7日天])")
_AGO: Final = re.compile(r"(\d{1,3})(天|日|个?星期|周|个月|年)(前|后|以前|以后|之前|之后)")
_FOR: Final = re.compile(
    r"(?:再|先|想)?(?:延期?|宽限|推迟|晚)?到?(\d{1,3})(天|个?星期|周|个月|年)(?:吧|时间)?"
)
"""A length of time, where only a day to come makes sense: 3个月."""
_DAY: Final = re.compile(r"(\d{1,2})[日号]")
_END: Final = re.compile(r"月底|月末")


def read_day(text: str, today: date, side: Side = Side.ANY, *, vague: bool = True) -> date:
    """Reads one date.

    A date without year or month is the nearest that the side allows: in the past the last one,
    in the future the next one.

    Args:
        text: what a person wrote.
        today: in the person's time zone.
        side: where the date may be.
        vague: takes 上个月中旬 and 3月 for a day that stands for them.

    Raises:
        AnswerRefused: ``day_unclear``, ``day_impossible``, ``day_vague``, ``day_future`` or
            ``day_past``.
    """
    plain = _plain(text)
    for reader in (_relative, _full, _month_day, _by_month, _by_part, _by_week, _ago, _for, _day):
        try:
            found = reader(plain, today, side)
        except (ValueError, OverflowError):
            raise AnswerRefused(Refusal.DAY_IMPOSSIBLE, text=text.strip()[:20]) from None
        if found is not None and reader is _by_part and not vague:
            raise AnswerRefused(Refusal.DAY_VAGUE, text=text.strip()[:20])
        if found is not None:
            return _on_side(found, today, side)
    raise AnswerRefused(Refusal.DAY_UNCLEAR, text=text.strip()[:40])


def write_day(day: date) -> str:
    """``2026年11月20日（周五）``."""
    return f"{plain_day(day)}（周{WEEKDAYS[day.weekday()]}）"


def plain_day(day: date) -> str:
    """``2026年11月20日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _plain(text: str) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(
        r"(上午|下午|中午|早上|晚上|收到的?|大概|大约|左右|那天|的时候|吧|，|,|。)", "", plain
    )
    if plain in _RELATIVE:
        return plain
    plain = re.sub(r"^(再|延|延期|晚)?半年", "6个月", plain)
    plain = plain.replace("礼拜", "星期").replace("上星期", "上周").replace("下星期", "下周")
    return _NUMERALS.sub(lambda match: _digits(match.group()), plain)


def _digits(numeral: str) -> str:
    try:
        return str(int(read_numeral(numeral.replace("两", "二").replace("廿", "二十"))))
    except ValueError:
        return numeral


def _on_side(day: date, today: date, side: Side) -> date:
    if not _EARLIEST <= day <= _LATEST:
        raise AnswerRefused(Refusal.DAY_IMPOSSIBLE, text=plain_day(day))
    if side is Side.PAST and day > today:
        raise AnswerRefused(Refusal.DAY_FUTURE, day=write_day(day))
    if side is Side.FUTURE and day <= today:
        raise AnswerRefused(Refusal.DAY_PAST, day=write_day(day))
    return day


def _relative(plain: str, today: date, _side: Side) -> date | None:
    days = _RELATIVE.get(plain)
    return None if days is None else today + timedelta(days=days)


def _full(plain: str, _today: date, _side: Side) -> date | None:
    match = _FULL.fullmatch(plain) or _PACKED.fullmatch(plain)
    if match is None:
        return None
    year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)  # noqa: PLR2004, 26年 is 2026
    return date(year, int(match[2]), int(match[3]))


def _month_day(plain: str, today: date, side: Side) -> date | None:
    match = _MONTH_DAY.fullmatch(plain)
    if match is None:
        return None
    month, day = int(match[2]), int(match[3])
    if match[1]:
        return date(today.year + _YEARS[match[1]], month, day)
    if not 1 <= month <= 12 or not 1 <= day <= 31:  # noqa: PLR2004, months and days
        raise ValueError
    years = range(today.year - 4, today.year + 5)  # 29 February comes every four years
    return _nearest(_existing(lambda year: date(year, month, day), years), today, side)


def _by_month(plain: str, today: date, _side: Side) -> date | None:
    match = _BY_MONTH.fullmatch(plain)
    if match is None:
        return None
    first = add_months(today.replace(day=1), _MONTHS[match[1]])
    return first.replace(day=int(match[2])) if match[2] else _end_of(first)


def _by_part(plain: str, today: date, side: Side) -> date | None:
    """上个月中旬, 9月底, 去年3月: a day that stands for it."""
    match = _BY_PART.fullmatch(plain)
    if match is None:
        return None
    if match[1]:
        months = [add_months(today.replace(day=1), _MONTHS[match[1]])]
    else:
        years = [_year(match[2], today)] if match[2] else range(today.year - 1, today.year + 2)
        months = [date(year, int(match[3]), 1) for year in years]
    if match[4] in _PARTS:
        days = [month.replace(day=_PARTS[match[4]]) for month in months]
    else:
        days = [_end_of(month) for month in months]
    return _nearest(days, today, side)


def _year(name: str, today: date) -> int:
    return today.year + _YEARS[name] if name in _YEARS else int(name[:4])


def _by_week(plain: str, today: date, side: Side) -> date | None:
    match = _BY_WEEK.fullmatch(plain)
    if match is None:
        return None
    weekday = 6 if match[2] in "日天7" else int(match[2]) - 1
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=_WEEKS[match[1]], days=weekday)
    if match[1]:
        return day
    return _nearest([day - timedelta(weeks=1), day, day + timedelta(weeks=1)], today, side)


def _ago(plain: str, today: date, _side: Side) -> date | None:
    match = _AGO.fullmatch(plain)
    if match is None:
        return None
    return _moved(today, int(match[1]) * (1 if "后" in match[3] else -1), match[2])


def _for(plain: str, today: date, side: Side) -> date | None:
    match = _FOR.fullmatch(plain)
    if match is None or side is not Side.FUTURE:
        return None
    return _moved(today, int(match[1]), match[2])


def _moved(today: date, number: int, unit: str) -> date:
    if unit == "个月":
        return add_months(today, number)
    if unit == "年":
        return add_months(today, 12 * number)
    return today + timedelta(days=number * (1 if unit in {"天", "日"} else 7))


def _day(plain: str, today: date, side: Side) -> date | None:
    if _END.fullmatch(plain):
        return _end_of(today)
    match = _DAY.fullmatch(plain)
    if match is None:
        return None
    day = int(match[1])
    first = today.replace(day=1)
    months = range(-2, 3)
    days = _existing(lambda offset: add_months(first, offset).replace(day=day), months)
    return _nearest(days, today, side)


def _existing(make: Callable[[int], date], numbers: range) -> Iterator[date]:
    for number in numbers:
        try:
            yield make(number)
        except ValueError:
            continue


def _nearest(days: Iterator[date] | list[date], today: date, side: Side) -> date:
    """The one nearest to today among those that the side allows, else among all.

    Raises:
        ValueError: there is none.
    """
    every = list(days)
    allowed = {
        Side.PAST: [day for day in every if day <= today],
        Side.FUTURE: [day for day in every if day > today],
        Side.ANY: every,
    }[side]
    return min(allowed or every, key=lambda day: (abs((day - today).days), day))


def _end_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
