"""The checks of everything that is no article against the rest of the content."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.knowledge.citations import citation_problem
from bot.knowledge.claims import SECOND_HAND, ClaimChecker
from bot.knowledge.model import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from bot.knowledge.model import Citation, Knowledge
    from bot.knowledge.pages import Lender, Term

GLOSSARY: Final = "glossary.yaml"
LENDERS: Final = "lenders.yaml"
HOTLINES: Final = "hotlines.yaml"
MESSAGES: Final = "messages.yaml"
HOTLINE_AGE: Final = timedelta(days=365)
"""After so long a public number must be looked at again."""


def check_pages(folder: Path, knowledge: Knowledge) -> Iterator[Fault]:
    """Faults that need more than the one file to be seen."""
    claims = ClaimChecker(knowledge)
    for name in (GLOSSARY, LENDERS, HOTLINES, MESSAGES):
        path = folder / name
        if path.is_file():
            yield from claims.check_lines(path, path.read_text("utf-8"))
    # The flows hold sums as examples, which look like telephone numbers.
    for path in sorted((*folder.glob("flows/*.yaml"), *folder.glob("flows/*.letter.md"))):
        yield from claims.check_lines(path, path.read_text("utf-8"), numbers=False)
    terms, cards = knowledge.glossary.terms, tuple(knowledge.lenders.cards.values())
    for term in terms:
        for message in _check_term(knowledge, term):
            yield Fault(folder / GLOSSARY, term.line, message)
    for card in cards:
        for message in _check_lender(knowledge, card):
            yield Fault(folder / LENDERS, card.line, message)
    for line in knowledge.hotlines.values():
        problem = citation_problem(knowledge.sources, line.source) if line.source else None
        if problem:
            yield Fault(folder / HOTLINES, line.line, problem)
    yield from _repeated(folder / GLOSSARY, ((term.names, term.line) for term in terms))
    yield from _repeated(folder / LENDERS, ((card.names, card.line) for card in cards))


def check_page_reviews(folder: Path, knowledge: Knowledge, day: date) -> Iterator[Fault]:
    """Pages and numbers that are due to be looked at again."""
    for name, page in ((GLOSSARY, knowledge.glossary), (LENDERS, knowledge.lenders)):
        if page.review_by is not None and page.review_by <= day:
            path = folder / name
            yield Fault(path, _line(path, "review_by:"), _due(page.review_by))
    for line in knowledge.hotlines.values():
        if line.checked is not None and line.checked + HOTLINE_AGE <= day:
            yield Fault(folder / HOTLINES, line.line, _due(line.checked + HOTLINE_AGE))


def _due(day: date) -> str:
    return f"复核期限 {day} 已到，请核对后更新日期"


def _line(path: Path, needle: str) -> int:
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if needle in line), 1)


def _check_term(knowledge: Knowledge, term: Term) -> Iterator[str]:
    yield from _check_citations(knowledge, term.sources, term.says + term.matters)
    if term.article is not None and term.article not in knowledge.articles:
        yield f"没有文章“{term.article}”"


def _check_lender(knowledge: Knowledge, card: Lender) -> Iterator[str]:
    for rule in card.rules:
        yield from _check_citations(knowledge, rule.citations, rule.text)
    for other in card.articles:
        if other not in knowledge.articles:
            yield f"没有文章“{other}”"
    for other in card.may_be:
        if other not in knowledge.lenders.cards or other == card.id:
            yield f"“may_be”里没有别的卡片“{other}”"


def _check_citations(
    knowledge: Knowledge, citations: Iterable[Citation], text: str
) -> Iterator[str]:
    for citation in citations:
        problem = citation_problem(knowledge.sources, citation)
        if problem:
            yield problem
        elif knowledge.sources[citation.source].second_hand and not any(
            words in text for words in SECOND_HAND
        ):
            yield f"“{citation.source}”没有读到原文，这一条要写“据公开报道”"


def _repeated(path: Path, entries: Iterable[tuple[tuple[str, ...], int]]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for names, line in entries:
        for name in names:
            if name in seen:
                yield Fault(path, line, f"“{name}”在第 {seen[name]} 行已经有了")
            seen.setdefault(name, line)
