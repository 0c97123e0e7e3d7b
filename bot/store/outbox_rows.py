"""SQL of the way out: what is to be sent, how fast, and what became of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from bot.errors import LeaseLost
from bot.store.codec import dump_call, load_call
from bot.store.port import CallState, Outgoing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from bot.store.port import Call, EventLike, Verdict
    from bot.store.rules import Pace

EVERYONE: Final = ""
"""The row of ``pace`` that stands for all lanes together."""

A_GROUP: Final = "-"

_HEADS: Final = """
SELECT head.id, head.lane, head.owner FROM outbox AS head LEFT JOIN pace ON pace.lane = head.lane
WHERE head.done_at IS NULL AND head.not_before <= :now AND head.lease_until <= :now
  AND coalesce(pace.free_at, 0)
      <= :now + CASE WHEN head.lane LIKE '-%' THEN :group_start ELSE :start END
  AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.lane = head.lane AND earlier.done_at IS NULL AND earlier.id < head.id)
ORDER BY head.id LIMIT :limit
"""

# A row that still has an owner was cut off in its attempt: nobody knows whether it was sent.
_TAKE: Final = """
UPDATE outbox SET
    state = CASE WHEN owner IS NULL THEN state ELSE 'uncertain' END,
    doubts = doubts + (owner IS NOT NULL),
    owner = :owner, lease_until = :lease_until, attempts = attempts + 1
WHERE id = :id
RETURNING *
"""

_SETTLE: Final = """
UPDATE outbox SET
    state = :state, done_at = :done_at, not_before = :not_before, error = :error,
    telegram_message_id = :message_id, doubts = doubts + :doubt,
    call = CASE WHEN :forget THEN NULL ELSE coalesce(:call, call) END,
    owner = NULL, lease_until = 0
WHERE id = :id AND owner = :owner AND attempts = :attempts AND done_at IS NULL
RETURNING lane
"""


def enqueue(
    connection: sqlite3.Connection,
    lane: str,
    calls: Sequence[Call],
    now: float,
    update_id: int | None = None,
) -> None:
    """Appends calls to the outbox of their lanes."""
    connection.executemany(
        """
        INSERT INTO outbox (lane, update_id, seq, method, call, created_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
            (call.lane or lane, update_id, seq, call.method, dump_call(call), now)
            for seq, call in enumerate(calls)
        ],
    )


def record(
    connection: sqlite3.Connection,
    name: str,
    events: Iterable[EventLike],
    now: float,
    took: float | None = None,
) -> None:
    """Inserts events under a lane's pseudonym."""
    connection.executemany(
        """
        INSERT INTO event (at, lane, kind, article, value, text, took)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [(now, name, event.kind, event.article, event.value, event.text, took) for event in events],
    )


def claim(
    connection: sqlite3.Connection,
    owner: str,
    *,
    limit: int,
    lease_until: float,
    pace: Pace,
    now: float,
) -> tuple[Outgoing, ...]:
    """Leases the heads of lanes that may send now, and counts them against the pace."""
    allowed = min(limit, _allowed(connection, pace, now))
    if allowed <= 0:
        return ()
    values = {
        "now": now,
        "start": pace.head_start("") if pace.interval("") else math.inf,
        "group_start": pace.head_start(A_GROUP) if pace.interval(A_GROUP) else math.inf,
        "limit": allowed,
    }
    heads = connection.execute(_HEADS, values).fetchall()
    if heads and pace.per_second:
        _advance(connection, EVERYONE, len(heads) / pace.per_second, now)
    taken = []
    for head in heads:
        interval = pace.interval(head["lane"])
        if interval:
            _advance(connection, head["lane"], interval, now)
        lease = {"owner": owner, "lease_until": lease_until, "id": head["id"]}
        row = connection.execute(_TAKE, lease).fetchall()[0]
        taken.append(_outgoing(row, reclaimed=head["owner"] is not None))
    return tuple(taken)


def _outgoing(row: sqlite3.Row, *, reclaimed: bool) -> Outgoing:
    return Outgoing(
        id=row["id"],
        lane=row["lane"],
        call=load_call(row["call"]),
        created_at=row["created_at"],
        attempts=row["attempts"],
        doubts=row["doubts"],
        reclaimed=reclaimed,
        owner=row["owner"],
        lease_until=row["lease_until"],
        update_id=row["update_id"],
    )


def _allowed(connection: sqlite3.Connection, pace: Pace, now: float) -> int:
    row = connection.execute("SELECT * FROM pace WHERE lane = ?", (EVERYONE,)).fetchone()
    if row is not None and row["paused_until"] > now:
        return 0
    return permits(pace, 0.0 if row is None else row["free_at"], now)


def permits(pace: Pace, free_at: float, now: float) -> int:
    """How many calls may go out now over all lanes.

    The generic cell rate algorithm keeps one number, the time at which the bucket is full again,
    so that every process sees the same bucket.

    Args:
        pace: the limits.
        free_at: that time, as kept in the store.
        now: seconds since the epoch.
    """
    if not pace.per_second:
        return 1_000_000
    return math.floor(pace.burst - (max(now, free_at) - now) * pace.per_second + 1e-6)


def _advance(connection: sqlite3.Connection, lane: str, seconds: float, now: float) -> None:
    connection.execute(
        """
        INSERT INTO pace (lane, free_at) VALUES (:lane, :now + :seconds)
        ON CONFLICT (lane) DO UPDATE SET free_at = max(free_at, :now) + :seconds
        """,
        {"lane": lane, "now": now, "seconds": seconds},
    )


def pause(connection: sqlite3.Connection, until: float) -> None:
    """Holds back all lanes; a longer pause stays."""
    connection.execute(
        """
        INSERT INTO pace (lane, paused_until) VALUES (?, ?)
        ON CONFLICT (lane) DO UPDATE SET paused_until = max(paused_until, excluded.paused_until)
        """,
        (EVERYONE, until),
    )


def settle(connection: sqlite3.Connection, outgoing: Outgoing, verdict: Verdict, now: float) -> str:
    """Records what became of a call; returns its lane, which may have been renamed.

    Raises:
        LeaseLost: the call is not ours any more.
    """
    values = {
        "id": outgoing.id,
        "owner": outgoing.owner,
        "attempts": outgoing.attempts,
        "state": verdict.state.value,
        "done_at": now if verdict.done else None,
        "not_before": verdict.not_before,
        "error": verdict.error or None,
        "message_id": verdict.message_id,
        "doubt": int(verdict.doubt),
        "call": None if verdict.call is None else dump_call(verdict.call),
        "forget": verdict.done and verdict.state is not CallState.DEAD,
    }
    rows = connection.execute(_SETTLE, values).fetchall()
    if not rows:
        raise LeaseLost
    lane: str = rows[0]["lane"]
    if verdict.drop_lane:
        drop(connection, lane, verdict.error, now)
    enqueue(connection, lane, verdict.follow, now)
    return lane


def drop(connection: sqlite3.Connection, lane: str, error: str, now: float) -> None:
    """Everything that waits to be sent in a lane is dead, and its content deleted."""
    connection.execute(
        """
        UPDATE outbox SET state = 'dead', call = NULL, error = ?, done_at = ?, owner = NULL
        WHERE lane = ? AND done_at IS NULL
        """,
        (error, now, lane),
    )


def release(connection: sqlite3.Connection, owner: str) -> int:
    """Ends the leases of a process; the owner stays, so that the next finds the call in doubt."""
    sql = "UPDATE outbox SET lease_until = 0 WHERE owner = ? AND done_at IS NULL"
    return connection.execute(sql, (owner,)).rowcount


def release_all(connection: sqlite3.Connection) -> None:
    """Ends all leases."""
    connection.execute(
        "UPDATE outbox SET lease_until = 0 WHERE lease_until > 0 AND done_at IS NULL"
    )
