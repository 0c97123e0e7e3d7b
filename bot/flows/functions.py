"""The tools that a flow may name under ``computed``; a closed list.

Each takes and gives plain values: a result with parts is a mapping, so that templates and
conditions see no objects of ours. None goes in where an answer is missing; the result then is None.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.tools import capacity, days
from bot.tools.dates import add_months
from bot.tools.money import CENT
from bot.tools.times import is_night

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def days_between(*, start: date, end: date) -> int:
    """Days from one day to another; negative when it lies before."""
    return (end - start).days


def deadline(*, start: date, days_: int, today: date) -> dict[str, Any]:
    """The last day of a period; see ``bot.tools.days``."""
    found = days.deadline(start, days_, today)
    return asdict(found) | {"left": (found.last - today).days}


def past(*, day: date, today: date) -> str:
    """``yes`` once a day is over."""
    return "yes" if today > day else "no"


def add_days(*, start: date, days_: int) -> date:
    """A day so many days later."""
    return start + timedelta(days=days_)


def add_months_to(*, start: date, months: int) -> date:
    """The same day so many months later."""
    return add_months(start, months)


def total(*, of: Sequence[Any]) -> Decimal:
    """The sum of sums; what is missing counts as nought."""
    return sum((Decimal(item) for item in of if item is not None), Decimal(0))


def difference(*, of: Decimal, less: Decimal) -> Decimal:
    """One sum less another."""
    return of - less


def first_known(*, of: Sequence[Any]) -> Any:
    """The first of several values that is there."""
    return next((item for item in of if item is not None), None)


def heaviest(*, of: Mapping[str, Decimal], income: Decimal) -> int:
    """The largest of named sums in percent of an income; 0 without income."""
    largest = max((value for key, value in of.items() if key != "total"), default=Decimal(0))
    return round(largest * 100 / income) if income else 0


def night(*, at: datetime) -> str:
    """``yes`` between 22:00 and 8:00."""
    return "yes" if is_night(at.time()) else "no"


def clock(*, at: datetime) -> str:
    """The time of day as ``21:30``."""
    return f"{at:%H:%M}"


def assess(*, income: Decimal, basic: Decimal, reserve: Decimal | None = None) -> dict[str, Any]:
    """What can be paid each month; see ``bot.tools.capacity``."""
    return asdict(capacity.assess(income, basic, reserve))


def plan(*, debts: Sequence[Mapping[str, Any]], amount: Decimal) -> dict[str, Any]:
    """Shares a month's money among debts and puts them in the order of paying."""
    owed = [_debt(row) for row in debts]
    parts = capacity.share(amount, owed)
    lines = [
        {
            **row,
            "rank": capacity.rank(debt),
            "share": part,
        }
        for row, debt, part in zip(debts, owed, parts, strict=True)
    ]
    return {
        "lines": sorted(lines, key=lambda line: line["rank"]),
        "balance": sum((debt.balance for debt in owed), Decimal(0)),
        "monthly": sum((debt.monthly for debt in owed), Decimal(0)),
        "share": sum(parts, Decimal(0)),
    }


def _debt(row: Mapping[str, Any]) -> capacity.Debt:
    """Names of the fields as in ``knowledge/flows/capacity.yaml``."""
    backing = row.get("backing") or ()
    return capacity.Debt(
        balance=row.get("balance") or Decimal(0),
        monthly=row.get("monthly") or Decimal(0),
        stage=row.get("stage") or "",
        secured=bool({"guarantor", "pledge", "joint"} & set(backing)),
        home="home" in backing,
        card=row.get("lender_type") == "card",
        principal=row.get("principal") or row.get("balance") or Decimal(0),
    )


def claim(
    *,
    shown: Decimal,
    sums: Mapping[str, Decimal] | None = None,
    requests: Sequence[str] | None = None,
) -> Decimal:
    """What a plan starts from: the named sums, without penalties whose waiver is asked for.

    Args:
        shown: the whole balance that the lender shows, where the sums are not known.
        sums: with ``penalty`` and ``total``.
        requests: with ``waive`` among them where a waiver is asked for.
    """
    if sums is None or not sums["total"]:
        return shown
    return sums["total"] - (sums["penalty"] if "waive" in (requests or ()) else Decimal(0))


def longest_term(*, lender_type: str) -> int:
    """Most months of a plan: five years for cards (信用卡办法 70), three as a rule elsewhere."""
    return 60 if lender_type == "card" else 36


def offers(*, base: Decimal, upper: Decimal, wanted: int, longest: int) -> dict[str, Any]:
    """Three offers of equal monthly rates: wanted, acceptable, last; and the least of months.

    Args:
        base: what is to be paid in all, in yuan.
        upper: most that can be paid each month.
        wanted: months that the person wishes.
        longest: most months that fit.
    """
    needed = capacity.months_needed(base, upper)
    if needed is None:
        return {"needed": None, "fits": "no", "lines": []}
    terms = sorted({min(longest, max(needed, term)) for term in (wanted, needed * 2, needed)})
    lines = [_offer(base, months) for months in reversed(terms)] if needed <= longest else []
    return {"needed": needed, "fits": "yes" if needed <= longest else "no", "lines": lines}


def _offer(base: Decimal, months: int) -> dict[str, Any]:
    rate = (base / months).quantize(CENT)
    last = base - rate * (months - 1)
    return {"months": months, "rate": rate, "last": last, "total": base}


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "add_days": add_days,
    "add_months": add_months_to,
    "assess": assess,
    "claim": claim,
    "clock": clock,
    "days_between": days_between,
    "deadline": deadline,
    "difference": difference,
    "first_known": first_known,
    "heaviest": heaviest,
    "longest_term": longest_term,
    "night": night,
    "offers": offers,
    "past": past,
    "plan": plan,
    "total": total,
}
"""Name in a flow file to the function."""

OPTIONAL: Final = frozenset({"reserve", "sums", "requests"})
"""Arguments that may be missing."""


def call(name: str, arguments: Mapping[str, Any]) -> Any:
    """The result of a tool, or None where an argument is missing."""
    if any(value is None for key, value in arguments.items() if key not in OPTIONAL):
        return None
    renamed = {"days_" if key == "days" else key: value for key, value in arguments.items()}
    return FUNCTIONS[name](**renamed)
