"""Sums of money as people write them: 3200, 3,200.50, 1.2万, 三千五, 两千块."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from bot.errors import AnswerRefused, Refusal
from bot.tools.numerals import read_numeral

LARGEST: Final = Decimal(10_000_000)
"""Yuan; more than that is no consumer debt."""
CENT: Final = Decimal("0.01")

_NOTHING: Final = frozenset({"没有", "无", "没", "零", "没有了", "一分没有", "无收入"})
_AROUND: Final = re.compile(
    r"^(?:大概|大约|约|差不多|应该是|应该|就是|是|共|总共|一共|每月|人民币|rmb|[¥$￥])+|(?:左右|上下|整|rmb|人民币|吧|的样子)+$"
)
_COINS: Final = re.compile(
    r"(?P<yuan>.+?)[元块](?:(?P<jiao>[\d一二两三四五六七八九])[角毛]?)?(?:(?P<fen>[\d一二三四五六七八九])分)?"
)
_DIGITS: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_SCALED: Final = re.compile(rf"(?P<number>{_DIGITS.pattern})(?P<scale>[万千百])")
_SPOKEN: Final = re.compile(r"[\d零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟廿]+")
_SCALES: Final = {"万": 10_000, "千": 1_000, "百": 100}
_NUMERALS: Final = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}


def read_money(text: str) -> Decimal:
    """Reads one sum, in yuan, with two decimals.

    Args:
        text: what a person wrote.

    Raises:
        AnswerRefused: ``money_unclear``, ``money_negative``, ``money_large`` or ``money_decimals``.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).lower())
    plain = _AROUND.sub("", plain).removesuffix("钱")
    plain = plain.replace("w", "万").replace("k", "千")
    if plain in _NOTHING:
        return Decimal(0).quantize(CENT)
    if plain.startswith(("-", "负")):
        raise AnswerRefused(Refusal.MONEY_NEGATIVE)
    amount = _amount(plain)
    if amount is None:
        raise AnswerRefused(Refusal.MONEY_UNCLEAR, text=text.strip()[:40])
    if amount > LARGEST:
        raise AnswerRefused(Refusal.MONEY_LARGE, limit=write_money(LARGEST))
    if amount != amount.quantize(CENT):
        raise AnswerRefused(Refusal.MONEY_DECIMALS)
    return amount.quantize(CENT)


def write_money(amount: Decimal) -> str:
    """The sum in digits: ``3,200.50元``, ``3,200元``."""
    written = f"{amount.quantize(CENT):,.2f}".removesuffix(".00")
    return f"{written}元"


def _amount(plain: str) -> Decimal | None:
    coins = _COINS.fullmatch(plain)
    if coins is None:
        return _number(plain)
    whole = _number(coins["yuan"])
    if whole is None:
        return None
    if (coins["jiao"] or coins["fen"]) and whole != whole.to_integral_value():
        return None
    return whole + _numeral(coins["jiao"]) / 10 + _numeral(coins["fen"]) / 100


def _numeral(character: str | None) -> Decimal:
    if character is None:
        return Decimal(0)
    return Decimal(_NUMERALS.get(character) or int(character))


def _number(plain: str) -> Decimal | None:
    if _DIGITS.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    scaled = _SCALED.fullmatch(plain)
    if scaled:
        return Decimal(scaled["number"].replace(",", "")) * _SCALES[scaled["scale"]]
    if not _SPOKEN.fullmatch(plain):
        return None
    try:
        return Decimal(str(read_numeral(plain)))
    except (ValueError, KeyError, IndexError):
        return None
