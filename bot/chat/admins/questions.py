"""``/unanswered``: what people asked in vain, and what to do about it, one group after another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bot.chat.admins.request import Outcome, Request, Section, button
from bot.content.edits import Edit
from bot.conversation.cards import Cards
from bot.conversation.turn import Bullets, Button, Heading, Paragraph, Reply
from bot.errors import BuildFailed, EditRefused
from bot.figures.waiting import ASSIGNED, IGNORED, read_waiting
from bot.flows.templates import for_chat
from bot.knowledge.likeness import find_alike
from bot.store.port import Attachment, Call, Deed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from bot.content import Serving
    from bot.content.editing import Editing, Proposal
    from bot.conversation.cards import Rows
    from bot.figures.unanswered import Group
    from bot.knowledge.model import Knowledge
    from bot.store.port import Store

PAGE: Final = "un"
ASSIGN, CONFIRM, OTHER, DRAFT, IGNORE = "una", "unc", "uno", "und", "uni"
"""What stands behind the buttons of a group; all carry its key, ``CONFIRM`` a token."""
_GUESSES: Final = 3
_SHOWN: Final = 8
"""Wordings of a group that are listed."""
_ADDED: Final = 5
"""Wordings that are added to an article at once."""
_DRAFTED: Final = 12
_REVIEW: Final = timedelta(days=182)

_LOG = structlog.get_logger(__name__)


class Questions:
    """Leafs through the unanswered questions and settles them.

    Args:
        store: what was asked, and what was decided.
        content: the articles that serve.
        editing: of the knowledge folder.
        zone: in which days are told.
    """

    def __init__(self, store: Store, content: Serving, editing: Editing, zone: ZoneInfo) -> None:
        self._store = store
        self._content = content
        self._editing = editing
        self._zone = zone

    def section(self) -> Section:
        """For the desk."""
        return Section(
            commands={"unanswered": self._first, "assign": self._typed},
            presses={
                PAGE: self._leaf,
                ASSIGN: self._propose,
                CONFIRM: self._confirm,
                OTHER: self._ask_for_id,
                DRAFT: self._draft,
                IGNORE: self._ignore,
            },
        )

    async def _first(self, request: Request) -> Outcome:
        return Outcome((self._page(await self._groups(request), 0),))

    async def _leaf(self, request: Request) -> Outcome:
        place = int(request.arguments[0]) if request.arguments[:1] and _is_small(request) else 0
        return Outcome((self._page(await self._groups(request), place, request.message),))

    def _page(self, groups: Sequence[Group], place: int, message: int | None = None) -> Reply:
        """One group with its buttons, in the place of the one before where there was one."""
        cards = self._cards
        if not groups:
            done = cards.say("unanswered_none")
            return Reply(done.blocks, edit=message)
        place = min(place, len(groups) - 1)
        group = groups[place]
        day = datetime.fromtimestamp(group.last, self._zone)
        head = cards.phrase(
            "unanswered_head",
            number=place + 1,
            total=len(groups),
            people=group.people,
            times=group.times,
            day=f"{day.month}月{day.day}日",
        )
        lines = [for_chat(question.text) for question in group.questions[:_SHOWN]]
        if len(group.questions) > _SHOWN:
            lines.append(cards.phrase("unanswered_more", number=len(group.questions) - _SHOWN))
        blocks = (Heading(head), Bullets(tuple(lines)), *cards.say("unanswered_do").blocks)
        return Reply(blocks, self._buttons(group, place, len(groups)), edit=message)

    def _buttons(self, group: Group, place: int, total: int) -> Rows:
        phrase, key = self._cards.phrase, group.key
        articles = self._content.knowledge.articles
        guesses = tuple(
            (button(phrase("label_assign", title=articles[name].title), ASSIGN, key, name),)
            for name in self._guesses(group)
        )
        leaves: list[Button] = []
        if place > 0:
            leaves.append(button(phrase("label_group_previous"), PAGE, str(place - 1)))
        if place + 1 < total:
            leaves.append(button(phrase("label_group_next"), PAGE, str(place + 1)))
        return (
            *guesses,
            (
                button(phrase("label_assign_other"), OTHER, key),
                button(phrase("label_draft"), DRAFT, key),
                button(phrase("label_ignore"), IGNORE, key, str(place)),
            ),
            *((tuple(leaves),) if leaves else ()),
        )

    def _guesses(self, group: Group) -> list[str]:
        """The likeliest articles for the most asked wording, whatever was decided about it."""
        reasons = self._content.searcher.explain(group.questions[0].text).reasons
        known = self._content.knowledge.articles
        return [reason.label for reason in reasons if reason.label in known][:_GUESSES]

    async def _ask_for_id(self, request: Request) -> Outcome:
        """The way for any other article: a command with its id."""
        key = request.arguments[0] if request.arguments else ""
        copy = Button(self._cards.phrase("label_copy_assign"), copy=f"/assign {key} ")
        return Outcome((self._cards.say("assign_how", ((copy,),), key=key),))

    async def _typed(self, request: Request) -> Outcome:
        key, article, *_ = (*request.text.split(), "", "")
        if not article:
            return Outcome((self._cards.say("assign_how", key=key or "…"),))
        return await self._proposed(request, key, article)

    async def _propose(self, request: Request) -> Outcome:
        key, article, *_ = (*request.arguments, "", "")
        return await self._proposed(request, key, article)

    async def _proposed(self, request: Request, key: str, article: str) -> Outcome:
        """What would be added to the article, checked, with a button that adds it."""
        group = _named(await self._groups(request), key)
        if group is None:
            return self._gone()
        if article not in self._content.knowledge.articles:
            return Outcome((self._cards.say("assign_unknown", article=for_chat(article[:20])),))
        try:
            texts = self._new_wordings(group, article)
            proposal = await self._editing.append_questions(article, texts)
        except EditRefused as error:
            return self._refused(str(error))
        except BuildFailed as error:
            _LOG.error("edit_not_checked", error=str(error))
            return Outcome((self._cards.say("assign_unchecked"),))
        if proposal.faults or proposal.others:
            faults = (*proposal.faults, *proposal.others)
            return self._refused("\n".join(f"• {for_chat(str(fault))}" for fault in faults))
        return self._shown(request, group, proposal)

    def _new_wordings(self, group: Group, article: str) -> list[str]:
        """Wordings that say something the article does not have; most asked first.

        Two that are nearly the same would be a fault of the folder, so one of them is enough.
        """
        known = self._content.knowledge.articles[article].examples
        texts = [question.text for question in group.questions]
        alike = {pair.second for pair in find_alike([*known, *texts])}
        fresh = [text for at, text in enumerate(texts, start=len(known)) if at not in alike]
        return (fresh or texts)[:_ADDED]

    def _shown(self, request: Request, group: Group, proposal: Proposal) -> Outcome:
        cards, article = self._cards, proposal.edit.article
        added = [line[1:].strip() for line in proposal.lines if line.startswith("+")]
        title = self._content.knowledge.articles[article].title
        head = cards.phrase("assign_preview", article=article, title=title)
        rows = (
            (button(cards.phrase("label_assign_confirm"), CONFIRM, request.token),),
            (button(cards.phrase("label_assign_not"), PAGE, "0"),),
        )
        lines = Bullets(tuple(for_chat(line.removeprefix("- ")) for line in added))
        waits = {
            "edit": proposal.edit.to_json(),
            "key": group.key,
            "version": proposal.version,
        }
        reply = Reply((Paragraph(head), lines), rows)
        return Outcome((reply,), pending={request.token: waits})

    async def _confirm(self, request: Request) -> Outcome:
        """Writes what was shown; a second press finds nothing to do."""
        waits = request.pending
        if waits is None:
            return self._gone()
        edit = Edit.from_json(waits["edit"])
        try:
            await self._editing.put(edit)
        except EditRefused as error:
            return self._refused(str(error))
        target = f"{waits['key']} {edit.article}"
        deed = Deed(str(request.admin), ASSIGNED, target, str(waits["version"]))
        onward = ((button(self._cards.phrase("label_group_next"), PAGE, "0"),),)
        reply = self._cards.say("assign_done", onward, article=edit.article)
        return Outcome((reply,), deeds=(deed,), pending={request.arguments[0]: None})

    async def _ignore(self, request: Request) -> Outcome:
        """Never shows the group again; the next one takes its place."""
        key = request.arguments[0] if request.arguments else ""
        groups = await self._groups(request)
        group = _named(groups, key)
        if group is None:
            return self._gone()
        rest = [other for other in groups if other is not group]
        deed = Deed(str(request.admin), IGNORED, group.key, self._content.knowledge.version)
        page = self._page(rest, groups.index(group), request.message)
        return Outcome((page,), self._cards.phrase("ignored"), deeds=(deed,))

    async def _draft(self, request: Request) -> Outcome:
        """A file to fill in and to send back, with the questions in it already."""
        key = request.arguments[0] if request.arguments else ""
        group = _named(await self._groups(request), key)
        if group is None:
            return self._gone()
        name, text = self._skeleton(group, request.at)
        deed = Deed(str(request.admin), "question_drafted", f"{group.key} {name}", self._version)
        file = Attachment("document", f"{name}.md", text.encode())
        caption = self._cards.phrase("draft_caption", article=name)
        call = Call("sendDocument", {"chat_id": request.admin, "caption": caption}, files=(file,))
        return Outcome(calls=(call,), deeds=(deed,))

    def _skeleton(self, group: Group, at: datetime) -> tuple[str, str]:
        """Id and text of a new article; its category is that of the likeliest old one."""
        knowledge = self._content.knowledge
        guesses = self._guesses(group)
        category = (
            knowledge.articles[guesses[0]].category if guesses else knowledge.categories[0].id
        )
        name = _next_id(knowledge, category)
        today = at.astimezone(self._zone).date()
        questions = [question.text.replace('"', "”") for question in group.questions[:_DRAFTED]]
        text = self._cards.phrase(
            "draft_article",
            id=name,
            category=category,
            questions="\n".join(f'  - "{question}"' for question in questions),
            related=", ".join((*guesses, "…", "…", "…")[:3]),
            reviewed=today.isoformat(),
            review_by=(today + _REVIEW).isoformat(),
        )
        return name, text

    async def _groups(self, request: Request) -> list[Group]:
        decide = self._content.searcher.decide
        return await read_waiting(self._store, request.at.timestamp(), decide)

    def _gone(self) -> Outcome:
        onward = ((button(self._cards.phrase("label_unanswered"), PAGE, "0"),),)
        return Outcome((self._cards.say("question_gone", onward),))

    def _refused(self, why: str) -> Outcome:
        return Outcome((self._cards.say("assign_refused", why=why),))

    @property
    def _version(self) -> str:
        return self._content.knowledge.version

    @property
    def _cards(self) -> Cards:
        return Cards(self._content.knowledge)


def _named(groups: Sequence[Group], key: str) -> Group | None:
    return next((group for group in groups if group.has(key)), None)


def _is_small(request: Request) -> bool:
    written = request.arguments[0]
    return written.isascii() and written.isdigit() and len(written) < 5  # noqa: PLR2004 - digits


def _next_id(knowledge: Knowledge, category: str) -> str:
    """The first number of a category that no article has had lately."""
    numbers = [
        int(name.rpartition("-")[2])
        for name in knowledge.articles
        if name.rpartition("-")[0] == category
    ]
    return f"{category}-{max(numbers, default=0) + 1:02}"
