"""The way out: what is to be sent, how fast, and what became of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import LeaseLost
from bot.store.codec import dump_call, load_call
from bot.store.outbox_rows import A_GROUP, EVERYONE, permits
from bot.store.port import CallState, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.store.port import Call, EventLike, Verdict
    from bot.store.postgres.connection import Connection
    from bot.store.postgres.lanes import Naming
    from bot.store.rules import Pace

_ENQUEUE: Final = """
INSERT INTO outbox (lane, update_id, seq, method, call, created_at)
SELECT lane, update_id, seq, method, call, moment(%(now)s)
FROM unnest(%(lanes)s::text[], %(updates)s::bigint[], %(seqs)s::integer[], %(methods)s::text[],
    %(calls)s::text[]) WITH ORDINALITY AS new(lane, update_id, seq, method, call, place)
ORDER BY place
"""

_RECORD: Final = """
INSERT INTO event (at, lane, kind, article, value, text, took)
SELECT moment(%(now)s), lane, kind, article, value, text, moment(%(now)s) - CASE
    WHEN asked > moment(%(now)s) THEN moment(%(now)s) ELSE asked END
FROM unnest(%(names)s::text[], %(kinds)s::text[], %(articles)s::text[], %(values)s::text[],
    %(texts)s::text[], %(asked)s::float8[])
    WITH ORDINALITY AS new(lane, kind, article, value, text, asked, place)
ORDER BY place
"""

_PACE: Final = """
SELECT free_at, paused_until > moment(%(now)s) AS paused, moment(%(now)s) AS now
FROM pace WHERE lane = ''
"""

_HEADS: Final = """
SELECT head.id, head.lane, head.owner
FROM outbox AS head LEFT JOIN pace ON pace.lane = head.lane
WHERE head.done_at IS NULL
  AND head.not_before <= moment(%(now)s) AND head.lease_until <= moment(%(now)s)
  AND coalesce(pace.free_at, 0) <= moment(%(now)s)
      + CASE WHEN head.lane LIKE '-%%' THEN %(group_start)s ELSE %(start)s END::float8
  AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.lane = head.lane AND earlier.done_at IS NULL AND earlier.id < head.id)
ORDER BY head.id LIMIT %(limit)s
FOR UPDATE OF head SKIP LOCKED
"""

# A row that still has an owner was cut off in its attempt: nobody knows whether it was sent.
_TAKE: Final = """
UPDATE outbox SET
    state = CASE WHEN owner IS NULL THEN state ELSE 'uncertain' END,
    doubts = doubts + (owner IS NOT NULL)::integer,
    owner = %(owner)s, lease_until = moment(%(now)s) + %(lease)s, attempts = attempts + 1
WHERE id = ANY(%(ids)s)
RETURNING *
"""

_ADVANCE: Final = """
INSERT INTO pace (lane, free_at)
SELECT lane, moment(%(now)s) + seconds
FROM unnest(%(lanes)s::text[], %(seconds)s::float8[]) AS new(lane, seconds) ORDER BY lane DESC
ON CONFLICT (lane) DO UPDATE SET
    free_at = greatest(pace.free_at, moment(%(now)s)) + excluded.free_at - moment(%(now)s)
"""

_SETTLE: Final = """
UPDATE outbox SET
    state = mine.state, done_at = CASE WHEN mine.done THEN moment(%(now)s) END,
    not_before = mine.not_before, error = mine.error, telegram_message_id = mine.message_id,
    doubts = doubts + mine.doubt::integer,
    call = CASE WHEN mine.forget THEN NULL ELSE coalesce(mine.call, outbox.call) END,
    owner = NULL, lease_until = 0
FROM unnest(%(ids)s::bigint[], %(owners)s::text[], %(attempts)s::integer[], %(states)s::text[],
    %(done)s::boolean[], %(not_before)s::float8[], %(errors)s::text[], %(messages)s::bigint[],
    %(doubts)s::boolean[], %(forget)s::boolean[], %(calls)s::text[])
    AS mine(id, owner, attempts, state, done, not_before, error, message_id, doubt, forget, call)
WHERE outbox.id = mine.id AND outbox.owner = mine.owner AND outbox.attempts = mine.attempts
    AND outbox.done_at IS NULL
RETURNING outbox.id, outbox.lane
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A call on its way into the outbox."""

    lane: str
    call: Call
    seq: int
    update_id: int | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event on its way into the book."""

    name: str
    """The pseudonym of its lane."""
    event: EventLike
    asked_at: float | None = None
    """When the person began to wait."""


@dataclass(frozen=True, slots=True)
class Courier:
    """A process that could send."""

    owner: str
    limit: int
    lease: float
    pace: Pace


def letters(lane: str, calls: Iterable[Call], update_id: int | None = None) -> list[Letter]:
    """Calls, for the outbox of their lanes."""
    return [Letter(call.lane or lane, call, seq, update_id) for seq, call in enumerate(calls)]


def enqueue(connection: Connection, now: float | None, new: Sequence[Letter]) -> None:
    """Appends calls to the outbox."""
    if not new:
        return
    values = {
        "now": now,
        "lanes": [letter.lane for letter in new],
        "updates": [letter.update_id for letter in new],
        "seqs": [letter.seq for letter in new],
        "methods": [letter.call.method for letter in new],
        "calls": [dump_call(letter.call) for letter in new],
    }
    connection.execute(_ENQUEUE, values)


def record(connection: Connection, now: float | None, happened: Sequence[Happened]) -> None:
    """Inserts events under the pseudonyms of their lanes."""
    if not happened:
        return
    values = {
        "now": now,
        "names": [one.name for one in happened],
        "kinds": [one.event.kind for one in happened],
        "articles": [one.event.article for one in happened],
        "values": [one.event.value for one in happened],
        "texts": [one.event.text for one in happened],
        "asked": [one.asked_at for one in happened],
    }
    connection.execute(_RECORD, values)


def claim(
    connection: Connection, now: float | None, couriers: Sequence[Courier]
) -> list[tuple[Outgoing, ...]]:
    """Leases the heads of lanes that may send now, and counts them against the pace."""
    return [_claim(connection, now, courier) for courier in couriers]


def _claim(connection: Connection, now: float | None, courier: Courier) -> tuple[Outgoing, ...]:
    allowed = min(courier.limit, _allowed(connection, now, courier.pace))
    if allowed <= 0:
        return ()
    pace = courier.pace
    values: dict[str, Any] = {
        "now": now,
        "start": pace.head_start("") if pace.interval("") else math.inf,
        "group_start": pace.head_start(A_GROUP) if pace.interval(A_GROUP) else math.inf,
        "limit": allowed,
    }
    cursor = connection.execute(_HEADS, values)
    heads = cursor.fetchall()
    if not heads:
        return ()
    _advance(connection, now, pace, [head["lane"] for head in heads])
    lease = {"now": now, "owner": courier.owner, "lease": courier.lease}
    cursor = connection.execute(_TAKE, lease | {"ids": [head["id"] for head in heads]})
    rows = {row["id"]: row for row in cursor.fetchall()}
    return tuple(_from_row(rows[head["id"]], reclaimed=head["owner"] is not None) for head in heads)


def _allowed(connection: Connection, now: float | None, pace: Pace) -> int:
    """Without a limit over all lanes nobody needs to wait for the others' claims."""
    sql = f"{_PACE} FOR UPDATE" if pace.per_second else _PACE
    row = connection.execute(sql, {"now": now}).fetchone()
    if row is None:
        return permits(pace, 0.0, 0.0)
    return 0 if row["paused"] else permits(pace, row["free_at"], row["now"])


def _advance(connection: Connection, now: float | None, pace: Pace, lanes: list[str]) -> None:
    spent = {lane: pace.interval(lane) for lane in lanes if pace.interval(lane)}
    if pace.per_second:
        spent[EVERYONE] = len(lanes) / pace.per_second
    if spent:
        values = {"now": now, "lanes": list(spent), "seconds": list(spent.values())}
        connection.execute(_ADVANCE, values)


def _from_row(row: dict[str, Any], *, reclaimed: bool) -> Outgoing:
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


def settle(
    connection: Connection,
    now: float | None,
    outcomes: Sequence[tuple[Outgoing, Verdict, Naming]],
) -> list[LeaseLost | None]:
    """Records what became of calls that are still ours."""
    cursor = connection.execute(_SETTLE, {"now": now, **_columns(outcomes)})
    settled = {row["id"]: row["lane"] for row in cursor.fetchall()}
    results: list[LeaseLost | None] = []
    for outgoing, verdict, naming in outcomes:
        lane = settled.pop(outgoing.id, None)
        results.append(LeaseLost() if lane is None else None)
        if lane is None:
            continue
        if verdict.drop_lane:
            _drop(connection, now, lane, verdict.error)
        enqueue(connection, now, letters(lane, verdict.follow))
        record(connection, now, [Happened(naming(lane), event) for event in verdict.events])
    return results


def _columns(outcomes: Sequence[tuple[Outgoing, Verdict, Naming]]) -> dict[str, list[Any]]:
    mine = [outgoing for outgoing, _, _ in outcomes]
    verdicts = [verdict for _, verdict, _ in outcomes]
    return {
        "ids": [outgoing.id for outgoing in mine],
        "owners": [outgoing.owner for outgoing in mine],
        "attempts": [outgoing.attempts for outgoing in mine],
        "states": [verdict.state.value for verdict in verdicts],
        "done": [verdict.done for verdict in verdicts],
        "not_before": [verdict.not_before for verdict in verdicts],
        "errors": [verdict.error or None for verdict in verdicts],
        "messages": [verdict.message_id for verdict in verdicts],
        "doubts": [verdict.doubt for verdict in verdicts],
        "forget": [verdict.done and verdict.state is not CallState.DEAD for verdict in verdicts],
        "calls": [
            None if verdict.call is None else dump_call(verdict.call) for verdict in verdicts
        ],
    }


def _drop(connection: Connection, now: float | None, lane: str, error: str) -> None:
    """Everything that waits to be sent in a lane is dead, and its content deleted."""
    connection.execute(
        """
        UPDATE outbox SET
            state = 'dead', call = NULL, error = %s, done_at = moment(%s), owner = NULL
        WHERE lane = %s AND done_at IS NULL
        """,
        (error, now, lane),
    )


def pause(connection: Connection, now: float | None, untils: Sequence[float]) -> list[None]:
    """Holds back all lanes; a longer pause stays."""
    del now
    sql = "UPDATE pace SET paused_until = greatest(paused_until, %s) WHERE lane = ''"
    connection.execute(sql, (max(untils),))
    return [None] * len(untils)
