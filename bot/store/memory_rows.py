"""Rows of the store in memory, and what the tables of a database would do to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.errors import LeaseLost
from bot.store.codec import dump_call, load
from bot.store.port import CallState, Outgoing, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.port import Call, Done, EventLike, Json, Publish, Wish


UPDATE_TOLD: Final = "update_id received_at body timer state attempts error"
SENDING_TOLD: Final = "id method state attempts doubts telegram_message_id error created_at done_at"
"""What ``about`` tells of a row."""


@dataclass(slots=True)
class Update:
    """A row of the inbox."""

    update_id: int
    lane: str
    position: int
    received_at: float
    body: Json | None
    timer: Json | None = None
    person: str = ""
    state: str = "new"
    attempts: int = 0
    failures: int = 0
    not_before: float = 0.0
    owner: str | None = None
    lease_until: float = 0.0
    error: str | None = None
    done_at: float = 0.0


@dataclass(slots=True)
class Sending:
    """A row of the outbox."""

    id: int
    lane: str
    update_id: int | None
    method: str
    call: Call | None
    created_at: float
    state: CallState = CallState.NEW
    attempts: int = 0
    doubts: int = 0
    not_before: float = 0.0
    owner: str | None = None
    lease_until: float = 0.0
    telegram_message_id: int | None = None
    error: str | None = None
    done_at: float | None = None


@dataclass(slots=True)
class Session:
    """A lane's session."""

    data: Json
    revision: int
    updated_at: float


@dataclass(slots=True)
class Timer:
    """A scheduled row."""

    id: int
    lane: str
    key: str
    not_before: float
    payload: Json


@dataclass(slots=True)
class Recorded:
    """A row of the events; ``lane`` is a pseudonym."""

    at: float
    lane: str
    event: EventLike
    text: str
    took: float | None = None

    def to_record(self) -> Record:
        """As the port tells it."""
        event = self.event
        return Record(
            self.at, self.lane, event.kind, event.article, event.value, self.text, self.took
        )


@dataclass(slots=True)
class BulletinRow:
    """A drafted or published message to many."""

    text: str
    drafted_at: float
    published_at: float | None = None
    people: int | None = None


@dataclass(slots=True)
class PaceRow:
    """When a lane may send again."""

    free_at: float = 0.0
    paused_until: float = 0.0


@dataclass(slots=True)
class Tables:
    """All tables; dictionaries keep the order of insertion."""

    inbox: dict[int, Update] = field(default_factory=dict)
    outbox: dict[int, Sending] = field(default_factory=dict)
    session: dict[str, Session] = field(default_factory=dict)
    scheduled: dict[tuple[str, str], Timer] = field(default_factory=dict)
    event: list[Recorded] = field(default_factory=list)
    pace: dict[str, PaceRow] = field(default_factory=dict)
    flood: dict[tuple[str, str], float] = field(default_factory=dict)
    refused: list[tuple[float, str, str]] = field(default_factory=list)
    wish: dict[tuple[str, str], float] = field(default_factory=dict)
    """Lane and topic to when it was wished."""
    bulletin: dict[str, BulletinRow] = field(default_factory=dict)
    deed: list[Done] = field(default_factory=list)
    announced: dict[str, float] = field(default_factory=dict)


def position(row: Update) -> tuple[int, int]:
    """Order in a lane."""
    return row.position, row.update_id


def blank(row: Update, done_at: float) -> None:
    """Deletes all but the update's id, against repetition."""
    row.state, row.lane, row.body, row.timer, row.error = "done", "", None, None, None
    row.person, row.owner, row.lease_until, row.done_at = "", None, 0.0, done_at


def take(row: Sending, owner: str, until: float) -> Outgoing:
    """Leases a row of the outbox; one that still had an owner is uncertain."""
    reclaimed = row.owner is not None
    if reclaimed:
        row.state, row.doubts = CallState.UNCERTAIN, row.doubts + 1
    row.owner, row.lease_until, row.attempts = owner, until, row.attempts + 1
    if row.call is None:
        raise LeaseLost
    return Outgoing(
        id=row.id,
        lane=row.lane,
        call=row.call,
        created_at=row.created_at,
        attempts=row.attempts,
        doubts=row.doubts,
        reclaimed=reclaimed,
        owner=owner,
        lease_until=until,
        update_id=row.update_id,
    )


def size(tables: Tables) -> int:
    """How many rows there are."""
    kept = (tables.inbox, tables.outbox, tables.session, tables.pace, tables.wish, tables.bulletin)
    listed = len(tables.event) + len(tables.refused) + len(tables.deed) + len(tables.announced)
    return listed + sum(len(table) for table in kept)


def waiting(tables: Tables, lane: str, person: str) -> int:
    """How many updates of a person wait in a lane, unhandled or with unsent answers."""
    theirs = {
        row.update_id: row.state
        for row in tables.inbox.values()
        if (row.lane, row.person) == (lane, person)
    }
    unsent = {
        row.update_id
        for row in tables.outbox.values()
        if row.lane == lane and row.done_at is None and row.update_id in theirs
    }
    return list(theirs.values()).count("new") + len(unsent)


def pick(row: object, names: str) -> Json:
    """Some fields of a row."""
    return {name: getattr(row, name) for name in names.split()}


def plain(row: Sending) -> Json | None:
    """The call of a row as JSON."""
    return None if row.call is None else load(dump_call(row.call))


def wish(tables: Tables, lane: str, item: Wish, now: float) -> None:
    """Keeps what a lane wants; what it does not want is also taken off its way."""
    if item.wanted:
        tables.wish[lane, item.topic] = now
        return
    tables.wish.pop((lane, item.topic), None)
    keys = [(of, key) for of, key in tables.scheduled if of == lane]
    for of, key in keys:
        if key.startswith(f"{item.topic}:"):
            del tables.scheduled[of, key]
    for row in tables.inbox.values():
        stopped = row.timer is not None and row.timer.get("topic") == item.topic
        if stopped and (row.lane, row.state, row.owner) == (lane, "new", None):
            row.state, row.timer, row.done_at = "done", None, now


def publish(tables: Tables, item: Publish, now: float, ids: Iterator[int]) -> None:
    """Sets a timer for everybody who wants the topic; nothing the second time."""
    row = tables.bulletin.get(item.key)
    if row is None or row.published_at is not None:
        return
    since = {lane: at for (lane, topic), at in tables.wish.items() if topic == item.topic}
    row.published_at, row.people = now, len(since)
    key = f"{item.topic}:{item.key}"
    for place, lane in enumerate(sorted(since, key=lambda lane: (since[lane], lane))):
        payload = {"action": item.action, "text": row.text, "topic": item.topic}
        timer = Timer(next(ids), lane, key, now + item.gap * place, payload)
        tables.scheduled.setdefault((lane, key), timer)
