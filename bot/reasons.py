"""Draws in the terminal why a message was decided as it was: ``bot ask --explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.search.explain import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from bot.search.explain import Explanation, Reason

_BAR: Final = 12
_FULL: Final = "█"
_EMPTY: Final = "░"


def draw_reasons(explanation: Explanation) -> RenderableType:
    """The explanation for a reader who does not program, the decision first."""
    return Group(
        Panel(_decision(explanation), title="怎么决定的", title_align="left"),
        Panel(_reading(explanation), title="怎么读这句话", title_align="left"),
        *(
            Panel(_reason(reason), title=_title(number, reason), title_align="left")
            for number, reason in enumerate(explanation.reasons, start=1)
        ),
        Text(
            "把握是几样合起来算的：和最近问法的相似程度，各个词字音的分数，认识的部分多不多。"
            "认错了：给对的那篇加一条这样的问法，再 bot check、bot evaluate。",
            style="dim",
        ),
    )


def _decision(explanation: Explanation) -> RenderableType:
    hits = "、".join(f"{hit.id} {hit.title}" for hit in explanation.decision.hits) or "无"
    return _rows([("结果", explanation.outcome), ("因为", explanation.rule), ("文章", hits)])


def _reading(explanation: Explanation) -> RenderableType:
    rows = [
        ("看作", explanation.text),
        ("数字", explanation.legend),
        ("分词", " / ".join(map(str, explanation.words))),
        ("被否定", "、".join(explanation.denied)),
        ("急事词", "；".join(map(str, explanation.alarms)) or "没有命中"),
        ("认识", f"{explanation.known:.0%}（按少见程度算）"),
    ]
    return _rows((name, said) for name, said in rows if said)


def _title(number: int, reason: Reason) -> Text:
    name = reason.title if reason.label in CLASSES else f"{reason.label} {reason.title}"
    return Text(f"{number}. {name}")


def _reason(reason: Reason) -> RenderableType:
    near = f"{reason.phrasing}（相似 {reason.likeness:.0%}）" if reason.phrasing else "不比对"
    return _rows(
        [
            ("把握", f"{_bar(reason.probability)} {reason.probability:.1%}"),
            ("最近的问法", near),
            ("支持", "，".join(str(token) for token in reason.tokens if token.weight > 0) or "无"),
            ("反对", "，".join(str(token) for token in reason.tokens if token.weight < 0) or "无"),
        ]
    )


def _bar(share: float) -> str:
    full = round(_BAR * share)
    return _FULL * full + _EMPTY * (_BAR - full)


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in rows:
        table.add_row(Text(name), Text(said))
    return table
