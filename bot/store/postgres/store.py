"""The store on PostgreSQL: for processes on any number of hosts.

The server's clock is everybody's, its locks order those who meet, and it tells one process that
another has left work. What must hold even so is in the rows: leases, and owner and attempts as the
fence.
"""

from __future__ import annotations

import math
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from psycopg import Error

from bot import privacy
from bot.store.codec import dump
from bot.store.inbox_rows import Arrival
from bot.store.postgres import bulletins, deeds, inbox, lanes, outbox
from bot.store.postgres.clock import ServerClock
from bot.store.postgres.connection import Line, connect, unavailable
from bot.store.postgres.migrations import migrate
from bot.store.postgres.neighbours import Neighbours
from bot.store.postgres.pump import Pump, Verb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.store.port import (
        Bulletin,
        Call,
        Claim,
        Clock,
        Depth,
        Done,
        Handled,
        Json,
        Outgoing,
        Receipt,
        Record,
        Verdict,
    )
    from bot.store.postgres.connection import Connection
    from bot.store.rules import Flood, Pace, Retention

    T = TypeVar("T")

# What brings work, or frees a lane, stands before what takes work: so a claim finds the update
# that came with it, and nobody waits for a poll.
_RECEIVE: Final = Verb(inbox.receive, 0)
# Should a power cut undo it, the call is in doubt, as if the power had gone before.
_SETTLE: Final = Verb(outbox.settle, 1, lasting=False)
_CLOSE: Final = Verb(inbox.close, 2)
_GIVE_BACK: Final = Verb(inbox.give_back, 3)
_MOVE: Final = Verb(lanes.move, 4)
_FORGET: Final = Verb(lanes.forget, 5)
_RELEASE: Final = Verb(lanes.release, 6)
_REFUSE: Final = Verb(lanes.refuse, 7)
_PROBE: Final = Verb(lanes.probe, 8)
_PURGE: Final = Verb(lanes.purge, 9)
_FIRE: Final = Verb(inbox.fire, 10)
_ANNOUNCE: Final = Verb(deeds.announce, 11)
# Should a power cut undo it, the item is free, as it is after a power cut anyhow.
_CLAIM: Final = Verb(inbox.claim, 12, lasting=False)
_PAUSE: Final = Verb(outbox.pause, 13)
_CLAIM_CALLS: Final = Verb(outbox.claim, 15)


class PostgresStore:
    """``Store`` over a connection that writes and one that reads; made by ``open_postgres``."""

    def __init__(
        self, pump: Pump, reading: Line, neighbours: Neighbours, *, key: str, clock: Clock
    ) -> None:
        self._pump = pump
        self._reading = reading
        self._neighbours = neighbours
        self._key = key
        self._clock = clock

    @property
    def clock(self) -> Clock:
        """The server's time."""
        return self._clock

    @property
    def transactions(self) -> int:
        """How many transactions this process has committed."""
        return self._pump.transactions

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Calls ``wake`` when another process ended leases."""
        self._neighbours.subscribe(wake)

    def pseudonym(self, lane: str) -> str:
        """The lane's name in events and logs, keyed with a secret kept in the database."""
        return privacy.pseudonym(lane, self._key)

    async def receive(
        self,
        update_id: int,
        lane: str,
        body: Json,
        *,
        person: str = "",
        flood: Flood | None = None,
    ) -> Receipt:
        """Keeps an update; updates that arrive together are one ``INSERT`` and one fsync."""
        arrival = Arrival(update_id, lane, dump(body), person)
        return await self._pump.do(_RECEIVE, inbox.Knock(arrival, flood, self.pseudonym(lane)))

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what is no update."""
        await self._pump.do(_REFUSE, (reason, body))

    async def claim(
        self, owner: str, *, limit: int, lease: float, idle: bool = True
    ) -> tuple[Claim, ...]:
        """Leases the oldest items of free lanes."""
        return await self._pump.do(_CLAIM, inbox.Worker(owner, limit, lease, idle))

    async def complete(self, claim: Claim, handled: Handled) -> None:
        """Commits what came of an item, in one transaction."""
        await self._pump.do(_CLOSE, (inbox.Ending(claim, handled), self.pseudonym))

    async def retry(self, claim: Claim, *, error: str, not_before: float) -> None:
        """Gives an item back for later."""
        await self._pump.do(_GIVE_BACK, inbox.Return(claim, error, not_before))

    async def bury(self, claim: Claim, *, error: str, handled: Handled) -> None:
        """Makes an item a dead letter and commits the apology."""
        await self._pump.do(_CLOSE, (inbox.Ending(claim, handled, error), self.pseudonym))

    async def release(self, owner: str) -> int:
        """Ends all leases of a process, and tells the others."""
        return await self._pump.do(_RELEASE, owner)

    async def fire(self, *, limit: int) -> int:
        """Moves timers that are due to the inbox."""
        return await self._pump.do(_FIRE, limit)

    async def claim_calls(
        self, owner: str, *, limit: int, lease: float, pace: Pace
    ) -> tuple[Outgoing, ...]:
        """Leases the heads of outboxes that may go out now."""
        return await self._pump.do(_CLAIM_CALLS, outbox.Courier(owner, limit, lease, pace))

    async def settle(self, outgoing: Outgoing, verdict: Verdict) -> None:
        """Records what became of a call."""
        await self._pump.do(_SETTLE, (outgoing, verdict, self.pseudonym))

    async def pause(self, until: float) -> None:
        """Holds back all calls."""
        await self._pump.do(_PAUSE, until)

    async def move(self, old: str, new: str, change: Callable[[Call], Call]) -> None:
        """Renames a lane in every table."""
        names = (self.pseudonym(old), self.pseudonym(new))
        await self._pump.do(_MOVE, lanes.Rename((old, new), names, change))

    async def purge(self, retention: Retention) -> int:
        """Deletes a batch of what is old; 0 when nothing is left."""
        return await self._pump.do(_PURGE, retention)

    async def about(self, lane: str) -> Json:
        """Everything stored about a lane."""
        return await self._read(
            lambda connection: lanes.about(connection, lane, self.pseudonym(lane))
        )

    async def forget(self, lane: str) -> None:
        """Deletes everything stored about a lane."""
        await self._pump.do(_FORGET, (lane, self.pseudonym(lane)))

    async def events(
        self, since: float, until: float = math.inf, *, worded: bool = False
    ) -> tuple[Record, ...]:
        """What happened in a time."""
        return await self._read(
            lambda connection: lanes.events(connection, since, until, worded=worded)
        )

    async def subscribers(self, topic: str) -> int:
        """How many want a topic."""
        return await self._read(lambda connection: bulletins.subscribers(connection, topic))

    async def bulletin(self, key: str) -> Bulletin | None:
        """A draft and what became of it."""
        return await self._read(lambda connection: bulletins.find(connection, key))

    async def deeds(self, limit: int) -> tuple[Done, ...]:
        """What admins did last."""
        return await self._read(lambda connection: deeds.last(connection, limit))

    async def announce(self, key: str, calls: tuple[Call, ...]) -> bool:
        """Sends calls unless somebody has told the same before."""
        return await self._pump.do(_ANNOUNCE, deeds.News(key, calls))

    async def depth(self) -> Depth:
        """Counts what waits."""
        return await self._read(lanes.depth)

    async def probe(self) -> None:
        """Writes the time."""
        await self._pump.do(_PROBE, str(self._clock()))

    async def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            return await self._reading.run(query)
        except Error as error:
            raise unavailable(error) from error


@asynccontextmanager
async def open_postgres(url: str, *, clock: Clock | None = None) -> AsyncIterator[PostgresStore]:
    """Connects, brings the database to the newest schema, and leaves it in the end.

    Args:
        url: ``postgresql://…``; the database must exist. Not through a pooler that shares
            connections by transaction: leases would survive, hints and presence would not.
        clock: only for tests; None for the server's clock.

    Raises:
        StorageUnavailable: the server cannot be reached, or refuses.
    """
    server = ServerClock()
    writing, reading = Line(url, "store-writer"), Line(url, "store-reader")
    neighbours = Neighbours(url, server)
    pump = Pump(writing, (lambda: None) if clock is None else clock)
    async with AsyncExitStack() as stack:
        for line in (writing, reading):
            stack.push_async_callback(line.close)
        stack.push_async_callback(neighbours.leave)
        try:
            key = await writing.run(_prepare)
            await neighbours.join(lambda: pump.do(_RELEASE, None))
        except Error as error:
            raise unavailable(error) from error
        stack.push_async_callback(pump.close)
        yield PostgresStore(pump, reading, neighbours, key=key, clock=clock or server)


def read_events(url: str, since: float) -> tuple[Record, ...]:
    """What happened since a moment, read beside bots that run or not; changes nothing.

    Raises:
        StorageUnavailable: the server cannot be asked, or no bot has run on it yet.
    """
    connection = connect(url)
    try:
        return lanes.events(connection, since, math.inf)
    except Error as error:
        raise unavailable(error) from error
    finally:
        connection.close()


def _prepare(connection: Connection) -> str:
    """Migrates; returns the key of the pseudonyms."""
    migrate(connection)
    sql = "SELECT value FROM setting WHERE name = 'pseudonym_key'"
    row = connection.execute(sql).fetchone()
    return str(row["value"]) if row else ""
