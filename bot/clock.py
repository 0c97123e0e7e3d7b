"""The present moment, in one place so that tests can stand still in time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = "Asia/Shanghai") -> date:
    """The present day in a time zone."""
    return datetime.now(ZoneInfo(zone)).date()
