"""The weights and thresholds of the decision, stored with the scoring that they belong to."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CalibrationMismatch

if TYPE_CHECKING:
    from pathlib import Path

SCORING: Final = "10"
"""Version of everything that changes a score: tokens, index, classifier, combination.

Raise it with each such change and run the calibration again.
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """How the views are combined into one score a class; learned in cross-validation."""

    likeness: float
    """Of the likeness to the nearest phrasing."""
    linear: float
    """Of the classifier's log probability."""
    long: float
    """Of the same, times how much longer than usual the message is: more words, surer."""
    none: float
    """Added to the class of messages without an article."""
    strange: float
    """Added to that class, times the share of the message that no phrasing knows."""
    unclear: float
    """Added to the class of messages to ask back."""
    brief: float
    """Added to that class, divided by the number of words and one."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one outcome ends and the next begins; probabilities."""

    answer: float
    """Least probability of the first article to be shown at once."""
    choose: float
    """Least probability of the first articles together to be offered."""
    offered: float
    """Least probability of a single article among those offered."""
    urgent: float
    """Least probability of an urgent article to be shown at once."""
    known: float
    """Least share of the message, weighed by rarity, that is known at all."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What ``calibration.json`` holds."""

    weights: Weights
    thresholds: Thresholds


def load_calibration(path: Path | None = None) -> Calibration:
    """Reads the calibration.

    Args:
        path: a file; the one that ships with the bot when not given.

    Raises:
        CalibrationMismatch: it belongs to another version of the scoring, or is no calibration.
    """
    source = path or resources.files("bot.search").joinpath("tables/calibration.json")
    try:
        stored: dict[str, Any] = json.loads(source.read_text("utf-8"))
        if stored["scoring"] != SCORING:
            message = f"calibration for scoring {stored['scoring']}, this is scoring {SCORING}"
            raise CalibrationMismatch(message)
        return Calibration(
            weights=Weights(**_numbers(stored["weights"], Weights)),
            thresholds=Thresholds(**_numbers(stored["thresholds"], Thresholds)),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"not a calibration: {error}"
        raise CalibrationMismatch(message) from error


def _numbers(values: dict[str, Any], kind: type[Weights | Thresholds]) -> dict[str, float]:
    return {field.name: float(values[field.name]) for field in fields(kind)}


def dump_calibration(calibration: Calibration) -> str:
    """The calibration as it is stored."""
    parts = {
        name: {field.name: round(getattr(part, field.name), 6) for field in fields(part)}
        for name, part in (
            ("weights", calibration.weights),
            ("thresholds", calibration.thresholds),
        )
    }
    return json.dumps({"scoring": SCORING, **parts}, indent=2) + "\n"
