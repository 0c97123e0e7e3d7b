"""The checks that only ``bot check`` makes: what they find does not stop a running bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.knowledge.checks import check_reviews
from bot.knowledge.likeness import find_alike
from bot.knowledge.model import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from bot.knowledge.model import Knowledge

_OTHERS: Final = ("none", "unclear")


def check_strictly(folder: Path, knowledge: Knowledge, day: date) -> list[Fault]:
    """Reviews that are due on a day, and messages that stand twice."""
    return [*check_reviews(folder, knowledge, day), *check_likeness(folder, knowledge)]


def check_likeness(folder: Path, knowledge: Knowledge) -> Iterator[Fault]:
    """Messages that are nearly the same, within an article or in two."""
    places = list(_messages(folder, knowledge))
    for pair in find_alike([text for _, _, text in places]):
        _, first, earlier = places[pair.first]
        path, name, text = places[pair.second]
        where = "本篇" if name == first else f"“{first}”"
        message = f"“{text}”与{where}的“{earlier}”几乎一样，留一句就够"
        yield Fault(path, _line(path, text), message)


def _messages(folder: Path, knowledge: Knowledge) -> Iterator[tuple[Path, str, str]]:
    """File, name of the article or list, and text of every message."""
    for article in knowledge.articles.values():
        stem = folder / "articles" / article.category / article.id
        yield from ((stem.with_suffix(".md"), article.id, text) for text in article.questions)
        phrasings = stem.with_suffix(".phrasings.txt")
        yield from ((phrasings, article.id, text) for text in article.phrasings)
    for name, texts in zip(_OTHERS, (knowledge.none, knowledge.unclear), strict=True):
        path = folder / "phrasings" / f"{name}.txt"
        yield from ((path, path.name, text) for text in texts)


def _line(path: Path, text: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    hits = [number for number, line in enumerate(lines, start=1) if text in line]
    return hits[-1] if hits else 1
