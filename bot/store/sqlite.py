"""The store on SQLite: for any number of processes on one host with a local disk."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlite_utils import Database

from bot import privacy
from bot.errors import StorageUnavailable
from bot.store import bulletin_rows, deed_rows, inbox_rows, lane_rows, outbox_rows
from bot.store.codec import dump
from bot.store.migrations import migrate
from bot.store.port import Happening, Receipt
from bot.store.presence import present
from bot.store.rules import is_group
from bot.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.store.port import (
        Bulletin,
        Call,
        Claim,
        Clock,
        Depth,
        Done,
        Handled,
        InboxItem,
        Json,
        Outgoing,
        Record,
        Verdict,
    )
    from bot.store.rules import Flood, Pace, Retention

    T = TypeVar("T")


class SqliteStore:
    """``Store`` over one connection that writes and one that reads; made by ``open_sqlite``."""

    def __init__(
        self, writer: Writer, reader: sqlite3.Connection, *, key: str, clock: Clock
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self._key = key
        self._clock = clock

    @property
    def clock(self) -> Clock:
        """This host's time."""
        return self._clock

    def subscribe(self, wake: Callable[[], None]) -> None:
        """Nobody tells; the short poll finds it."""

    @property
    def transactions(self) -> int:
        """How many transactions this process has committed."""
        return self._writer.transactions

    async def close(self) -> None:
        """Commits what waits and closes the file."""
        await self._writer.close()
        await asyncio.get_running_loop().run_in_executor(self._reading, self._reader.close)
        self._reading.shutdown()

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
        """Keeps an update; updates that arrive together share one fsync."""
        arrival = inbox_rows.Arrival(update_id, lane, dump(body), person)

        def job(connection: sqlite3.Connection) -> Receipt:
            now = self._clock()
            receipt = inbox_rows.receive(connection, arrival, flood, now)
            if (
                flood is not None
                and receipt is Receipt.FLOODED
                and inbox_rows.begin_flood(connection, arrival, now)
            ):
                notice = () if is_group(lane) else flood.notice(lane)
                outbox_rows.enqueue(connection, lane, notice, now)
                outbox_rows.record(connection, self.pseudonym(lane), (Happening("flood"),), now)
            return receipt

        return await self._writer.run(job)

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what is no update."""
        row = (self._clock(), reason, body)
        await self._writer.run(
            lambda connection: connection.execute(
                "INSERT INTO refused (at, reason, body) VALUES (?, ?, ?)", row
            )
        )

    async def claim(
        self, owner: str, *, limit: int, lease: float, idle: bool = True
    ) -> tuple[Claim, ...]:
        """Leases the oldest items of free lanes."""

        def job(connection: sqlite3.Connection) -> tuple[Claim, ...]:
            now = self._clock()
            lease_until = now + lease
            return inbox_rows.claim(
                connection, owner, limit=limit, lease_until=lease_until, idle=idle, now=now
            )

        # Should a power cut undo it, the item is free, as it is after a power cut anyhow.
        return await self._writer.run(job, lasting=False)

    async def complete(self, claim: Claim, handled: Handled) -> None:
        """Commits what came of an item, in one transaction."""

        def job(connection: sqlite3.Connection) -> None:
            now = self._clock()
            lane = inbox_rows.finish(connection, claim, now)
            self._keep(connection, lane, claim.item, handled, now)

        await self._writer.run(job)

    async def retry(self, claim: Claim, *, error: str, not_before: float) -> None:
        """Gives an item back for later."""
        await self._writer.run(
            lambda connection: inbox_rows.give_back(connection, claim, error, not_before)
        )

    async def bury(self, claim: Claim, *, error: str, handled: Handled) -> None:
        """Makes an item a dead letter and commits the apology."""

        def job(connection: sqlite3.Connection) -> None:
            now = self._clock()
            lane = inbox_rows.bury(connection, claim, error, now)
            self._keep(connection, lane, claim.item, handled, now)

        await self._writer.run(job)

    def _keep(
        self,
        connection: sqlite3.Connection,
        lane: str,
        item: InboxItem,
        handled: Handled,
        now: float,
    ) -> None:
        if handled.forget:
            lane_rows.forget_past(connection, lane, self.pseudonym(lane))
        if handled.session is not None:
            inbox_rows.save_session(connection, lane, handled.session, now)
        outbox_rows.enqueue(connection, lane, handled.calls, now, item.update_id)
        outbox_rows.record(connection, self.pseudonym(lane), handled.events, now, item.waited(now))
        inbox_rows.schedule(connection, lane, handled.schedule)
        bulletin_rows.wish(connection, lane, handled.wishes, now)
        deed_rows.keep(connection, handled.deeds, now)
        if handled.draft is not None:
            bulletin_rows.draft(connection, handled.draft, now)
        if handled.publish is not None:
            bulletin_rows.publish(connection, handled.publish, now)

    async def release(self, owner: str) -> int:
        """Ends all leases of a process."""
        return await self._writer.run(
            lambda connection: (
                inbox_rows.release(connection, owner) + outbox_rows.release(connection, owner)
            )
        )

    async def fire(self, *, limit: int) -> int:
        """Moves timers that are due to the inbox."""
        return await self._writer.run(
            lambda connection: inbox_rows.fire(connection, limit, self._clock())
        )

    async def claim_calls(
        self, owner: str, *, limit: int, lease: float, pace: Pace
    ) -> tuple[Outgoing, ...]:
        """Leases the heads of outboxes that may go out now."""

        def job(connection: sqlite3.Connection) -> tuple[Outgoing, ...]:
            now = self._clock()
            return outbox_rows.claim(
                connection, owner, limit=limit, lease_until=now + lease, pace=pace, now=now
            )

        return await self._writer.run(job)

    async def settle(self, outgoing: Outgoing, verdict: Verdict) -> None:
        """Records what became of a call."""

        def job(connection: sqlite3.Connection) -> None:
            now = self._clock()
            lane = outbox_rows.settle(connection, outgoing, verdict, now)
            outbox_rows.record(connection, self.pseudonym(lane), verdict.events, now)

        # Should a power cut undo it, the call is in doubt, as if the power had gone before.
        await self._writer.run(job, lasting=False)

    async def pause(self, until: float) -> None:
        """Holds back all calls."""
        await self._writer.run(lambda connection: outbox_rows.pause(connection, until))

    async def move(self, old: str, new: str, change: Callable[[Call], Call]) -> None:
        """Renames a lane in every table."""
        names = (self.pseudonym(old), self.pseudonym(new))
        await self._writer.run(
            lambda connection: lane_rows.move(connection, (old, new), names, change)
        )

    async def purge(self, retention: Retention) -> int:
        """Deletes a batch of what is old; 0 when nothing is left.

        Empties the log then, in which deleted words would stand until they are written over.
        """
        deleted = await self._writer.run(
            lambda connection: lane_rows.purge(connection, retention, self._clock())
        )
        if not deleted:
            await self._read(
                lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            )
        return deleted

    async def about(self, lane: str) -> Json:
        """Everything stored about a lane."""
        return await self._read(
            lambda connection: lane_rows.about(connection, lane, self.pseudonym(lane))
        )

    async def forget(self, lane: str) -> None:
        """Deletes everything stored about a lane."""
        await self._writer.run(
            lambda connection: lane_rows.forget(
                connection, lane, self.pseudonym(lane), self._clock()
            )
        )

    async def events(
        self, since: float, until: float = math.inf, *, worded: bool = False
    ) -> tuple[Record, ...]:
        """What happened in a time."""
        return await self._read(
            lambda connection: lane_rows.events(connection, since, until, worded=worded)
        )

    async def subscribers(self, topic: str) -> int:
        """How many want a topic."""
        return await self._read(lambda connection: bulletin_rows.subscribers(connection, topic))

    async def bulletin(self, key: str) -> Bulletin | None:
        """A draft and what became of it."""
        return await self._read(lambda connection: bulletin_rows.find(connection, key))

    async def deeds(self, limit: int) -> tuple[Done, ...]:
        """What admins did last."""
        return await self._read(lambda connection: deed_rows.last(connection, limit))

    async def announce(self, key: str, calls: tuple[Call, ...]) -> bool:
        """Sends calls unless somebody has told the same before."""

        def job(connection: sqlite3.Connection) -> bool:
            now = self._clock()
            first = deed_rows.announce(connection, key, now)
            if first:
                outbox_rows.enqueue(connection, "", calls, now)
            return first

        return await self._writer.run(job)

    async def depth(self) -> Depth:
        """Counts what waits."""
        return await self._read(lane_rows.depth)

    async def probe(self) -> None:
        """Writes the time; SQLite would not touch the disk for a value that stays the same."""
        now = str(self._clock())
        await self._writer.run(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO setting (name, value) VALUES ('probed_at', ?)", (now,)
            )
        )

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._reading, query, self._reader)
        except sqlite3.Error as error:
            message = f"the database cannot be read: {error}"
            raise StorageUnavailable(message) from error


@asynccontextmanager
async def open_sqlite(
    path: Path, *, clock: Clock = time.time, busy_timeout: float = 5.0
) -> AsyncIterator[SqliteStore]:
    """Opens a database, brings it to the newest schema, and closes it in the end.

    Args:
        path: the file; it and its folder are made if missing.
        clock: seconds since the epoch.
        busy_timeout: seconds to wait for the writer of another process.

    Raises:
        StorageUnavailable: the file cannot be opened or is no database.
    """
    with ExitStack() as stack:
        try:
            writing, reading, key = await asyncio.to_thread(_open, path, busy_timeout, stack)
        except (sqlite3.Error, OSError) as error:
            message = f"cannot open {path}: {error}"
            raise StorageUnavailable(message) from error
        kept = stack.pop_all()
    store = SqliteStore(Writer(writing, busy_timeout=busy_timeout), reading, key=key, clock=clock)
    with kept:
        try:
            yield store
        finally:
            await store.close()


def read_events(path: Path, since: float) -> tuple[Record, ...]:
    """What happened since a moment, read beside a bot that runs or not; changes nothing.

    Raises:
        StorageUnavailable: there is no database, or it cannot be read.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            return lane_rows.events(connection, since, math.inf)
        finally:
            connection.close()
    except sqlite3.Error as error:
        message = f"{path} cannot be read: {error}"
        raise StorageUnavailable(message) from error


def _open(
    path: Path, busy_timeout: float, stack: ExitStack
) -> tuple[sqlite3.Connection, sqlite3.Connection, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # it holds what people wrote
    writing = _connect(path, busy_timeout)
    try:
        _use_wal(writing, busy_timeout)
        writing.execute("PRAGMA synchronous = FULL")
        writing.execute("PRAGMA secure_delete = FAST")
        migrate(Database(writing))
        lock = path.with_name(f"{path.name}.lock")
        stack.enter_context(present(lock, lambda: _release_all(writing)))
        row = writing.execute("SELECT value FROM setting WHERE name = 'pseudonym_key'").fetchone()
        reading = _connect(path, busy_timeout)
    except BaseException:
        writing.close()
        raise
    reading.execute("PRAGMA query_only = ON")
    return writing, reading, row["value"]


def _release_all(connection: sqlite3.Connection) -> None:
    """Nobody lives who could hold a lease; their calls stay in doubt."""
    connection.execute("BEGIN IMMEDIATE")
    inbox_rows.release_all(connection)
    outbox_rows.release_all(connection)
    connection.execute("COMMIT")


def _use_wal(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """SQLite does not wait by itself when several processes change the mode at the same time."""
    give_up = time.monotonic() + busy_timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection
