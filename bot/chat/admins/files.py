"""An article that an admin sends as a file: checked, shown, confirmed, written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.chat.admins.request import Outcome, Request, Section, button
from bot.chat.admins.shown import show_changes, show_faults
from bot.content.edits import Edit
from bot.content.places import ARTICLE, PHRASINGS
from bot.content.texts import MAX_BYTES
from bot.conversation.cards import Cards
from bot.conversation.turn import Block, Heading, Reply
from bot.errors import BotError, BuildFailed, EditRefused, FileUnavailable
from bot.flows.templates import for_chat
from bot.store.port import Deed

if TYPE_CHECKING:
    from bot.content import Serving
    from bot.content.editing import Editing, Proposal
    from bot.conversation.turn import SentFile
    from bot.knowledge.model import Article

PUBLISH, DISCARD = "pub", "dis"
"""What stands behind the buttons; both carry a token."""

_LOG = structlog.get_logger(__name__)


class Files(Protocol):
    """Where files are fetched."""

    async def fetch(self, file: SentFile) -> bytes:
        """The content; may raise ``FileUnavailable``."""


class SentArticles:
    """Takes articles as files.

    Args:
        files: where their content is.
        editing: of the knowledge folder.
        content: words, and the articles that serve.
        folder: name of the knowledge folder.
    """

    def __init__(self, files: Files, editing: Editing, content: Serving, folder: str) -> None:
        self._files = files
        self._editing = editing
        self._content = content
        self._folder = folder

    def section(self) -> Section:
        """For the desk."""
        return Section(presses={PUBLISH: self._publish, DISCARD: self._discard}, file=self._take)

    async def _take(self, request: Request) -> Outcome:
        file = request.file
        if file is None or not file.name.lower().endswith((ARTICLE, PHRASINGS)):
            return self._say("file_kind")
        try:
            proposal = await self._proposed(file)
        except (FileUnavailable, EditRefused, BuildFailed) as error:
            return self._troubled(error)
        if proposal.faults:
            return self._faulty(proposal)
        if not proposal.lines:
            return self._say("edit_same", article=proposal.edit.article)
        return self._shown(request, proposal)

    async def _proposed(self, file: SentFile) -> Proposal:
        """Of an article its text says which it is, of phrasings only the name of the file."""
        name, raw = file.name.lower(), await self._fetch(file)
        if name.endswith(PHRASINGS):
            return await self._editing.write_phrasings(name.removesuffix(PHRASINGS), raw)
        return await self._editing.write_article(raw)

    async def _fetch(self, file: SentFile) -> bytes:
        if file.size > MAX_BYTES:
            message = f"文件太大：{file.size // 1000} KB，最多 {MAX_BYTES // 1000} KB"
            raise EditRefused(message)
        return await self._files.fetch(file)

    def _troubled(self, error: BotError) -> Outcome:
        if isinstance(error, EditRefused):
            return self._say("edit_refused", reason=for_chat(str(error)))
        _LOG.warning("article_not_taken", reason=str(error))
        return self._say(
            "file_lost" if isinstance(error, FileUnavailable) else "content_unreadable"
        )

    def _faulty(self, proposal: Proposal) -> Outcome:
        lead = self._cards.say("edit_faults", article=proposal.edit.article).blocks
        faults = show_faults(proposal.faults, self._folder, self._content.knowledge.messages)
        return Outcome((Reply((*lead, *faults)),))

    def _shown(self, request: Request, proposal: Proposal) -> Outcome:
        """The card as people would see it, then what changes, with the buttons beneath."""
        cards, token = self._cards, request.token
        rows = (
            (
                button(cards.phrase("label_publish"), PUBLISH, token),
                button(cards.phrase("label_discard"), DISCARD, token),
            ),
        )
        last = Reply((*self._changes(proposal), *self._others(proposal)), rows)
        seen = proposal.article if proposal.edit.path.endswith(ARTICLE) else None
        looks = () if seen is None else (self._looks(seen),)
        waits = {"edit": proposal.edit.to_json(), "version": proposal.version}
        return Outcome((*looks, last), pending={token: waits})

    def _changes(self, proposal: Proposal) -> tuple[Block, ...]:
        path = f"{self._folder}/{proposal.edit.path}"
        article = proposal.edit.path.endswith(ARTICLE)
        name = "edit_new" if proposal.new and article else "edit_changes"
        lead = self._cards.say(name, article=proposal.edit.article, path=path).blocks
        if proposal.new and article:
            return lead
        return (*lead, *show_changes(proposal.lines, self._content.knowledge.messages))

    def _others(self, proposal: Proposal) -> tuple[Block, ...]:
        if not proposal.others:
            return ()
        messages = self._content.knowledge.messages
        lead = self._cards.say("edit_others").blocks
        return (*lead, *show_faults(proposal.others, self._folder, messages))

    def _looks(self, article: Article) -> Reply:
        """The card, whose buttons are left out: they would lead to what is not live yet."""
        card = self._cards.article(article)
        head = Heading(self._cards.phrase("edit_looks"))
        return replace(card, blocks=(head, *card.blocks), buttons=())

    async def _publish(self, request: Request) -> Outcome:
        waits = request.pending
        if waits is None:
            return self._say("edit_expired")
        edit = Edit.from_json(waits["edit"])
        settled = {request.arguments[0]: None}
        try:
            await self._editing.put(edit)
        except EditRefused as error:
            return replace(self._troubled(error), pending=settled)
        version = str(waits["version"])
        deed = Deed(str(request.admin), "write", edit.article, version)
        path = f"{self._folder}/{edit.path}"
        written = self._say("edit_written", path=path, version=version)
        return replace(written, deeds=(deed,), pending=settled)

    async def _discard(self, request: Request) -> Outcome:
        if request.pending is None:
            return self._say("edit_expired")
        return replace(self._say("edit_discarded"), pending={request.arguments[0]: None})

    def _say(self, name: str, **values: str) -> Outcome:
        return Outcome((self._cards.say(name, (), **values),))

    @property
    def _cards(self) -> Cards:
        return Cards(self._content.knowledge)
