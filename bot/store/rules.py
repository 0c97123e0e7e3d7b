"""How much, how fast and how long: the rules that a store keeps over all processes together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.store.port import Call


SUSPECT: Final = 3
"""An update that was claimed so often may be what took those processes down. It is handled alone
from then on, so that it takes no innocent ones with it."""


def unsuspected(attempts: Iterable[int], *, idle: bool) -> int:
    """How many of the heads may be claimed together.

    Args:
        attempts: how often each has been claimed before, the oldest head first.
        idle: whether the process works on nothing else.

    Returns:
        Those before the first suspect; the suspect alone if it is the first and its turn has come.
    """
    clean = list(takewhile(lambda count: count < SUSPECT, attempts))
    return len(clean) or int(idle)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast calls may go out, over all processes together; None is without limit.

    Telegram's limits: about one message a second in a chat (short bursts pass), about 30 a
    second over all chats.
    """

    lane_per_second: float | None = 1.0
    lane_burst: int = 5
    per_second: float | None = 30.0
    burst: int = 30
    group_interval: float | None = 4.0
    """Seconds between two messages in a group: with the burst, at most 20 in any minute."""
    group_burst: int = 5

    def interval(self, lane: str) -> float:
        """Seconds from one call in a lane to the next, in the long run."""
        if is_group(lane):
            return self.group_interval or 0.0
        return 1 / self.lane_per_second if self.lane_per_second else 0.0

    def head_start(self, lane: str) -> float:
        """How far in the future a lane's next free moment may lie for a call to go out now."""
        burst = self.group_burst if is_group(lane) else self.lane_burst
        return (burst - 1) * self.interval(lane)


def is_group(lane: str) -> bool:
    """Whether a lane is a group's: Telegram gives groups negative ids."""
    return lane.startswith("-")


@dataclass(frozen=True, slots=True)
class Flood:
    """How many updates of one person in one chat may wait, unhandled or with unsent answers.

    Counting what waits, not what comes, leaves alone whoever writes ten lines in a hurry, and
    bounds how long anybody's newest message waits for its answer.
    """

    waiting: int = 40
    waiting_in_group: int = 5
    notice: Callable[[str], tuple[Call, ...]] = lambda _: ()
    """What is said once, when a private chat (the argument) begins to be ignored."""

    def most(self, lane: str) -> int:
        """How many may wait in a lane."""
        return self.waiting_in_group if is_group(lane) else self.waiting


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, in seconds."""

    done: float = 3 * 86400.0
    """Finished rows. Longer than the 24 h in which Telegram may repeat an update."""
    dead: float = 14 * 86400.0
    """Dead letters, with their body, for the admins to look at."""
    event_text: float = 90 * 86400.0
    event: float = 400 * 86400.0
    session: float = 90 * 86400.0
    """Sessions nobody touched."""
    wish: float = 400 * 86400.0
    """What somebody wanted so long ago is asked again rather than taken for granted."""
    bulletin: float = 90 * 86400.0
