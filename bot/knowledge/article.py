"""Reads one article file: front matter and body become an ``Article``."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.errors import YamlInvalid
from bot.knowledge.body import Body
from bot.knowledge.front_matter import FrontMatter, split_front_matter
from bot.knowledge.model import Article, Basis, Citation, Fault
from bot.knowledge.yaml_lines import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INFERENCE: Final = "推论"

_ID: Final = re.compile(r"[a-z]+-\d{2,3}")
_CITATION: Final = r"[^\s#、：:]+(?:#\d+(?:之[一二三四五六七八九十]+)?)?"
_BASIS: Final = re.compile(rf"({_CITATION}(?:、{_CITATION})*)：(.+)", re.DOTALL)


def parse_citation(text: str) -> Citation:
    """``民法典#1033`` as a value."""
    source, _, article = text.partition("#")
    return Citation(source, article or None)


def read_basis_line(text: str) -> Basis | None:
    """``民法典#1033：……`` or ``推论：……`` as a value; None when it is neither."""
    match = _BASIS.fullmatch(text)
    if text.startswith(f"{INFERENCE}："):
        return Basis((), text)
    if match is None:
        return None
    return Basis(tuple(parse_citation(part) for part in match[1].split("、")), match[2].strip())


def read_article(
    path: Path, text: str, phrasings: Sequence[str] = ()
) -> tuple[Article | None, list[Fault]]:
    """Parses one article.

    Args:
        path: where it stands; named in the faults.
        text: the whole file.
        phrasings: messages from the file beside it.

    Returns:
        The article, or None where it cannot be used, and the faults.
    """
    header, markdown, first_line = split_front_matter(text)
    if header is None:
        return None, [Fault(path, 1, "文件要以 --- 开头的信息栏开始，并用另一行 --- 结束")]
    try:
        document = parse_yaml(header, first_line=2)
    except YamlInvalid as error:
        return None, [Fault(path, error.line, f"信息栏不是合法的 YAML：{error}")]
    front = FrontMatter(path, document)
    body = Body(path, markdown, first_line)
    faults = [*front.faults, *body.faults]
    if not front.usable or not body.answer:
        return None, faults
    article = _assemble(front, body, phrasings, path, faults)
    faults[: len(front.faults)] = front.faults
    return article, faults


def _read_basis(path: Path, lines: list[tuple[str, int]], faults: list[Fault]) -> tuple[Basis, ...]:
    out: list[Basis] = []
    for text, line in lines:
        basis = read_basis_line(text)
        if basis is None:
            faults.append(Fault(path, line, "依据每条形如“- 民法典#1033：内容”或“- 推论：内容”"))
        else:
            out.append(basis)
    return tuple(out)


def _check_place(path: Path, front: FrontMatter, name: str, faults: list[Fault]) -> None:
    if not _ID.fullmatch(name):
        faults.append(Fault(path, front.line("id"), "“id”形如 visit-01"))
    if path.stem != name:
        faults.append(Fault(path, front.line("id"), f"文件名应是 {name}.md"))
    if path.parent.name != front.text("category"):
        faults.append(Fault(path, front.line("category"), "文件应放在与“category”同名的文件夹里"))


def _assemble(
    front: FrontMatter,
    body: Body,
    phrasings: Sequence[str],
    path: Path,
    faults: list[Fault],
) -> Article | None:
    name = front.text("id")
    _check_place(path, front, name, faults)
    basis = _read_basis(path, body.lines("依据"), faults)
    return Article(
        id=name,
        title=front.text("title"),
        category=front.text("category"),
        questions=front.texts("questions"),
        keywords=front.texts("keywords"),
        related=front.texts("related"),
        sources=tuple(parse_citation(item) for item in front.texts("sources")),
        reviewed=front.day("reviewed"),
        review_by=front.day("review_by"),
        answer=body.answer,
        steps=body.texts("现在怎么做"),
        say=body.texts("可以这样说"),
        avoid=body.texts("不要做"),
        basis=basis,
        myths=body.texts("网上说法核对"),
        more=body.texts("展开"),
        urgent=front.flag("urgent"),
        flow=front.optional_text("flow"),
        not_for=MappingProxyType(front.not_for()),
        phrasings=tuple(phrasings),
    )
