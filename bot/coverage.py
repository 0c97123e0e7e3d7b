"""Draws what a knowledge folder covers, in the terminal and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.bar import Bar
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.documents.pdf import typeset
from bot.errors import PictureUnknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from rich.console import RenderableType

    from bot.knowledge.report import Coverage, Tile

PICTURES: Final = (".png", ".svg")
"""How the name of a picture may end."""
_BAR: Final = 30
_FEWEST: Final = 15
_MOST_CITED: Final = 15
_IN_PICTURE: Final = 28
"""Sources in the picture."""
_WIDTH: Final = 100
_STEPS: Final = (80, 120, 160, 200)
"""Messages from which a tile is a shade darker; fewer than the first are too few."""


def draw_coverage(coverage: Coverage) -> None:
    """Prints the figures with bars."""
    Console(width=_WIDTH).print(Group(*_panels(coverage)))


def paint_coverage(coverage: Coverage, picture: Path, day: date) -> None:
    """Draws the figures into a file, as its name says.

    Args:
        coverage: the figures.
        picture: a file for PNG or SVG.
        day: stands in the picture.

    Raises:
        PictureUnknown: the name ends in something else.
        FontMissing: there is no Chinese font.
    """
    if picture.suffix not in PICTURES:
        raise PictureUnknown
    vector = picture.suffix == ".svg"
    data = _sheet(coverage, day)
    first, *_ = typeset("coverage.typ", data, day, picture=True, vector=vector)
    picture.write_bytes(first)


def _panels(coverage: Coverage) -> Iterable[RenderableType]:
    total = sum(coverage.articles.values())
    yield Panel(_bars(coverage.articles.items()), title=f"分类与文章（共 {total} 篇）")
    fewest = list(coverage.questions.items())[:_FEWEST]
    messages = sum(coverage.questions.values())
    yield Panel(_bars(fewest), title=f"问法最少的文章（全部 {messages} 条问法）")
    kinds = ((f"{level} · {certainty}", n) for (level, certainty), n in coverage.sources.items())
    yield Panel(_bars(kinds), title="依据的层级与核实程度")
    yield Panel(_bars(list(coverage.cited.items())[:_MOST_CITED]), title="引用最多的依据")
    yield Panel(_bars(coverage.reviews.items()), title="复核到期的月份")
    share = f"{len(coverage.without_flow)} / {total}"
    yield Panel(_without_flow(coverage), title=f"没有流程的文章（{share}）")
    yield Panel(_overlaps(coverage), title=f"容易撞车的问法（{len(coverage.overlaps)} 对）")
    yield Panel(_bars(coverage.pages.items()), title="文章以外")


def _bars(rows: Iterable[tuple[str, int]]) -> Table:
    table = Table.grid(padding=(0, 1))
    values = list(rows)
    most = max((count for _, count in values), default=1)
    for name, count in values:
        table.add_row(name, str(count), Bar(size=most, begin=0, end=count, width=_BAR))
    return table


def _without_flow(coverage: Coverage) -> RenderableType:
    """The numbers of the articles, a line for each category."""
    table = Table.grid(padding=(0, 1))
    for title, tiles in coverage.tiles.items():
        numbers = [_number(tile) for tile in tiles if not tile.flow]
        if numbers:
            table.add_row(title, " ".join(numbers))
    return table if table.row_count else Text("无")


def _number(tile: Tile) -> str:
    return tile.id.rpartition("-")[2]


def _overlaps(coverage: Coverage) -> RenderableType:
    if not coverage.overlaps:
        return Text("无")
    table = Table.grid(padding=(0, 1))
    for first, text, second, other in coverage.overlaps:
        table.add_row(first, text, second, other)
    return table


def _sheet(coverage: Coverage, day: date) -> dict[str, Any]:
    """What ``coverage.typ`` draws."""
    articles, messages = sum(coverage.articles.values()), sum(coverage.questions.values())
    numbers = {"文章": articles, "问法": messages, "依据": sum(coverage.sources.values())}
    overlaps = len(coverage.overlaps)
    return {
        "title": "缓缓的内容",
        "subtitle": f"{day} · 版本 {coverage.version}",
        "numbers": [
            {"label": label, "value": f"{count:,}"}
            for label, count in (numbers | dict(coverage.pages)).items()
        ],
        "tiles": _tiles(coverage, articles),
        "sources": {
            "title": "依据的层级与核实程度",
            "first": "读过原文",
            "second": "二手，写“据公开报道”",
            "rows": _levels(coverage),
        },
        "reviews": {"title": "复核到期的月份", "rows": _rows(coverage.reviews)},
        "fewest": {
            "title": "问法最少的文章",
            "rows": _rows(dict(list(coverage.questions.items())[:_FEWEST])),
        },
        "cited": {
            "title": "引用最多的依据",
            "rows": _rows(dict(list(coverage.cited.items())[:_IN_PICTURE])),
        },
        "overlaps": {
            "title": f"容易撞车的问法（{overlaps} 对）",
            "note": "两篇文章里很像的两句，确认各在对的那一篇",
            "empty": "没有",
            "rows": [list(row) for row in coverage.overlaps],
        },
    }


def _tiles(coverage: Coverage, articles: int) -> dict[str, Any]:
    bounds = [f"少于 {_STEPS[0]} 条", *(f"{step} 条以上" for step in _STEPS)]
    with_flow = articles - len(coverage.without_flow)
    return {
        "title": "每一篇文章",
        "note": "上面是编号，下面是问法的条数，越深越多",
        "flow": f"有流程（{with_flow} 篇），没有框的 {len(coverage.without_flow)} 篇没有",
        "legend": [{"shade": shade, "label": label} for shade, label in enumerate(bounds)],
        "rows": [
            {"title": title, "tiles": [_tile(tile) for tile in tiles]}
            for title, tiles in coverage.tiles.items()
            if tiles
        ],
    }


def _tile(tile: Tile) -> dict[str, Any]:
    shade = sum(tile.questions >= step for step in _STEPS)
    return {
        "number": _number(tile),
        "count": str(tile.questions),
        "flow": tile.flow,
        "shade": shade,
    }


def _rows(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"label": label, "first": count, "second": 0} for label, count in counts.items()]


def _levels(coverage: Coverage) -> list[dict[str, Any]]:
    """A bar for each level: what was read, then what is second-hand."""
    levels = dict.fromkeys(level for level, _ in coverage.sources)
    return [
        {
            "label": level,
            "first": coverage.sources.get((level, "原文"), 0),
            "second": coverage.sources.get((level, "二手"), 0),
        }
        for level in levels
    ]
