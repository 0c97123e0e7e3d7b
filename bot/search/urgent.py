"""The safety gate: a few plain rules that lead to an urgent card before anything else is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.search.clauses import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.knowledge.model import UrgentRule


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that matched."""

    card: str
    """Id of the urgent article."""
    words: tuple[str, ...]
    """One word of each group, as found."""


class Gate:
    """The urgent rules of the lexicon, in their order.

    Args:
        rules: see ``UrgentRule``; their words are normalised as messages are.
        normalise: what messages go through.
    """

    def __init__(self, rules: Iterable[UrgentRule], normalise: Callable[[str], str]) -> None:
        self._rules = [
            (
                rule.card,
                [[normalise(word) for word in group] for group in rule.all_of],
                [normalise(word) for word in rule.none_of],
            )
            for rule in rules
        ]

    def check(self, text: str) -> Alarm | None:
        """The first rule that matches a clause, or two neighbouring ones, of a normalised text."""
        places: list[str] | None = None
        for card, groups, exceptions in self._rules:
            if _found(groups, text) is None:
                continue
            places = neighbours(text) if places is None else places
            for place in places:
                words = _found(groups, place)
                if words is not None and not any(word in place for word in exceptions):
                    return Alarm(card, words)
        return None


def _found(groups: list[list[str]], text: str) -> tuple[str, ...] | None:
    """One word of each group that stands in the text, or nothing when a group has none."""
    found: list[str] = []
    for group in groups:
        word = next((word for word in group if word in text), None)
        if word is None:
            return None
        found.append(word)
    return tuple(found)
