"""``/preview visit-01``: an article as people see it, with what only its editors want to know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.chat.admins.request import Outcome, Request, Section
from bot.conversation.cards import Cards
from bot.conversation.turn import Paragraph, Reply
from bot.figures.count import count, first_moment, last_days
from bot.figures.report import Report
from bot.flows.templates import for_chat

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.content import Serving
    from bot.knowledge.model import Article
    from bot.store.port import Store

_DAYS: Final = 30


class Preview:
    """Shows articles to admins.

    Args:
        store: what people did with them.
        content: the articles that serve.
        folder: the knowledge folder.
        zone: in which days begin.
    """

    def __init__(self, store: Store, content: Serving, folder: Path, zone: ZoneInfo) -> None:
        self._store = store
        self._content = content
        self._folder = folder
        self._zone = zone

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
        days = last_days(request.at.astimezone(self._zone).date(), _DAYS)
        records = await self._store.events(first_moment(days[0], self._zone))
        figures = await asyncio.to_thread(count, records, days, self._zone)
        own = next((one for one in figures.articles if one.id == article.id), None)
        if own is None:
            return ""
        return Report(self._content.knowledge).article(own, _DAYS)
