"""The state of one interview: small, plain, and safe to store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.knowledge.flow_model import KNOWN_SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Interview:
    """What has been answered, and where it stands; ``bot.flows.engine`` moves it."""

    flow: str
    version: str
    """Of the flow under which the answers were given."""
    began: datetime
    answers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Path of a question to its kept value; None where it was skipped."""
    at: str = ""
    """The question that is asked out of turn, to correct it; empty for the next open one."""
    draft: tuple[str, ...] | None = None
    """Ticks of the open question that are not confirmed yet."""
    doubted: str = ""
    """An answer that was asked about once, and is taken when it comes again."""
    pending: str = ""
    """A message that may be the answer, or may be something else."""
    confirmed: bool = False
    heard: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Path of a question to the message that answered it."""
    silent: bool = False
    """No more reminders."""
    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Sums of the profile; not stored, see ``informed``."""

    def with_answer(self, path: str, value: Any) -> Interview:
        """With one answer more, or another one."""
        answers = MappingProxyType({**self.answers, path: value})
        return replace(
            self, answers=answers, at="", draft=None, doubted="", pending="", confirmed=False
        )

    def with_message(self, path: str, message: int | None) -> Interview:
        """Remembers which message answered a question."""
        kept = {name: number for name, number in self.heard.items() if name != path}
        if message is not None:
            kept[path] = message
        return replace(self, heard=MappingProxyType(kept))

    def informed(self, profile: Mapping[str, Any]) -> Interview:
        """With the sums that other interviews worked out."""
        sums = {part: str(profile[part]) for part in KNOWN_SUMS if _is_sum(profile.get(part))}
        return replace(self, known=MappingProxyType(sums))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; empty parts are left out."""
        parts = {
            "flow": self.flow,
            "version": self.version,
            "began": self.began.isoformat(timespec="seconds"),
            "answers": dict(self.answers),
            "at": self.at,
            "draft": None if self.draft is None else list(self.draft),
            "doubted": self.doubted,
            "pending": self.pending,
            "confirmed": self.confirmed,
            "heard": dict(self.heard),
            "silent": self.silent,
        }
        return {key: value for key, value in parts.items() if value not in ("", False, None, {})}

    @classmethod
    def from_json(cls, data: Any) -> Interview | None:
        """Reads a stored state; None where it makes no sense."""
        if not isinstance(data, dict) or not isinstance(data.get("flow"), str):
            return None
        began = _moment(data.get("began"))
        answers, heard, draft = data.get("answers"), data.get("heard"), data.get("draft")
        if began is None:
            return None
        return cls(
            flow=data["flow"],
            version=_text(data.get("version")),
            began=began,
            answers=MappingProxyType(dict(answers) if isinstance(answers, dict) else {}),
            at=_text(data.get("at")),
            draft=tuple(map(str, draft)) if isinstance(draft, list) else None,
            doubted=_text(data.get("doubted")),
            pending=_text(data.get("pending")),
            confirmed=data.get("confirmed") is True,
            heard=MappingProxyType(_numbers(heard)),
            silent=data.get("silent") is True,
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _numbers(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    return {str(key): number for key, number in value.items() if type(number) is int}


def _is_sum(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
