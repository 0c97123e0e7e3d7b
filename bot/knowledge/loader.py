"""Reads a knowledge folder into one immutable ``Knowledge``, or says what is wrong with it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.errors import KnowledgeInvalid
from bot.knowledge.article import read_article
from bot.knowledge.checks import check_knowledge
from bot.knowledge.flow_files import read_flows
from bot.knowledge.model import Article, Fault, Knowledge
from bot.knowledge.page_tables import read_glossary, read_lenders
from bot.knowledge.tables import (
    read_categories,
    read_hotlines,
    read_lexicon,
    read_messages,
    read_sources,
    read_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES: Final = (".md", ".yaml", ".txt")
_MAX_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a folder."""

    knowledge: Knowledge
    """Whole only when there is no fault."""
    faults: tuple[Fault, ...]


def load_knowledge(folder: Path) -> Knowledge:
    """Reads and checks a knowledge folder.

    Raises:
        KnowledgeInvalid: with one ``path:line: message`` a line.
    """
    reading = read_knowledge(folder)
    if reading.faults:
        raise KnowledgeInvalid("\n".join(map(str, reading.faults)))
    return reading.knowledge


def read_knowledge(folder: Path, *, checked: bool = False) -> Reading:
    """Reads a knowledge folder as far as it goes, with every fault found on the way.

    Args:
        folder: with the content.
        checked: this very content was checked before; only what cannot be read is a fault.
    """
    faults: list[Fault] = []
    if not folder.is_dir():
        faults.append(Fault(folder, 1, "没有这个文件夹"))
    articles = _read_articles(folder / "articles", faults)
    knowledge = Knowledge(
        version=content_version(folder),
        articles=MappingProxyType(articles),
        categories=read_table(folder / "categories.yaml", list, read_categories, faults),
        sources=MappingProxyType(read_table(folder / "sources.yaml", dict, read_sources, faults)),
        messages=MappingProxyType(
            read_table(folder / "messages.yaml", dict, read_messages, faults)
        ),
        lexicon=read_lexicon(folder / "lexicon", faults),
        hotlines=MappingProxyType(
            read_table(folder / "hotlines.yaml", dict, read_hotlines, faults)
        ),
        flows=MappingProxyType(read_flows(folder / "flows", faults)),
        glossary=read_table(folder / "glossary.yaml", dict, read_glossary, faults),
        lenders=read_table(folder / "lenders.yaml", dict, read_lenders, faults),
        none=read_lines(folder / "phrasings" / "none.txt", faults),
        unclear=read_lines(folder / "phrasings" / "unclear.txt", faults),
    )
    faults += () if checked else check_knowledge(folder, knowledge)
    return Reading(knowledge, tuple(sorted(faults, key=lambda f: (str(f.path), f.line))))


def _read_articles(folder: Path, faults: list[Fault]) -> dict[str, Article]:
    articles: dict[str, Article] = {}
    for path in sorted(folder.glob("*/*.md")):
        text = _read_text(path, faults)
        if text is None:
            continue
        phrasings = read_lines(path.with_name(f"{path.stem}.phrasings.txt"), faults)
        article, found = read_article(path, text, phrasings)
        faults += found
        if article is not None and article.id in articles:
            faults.append(Fault(path, 2, f"编号“{article.id}”已被另一篇使用"))
        elif article is not None:
            articles[article.id] = article
    faults += [
        Fault(path, 1, "没有与它同名的文章")
        for path in sorted(folder.glob("*/*.phrasings.txt"))
        if not path.with_name(path.name.removesuffix(".phrasings.txt") + ".md").exists()
    ]
    return articles


def _read_text(path: Path, faults: list[Fault]) -> str | None:
    if path.stat().st_size > _MAX_BYTES:
        faults.append(Fault(path, 1, f"文件太大，最多 {_MAX_BYTES // 1_000_000} MB"))
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        faults.append(Fault(path, 1, "文件不是 UTF-8 编码，请另存为 UTF-8"))
        return None


def read_lines(path: Path, faults: list[Fault]) -> tuple[str, ...]:
    """The lines of a text file, without empty ones and comments (``#``); none if it is missing."""
    if not path.is_file():
        return ()
    text = _read_text(path, faults) or ""
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def files_of(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The files that belong to the content, at any depth; hidden ones never do."""
    waiting = [os.fspath(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    waiting.append(entry.path)
                elif entry.name.endswith(_SUFFIXES) and entry.is_file():
                    yield entry


def content_version(folder: Path) -> str:
    """A hash over names and contents of the files that the bot reads."""
    digest = hashlib.sha256()
    paths = map(Path, files_of(folder)) if folder.is_dir() else ()
    for path in sorted(paths):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
