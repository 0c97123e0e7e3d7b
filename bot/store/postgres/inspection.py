"""Looks at a server without changing anything, for ``bot doctor``."""

from __future__ import annotations

from typing import Final

from psycopg import Error

from bot.errors import StorageUnavailable
from bot.store.postgres.connection import connect, unavailable

_LOOK: Final = """
SELECT current_setting('server_version') AS version, current_setting('fsync') = 'on' AS safe,
    current_database() AS name, pg_is_in_recovery() AS standby,
    has_schema_privilege(current_schema(), 'CREATE') AS mine,
    current_setting('server_version_num')::integer AS number
"""
_OLDEST: Final = 140_000
"""What the functions in the schema need."""


def inspect(url: str) -> str:
    """Name and version of the server, if a bot can work with it.

    Raises:
        StorageUnavailable: it cannot be reached, or something is wrong with it.
    """
    connection = connect(url)
    try:
        row = connection.execute(_LOOK).fetchone() or {}
        info = connection.info
        where = f"{row['name']} on {info.host}, PostgreSQL {row['version']}"
    except Error as error:
        raise unavailable(error) from error
    finally:
        connection.close()
    for good, complaint in (
        (row["number"] >= _OLDEST, "is too old; 14 or newer is needed"),
        (not row["standby"], "is a standby that cannot be written to"),
        (row["mine"], "does not let this user create tables"),
        (row["safe"], "has fsync off: a power cut would lose messages"),
    ):
        if not good:
            message = f"{where} {complaint}"
            raise StorageUnavailable(message)
    return where
