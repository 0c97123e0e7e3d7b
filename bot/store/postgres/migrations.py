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


def migrate(connection: Connection) -> None:
    """Applies what has not been applied yet, all of it or nothing."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
        connection.execute(
            """
            CREATE TABLE IF NOT EXISTS migration (
                name TEXT PRIMARY KEY,
                applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
            )
            """
        )
        cursor = connection.execute("SELECT name FROM migration")
        applied = {row["name"] for row in cursor.fetchall()}
        for name, script in _steps():
            if name not in applied:
                connection.execute(script)
                connection.execute("INSERT INTO migration (name) VALUES (%s)", (name,))
        connection.execute(
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
