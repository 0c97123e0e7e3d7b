"""Cuts a normalised message into clauses, within which words belong together."""

from __future__ import annotations

import itertools
import re
from typing import Final

_BREAKS: Final = re.compile(r"[,;:!?。、…~\s()\[\]{}<>《》【】“”\"'|/\\—]+")


def cut_clauses(text: str) -> list[str]:
    """The clauses of a normalised message, in order, none of them empty."""
    return [clause for clause in _BREAKS.split(text) if clause]


def neighbours(text: str) -> list[str]:
    """Each clause, then each two that follow one another: where words belong together."""
    clauses = cut_clauses(text)
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(clauses)]
    return clauses + pairs
