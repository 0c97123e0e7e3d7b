"""What the bot remembers of a chat between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    flow: Mapping[str, Any] | None = None
    """The interview under way, as plain JSON."""
    saved: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Interviews that were left or are finished, by the id of their flow."""
    profile: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Answers that other interviews may offer again."""

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON; empty parts are left out."""
        parts = {
            "question": self.question[:MAX_QUESTION],
            "article": self.article,
            "misses": self.misses,
            "fallback": self.fallback,
            "flow": None if self.flow is None else dict(self.flow),
            "saved": {name: dict(value) for name, value in self.saved.items()},
            "profile": dict(self.profile),
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
            flow=_mapping(data.get("flow")) or None,
            saved=MappingProxyType(
                {name: _mapping(value) for name, value in _mapping(data.get("saved")).items()}
            ),
            profile=MappingProxyType(_mapping(data.get("profile"))),
        )


def _mapping(value: Any) -> dict[str, Any]:
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}
