"""The pages beside the articles: words explained, whose money it is, and whom to call."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.cards import in_rows, to_blocks
from bot.conversation.citations import cite, rule_lines
from bot.conversation.result import Result
from bot.conversation.turn import Bullets, Button, Event, Folded, Heading, Lead, Paragraph, Reply
from bot.conversation.vocabulary import Vocabulary
from bot.search.lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from bot.conversation.actions import Action
    from bot.conversation.cards import Cards, Rows
    from bot.conversation.session import Session
    from bot.conversation.turn import Block, Turn
    from bot.knowledge.model import Article, Hotline, Knowledge
    from bot.knowledge.pages import Lender, Term

WIDTHS: Final = (18, 7, 5)
"""Characters that a phone shows of a label with none, one or two others in its row."""


class Pages:
    """``/glossary``, ``/lenders``, ``/hotlines`` and the buttons that lead to them.

    Args:
        knowledge: with the glossary, the lender cards and the public numbers.
        cards: for phrases and buttons.
    """

    def __init__(self, knowledge: Knowledge, cards: Cards) -> None:
        self._knowledge = knowledge
        self._cards = cards
        self._vocabulary = Vocabulary(knowledge)
        self._lookup = Lookup(knowledge)
        self.commands: Mapping[str, Callable[[Turn, Session], Result]] = MappingProxyType(
            {
                "glossary": self._open_glossary,
                "lenders": lambda _, session: Result(session, (self._lenders(),)),
                "hotlines": lambda _, session: Result(session, (self._hotlines(),)),
            }
        )

    def defined(self, text: str) -> Term | None:
        """The word that a message asks to have explained, as in 什么是呆账."""
        found = self._lookup.term(text)
        return found.term if found is not None and found.asked else None

    def find(self, text: str, session: Session, *, bare: bool) -> Result | None:
        """The page that a message asks for by name; ``bare`` takes a single word for a question."""
        found = self._lookup.term(text)
        if found is not None and (found.asked or bare):
            return self.explain(found.term, session, "answer")
        card = self._lookup.lender(text)
        return None if card is None else self.tell(card, session, "answer")

    def press(self, action: Action, session: Session) -> Result:
        """A button that leads to a page, however old."""
        match action.verb, action.first:
            case actions.TERM, name:
                term = self._knowledge.glossary.named(name)
                return self._old(session) if term is None else self.explain(term, session)
            case actions.LENDER, name if name:
                card = self._knowledge.lenders.cards.get(name)
                return self._old(session) if card is None else self.tell(card, session)
            case actions.LENDER, _:
                return Result(session, (self._lenders(),))
            case actions.GLOSSARY, page:
                return Result(session, (self._glossary(int(page) if page.isdecimal() else 0),))
        return Result(session, (self._hotlines(),))

    def explain(self, term: Term, session: Session, kind: str = "term") -> Result:
        """A word in two sentences, with what they rest on.

        ``kind`` is that of the event: ``answer`` where it answers a question asked in words.
        """
        blocks = (*self.definition(term), self._basis(term))
        rows = (
            *self._articles((term.article,) if term.article else ()),
            (self._button("label_glossary", actions.GLOSSARY), *self._cards.menu_row()[0]),
        )
        return Result(session, (Reply(blocks, rows),), (Event(kind, value=f"term:{term.name}"),))

    def definition(self, term: Term) -> tuple[Block, ...]:
        """A word in two sentences."""
        matters = self._cards.phrase("term_matters", text=term.matters)
        return (Paragraph(f"**{term.name}**：{term.says}"), Paragraph(matters))

    def tell(self, card: Lender, session: Session, kind: str = "lender") -> Result:
        """Whose money a product is."""
        phrase = self._cards.phrase
        blocks: tuple[Block, ...] = (
            Lead(card.title),
            *_part(phrase("head_law"), card.law),
            *_part(phrase("head_lender"), card.lender),
            *_part(phrase("head_channel"), card.channel),
            Heading(phrase("head_contract")),
            Bullets(card.contract),
            Folded(
                phrase("head_basis"),
                (
                    *rule_lines(card.rules, self._knowledge.sources),
                    self._reviewed(self._knowledge.lenders.reviewed),
                ),
            ),
        )
        kinds = [self._card(self._knowledge.lenders.cards[name]) for name in card.may_be]
        rows = (
            *_packed(kinds),
            *self._articles(card.articles),
            (self._button("label_lenders", actions.LENDER), *self._cards.menu_row()[0]),
        )
        return Result(
            session, (Reply(blocks, tuple(rows)),), (Event(kind, value=f"lender:{card.id}"),)
        )

    def row(self, article: Article, question: str) -> Rows:
        """Buttons under an article: whose money it is, and hard words; none in an emergency."""
        if article.urgent:
            return ()
        words = [
            Button(
                self._cards.phrase("label_term", term=term.name),
                actions.join(actions.TERM, term.name),
            )
            for term in self._vocabulary.of(article)
        ]
        return (*self.product_row(question), *_fitting(words))

    def product_row(self, text: str) -> Rows:
        """The button of the product that a message names."""
        card = self._lookup.product(text)
        return () if card is None else ((self._product(card),),)

    def _product(self, card: Lender) -> Button:
        label = self._cards.phrase("label_lender", title=card.title)
        return Button(label, actions.join(actions.LENDER, card.id))

    def _card(self, card: Lender) -> Button:
        return Button(card.title, actions.join(actions.LENDER, card.id))

    def _open_glossary(self, turn: Turn, session: Session) -> Result:
        found = self._lookup.term(turn.text) if turn.text else None
        if found is not None:
            return self.explain(found.term, session)
        return Result(session, (self._glossary(0),))

    def _glossary(self, page: int) -> Reply:
        """The words of one group, with the way to the groups before and after it."""
        groups = list(self._knowledge.glossary.groups.items())
        if not groups:
            return self._cards.menu("old_button")
        page = page % len(groups)
        title, terms = groups[page]
        words = [Button(term.name, actions.join(actions.TERM, term.name)) for term in terms]
        leaf = (
            self._leaf("label_previous", (page - 1) % len(groups)),
            self._leaf("label_next", (page + 1) % len(groups)),
        )
        rows = (*_packed(words), leaf, *self._cards.menu_row())
        return self._cards.say("glossary", rows, group=title, page=page + 1, pages=len(groups))

    def _leaf(self, label: str, page: int) -> Button:
        action = actions.join(actions.GLOSSARY, str(page), actions.HERE)
        return Button(self._cards.phrase(label), action)

    def _lenders(self) -> Reply:
        cards = self._knowledge.lenders.cards.values()
        if not cards:
            return self._cards.menu("old_button")
        rows = (*in_rows([self._card(card) for card in cards], 2), *self._cards.menu_row())
        return self._cards.say("lenders", tuple(rows))

    def _hotlines(self) -> Reply:
        """The directory: what each number is for, and what it is not for."""
        lines = [line for line in self._knowledge.hotlines.values() if line.verified]
        blocks: list[Block] = [*to_blocks(self._cards.phrase("hotlines"))]
        for line in lines:
            blocks += self._hotline(line)
        blocks += to_blocks(self._cards.phrase("hotlines_end"))
        sources = tuple(self._source(line) for line in lines if line.source and line.checked)
        blocks.append(Folded(self._cards.phrase("head_sources"), sources))
        return Reply(tuple(blocks), self._cards.menu_row())

    def _hotline(self, line: Hotline) -> Iterable[Block]:
        hours = f"（{line.hours}）" if line.hours else ""
        yield Heading(f"{line.number} {line.name}")
        items = [f"{line.handles}{hours}"]
        if line.cannot:
            items.append(self._cards.phrase("hotline_cannot", text=line.cannot))
        yield Bullets(tuple(items))

    def _source(self, line: Hotline) -> str:
        source = cite((line.source,) if line.source else (), self._knowledge.sources)
        day = line.checked.isoformat() if line.checked else ""
        return self._cards.phrase("hotline_source", number=line.number, source=source, day=day)

    def _basis(self, term: Term) -> Block:
        if not term.sources:
            return Paragraph(self._cards.phrase("term_unsourced"))
        lines = [cite((citation,), self._knowledge.sources) for citation in term.sources]
        reviewed = self._reviewed(self._knowledge.glossary.reviewed)
        return Folded(self._cards.phrase("head_basis"), (*lines, reviewed))

    def _reviewed(self, day: date | None) -> str:
        return self._cards.phrase("reviewed", day=day.isoformat() if day else "")

    def _articles(self, names: Iterable[str]) -> Rows:
        known = self._knowledge.articles
        return tuple((self._cards.open(known[name]),) for name in names if name in known)

    def _button(self, label: str, verb: str) -> Button:
        return Button(self._cards.phrase(label), verb)

    def _old(self, session: Session) -> Result:
        return Result(session, (self._cards.menu("old_button"),))


def _part(title: str, text: str) -> tuple[Block, ...]:
    return (Heading(title), Paragraph(text))


def _packed(buttons: Iterable[Button]) -> Rows:
    """Buttons in rows that no label is cut in."""
    rows: list[tuple[Button, ...]] = []
    for button in buttons:
        row = (*rows[-1], button) if rows else (button,)
        if rows and fits_phone(row):
            rows[-1] = row
        else:
            rows.append((button,))
    return tuple(rows)


def fits_phone(row: Sequence[Button]) -> bool:
    """Whether a phone shows the labels of a row whole: its buttons are equally wide."""
    widest = max(len(button.label) for button in row)
    return len(row) <= len(WIDTHS) and widest <= WIDTHS[len(row) - 1]


def _fitting(buttons: Sequence[Button]) -> Rows:
    """One row with the most of some buttons that a phone shows whole."""
    for count in range(len(WIDTHS), 0, -1):
        short = [button for button in buttons if len(button.label) <= WIDTHS[count - 1]]
        if len(short) >= count:
            return (tuple(short[:count]),)
    return ()
