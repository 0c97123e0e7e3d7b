"""The arguments of one call, read as Telegram reads them: everything arrives as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.refusals import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call was given; unknown names stay in ``texts`` and hurt nobody."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text, or an empty one."""
        return self.texts.get(name, "")

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A number forced into its range; the default when it is none."""
        try:
            value = int(self.texts.get(name, ""))
        except ValueError:
            return default
        return min(max(value, least), most)

    def flag(self, name: str) -> bool:
        """Whether it says yes; ``true``, ``yes`` and ``1`` do."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def identifier(self, name: str) -> int:
        """A message's number; 0 when there is none."""
        return self.integer(name, 0, 0, 2**53)

    def decoded(self, name: str, what: str) -> Any:
        """Decoded JSON, None when absent.

        Args:
            name: of the argument.
            what: how Telegram calls it in ``Can't parse … JSON object``.

        Raises:
            CallRefused: it is not JSON.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            value = json.loads(text)
            json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair
        except ValueError:
            message = f"Can't parse {what} JSON object"
            raise bad_request(message) from None
        return value

    def file(self, name: str) -> Upload | None:
        """The uploaded file: under its own name or as ``attach://name``."""
        text = self.text(name)
        return self.files.get(text.removeprefix("attach://") if text else name)
