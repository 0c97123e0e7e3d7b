"""The server's time, without asking it each time: hosts disagree, their monotonic clocks do not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.store.postgres.connection import Listener


class ServerClock:
    """A ``Clock`` set by the server; a step of this host's clock does not move it."""

    def __init__(self) -> None:
        self._ahead = 0.0
        """What the server's clock shows more than this host's monotonic one."""

    def __call__(self) -> float:
        """Seconds since the epoch, as the server counts them, to some milliseconds."""
        return time.monotonic() + self._ahead

    async def set(self, connection: Listener) -> None:
        """Asks the server, taking half the way there and back for the way back."""
        before = time.monotonic()
        cursor = await connection.execute(
            "SELECT extract(epoch FROM clock_timestamp())::double precision AS now"
        )
        row = await cursor.fetchone()
        if row is not None:
            self._ahead = row["now"] - (before + time.monotonic()) / 2
