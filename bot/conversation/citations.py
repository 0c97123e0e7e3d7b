"""Writes what an article rests on: title, number, since when, and how far it was verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.knowledge.model import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.knowledge.model import Article, Basis, Citation, Source

_COUNTRY: Final = "中华人民共和国"


def basis_lines(article: Article, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The lines of 依据 as a reader sees them.

    Full title, level and date stand at the first mention of a source, its short name after that.
    """
    return rule_lines(article.basis, sources)


def rule_lines(rules: Iterable[Basis], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Lines such as 依据 outside of an article."""
    seen: set[str] = set()
    return tuple(_line(basis, sources, seen) for basis in rules)


def cite(citations: tuple[Citation, ...], sources: Mapping[str, Source]) -> str:
    """Several citations in one line, each with its level and date at the first mention."""
    return "、".join(_names(citations, sources, set()))


def _line(basis: Basis, sources: Mapping[str, Source], seen: set[str]) -> str:
    if not basis.citations:
        return basis.text
    names = "、".join(_names(basis.citations, sources, seen))
    return f"{names}：{basis.text}"


def _names(
    citations: tuple[Citation, ...], sources: Mapping[str, Source], seen: set[str]
) -> Iterator[str]:
    for citation in citations:
        source = sources[citation.source]
        first = source.key not in seen
        seen.add(source.key)
        name = _title(source) if first else source.key
        yield name + _number(citation) + (_origin(source) if first else "")


def _title(source: Source) -> str:
    """The full title in 《》, those within it in 〈〉 (GB/T 15834-2011, 4.15)."""
    title = source.title.removeprefix(_COUNTRY)
    if source.level == REPORT:
        return title
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def _number(citation: Citation) -> str:
    if citation.article is None:
        return ""
    number, joined, part = citation.article.partition("之")
    return f"第{number}条{joined}{part}"


def _origin(source: Source) -> str:
    facts = [source.level] if source.level != REPORT else []
    if source.number:
        facts.append(source.number)
    if source.effective:
        facts.append(f"{source.effective} 起施行")
    elif source.dated:
        facts.append(source.dated)
    return f"（{'，'.join(facts)}）" if facts else ""
