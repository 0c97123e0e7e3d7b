"""About the admins: what they did, and what they were told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.port import Deed, Done
from bot.store.postgres import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.store.port import Call
    from bot.store.postgres.connection import Connection


@dataclass(frozen=True, slots=True)
class News:
    """What is told once over all processes."""

    key: str
    calls: tuple[Call, ...]


def keep(connection: Connection, now: float | None, deeds: Iterable[Deed]) -> None:
    """Writes down what an admin did."""
    for deed in deeds:
        connection.execute(
            """
            INSERT INTO deed (at, person, act, target, version)
            VALUES (moment(%s), %s, %s, %s, %s)
            """,
            (now, deed.person, deed.act, deed.target, deed.version),
        )


def last(connection: Connection, limit: int) -> tuple[Done, ...]:
    """The last deeds, the newest first."""
    cursor = connection.execute(
        "SELECT at, person, act, target, version FROM deed ORDER BY id DESC LIMIT %s", (limit,)
    )
    rows = cursor.fetchall()
    return tuple(Done(row.pop("at"), Deed(**row)) for row in rows)


def announce(connection: Connection, now: float | None, items: Sequence[News]) -> list[bool]:
    """Sends what nobody has told before."""
    told = []
    for item in items:
        cursor = connection.execute(
            """
            INSERT INTO announced (key, at) VALUES (%s, moment(%s))
            ON CONFLICT (key) DO NOTHING RETURNING key
            """,
            (item.key, now),
        )
        told.append(bool(cursor.fetchall()))
        if told[-1]:
            outbox.enqueue(connection, now, outbox.letters("", item.calls))
    return told
