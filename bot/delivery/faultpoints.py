"""Places at which a test lets a process die, between two steps that belong together."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from typing import Final

VARIABLE: Final = "BOT_TEST_FAULT"
"""Environment variable that only tests set: ``point:n`` kills the process when it comes to the
point for the n-th time, ``point:n:stop`` freezes it there."""


class Point(StrEnum):
    """Where a process may be cut off."""

    RECEIVED = "received"
    """An update is in the inbox, and Telegram has not been told."""
    CLAIMED = "claimed"
    """An update is leased, and not handled."""
    HANDLED = "handled"
    """An answer exists, and is not committed."""
    SENT = "sent"
    """A call was carried out, and that is not recorded."""


class FaultPoints:
    """Counts how often each point is reached, and acts when it was told to."""

    def __init__(self, plan: str = "") -> None:
        """Args: ``plan`` as in ``VARIABLE``; empty for none.

        Raises:
            ValueError: the plan names no point or no number.
        """
        point, _, rest = plan.partition(":")
        number, _, action = rest.partition(":")
        self._point = Point(point) if plan else None
        self._left = int(number) if plan else 0
        self._signal = signal.SIGSTOP if action == "stop" else signal.SIGKILL

    def reach(self, point: Point) -> None:
        """Called where the process may be cut off."""
        if point is not self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), self._signal)
