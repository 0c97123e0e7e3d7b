"""Prints what was measured, for people or for machines: ``bot evaluate``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from bot.search.evaluate import confusions, curve, point_at, report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.search.evaluate import Confusion, Judged, Point, Report

_STEP: Final = 5
"""Each so many points of the curve are printed."""
_PAIRS: Final = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was measured."""

    kinds: list[Report]
    points: list[Point]
    chosen: Point
    """The point of the curve at which the bot answers."""
    confusions: list[Confusion]


def measure(judged: Sequence[Judged], urgent: frozenset[str], threshold: float) -> Figures:
    """All figures over judged messages.

    Args:
        judged: the messages.
        urgent: ids of the urgent articles.
        threshold: least probability from which an article is shown at once.
    """
    return Figures(
        report(judged, urgent), curve(judged), point_at(judged, threshold), confusions(judged)
    )


def print_figures(
    figures: Figures, *, as_json: bool, errors: int, echo: Callable[[str], None]
) -> None:
    """Prints them.

    Args:
        figures: see there.
        as_json: one JSON object instead of tables.
        errors: so many of the messages that went wrong are named.
        echo: prints a line.
    """
    if as_json:
        echo(json.dumps(_as_json(figures, errors), ensure_ascii=False))
        return
    _print_kinds(figures.kinds, echo)
    _print_curve(figures, echo)
    _print_confusions(figures.confusions, errors, echo)


def _as_json(figures: Figures, errors: int) -> dict[str, object]:
    pairs = [
        {"best": pair.best, "shown": pair.shown, "count": len(pair.questions)}
        for pair in figures.confusions
    ]
    value: dict[str, object] = {
        "kinds": [asdict(item) for item in figures.kinds],
        "curve": [asdict(point) for point in figures.points],
        "chosen": asdict(figures.chosen),
        "confusions": pairs,
    }
    if errors:
        value["errors"] = [
            {"best": best, "shown": shown, "question": question}
            for best, shown, question in _single(figures.confusions)[:errors]
        ]
    return value


def _print_kinds(kinds: Sequence[Report], echo: Callable[[str], None]) -> None:
    echo(
        f"{'kind':<12} {'n':>5} {'hit@1':>6} {'hit@3':>6} {'wrong':>6}"
        f" | {'none':>5} {'false':>6} {'offer':>6} | urgent missed"
    )
    for item in kinds:
        echo(
            f"{item.kind:<12} {item.questions:>5} {item.hit1:>6.1%} {item.hit3:>6.1%}"
            f" {item.wrong:>6.1%} | {item.others:>5} {item.false_answers:>6.1%}"
            f" {item.offered:>6.1%} | {item.urgent_missed}"
        )


def _print_curve(figures: Figures, echo: Callable[[str], None]) -> None:
    chosen = figures.chosen
    echo("")
    echo("answering from a probability on: share answered, and share of the answers that is wrong")
    for point in figures.points[::_STEP]:
        bar = "█" * round(40 * point.coverage)
        echo(f"{point.threshold:>5.2f} {point.coverage:>6.1%} {point.error:>6.1%} {bar}")
    echo(
        f"chosen: answer from probability {chosen.threshold:.2f} on,"
        f" {chosen.coverage:.1%} answered, {chosen.error:.1%} of the answers wrong"
    )


def _print_confusions(found: Sequence[Confusion], errors: int, echo: Callable[[str], None]) -> None:
    if not found:
        return
    echo("")
    echo("taken for one another most often (right -> shown)")
    for pair in found[:_PAIRS]:
        echo(f"{len(pair.questions):>5}  {pair.best} -> {pair.shown}")
    if errors:
        echo("")
    for best, shown, question in _single(found)[:errors]:
        echo(f"{best} -> {shown}  {question}")


def _single(found: Sequence[Confusion]) -> list[tuple[str, str, str]]:
    """Each message that went wrong, those of the most frequent pairs first."""
    return [(pair.best, pair.shown, text) for pair in found for text in pair.questions]
