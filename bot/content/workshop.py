"""Has versions checked and built in processes of their own, and takes the results in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

import bot
from bot.content.building import Built, load
from bot.content.copies import copy_content
from bot.errors import BuildFailed
from bot.knowledge.loader import content_version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_RESULTS: Final = 4
"""Results that are kept for the other processes."""
_PATIENCE: Final = 24.0
"""Seconds; shorter than the lease of an update."""
_TOLD: Final = 400
"""Characters of a process's last words that go into the log."""

_LOG = structlog.get_logger(__name__)


class Workshop:
    """Works for one process of the bot.

    Args:
        bench: a folder for copies and results, the same for all processes of one start, and gone
            with them.
        cache: folder for the tables of the search, which stay.
    """

    def __init__(self, bench: Path, cache: Path) -> None:
        self._bench = bench
        self.cache = cache

    @contextlib.asynccontextmanager
    async def copy(self, folder: Path) -> AsyncIterator[Path]:
        """A copy of a folder while the block is open.

        Raises:
            BuildFailed: the folder cannot be read, or changes right now.
        """
        place = self._bench / f"copy-{secrets.token_hex(8)}"
        try:
            try:
                # Whoever cleans up temporary files may have taken the folder away.
                self._bench.mkdir(mode=0o700, parents=True, exist_ok=True)
                await asyncio.to_thread(copy_content, folder, place)
            except OSError as error:
                message = f"the folder cannot be copied: {error.strerror}"
                raise BuildFailed(message) from error
            yield place
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

    @contextlib.asynccontextmanager
    async def within_patience(self) -> AsyncIterator[None]:
        """Gives up on what takes so long that the request would be handed to another process.

        Raises:
            BuildFailed: it did.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                yield
        except TimeoutError as error:
            message = f"not done within {_PATIENCE:.0f} seconds"
            raise BuildFailed(message) from error

    async def check(self, folder: Path, only: str = "") -> Built:
        """Checks a copy, as ``check_folder`` does.

        Raises:
            BuildFailed: not because of the content.
        """
        result = self._bench / f"check-{secrets.token_hex(8)}"
        try:
            return await self._run(folder, result, "--only", only)
        finally:
            result.unlink(missing_ok=True)

    async def build(self, copy: Path) -> Built:
        """Checks a copy and computes its tables, unless another process has just done it.

        Raises:
            BuildFailed: not because of the content.
        """
        version = await asyncio.to_thread(content_version, copy)
        result = self._bench / f"built-{version}"
        with contextlib.suppress(OSError):
            return load(result)
        built = await self._run(copy, result, "--cache", os.fspath(self.cache))
        self._tidy()
        return built

    async def _run(self, folder: Path, result: Path, *options: str) -> Built:
        root = os.fspath(Path(bot.__file__).parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.content.build",
            os.fspath(folder),
            os.fspath(result),
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        try:
            _, errors = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        try:
            return await asyncio.to_thread(load, result)
        except (OSError, EOFError) as error:
            words = errors.decode("utf-8", "replace")[-_TOLD:]
            _LOG.error("build_failed", code=process.returncode, words=words)
            message = f"the content could not be built (exit status {process.returncode})"
            raise BuildFailed(message) from error

    def _tidy(self) -> None:
        results = sorted(self._bench.glob("built-*"), key=lambda path: path.stat().st_mtime)
        for path in results[:-_RESULTS]:
            path.unlink(missing_ok=True)
