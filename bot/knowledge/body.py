"""The Markdown part of an article: one sentence, then fixed sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from bot.knowledge.model import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

SECTIONS: Final = (
    "现在怎么做",
    "可以这样说",
    "不要做",
    "依据",
    "网上说法核对",
    "展开",
)
REQUIRED_SECTIONS: Final = ("现在怎么做", "不要做", "依据")
MAX_STEPS: Final = 5
MAX_COPY: Final = 256
"""UTF-16 units that a copy button takes (Bot API, CopyTextButton)."""
MAX_ANSWER: Final = 80

_KINDS_OF_BLOCK: Final = {
    "现在怎么做": "ordered_list",
    "可以这样说": "blockquote",
    "不要做": "bullet_list",
    "依据": "bullet_list",
    "网上说法核对": "bullet_list",
}
_BLOCK_NAMES: Final = {
    "ordered_list": "编号列表（1. 2. 3.）",
    "blockquote": "引用块（每行以 > 开头）",
    "bullet_list": "列表（每行以 - 开头）",
}


class Body:
    """The sections of one article, and what is wrong with them.

    Args:
        path: where it stands; named in the faults.
        text: the Markdown.
        first_line: the number of its first line in the file.
    """

    def __init__(self, path: Path, text: str, first_line: int) -> None:
        self.faults: list[Fault] = []
        self.answer = ""
        self._path = path
        self._first = first_line
        self._parts: dict[str, list[tuple[str, int]]] = {}
        self._heads: dict[str, int] = {}
        section: str | None = None
        for block in _top_blocks(MarkdownIt("commonmark").parse(text)):
            if block[0].type == "heading_open":
                section = block[1].content.strip()
                self._begin(section, block[0])
            elif section is None:
                self._read_answer(block)
            else:
                self._read_block(section, block)
        self._check()

    def lines(self, name: str) -> list[tuple[str, int]]:
        """The items of a section with the line of each."""
        return self._parts.get(name, [])

    def texts(self, name: str) -> tuple[str, ...]:
        """The items of a section."""
        return tuple(text for text, _ in self.lines(name))

    def _line(self, token: Token) -> int:
        return self._first + (token.map[0] if token.map else 0)

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self._path, line, message))

    def _begin(self, section: str, head: Token) -> None:
        line = self._line(head)
        if head.tag != "h2":
            self._fault(line, f"小标题用两个 #：## {section}")
        if section not in SECTIONS:
            self._fault(line, f"不认识的小标题“{section}”，可用：{'、'.join(SECTIONS)}")
        elif section in self._heads:
            self._fault(line, f"小标题“{section}”写了两次")
        elif any(
            SECTIONS.index(name) > SECTIONS.index(section)
            for name in self._heads
            if name in SECTIONS
        ):
            self._fault(line, f"小标题的次序应是：{'、'.join(SECTIONS)}")
        self._heads.setdefault(section, line)
        self._parts.setdefault(section, [])

    def _read_answer(self, block: list[Token]) -> None:
        if self.answer or block[0].type != "paragraph_open":
            self._fault(self._line(block[0]), "第一个小标题之前只写一段话：一句话的答案")
        else:
            self.answer = _plain(block)

    def _read_block(self, section: str, block: list[Token]) -> None:
        line = self._line(block[0])
        kind = block[0].type.removesuffix("_open")
        wanted = _KINDS_OF_BLOCK.get(section)
        out = self._parts[section]
        if wanted is not None and kind != wanted:
            self._fault(line, f"“{section}”里只写{_BLOCK_NAMES[wanted]}")
        elif wanted is not None:
            opener = "paragraph" if kind == "blockquote" else "list_item"
            out.extend(self._items(block, opener))
        elif kind == "paragraph":
            out.append((_plain(block), line))
        elif kind in {"bullet_list", "ordered_list"}:
            out.extend((f"• {text}", at) for text, at in self._items(block, "list_item"))
        else:
            self._fault(line, f"“{section}”里只写段落和列表")

    def _items(self, block: list[Token], opener: str) -> Iterator[tuple[str, int]]:
        """The list items or quoted paragraphs of a block, with their lines."""
        item: list[str] = []
        line = self._first
        depth = block[0].level + 1
        for token in block:
            if token.type == f"{opener}_open" and token.level == depth:
                item, line = [], self._line(token)
            elif token.type == "inline":
                item.append(token.content.replace("\n", ""))
            elif token.type == f"{opener}_close" and token.level == depth:
                yield "；".join(item), line

    def _check(self) -> None:
        if not self.answer:
            self._fault(self._first, "缺少开头的一句话答案")
        elif len(self.answer) > MAX_ANSWER:
            self._fault(self._first, f"开头的一句话超过 {MAX_ANSWER} 字")
        for name in REQUIRED_SECTIONS:
            if not self.lines(name):
                self._fault(self._heads.get(name, self._first), f"缺少“## {name}”的内容")
        for _, line in self.lines("现在怎么做")[MAX_STEPS:]:
            self._fault(line, f"步骤最多 {MAX_STEPS} 条")
        for text, line in self.lines("可以这样说"):
            if utf16_length(text) > MAX_COPY:
                self._fault(line, f"要复制的话超过 {MAX_COPY} 字，请拆成两条")


def utf16_length(text: str) -> int:
    """The length by which Telegram counts (UTF-16 code units)."""
    return len(text.encode("utf-16-le")) // 2


def _top_blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _plain(block: list[Token]) -> str:
    return "".join(token.content for token in block if token.type == "inline").replace("\n", "")
