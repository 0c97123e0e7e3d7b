"""Cuts a normalised message into clauses and finds the one that asks."""

from __future__ import annotations

import itertools
import re
from typing import Final

_BREAKS: Final = re.compile(r"[,;:!?。、…~\s()\[\]{}<>《》【】“”\"'|/\\—]+")
_ASKS: Final = re.compile(
    r"[?吗呢么]|怎|咋|如何|什么|啥|多少|多久|几|哪|谁|是否|是不是|会不会|能不能|可不可以|可以不|要不要|合法|违法|犯法|请问|想问|行不|好不"
)


def cut_clauses(text: str) -> list[str]:
    """The clauses of a normalised message, in order, none of them empty."""
    return [clause for clause in _BREAKS.split(text) if clause]


def neighbours(text: str) -> list[str]:
    """Each clause, then each two that follow one another: where words belong together."""
    clauses = cut_clauses(text)
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(clauses)]
    return clauses + pairs


def asks(clause: str) -> bool:
    """True when the clause looks like a question."""
    return _ASKS.search(clause) is not None
