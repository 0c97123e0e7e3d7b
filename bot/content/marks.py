"""Remembers which content was found faultless, and by which version of the checks."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

import bot

_SOURCES: Final = Path(bot.__file__).parent
_KEPT: Final = 20


class Marks:
    """An empty file for each content that passed; its name says which content and which code.

    Args:
        folder: of the cache; made when something is marked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._code = _code_version()

    def has(self, version: str) -> bool:
        """Whether content of this version passed the checks of this code."""
        return self._path(version).is_file()

    def set(self, version: str) -> None:
        """Notes that it did; a folder that cannot be written is left alone."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path(version).touch()
            marks = sorted(self._folder.glob("checked-*"), key=lambda path: path.stat().st_mtime)
            for old in marks[:-_KEPT]:
                old.unlink(missing_ok=True)

    def _path(self, version: str) -> Path:
        named = hashlib.sha256(f"{self._code} {version}".encode()).hexdigest()
        return self._folder / f"checked-{named[:32]}"


def _code_version() -> str:
    """A hash over the code of the bot: with other checks, everything is checked again."""
    digest = hashlib.sha256()
    for path in sorted(_SOURCES.rglob("*.py")):
        digest.update(path.relative_to(_SOURCES).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
