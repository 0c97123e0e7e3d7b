"""The calls the bot made, kept for whoever asks: tests, the bench, a curious admin."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

_KEPT: Final = 10_000


@dataclass(slots=True)
class Record:
    """One call and what became of it."""

    number: int
    at: float
    method: str
    """As written by the bot."""
    parameters: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    """Parameters that Telegram would ignore."""
    files: dict[str, str] = field(default_factory=dict)
    """Names of the uploaded files by parameter."""
    ok: bool = False
    code: int = 0
    """Of the error, 0 without one."""
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the tests' endpoint."""
        return {name: getattr(self, name) for name in Record.__slots__}


class Records:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: deque[Record] = deque(maxlen=_KEPT)

    def add(
        self, at: float, method: str, parameters: dict[str, str], files: dict[str, str]
    ) -> Record:
        """Writes down a call that has just come in."""
        self._count += 1
        record = Record(self._count, at, method, parameters, files=files)
        self._kept.append(record)
        return record

    def find(self, method: str = "", since: int = 0) -> list[Record]:
        """Calls after a number, of one method or of all."""
        wanted = method.lower()
        return [
            record
            for record in self._kept
            if record.number > since and wanted in {"", record.method.lower()}
        ]

    def clear(self) -> None:
        """Forgets them; numbers go on."""
        self._kept.clear()
