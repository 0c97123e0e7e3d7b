"""Connections to the server: how they are opened, and opened again after they broke."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from psycopg import AsyncConnection, Error
from psycopg import Connection as SyncConnection
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper

from bot.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg.abc import Buffer

Connection: TypeAlias = "SyncConnection[dict[str, Any]]"
Listener: TypeAlias = "AsyncConnection[dict[str, Any]]"

R = TypeVar("R")

_OPTIONS: Final[dict[str, Any]] = {
    "application_name": "huanhuan",
    "connect_timeout": 5,
    # A server whose host has vanished is noticed, instead of waited for.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SESSION: Final = """
SET synchronous_commit = on;
SET lock_timeout = '5s';
SET statement_timeout = '10s';
-- a process frozen in the middle of a transaction must not keep a chat locked
SET idle_in_transaction_session_timeout = '10s';
SET TIME ZONE 'UTC'
"""


class _Text(StrDumper):
    """PostgreSQL's text has no NUL; what a stranger sends may."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd"))


def connect(url: str) -> Connection:
    """A new connection in autocommit mode.

    Raises:
        StorageUnavailable: the server cannot be reached, or does not let us in; the message holds
            no password.
    """
    try:
        connection = SyncConnection.connect(url, autocommit=True, row_factory=dict_row, **_OPTIONS)
        connection.adapters.register_dumper(str, _Text)
        connection.execute(_SESSION)
    except Error as error:
        raise unavailable(error) from error
    return connection


async def connect_listener(url: str) -> Listener:
    """The same, to wait on for notifications.

    Raises:
        StorageUnavailable: as ``connect``.
    """
    try:
        return await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row, **_OPTIONS)
    except Error as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> StorageUnavailable:
    """The same in our words; libpq tells host, port and user, never a password."""
    reason = " ".join(str(error).split())
    return StorageUnavailable(f"the database does not answer: {reason}")


class Line:
    """One connection in a thread of its own, opened when it is needed and again after it broke.

    A transaction is several rounds to the server. In a thread they do not wait for the event loop,
    which is busy with answers, at every one.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[Connection], R]) -> R:
        """Does work with the connection.

        Raises:
            StorageUnavailable: there is none at the moment.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._working()))

    def _working(self) -> Connection:
        """The connection, idle and whole as far as anybody knows."""
        connection = self._connection
        if connection is None or connection.closed:
            connection = connect(self._url)
        elif connection.info.transaction_status is not TransactionStatus.IDLE:
            connection.close()  # left in the middle of something
            connection = connect(self._url)
        self._connection = connection
        return connection

    async def close(self) -> None:
        """Ends connection and thread."""
        if self._connection is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()
