"""``/preview visit-01``: an article as people see it, with what only its editors want to know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.chat.admins.request import Outcome, Request, Section
from bot.conversation.cards import Cards
from bot.conversation.turn import Paragraph, Reply
from bot.figures.count import ARTICLE_DAYS, article_figures
from bot.figures.report import Report
from bot.flows.templates import for_chat

if TYPE_CHECKING:
    from pathlib import Path

    from bot.content import Serving
    from bot.knowledge.model import Article
    from bot.store.port import Store


class Preview:
    """Shows articles to admins.

    Args:
        store: what people did with them.
        content: the articles that serve.
        folder: the knowledge folder.
    """

    def __init__(self, store: Store, content: Serving, folder: Path) -> None:
        self._store = store
        self._content = content
        self._folder = folder

    def section(self) -> Section:
        """For the desk."""
        return Section(commands={"preview": self._show})

    async def _show(self, request: Request) -> Outcome:
        knowledge = self._content.knowledge
        cards = Cards(knowledge)
        wanted = request.text.strip().lower()
        article = knowledge.articles.get(wanted)
        if article is None:
            name = "preview_unknown" if wanted else "preview_usage"
            return Outcome((cards.say(name, article=for_chat(wanted[:20])),))
        about = cards.phrase(
            "preview_about",
            article=article.id,
            lines=await asyncio.to_thread(self._lines, article),
            questions=len(article.questions),
            phrasings=len(article.phrasings),
            reviewed=article.reviewed.isoformat(),
            review_by=article.review_by.isoformat(),
            version=knowledge.version,
        )
        figures = await self._figures(request, article)
        notes = Reply(tuple(map(Paragraph, filter(None, (about, figures)))))
        return Outcome((cards.article(article), notes))

    def _lines(self, article: Article) -> int:
        """Of the file in the folder; 0 when it is not there at the moment."""
        path = self._folder / "articles" / article.category / f"{article.id}.md"
        try:
            return len(path.read_bytes().splitlines())
        except OSError:
            return 0

    async def _figures(self, request: Request, article: Article) -> str:
        own = await article_figures(self._store, article.id, request.at.timestamp())
        if not own.people and not own.useful and not own.useless:
            return ""
        return Report(self._content.knowledge).article(own, ARTICLE_DAYS)
