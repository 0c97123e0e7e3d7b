"""Whether a condition of a flow holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.knowledge.flow_model import Every, Reference, Some, Test

if TYPE_CHECKING:
    from bot.knowledge.flow_model import Condition

Lookup = Callable[[str], Any]
"""Value of a name, with a part after a dot; None where it is missing or was skipped."""


def holds(condition: Condition | None, lookup: Lookup) -> bool:
    """Whether a condition holds; no condition always does.

    A comparison with a missing value does not hold, whatever it asks, except ``unknown``.
    """
    match condition:
        case None:
            return True
        case Every(parts):
            return all(holds(part, lookup) for part in parts)
        case Some(parts):
            return any(holds(part, lookup) for part in parts)
        case Test():
            return _test(condition, lookup)


def _test(test: Test, lookup: Lookup) -> bool:  # noqa: PLR0911, one for each verb
    value = lookup(test.name)
    other = lookup(test.value.name) if isinstance(test.value, Reference) else test.value
    known = value not in {None, "", "unsure"} if isinstance(value, str | None) else True
    if test.verb == "known":
        return known
    if test.verb == "unknown":
        return not known
    if value is None or other is None:
        return False
    match test.verb:
        case "is":
            return _equal(value, other)
        case "not":
            return not _equal(value, other)
        case "any_of":
            options = other if isinstance(other, tuple) else (other,)
            return any(_equal(value, option) for option in options)
        case "has":
            options = other if isinstance(other, tuple) else (other,)
            return isinstance(value, tuple) and any(str(option) in value for option in options)
        case _:
            return _compare(test.verb, value, other)


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, tuple):
        return str(other) in value
    if isinstance(value, Decimal | int) and isinstance(other, Decimal | int | float):
        return Decimal(value) == Decimal(str(other))
    return str(value) == str(other)


def _compare(verb: str, value: Any, other: Any) -> bool:
    numbers = isinstance(value, Decimal | int) and isinstance(other, Decimal | int | float)
    if numbers:
        left, right = Decimal(value), Decimal(str(other))
        return left < right if verb == "less" else left > right
    for kind in (datetime, date, time):
        if isinstance(value, kind) and isinstance(other, kind):
            return value < other if verb == "less" else value > other  # type: ignore[operator]
    return False
