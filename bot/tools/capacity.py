"""What a household can pay each month, and how to share it among debts; exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import TYPE_CHECKING, Final

from bot.tools.money import CENT

if TYPE_CHECKING:
    from collections.abc import Sequence

RESERVE_SHARE: Final = Decimal("0.05")
RESERVE_LEAST: Final = Decimal(100)
LOWER_SHARE: Final = Decimal("0.60")
ADVISED_SHARE: Final = Decimal("0.85")
STRESS: Final = Decimal("0.80")
"""Income in a bad month, as a part of the usual one."""
LARGE_CARD_PRINCIPAL: Final = Decimal(50_000)
"""Yuan; from here a card debt needs special care (妨害信用卡管理解释 8)."""
FIRST_RANKS: Final = 4
"""Ranks whose minimum is paid before anything else."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A month's money, in yuan."""

    income: Decimal
    basic: Decimal
    """Necessary spending."""
    reserve: Decimal
    free: Decimal
    """What is left for all debts together; never negative."""
    short: Decimal
    """What is missing for necessary spending and reserve; 0 when something is left."""
    lower: Decimal
    """保底: safe even when income falls by a fifth."""
    advised: Decimal
    """建议."""
    upper: Decimal
    """上限: everything that is left."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One debt, as far as the order of paying needs it."""

    balance: Decimal
    monthly: Decimal
    stage: str = ""
    """``none``, ``phone``, ``visit``, ``lawyer``, ``mediation``, ``payment_order``, ``filed``,
    ``judgment`` or ``enforcement``."""
    secured: bool = False
    """A guarantor, a pledge or a mortgage stands behind it."""
    home: bool = False
    """It keeps the home or the tool of the trade."""
    card: bool = False
    principal: Decimal = Decimal(0)
    own: Decimal | None = None
    """The monthly sum that the person has set by hand."""


def assess(income: Decimal, basic: Decimal, reserve: Decimal | None = None) -> Capacity:
    """What can be paid each month.

    Args:
        income: all income of a month; where it varies, the lowest of three months.
        basic: sum of necessary spending.
        reserve: set aside for emergencies; 5 % of income, at least 100, unless given.
    """
    if reserve is None:
        reserve = max(_down(income * RESERVE_SHARE), RESERVE_LEAST)
    left = income - basic - reserve
    free = max(Decimal(0), left).quantize(CENT)
    # In a bad month the reserve may be used up, but the promise must still hold.
    in_need = max(Decimal(0), _down(income * STRESS) - basic)
    return Capacity(
        income=income,
        basic=basic,
        reserve=reserve,
        free=free,
        short=max(Decimal(0), -left).quantize(CENT),
        lower=min(_down(free * LOWER_SHARE), in_need).quantize(CENT),
        advised=_down(free * ADVISED_SHARE),
        upper=free,
    )


def rank(debt: Debt) -> int:
    """The place of a debt in the order of paying, 1 first; how loud a collector is has no place.

    1 court papers with a time limit, 2 home and livelihood, 3 enforcement, 4 guarantor or pledge,
    5 card with 50 000 of principal or more, 7 everything else (6, the dearest of them, needs the
    cost of each and is explained, not computed).
    """
    if debt.stage in {"mediation", "payment_order", "filed", "judgment"}:
        return 1
    if debt.home:
        return 2
    if debt.stage == "enforcement":
        return 3
    if debt.secured:
        return 4
    if debt.card and debt.principal >= LARGE_CARD_PRINCIPAL:
        return 5
    return 7


def share(amount: Decimal, debts: Sequence[Debt]) -> tuple[Decimal, ...]:
    """Splits a month's money among debts; the parts add up to it, or to all that is owed.

    What a person has set by hand stays as it is. Of what is left, ranks 1 to 4 get their monthly
    minimum first, in that order; the rest is shared by balance.

    Args:
        amount: yuan, two decimals; sums set by hand may go beyond it.
        debts: in the person's order; the result has the same order.
    """
    parts = [debt.own or Decimal(0) for debt in debts]
    left = max(Decimal(0), amount - sum(parts, Decimal(0)))
    for number in sorted(range(len(debts)), key=lambda index: rank(debts[index])):
        if debts[number].own is None and rank(debts[number]) <= FIRST_RANKS:
            parts[number] = min(debts[number].monthly, debts[number].balance, left)
            left -= parts[number]
    open_parts = [
        debt.balance - part if debt.own is None else Decimal(0)
        for debt, part in zip(debts, parts, strict=True)
    ]
    extra = _by_balance(min(left, sum(open_parts, Decimal(0))), open_parts)
    return tuple((part + more).quantize(CENT) for part, more in zip(parts, extra, strict=True))


def months_needed(base: Decimal, monthly: Decimal) -> int | None:
    """How many months a monthly sum needs; None when it never ends."""
    if monthly <= 0:
        return None
    return int((base / monthly).to_integral_value(ROUND_UP))


def _by_balance(amount: Decimal, balances: Sequence[Decimal]) -> list[Decimal]:
    """Shares an amount in proportion, cents to the largest remainders."""
    total = sum(balances, Decimal(0))
    if not total or not amount:
        return [Decimal(0)] * len(balances)
    exact = [amount * balance / total for balance in balances]
    parts = [_down(value) for value in exact]
    missing = int((amount - sum(parts, Decimal(0))) / CENT)
    order = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for number in order[:missing]:
        parts[number] += CENT
    return parts


def _down(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_DOWN)
