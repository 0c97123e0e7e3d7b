"""How buttons stand beside each other, so that a phone shows their labels whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversation.cards import Rows
    from bot.conversation.turn import Button

_THIRD: Final = 6
"""Characters that a button shows whole when it has a third of a phone's width."""
_HALF: Final = 8
"""The same for half of it."""


def in_short_rows(buttons: Sequence[Button]) -> Rows:
    """Three in a row where all labels are short, else one."""
    width = 3 if all(len(button.label) <= _THIRD for button in buttons) else 1
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def in_pairs(buttons: Sequence[Button]) -> Rows:
    """In order, two in a row where both labels are short."""
    rows: list[tuple[Button, ...]] = []
    for button in buttons:
        beside = rows[-1] if rows else ()
        if len(beside) == 1 and max(len(beside[0].label), len(button.label)) <= _HALF:
            rows[-1] = (*beside, button)
        else:
            rows.append((button,))
    return tuple(rows)
