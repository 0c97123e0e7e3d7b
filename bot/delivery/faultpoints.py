"""Places at which a test lets a process die, between two steps that belong together."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from typing import Final

VARIABLE: Final = "BOT_TEST_FAULT"
"""Environment variable that only tests set: ``point:n`` kills the process when it comes to the
point for the n-th time, ``point:n:stop`` freezes it there, ``point:n:raise`` fails there from then
on; ``point@lane:…`` concerns one chat."""


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
        where, _, rest = plan.partition(":")
        number, _, self._action = rest.partition(":")
        point, _, self._lane = where.partition("@")
        self._point = Point(point) if plan else None
        self._left = int(number) if plan else 0

    def reach(self, point: Point, lane: str) -> None:
        """Called where the process may be cut off.

        Raises:
            RuntimeError: a test wants it.
        """
        if point is not self._point or self._lane not in {"", lane}:
            return
        self._left -= 1
        if self._action == "raise" and self._left <= 0:
            message = "a test wants this to fail"
            raise RuntimeError(message)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGSTOP if self._action == "stop" else signal.SIGKILL)
