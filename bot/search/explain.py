"""Says why a message was decided as it was; for admins in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.search.decide import Decision


@dataclass(frozen=True, slots=True)
class Token:
    """What one token says for a class."""

    text: str
    """``w花呗`` is a word, ``c花`` a character, ``phua`` a sound, ``b花呗`` and ``shua'bei`` pairs
    of them, ``n起诉`` a denied word."""
    weight: float
    """Added to the classifier's score of the class by this token; may be negative."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one class was considered."""

    label: str
    """An article id, ``none`` or ``unclear``."""
    probability: float
    likeness: float
    """To the nearest phrasing, 0 to 1."""
    linear: float
    """Log probability by the classifier."""
    phrasing: str
    """The nearest phrasing, normalised."""
    tokens: tuple[Token, ...]
    """Those that weigh most for or against, heaviest first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and what led to it."""

    text: str
    """The message as it was compared."""
    words: tuple[str, ...]
    decision: Decision
    reasons: tuple[Reason, ...]
    """The likeliest class first."""
    known: float
    """Share of the message, weighed by rarity, that is known at all."""

    def lines(self) -> list[str]:
        """The explanation for a terminal, in Chinese."""
        decision = self.decision
        lines = [
            f"看作：{self.text}",
            f"分词：{' / '.join(self.words)}",
            f"结果：{decision.outcome}（规则：{decision.rule}），认识的部分 {self.known:.0%}",
        ]
        for reason in self.reasons:
            weights = "，".join(f"{token.text} {token.weight:+.2f}" for token in reason.tokens)
            lines += [
                (
                    f"{reason.probability:6.1%} {reason.label}：相似 {reason.likeness:.2f}，"
                    f"分类 {reason.linear:.2f}"
                ),
                f"       最近的说法：{reason.phrasing or '无'}",
                f"       起作用的：{weights or '无'}",
            ]
        return lines
