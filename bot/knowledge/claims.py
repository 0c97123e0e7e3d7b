"""Statements that no article may make, and telephone numbers that nobody verified."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.knowledge.front_matter import split_front_matter
from bot.knowledge.model import Article, Fault, Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECOND_HAND: Final = ("据公开报道", "公开报道")
OFFICIAL: Final = "以官方公布为准"
_QUOTED: Final = re.compile(r"“[^”]*”")
_CLAIM_WORDS: Final = "可以这样说"
_NUMBER: Final = re.compile(
    r"(?<![\d.,%#:：/-])(1(?:10|19|20)|1[02]\d{3}|9[56]\d{3}|400[- ]?\d{3,4}[- ]?\d{3,4}|0\d{2,3}[- ]\d{7,8}|1[3-9]\d{9})"
    r"(?![\d.,%年月日元万个条号件次天倍]|\s*(?:元|万元|年|笔|条))"
)


_CLAUSE: Final = re.compile(r"[，。；：！？,;!?]")
_REFUSAL: Final = re.compile(
    r"不要|别(?!人)|不能|不得|不可以|并非|不是|不等于|没有[^，。]{0,6}(?:规定|法规)|谎称|骗你"
)


def _refuted(before: str) -> bool:
    """Whether what stands before a claim, in the same clause, takes it back."""
    return _REFUSAL.search(_CLAUSE.split(before)[-1]) is not None


class ClaimChecker:
    """Holds the patterns of one knowledge folder ready."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._claims = [
            (re.compile(claim.pattern), claim.reason) for claim in knowledge.lexicon.forbidden
        ]

    def check(self, article: Article, path: Path, text: str) -> Iterator[Fault]:
        """The forbidden statements in one article's file.

        What stands in “…” is quoted, not claimed; it is looked at only among the words to say.
        """
        header, body, first = split_front_matter(text)
        for number, line in enumerate((header or "").splitlines(), start=2):
            if line.startswith("title:"):
                yield from self._check_claims(path, number, _QUOTED.sub("“”", line))
        section = ""
        for number, line in enumerate(body.splitlines(), start=first):
            if line.startswith("## "):
                section = line[3:].strip()
            claimed = line if section == _CLAIM_WORDS else _QUOTED.sub("“”", line)
            yield from self._check_claims(path, number, claimed)
            yield from self._check_numbers(path, number, line, text)
        yield from self._check_certainty(article, path, text)

    def check_lines(self, path: Path, text: str, *, numbers: bool = True) -> Iterator[Fault]:
        """The forbidden statements and unknown numbers in a file that is no article.

        A letter's own list of words that must not be in it is left out.
        """
        for number, line in enumerate(text.splitlines(), start=1):
            if line.lstrip().startswith(("#", "forbidden:")):
                continue
            yield from self._check_claims(path, number, _QUOTED.sub("“”", line))
            if numbers:
                yield from self._check_numbers(path, number, line, text)

    def _check_claims(self, path: Path, number: int, text: str) -> Iterator[Fault]:
        for pattern, reason in self._claims:
            if any(not _refuted(text[: match.start()]) for match in pattern.finditer(text)):
                yield Fault(path, number, f"不能这样写：{reason}")

    def _check_numbers(self, path: Path, number: int, line: str, text: str) -> Iterator[Fault]:
        for match in _NUMBER.finditer(line):
            hotline = self._knowledge.hotlines.get(match[1])
            if hotline is None:
                yield Fault(path, number, f"电话“{match[1]}”未经核实，hotlines.yaml 里没有")
            elif not hotline.verified and OFFICIAL not in text:
                yield Fault(path, number, f"“{match[1]}”附近要写“{OFFICIAL}”")

    def _check_certainty(self, article: Article, path: Path, text: str) -> Iterator[Fault]:
        lines = text.splitlines()
        for basis in article.basis:
            second_hand = [
                citation.source
                for citation in basis.citations
                if (source := self._knowledge.sources.get(citation.source)) and source.second_hand
            ]
            if not second_hand or any(words in basis.text for words in SECOND_HAND):
                continue
            at = next((n for n, line in enumerate(lines, 1) if basis.text[:12] in line), 1)
            yield Fault(path, at, f"“{second_hand[0]}”没有读到原文，这一条要写“据公开报道”")
