"""Rows of a query as a drawing inside the page: plain SVG, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COLOURS: Final[Mapping[str, str]] = {
    "answer": "#1f6f6b",
    "urgent": "#b3452c",
    "choose": "#7fb5b0",
    "clarify": "#e0b15b",
    "none": "#8a8f98",
}
_INK: Final = "#1f6f6b"
_WIDE: Final = 640
_LINE: Final = 34
"""Height of a bar with its label."""
_TALL: Final = 180
"""Height of a column chart."""
_LABELS: Final = 8
"""Most labels under the columns."""


def draw(chart: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """A chart as SVG; empty where there is nothing to draw.

    Args:
        chart: ``kind`` (``bars`` or ``columns``) and which column is what.
        rows: of the query.
    """
    if not rows:
        return ""
    return "".join(_columns(chart, rows) if chart["kind"] == "columns" else _bars(chart, rows))


def _bars(chart: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One bar a row; with ``group``, a heading above each group and its own scale."""
    group = chart.get("group", "")
    for title, members in groupby(rows, key=lambda row: row[group] if group else ""):
        found = list(members)
        if title:
            yield f"<h3>{escape(str(title))}</h3>"
        most = chart.get("most") or max(float(row[chart["value"]]) for row in found) or 1.0
        yield _open(_LINE * len(found))
        for number, row in enumerate(found):
            yield from _bar(chart, row, most, _LINE * number)
        yield "</svg>"


def _bar(
    chart: Mapping[str, Any], row: Mapping[str, Any], most: float, top: float
) -> Iterator[str]:
    value = float(row[chart["value"]])
    wide = _WIDE * min(1.0, value / most)
    written = escape(f"{value:g}{chart.get('unit', '')}")
    yield f'<text x="0" y="{top + 14}">{escape(str(row[chart["label"]]))}</text>'
    yield f'<text x="{_WIDE}" y="{top + 14}" text-anchor="end">{written}</text>'
    yield f'<rect x="0" y="{top + 19}" width="{wide:.1f}" height="9" rx="2" fill="{_INK}"/>'


def _columns(chart: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One column for each ``x``, made of its ``series``, with a legend."""
    series, value = chart["series"], chart["value"]
    columns = [(x, list(parts)) for x, parts in groupby(rows, key=lambda row: row[chart["x"]])]
    most = max(sum(float(part[value]) for part in parts) for _, parts in columns) or 1.0
    wide = min(60.0, _WIDE / len(columns))
    every = -(-len(columns) // _LABELS)
    yield _open(_TALL + 40)
    for number, (x, parts) in enumerate(columns):
        left, top = wide * number, float(_TALL + 18)
        total = sum(float(part[value]) for part in parts)
        for part in parts:
            tall = _TALL * float(part[value]) / most
            top -= tall
            colour = _COLOURS.get(str(part[series]), _INK)
            yield (
                f'<rect x="{left + 1:.1f}" y="{top:.1f}" width="{max(1.0, wide - 3):.1f}" '
                f'height="{tall:.1f}" fill="{colour}"><title>{escape(str(part[chart["label"]]))} '
                f"{part[value]}</title></rect>"
            )
        middle = left + wide / 2
        if number % every == 0:
            day = escape(str(x)[-5:])
            yield f'<text x="{middle:.1f}" y="{_TALL + 34}" text-anchor="middle">{day}</text>'
            label = f"{total:g}"
            yield f'<text x="{middle:.1f}" y="{top - 4:.1f}" text-anchor="middle">{label}</text>'
    yield "</svg>"
    yield from _legend(chart, rows)


def _legend(chart: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = {str(row[chart["series"]]): str(row[chart["label"]]) for row in rows}
    yield '<p class="legend">'
    for key, colour in _COLOURS.items():
        if key in names:
            yield f'<span style="border-color:{colour}">{escape(names[key])}</span> '
    yield "</p>"


def _open(tall: float) -> str:
    return f'<svg class="chart" viewBox="0 0 {_WIDE} {tall:g}" role="img">'
