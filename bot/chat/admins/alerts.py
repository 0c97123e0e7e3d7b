"""Tells admins what becomes of the knowledge folder: each thing once, from one process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat.admins.shown import show_faults
from bot.chat.replies import to_calls
from bot.content.news import Kind
from bot.conversation.cards import to_blocks
from bot.conversation.turn import Block, Reply

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.content import Serving
    from bot.content.news import News
    from bot.store.port import Call, Store


class ContentAlerts:
    """Puts news of the content into the outbox, to every admin.

    Args:
        store: keeps what was told already.
        content: words.
        admins: whom to tell.
        folder: name of the knowledge folder.
    """

    def __init__(
        self, store: Store, content: Serving, admins: Collection[int], folder: str
    ) -> None:
        self._store = store
        self._content = content
        self._admins = sorted(admins)
        self._folder = folder

    async def tell(self, news: News) -> None:
        """Tells it, unless another process has.

        Raises:
            StorageUnavailable: not now.
        """
        reply = Reply(self._blocks(news))
        calls = [call for admin in self._admins for call in self._calls(reply, admin)]
        await self._store.announce(news.key, tuple(calls))

    def _calls(self, reply: Reply, admin: int) -> list[Call]:
        lane = str(admin)
        return [replace(call, lane=lane) for call in to_calls((reply,), lane)]

    def _blocks(self, news: News) -> tuple[Block, ...]:
        messages = self._content.knowledge.messages
        name = "content_pinned" if news.pinned else f"content_{news.kind.value}"
        text = messages[name].format(version=news.serving, articles=news.articles)
        if news.kind is not Kind.FAULTS:
            return to_blocks(text)
        return (*to_blocks(text), *show_faults(news.faults, self._folder, messages))
