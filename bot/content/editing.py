"""Edits as admins make them: proposed, checked on a copy, shown, and only then put in place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.content.edits import Edit, Editor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.content.building import Built
    from bot.content.workshop import Workshop
    from bot.knowledge.model import Article, Fault


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit, and what is known of it before anybody decides."""

    edit: Edit
    lines: tuple[str, ...]
    """What changes: ``-`` goes, ``+`` comes, a space stays, ``@@`` is a gap; empty when nothing
    does."""
    faults: tuple[Fault, ...]
    """Why it cannot be put in place; paths are relative to the knowledge folder."""
    others: tuple[Fault, ...]
    """Faults that stand in other files already; until they are mended, nothing new goes live."""
    version: str
    """Of the content with this edit in it."""
    article: Article | None
    """The article as it would be; None when there are faults."""

    @property
    def new(self) -> bool:
        """Whether there is no such article yet."""
        return not self.edit.base


class Editing:
    """Makes and puts edits of a knowledge folder, without holding anybody up.

    Args:
        folder: the knowledge folder.
        workshop: checks.
    """

    def __init__(self, folder: Path, workshop: Workshop) -> None:
        self._folder = folder
        self._workshop = workshop
        self._editor = Editor(folder)

    async def write_article(self, raw: bytes) -> Proposal:
        """Proposes a whole article, new or instead of the one with its id.

        Raises:
            EditRefused: it is not the text of an article; says why in Chinese.
            BuildFailed: it could not be checked.
        """
        return await self._propose(lambda: self._editor.write_article(raw))

    async def write_phrasings(self, article: str, raw: bytes) -> Proposal:
        """Proposes the phrasings of an article anew.

        Raises:
            EditRefused: no such article, or not such a file; says why in Chinese.
            BuildFailed: it could not be checked.
        """
        return await self._propose(lambda: self._editor.write_phrasings(article, raw))

    async def append_question(self, article: str, question: str) -> Proposal:
        """Proposes one question more in an article.

        Raises:
            EditRefused: no such article, or the question cannot stand there; says why in Chinese.
            BuildFailed: it could not be checked.
        """
        return await self._propose(lambda: self._editor.append_question(article, question))

    async def append_questions(self, article: str, questions: Sequence[str]) -> Proposal:
        """Proposes several questions more; those that cannot stand there are left out.

        Raises:
            EditRefused: no such article, or none of them can; says why in Chinese.
            BuildFailed: it could not be checked.
        """
        return await self._propose(lambda: self._editor.append_questions(article, questions))

    async def put(self, edit: Edit) -> None:
        """Puts an edit in place; the bot goes live with it by itself, some seconds later.

        Raises:
            EditRefused: the file was changed meanwhile, or cannot be written; says so in Chinese.
        """
        await asyncio.to_thread(self._editor.put, edit)

    async def _propose(self, make: Callable[[], Edit]) -> Proposal:
        async with self._workshop.within_patience():
            return await self._examined(await asyncio.to_thread(make))

    async def _examined(self, edit: Edit) -> Proposal:
        lines = await asyncio.to_thread(self._editor.difference, edit)
        built = await self._checked(edit)
        own, others = await self._sorted(edit, built)
        known = built.knowledge.articles if built.knowledge is not None else {}
        return Proposal(edit, lines, own, others, built.version, known.get(edit.article))

    async def _checked(self, edit: Edit) -> Built:
        async with self._workshop.copy(self._folder) as copy:
            file = copy / edit.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(edit.text, "utf-8")
            return await self._workshop.check(copy, edit.path)

    async def _sorted(
        self, edit: Edit, built: Built
    ) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
        """Faults of the edit, and those that are there without it."""
        foreign = [fault for fault in built.faults if str(fault.path) != edit.path]
        if not foreign:
            return built.faults, ()
        async with self._workshop.copy(self._folder) as copy:
            before = await self._workshop.check(copy)
        known = {(fault.path, fault.message) for fault in before.faults}
        others = tuple(fault for fault in foreign if (fault.path, fault.message) in known)
        return tuple(fault for fault in built.faults if fault not in others), others
