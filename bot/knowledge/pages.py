"""What the bot knows beside its articles: words explained, and whose money a product is."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.knowledge.model import Basis, Citation


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, explained in two sentences; see ``knowledge/glossary.yaml``."""

    name: str
    says: str
    """What it means, in one plain sentence."""
    matters: str
    """Why it matters to the person, in one line."""
    sources: tuple[Citation, ...] = ()
    """What the legal statements in it rest on; empty where there is none."""
    also: tuple[str, ...] = ()
    """Other names, found in articles too."""
    asked: tuple[str, ...] = ()
    """Names that count only when somebody asks about them: too common to be found in articles."""
    article: str | None = None
    """The article that goes into it."""
    line: int = field(default=1, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which it may be asked for."""
        return (self.name, *self.also, *self.asked)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The words, grouped for leafing through."""

    groups: Mapping[str, tuple[Term, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Title of a group to its words, in the order of the file."""
    reviewed: date | None = None
    review_by: date | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All words."""
        return tuple(term for group in self.groups.values() for term in group)

    def named(self, name: str) -> Term | None:
        """The word with exactly this name."""
        return next((term for term in self.terms if term.name == name), None)


@dataclass(frozen=True, slots=True)
class Lender:
    """A product, or a kind of lender; see ``knowledge/lenders.yaml``."""

    id: str
    title: str
    names: tuple[str, ...]
    """How people call it."""
    law: str
    """What it is in law."""
    lender: str
    """Who the lender is, and where that stands."""
    channel: str
    """Where the lender's own people are reached."""
    contract: tuple[str, ...]
    """What to look for in the contract."""
    rules: tuple[Basis, ...]
    """Which rules apply, with what they rest on."""
    may_be: tuple[str, ...] = ()
    """Ids of the kinds of lender that may stand behind the product."""
    articles: tuple[str, ...] = ()
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Lenders:
    """The cards by id, in the order of the file."""

    cards: Mapping[str, Lender] = field(default_factory=lambda: MappingProxyType({}))
    reviewed: date | None = None
    review_by: date | None = None
