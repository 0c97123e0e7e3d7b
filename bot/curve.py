"""Draws coverage against error as a picture: what ``bot evaluate --picture`` writes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.search.evaluate import Point

KINDS: Final = frozenset({".svg", ".png"})
"""Endings of files that can be drawn."""
_WIDTH, _HEIGHT = 720, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 30, 60, 70
_TICKS: Final = 5
_WIDEST: Final = 1.0
_FONT: Final = "DejaVu Sans Mono"
"""Typst brings it along, so the PNG looks the same everywhere."""
_SVG: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
    f' viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="{_FONT}, monospace" font-size="13">'
)
_PAGE: Final = '#set page(width: auto, height: auto, margin: 0pt)\n#image("curve.svg")\n'
_PIXELS_PER_INCH: Final = 144.0


def write_curve(path: Path, points: Sequence[Point], chosen: Point, title: str) -> None:
    """Writes the picture.

    Args:
        path: ends in one of ``KINDS``.
        points: the curve.
        chosen: the point at which the bot answers.
        title: stands above it.
    """
    svg = draw_curve(points, chosen, title)
    if path.suffix == ".svg":
        path.write_text(svg, "utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "curve.svg").write_text(svg, "utf-8")
        page = Path(folder, "page.typ")
        page.write_text(_PAGE, "utf-8")
        typst.compile(page, output=path, format="png", ppi=_PIXELS_PER_INCH)


def draw_curve(points: Sequence[Point], chosen: Point, title: str) -> str:
    """The picture as SVG: error to the right, coverage upwards, the chosen point marked."""
    widest = _round_up(max([*(point.error for point in points), chosen.error, 0.05]))
    line = " ".join("{:.1f},{:.1f}".format(*_place(point, widest)) for point in points)
    x, y = _place(chosen, widest)
    said = f"from {chosen.threshold:.2f}: {chosen.coverage:.1%} answered, {chosen.error:.1%} wrong"
    parts = [
        _SVG,
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 28, title, size=16),
        *_axes(widest),
        f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2.5"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#c2410c"/>',
        _text(min(x + 12, _WIDTH - 330), y + 24, said, colour="#c2410c"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(widest: float) -> Iterator[str]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        x = _LEFT + share * (right - _LEFT)
        y = bottom - share * (bottom - _TOP)
        yield from _lines([(x, _TOP, x, bottom), (_LEFT, y, right, y)])
        yield _text(x, bottom + 20, f"{share * widest:.0%}", anchor="middle")
        yield _text(_LEFT - 8, y + 4, f"{share:.0%}", anchor="end")
    yield _text((_LEFT + right) / 2, bottom + 48, "answers that are wrong", anchor="middle")
    yield _text(_LEFT, _TOP - 12, "messages answered at once")


def _lines(ends: Iterable[tuple[float, float, float, float]]) -> Iterator[str]:
    for x1, y1, x2, y2 in ends:
        yield (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d4d4d4"/>')


def _text(
    x: float, y: float, said: str, *, anchor: str = "start", size: int = 13, colour: str = "#262626"
) -> str:
    safe = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="{colour}">{safe}</text>'
    )


def _place(point: Point, widest: float) -> tuple[float, float]:
    x = _LEFT + point.error / widest * (_WIDTH - _RIGHT - _LEFT)
    y = _HEIGHT - _BOTTOM - point.coverage * (_HEIGHT - _BOTTOM - _TOP)
    return x, y


def _round_up(share: float) -> float:
    """The next twentieth, so that the ticks are whole per cents."""
    return min(_WIDEST, -(-share // 0.05) * 0.05)
