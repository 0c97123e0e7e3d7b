"""Turns articles, choices and menus into replies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.citations import basis_lines
from bot.conversation.turn import (
    Block,
    Bullets,
    Button,
    Folded,
    Heading,
    Lead,
    Paragraph,
    Reply,
    Steps,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.knowledge.model import Article, Knowledge

Rows = tuple[tuple[Button, ...], ...]

DOOR_CARD: Final = "visit-01"
"""The article for somebody at the door."""

_NOTE: Final = re.compile(r"^（[^）]*）\s*")
_LABEL_WORDS: Final = 12
_BULLET: Final = "• "


class Cards:
    """Builds every reply from one version of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def phrase(self, name: str, **values: object) -> str:
        """A fixed phrase with its placeholders filled."""
        return self._knowledge.messages[name].format(**values)

    def say(self, name: str, buttons: Rows = (), **values: object) -> Reply:
        """A fixed phrase as a reply."""
        return Reply(to_blocks(self.phrase(name, **values)), buttons)

    def article(self, article: Article, extra: Rows = ()) -> Reply:
        """The card of an article: the answer, steps, words, don'ts, then the law, folded.

        ``extra`` are rows of buttons that stand above those to other articles.
        """
        basis = (
            *basis_lines(article, self._knowledge.sources),
            self.phrase("reviewed", day=article.reviewed.isoformat()),
        )
        blocks: list[Block] = [Lead(article.answer)]
        if article.steps:
            blocks += [Heading(self.phrase("head_steps")), Steps(article.steps)]
        if article.say:
            blocks += [Heading(self.phrase("head_say")), Words(article.say)]
        if article.avoid:
            blocks += [Heading(self.phrase("head_avoid")), Bullets(article.avoid)]
        blocks.append(Folded(self.phrase("head_basis"), basis))
        if article.myths:
            blocks.append(Folded(self.phrase("head_myths"), article.myths))
        return Reply(tuple(blocks), self._article_buttons(article, extra))

    def more(self, article: Article) -> Reply:
        """The part of an article that goes beyond its card."""
        title = Heading(self.phrase("head_more", title=article.title))
        return Reply((title, *to_blocks("\n".join(article.more))), self._related(article))

    def choice(self, articles: Iterable[Article], *, lead: str = "choose") -> Reply:
        """Two to four articles to choose from, with two ways out."""
        rows = tuple((self.open(article),) for article in articles)
        ways_out = (
            Button(self.phrase("label_none_of_these"), actions.NONE_OF_THESE),
            Button(self.phrase("label_rephrase"), actions.REPHRASE),
        )
        return self.say(lead, (*rows, ways_out))

    def menu(self, lead: str = "menu") -> Reply:
        """The categories, two in a row, under a phrase.

        Leafing through the menu itself changes that one message; under any other phrase the
        menu must not wipe the phrase out, so its buttons write new messages.
        """
        rows = self.category_rows(in_place=lead == "menu")
        return self.say(lead, (*self._door(), *rows, *self._pages()))

    def _pages(self) -> Rows:
        """The pages beside the articles, where there is something on them."""
        knowledge = self._knowledge
        pages = (
            ("label_glossary", actions.GLOSSARY, knowledge.glossary.groups),
            ("label_lenders", actions.LENDER, knowledge.lenders.cards),
            ("label_hotlines", actions.HOTLINES, knowledge.hotlines),
        )
        row = tuple(Button(self.phrase(label), verb) for label, verb, content in pages if content)
        return (row,) if row else ()

    def _door(self) -> Rows:
        """The red button above every menu: somebody may be at the door while reading it."""
        if DOOR_CARD not in self._knowledge.articles:
            return ()
        action = actions.join(actions.ARTICLE, DOOR_CARD)
        return ((Button(self.phrase("label_door"), action),),)

    def category_rows(self, *, in_place: bool = False) -> Rows:
        """A button for each category that has articles."""
        here = (actions.HERE,) if in_place else ()
        filled = {article.category for article in self._knowledge.articles.values()}
        buttons = [
            Button(category.title, actions.join(actions.CATEGORY, category.id, *here))
            for category in self._knowledge.categories
            if category.id in filled
        ]
        return tuple(in_rows(buttons, 2))

    def category(self, name: str) -> Reply | None:
        """The articles of a category; None when there is no such category."""
        for category in self._knowledge.categories:
            if category.id == name:
                articles = self._knowledge.in_category(name)
                rows = tuple((self.open(article),) for article in articles)
                to_menu = actions.join(actions.MENU, "", actions.HERE)
                back = (Button(self.phrase("label_back"), to_menu),)
                blocks = (Heading(category.title), Paragraph(category.intro))
                return Reply(blocks, (*rows, back))
        return None

    def hotlines(self) -> Reply:
        """The verified public numbers, and the menu."""
        numbers = Bullets(
            tuple(
                f"**{line.number}** {line.name}：{line.handles}"
                for line in self._knowledge.hotlines.values()
                if line.verified
            )
        )
        blocks = (*to_blocks(self.phrase("none_hotlines")), numbers)
        return Reply(blocks, (*self.category_rows(), *self._pages()))

    def menu_row(self) -> Rows:
        """One button that leads to the menu."""
        return ((Button(self.phrase("label_menu"), actions.MENU),),)

    def open(self, article: Article) -> Button:
        """A button that opens an article."""
        return Button(article.title, actions.join(actions.ARTICLE, article.id))

    def _related(self, article: Article) -> Rows:
        others = (self._knowledge.articles.get(key) for key in article.related)
        return tuple((self.open(other),) for other in others if other is not None)

    def _article_buttons(self, article: Article, extra: Rows) -> Rows:
        copies = tuple((self._copy(words),) for words in article.say)
        more = (
            ((Button(self.phrase("label_more"), actions.join(actions.MORE, article.id)),),)
            if article.more
            else ()
        )
        return (*copies, *more, *extra, *self._related(article), self._feedback(article))

    def _copy(self, words: str) -> Button:
        plain = _NOTE.sub("", words).replace("**", "")
        start = plain if len(plain) <= _LABEL_WORDS else plain[:_LABEL_WORDS] + "…"
        return Button(self.phrase("label_copy", words=start), copy=plain)

    def reasons(self, article: Article) -> Rows:
        """Buttons that say why an article was no use, two in a row; nobody has to press one."""
        buttons = [
            Button(
                self.phrase(f"label_why_{reason}"), actions.join(actions.WHY, article.id, reason)
            )
            for reason in actions.REASONS
        ]
        return tuple(in_rows(buttons, 2))

    def _feedback(self, article: Article) -> tuple[Button, ...]:
        def button(label: str, value: str) -> Button:
            return Button(self.phrase(label), actions.join(actions.FEEDBACK, article.id, value))

        return (
            button("label_useful", actions.USEFUL),
            button("label_useless", actions.USELESS),
            Button(self.phrase("label_menu"), actions.MENU),
        )


def in_rows(buttons: Sequence[Button], width: int) -> Iterable[tuple[Button, ...]]:
    """Buttons in rows of at most so many."""
    return (tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def to_blocks(text: str) -> tuple[Block, ...]:
    """Lines of a phrase as blocks; lines that begin with ``• `` become one list."""
    blocks: list[Block] = []
    bullets: list[str] = []
    for line in [*filter(None, map(str.strip, text.splitlines())), ""]:
        if line.startswith(_BULLET):
            bullets.append(line.removeprefix(_BULLET))
            continue
        if bullets:
            blocks.append(Bullets(tuple(bullets)))
            bullets = []
        if line:
            blocks.append(Paragraph(line))
    return tuple(blocks)
