"""What an admin sends as a text that may become a file; and one question more in a front matter."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any, Final

import yaml

from bot.errors import EditRefused, YamlInvalid
from bot.knowledge.front_matter import split_front_matter
from bot.knowledge.yaml_lines import parse_yaml
from bot.privacy import mask

MAX_BYTES: Final = 200_000
"""An article has a few thousand."""
MAX_QUESTION: Final = 100
_BOM: Final = "\ufeff"
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of a line so that it reads otherwise."""
_CONTEXT: Final = 1


def decode(raw: bytes) -> str:
    """The text of a file, with plain line ends and without a byte order mark.

    Raises:
        EditRefused: too big, not UTF-8, empty, or with characters that nobody sees.
    """
    if len(raw) > MAX_BYTES:
        message = f"文件太大：{len(raw) // 1000} KB，最多 {MAX_BYTES // 1000} KB"
        raise EditRefused(message)
    try:
        text = raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        message = "文件不是 UTF-8 编码。用记事本打开，另存为，编码选 UTF-8，再发一次"
        raise EditRefused(message) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        line = text.count("\n", 0, unseen.start()) + 1
        message = f"第 {line} 行有看不见的控制字符，删掉再发一次"
        raise EditRefused(message)
    if not text.strip():
        message = "文件是空的"
        raise EditRefused(message)
    return text if text.endswith("\n") else text + "\n"


def read_header(text: str) -> dict[str, Any]:
    """The front matter of an article.

    Raises:
        EditRefused: there is none, or it cannot be read.
    """
    header, _, _ = split_front_matter(text)
    if header is None:
        message = "第 1 行：文件要以 --- 开头的信息栏开始，并用另一行 --- 结束"
        raise EditRefused(message)
    try:
        value = parse_yaml(header, first_line=2).value
    except YamlInvalid as error:
        message = f"第 {error.line} 行：信息栏不是合法的 YAML：{error}"
        raise EditRefused(message) from error
    if not isinstance(value, dict):
        message = "第 2 行：信息栏应是“名称: 内容”的形式"
        raise EditRefused(message)
    return value


def clean_question(text: str) -> str:
    """A question as it may stand in an article.

    Raises:
        EditRefused: empty, too long, or with somebody's number in it.
    """
    question = " ".join(text.split())
    if not question or _UNSEEN.search(question):
        message = "问法是空的"
        raise EditRefused(message)
    if len(question) > MAX_QUESTION:
        message = f"问法太长：{len(question)} 字，最多 {MAX_QUESTION} 字，请缩短再加"
        raise EditRefused(message)
    if mask(question).kinds or "**" in question:
        message = "问法里有号码，请去掉再加"
        raise EditRefused(message)
    return question


def add_question(text: str, question: str) -> str:
    """An article's text with one more of its ``questions``; every other line stays as it is.

    Raises:
        EditRefused: it stands there already, or the list is written in a way of its own.
    """
    before = read_header(text)
    questions = before.get("questions")
    if not isinstance(questions, list):
        message = "这篇文章的“questions”不是列表，请直接改文件"
        raise EditRefused(message)
    if question in questions:
        message = "这篇文章里已经有这句问法"
        raise EditRefused(message)
    header, _, _ = split_front_matter(text)
    start = text.index("\n") + 1  # behind the first ---
    changed = _with_item(header or "", question)
    result = text[:start] + changed + text[start + len(header or "") :]
    if read_header(result) != {**before, "questions": [*questions, question]}:
        message = "“questions”的写法太特别，请直接改文件"
        raise EditRefused(message)
    return result


def _with_item(header: str, item: str) -> str:
    """A front matter with one more item at the end of ``questions``."""
    root: Any = yaml.compose(header, Loader=yaml.SafeLoader)
    node = next(value for key, value in root.value if key.value == "questions")
    if node.flow_style:
        end = node.end_mark.index - 1
        comma = " " if header[:end].rstrip().endswith((",", "[")) else ", "
        return header[:end] + comma + json.dumps(item, ensure_ascii=False) + header[end:]
    last = node.value[-1].end_mark
    lines = header.splitlines(keepends=True)
    place = last.line + (last.column > 0)
    return "".join(
        (*lines[:place], f"{' ' * node.start_mark.column}- {_scalar(item)}\n", *lines[place:])
    )


def _scalar(item: str) -> str:
    """As plain as YAML lets it be."""
    try:
        plain = yaml.safe_load(f"- {item}") == [item]
    except yaml.YAMLError:
        plain = False
    return item if plain else json.dumps(item, ensure_ascii=False)


def difference(before: str, after: str) -> tuple[str, ...]:
    """What changes, line by line: ``-`` goes, ``+`` comes, a space stays, ``@@`` is a gap."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=_CONTEXT)
    return tuple(lines)[2:]
