"""About whole lanes and the whole database: export, forget, rename, release, purge, depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.store.codec import dump_call, load_call
from bot.store.lane_rows import ABOUT, DEPTH, decoded
from bot.store.port import Depth, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.port import Call, Json
    from bot.store.postgres.connection import Connection
    from bot.store.rules import Retention

Naming: TypeAlias = Callable[[str], str]
"""The pseudonym of a lane."""

CHANNEL: Final = "huanhuan"
"""Where processes tell each other that something is free."""

_BATCH: Final = 500
"""Rows of each table that one purge deletes."""

_PURGE: Final = (
    ("inbox", "state = 'done' AND done_at < moment(%s) - %s", "done"),
    ("inbox", "state = 'dead' AND done_at < moment(%s) - %s", "dead"),
    ("outbox", "done_at IS NOT NULL AND state = 'sent' AND done_at < moment(%s) - %s", "done"),
    ("outbox", "done_at IS NOT NULL AND state = 'uncertain' AND done_at < moment(%s) - %s", "done"),
    ("outbox", "done_at IS NOT NULL AND state = 'dead' AND done_at < moment(%s) - %s", "dead"),
    ("event", "at < moment(%s) - %s", "event"),
    ("refused", "at < moment(%s) - %s", "dead"),
    ("flood", "since < moment(%s) - %s", "done"),
    ("session", "updated_at < moment(%s) - %s", "session"),
    ("subscription", "since < moment(%s) - %s", "wish"),
    ("bulletin", "drafted_at < moment(%s) - %s", "bulletin"),
    ("deed", "at < moment(%s) - %s", "event"),
    ("announced", "at < moment(%s) - %s", "dead"),
    ("pace", "greatest(free_at, paused_until) < moment(%s) - %s AND lane <> ''", "done"),
)
"""Table, what is old, and the field of ``Retention`` that says how old."""

_BLANK: Final = """
UPDATE inbox SET state = 'done', lane = '', person = '', body = NULL, timer = NULL, error = NULL
"""

_RELEASE: Final = """
WITH updates AS (
    UPDATE inbox SET owner = NULL, lease_until = 0
    WHERE state = 'new' AND owner = coalesce(%(owner)s, owner)
    RETURNING 1),
calls AS (
    UPDATE outbox SET lease_until = 0
    WHERE done_at IS NULL AND lease_until > 0 AND owner = coalesce(%(owner)s, owner)
    RETURNING 1)
SELECT (SELECT count(*) FROM updates) + (SELECT count(*) FROM calls) AS rows
"""


@dataclass(frozen=True, slots=True)
class Rename:
    """A lane and its pseudonym, old and new, and what becomes of its calls."""

    lanes: tuple[str, str]
    names: tuple[str, str]
    change: Callable[[Call], Call]


def about(connection: Connection, lane: str, name: str) -> Json:
    """Every row about a lane."""
    found: Json = {}
    for table, sql in ABOUT.items():
        cursor = connection.execute(sql.replace("?", "%s"), (lane,))
        found[table] = [decoded(row) for row in cursor.fetchall()]
    cursor = connection.execute(
        "SELECT at, kind, article, value, text, took FROM event WHERE lane = %s ORDER BY id",
        (name,),
    )
    found["events"] = cursor.fetchall()
    return found


def forget(
    connection: Connection, now: float | None, lanes: Sequence[tuple[str, str]]
) -> list[None]:
    """Deletes everything about lanes, each given with its pseudonym.

    Update ids stay, without lane and content, since Telegram may still repeat the updates. A
    process that works on one of them finds its lease lost.
    """
    for lane, name in lanes:
        forget_past(connection, lane, name)
        connection.execute(
            f"""
            {_BLANK}, owner = NULL, lease_until = 0, done_at = moment(%s)
            WHERE lane = %s AND state = 'new'
            """,
            (now, lane),
        )
        connection.execute("DELETE FROM outbox WHERE lane = %s", (lane,))
        connection.execute("DELETE FROM pace WHERE lane = %s AND lane <> ''", (lane,))
    return [None] * len(lanes)


def forget_past(connection: Connection, lane: str, name: str) -> None:
    """Deletes what is stored about a lane except what still waits in it."""
    connection.execute(f"{_BLANK} WHERE lane = %s AND state <> 'new'", (lane,))
    for table in ("session", "scheduled", "flood", "subscription"):
        connection.execute(f"DELETE FROM {table} WHERE lane = %s", (lane,))  # noqa: S608 - constants
    connection.execute("DELETE FROM outbox WHERE lane = %s AND done_at IS NOT NULL", (lane,))
    connection.execute("DELETE FROM event WHERE lane = %s", (name,))


def move(connection: Connection, now: float | None, renames: Sequence[Rename]) -> list[None]:
    """Renames lanes in every table; what the new lane has already wins."""
    del now
    for rename in renames:
        _readdress(connection, rename)
        old, new = rename.lanes
        if old == new:
            continue
        pair = {"old": old, "new": new}
        for table in ("inbox", "outbox"):
            sql = f"UPDATE {table} SET lane = %(new)s WHERE lane = %(old)s"  # noqa: S608 - constants
            connection.execute(sql, pair)
        for table, same in (
            ("session", ""),
            ("scheduled", "AND theirs.key = mine.key"),
            ("flood", "AND theirs.person = mine.person"),
            ("subscription", "AND theirs.topic = mine.topic"),
        ):
            sql = f"""
                UPDATE {table} AS mine SET lane = %(new)s
                WHERE lane = %(old)s AND NOT EXISTS (
                    SELECT 1 FROM {table} AS theirs WHERE theirs.lane = %(new)s {same})
            """  # noqa: S608 - constants
            connection.execute(sql, pair)
            connection.execute(f"DELETE FROM {table} WHERE lane = %(old)s", pair)  # noqa: S608 - constants
        names = (rename.names[1], rename.names[0])
        connection.execute("UPDATE event SET lane = %s WHERE lane = %s", names)
    return [None] * len(renames)


def _readdress(connection: Connection, rename: Rename) -> None:
    cursor = connection.execute(
        "SELECT id, call FROM outbox WHERE lane = %s AND done_at IS NULL", (rename.lanes[0],)
    )
    for row in cursor.fetchall():
        call = dump_call(rename.change(load_call(row["call"])))
        connection.execute("UPDATE outbox SET call = %s WHERE id = %s", (call, row["id"]))


def release(connection: Connection, now: float | None, owners: Sequence[str | None]) -> list[int]:
    """Ends the leases of processes (None: of all), and tells the others that work is free.

    The owner of a call stays, so that the next finds it in doubt.
    """
    del now
    results = []
    for owner in owners:
        cursor = connection.execute(_RELEASE, {"owner": owner})
        row = cursor.fetchone()
        results.append(row["rows"] if row else 0)
    connection.execute(f"NOTIFY {CHANNEL}")
    return results


def purge(connection: Connection, now: float | None, rules: Sequence[Retention]) -> list[int]:
    """Deletes a batch of what is old; says how many rows."""
    return [_purge(connection, now, retention) for retention in rules]


def _purge(connection: Connection, now: float | None, retention: Retention) -> int:
    deleted = 0
    for table, old, age in _PURGE:
        cursor = connection.execute(
            f"""
            WITH gone AS (
                DELETE FROM {table} WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM {table} WHERE {old} LIMIT {_BATCH} FOR UPDATE SKIP LOCKED))
                RETURNING 1)
            SELECT count(*) AS rows FROM gone
            """,  # noqa: S608 - constants above
            (now, getattr(retention, age)),
        )
        row = cursor.fetchone()
        deleted += row["rows"] if row else 0
    connection.execute(
        "UPDATE event SET text = '' WHERE at < moment(%s) - %s AND text <> ''",
        (now, retention.event_text),
    )
    return deleted


def events(
    connection: Connection, since: float, until: float, *, worded: bool = False
) -> tuple[Record, ...]:
    """Events of a time, in the order in which they were kept."""
    cursor = connection.execute(
        """
        SELECT at, lane, kind, article, value, text, took FROM event
        WHERE at >= %s AND at < %s AND (text <> '' OR NOT %s) ORDER BY id
        """,
        (since, until, worded),
    )
    return tuple(Record(**row) for row in cursor.fetchall())


def depth(connection: Connection) -> Depth:
    """Counts what waits."""
    row = connection.execute(DEPTH).fetchone()
    return Depth(**(row or {}))


def refuse(
    connection: Connection, now: float | None, bodies: Sequence[tuple[str, str]]
) -> list[None]:
    """Sets aside what is no update: reason and beginning."""
    for reason, body in bodies:
        connection.execute(
            "INSERT INTO refused (at, reason, body) VALUES (moment(%s), %s, %s)",
            (now, reason, body),
        )
    return [None] * len(bodies)


def probe(connection: Connection, now: float | None, times: Sequence[str]) -> list[None]:
    """Writes something."""
    del now
    connection.execute(
        """
        INSERT INTO setting (name, value) VALUES ('probed_at', %s)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (max(times),),
    )
    return [None] * len(times)
