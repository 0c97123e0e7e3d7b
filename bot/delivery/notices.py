"""What is said to people when something went wrong; the words come from the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from bot.store.port import Call, CallState, InboxItem, Outgoing

Apology: TypeAlias = Callable[[InboxItem], tuple[Call, ...]]
Loss: TypeAlias = Callable[[Outgoing, CallState], tuple[Call, ...]]

_LOG = structlog.get_logger("delivery")


def _nothing(*_: object) -> tuple[Call, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Notices:
    """Calls to send in addition; one with a ``lane`` of its own can alert an admin."""

    failed: Apology = _nothing
    """An update became a dead letter."""
    lost: Loss = _nothing
    """An answer perhaps (``uncertain``) or surely (``dead``) did not arrive."""

    flooded: Callable[[str], tuple[Call, ...]] = _nothing
    """A person (the lane of a private chat) sent so much that some of it is not answered."""

    def about_flood(self, lane: str) -> tuple[Call, ...]:
        """What to send about a flood; nothing if the callback itself fails."""
        return _safely(lambda: self.flooded(lane))

    def about_failure(self, item: InboxItem) -> tuple[Call, ...]:
        """What to send about a dead letter; nothing if the callback itself fails."""
        return _safely(lambda: self.failed(item))

    def about_loss(self, outgoing: Outgoing, state: CallState) -> tuple[Call, ...]:
        """What to send about a lost answer; nothing if the callback itself fails."""
        return _safely(lambda: self.lost(outgoing, state))


def _safely(callback: Callable[[], tuple[Call, ...]]) -> tuple[Call, ...]:
    try:
        return callback()
    except Exception as error:  # noqa: BLE001 - an apology that fails must not stop the lane
        _LOG.error("notice failed", error=type(error).__name__)
        return ()
