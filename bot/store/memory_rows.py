"""Rows of the store in memory, and what the tables of a database would do to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import LeaseLost
from bot.store.port import CallState, Outgoing

if TYPE_CHECKING:
    from bot.store.port import Call, EventLike, Json


@dataclass(slots=True)
class Update:
    """A row of the inbox."""

    update_id: int
    lane: str
    position: int
    received_at: float
    body: Json | None
    timer: Json | None = None
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


def position(row: Update) -> tuple[int, int]:
    """Order in a lane."""
    return row.position, row.update_id


def blank(row: Update, done_at: float) -> None:
    """Deletes all but the update's id, against repetition."""
    row.state, row.lane, row.body, row.timer, row.error = "done", "", None, None, None
    row.owner, row.lease_until, row.done_at = None, 0.0, done_at


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
    kept = (tables.inbox, tables.outbox, tables.session, tables.pace)
    return len(tables.event) + sum(len(table) for table in kept)
