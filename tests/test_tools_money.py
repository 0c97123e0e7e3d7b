"""Sums of money as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AnswerRefused
from bot.tools.money import LARGEST, read_money, write_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("3200", "3200"),
        ("3,200.50", "3200.50"),
        ("3，200.5", "3200.50"),
        ("1.2万", "12000"),
        ("1w", "10000"),
        ("1w2", "12000"),
        ("1.5k", "1500"),
        ("1万2", "12000"),
        ("1万200", "10200"),
        ("三千五", "3500"),
        ("三千五百", "3500"),
        ("两千块", "2000"),
        ("两千块钱", "2000"),
        ("一万零五十", "10050"),
        ("五百二", "520"),
        ("三块五", "3.50"),
        ("12元3角4分", "12.34"),
        ("¥ 800", "800"),
        ("大概3000左右", "3000"),
        ("没有", "0"),
        ("0", "0"),
        ("３２００元", "3200"),
        ("10000000", "10000000"),
    ],
)
def test_money_is_read(text, amount):
    """Digits, units, Chinese numerals and mixtures of them."""
    assert read_money(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "money_unclear"),
        ("两三千", "money_unclear"),
        ("三千多", "money_unclear"),
        ("十几万", "money_unclear"),
        ("3000-5000", "money_unclear"),
        ("3000到5000", "money_unclear"),
        ("3,20", "money_unclear"),
        ("3.200,50", "money_unclear"),
        ("1.2万5", "money_unclear"),
        ("本金3000", "money_unclear"),
        ("-5", "money_negative"),
        ("负三百", "money_negative"),
        ("10000001", "money_large"),
        ("1亿", "money_unclear"),
        ("3.005", "money_decimals"),
        ("1e9", "money_unclear"),
    ],
)
def test_doubtful_money_is_asked_again(text, fault):
    """What may mean two sums, or none, is refused with its reason."""
    with pytest.raises(AnswerRefused) as refused:
        read_money(text)
    assert refused.value.fault == fault


@given(st.decimals(min_value=0, max_value=LARGEST, places=2))
def test_written_money_reads_back(amount):
    """What the bot echoes is read as the same sum."""
    assert read_money(write_money(amount)) == amount


@given(st.text(max_size=30) | st.text("0123456789.,万千百十一二三块元w", max_size=12))
def test_any_text_is_a_sum_or_refused(text):
    """Nothing else comes out, whatever is written."""
    try:
        amount = read_money(text)
    except AnswerRefused:
        return
    assert 0 <= amount <= LARGEST
    assert amount == amount.quantize(Decimal("0.01"))
