"""The names of the bot's fixed phrases, so that ``bot check`` can tell when one is missing."""

from __future__ import annotations

import string
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PHRASES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "welcome": frozenset(),
        "help": frozenset(),
        "privacy": frozenset(),
        "menu": frozenset(),
        "cancelled": frozenset(),
        "nothing_to_cancel": frozenset(),
        "unknown_command": frozenset(),
        "choose": frozenset(),
        "clarify_first": frozenset(),
        "clarify_again": frozenset(),
        "none_first": frozenset(),
        "none_again": frozenset(),
        "none_hotlines": frozenset(),
        "none_of_these": frozenset(),
        "rephrase": frozenset(),
        "masked": frozenset({"kinds"}),
        "thanks": frozenset(),
        "sorry_useless": frozenset(),
        "old_button": frozenset(),
        "article_gone": frozenset(),
        "voice": frozenset(),
        "photo": frozenset(),
        "file": frozenset(),
        "sticker": frozenset(),
        "contact": frozenset(),
        "location": frozenset(),
        "other": frozenset(),
        "too_long": frozenset({"limit"}),
        "edited": frozenset(),
        "group": frozenset(),
        "apology": frozenset(),
        "second_hand": frozenset(),
        "reviewed": frozenset({"day"}),
        "label_copy": frozenset({"words"}),
        "label_more": frozenset(),
        "label_useful": frozenset(),
        "label_useless": frozenset(),
        "label_none_of_these": frozenset(),
        "label_rephrase": frozenset(),
        "label_menu": frozenset(),
        "label_door": frozenset(),
        "label_back": frozenset(),
        "head_steps": frozenset(),
        "head_say": frozenset(),
        "head_avoid": frozenset(),
        "head_basis": frozenset(),
        "head_myths": frozenset(),
        "head_more": frozenset({"title"}),
        "command_start": frozenset(),
        "command_door": frozenset(),
        "command_menu": frozenset(),
        "command_help": frozenset(),
        "command_privacy": frozenset(),
        "command_cancel": frozenset(),
        "about": frozenset(),
        "short_about": frozenset(),
    }
)
"""Name of a phrase to the placeholders that it may use."""


def phrase_problem(name: str, text: str) -> str | None:
    """What is wrong with a phrase, in Chinese, or None."""
    if name not in PHRASES:
        return f"不认识的名称“{name}”"
    try:
        used = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError:
        return "花括号没有成对"
    unknown = used - PHRASES[name]
    return f"不认识的占位“{{{min(unknown)}}}”" if unknown else None
