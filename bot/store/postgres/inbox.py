"""The way in: receive, claim, finish, and timers that fall due. Each verb takes many at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import LeaseLost
from bot.store.codec import dump, load
from bot.store.inbox_rows import POSITION_STEP
from bot.store.port import Claim, Happening, InboxItem, Receipt
from bot.store.postgres import bulletins, deeds, lanes, outbox
from bot.store.rules import is_group, unsuspected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.inbox_rows import Arrival
    from bot.store.port import Handled, Json, Scheduled
    from bot.store.postgres.connection import Connection
    from bot.store.rules import Flood

_RECEIVE: Final = """
INSERT INTO inbox (update_id, lane, position, received_at, body, person)
SELECT update_id, lane, position, moment(%(now)s), body, person
FROM unnest(%(ids)s::bigint[], %(lanes)s::text[], %(positions)s::bigint[], %(bodies)s::text[],
    %(persons)s::text[]) AS arrival(update_id, lane, position, body, person)
ORDER BY update_id -- processes that receive the same updates wait for each other in one order
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id
"""

_WAITING: Final = """
SELECT lane, person,
    (SELECT count(*) FROM inbox
     WHERE inbox.lane = pair.lane AND inbox.person = pair.person AND state = 'new')
    + (SELECT count(DISTINCT update_id) FROM outbox JOIN inbox USING (update_id)
       WHERE outbox.lane = pair.lane AND outbox.done_at IS NULL AND inbox.person = pair.person)
    AS waiting
FROM unnest(%s::text[], %s::text[]) AS pair(lane, person)
"""

# The head of a lane is chosen first and the limit applied after, so that one blocked lane with
# many rows does not keep the others waiting.
_FREE_HEAD: Final = """
state = 'new' AND not_before <= moment(%(now)s) AND lease_until <= moment(%(now)s)
  AND NOT EXISTS (
    SELECT 1 FROM inbox AS earlier
    WHERE earlier.lane = head.lane AND earlier.state = 'new'
      AND (earlier.position, earlier.update_id) < (head.position, head.update_id))
  AND NOT EXISTS (
    SELECT 1 FROM inbox AS taken
    WHERE taken.lane = head.lane AND taken.state = 'new'
      AND taken.owner IS NOT NULL AND taken.lease_until > moment(%(now)s))
"""

# The row's own lock does not keep a second process out of the lane when an older update arrives in
# this very moment; the lane's lock does, since the claim looks again behind it.
_HEADS: Final = f"""
WITH heads AS MATERIALIZED (
    SELECT update_id, position, lane, attempts FROM inbox AS head
    WHERE {_FREE_HEAD}
    ORDER BY position, update_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
SELECT update_id, attempts FROM heads
WHERE pg_try_advisory_xact_lock(%(namespace)s, hashtext(lane))
ORDER BY position, update_id
"""  # noqa: S608 - a constant of this module
_TAKE: Final = f"""
UPDATE inbox AS head SET
    owner = %(owner)s, lease_until = moment(%(now)s) + %(lease)s, attempts = attempts + 1
WHERE update_id = ANY(%(ids)s) AND {_FREE_HEAD}
RETURNING head.*, (SELECT data FROM session WHERE session.lane = head.lane) AS session
"""  # noqa: S608 - a constant of this module
_LANES: Final = 0x48_75_61
"""Namespace of the lanes' advisory locks."""

# Whose lease ran out may still finish, but not into the work of another: when an older update came
# in late, somebody else may have begun with that.
_CLOSE: Final = """
UPDATE inbox SET
    state = CASE WHEN mine.error IS NULL THEN 'done' ELSE 'dead' END,
    body = CASE WHEN mine.error IS NULL THEN NULL ELSE body END,
    timer = CASE WHEN mine.error IS NULL THEN NULL ELSE timer END,
    failures = failures + (mine.error IS NOT NULL)::integer,
    error = mine.error, done_at = moment(%(now)s), owner = NULL, lease_until = 0
FROM unnest(%(ids)s::bigint[], %(owners)s::text[], %(attempts)s::integer[], %(errors)s::text[])
    AS mine(update_id, owner, attempts, error)
WHERE inbox.update_id = mine.update_id AND inbox.owner = mine.owner
    AND inbox.attempts = mine.attempts AND inbox.state = 'new'
    AND NOT EXISTS (
        SELECT 1 FROM inbox AS other
        WHERE other.lane = inbox.lane AND other.state = 'new'
          AND other.update_id <> inbox.update_id
          AND other.owner IS NOT NULL AND other.lease_until > moment(%(now)s))
RETURNING inbox.update_id, inbox.lane
"""

_GIVE_BACK: Final = """
UPDATE inbox SET
    failures = failures + 1, error = %s, not_before = %s, owner = NULL, lease_until = 0
WHERE update_id = %s AND owner = %s AND attempts = %s AND state = 'new'
RETURNING update_id
"""

_SAVE: Final = """
INSERT INTO session (lane, data, revision, updated_at)
SELECT lane, data, 1, moment(%(now)s)
FROM unnest(%(lanes)s::text[], %(data)s::text[]) AS new(lane, data)
ON CONFLICT (lane) DO UPDATE SET
    data = excluded.data, revision = session.revision + 1, updated_at = excluded.updated_at
"""

_FIRE: Final = """
INSERT INTO inbox (update_id, lane, position, received_at, timer)
VALUES (-%(id)s::bigint, %(lane)s, coalesce(
    (SELECT max(position) + 1 FROM inbox WHERE lane = %(lane)s AND state = 'new'), 0),
    moment(%(now)s), %(payload)s)
"""


@dataclass(frozen=True, slots=True)
class Knock:
    """An update at the door."""

    arrival: Arrival
    flood: Flood | None
    name: str
    """The lane's pseudonym."""

    @property
    def pair(self) -> tuple[str, str]:
        """Whose flood it may be part of."""
        return self.arrival.lane, self.arrival.person


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that could work."""

    owner: str
    limit: int
    lease: float
    idle: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of a claimed item; with an error it is a dead letter."""

    claim: Claim
    handled: Handled
    error: str | None = None

    @property
    def asked_at(self) -> float | None:
        """When the person began to wait; None for a timer, for which nobody waits."""
        return None if self.claim.item.timer is not None else self.claim.item.received_at


@dataclass(frozen=True, slots=True)
class Return:
    """A claimed item that is tried again later."""

    claim: Claim
    error: str
    not_before: float


def receive(connection: Connection, now: float | None, knocks: Sequence[Knock]) -> list[Receipt]:
    """Inserts updates; those of a flood are remembered as done."""
    arrivals = [knock.arrival for knock in knocks]
    values = {
        "now": now,
        "ids": [arrival.update_id for arrival in arrivals],
        "lanes": [arrival.lane for arrival in arrivals],
        "positions": [arrival.update_id * POSITION_STEP for arrival in arrivals],
        "bodies": [arrival.body for arrival in arrivals],
        "persons": [arrival.person for arrival in arrivals],
    }
    cursor = connection.execute(_RECEIVE, values)
    new = {row["update_id"] for row in cursor.fetchall()}
    receipts = []
    for arrival in arrivals:
        receipts.append(Receipt.KEPT if arrival.update_id in new else Receipt.KNOWN)
        new.discard(arrival.update_id)  # a twin of it in the same batch is known
    _hold_back_floods(connection, now, knocks, receipts)
    return receipts


def _hold_back_floods(
    connection: Connection,
    now: float | None,
    knocks: Sequence[Knock],
    receipts: list[Receipt],
) -> None:
    kept = [
        place
        for place, knock in enumerate(knocks)
        if receipts[place] and knock.flood is not None and knock.arrival.person
    ]
    if not kept:
        return
    here = Counter(knocks[place].pair for place in kept)
    lane_names, persons = zip(*here, strict=True)
    cursor = connection.execute(_WAITING, (list(lane_names), list(persons)))
    waiting = {(row["lane"], row["person"]): row["waiting"] for row in cursor.fetchall()}
    for pair, count in here.items():
        waiting[pair] -= count
    over = set(here) - {pair for pair, count in waiting.items() if not count}
    for place in kept:
        flood, pair = knocks[place].flood, knocks[place].pair
        if flood is not None and waiting[pair] >= flood.most(pair[0]):
            receipts[place] = Receipt.FLOODED
        else:
            waiting[pair] += 1
    _end_floods(connection, sorted(set(here) - over))
    flooded = [knocks[place] for place in kept if receipts[place] is Receipt.FLOODED]
    if flooded:
        _ignore(connection, now, flooded)


def _end_floods(connection: Connection, pairs: list[tuple[str, str]]) -> None:
    if pairs:
        lane_names, persons = zip(*pairs, strict=True)
        connection.execute(
            """
            DELETE FROM flood USING unnest(%s::text[], %s::text[]) AS over(lane, person)
            WHERE flood.lane = over.lane AND flood.person = over.person
            """,
            (list(lane_names), list(persons)),
        )


def _ignore(connection: Connection, now: float | None, flooded: list[Knock]) -> None:
    """Remembers updates as done; whoever begins to be ignored is told so once."""
    connection.execute(
        """
        UPDATE inbox SET state = 'done', body = NULL, done_at = moment(%s)
        WHERE update_id = ANY(%s)
        """,
        (now, [knock.arrival.update_id for knock in flooded]),
    )
    first = {knock.pair: knock for knock in reversed(flooded)}
    for (lane, person), knock in sorted(first.items(), key=lambda item: item[0]):
        cursor = connection.execute(
            """
            INSERT INTO flood (lane, person, since) VALUES (%s, %s, moment(%s))
            ON CONFLICT DO NOTHING RETURNING lane
            """,
            (lane, person, now),
        )
        if cursor.fetchall() and knock.flood is not None:
            notice = () if is_group(lane) else knock.flood.notice(lane)
            outbox.enqueue(connection, now, outbox.letters(lane, notice))
            outbox.record(connection, now, [outbox.Happened(knock.name, Happening("flood"))])


def claim(
    connection: Connection, now: float | None, workers: Sequence[Worker]
) -> list[tuple[Claim, ...]]:
    """Leases the heads of free lanes, oldest first."""
    return [_claim(connection, now, worker) for worker in workers]


def _claim(connection: Connection, now: float | None, worker: Worker) -> tuple[Claim, ...]:
    values: Json = {"now": now, "limit": worker.limit, "namespace": _LANES}
    cursor = connection.execute(_HEADS, values)
    heads = cursor.fetchall()
    count = unsuspected((head["attempts"] for head in heads), idle=worker.idle)
    if not heads[:count]:
        return ()
    values |= {
        "ids": [head["update_id"] for head in heads[:count]],
        "owner": worker.owner,
        "lease": worker.lease,
    }
    cursor = connection.execute(_TAKE, values)
    rows = sorted(cursor.fetchall(), key=lambda row: (row["position"], row["update_id"]))
    return tuple(map(_from_row, rows))


def _from_row(row: dict[str, Any]) -> Claim:
    item = InboxItem(
        update_id=row["update_id"],
        lane=row["lane"],
        body=load(row["body"]),
        received_at=row["received_at"],
        attempts=row["attempts"],
        timer=None if row["timer"] is None else load(row["timer"]),
    )
    return Claim(item, load(row["session"]), row["owner"], row["lease_until"], row["failures"])


def close(
    connection: Connection, now: float | None, endings: Sequence[tuple[Ending, lanes.Naming]]
) -> list[LeaseLost | None]:
    """Marks items done or dead where they are still ours, and keeps what came of them."""
    claims = [ending.claim for ending, _ in endings]
    values = {
        "now": now,
        "ids": [claim.item.update_id for claim in claims],
        "owners": [claim.owner for claim in claims],
        "attempts": [claim.item.attempts for claim in claims],
        "errors": [ending.error for ending, _ in endings],
    }
    cursor = connection.execute(_CLOSE, values)
    closed = {row["update_id"]: row["lane"] for row in cursor.fetchall()}
    results: list[LeaseLost | None] = []
    ours: list[tuple[str, str, Ending]] = []
    for ending, naming in endings:
        lane = closed.pop(ending.claim.item.update_id, None)
        results.append(LeaseLost() if lane is None else None)
        if lane is not None:
            ours.append((lane, naming(lane), ending))
    _keep(connection, now, ours)
    return results


def _keep(connection: Connection, now: float | None, ours: list[tuple[str, str, Ending]]) -> None:
    for lane, name, ending in ours:
        if ending.handled.forget:
            lanes.forget_past(connection, lane, name)
    sessions = {
        lane: ending.handled.session
        for lane, _, ending in ours
        if ending.handled.session is not None
    }
    _save_sessions(connection, now, sessions)
    letters = [
        letter
        for lane, _, ending in ours
        for letter in outbox.letters(lane, ending.handled.calls, ending.claim.item.update_id)
    ]
    outbox.enqueue(connection, now, letters)
    happened = [
        outbox.Happened(name, event, ending.asked_at)
        for _, name, ending in ours
        for event in ending.handled.events
    ]
    outbox.record(connection, now, happened)
    for lane, _, ending in ours:
        for timer in ending.handled.schedule:
            _schedule(connection, lane, timer)
        _keep_rest(connection, now, lane, ending.handled)


def _keep_rest(connection: Connection, now: float | None, lane: str, handled: Handled) -> None:
    for item in handled.wishes:
        bulletins.wish(connection, now, lane, item)
    deeds.keep(connection, now, handled.deeds)
    if handled.draft is not None:
        bulletins.draft(connection, now, handled.draft)
    if handled.publish is not None:
        bulletins.publish(connection, now, handled.publish)


def _save_sessions(connection: Connection, now: float | None, sessions: dict[str, Json]) -> None:
    """Writes sessions in one order of lanes; empty ones are deleted."""
    kept = {lane: dump(data) for lane, data in sorted(sessions.items()) if data}
    ended = [lane for lane, data in sessions.items() if not data]
    if kept:
        values = {"now": now, "lanes": list(kept), "data": list(kept.values())}
        connection.execute(_SAVE, values)
    if ended:
        connection.execute("DELETE FROM session WHERE lane = ANY(%s)", (ended,))


def _schedule(connection: Connection, lane: str, timer: Scheduled) -> None:
    """Sets, replaces or cancels a timer."""
    sql = "DELETE FROM scheduled WHERE lane = %s AND key = %s"
    connection.execute(sql, (lane, timer.key))
    if timer.payload is not None:
        connection.execute(
            "INSERT INTO scheduled (lane, key, not_before, payload) VALUES (%s, %s, %s, %s)",
            (lane, timer.key, timer.due_at, dump(timer.payload)),
        )


def give_back(
    connection: Connection, now: float | None, returns: Sequence[Return]
) -> list[LeaseLost | None]:
    """Frees items for a later attempt."""
    del now
    results: list[LeaseLost | None] = []
    for back in returns:
        mine = (back.claim.item.update_id, back.claim.owner, back.claim.item.attempts)
        cursor = connection.execute(_GIVE_BACK, (back.error, back.not_before, *mine))
        results.append(None if cursor.fetchall() else LeaseLost())
    return results


def fire(connection: Connection, now: float | None, limits: Sequence[int]) -> list[int]:
    """Moves timers that are due to the end of their lanes."""
    fired = []
    for limit in limits:
        cursor = connection.execute(
            """
            SELECT id, lane, payload FROM scheduled WHERE not_before <= moment(%s)
            ORDER BY not_before, id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            (now, limit),
        )
        due = cursor.fetchall()
        for timer in due:
            connection.execute(_FIRE, {"now": now, **timer})
        if due:
            ids = [timer["id"] for timer in due]
            connection.execute("DELETE FROM scheduled WHERE id = ANY(%s)", (ids,))
        fired.append(len(due))
    return fired
