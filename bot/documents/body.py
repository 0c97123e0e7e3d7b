r"""Reads the body of a letter from Markdown: a small part of it, the rest stays as it is written.

What counts: ``## heading``, paragraphs, ``1.`` and ``-`` lists, tables, ``**bold**``, and ``\``
before a mark. Each line is a paragraph of its own, as an editor sees it. Underscores are blanks
to fill in by hand, never emphasis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.documents.letter import Align, Block, Heading, Items, Paragraph, Span, Table, Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_inline import StateInline

_RULES: Final = ("heading", "list", "table", "emphasis", "escape", "newline")
_LEVELS: Final = {"h1": 1, "h2": 1}
"""Deeper ones are 2."""
_BREAKS: Final = frozenset({"softbreak", "hardbreak"})


def parse_body(markdown: str) -> tuple[Block, ...]:
    """The blocks of a letter's body.

    Args:
        markdown: with every word of a person's escaped, as the templates of flows do.
    """
    parser = MarkdownIt("zero").enable(_RULES)
    parser.inline.ruler.before("emphasis", "blank", _blank)
    root = SyntaxTreeNode(parser.parse(markdown))
    return tuple(block for node in root.children for block in _blocks(node))


def _blank(state: StateInline, silent: bool) -> bool:  # noqa: FBT001, called by the parser
    """Takes a run of underscores as it stands."""
    rest = state.src[state.pos : state.posMax]
    length = len(rest) - len(rest.lstrip("_"))
    if not silent:
        state.pending += "_" * length
    state.pos += length
    return length > 0


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Heading(_text(node.children), _LEVELS.get(node.tag, 2))
        case "paragraph":
            yield from map(Paragraph, _lines(_text(node.children)))
        case "ordered_list" | "bullet_list":
            start = int(node.attrs.get("start", 1))
            items = tuple(_item(item) for item in node.children)
            yield Items(items, numbered=node.type == "ordered_list", start=start)
        case "table":
            yield _table(node)
        case _:
            yield from (block for child in node.children for block in _blocks(child))


def _item(node: SyntaxTreeNode) -> Text:
    """All that stands in a list item, each part on a line of its own."""
    lines: list[Text] = []
    for block in (block for child in node.children for block in _blocks(child)):
        match block:
            case Heading(text) | Paragraph(text):
                lines.append(text)
            case Items(items):
                lines += [(Span("• "), *item) for item in items]
            case Table(header, rows):
                lines += [_joined(row, "，") for row in (header, *rows)]
    return _joined(lines, "\n")


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row.children for part in node.children for row in part.children]
    header, *others = [tuple(_text(cell.children) for cell in row) for row in rows]
    return Table(header, tuple(others), tuple(_align(cell) for cell in rows[0]))


def _align(cell: SyntaxTreeNode) -> Align:
    _, _, side = str(cell.attrs.get("style", "")).partition("text-align:")
    return Align(side) if side in set(Align) else Align.LEFT


def _text(nodes: Sequence[SyntaxTreeNode]) -> Text:
    return _merged(span for node in nodes for span in _spans(node, bold=False))


def _spans(node: SyntaxTreeNode, *, bold: bool) -> Iterator[Span]:
    if node.type in _BREAKS:
        yield Span("\n", bold)
    elif node.type in {"text", "text_special"}:
        yield Span(node.content, bold)
    else:
        for child in node.children:
            yield from _spans(child, bold=bold or node.type == "strong")


def _merged(spans: Iterator[Span]) -> Text:
    """Neighbours of the same weight become one."""
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].bold == span.bold:
            span = Span(merged.pop().text + span.text, span.bold)  # noqa: PLW2901
        if span.text:
            merged.append(span)
    return tuple(merged)


def _lines(text: Text) -> Iterator[Text]:
    """Text cut at its line breaks; empty lines are dropped."""
    line: list[Span] = []
    for span in text:
        first, *others = span.text.split("\n")
        line.append(Span(first, span.bold))
        for other in others:
            yield from _filled(line)
            line = [Span(other, span.bold)]
    yield from _filled(line)


def _filled(line: list[Span]) -> Iterator[Text]:
    text = _merged(iter(line))
    if plain(text).strip():
        yield text


def _joined(texts: Sequence[Text], between: str) -> Text:
    spans: list[Span] = []
    for number, text in enumerate(texts):
        spans += [Span(between), *text] if number else text
    return _merged(iter(spans))
