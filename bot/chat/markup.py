"""Blocks of a reply as Telegram HTML, cut into messages that Telegram accepts.

Telegram counts UTF-16 code units after the entities are parsed; a message holds 4096 of them
(Bot API, sendMessage).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from bot.conversation.turn import (
    Block,
    Bullets,
    Folded,
    Heading,
    Lead,
    Paragraph,
    Steps,
    Words,
)
from bot.knowledge.body import utf16_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LIMIT: Final = 4096
_TAGS: Final = {"strong": "b", "em": "i", "s": "s"}
_MARKDOWN: Final = MarkdownIt("zero").enable(["emphasis", "backticks"])


@dataclass(frozen=True, slots=True)
class Page:
    """One message's text in both forms."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part that belongs together: lines in HTML, the same in plain text, and a frame."""

    html: tuple[str, ...]
    plain: tuple[str, ...]
    opening: str = ""
    closing: str = ""
    tight: bool = False
    """Follows the part before it without an empty line."""

    @property
    def size(self) -> int:
        return sum(utf16_length(line) + 1 for line in self.plain) + 1

    def to_html(self) -> str:
        return self.opening + "\n".join(self.html) + self.closing


def to_pages(blocks: Iterable[Block], limit: int = LIMIT) -> tuple[Page, ...]:
    """Renders blocks, in as few messages as hold them; remembers the last ones.

    Args:
        blocks: what to say.
        limit: UTF-16 units that a message may have.
    """
    return _pages(tuple(blocks), limit)


@lru_cache(maxsize=1024)  # the same few hundred cards are shown again and again
def _pages(blocks: tuple[Block, ...], limit: int) -> tuple[Page, ...]:
    pages: list[list[_Piece]] = [[]]
    room = limit
    for piece in _pieces(blocks, limit):
        if piece.size > room and pages[-1]:
            pages.append([])
            room = limit
        pages[-1].append(piece)
        room -= piece.size
    return tuple(_page(pieces) for pieces in pages if pieces)


def _page(pieces: Sequence[_Piece]) -> Page:
    html: list[str] = []
    plain: list[str] = []
    for number, piece in enumerate(pieces):
        gap = "" if number == 0 else "\n" if piece.tight else "\n\n"
        html.append(gap + piece.to_html())
        plain.append(gap + "\n".join(piece.plain))
    return Page("".join(html), "".join(plain))


def _pieces(blocks: Iterable[Block], limit: int) -> Iterator[_Piece]:
    under_heading = False
    for block in blocks:
        for number, whole in enumerate(_render(block)):
            for piece in _split(whole, limit):
                yield replace(piece, tight=under_heading or number > 0)
                under_heading = False
        under_heading = isinstance(block, Heading)


def _render(block: Block) -> Iterator[_Piece]:
    match block:
        case Lead(text) | Heading(text):
            yield _piece([text], "<b>", "</b>")
        case Paragraph(text):
            yield _piece([text])
        case Steps(items):
            yield _piece([f"{number}. {item}" for number, item in enumerate(items, start=1)])
        case Bullets(items):
            yield _piece([f"• {item}" for item in items])
        case Words(items):
            for item in items:
                yield _piece([item], "<blockquote>", "</blockquote>")
        case Folded(title, lines):
            yield _piece([f"**{title}**", *lines], "<blockquote expandable>", "</blockquote>")


def _piece(lines: Sequence[str], opening: str = "", closing: str = "") -> _Piece:
    inner = [_inline(line) for line in lines]
    return _Piece(
        tuple(html for html, _ in inner), tuple(plain for _, plain in inner), opening, closing
    )


def _inline(text: str) -> tuple[str, str]:
    """Inline Markdown as HTML and as plain text; what is not understood stays as it is."""
    html: list[str] = []
    plain: list[str] = []
    for token in _MARKDOWN.parseInline(text)[0].children or ():
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _TAGS:
            html.append(f"<{'/' if token.nesting < 0 else ''}{_TAGS[name]}>")
        else:
            content = "\n" if token.type == "softbreak" else token.content
            plain.append(content)
            inside = escape(content, quote=False)
            html.append(f"<code>{inside}</code>" if token.type == "code_inline" else inside)
    return "".join(html), "".join(plain)


def _split(piece: _Piece, limit: int) -> Iterator[_Piece]:
    """Cuts a piece that no message holds: between lines, or within a line as a last resort."""
    if piece.size <= limit:
        yield piece
        return
    html: list[str] = []
    plain: list[str] = []
    size = 1
    for rich, line in _short_lines(piece, limit - 2):
        length = utf16_length(line) + 1
        if size + length > limit and plain:
            yield _Piece(tuple(html), tuple(plain), piece.opening, piece.closing)
            html, plain, size = [], [], 1
        html.append(rich)
        plain.append(line)
        size += length
    yield _Piece(tuple(html), tuple(plain), piece.opening, piece.closing)


def _short_lines(piece: _Piece, limit: int) -> Iterator[tuple[str, str]]:
    for rich, line in zip(piece.html, piece.plain, strict=True):
        if utf16_length(line) <= limit:
            yield rich, line
            continue
        rest = line  # bold within so long a line is given up
        while rest:
            head = rest[: limit // 2]
            yield escape(head, quote=False), head
            rest = rest[len(head) :]
