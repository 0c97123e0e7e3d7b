"""Trouble on purpose: the next calls of a method fail in the way a test asks for."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CallRefused
from bot.sandbox.refusals import too_many

if TYPE_CHECKING:
    from bot.sandbox.clock import Clock


class ConnectionCut(Exception):
    """The connection is to be closed without an answer."""


@dataclass(slots=True)
class Fault:
    """What goes wrong, for how many calls."""

    method: str = ""
    """In small letters; empty for every method."""
    times: int = 1
    code: int = 0
    """Answer with this error code."""
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    """``retry_after``, ``migrate_to_chat_id``."""
    hang: float = 0.0
    """Seconds before anything happens."""
    cut: bool = False
    """Close the connection instead of answering."""
    carried_out: bool = False
    """The call takes effect all the same; only its answer is lost."""
    chat_id: int = 0
    """Only calls to this chat."""

    def trouble(self) -> Exception | None:
        """What the caller meets instead of an answer."""
        if self.cut:
            return ConnectionCut()
        if self.code:
            return CallRefused(self.code, self.description, **self.parameters)
        return None


_WORDS: Final = {
    403: "Forbidden: bot was blocked by the user",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


def read_fault(value: dict[str, Any]) -> Fault:
    """A fault as a test describes it, with Telegram's words filled in.

    Raises:
        TypeError: an unknown field.
    """
    fault = Fault(**value)
    fault.method = fault.method.lower()
    if fault.code == 429:  # noqa: PLR2004  # Too Many Requests
        fault.parameters = {"retry_after": 1, **fault.parameters}
    if fault.code and not fault.description:
        wait = fault.parameters.get("retry_after")
        fault.description = (
            str(too_many(wait)) if wait else _WORDS.get(fault.code, "Bad Request: refused")
        )
    return fault


class Faults:
    """Faults that wait for their call."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Lets the next calls fail."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Lets everything succeed again."""
        self._waiting.clear()

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The fault for a call, counted down."""
        for fault in self._waiting:
            if fault.method in {"", method} and str(fault.chat_id) in {"0", chat_id}:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a bot may send, as the Bot API's FAQ says."""

    per_chat: float = 1.0
    """Messages a second in one chat."""
    chat_burst: int = 3
    per_group_minute: float = 20.0
    overall: float = 30.0
    """Messages a second in all chats."""


class RateLimits:
    """Counts what was sent and says when it is too much."""

    def __init__(self, clock: Clock, limits: Limits | None) -> None:
        self.limits = limits
        """None: as much as you like."""
        self._clock = clock
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def check(self, chat_id: str) -> None:
        """Counts one message.

        Raises:
            CallRefused: too many.
        """
        if self.limits is None:
            return
        budgets = [
            ("", int(self.limits.overall), 1.0),
            (chat_id, self.limits.chat_burst, self.limits.chat_burst / self.limits.per_chat),
        ]
        if chat_id.startswith("-"):
            budgets.append((f"minute {chat_id}", int(self.limits.per_group_minute), 60.0))
        now = self._clock.now()
        for name, most, seconds in budgets:
            sent = self._sent[name]
            while sent and sent[0] <= now - seconds:
                sent.popleft()
            if len(sent) >= most:
                raise too_many(max(1, math.ceil(sent[0] + seconds - now)))
        for name, _, _ in budgets:
            self._sent[name].append(now)
