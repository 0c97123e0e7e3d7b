"""A copy of a knowledge folder that follows it, and may be edited without harm to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Final

from bot.knowledge.loader import files_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_EVERY: Final = 0.7
"""Seconds between two looks."""


class Mirror:
    """Carries over what changes in one folder to another; what is edited there stays until then.

    Args:
        source: is only read.
        copy: made when missing.
    """

    def __init__(self, source: Path, copy: Path) -> None:
        self._source = source
        self._copy = copy
        self._seen: dict[str, tuple[int, int, int]] = {}

    def follow(self) -> None:
        """Carries over what has changed since the last time; the first time, everything.

        Raises:
            OSError: a folder is not there, or changes right now.
        """
        found = {}
        for entry in files_of(self._source):
            state = entry.stat()
            name = os.path.relpath(entry.path, self._source)
            found[name] = (state.st_mtime_ns, state.st_size, state.st_ino)
        for name in self._seen.keys() - found.keys():
            (self._copy / name).unlink(missing_ok=True)
        for name, state_now in found.items():
            if self._seen.get(name) != state_now:
                self._carry(name)
        self._seen = found

    def _carry(self, name: str) -> None:
        place = self._copy / name
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.new")
        fresh.write_bytes((self._source / name).read_bytes())
        fresh.replace(place)

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[Path]:
        """Follows while the block is open; gives the copy."""
        await asyncio.to_thread(self.follow)
        task = asyncio.create_task(self._go_on())
        try:
            yield self._copy
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self.follow)
