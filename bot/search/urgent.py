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
    exceptions: tuple[str, ...] = ()
    """Words that keep the rule from deciding; see ``Gate.notice``."""

    def __str__(self) -> str:
        kept = f"，但有「{'」「'.join(self.exceptions)}」，不算" if self.exceptions else ""
        return f"{' + '.join(self.words)} → {self.card}{kept}"


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

    def notice(self, text: str) -> list[Alarm]:
        """Every rule whose words stand together in a normalised text, for explaining.

        A rule that an exception keeps from deciding is among them, with the exception.
        """
        noticed: list[Alarm] = []
        for card, groups, exceptions in self._rules:
            seen = [
                Alarm(card, words, tuple(word for word in exceptions if word in place))
                for place in neighbours(text)
                if (words := _found(groups, place)) is not None
            ]
            noticed += sorted(seen, key=lambda alarm: len(alarm.exceptions))[:1]
        return noticed


def _found(groups: list[list[str]], text: str) -> tuple[str, ...] | None:
    """One word of each group that stands in the text, or nothing when a group has none."""
    found: list[str] = []
    for group in groups:
        word = next((word for word in group if word in text), None)
        if word is None:
            return None
        found.append(word)
    return tuple(found)
