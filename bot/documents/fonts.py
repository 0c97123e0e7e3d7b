"""Finds the Chinese fonts of the machine: without one there is no PDF and no picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typst

from bot.errors import FontMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SERIF: Final = (
    "FangSong",
    "STFangsong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "NSimSun",
    "STSong",
    "Songti SC",
    "AR PL UMing CN",
)
"""For running text, best first; letters are set in 仿宋 or 宋体."""
SANS: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "SimHei",
    "STHeiti",
    "PingFang SC",
    "Heiti SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
"""For headings and cards, best first."""
HINT: Final = "apt install fonts-noto-cjk"


@dataclass(frozen=True, slots=True)
class Fonts:
    """What papers are set with."""

    serif: tuple[str, ...]
    """Families for running text, best first; never empty."""
    sans: tuple[str, ...]
    """Families for headings and cards, best first; never empty."""
    found: typst.Fonts
    """The files, as typst knows them."""


def find_fonts(folders: Sequence[Path] = (), *, system: bool = True) -> Fonts:
    """Looks for Chinese fonts; takes a tenth of a second, so keep what it returns.

    Args:
        folders: to look in besides those of the system.
        system: looks where fontconfig and the system keep fonts.

    Raises:
        FontMissing: there is none.
    """
    found = typst.Fonts(
        include_system_fonts=system,
        include_embedded_fonts=False,
        font_paths=list(folders),
    )
    return choose_fonts(found)


def choose_fonts(found: typst.Fonts) -> Fonts:
    """The Chinese ones among fonts.

    Raises:
        FontMissing: there is none.
    """
    families = set(found.families())
    serif, sans = _present(SERIF, families), _present(SANS, families)
    if not serif and not sans:
        raise FontMissing
    return Fonts((*serif, *sans), (*sans, *serif), found)


def _present(wanted: Iterable[str], families: set[str]) -> tuple[str, ...]:
    return tuple(family for family in wanted if family in families)


def describe_fonts(folders: Sequence[Path] = (), *, system: bool = True) -> tuple[bool, str]:
    """For ``bot doctor``: whether PDF can be made, and with what or how to get there."""
    try:
        fonts = find_fonts(folders, system=system)
    except FontMissing:
        return False, f"no Chinese font: letters are DOCX and text only; `{HINT}`"
    return True, f"{fonts.serif[0]}, {fonts.sans[0]}"
