"""How fast, how long and how often: every number of the delivery in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.store.rules import Flood, Pace, Retention


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds where nothing else is said."""

    pace: Pace = field(default_factory=Pace)
    retention: Retention = field(default_factory=Retention)
    flood: Flood | None = field(default_factory=Flood)
    """None: anybody may send as much as they like."""

    updates_at_once: int = 32
    update_lease: float = 30.0
    """A turn takes a millisecond: whoever is still at it then is stuck, so leases are never
    renewed."""
    failures: int = 3
    """Handling that raised so often makes a dead letter."""
    claims: int = 10
    """So does an update that was claimed more often: it takes the process down each time."""
    update_backoff: float = 0.5
    """Before the second attempt; doubled for each after."""

    calls_at_once: int = 32
    call_timeout: float = 75.0
    """Longer than a slow answer of the Bot API (60 s)."""
    call_lease: float = 90.0
    """Longer than ``call_timeout``, or a call would be taken over while it still goes on."""
    call_backoff: float = 1.0
    call_backoff_most: float = 60.0
    give_up: float = 86400.0
    """A call that could not be sent for so long is dead; nobody waits for the answer any more."""
    doubts: int = 5
    """A text whose fate is unknown is repeated until its attempts in doubt are so many."""
    cuts: int = 15
    """The same where the attempts ended with their process: more than the deaths that one poisonous
    update of another chat can cause, most of them before the call began."""
    doubt_backoff: float = 5.0
    limited_lanes: int = 3
    """So many lanes limited at the same time mean that the limit is on the bot as a whole."""

    poll: float = 0.25
    """The bell in the process wakes at once; the poll finds what other processes left."""
    timer_poll: float = 1.0
    purge_every: float = 3600.0
    storage_pause: float = 1.0
    """Before a loop tries again when the database cannot be written."""
    stop_within: float = 20.0
