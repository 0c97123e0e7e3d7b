"""Days to remember as a calendar file, worded so that others may see it on the screen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from icalendar import Alarm, Calendar, Event

from bot.documents.printable import printable
from bot.errors import LetterUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from bot.documents.letter import Json

DAYS_BEFORE: Final = (7, 3, 1)
"""Days before the day itself on which the calendar speaks up."""
_NINE: Final = time(9)
_HALF_HOUR: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """A day to remember."""

    key: str
    """Names it among the person's entries: one with the same key replaces the old one."""
    title: str
    """Neutral; it shows on a locked screen."""
    day: date

    def to_json(self) -> Json:
        """Plain JSON from which ``from_json`` makes an equal entry."""
        return {"key": self.key, "title": self.title, "day": self.day.isoformat()}

    @classmethod
    def from_json(cls, data: Any) -> Entry:
        """Reads what ``to_json`` wrote.

        Raises:
            LetterUnreadable: it is something else.
        """
        try:
            return cls(str(data["key"]), str(data["title"]), date.fromisoformat(data["day"]))
        except (KeyError, TypeError, ValueError) as error:
            raise LetterUnreadable from error


def to_ics(entries: Iterable[Entry], made: datetime, zone: tzinfo) -> bytes:
    """A calendar file: each entry at nine in the morning, with alarms on days before it.

    Alarms whose time has passed are left out: some calendars would show them at once.

    Args:
        entries: what to remember.
        made: when it is written; aware.
        zone: in which nine o'clock is meant.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//huanhuan//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        calendar.add_component(_event(entry, made, zone))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, made: datetime, zone: tzinfo) -> Event:
    begins = datetime.combine(entry.day, _NINE, zone)
    title = printable(entry.title).replace("\n", " ")
    event = Event()
    event.add("uid", f"{hashlib.sha256(entry.key.encode()).hexdigest()[:32]}@huanhuan")
    event.add("summary", title)
    event.add("dtstamp", made.astimezone(UTC))
    event.add("sequence", int(made.timestamp()) // 60)
    event.add("dtstart", begins)
    event.add("dtend", begins + _HALF_HOUR)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    for days in DAYS_BEFORE:
        if begins - timedelta(days=days) > made:
            event.add_component(_alarm(title, days))
    return event


def _alarm(title: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(days=-days))
    return alarm
