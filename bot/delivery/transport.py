"""What the delivery asks of a messenger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.store.port import Call


class Transport(Protocol):
    """Carries calls out."""

    async def call(self, call: Call) -> Any:
        """Carries one call out and returns the decoded result.

        Raises:
            SendError: one of its subclasses; it says whether the call may be repeated.
        """
