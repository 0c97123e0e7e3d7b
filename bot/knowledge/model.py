"""What the bot knows, as values: articles, sources, categories and the words that find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.knowledge.pages import Glossary, Lenders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from bot.knowledge.flow_model import Flow

LEVELS: Final = (
    "法律",
    "行政法规",
    "地方性法规",
    "司法解释",
    "司法政策",
    "规章",
    "规范性文件",
    "标准",
    "自律",
    "公开报道",
)
"""Kinds of source, from the most to the least binding."""

REPORT: Final = LEVELS[-1]
"""What is no rule at all: a line, a warning, a case, an item of news."""

CERTAINTIES: Final = ("原文", "二手")
"""Whether we read the text itself, or only what others wrote about it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a knowledge folder."""

    path: Path
    line: int
    message: str
    """In Chinese: an admin reads it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """A law, rule, standard or report that articles cite."""

    key: str
    title: str
    level: str
    issuer: str
    verified: str
    number: str | None = None
    effective: date | None = None
    dated: str | None = None
    """When it was published, where the day from which it applies is not known: 2026-01-30 发布."""
    note: str | None = None
    articles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Number of an article, such as ``1033`` or ``293之一``, to the gist of it."""

    @property
    def second_hand(self) -> bool:
        """True when the text itself was not read."""
        return self.verified != "原文"


@dataclass(frozen=True, slots=True)
class Citation:
    """``民法典#1033``: one article of a source, or the source as a whole."""

    source: str
    article: str | None = None

    def __str__(self) -> str:
        return self.source if self.article is None else f"{self.source}#{self.article}"


@dataclass(frozen=True, slots=True)
class Basis:
    """One line of 依据: what the cited articles say."""

    citations: tuple[Citation, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One topic: how people ask about it and what the bot answers.

    Texts hold inline Markdown (bold only).
    """

    id: str
    title: str
    category: str
    questions: tuple[str, ...]
    keywords: tuple[str, ...]
    related: tuple[str, ...]
    sources: tuple[Citation, ...]
    reviewed: date
    review_by: date
    answer: str
    """The one sentence that answers."""
    steps: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    """Words to copy."""
    avoid: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    myths: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    """Paragraphs of 展开; a list item begins with ``• ``."""
    urgent: bool = False
    flow: str | None = None
    not_for: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Id of a neighbour to the case in which that one is right."""
    phrasings: tuple[str, ...] = ()
    """How people really write, from ``<id>.phrasings.txt``; only matching reads them."""

    @property
    def examples(self) -> tuple[str, ...]:
        """Every message that must or should reach this article."""
        return self.questions + self.phrasings


@dataclass(frozen=True, slots=True)
class Category:
    """A heading of the menu."""

    id: str
    title: str
    intro: str


@dataclass(frozen=True, slots=True)
class UrgentRule:
    """Words that lead to an urgent card before anything else.

    A clause of the message matches when each group of ``all_of`` has a word in it and no word of
    ``none_of`` is. See ``knowledge/lexicon/urgent.yaml``.
    """

    card: str
    all_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForbiddenClaim:
    """A statement that no article may make; see ``knowledge/lexicon/forbidden.yaml``."""

    pattern: str
    """A regular expression, searched in one line of an article."""
    reason: str
    """What is wrong with it and which trap it is, in Chinese."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """A public number that the bot may name; see ``knowledge/hotlines.yaml``."""

    number: str
    name: str
    handles: str
    verified: bool
    """False: named only with 以官方公布为准 beside it, never as the only way."""
    hours: str | None = None
    cannot: str | None = None
    """What nobody should call it for."""
    source: Citation | None = None
    """Where we know it from."""
    checked: date | None = None
    """When somebody looked last."""
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words as data: what an admin can teach the matching."""

    terms: tuple[str, ...] = ()
    """Words of the field that must not be cut apart."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that mean the same; the first stands for all."""
    products: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Name of a product or lender to its kind, such as 白条 to 消费信贷."""
    urgent: tuple[UrgentRule, ...] = ()
    forbidden: tuple[ForbiddenClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One version of the whole content; never changes once built."""

    version: str
    """Hash over the content of the folder."""
    articles: Mapping[str, Article]
    categories: tuple[Category, ...]
    sources: Mapping[str, Source]
    messages: Mapping[str, str]
    """The bot's fixed phrases, by name; placeholders as in ``str.format``."""
    lexicon: Lexicon
    hotlines: Mapping[str, Hotline] = field(default_factory=lambda: MappingProxyType({}))
    flows: Mapping[str, Flow] = field(default_factory=lambda: MappingProxyType({}))
    """The interviews, by id."""
    glossary: Glossary = field(default_factory=Glossary)
    lenders: Lenders = field(default_factory=Lenders)
    none: tuple[str, ...] = ()
    """Messages that share our words but deserve no article."""
    unclear: tuple[str, ...] = ()
    """Messages to which the bot should ask back."""

    @property
    def citations(self) -> frozenset[Citation]:
        """Everything that anything rests on: articles, words, cards and public numbers."""
        listed = (cite for article in self.articles.values() for cite in article.sources)
        words = (cite for term in self.glossary.terms for cite in term.sources)
        cards = self.lenders.cards.values()
        rules = (cite for card in cards for rule in card.rules for cite in rule.citations)
        numbers = (line.source for line in self.hotlines.values() if line.source is not None)
        return frozenset((*listed, *words, *rules, *numbers))

    def in_category(self, category: str) -> tuple[Article, ...]:
        """The articles of one category, in the order of their ids."""
        return tuple(
            self.articles[key]
            for key in sorted(self.articles)
            if self.articles[key].category == category
        )
