"""SQL of the way in: receive, claim, finish, and timers that fall due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import LeaseLost
from bot.store.codec import dump, load
from bot.store.port import Claim, InboxItem, Receipt
from bot.store.rules import unsuspected

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from bot.store.port import Json, Scheduled
    from bot.store.rules import Flood

POSITION_STEP: Final = 1024
"""Room for timers between an update and the next."""

_RECEIVE: Final = """
INSERT OR IGNORE INTO inbox (update_id, lane, position, received_at, body, person)
VALUES (?, ?, ?, ?, ?, ?)
"""

_WAITING: Final = """
SELECT
    (SELECT count(*) FROM inbox WHERE lane = :lane AND state = 'new' AND person = :person)
    + (SELECT count(DISTINCT inbox.update_id) FROM outbox JOIN inbox USING (update_id)
       WHERE outbox.lane = :lane AND outbox.done_at IS NULL AND inbox.person = :person)
"""

# The head of a lane is chosen first and the limit applied after, so that one blocked lane with
# many rows does not keep the others waiting.
_HEADS: Final = """
SELECT update_id, attempts FROM inbox AS head
WHERE state = 'new' AND not_before <= :now AND lease_until <= :now
  AND NOT EXISTS (
    SELECT 1 FROM inbox AS earlier
    WHERE earlier.lane = head.lane AND earlier.state = 'new'
      AND (earlier.position, earlier.update_id) < (head.position, head.update_id))
  AND NOT EXISTS (
    SELECT 1 FROM inbox AS taken
    WHERE taken.lane = head.lane AND taken.state = 'new'
      AND taken.owner IS NOT NULL AND taken.lease_until > :now)
ORDER BY position, update_id LIMIT :limit
"""

_TAKE: Final = """
UPDATE inbox SET owner = ?, lease_until = ?, attempts = attempts + 1 WHERE update_id = ?
RETURNING *, (SELECT data FROM session WHERE session.lane = inbox.lane) AS session
"""

_MINE: Final = "WHERE update_id = ? AND owner = ? AND attempts = ? AND state = 'new'"

# Whose lease ran out may still finish, but not into the work of another: when an older update came
# in late, somebody else may have begun with that.
_ALONE: Final = """
NOT EXISTS (
    SELECT 1 FROM inbox AS other
    WHERE other.lane = inbox.lane AND other.state = 'new' AND other.update_id <> inbox.update_id
      AND other.owner IS NOT NULL AND other.lease_until > ?)
"""

_FREE: Final = "owner = NULL, lease_until = 0"

_POSITION_OF_TIMER: Final = """
coalesce((SELECT max(position) + 1 FROM inbox WHERE lane = :lane AND state = 'new'), 0)
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update at the door."""

    update_id: int
    lane: str
    body: str
    """JSON."""
    person: str


def receive(
    connection: sqlite3.Connection, arrival: Arrival, flood: Flood | None, now: float
) -> Receipt:
    """Inserts an update; one of a flood is remembered as done."""
    if not _insert(connection, arrival, now):
        return Receipt.KNOWN
    if flood is None or not arrival.person:
        return Receipt.KEPT
    key = {"lane": arrival.lane, "person": arrival.person}
    waiting = connection.execute(_WAITING, key).fetchone()[0] - 1
    if waiting < flood.most(arrival.lane):
        if not waiting:
            connection.execute("DELETE FROM flood WHERE lane = :lane AND person = :person", key)
        return Receipt.KEPT
    connection.execute(
        "UPDATE inbox SET state = 'done', body = NULL, done_at = ? WHERE update_id = ?",
        (now, arrival.update_id),
    )
    return Receipt.FLOODED


def _insert(connection: sqlite3.Connection, arrival: Arrival, now: float) -> bool:
    position = arrival.update_id * POSITION_STEP
    row = (arrival.update_id, arrival.lane, position, now, arrival.body, arrival.person)
    return connection.execute(_RECEIVE, row).rowcount == 1


def begin_flood(connection: sqlite3.Connection, arrival: Arrival, now: float) -> bool:
    """Notes that somebody is ignored from now on; False when that is known."""
    sql = "INSERT OR IGNORE INTO flood (lane, person, since) VALUES (?, ?, ?)"
    return connection.execute(sql, (arrival.lane, arrival.person, now)).rowcount == 1


def claim(
    connection: sqlite3.Connection,
    owner: str,
    *,
    limit: int,
    lease_until: float,
    idle: bool,
    now: float,
) -> tuple[Claim, ...]:
    """Leases the heads of free lanes, oldest first."""
    heads = connection.execute(_HEADS, {"now": now, "limit": limit}).fetchall()
    return tuple(
        _claim(connection.execute(_TAKE, (owner, lease_until, head["update_id"])).fetchall()[0])
        for head in heads[: unsuspected((head["attempts"] for head in heads), idle=idle)]
    )


def _claim(row: sqlite3.Row) -> Claim:
    item = InboxItem(
        update_id=row["update_id"],
        lane=row["lane"],
        body=load(row["body"]),
        received_at=row["received_at"],
        attempts=row["attempts"],
        timer=None if row["timer"] is None else load(row["timer"]),
    )
    session = load(row["session"])
    return Claim(item, session, row["owner"], row["lease_until"], row["failures"])


def finish(connection: sqlite3.Connection, claim: Claim, now: float) -> str:
    """Marks an item done and deletes its content; returns its lane, which may have been renamed.

    Raises:
        LeaseLost: the item is not ours any more.
    """
    change = f"state = 'done', body = NULL, timer = NULL, error = NULL, done_at = ?, {_FREE}"
    return _change(connection, claim, change, now, alone_at=now)


def bury(connection: sqlite3.Connection, claim: Claim, error: str, now: float) -> str:
    """Marks an item dead; it keeps its content for the admins until it is purged.

    Raises:
        LeaseLost: the item is not ours any more.
    """
    change = f"state = 'dead', failures = failures + 1, error = ?, done_at = ?, {_FREE}"
    return _change(connection, claim, change, error, now, alone_at=now)


def give_back(connection: sqlite3.Connection, claim: Claim, error: str, not_before: float) -> None:
    """Frees an item for a later attempt.

    Raises:
        LeaseLost: the item is not ours any more.
    """
    change = f"failures = failures + 1, error = ?, not_before = ?, {_FREE}"
    _change(connection, claim, change, error, not_before)


def _change(
    connection: sqlite3.Connection,
    claim: Claim,
    change: str,
    *values: Any,
    alone_at: float | None = None,
) -> str:
    mine: tuple[Any, ...] = (claim.item.update_id, claim.owner, claim.item.attempts)
    fence = _MINE
    if alone_at is not None:
        mine, fence = (*mine, alone_at), f"{_MINE} AND {_ALONE}"
    sql = f"UPDATE inbox SET {change} {fence} RETURNING lane"  # noqa: S608 - only constants of this module
    rows = connection.execute(sql, (*values, *mine)).fetchall()
    if not rows:
        raise LeaseLost
    lane: str = rows[0]["lane"]
    return lane


def release(connection: sqlite3.Connection, owner: str) -> int:
    """Frees all items of a process."""
    sql = f"UPDATE inbox SET {_FREE} WHERE owner = ? AND state = 'new'"  # noqa: S608 - constants
    return connection.execute(sql, (owner,)).rowcount


def release_all(connection: sqlite3.Connection) -> None:
    """Frees all items."""
    connection.execute(f"UPDATE inbox SET {_FREE} WHERE state = 'new' AND owner IS NOT NULL")  # noqa: S608 - constants


def save_session(connection: sqlite3.Connection, lane: str, session: Json, now: float) -> None:
    """Writes a lane's session; an empty one is deleted."""
    if not session:
        connection.execute("DELETE FROM session WHERE lane = ?", (lane,))
        return
    connection.execute(
        """
        INSERT INTO session (lane, data, revision, updated_at) VALUES (?, ?, 1, ?)
        ON CONFLICT (lane) DO UPDATE SET
            data = excluded.data, revision = revision + 1, updated_at = excluded.updated_at
        """,
        (lane, dump(session), now),
    )


def schedule(connection: sqlite3.Connection, lane: str, timers: Iterable[Scheduled]) -> None:
    """Sets, replaces and cancels timers of a lane."""
    for timer in timers:
        connection.execute("DELETE FROM scheduled WHERE lane = ? AND key = ?", (lane, timer.key))
        if timer.payload is not None:
            connection.execute(
                "INSERT INTO scheduled (lane, key, not_before, payload) VALUES (?, ?, ?, ?)",
                (lane, timer.key, timer.due_at, dump(timer.payload)),
            )


def fire(connection: sqlite3.Connection, limit: int, now: float) -> int:
    """Moves timers that are due to the end of their lanes."""
    due = connection.execute(
        "SELECT * FROM scheduled WHERE not_before <= ? ORDER BY not_before, id LIMIT ?",
        (now, limit),
    ).fetchall()
    for row in due:
        connection.execute(
            f"""
            INSERT INTO inbox (update_id, lane, position, received_at, timer)
            VALUES (-:id, :lane, {_POSITION_OF_TIMER}, :now, :payload)
            """,  # noqa: S608 - a constant of this module
            {"id": row["id"], "lane": row["lane"], "now": now, "payload": row["payload"]},
        )
        connection.execute("DELETE FROM scheduled WHERE id = ?", (row["id"],))
    return len(due)
