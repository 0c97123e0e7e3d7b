"""Opens the store that an address names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.store import sqlite

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bot.store.port import Record, Store

_SQLITE: Final = "sqlite:///"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address; None for a database server."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


def open_store(url: str) -> AbstractAsyncContextManager[Store]:
    """The store while the block is open.

    Args:
        url: ``sqlite:///path`` or ``postgresql://…``.

    Raises:
        StorageUnavailable: on entering; it cannot be opened.
    """
    path = sqlite_path(url)
    if path is not None:
        return sqlite.open_sqlite(path)
    from bot.store.postgres.store import open_postgres  # noqa: PLC0415, only who needs it loads it

    return open_postgres(url)


async def read_events(url: str, since: float) -> tuple[Record, ...]:
    """What happened since a moment, read beside a bot that runs or not; changes nothing.

    Raises:
        StorageUnavailable: there is no database, or it cannot be read.
    """
    path = sqlite_path(url)
    if path is not None:
        return await asyncio.to_thread(sqlite.read_events, path, since)
    from bot.store.postgres import store  # noqa: PLC0415, only who needs it loads it

    return await asyncio.to_thread(store.read_events, url, since)
