"""Events as the store tells them, made by hand."""

from datetime import UTC, datetime

from bot.store.port import Record

DAY = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday noon in Shanghai."""


def record(kind, lane="a", *, day=0, hour=0, article="", value="", text="", took=None):
    """One event, so many days and hours after noon of the first day."""
    at = DAY.timestamp() + day * 86400 + hour * 3600
    return Record(at, lane, kind, article, value, text, took)


def people(kind, number, **more):
    """The same event of so many people."""
    return [record(kind, f"p{each}", **more) for each in range(number)]
