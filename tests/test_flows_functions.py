"""The tools that flows name: numbered evidence, offers of instalments, plans."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.flows.functions import number_evidence, offers, plan

D = Decimal
MONEY = st.decimals(min_value=1, max_value=200_000, places=2)


def test_evidence_keeps_its_number_and_its_name():
    """Marks of a list go, numbers that belong to the name stay, a second mention is no new one."""
    found = number_evidence(
        of=[
            "1. 还款流水\n2、合同复印件。",
            None,
            "证据1：还款流水\n2026年8月流水\n8.5转账截图",
            "- 传票",
        ]
    )
    assert found["marks"] == ["证据1、证据2", "", "证据1、证据3、证据4", "证据5"]
    assert found["lines"] == [
        "证据1：还款流水",
        "证据2：合同复印件",
        "证据3：2026年8月流水",
        "证据4：8.5转账截图",
        "证据5：传票",
    ]


@given(st.lists(st.none() | st.text(max_size=40), max_size=9))
def test_every_mark_has_its_line(texts):
    """Whatever people write, each number that a ground names is in the list, and no other."""
    found = number_evidence(of=texts)
    named = {mark for marks in found["marks"] for mark in marks.split("、") if mark}
    assert named == {line.partition("：")[0] for line in found["lines"]}
    assert len(found["marks"]) == len(texts)


@given(MONEY, MONEY, st.integers(3, 60), st.sampled_from([36, 60]), MONEY)
def test_offers_add_up_and_never_ask_too_much(base, upper, wanted, longest, down):
    """Down payment, rates and the last rate are the whole sum; no rate is beyond what is left."""
    found = offers(base=base, upper=upper, wanted=wanted, longest=longest, down=down)
    for line in found["lines"]:
        paid = min(down, base) + line["rate"] * (line["months"] - 1) + line["last"]
        assert paid == base == line["total"]
        assert line["rate"] <= upper
        assert line["months"] <= longest


def test_no_offer_where_it_does_not_fit():
    """100 a month never pay 100000 within 60 months."""
    found = offers(base=D(100_000), upper=D(100), wanted=60, longest=60)
    assert (found["fits"], found["needed"], found["lines"]) == ("no", 1000, [])
    assert offers(base=D(1), upper=D(0), wanted=3, longest=60)["fits"] == "no"


def test_plan_sees_what_goes_too_far():
    """Sums set by hand that are more than what is left are told."""
    rows = [{"balance": D(5000), "monthly": D(500), "own": D(900), "stage": "filed"}]
    assert plan(debts=rows, amount=D(850), upper=D(1000))["over"] == "no"
    assert plan(debts=rows, amount=D(850), upper=D(899))["over"] == "yes"
    assert plan(debts=rows, amount=D(850), upper=D(1000))["stages"] == ("filed",)
