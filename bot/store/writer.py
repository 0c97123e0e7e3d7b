"""The one connection that writes: jobs that arrive together share one transaction and one fsync.

SQLite's own file lock orders the writers of several processes. Statements run on the event loop,
since each takes some microseconds, and a thread that ran them would have to win back Python's lock
from the loop after every one. Only the commit has a thread, where the disk is slow.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from bot.errors import StorageUnavailable

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]

_BATCH: Final = 64
"""Jobs in one transaction; the loop and the other processes wait as long as they take."""

_GATHER: Final = 2
"""Rounds of the event loop before a transaction, so that what follows at once comes into it too:
a claim behind the update that it takes, a call behind the turn that made it."""
_RETRY: Final = 0.0005
"""Seconds between two attempts to take the lock."""
_QUICK: Final = 0.002
"""Seconds; on a disk that commits faster, the loop waits itself: to hand a thread the work and hear
of its end would take longer, when there is other work between."""
_FORGIVE: Final = 0.99
"""How the memory of a slow disk fades with each commit, so that it is tried again now and then."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None


class Writer:
    """Runs jobs on a connection, many to a transaction."""

    def __init__(self, connection: sqlite3.Connection, *, busy_timeout: float = 5.0) -> None:
        """Args: ``busy_timeout`` is how many seconds to wait for other processes."""
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
        self._busy_timeout = busy_timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._waiting: deque[tuple[Job, bool, asyncio.Future[Any]]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False
        self._lasting = True
        self._disk = 0.0
        """Seconds that a commit takes at the moment, on average."""
        self.transactions = 0
        """How many transactions were committed."""

    async def run(self, job: Callable[[sqlite3.Connection], T], *, lasting: bool = True) -> T:
        """Runs a job in a transaction; returns after the commit.

        A job that raises is undone alone; its neighbours in the transaction are committed.

        Args:
            job: a few statements.
            lasting: the commit waits for the disk. Without, it outlives this process at once, and
                a power cut as soon as anything else is committed.

        Raises:
            StorageUnavailable: the transaction failed, or the writer is closed.
        """
        if self._closed:
            message = "the store is closed"
            raise StorageUnavailable(message)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, lasting, future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._drain())
        return cast("T", await future)

    async def close(self) -> None:
        """Commits what waits, then ends the thread and the connection."""
        self._closed = True
        if self._pump is not None:
            await self._pump
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                for _ in range(_GATHER):
                    await asyncio.sleep(0)
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                lasting = any(lasting for _, lasting, _ in batch)
                outcomes = await self._commit([job for job, _, _ in batch], lasting=lasting)
                for (_, _, future), outcome in zip(batch, outcomes, strict=True):
                    if future.done():  # its task was cancelled; the work is committed all the same
                        continue
                    if outcome.error is not None:
                        future.set_exception(outcome.error)
                    else:
                        future.set_result(outcome.value)
        finally:
            self._pump = None

    def _sync(self, *, lasting: bool) -> None:
        if lasting is not self._lasting:
            self._lasting = lasting
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")

    async def _commit(self, jobs: list[Job], *, lasting: bool) -> list[_Outcome]:
        try:
            self._sync(lasting=lasting)
            await self._begin()
            outcomes = [self._attempt(job) for job in jobs]
            if self._disk < _QUICK:
                self._flush()
            else:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._thread, self._connection.commit)
                self._disk *= _FORGIVE
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            return [_Outcome(error=_unavailable(error)) for _ in jobs]
        self.transactions += 1
        return outcomes

    def _flush(self) -> None:
        """Commits on the loop and learns how long the disk takes.

        A thread could not tell, since its time includes the wait for Python's lock.
        """
        started = time.perf_counter()
        self._connection.commit()
        if self._lasting:
            self._disk += (time.perf_counter() - started - self._disk) / 8

    async def _begin(self) -> None:
        """Takes SQLite's lock.

        It is asked for often: SQLite itself would sleep up to 100 ms between two attempts, while
        the other processes hold the lock for less than one.
        """
        give_up = time.monotonic() + self._busy_timeout
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > give_up:
                    raise
                await asyncio.sleep(_RETRY)
            else:
                return

    def _attempt(self, job: Job) -> _Outcome:
        self._connection.execute("SAVEPOINT job")
        try:
            value = job(self._connection)
        except sqlite3.OperationalError:
            raise  # disk full, I/O error: the transaction as a whole cannot be trusted
        except Exception as error:  # noqa: BLE001 - handed on to the one who asked for the job
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            return _Outcome(error=error)
        self._connection.execute("RELEASE job")
        return _Outcome(value)


def _unavailable(error: Exception) -> StorageUnavailable:
    failure = StorageUnavailable(f"the database cannot be written: {error}")
    failure.__cause__ = error
    return failure
