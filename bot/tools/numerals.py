"""Numbers as people write them in characters: 三千五, 1.2万, 二十一."""

from __future__ import annotations


def read_numeral(text: str) -> int | float:
    """The number that a numeral stands for, digits and characters mixed.

    Raises:
        ValueError: it is no numeral.
    """
    import cn2an  # noqa: PLC0415, takes a tenth of a second, and matching needs no numerals

    number: int | float = cn2an.cn2an(text, "smart")
    return number
