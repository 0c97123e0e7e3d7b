"""SQL about whole lanes and the whole database: export, forget, rename, purge, depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.store.codec import dump_call, load, load_call
from bot.store.port import Depth, Record

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from bot.store.port import Call, Json
    from bot.store.rules import Retention

_BATCH: Final = 500
"""Rows of each table that one purge deletes, so that it never holds the lock for long."""

ABOUT: Final = {
    "session": "SELECT data, revision, updated_at FROM session WHERE lane = ?",
    "inbox": """
        SELECT update_id, received_at, body, timer, state, attempts, error
        FROM inbox WHERE lane = ? ORDER BY position
    """,
    "outbox": """
        SELECT id, method, call, state, attempts, doubts, telegram_message_id, error,
            created_at, done_at
        FROM outbox WHERE lane = ? ORDER BY id
    """,
    "deeds": "SELECT at, act, target, version FROM deed WHERE person = ? ORDER BY id",
    "wishes": "SELECT topic, since FROM subscription WHERE lane = ? ORDER BY topic",
    "scheduled": "SELECT key, not_before, payload FROM scheduled WHERE lane = ? ORDER BY id",
}

_JSON: Final = frozenset({"data", "body", "timer", "call", "payload"})

_PURGE: Final = (
    ("inbox", "update_id", "state = 'done' AND done_at < ?", "done"),
    ("inbox", "update_id", "state = 'dead' AND done_at < ?", "dead"),
    ("outbox", "id", "done_at IS NOT NULL AND state = 'sent' AND done_at < ?", "done"),
    ("outbox", "id", "done_at IS NOT NULL AND state = 'uncertain' AND done_at < ?", "done"),
    ("outbox", "id", "done_at IS NOT NULL AND state = 'dead' AND done_at < ?", "dead"),
    ("event", "id", "at < ?", "event"),
    ("refused", "id", "at < ?", "dead"),
    ("flood", "since", "since < ?", "done"),
    ("session", "lane", "updated_at < ?", "session"),
    ("subscription", "since", "since < ?", "wish"),
    ("bulletin", "key", "drafted_at < ?", "bulletin"),
    ("deed", "id", "at < ?", "event"),
    ("announced", "key", "at < ?", "dead"),
    ("pace", "lane", "max(free_at, paused_until) < ?", "done"),
)
"""Table, key, what is old, and the field of ``Retention`` that says how old."""

DEPTH: Final = """
SELECT
    (SELECT count(*) FROM inbox WHERE state = 'new') AS inbox,
    (SELECT min(received_at) FROM inbox WHERE state = 'new') AS oldest,
    (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS outbox,
    (SELECT count(*) FROM inbox WHERE state <> 'new' AND state = 'dead') AS dead_letters,
    (SELECT count(*) FROM outbox WHERE done_at IS NOT NULL AND state = 'dead') AS unsent,
    (SELECT count(*) FROM outbox WHERE done_at IS NOT NULL AND state = 'uncertain') AS uncertain,
    (SELECT count(*) FROM scheduled) AS scheduled,
    (SELECT count(*) FROM refused) AS refused
"""


def about(connection: sqlite3.Connection, lane: str, name: str) -> Json:
    """Every row about a lane."""
    found: Json = {
        table: [decoded(row) for row in connection.execute(sql, (lane,))]
        for table, sql in ABOUT.items()
    }
    events = connection.execute(
        "SELECT at, kind, article, value, text, took FROM event WHERE lane = ? ORDER BY id", (name,)
    )
    found["events"] = [dict(row) for row in events]
    return found


def decoded(row: sqlite3.Row | Json) -> Json:
    """A row with its JSON columns as objects."""
    return {
        column: load(row[column]) if column in _JSON and row[column] is not None else row[column]
        for column in row.keys()  # noqa: SIM118 - a row of SQLite iterates over its values
    }


def forget(connection: sqlite3.Connection, lane: str, name: str, now: float) -> None:
    """Deletes everything about a lane.

    Update ids stay, without lane and content, since Telegram may still repeat the updates. A
    process that works on one of them finds its lease lost.
    """
    forget_past(connection, lane, name)
    connection.execute(
        """
        UPDATE inbox SET state = 'done', lane = '', person = '', body = NULL, timer = NULL, error = NULL,
            owner = NULL, lease_until = 0, done_at = ?
        WHERE lane = ? AND state = 'new'
        """,
        (now, lane),
    )
    connection.execute("DELETE FROM outbox WHERE lane = ?", (lane,))
    connection.execute("DELETE FROM pace WHERE lane = ?", (lane,))


def forget_past(connection: sqlite3.Connection, lane: str, name: str) -> None:
    """Deletes what is stored about a lane except what still waits in it."""
    connection.execute(
        """
        UPDATE inbox SET state = 'done', lane = '', person = '', body = NULL, timer = NULL, error = NULL
        WHERE lane = ? AND state <> 'new'
        """,
        (lane,),
    )
    for table in ("session", "scheduled", "flood", "subscription"):
        connection.execute(f"DELETE FROM {table} WHERE lane = ?", (lane,))  # noqa: S608 - constants
    connection.execute("DELETE FROM outbox WHERE lane = ? AND done_at IS NOT NULL", (lane,))
    connection.execute("DELETE FROM event WHERE lane = ?", (name,))


def move(
    connection: sqlite3.Connection,
    lanes: tuple[str, str],
    names: tuple[str, str],
    change: Callable[[Call], Call],
) -> None:
    """Renames a lane (old, new) in every table; what the new lane has already wins."""
    old, new = lanes
    waiting = connection.execute(
        "SELECT id, call FROM outbox WHERE lane = ? AND done_at IS NULL", (old,)
    ).fetchall()
    for row in waiting:
        call = dump_call(change(load_call(row["call"])))
        connection.execute("UPDATE outbox SET call = ? WHERE id = ?", (call, row["id"]))
    for table in ("inbox", "outbox", "session", "scheduled", "flood", "subscription"):
        _rename(connection, table, new, old)
    _rename(connection, "event", names[1], names[0])
    if old != new:
        connection.execute("DELETE FROM session WHERE lane = ?", (old,))
        connection.execute("DELETE FROM scheduled WHERE lane = ?", (old,))
        connection.execute("DELETE FROM subscription WHERE lane = ?", (old,))


def _rename(connection: sqlite3.Connection, table: str, new: str, old: str) -> None:
    sql = f"UPDATE OR IGNORE {table} SET lane = ? WHERE lane = ?"  # noqa: S608 - a constant name
    connection.execute(sql, (new, old))


def purge(connection: sqlite3.Connection, retention: Retention, now: float) -> int:
    """Deletes a batch of what is old; returns how many rows."""
    deleted = 0
    for table, key, old, age in _PURGE:
        sql = f"""
            DELETE FROM {table} WHERE {key} IN (
                SELECT {key} FROM {table} WHERE {old} LIMIT {_BATCH})
        """  # noqa: S608 - constants above
        before = now - getattr(retention, age)
        deleted += connection.execute(sql, (before,)).rowcount
    connection.execute(
        "UPDATE event SET text = '' WHERE at < ? AND text <> ''", (now - retention.event_text,)
    )
    return deleted


def events(
    connection: sqlite3.Connection, since: float, until: float, *, worded: bool = False
) -> tuple[Record, ...]:
    """Events of a time, in the order in which they were kept."""
    rows = connection.execute(
        """
        SELECT at, lane, kind, article, value, text, took FROM event
        WHERE at >= ? AND at < ? AND (text <> '' OR NOT ?) ORDER BY id
        """,
        (since, until, worded),
    )
    return tuple(Record(*row) for row in rows)


def depth(connection: sqlite3.Connection) -> Depth:
    """Counts what waits."""
    return Depth(**dict(connection.execute(DEPTH).fetchone()))
