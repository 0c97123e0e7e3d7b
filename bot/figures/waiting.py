"""The unanswered questions that wait for an admin, read from the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.figures.unanswered import Group, Settled, group_unanswered
from bot.search.decide import KNOWN, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.search.decide import Decision
    from bot.store.port import Done, Record, Store

DAYS: Final = 90
"""So long the words of a question are kept."""
IGNORED: Final = "question_ignored"
ASSIGNED: Final = "question_assigned"
"""Acts of admins; their target begins with the key of a question."""
_DEEDS: Final = 20_000
_MOST: Final = 300
"""Groups that are looked at, the most asked; each wording in them is asked anew, which takes a
millisecond, and nobody leafs through more."""
_FOUND: Final = frozenset({Outcome.ANSWER, Outcome.URGENT})


async def read_waiting(store: Store, now: float, decide: Callable[[str], Decision]) -> list[Group]:
    """The groups that wait, the most asked first.

    Args:
        store: holds the events, and what admins decided.
        now: seconds since the epoch.
        decide: of the content that serves; what it answers by now waits no longer, nor what
            stands in ``phrasings/none.txt`` or ``unclear.txt``.
    """
    records = await store.events(now - DAYS * 86400.0, worded=True)
    settled = settle(await store.deeds(_DEEDS))
    return await asyncio.to_thread(_waiting, records, settled, decide)


def settle(done: Iterable[Done]) -> list[Settled]:
    """What admins have decided about questions."""
    return [
        Settled(one.deed.target.split(" ", 1)[0], one.at, ignored=one.deed.act == IGNORED)
        for one in done
        if one.deed.act in {IGNORED, ASSIGNED}
    ]


def _waiting(
    records: Iterable[Record], settled: Iterable[Settled], decide: Callable[[str], Decision]
) -> list[Group]:
    """Without the wordings about which nothing is to be done any more."""
    found = (
        Group(tuple(item for item in group.questions if not _done_with(decide(item.text))))
        for group in group_unanswered(records, settled)[:_MOST]
    )
    return [group for group in found if group.questions]


def _done_with(decision: Decision) -> bool:
    """Finds its article by now, or is among the messages that an editor wants no article for."""
    return decision.outcome in _FOUND or decision.rule == KNOWN
