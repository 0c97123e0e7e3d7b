"""Sees that a folder changes: when the system tells of it, and by looking where it does not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from watchfiles import awatch

from bot.content.copies import Stamp, stamp

if TYPE_CHECKING:
    from pathlib import Path

_LOG = structlog.get_logger(__name__)


class Watch:
    """Watches the content, and a folder beside it with plain files.

    Args:
        folder: the content; may be away for a while, or become another folder.
        beside: what lies directly in it counts as well.
        quiet: seconds without a change after which a change is complete.
        look: seconds between two looks that nobody asked for.
    """

    def __init__(self, folder: Path, beside: Path, *, quiet: float, look: float) -> None:
        self._folder = folder
        self._beside = beside
        self._quiet = quiet
        self._look = look
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Somebody wants a look now."""
        self._bell.set()

    async def wait(self) -> None:
        """Until something may have changed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._look):
                await self._bell.wait()
        self._bell.clear()

    async def stamp(self) -> Stamp:
        """What tells a change."""
        return await asyncio.to_thread(self._stamp)

    def _stamp(self) -> Stamp:
        return stamp(self._folder) | stamp(self._beside, deep=False)

    async def settle(self, before: Stamp) -> Stamp:
        """Waits until nothing changes any more; many files may change one after another."""
        while True:
            await asyncio.sleep(self._quiet)
            now = await self.stamp()
            if now == before:
                return now
            before = now

    async def listen(self) -> None:
        """Rings the bell when the system tells of a change, until it is cancelled."""
        while True:
            try:
                await self._listen_here([self._folder, self._beside])
            except (OSError, RuntimeError) as error:  # away, or no more watches to be had
                _LOG.info("folder_not_watched", reason=type(error).__name__)
                await asyncio.sleep(self._look)

    async def _listen_here(self, paths: list[Path]) -> None:
        """Until one of the folders is another than it was."""
        before = [_identity(path) for path in paths]
        here = [path for path, identity in zip(paths, before, strict=True) if identity]
        if before[0] is None:
            raise FileNotFoundError
        changes = awatch(
            *here,
            step=int(self._quiet * 500),
            rust_timeout=int(self._look * 1000),
            yield_on_timeout=True,
        )
        async for _ in changes:
            self._bell.set()
            if before != [_identity(path) for path in paths]:
                return


def _identity(path: Path) -> tuple[int, int] | None:
    """Which folder it is, whatever its name; None when it is away."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino
