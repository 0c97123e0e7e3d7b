"""Letters as plain text, to paste into a chat or a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.documents.letter import Heading, Items, Kind, Paragraph, Table, plain
from bot.documents.printable import printable
from bot.documents.runs import item_mark, signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.documents.letter import Block, Letter


def to_text(letter: Letter) -> str:
    """A letter as plain text with an empty line between its parts.

    Args:
        letter: what stands on the paper.
    """
    return printable("\n\n".join(_parts(letter))) + "\n"


def _parts(letter: Letter) -> Iterator[str]:
    yield letter.title
    if letter.addressee and letter.kind is Kind.LETTER:
        yield f"{letter.addressee}："
    for block in letter.blocks:
        yield _written(block)
    if letter.addressee and letter.kind is Kind.COURT:
        yield f"此致\n{letter.addressee}"
    if letter.attachments:
        names = (f"{number}. {name}" for number, name in enumerate(letter.attachments, start=1))
        yield "\n".join(("附件：", *names))
    if signed := signature(letter):
        yield "\n".join(signed)
    if letter.footer:
        yield "\n".join(f"（{line}）" for line in letter.footer)


def _written(block: Block) -> str:
    match block:
        case Heading(text) | Paragraph(text):
            return plain(text)
        case Items(items):
            return "\n".join(
                f"{item_mark(block, number)} {plain(item)}" for number, item in enumerate(items)
            )
        case Table(header, rows):
            lines = (" | ".join(map(plain, row)) for row in (header, *rows))
            return "\n".join(lines)
