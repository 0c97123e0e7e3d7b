"""The version of the content that serves at the moment: knowledge, search and conversation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.apart import build_apart
from bot.content.marks import Marks
from bot.conversation.engine import Conversation
from bot.conversation.papers import check_papers
from bot.errors import KnowledgeInvalid
from bot.flows.checks import check_flows
from bot.knowledge.loader import Reading, content_version, read_knowledge
from bot.search.searcher import Searcher

if TYPE_CHECKING:
    from bot.knowledge.model import Knowledge


class Content:
    """Three things that belong together and are exchanged together.

    Args:
        knowledge: a checked version.
        cache: folder for what the search computes from it; None keeps nothing.
    """

    def __init__(self, knowledge: Knowledge, *, cache: Path | None = None) -> None:
        self.knowledge = knowledge
        self.searcher = Searcher.build(knowledge, cache=cache)
        self.conversation = Conversation(knowledge, self.searcher)

    @classmethod
    def load(cls, folder: Path, *, cache: Path | None = None) -> Content:
        """Reads, checks and indexes a knowledge folder.

        What this very version of the bot has checked before is not checked again: half of the time
        of a start.

        Raises:
            KnowledgeInvalid: the folder has faults.
        """
        marks = None if cache is None else Marks(cache)
        known = marks is not None and marks.has(content_version(folder))
        reading = read_knowledge(folder, checked=True) if known else read_content(folder)
        if known and marks is not None and not marks.has(reading.knowledge.version):
            reading = read_content(folder)
        if reading.faults:
            raise KnowledgeInvalid("\n".join(map(str, reading.faults)))
        if marks is not None and not known:
            marks.set(reading.knowledge.version)
        if cache is not None:
            build_apart(reading.knowledge, folder, cache)
        return cls(reading.knowledge, cache=cache)


def read_content(folder: Path) -> Reading:
    """Reads a knowledge folder and plays its interviews through; every fault is in the result."""
    reading = read_knowledge(folder)
    misread = {fault.path for fault in reading.faults}
    faults = [*reading.faults, *check_flows(reading.knowledge, misread)]
    if not faults:
        faults += check_papers(reading.knowledge)
    return Reading(reading.knowledge, tuple(faults))


def user_cache() -> Path:
    """Where built search tables are kept between runs of one user (XDG Base Directory)."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "huanhuan" / "search"
