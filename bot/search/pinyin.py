"""The sound of a character: which syllable, without tone, so that wrong homophones still match."""

from __future__ import annotations

from importlib import resources


def load_syllables() -> dict[str, str]:
    """Each of some 7,600 simplified characters to its commonest toneless syllable.

    The table was generated once with pypinyin (MIT); a line holds a syllable and its characters.
    """
    table = resources.files("bot.search").joinpath("tables/pinyin.txt").read_text("utf-8")
    return {
        character: syllable
        for syllable, characters in (line.split(" ") for line in table.splitlines())
        for character in characters
    }
