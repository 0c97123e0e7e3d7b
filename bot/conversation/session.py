"""What the bot remembers of a chat between two turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

MAX_QUESTION: Final = 300
"""Characters of the last question that are kept."""


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one chat; small, plain, and safe to store (texts are masked before)."""

    question: str = ""
    """The last thing that was asked in words."""
    article: str = ""
    """The last article that was shown."""
    misses: int = 0
    """How many questions in a row found nothing."""
    fallback: str = ""
    """The name of the last phrase that admitted it, so that it is not said twice running."""

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON; empty parts are left out."""
        parts = {
            "question": self.question[:MAX_QUESTION],
            "article": self.article,
            "misses": self.misses,
            "fallback": self.fallback,
        }
        return {key: value for key, value in parts.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Session:
        """Reads a stored state; parts of another version are ignored, never an error."""
        data = data or {}

        def text(key: str) -> str:
            value = data.get(key)
            return value if isinstance(value, str) else ""

        misses = data.get("misses")
        return cls(
            question=text("question"),
            article=text("article"),
            misses=misses if isinstance(misses, int) else 0,
            fallback=text("fallback"),
        )
