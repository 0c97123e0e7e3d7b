"""SQL about messages that nobody asked for: who wants them, what is drafted, what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.store.codec import dump
from bot.store.port import Bulletin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from bot.store.port import Draft, Publish, Wish

# Marked in the same transaction in which the timers are set: who asks again changes no row.
_PUBLISH: Final = """
UPDATE bulletin SET published_at = :now,
    people = (SELECT count(*) FROM subscription WHERE topic = :topic)
WHERE key = :key AND published_at IS NULL
RETURNING text
"""

_SPREAD: Final = """
INSERT OR IGNORE INTO scheduled (lane, key, not_before, payload)
SELECT lane, :timer, :now + :gap * (row_number() OVER (ORDER BY since, lane) - 1), :payload
FROM subscription WHERE topic = :topic
"""

# A timer that fell due while the person's "no" waited before it in the lane.
_STOP: Final = """
UPDATE inbox SET state = 'done', timer = NULL, done_at = :now
WHERE lane = :lane AND state = 'new' AND owner IS NULL
  AND timer IS NOT NULL AND json_extract(timer, '$.topic') = :topic
"""


def wish(connection: sqlite3.Connection, lane: str, wishes: Iterable[Wish], now: float) -> None:
    """Keeps what a lane wants; what it does not want is also taken off its way."""
    for item in wishes:
        key = (lane, item.topic)
        if item.wanted:
            connection.execute(
                """
                INSERT INTO subscription (lane, topic, since) VALUES (?, ?, ?)
                ON CONFLICT (lane, topic) DO UPDATE SET since = excluded.since
                """,
                (*key, now),
            )
            continue
        connection.execute("DELETE FROM subscription WHERE lane = ? AND topic = ?", key)
        connection.execute(
            "DELETE FROM scheduled WHERE lane = ? AND key LIKE ?", (lane, f"{item.topic}:%")
        )
        connection.execute(_STOP, {"lane": lane, "topic": item.topic, "now": now})


def draft(connection: sqlite3.Connection, item: Draft, now: float) -> None:
    """Keeps a draft; the first with a key stays."""
    connection.execute(
        "INSERT OR IGNORE INTO bulletin (key, text, drafted_at) VALUES (?, ?, ?)",
        (item.key, item.text, now),
    )


def publish(connection: sqlite3.Connection, item: Publish, now: float) -> None:
    """Sets a timer for everybody who wants the topic; nothing the second time."""
    values = {"key": item.key, "topic": item.topic, "now": now}
    rows = connection.execute(_PUBLISH, values).fetchall()
    if not rows:
        return
    payload = dump({"action": item.action, "text": rows[0]["text"], "topic": item.topic})
    spread = {"timer": f"{item.topic}:{item.key}", "gap": item.gap, "payload": payload}
    connection.execute(_SPREAD, {**values, **spread})


def subscribers(connection: sqlite3.Connection, topic: str) -> int:
    """How many lanes want a topic."""
    sql = "SELECT count(*) FROM subscription WHERE topic = ?"
    count: int = connection.execute(sql, (topic,)).fetchone()[0]
    return count


def find(connection: sqlite3.Connection, key: str) -> Bulletin | None:
    """A bulletin by its key."""
    sql = "SELECT text, published_at, people FROM bulletin WHERE key = ?"
    row = connection.execute(sql, (key,)).fetchone()
    return None if row is None else Bulletin(*row)
