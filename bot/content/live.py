"""Follows the knowledge folder: what passes the check goes live, what does not is told."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog

from bot.content.history import Pin
from bot.content.news import Kind, News
from bot.content.version import Content
from bot.content.watch import Watch
from bot.errors import BuildFailed, StorageUnavailable
from bot.knowledge.loader import content_version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.content.building import Built
    from bot.content.copies import Stamp
    from bot.content.history import History
    from bot.content.serving import Serving
    from bot.content.workshop import Workshop

Tell: TypeAlias = Callable[[News], Awaitable[None]]
_TRIES: Final = 5
"""How often a folder that changes under the work is looked at again before the next change."""

_LONGEST_PAUSE: Final = 300.0
"""Seconds between two attempts at what fails again and again, such as for want of memory."""

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds."""

    quiet: float = 0.4
    """Without a change, before a change is taken up: many files may change at once."""
    patience: float = 4.0
    """That faults must last before they are told: a pull or an upload may be half done."""
    look: float = 3.0
    """Between two looks that nobody asked for, where the system does not tell of changes."""
    gone: float = 60.0
    """That the folder must be away before it is told."""


@dataclass(frozen=True, slots=True)
class _Goal:
    """What should serve."""

    version: str
    source: Path
    pinned: bool


class Live:
    """Keeps the newest good version serving in one process.

    Args:
        folder: the knowledge folder; may be away for a while.
        serving: where versions are exchanged.
        workshop: checks and builds.
        history: the versions before, shared with the other processes.
        tell: tells the admins.
        swapped: called after each exchange.
        rhythm: how fast.
    """

    def __init__(
        self,
        folder: Path,
        serving: Serving,
        workshop: Workshop,
        history: History,
        tell: Tell,
        *,
        swapped: Callable[[], Awaitable[None]] | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._folder = folder
        self._serving = serving
        self._workshop = workshop
        self._history = history
        self._tell = tell
        self._swapped = swapped
        self._rhythm = rhythm or Rhythm()
        self._watch = Watch(
            folder, history.folder, quiet=self._rhythm.quiet, look=self._rhythm.look
        )
        self._faulty = ""
        """The version of the folder that is known not to pass."""
        self._told = False
        """Whether admins were told of its faults."""
        self._asked = False
        """Whether somebody asked for a look, changed or not."""
        self._failures = 0
        """In a row, for other reasons than the content's."""
        self._again_at = math.inf
        """When to try again without a change, by the clock of the loop."""
        self._missed_at = 0.0
        """Since when the folder is away, by the clock of the loop."""

    @property
    def serving(self) -> Serving:
        """What this process answers from."""
        return self._serving

    @property
    def history(self) -> History:
        """The versions before."""
        return self._history

    async def check(self) -> Built:
        """Looks at the folder as it is, and lets it go live if it may.

        Raises:
            BuildFailed: it could not be looked at.
        """
        await asyncio.to_thread(self._history.unpin)
        async with self._workshop.within_patience(), self._workshop.copy(self._folder) as copy:
            built = await self._workshop.check(copy)
        self._ask()
        return built

    async def pin(self, version: str) -> bool:
        """Goes back to a version; it stays until the folder changes. False when it is not kept."""
        if await asyncio.to_thread(self._history.path, version) is None:
            return False
        folder = await asyncio.to_thread(content_version, self._folder)
        await asyncio.to_thread(self._history.pin, Pin(version, folder))
        self._ask()
        return True

    def _ask(self) -> None:
        self._faulty, self._asked = "", True
        self._watch.ring()

    async def resume(self) -> None:
        """Takes what the other processes serve, where that is another version."""
        version = await asyncio.to_thread(lambda: self._history.current)
        path = await asyncio.to_thread(self._history.path, version)
        if path is None or version == self._serving.knowledge.version:
            return
        with contextlib.suppress(BuildFailed):
            async with self._workshop.copy(path) as copy:
                built = await self._workshop.build(copy)
            await self._take(built)

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follows the folder while the block is open."""
        tasks = [asyncio.create_task(run()) for run in (self._watch.listen, self._follow)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        """Takes up every change, whether somebody told of it or it is found by looking."""
        seen: Stamp | None = None
        loop = asyncio.get_running_loop()
        while True:
            now = await self._watch.stamp()
            if now != seen or self._asked or loop.time() >= self._again_at:
                self._asked = False
                seen = await self._take_up(now)
            await self._watch.wait()

    async def _take_up(self, stamp: Stamp) -> Stamp:
        """Goes live with what stands there now; what fails is tried again, ever more rarely."""
        try:
            if not await asyncio.to_thread(self._folder.is_dir):
                await self._miss()
                self._again_at = 0.0
                return stamp
            self._missed_at = 0.0
            stamp = await self._watch.settle(stamp)
            await self._catch_up()
        except (BuildFailed, StorageUnavailable, OSError) as error:
            _LOG.warning("content_not_followed", reason=str(error))
        except Exception:  # noqa: BLE001 - the bot serves on, whatever happens to its watcher
            _LOG.exception("content_not_followed")
        else:
            self._failures, self._again_at = 0, math.inf
            return stamp
        pause = min(_LONGEST_PAUSE, self._rhythm.look * 2**self._failures)
        self._failures += 1
        self._again_at = asyncio.get_running_loop().time() + pause
        return stamp

    async def _miss(self) -> None:
        """The folder is away: for a moment that means nothing."""
        loop = asyncio.get_running_loop()
        self._missed_at = self._missed_at or loop.time()
        if loop.time() - self._missed_at >= self._rhythm.gone:
            await self._say(Kind.GONE)

    async def _catch_up(self) -> None:
        """Until what serves is what should serve, or what should is known to be faulty."""
        for _ in range(_TRIES):
            goal = await asyncio.to_thread(self._goal)
            if goal.version == self._serving.knowledge.version:
                if await asyncio.to_thread(self._history.path, goal.version) is None:
                    await self._keep(goal.source, goal.version)
                await self._mend()
                return
            if goal.version == self._faulty:
                return
            async with self._workshop.copy(goal.source) as copy:
                if await self._try(goal, copy):
                    return
        message = "the folder changes all the time"
        raise BuildFailed(message)

    async def _keep(self, source: Path | None, version: str) -> None:
        """Lets a version come back later; where the disk does not take it, it serves all the same.

        Args:
            source: where it is to be had; None once it serves.
            version: its version.
        """
        try:
            if source is not None:
                await asyncio.to_thread(self._history.store, source, version)
            if source is None or version == self._serving.knowledge.version:
                await asyncio.to_thread(self._history.note, version)
        except OSError as error:
            _LOG.error("content_not_kept", reason=str(error))

    def _goal(self) -> _Goal:
        version = content_version(self._folder)
        pin = self._history.pinned
        if pin is not None and pin.folder == version:
            path = self._history.path(pin.version)
            if path is not None:
                return _Goal(pin.version, path, pinned=True)
        return _Goal(version, self._folder, pinned=False)

    async def _try(self, goal: _Goal, copy: Path) -> bool:
        """Whether this settles it; False when the goal is another by now."""
        built = await self._workshop.build(copy)
        if built.faults:
            await asyncio.sleep(self._rhythm.patience)
        if built.version != goal.version or await asyncio.to_thread(self._goal) != goal:
            return False
        if built.faults:
            await self._reject(built)
            return True
        await self._keep(copy, built.version)
        await self._take(built)
        if not goal.pinned:
            await asyncio.to_thread(self._history.void, goal.version)
        await self._say(Kind.LIVE, pinned=goal.pinned)
        return True

    async def _take(self, built: Built) -> None:
        if built.knowledge is None:
            return
        content = await asyncio.to_thread(Content, built.knowledge, cache=self._workshop.cache)
        before = self._serving.knowledge.version
        self._serving.swap(content)
        self._faulty, self._told = "", False
        _LOG.info("content_live", knowledge=built.version, before=before)
        await self._keep(None, built.version)
        if self._swapped is not None:
            await self._swapped()
        gc.collect()  # the version before is a ring of objects, and large

    async def _reject(self, built: Built) -> None:
        self._faulty, self._told = built.version, True
        for fault in built.faults:
            _LOG.warning("content_faulty", fault=str(fault))
        await self._say(Kind.FAULTS, version=built.version, faults=built.faults)

    async def _mend(self) -> None:
        """The folder is what serves."""
        if self._told:
            await self._say(Kind.MENDED)
        self._faulty, self._told = "", False

    async def _say(self, kind: Kind, **more: Any) -> None:
        knowledge = self._serving.knowledge
        number = await asyncio.to_thread(lambda: self._history.number)
        news = News(kind, number, knowledge.version, len(knowledge.articles), **more)
        await self._tell(news)
