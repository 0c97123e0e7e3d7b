"""What the delivery tells whoever counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.store.port import EventLike, Receipt


class Meter(Protocol):
    """Counts; must not raise and must not wait."""

    def received(self, receipt: Receipt) -> None:
        """An update came."""

    def handled(self, outcome: str, events: Iterable[EventLike]) -> None:
        """An update was ``done``, ``retry``, ``dead`` or ``lost`` to another process."""

    def called(self, method: str, outcome: str, waited: float) -> None:
        """A call went out.

        Args:
            method: of the Bot API.
            outcome: ``delivered`` or the class of the failure.
            waited: seconds since it was put into the outbox.
        """


class Unmetered:
    """Counts nothing."""

    def received(self, receipt: Receipt) -> None:
        """Nothing."""

    def handled(self, outcome: str, events: Iterable[EventLike]) -> None:
        """Nothing."""

    def called(self, method: str, outcome: str, waited: float) -> None:
        """Nothing."""
