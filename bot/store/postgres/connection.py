"""Connections to the server: how they are opened, and opened again after they broke."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from psycopg import AsyncConnection, Error
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper

from bot.errors import StorageUnavailable

if TYPE_CHECKING:
    from psycopg.abc import Buffer

Connection: TypeAlias = AsyncConnection[dict[str, Any]]

_PATIENCE: Final = {
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


async def connect(url: str) -> Connection:
    """A new connection in autocommit mode.

    Raises:
        StorageUnavailable: the server cannot be reached, or does not let us in; the message holds
            no password.
    """
    try:
        connection = await AsyncConnection.connect(
            url,
            autocommit=True,
            row_factory=dict_row,
            application_name="huanhuan",
            **_PATIENCE,  # type: ignore[arg-type] # libpq's parameters, by name
        )
        connection.adapters.register_dumper(str, _Text)
        await connection.execute(_SESSION)
    except Error as error:
        raise unavailable(error) from error
    return connection


def unavailable(error: Exception) -> StorageUnavailable:
    """The same in our words; libpq tells host, port and user, never a password."""
    reason = " ".join(str(error).split())
    return StorageUnavailable(f"the database does not answer: {reason}")


class Line:
    """One connection, opened when it is needed and again after it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()

    async def connection(self) -> Connection:
        """The connection, working as far as anybody knows.

        Raises:
            StorageUnavailable: there is none at the moment.
        """
        async with self._opening:
            if self._connection is None or self._connection.closed:
                self._connection = await connect(self._url)
            return self._connection

    async def idle(self) -> Connection:
        """The same for its only user, who may have left it in the middle of something.

        Raises:
            StorageUnavailable: there is none at the moment.
        """
        connection = await self.connection()
        if connection.info.transaction_status is TransactionStatus.IDLE:
            return connection
        await connection.close()
        return await self.connection()

    async def close(self) -> None:
        """Ends it."""
        if self._connection is not None:
            await self._connection.close()
