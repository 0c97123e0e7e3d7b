"""An empty store of each kind, for tests that every kind must pass."""

from contextlib import asynccontextmanager

from bot.store.memory import MemoryStore
from bot.store.postgres.store import open_postgres
from bot.store.sqlite import open_sqlite

KINDS = ("memory", "sqlite", "postgres")


@asynccontextmanager
async def open_kind(request, tmp_path, **clock):
    """Opens the kind of store that a parametrised fixture asks for.

    Args:
        request: of the fixture, whose ``param`` is one of ``KINDS``.
        tmp_path: for the file of SQLite.
        **clock: ``clock`` to give the store one; nothing for its own.
    """
    if request.param == "memory":
        yield MemoryStore(**clock)
        return
    if request.param == "sqlite":
        opened = open_sqlite(tmp_path / "bot.db", **clock)
    else:
        opened = open_postgres(request.getfixturevalue("postgres_url"), **clock)
    async with opened as store:
        yield store
