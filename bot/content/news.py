"""What admins are told of the content, without its words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.knowledge.model import Fault


class Kind(StrEnum):
    """What happened."""

    LIVE = "live"
    """Another version serves."""
    FAULTS = "faults"
    """The folder has faults; the old version goes on serving."""
    MENDED = "mended"
    """The faults are gone, and the folder is what serves."""
    GONE = "gone"
    """The folder is not there; the old version goes on serving."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that admins should know."""

    kind: Kind
    number: int
    """Of the last change of what serves; tells two occasions of the same thing apart."""
    serving: str
    """The version that serves now."""
    articles: int = 0
    """In it."""
    version: str = ""
    """Of the folder, where it has faults."""
    faults: tuple[Fault, ...] = ()
    """Paths are relative to the folder."""
    pinned: bool = False
    """Whether the version was asked for by an admin, while the folder holds another."""

    @property
    def key(self) -> str:
        """The same for the same news, whichever process finds it."""
        about = "\n".join(map(str, self.faults))
        digest = hashlib.sha256(about.encode()).hexdigest()[:16] if self.faults else self.serving
        return f"content:{self.kind.value}:{self.number}:{digest}"
