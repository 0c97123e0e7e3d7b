"""Builds the search tables of a large folder in a process of its own.

What building takes, twice the memory of what it leaves, goes with that process:
``python -m bot.content.apart FOLDER CACHE``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import bot
from bot.knowledge.loader import read_knowledge
from bot.search.cache import has_tables
from bot.search.searcher import Searcher

if TYPE_CHECKING:
    from bot.knowledge.model import Knowledge

_LARGE: Final = 5_000
"""Phrasings from which a process of its own pays."""


def build_apart(knowledge: Knowledge, folder: Path, cache: Path) -> None:
    """Sees to the tables in the cache; where that fails, whoever needs them builds them.

    Args:
        knowledge: a checked version.
        folder: where it was read from.
        cache: folder for the tables.
    """
    phrasings = sum(len(article.examples) for article in knowledge.articles.values())
    if phrasings < _LARGE or has_tables(knowledge, cache) or not _writable(cache):
        return
    root = os.fspath(Path(bot.__file__).parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with suppress(OSError):
        subprocess.run(  # noqa: S603, our own interpreter and module
            [sys.executable, "-m", "bot.content.apart", os.fspath(folder), os.fspath(cache)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def _writable(cache: Path) -> bool:
    """Whether tables can be handed over there; a process for nothing would double the start."""
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
    return os.access(cache, os.W_OK)


def main(folder: str, cache: str) -> None:
    """Builds what the process that started this one has checked."""
    Searcher.build(read_knowledge(Path(folder), checked=True).knowledge, cache=Path(cache))


if __name__ == "__main__":
    main(*sys.argv[1:])
