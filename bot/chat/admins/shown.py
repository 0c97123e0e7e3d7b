"""Faults and changes as an admin reads them in a chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.conversation.turn import Paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.knowledge.model import Fault

_FAULTS: Final = 15
_LINES: Final = 60
_JUMP: Final = re.compile(r"@@ -(\d+)")
_WIDTH: Final = 240
"""Characters of one changed line that are shown."""


def code(text: str) -> str:
    """A text that is shown letter for letter, whatever marks are in it."""
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, "".join(c if c == "`" else " " for c in text).split())) + 1)
    return f"{fence} {text} {fence}"


def show_faults(
    faults: Sequence[Fault], folder: str, messages: Mapping[str, str]
) -> tuple[Paragraph, ...]:
    """``knowledge/articles/visit/visit-01.md:3: …``, the first of them.

    Args:
        faults: with paths relative to the folder.
        folder: its name.
        messages: phrases.
    """
    different = tuple(dict.fromkeys(faults))
    told = tuple(
        Paragraph(f"{code(f'{folder}/{fault.path}:{fault.line}:')} {fault.message}")
        for fault in different[:_FAULTS]
    )
    rest = len(different) - len(told)
    if rest <= 0:
        return told
    return (*told, Paragraph(messages["content_faults_more"].format(count=rest)))


def show_changes(lines: Sequence[str], messages: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """Changed lines one under another, in letters of one width."""
    place = messages["edit_place"]
    seen = [_shown(line, place) for line in lines if line.strip()]
    text = Paragraph("\n".join(seen[:_LINES]))
    rest = len(seen) - _LINES
    if rest <= 0:
        return (text,)
    return (text, Paragraph(messages["edit_more"].format(count=rest)))


def _shown(line: str, place: str) -> str:
    """One line of a difference; where it jumps, the number of the line in the old file."""
    jump = _JUMP.match(line)
    if jump is not None:
        return place.format(line=jump[1])
    return code(line if len(line) <= _WIDTH else line[:_WIDTH] + "…")
