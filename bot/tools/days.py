"""Statutory holidays and deadlines.

The first day of a period is not counted; when its last day is a holiday, the next working day is
the last (民事诉讼法 85).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import chinese_calendar

MARGIN: Final = 3
"""Days before the last one by which a letter should be in the post."""
_LONGEST_BREAK: Final = 15


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period."""

    last: date
    advised: date
    """When to be done with it."""
    certain: bool
    """False where the holidays of that year are not published yet: ``last`` is then the earlier
    day, not moved behind any holiday."""
    moved: bool
    """True when the last day fell on a holiday and was moved behind it."""


def is_working_day(day: date) -> bool | None:
    """Whether offices work; None when the year's holidays are not known.

    The table is that of the chinesecalendar package, which follows the State Council's yearly
    notices; days of 调休 count as working days.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def deadline(start: date, days: int, today: date | None = None) -> Deadline:
    """The last day of a period of days after a start.

    Args:
        start: the day of the event, which is not counted.
        days: length of the period.
        today: the advised day is not before it.
    """
    counted = start + timedelta(days=days)
    last = counted
    certain = True
    for _ in range(_LONGEST_BREAK):
        working = is_working_day(last)
        if working is None:
            certain, last = False, counted
            break
        if working:
            break
        last += timedelta(days=1)
    advised = last - timedelta(days=MARGIN)
    earliest = start if today is None else max(start, today)
    return Deadline(last, min(last, max(advised, earliest)), certain, last != counted)
