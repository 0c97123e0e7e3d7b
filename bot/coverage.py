"""Draws what a knowledge folder covers, in the terminal and as an SVG picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.bar import Bar
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import RenderableType

    from bot.knowledge.report import Coverage

_BAR: Final = 30
_FEWEST: Final = 15
_MOST_CITED: Final = 15
_WIDTH: Final = 100


def draw_coverage(coverage: Coverage, *, picture: Path | None = None) -> None:
    """Prints the figures with bars.

    Args:
        coverage: the figures.
        picture: an SVG file to draw the same into.
    """
    console = Console(width=_WIDTH, record=picture is not None)
    console.print(Group(*_panels(coverage)))
    if picture is not None:
        picture.write_text(console.export_svg(title=f"缓缓 {coverage.version}"), "utf-8")


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
    yield Panel(Text("、".join(coverage.without_flow) or "无"), title=f"没有流程的文章（{share}）")
    yield Panel(_overlaps(coverage), title=f"容易撞车的问法（{len(coverage.overlaps)} 对）")


def _bars(rows: Iterable[tuple[str, int]]) -> Table:
    table = Table.grid(padding=(0, 1))
    values = list(rows)
    most = max((count for _, count in values), default=1)
    for name, count in values:
        table.add_row(name, str(count), Bar(size=most, begin=0, end=count, width=_BAR))
    return table


def _overlaps(coverage: Coverage) -> RenderableType:
    if not coverage.overlaps:
        return Text("无")
    table = Table.grid(padding=(0, 1))
    for first, text, second, other in coverage.overlaps:
        table.add_row(first, text, second, other)
    return table
