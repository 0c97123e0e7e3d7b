"""Copies of a knowledge folder: only what the bot reads, as it stood at one moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from bot.knowledge.loader import files_of

if TYPE_CHECKING:
    from pathlib import Path

Stamp: TypeAlias = frozenset[tuple[str, int, int, int]]
"""Path, time of change, size and number of every file; cheap to take, and never the same after a
change, also one by renaming."""


def stamp(folder: Path, *, deep: bool = True) -> Stamp:
    """What tells a change of the content; empty where the folder is not there.

    Args:
        folder: where to look.
        deep: at the content in all its folders, and not only at plain files of any kind.
    """
    found = []
    try:
        for entry in files_of(folder) if deep else os.scandir(folder):
            state = entry.stat()
            if deep or entry.is_file():
                found.append((entry.path, state.st_mtime_ns, state.st_size, state.st_ino))
    except OSError:  # it is being changed right now; the next look sees another stamp
        return frozenset()
    return frozenset(found)


def copy_content(folder: Path, target: Path) -> None:
    """Copies a folder.

    Args:
        folder: from where.
        target: made; must not be there.

    Raises:
        OSError: something cannot be read or written, or went away meanwhile.
    """
    target.mkdir()
    for entry in files_of(folder):
        place = target / os.path.relpath(entry.path, folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(entry.path, "rb") as file:  # noqa: PTH123, an entry is no Path
            place.write_bytes(file.read())
