"""The version of the content that serves at the moment: knowledge, search and conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.conversation.engine import Conversation
from bot.knowledge.loader import load_knowledge
from bot.search.searcher import Searcher

if TYPE_CHECKING:
    from pathlib import Path

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

        Raises:
            KnowledgeInvalid: the folder has faults.
        """
        return cls(load_knowledge(folder), cache=cache)
