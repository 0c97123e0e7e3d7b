"""The tools that a flow may name under ``computed``; a closed list.

Each takes and gives plain values: a result with parts is a mapping, so that templates and
conditions see no objects of ours. None goes in where an answer is missing; the result then is None.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.tools import capacity, days
from bot.tools.dates import add_months
from bot.tools.money import CENT
from bot.tools.times import is_night

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


_LISTED: Final = re.compile(
    r"^\s*(?:(?:证据)?\s*\d{1,2}\s*[.、：:)）]+(?!\d)|[-•·])?\s*|[\s。；;，,]+$"
)
"""What a person may put before or after the name of a thing in a list."""


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


def plan(*, debts: Sequence[Mapping[str, Any]], amount: Decimal, upper: Decimal) -> dict[str, Any]:
    """Shares a month's money among debts and puts them in the order of paying.

    Args:
        debts: rows with the names of ``knowledge/flows/capacity.yaml``.
        amount: what is shared among the debts for which the person has no sum of their own.
        upper: most that can be paid each month; ``over`` says whether the sums go beyond it.
    """
    owed = [_debt(row) for row in debts]
    parts = capacity.share(amount, owed)
    lines = [
        {**row, "rank": capacity.rank(debt), "share": part}
        for row, debt, part in zip(debts, owed, parts, strict=True)
    ]
    share = sum(parts, Decimal(0))
    return {
        "lines": sorted(lines, key=lambda line: line["rank"]),
        "balance": sum((debt.balance for debt in owed), Decimal(0)),
        "monthly": sum((debt.monthly for debt in owed), Decimal(0)),
        "share": share,
        "over": "yes" if share > upper else "no",
        "stages": tuple(debt.stage for debt in owed),
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
        own=row.get("own"),
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


def offers(
    *, base: Decimal, upper: Decimal, wanted: int, longest: int, down: Decimal | None = None
) -> dict[str, Any]:
    """Three offers of equal monthly rates: wanted, acceptable, last; and the least of months.

    Args:
        base: what is to be paid in all, in yuan.
        upper: most that can be paid each month.
        wanted: months that the person wishes.
        longest: most months that fit.
        down: paid at once; the rest is shared out.
    """
    rest = max(Decimal(0), base - (down or Decimal(0)))
    needed = capacity.months_needed(rest, upper)
    if needed is None:
        return {"needed": None, "fits": "no", "lines": []}
    needed = max(1, needed)
    terms = sorted({min(longest, max(needed, term)) for term in (wanted, needed * 2, needed)})
    lines = [_offer(base, rest, months) for months in reversed(terms)] if needed <= longest else []
    return {"needed": needed, "fits": "yes" if needed <= longest else "no", "lines": lines}


def _offer(base: Decimal, rest: Decimal, months: int) -> dict[str, Any]:
    # Rounded down, so that no rate is beyond what can be paid; the last one has the cents.
    rate = (rest / months).quantize(CENT, ROUND_DOWN)
    last = rest - rate * (months - 1)
    return {"months": months, "rate": rate, "last": last, "total": base}


def number_evidence(*, of: Sequence[str | None]) -> dict[str, Any]:
    """Numbers what several texts name, one thing a line: 证据1, 证据2 and so on.

    What is named twice keeps its first number.

    Args:
        of: one text for each ground; None where nothing was named.

    Returns:
        ``marks``, one text for each ground such as ``证据1、证据2``, and ``lines`` for the list.
    """
    numbers: dict[str, int] = {}
    marks = []
    for text in of:
        names = [name for line in (text or "").splitlines() if (name := _LISTED.sub("", line))]
        found = sorted({numbers.setdefault(name, len(numbers) + 1) for name in names})
        marks.append("、".join(f"证据{number}" for number in found))
    lines = [f"证据{number}：{name}" for name, number in numbers.items()]
    return {"marks": marks, "lines": lines}


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
    "number_evidence": number_evidence,
    "offers": offers,
    "past": past,
    "plan": plan,
    "total": total,
}
"""Name in a flow file to the function."""

OPTIONAL: Final = frozenset({"reserve", "sums", "requests", "down"})
"""Arguments that may be missing."""


def call(name: str, arguments: Mapping[str, Any]) -> Any:
    """The result of a tool, or None where an argument is missing."""
    if any(value is None for key, value in arguments.items() if key not in OPTIONAL):
        return None
    renamed = {"days_" if key == "days" else key: value for key, value in arguments.items()}
    return FUNCTIONS[name](**renamed)
