"""The storage port: what is kept, as values, and what a store must be able to do.

The durable way of a message: ``receive`` -> ``claim`` -> ``complete`` (one transaction: update
done, session, outbox, events, timers) -> ``claim_calls`` -> ``settle``. Times are seconds since
the epoch; lanes are opaque strings, one for each chat.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from bot.store.rules import Flood, Pace, Retention

Json: TypeAlias = dict[str, Any]
"""A decoded JSON object."""

Clock: TypeAlias = Callable[[], float]
"""Seconds since the epoch, the same for all processes that share a store: the host's clock with
SQLite, the server's with PostgreSQL."""


class EventLike(Protocol):
    """Something worth counting; ``bot.conversation.turn.Event`` is one."""

    @property
    def kind(self) -> str:
        """What happened."""

    @property
    def article(self) -> str:
        """Id of the article concerned, or empty."""

    @property
    def value(self) -> str:
        """A short detail, or empty."""

    @property
    def text(self) -> str:
        """Masked words of a person, or empty."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that delivery itself records."""

    kind: str
    article: str = ""
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it was kept."""

    at: float
    lane: str
    """The pseudonym of the chat."""
    kind: str
    article: str
    value: str
    text: str
    """Masked words of a person, or empty; forgotten earlier than the rest."""
    took: float | None
    """Seconds from the update to the commit of its answer; None where nobody had asked."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What an admin did."""

    person: str
    """Who: the Telegram user id."""
    act: str
    """``reload``, ``rollback``, ``write`` …"""
    target: str = ""
    """An article, a file, or nothing."""
    version: str = ""
    """Of the content that came of it, or that served at the time."""


@dataclass(frozen=True, slots=True)
class Done:
    """A deed as it was kept."""

    at: float
    deed: Deed


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether the chat wants the messages of a topic that nobody asked for one by one."""

    topic: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a bulletin that is not sent yet; a new one with the same key changes nothing."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Sends a drafted bulletin to everybody who wants its topic, each once, however often asked.

    Each gets a timer of their own, so that it takes its place in the order of the chat, and an
    answer never waits behind it.
    """

    key: str
    """Of the draft; also that of the timers, behind ``topic`` and a colon."""
    topic: str
    action: str
    """What the timers bring, beside the ``text``."""
    gap: float
    """Seconds between two people."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A drafted or published message to many."""

    text: str
    published_at: float | None
    people: int | None
    """How many it was scheduled for."""


class Receipt(StrEnum):
    """What became of an update at the door; true when it is new and waits to be answered."""

    KEPT = "kept"
    KNOWN = "known"
    """Telegram sent it again."""
    FLOODED = "flooded"
    """One of too many by the same person: remembered as done, not answered."""

    def __bool__(self) -> bool:
        return self is Receipt.KEPT


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One update, or one timer that fell due, waiting for its turn in its lane."""

    update_id: int
    """Negative for a timer."""
    lane: str
    body: Json
    """The decoded update; empty for a timer."""
    received_at: float
    attempts: int
    """How often it has been claimed, this time included."""
    timer: Json | None = None
    """Payload of the timer, None for an update."""

    def waited(self, now: float) -> float | None:
        """Seconds since it came in; None for a timer, for which nobody waits."""
        return None if self.timer is not None else max(0.0, now - self.received_at)


@dataclass(frozen=True, slots=True)
class Claim:
    """An inbox item that one process may work on until its lease runs out."""

    item: InboxItem
    session: Json
    """The lane's session as it was when the claim was made; empty for a new one."""
    owner: str
    lease_until: float
    failures: int
    """How often handling it has raised before."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a call."""

    field: str
    """Name of the parameter, such as ``document``."""
    name: str
    """File name that the person sees."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the messenger."""

    method: str
    params: Json
    files: tuple[Attachment, ...] = ()
    fallback: Call | None = None
    """What to call instead when this one is refused: the text without formatting, or a new
    message where an edit is not possible."""
    once: bool = False
    """Never repeat it when nobody knows whether it was carried out. Calls with files never are."""
    lane: str = ""
    """The lane whose order it keeps; empty for the lane of the update it answers."""
    recipe: Json | None = None
    """What is to be made when it is sent, such as a file from a letter; the transport knows how."""

    @property
    def repeatable(self) -> bool:
        """Whether a second copy does less harm than none."""
        return not self.once and not self.files and self.recipe is None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A timer of a lane; a new one with the same key replaces the old."""

    key: str
    due_at: float
    payload: Json | None
    """What the handler is given when it falls due; None cancels the timer."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of an update; everything but ``acks`` goes into one transaction."""

    session: Json | None = None
    """The new session; None leaves it as it is, an empty one is deleted."""
    calls: tuple[Call, ...] = ()
    events: tuple[EventLike, ...] = ()
    schedule: tuple[Scheduled, ...] = ()
    acks: tuple[Call, ...] = ()
    """Best effort, sent at once and outside the outbox."""
    forget: bool = False
    """Delete first what is stored about the lane; calls that still wait to be sent stay."""
    wishes: tuple[Wish, ...] = ()
    """An unwanted topic also cancels what is on its way."""
    draft: Draft | None = None
    publish: Publish | None = None
    deeds: tuple[Deed, ...] = ()


class CallState(StrEnum):
    """Where a row of the outbox stands."""

    NEW = "new"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """Nobody knows whether one attempt was carried out: perhaps twice, or perhaps not at all."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The head of a lane's outbox, claimed by one process."""

    id: int
    lane: str
    call: Call
    created_at: float
    attempts: int
    """How often it has been claimed, this time included."""
    doubts: int
    """How many of its attempts ended with nobody knowing."""
    reclaimed: bool
    """True when the attempt before this one was cut off (counted in ``doubts``)."""
    owner: str
    lease_until: float
    update_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a claimed call."""

    state: CallState
    done: bool = True
    """False: it will be sent again, not before ``not_before``."""
    not_before: float = 0.0
    message_id: int | None = None
    error: str = ""
    doubt: bool = False
    """Nobody knows whether this attempt was carried out."""
    call: Call | None = None
    """Replaces the call in the outbox."""
    follow: tuple[Call, ...] = ()
    """New calls behind it."""
    events: tuple[EventLike, ...] = ()
    drop_lane: bool = False
    """Everything else that waits in this lane is dead too."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits."""

    inbox: int
    oldest: float | None
    """When the oldest unfinished update was received."""
    outbox: int
    dead_letters: int
    unsent: int
    """Dead rows of the outbox."""
    uncertain: int
    scheduled: int
    refused: int
    """What came in and was no update."""


class Store(Protocol):
    """Keeps everything. Each method is one transaction, durable when it returns.

    Every method may raise ``StorageUnavailable``; nothing was changed then.
    """

    @property
    def clock(self) -> Clock:
        """Where the store's times come from; whoever compares with them must ask it too."""

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Calls ``wake`` when another process left work; a hint that may not come."""

    def pseudonym(self, lane: str) -> str:
        """The lane's name in events and logs; the same in every process and after restarts."""

    async def receive(
        self,
        update_id: int,
        lane: str,
        body: Json,
        *,
        person: str = "",
        flood: Flood | None = None,
    ) -> Receipt:
        """Keeps an update; returns once it is safe on disk.

        Args:
            update_id: positive.
            lane: the chat.
            body: the update, already masked.
            person: who wrote it; empty for nobody.
            flood: how much of one person's may wait; None is without limit.
        """

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what came in and is no update, for the admins to look at.

        Args:
            reason: in a few words.
            body: its beginning, already masked.
        """

    async def claim(
        self, owner: str, *, limit: int, lease: float, idle: bool = True
    ) -> tuple[Claim, ...]:
        """Takes the oldest unfinished item of lanes in which nobody works, oldest first.

        Args:
            owner: a random name of this process.
            limit: at most so many lanes.
            lease: seconds after which others may take them over.
            idle: whether the process works on nothing else; see ``rules.unsuspected``.
        """

    async def complete(self, claim: Claim, handled: Handled) -> None:
        """Commits what came of a claimed item, and deletes its body.

        Raises:
            LeaseLost: somebody else has taken the item; nothing was committed.
        """

    async def retry(self, claim: Claim, *, error: str, not_before: float) -> None:
        """Gives a claimed item back after handling raised.

        Raises:
            LeaseLost: somebody else has taken the item.
        """

    async def bury(self, claim: Claim, *, error: str, handled: Handled) -> None:
        """Makes a claimed item a dead letter, commits the apology, and lets the lane move on.

        Raises:
            LeaseLost: somebody else has taken the item.
        """

    async def release(self, owner: str) -> int:
        """Ends all leases of a process that stopped or died; returns how many.

        Calls it had not settled are in doubt for whoever takes them next.
        """

    async def fire(self, *, limit: int) -> int:
        """Turns timers that are due into inbox items, the earliest first; returns how many."""

    async def claim_calls(
        self, owner: str, *, limit: int, lease: float, pace: Pace
    ) -> tuple[Outgoing, ...]:
        """Takes the heads of lanes' outboxes that may go out now, oldest first.

        A head whose lease ran out is taken over and marked uncertain.
        """

    async def settle(self, outgoing: Outgoing, verdict: Verdict) -> None:
        """Records what became of a claimed call; the text of a sent one is deleted.

        Raises:
            LeaseLost: somebody else has taken the call.
        """

    async def pause(self, until: float) -> None:
        """Holds back all calls of all processes until then."""

    async def move(self, old: str, new: str, change: Callable[[Call], Call]) -> None:
        """Renames a lane everywhere.

        Args:
            old: the lane as it was.
            new: its new name; what is stored there already wins.
            change: rewrites each waiting call.
        """

    async def purge(self, retention: Retention) -> int:
        """Deletes what is old; returns how many rows."""

    async def about(self, lane: str) -> Json:
        """Everything stored about a lane, by table; ``deeds`` too, which forgetting leaves."""

    async def forget(self, lane: str) -> None:
        """Deletes everything stored about a lane, also what waits."""

    async def events(
        self, since: float, until: float = math.inf, *, worded: bool = False
    ) -> tuple[Record, ...]:
        """What happened from ``since`` to before ``until``, in the order in which it was kept.

        ``worded`` asks only for events that carry a person's words.
        """

    async def subscribers(self, topic: str) -> int:
        """How many chats want a topic."""

    async def bulletin(self, key: str) -> Bulletin | None:
        """What became of a draft; None where there is none."""

    async def deeds(self, limit: int) -> tuple[Done, ...]:
        """What admins did last, the newest first; forgetting a lane leaves it, time does not."""

    async def announce(self, key: str, calls: tuple[Call, ...]) -> bool:
        """Sends calls that answer no update, once over all processes.

        Args:
            key: names what is told; whoever comes later with the same sends nothing.
            calls: each with a ``lane`` of its own.

        Returns:
            Whether this was the first.
        """

    async def depth(self) -> Depth:
        """What waits, for health and metrics."""

    async def probe(self) -> None:
        """Writes something, to learn whether the disk takes it."""
