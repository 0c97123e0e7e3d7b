"""The checks that look at a knowledge folder as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from bot.knowledge.body import utf16_length
from bot.knowledge.citations import citation_problem
from bot.knowledge.claims import ClaimChecker
from bot.knowledge.model import Article, Fault, Knowledge
from bot.knowledge.page_checks import check_page_reviews, check_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

MAX_CARD: Final = 900
"""Characters of answer, steps, words and don'ts together: one phone screen and a half."""
MAX_MESSAGE: Final = 3600
"""UTF-16 units of a whole article: one Telegram message (4096) with room for headings."""
MAX_TITLE: Final = 38
"""Columns of a title, two for a Chinese character: what a button on a phone shows whole."""
RELATED: Final = 3
_SPACE: Final = re.compile(r"[\s，。？！、,.?!；;：:~…]+")


def check_knowledge(folder: Path, knowledge: Knowledge) -> list[Fault]:
    """Every fault that needs more than one file to be seen, or that any line may have.

    What only time brings (an article due for review) is not among them: see ``check_reviews``.
    """
    faults: list[Fault] = []
    claims = ClaimChecker(knowledge)
    for article in knowledge.articles.values():
        lines = _Lines(folder, article)
        faults += _check_references(knowledge, article, lines)
        faults += _check_length(article, lines)
        faults += claims.check(article, lines.path, lines.text)
    faults += _check_questions(folder, knowledge)
    faults += check_pages(folder, knowledge)
    faults += [
        Fault(folder / "lexicon" / "urgent.yaml", 1, f"没有文章“{rule.card}”")
        for rule in knowledge.lexicon.urgent
        if rule.card not in knowledge.articles
    ]
    return faults


def check_reviews(folder: Path, knowledge: Knowledge, day: date) -> list[Fault]:
    """What is due for review on a day; it keeps serving until someone looks."""
    due = [
        _Lines(folder, article).fault(
            "review_by:", f"复核期限 {article.review_by} 已到，请核对后更新日期"
        )
        for article in knowledge.articles.values()
        if article.review_by <= day
    ]
    return [*due, *check_page_reviews(folder, knowledge, day)]


class _Lines:
    """Finds the line on which a text stands in an article's file."""

    def __init__(self, folder: Path, article: Article) -> None:
        self.path = folder / "articles" / article.category / f"{article.id}.md"
        self.text = self.path.read_text("utf-8") if self.path.is_file() else ""
        self._lines = self.text.splitlines()

    def fault(self, needle: str, message: str) -> Fault:
        for number, line in enumerate(self._lines, start=1):
            if needle in line:
                return Fault(self.path, number, message)
        return Fault(self.path, 1, message)


def _check_references(knowledge: Knowledge, article: Article, lines: _Lines) -> Iterator[Fault]:
    if article.category not in {category.id for category in knowledge.categories}:
        yield lines.fault("category:", f"categories.yaml 里没有“{article.category}”")
    for other in (*article.related, *article.not_for):
        if other not in knowledge.articles:
            yield lines.fault(other, f"没有文章“{other}”")
        elif other == article.id:
            yield lines.fault(f"- {other}", "“related”和“not_for”不写自己")
    if len(set(article.related)) != RELATED:
        yield lines.fault("related:", f"“related”写 {RELATED} 个不同的编号")
    if article.flow is not None and article.flow not in knowledge.flows:
        yield lines.fault("flow:", f"没有流程“{article.flow}”")
    if article.review_by <= article.reviewed:
        yield lines.fault("review_by:", "“review_by”应晚于“reviewed”")
    yield from _check_citations(knowledge, article, lines)


def _check_citations(knowledge: Knowledge, article: Article, lines: _Lines) -> Iterator[Fault]:
    cited = {str(citation): citation for basis in article.basis for citation in basis.citations}
    listed = {str(citation): citation for citation in article.sources}
    for name, citation in (cited | listed).items():
        problem = citation_problem(knowledge.sources, citation)
        if problem:
            yield lines.fault(name, problem)
    for name in cited.keys() - listed.keys():
        yield lines.fault(name, f"依据里引用了“{name}”，“sources”里没有列出")
    for name in listed.keys() - cited.keys():
        yield lines.fault(name, f"“sources”列出了“{name}”，依据里没有用到")


def _check_length(article: Article, lines: _Lines) -> Iterator[Fault]:
    width = sum(2 if east_asian_width(character) in "WFA" else 1 for character in article.title)
    if width > MAX_TITLE:
        yield lines.fault(
            "title:",
            f"标题太长，按钮上会被截断：现在 {(width + 1) // 2} 个字，最多 {MAX_TITLE // 2} 个字",
        )
    card = (article.answer, *article.steps, *article.say, *article.avoid)
    length = sum(map(len, card))
    if length > MAX_CARD:
        yield lines.fault(article.answer, f"卡片共 {length} 字，手机上太长，最多 {MAX_CARD} 字")
    law = (*(basis.text for basis in article.basis), *article.myths)
    whole = sum(map(utf16_length, (*card, *law))) + 60 * len(article.basis)
    if whole > MAX_MESSAGE:
        yield lines.fault(
            "## 依据", f"整张卡片约 {whole} 字，一条消息放不下，最多 {MAX_MESSAGE} 字"
        )


def _check_questions(folder: Path, knowledge: Knowledge) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for article in knowledge.articles.values():
        lines = _Lines(folder, article)
        for question in article.questions:
            key = _SPACE.sub("", question).lower()
            if key in seen:
                where = "本篇" if seen[key] == article.id else f"“{seen[key]}”"
                yield lines.fault(question, f"问法“{question}”在{where}里已经有了")
            seen.setdefault(key, article.id)
