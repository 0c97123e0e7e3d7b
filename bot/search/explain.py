"""Says why a message was decided as it was, in words for an editor who does not program."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.search.corpus import NONE, UNCLEAR
from bot.search.decide import TOGETHER, Outcome
from bot.search.tokens import CHARACTER, NEGATION, PAIR, SOUND, SOUNDS, WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.search.calibration import Thresholds
    from bot.search.decide import Decision
    from bot.search.urgent import Alarm

KINDS: Final[Mapping[str, str]] = {
    WORD: "词",
    CHARACTER: "字",
    SOUND: "音",
    PAIR: "两字",
    SOUNDS: "两音",
    NEGATION: "否定",
}
"""What the first letter of a token stands for."""

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.URGENT: "紧急：马上给出第一篇",
    Outcome.ANSWER: "直接回答：给出第一篇",
    Outcome.CHOOSE: "让对方选：列出下面几篇",
    Outcome.CLARIFY: "反问一句",
    Outcome.NONE: "说没有可靠的答案",
}

CLASSES: Final[Mapping[str, str]] = {NONE: "不该由文章回答的话", UNCLEAR: "要反问的话"}
"""The two classes that are no articles."""

LEGEND: Final[Mapping[str, str]] = {
    "α": "1 到 3",
    "β": "4 到 14，或打了星号的数",
    "γ": "15 到 100",
    "δ": "100 以上",
    "λ": "很大或很长的数",
    "ω": "年份",
    "π": "百分数",
}
"""The letters that stand for numbers in a normalised text."""

RULES: Final[Mapping[str, str]] = {
    "no-words": "里面没有文字",
    "known-message": "和一条已有的问法一字不差",
    "unknown-words": "认识的部分太少，只有 {known:.0%}，不到 {thresholds.known:.0%}",
    "urgent-article": "紧急文章的把握够了（线 {thresholds.urgent:.0%}）",
    "sure": "第一篇的把握有 {top:.1%}，过了直接回答的线 {thresholds.answer:.0%}",
    "several": (
        "第一篇的把握 {top:.1%}，不到直接回答的线 {thresholds.answer:.0%}；"
        "几篇合起来过了让人选的线 {thresholds.choose:.0%}"
    ),
    "no-article": "更像不该由文章回答的话；几篇合起来也不到 {thresholds.choose:.0%}",
    "unclear": "更像要反问的话；几篇合起来也不到 {thresholds.choose:.0%}",
}
"""What the name of a rule means, with its figures."""


@dataclass(frozen=True, slots=True)
class Token:
    """What one token says for a class."""

    text: str
    """``w花呗`` is a word, ``c花`` a character, ``phua`` a sound, ``b花呗`` and ``shua'bei`` pairs
    of them, ``n起诉`` a denied word."""
    weight: float
    """Added to the classifier's score of the class by this token; may be negative."""

    @property
    def kind(self) -> str:
        """What it is, in Chinese."""
        return KINDS.get(self.text[0], "其他")

    def __str__(self) -> str:
        return f"{self.kind}「{self.text[1:]}」{self.weight:+.2f}"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message and what it counts as."""

    text: str
    same: str = ""
    """The word of its group of synonyms that it counts as, if another."""
    product: str = ""
    """The kind of product that it names."""
    known: bool = True
    """Whether any phrasing holds it."""

    def __str__(self) -> str:
        notes = [
            f"={self.same}" if self.same else "",
            f"产品：{self.product}" if self.product else "",
            "" if self.known else "没见过",
        ]
        said = "，".join(filter(None, notes))
        return f"{self.text}（{said}）" if said else self.text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one class was considered."""

    label: str
    """An article id, ``none`` or ``unclear``."""
    title: str
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
    """The message as it was compared; with the one before where it needed that."""
    words: tuple[Word, ...]
    denied: tuple[str, ...]
    """Words that the message denies."""
    alarms: tuple[Alarm, ...]
    """Rules of the safety gate whose words stand in it, also those that an exception stopped."""
    decision: Decision
    reasons: tuple[Reason, ...]
    """The likeliest class first."""
    known: float
    """Share of the message, weighed by rarity, that is known at all."""
    thresholds: Thresholds

    @property
    def outcome(self) -> str:
        """What is done, in Chinese."""
        return OUTCOMES[self.decision.outcome]

    @property
    def rule(self) -> str:
        """Which rule decided, in Chinese; its name where it has no words."""
        name, together, _ = self.decision.rule.partition(TOGETHER)
        gate, _, words = name.partition(": ")
        if gate == "gate":
            return f"急事的规则：出现了 {words}"
        top = max((r.probability for r in self.reasons if r.label not in CLASSES), default=0.0)
        said = RULES.get(name, name).format(known=self.known, top=top, thresholds=self.thresholds)
        return f"和上一句连起来看；{said}" if together else said

    @property
    def legend(self) -> str:
        """What the letters in the text stand for; empty when there are none."""
        used = (f"{letter} 是{said}" for letter, said in LEGEND.items() if letter in self.text)
        return "，".join(used)

    def to_json(self) -> dict[str, Any]:
        """Everything for machines, with the sentences for people."""
        kept = asdict(self)
        kept.pop("decision")
        return {"rule": self.decision.rule, "why": self.rule, **kept}
