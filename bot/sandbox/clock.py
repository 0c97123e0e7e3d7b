"""Time as the stand-in sees it, so that a test need not wait a day for a message to expire."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Clock(Protocol):
    """Tells the time and waits; both in seconds since 1970."""

    def now(self) -> float:
        """Seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Returns when ``seconds`` have passed on this clock."""


class WallClock:
    """The clock on the wall, or one that runs faster: 60 s pass in one second at ``speed=60``."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._started = time.time()
        self._origin = time.monotonic()

    def now(self) -> float:
        """Seconds since 1970."""
        return self._started + (time.monotonic() - self._origin) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Returns when ``seconds`` have passed on this clock."""
        await asyncio.sleep(seconds / self._speed)


class Bell:
    """Wakes everybody who waits for something new."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wakes those who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    def wait(self) -> Coroutine[Any, Any, Literal[True]]:
        """Returns, when awaited, after the first ring that follows this call."""
        return self._event.wait()
