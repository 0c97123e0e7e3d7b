"""What arrives together shares one transaction: one round to the disk, few rounds to the server.

A verb takes all its subjects at once, so that sixty-four updates are one ``INSERT``. A subject that
spoils the transaction for the others is found by doing each alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from psycopg import InterfaceError, OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure

from bot.errors import StorageUnavailable
from bot.store.postgres.connection import unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.store.postgres.connection import Connection, Line

S = TypeVar("S")
R = TypeVar("R")
Work: TypeAlias = "Callable[[Connection, float | None, Sequence[S]], Sequence[R]]"
"""Given a moment (None: the server's) and subjects; a result for each, an exception among them is
raised to the one who asked."""

_BATCH: Final = 128
_GATHER: Final = 2
"""Rounds of the event loop before a transaction, so that what follows at once comes into it too."""
_AGAIN: Final = 3
"""How often a job is tried that another process's transaction crossed."""


@dataclass(frozen=True, slots=True)
class Verb(Generic[S, R]):
    """Something that can be done to many at once."""

    work: Work[S, R]
    rank: int
    """Place in the transaction: what frees or adds work goes before what takes it."""
    lasting: bool = True
    """The commit waits for the disk; else a power cut may undo it until the next that does."""


@dataclass(frozen=True, slots=True)
class _Job:
    verb: Verb[Any, Any]
    subject: Any
    result: asyncio.Future[Any]

    @property
    def rank(self) -> int:
        return self.verb.rank


class Pump:
    """Does verbs on one connection, many to a transaction."""

    def __init__(self, line: Line, now: Callable[[], float | None]) -> None:
        """Args: ``now`` tells the moment; None for the server's."""
        self._line = line
        self._now = now
        self._waiting: deque[_Job] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closed = False
        self.transactions = 0
        """How many transactions were committed."""

    async def do(self, verb: Verb[S, R], subject: S) -> R:
        """Does one thing; returns after the commit.

        Raises:
            StorageUnavailable: nothing is known to have been committed.
        """
        if self._closed:
            message = "the store is closed"
            raise StorageUnavailable(message)
        result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(verb, subject, result))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return cast("R", await result)

    async def close(self) -> None:
        """Commits what waits."""
        self._closed = True
        if self._draining is not None:
            await self._draining

    async def _drain(self) -> None:
        try:
            while self._waiting:
                for _ in range(_GATHER):
                    await asyncio.sleep(0)
                jobs = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                await self._settle(sorted(jobs, key=attrgetter("rank")))
        finally:
            self._draining = None

    async def _settle(self, jobs: list[_Job], *, tries: int = 1) -> None:
        """Does the jobs and tells those who asked; never raises."""
        try:
            results = await self._commit(jobs)
        except (DeadlockDetected, SerializationFailure) as error:
            # rolled back for sure, by a neighbour that has gone on since
            if tries == _AGAIN:
                results = [unavailable(error)] * len(jobs)
            else:
                await self._one_by_one(jobs, tries + 1)
                return
        except (OperationalError, InterfaceError, StorageUnavailable) as error:
            failure = error if isinstance(error, StorageUnavailable) else unavailable(error)
            results = [failure] * len(jobs)
        except Exception as error:  # noqa: BLE001 - handed on to the one who asked for it
            if len(jobs) > 1:
                await self._one_by_one(jobs, tries)
                return
            results = [error]
        for job, result in zip(jobs, results, strict=True):
            _tell(job.result, result)

    async def _one_by_one(self, jobs: list[_Job], tries: int) -> None:
        for job in jobs:
            await self._settle([job], tries=tries)

    async def _commit(self, jobs: list[_Job]) -> list[Any]:
        now = self._now()
        results = await self._line.run(lambda connection: _do(connection, now, jobs))
        self.transactions += 1
        return results


def _do(connection: Connection, now: float | None, jobs: list[_Job]) -> list[Any]:
    """One transaction; results in the order of the jobs."""
    results: list[Any] = []
    with connection.pipeline(), connection.transaction():
        if not any(job.verb.lasting for job in jobs):
            connection.execute("SET LOCAL synchronous_commit = off")
        for _, group in groupby(jobs, key=attrgetter("verb.work")):
            same = list(group)
            results += same[0].verb.work(connection, now, [job.subject for job in same])
    return results


def _tell(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():  # its task was cancelled; the work is committed all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
