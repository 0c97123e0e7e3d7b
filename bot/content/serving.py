"""Which version of the content serves, exchanged in one step between two turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.content.version import Content
    from bot.conversation.engine import Conversation
    from bot.knowledge.model import Knowledge
    from bot.search.searcher import Searcher


class Serving:
    """What answers at the moment.

    A turn is answered without a pause, so the parts it reads belong to one version; whoever waits
    for something in between takes ``current`` once and stays with it.

    Args:
        content: the first version.
    """

    def __init__(self, content: Content) -> None:
        self._current = content

    @property
    def current(self) -> Content:
        """The version that serves."""
        return self._current

    @property
    def knowledge(self) -> Knowledge:
        """What the bot says."""
        return self._current.knowledge

    @property
    def searcher(self) -> Searcher:
        """Finds articles in it."""
        return self._current.searcher

    @property
    def conversation(self) -> Conversation:
        """Answers from it."""
        return self._current.conversation

    def swap(self, content: Content) -> None:
        """The next turn is answered from another version."""
        self._current = content
