"""Reads ``glossary.yaml`` and ``lenders.yaml``."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from bot.knowledge.article import parse_citation, read_basis_line
from bot.knowledge.pages import Glossary, Lender, Lenders, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.knowledge.model import Basis
    from bot.knowledge.tables import Table
    from bot.knowledge.yaml_lines import Place

MAX_NAME: Final = 10
"""Characters of a name: it is a button and travels in one."""
MAX_SENTENCE: Final = 90
"""Characters of one sentence of an explanation."""
_DATES: Final = ("reviewed", "review_by")


class Entry:
    """One entry of a table, however deep it stands."""

    def __init__(self, table: Table, place: Place, row: Any) -> None:
        self.whole = isinstance(row, dict)
        self._table = table
        self._place = place
        self._row: dict[str, Any] = row if self.whole else {}
        if not self.whole:
            self.fault("这一条应是“名称: 内容”的形式")

    @property
    def line(self) -> int:
        """Where it begins."""
        return self._table.line(*self._place)

    def fault(self, message: str, *place: str | int) -> None:
        """Notes a fault in this entry."""
        self.whole = False
        self._table.fault(message, *self._place, *place)

    def only(self, *names: str) -> None:
        """Notes keys that do not exist."""
        for name in self._row:
            if name not in names:
                self.fault(f"不认识的栏目“{name}”", str(name))

    def text(self, name: str, limit: int = MAX_SENTENCE) -> str:
        """A text that must be there and short."""
        value = self._row.get(name)
        if value in (None, ""):
            self.fault(f"缺少“{name}”")
        elif not isinstance(value, str):
            self.fault(f"“{name}”应是文字", name)
        elif len(value) > limit:
            self.fault(f"“{name}”有 {len(value)} 字，最多 {limit} 字", name)
        return str(value or "").strip()

    def optional(self, name: str) -> str | None:
        """A text that may be left out."""
        return None if self._row.get(name) is None else self.text(name)

    def texts(self, name: str, limit: int = MAX_SENTENCE) -> tuple[str, ...]:
        """A list of short texts that may be left out."""
        value = self._row.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(f"“{name}”应是文字的列表", name)
            return ()
        for number, item in enumerate(value):
            if len(item) > limit:
                self.fault(f"“{name}”有 {len(item)} 字，最多 {limit} 字", name, number)
        return tuple(item.strip() for item in value)

    def basis(self, name: str) -> tuple[Basis, ...]:
        """Lines such as 依据 in an article."""
        out = []
        for number, text in enumerate(self.texts(name, 2 * MAX_SENTENCE)):
            basis = read_basis_line(text)
            if basis is None:
                message = f"“{name}”每条形如“- 民法典#1033：内容”或“- 推论：内容”"
                self.fault(message, name, number)
            else:
                out.append(basis)
        return tuple(out)

    def inside(self, name: str) -> Iterator[tuple[str | int, Entry]]:
        """The entries of a list or a mapping in this one."""
        value = self._row.get(name) or {}
        if not isinstance(value, dict | list):
            self.fault(f"“{name}”应是“名称: 内容”的形式", name)
            return
        for key, row in value.items() if isinstance(value, dict) else enumerate(value):
            yield key, Entry(self._table, (*self._place, name, key), row)

    def days(self) -> tuple[date | None, date | None]:
        """When it was reviewed, and by when it must be again."""
        days = [self._row.get(name) for name in _DATES]
        for name, day in zip(_DATES, days, strict=True):
            if not isinstance(day, date):
                self.fault(f"“{name}”应是日期，例如 2026-11-23", name)
        first, last = (day if isinstance(day, date) else None for day in days)
        if first and last and last <= first:
            self.fault("“review_by”应晚于“reviewed”", "review_by")
        return first, last


def read_glossary(table: Table) -> Glossary:
    """``glossary.yaml``: words explained, in groups."""
    if not table.value:
        return Glossary()
    head = Entry(table, (), table.value)
    head.only(*_DATES, "groups")
    reviewed, review_by = head.days()
    groups: dict[str, tuple[Term, ...]] = {}
    for _, group in head.inside("groups"):
        group.only("title", "terms")
        terms = (_read_term(str(name), entry) for name, entry in group.inside("terms"))
        groups[group.text("title")] = tuple(term for term in terms if term is not None)
    return Glossary(MappingProxyType(groups), reviewed, review_by)


def _read_term(name: str, entry: Entry) -> Term | None:
    entry.only("says", "matters", "sources", "also", "asked", "article")
    if not 0 < len(name) <= MAX_NAME or ":" in name:
        entry.fault(f"名词最多 {MAX_NAME} 字，不能有英文冒号")
    term = Term(
        name=name,
        says=entry.text("says"),
        matters=entry.text("matters"),
        sources=tuple(map(parse_citation, entry.texts("sources"))),
        also=entry.texts("also"),
        asked=entry.texts("asked"),
        article=entry.optional("article"),
        line=entry.line,
    )
    return term if entry.whole else None


def read_lenders(table: Table) -> Lenders:
    """``lenders.yaml``: whose money a product is."""
    if not table.value:
        return Lenders()
    head = Entry(table, (), table.value)
    head.only(*_DATES, "cards")
    reviewed, review_by = head.days()
    cards = [_read_lender(str(name), entry) for name, entry in head.inside("cards")]
    known = {card.id: card for card in cards if card is not None}
    return Lenders(MappingProxyType(known), reviewed, review_by)


def _read_lender(name: str, entry: Entry) -> Lender | None:
    texts = ("title", "law", "lender", "channel")
    lists = ("names", "contract", "rules", "may_be", "articles")
    entry.only(*texts, *lists)
    if not (name.isascii() and name.isalpha() and len(name) <= MAX_NAME):
        entry.fault(f"编号“{name}”只用小写英文字母，最多 {MAX_NAME} 个")
    lender = Lender(
        id=name,
        title=entry.text("title", MAX_NAME),
        names=entry.texts("names", MAX_NAME),
        law=entry.text("law", 2 * MAX_SENTENCE),
        lender=entry.text("lender", 2 * MAX_SENTENCE),
        channel=entry.text("channel", 2 * MAX_SENTENCE),
        contract=entry.texts("contract"),
        rules=entry.basis("rules"),
        may_be=entry.texts("may_be"),
        articles=entry.texts("articles"),
        line=entry.line,
    )
    for part in ("names", "contract", "rules"):
        if not getattr(lender, part) and entry.whole:
            entry.fault(f"缺少“{part}”")
    return lender if entry.whole else None
