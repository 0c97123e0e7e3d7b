"""Finds messages that a second reader would call the same sentence.

Candidates come from an index over rare character pairs (prefix filtering: two texts within an
indel distance of d differ in at most 2d of their pairs, so they share one of their 2d + 1 rarest;
Chaudhuri, Ganti and Kaushik, ICDE 2006); rapidfuzz decides about each.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SAME: Final = 90.0
"""rapidfuzz's ratio (0 to 100) from which two messages count as one."""
_NOISE: Final = re.compile(r"[\W_]+")
_FLIPS: Final = re.compile(r"[没不未无非别]")


@dataclass(frozen=True, slots=True)
class Alike:
    """Two messages that are nearly the same, by their places in the list."""

    first: int
    second: int
    ratio: float


def find_alike(texts: Sequence[str], *, same: float = SAME) -> Iterator[Alike]:
    """Pairs of messages that differ in a word at most.

    Punctuation, spaces and case do not count. A negation does: 没被起诉 and 被起诉 are two things
    to say.

    Args:
        texts: the messages.
        same: rapidfuzz's ratio from which two count as one.
    """
    plain = [_NOISE.sub("", text).lower() for text in texts]
    pairs = [_pairs(text) for text in plain]
    frequency = Counter(pair for own in pairs for pair in own)
    index: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(plain):
        if not text:
            continue
        rarest = sorted(pairs[number], key=lambda pair: (frequency[pair], pair))
        seen: set[int] = set()
        for pair in rarest[: 2 * _most_edits(text, same) + 1]:
            seen.update(index[pair])
            index[pair].append(number)
        for other in sorted(seen):
            ratio = fuzz.ratio(plain[other], text, score_cutoff=same)
            if ratio >= same and _FLIPS.findall(plain[other]) == _FLIPS.findall(text):
                yield Alike(other, number, ratio)


def _pairs(text: str) -> set[str]:
    padded = f"^{text}$"
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def _most_edits(text: str, same: float) -> int:
    """Insertions and deletions that may lie between a text and one that counts as the same."""
    # ratio = 1 - d / (len + other), and other <= len + d
    share = 1 - same / 100
    return int(2 * len(text) * share / (1 - share))
