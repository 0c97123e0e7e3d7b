"""SQL about the admins: what they did, and what they were told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.port import Deed, Done

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def keep(connection: sqlite3.Connection, deeds: Iterable[Deed], now: float) -> None:
    """Writes down what an admin did."""
    connection.executemany(
        "INSERT INTO deed (at, person, act, target, version) VALUES (?, ?, ?, ?, ?)",
        [(now, deed.person, deed.act, deed.target, deed.version) for deed in deeds],
    )


def last(connection: sqlite3.Connection, limit: int) -> tuple[Done, ...]:
    """The last deeds, the newest first."""
    rows = connection.execute(
        "SELECT at, person, act, target, version FROM deed ORDER BY id DESC LIMIT ?", (limit,)
    )
    return tuple(Done(at, Deed(*deed)) for at, *deed in rows)


def announce(connection: sqlite3.Connection, key: str, now: float) -> bool:
    """Notes that something is told; False when somebody told it before."""
    sql = "INSERT OR IGNORE INTO announced (key, at) VALUES (?, ?)"
    return connection.execute(sql, (key, now)).rowcount == 1
