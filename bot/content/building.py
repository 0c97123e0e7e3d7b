"""Checks and builds a version of the content: seconds of work, and a result that can be stored."""

from __future__ import annotations

import io
import os
import pickle
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from bot.clock import today
from bot.content.version import read_content
from bot.knowledge.strict import check_strictly
from bot.search.searcher import Searcher

if TYPE_CHECKING:
    from pathlib import Path

    from bot.knowledge.model import Fault, Knowledge

_CACHED: Final = 12
"""Tables of the search that are kept for later."""


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a folder."""

    version: str
    faults: tuple[Fault, ...]
    """Paths are relative to the folder."""
    knowledge: Knowledge | None
    """None when there are faults."""


def check_folder(folder: Path, only: str = "") -> Built:
    """Reads and checks a folder.

    Args:
        folder: a knowledge folder.
        only: a file for which also counts what ``bot check`` alone finds: what it says is about to
            be written, while other files may well be due for review.
    """
    reading = read_content(folder)
    faults = list(reading.faults)
    if only and not faults:
        strictly = check_strictly(folder, reading.knowledge, today())
        faults += [fault for fault in strictly if fault.path == folder / only]
    relative = tuple(replace(fault, path=fault.path.relative_to(folder)) for fault in faults)
    return Built(reading.knowledge.version, relative, None if faults else reading.knowledge)


def build_folder(folder: Path, cache: Path) -> Built:
    """Reads and checks a folder, and computes the tables of its search into the cache."""
    built = check_folder(folder)
    if built.knowledge is not None:
        Searcher.build(built.knowledge, cache=cache)
        _tidy(cache)
    return built


def _tidy(cache: Path) -> None:
    tables = sorted(cache.glob("search-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in tables[:-_CACHED]:
        path.unlink(missing_ok=True)


class _Pickler(pickle.Pickler):
    """Also takes read-only mappings."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


def save(built: Built, path: Path) -> None:
    """Writes a result, whole or not at all."""
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(built)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(path)


def load(path: Path) -> Built:
    """Reads a result that a process of this bot, of this very code, has just written.

    Raises:
        OSError: it is not there.
    """
    built = pickle.loads(path.read_bytes())  # noqa: S301, our own file in a folder of our own
    if not isinstance(built, Built):
        raise TypeError(path)
    return built
