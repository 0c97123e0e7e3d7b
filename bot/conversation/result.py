"""What one turn leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.conversation.session import Session
    from bot.conversation.turn import Event, Later, Reply
    from bot.store.port import Wish


@dataclass(frozen=True, slots=True)
class Result:
    """What one turn leads to."""

    session: Session
    replies: tuple[Reply, ...] = ()
    events: tuple[Event, ...] = ()
    toast: str = field(default="")
    """A short notice at the pressed button."""
    schedule: tuple[Later, ...] = ()
    """Timers to set or to cancel."""
    forget: bool = False
    """Delete everything that is stored about the chat; the session is empty then."""
    wishes: tuple[Wish, ...] = ()
    """What the chat wants to be told unasked, or does not want any more."""
