"""Brings a PostgreSQL database to the newest schema; each step runs once, in one transaction."""

from __future__ import annotations

import secrets
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.postgres.connection import Connection

MIGRATING: Final = 0x48_75_61_6E_01
"""Advisory lock: processes that start together wait for each other instead of migrating twice."""


async def migrate(connection: Connection) -> None:
    """Applies what has not been applied yet, all of it or nothing."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
        await connection.execute(
            """
            CREATE TABLE IF NOT EXISTS migration (
                name TEXT PRIMARY KEY,
                applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
            )
            """
        )
        cursor = await connection.execute("SELECT name FROM migration")
        applied = {row["name"] for row in await cursor.fetchall()}
        for name, script in _steps():
            if name not in applied:
                await connection.execute(script)
                await connection.execute("INSERT INTO migration (name) VALUES (%s)", (name,))
        await connection.execute(
            """
            INSERT INTO setting (name, value) VALUES ('pseudonym_key', %s)
            ON CONFLICT (name) DO NOTHING
            """,
            (secrets.token_hex(32),),
        )


def _steps() -> Iterator[tuple[str, str]]:
    folder = resources.files("bot.store.postgres").joinpath("schema")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            yield file.name.removesuffix(".sql"), file.read_text("utf-8")
