"""Brings a SQLite database to the newest schema; each step runs once, in one transaction."""

from __future__ import annotations

import secrets
import sqlite3
from importlib import resources
from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlite_utils import Database


def migrate(db: Database) -> None:
    """Applies what has not been applied yet.

    The whole is one immediate transaction, so that processes which start together wait for each
    other instead of migrating twice; sqlite-utils records each step inside it.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        _steps().apply(db)
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def _steps() -> Migrations:
    steps = Migrations("bot")

    @steps(name="001_start")
    def start(db: Database) -> None:
        _run(db, "001_start.sql")
        db.conn.execute(
            "INSERT INTO setting (name, value) VALUES ('pseudonym_key', ?)",
            (secrets.token_hex(32),),
        )

    @steps(name="002_flood")
    def flood(db: Database) -> None:
        _run(db, "002_flood.sql")

    @steps(name="003_admins")
    def admins(db: Database) -> None:
        _run(db, "003_admins.sql")

    @steps(name="004_figures")
    def figures(db: Database) -> None:
        _run(db, "004_figures.sql")

    return steps


def _run(db: Database, name: str) -> None:
    script = resources.files("bot.store").joinpath("schema", name).read_text("utf-8")
    for statement in statements(script):
        db.conn.execute(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of a script; ``executescript`` would commit the transaction around them."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
