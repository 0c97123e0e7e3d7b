"""What can be paid each month, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tools.capacity import Debt, assess, months_needed, rank, share

D = Decimal
MONEY = st.decimals(min_value=0, max_value=200_000, places=2)


def test_levels_to_the_cent():
    """Income 8000.00, spending 5333.33: the three levels."""
    found = assess(D("8000.00"), D("5333.33"))
    assert found.reserve == D("400.00")
    assert found.free == found.upper == D("2266.67")
    assert found.advised == D("1926.66")
    assert found.lower == D("1066.67")  # not 1360.00: 6400.00 - 5333.33 in a bad month
    assert found.short == 0


def test_reserve_is_at_least_a_hundred():
    """5 % of a small income would not pay for a night in hospital."""
    assert assess(D(1000), D(500)).reserve == 100


def test_own_reserve_counts():
    """The person may set the reserve."""
    assert assess(D(5000), D(3000), D(0)).free == 2000


def test_nothing_left_says_how_much_is_missing():
    """With nothing left every level is nought."""
    found = assess(D(3000), D(3500))
    assert (found.free, found.lower, found.advised, found.short) == (0, 0, 0, 650)


@given(MONEY, MONEY)
def test_levels_are_ordered_and_survive_a_bad_month(income, basic):
    """Never negative, lower <= advised <= upper, and a fifth less income still pays the lower."""
    found = assess(income, basic)
    assert 0 <= found.lower <= found.advised <= found.upper == found.free
    assert found.lower == 0 or found.lower + basic <= income * D("0.8")
    assert found.free == 0 or income == basic + found.reserve + found.free


@pytest.mark.parametrize(
    ("debt", "place"),
    [
        (Debt(D(1), D(1), "payment_order"), 1),
        (Debt(D(1), D(1), "judgment"), 1),
        (Debt(D(1), D(1), home=True), 2),
        (Debt(D(1), D(1), "enforcement"), 3),
        (Debt(D(1), D(1), "visit", secured=True), 4),
        (Debt(D(1), D(1), "visit", card=True, principal=D(50000)), 5),
        (Debt(D(1), D(1), "visit", card=True, principal=D("49999.99")), 7),
        (Debt(D(1), D(1), "phone"), 7),
    ],
)
def test_order_of_paying(debt, place):
    """Deadlines and homes first; shouting is no reason."""
    assert rank(debt) == place


def test_shares_to_the_cent():
    """The urgent minimum first, the rest by balance, cents to the largest remainders."""
    debts = [
        Debt(D("10000.00"), D("900.00"), "phone"),
        Debt(D("5000.00"), D("300.00"), "filed"),
        Debt(D("20000.00"), D("1500.00"), "visit"),
    ]
    parts = share(D("1000.00"), debts)
    # 700.00 over 10000 : 4700 : 20000
    assert parts == (D("201.73"), D("394.81"), D("403.46"))
    assert sum(parts) == D("1000.00")


@given(
    MONEY,
    st.lists(
        st.builds(Debt, MONEY, MONEY, st.sampled_from(["phone", "filed", "visit"])), max_size=8
    ),
)
def test_shares_add_up(amount, debts):
    """Not a cent is lost, none is invented, and no debt gets more than is owed."""
    parts = share(amount, debts)
    assert sum(parts, D(0)) == min(amount, sum((debt.balance for debt in debts), D(0)))
    assert all(part >= 0 for part in parts)


def test_sums_set_by_hand_stay():
    """What a person sets is paid first; the rest is shared among the others, to the cent."""
    debts = [
        Debt(D("10000.00"), D("900.00"), "phone", own=D("250.55")),
        Debt(D("5000.00"), D("300.00"), "filed"),
        Debt(D("20000.00"), D("1500.00"), "visit"),
    ]
    parts = share(D("1000.00"), debts)
    # 749.45: 300.00 for the filed one, then 449.45 over 4700 : 20000
    assert parts == (D("250.55"), D("385.52"), D("363.93"))
    assert share(D("100.00"), debts) == (D("250.55"), D(0), D(0))


def test_months_needed_round_up():
    """A last small rate is a month as well."""
    assert months_needed(D(1000), D(300)) == 4
    assert months_needed(D(1000), D(0)) is None
