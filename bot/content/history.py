"""The last good versions, on disk beside the database: what served, and what should.

All processes of one machine share it; each file is replaced whole, so that nobody reads half.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.content.copies import copy_content
from bot.knowledge.loader import content_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT: Final = 6
"""Versions, the one that serves among them."""
_VERSION: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that can serve again."""

    version: str
    at: float
    """When it went live last, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Pin:
    """An admin wants an older version while the folder stays as it is."""

    version: str
    folder: str
    """Version of the folder at that time; once it is another, the pin is void."""


class History:
    """Keeps versions.

    Args:
        folder: of its own; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._versions = folder / "versions"
        self._pin = folder / "pin.json"
        self._current = folder / "current.json"

    @property
    def folder(self) -> Path:
        """Where it all stands; what lies there directly changes with what serves and should."""
        return self._folder

    def path(self, version: str) -> Path | None:
        """Where a version stands; None when it is not kept."""
        path = self._versions / version
        return path if _VERSION.fullmatch(version) and path.is_dir() else None

    def kept(self) -> tuple[Kept, ...]:
        """All versions, the last that went live first."""
        if not self._versions.is_dir():
            return ()
        found = (
            Kept(entry.name, entry.stat().st_mtime)
            for entry in os.scandir(self._versions)
            if _VERSION.fullmatch(entry.name)
        )
        return tuple(sorted(found, key=lambda kept: -kept.at))

    def store(self, source: Path, version: str) -> None:
        """Keeps a good version.

        Args:
            source: a folder that nobody changes, or that is looked at again after copying.
            version: its version.

        Raises:
            OSError: the disk does not take it.
        """
        if self.path(version) is not None:
            return
        self._versions.mkdir(parents=True, exist_ok=True)
        fresh = self._versions / f".{secrets.token_hex(8)}"
        try:
            copy_content(source, fresh)
            if content_version(fresh) == version and self.path(version) is None:
                fresh.rename(self._versions / version)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def note(self, version: str) -> int:
        """Writes down that a version serves now, and drops the oldest ones.

        Returns:
            The number of this change: the same for all processes that make it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            before = _read(self._current)
            number = int(before.get("number", 0))
            if before.get("version") != version:
                number += 1
                _write(self._current, {"version": version, "number": number})
            path = self.path(version)
            if path is not None:
                os.utime(path)
            self._drop(keep=version)
        return number

    def _drop(self, keep: str) -> None:
        for old in self.kept()[KEPT:]:
            if old.version != keep:
                shutil.rmtree(self._versions / old.version, ignore_errors=True)

    @property
    def current(self) -> str:
        """The version that went live last; empty before the first."""
        return str(_read(self._current).get("version", ""))

    @property
    def number(self) -> int:
        """Of the change that brought it."""
        return int(_read(self._current).get("number", 0))

    def pin(self, pin: Pin) -> None:
        """Asks for an older version; every process follows."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._pin, {"version": pin.version, "folder": pin.folder})

    def unpin(self) -> None:
        """Asks for what stands in the folder."""
        with suppress(OSError):  # what cannot be deleted could not be written either
            self._pin.unlink()

    def void(self, folder: str) -> None:
        """The folder went live: what was asked for before it changed is void, no newer wish."""
        pin = self.pinned
        if pin is not None and pin.folder != folder:
            self.unpin()

    @property
    def pinned(self) -> Pin | None:
        """What is asked for, if anything is."""
        data = _read(self._pin)
        version, folder = data.get("version"), data.get("folder")
        return (
            Pin(version, folder) if isinstance(version, str) and isinstance(folder, str) else None
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(path: Path, value: dict[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.write_text(json.dumps(value), "utf-8")
    fresh.replace(path)
