"""Letters for the tests: one to a lender, one to a court, one with a long table."""

from dataclasses import replace
from datetime import date

import pytest

from bot.documents.body import parse_body
from bot.documents.fonts import Fonts, find_fonts
from bot.documents.letter import Kind, Letter, usual_footer
from bot.errors import FontMissing

MADE = date(2026, 11, 23)
FOOTER = usual_footer(MADE, date(2026, 11, 20))

LENDER_BODY = """
本人________，联系电话：________，合同尾号 1234，就贵司产品申请延期还款。

## 一、困难原因

因公司停业失业，欠款余额 12,345.67 元，**以贵司对账为准**。

## 二、申请事项

1. 申请延期至 2027年3月15日 前还款。
2. 申请书面答复。

| 时间 | 每月金额 |
|:--|--:|
| 2026年12月起 | 150.00 |
| **合计** | 450.00 |

请于 2026年12月8日 前书面答复。
"""

COURT_BODY = """
异议人于 2026年11月22日 收到（2026）沪0101民督123号支付令。

## 异议请求

请求裁定终结督促程序。

## 事实与理由

1. 款项已部分清偿。

1. 金额计算有误。
"""


def lender_letter() -> Letter:
    """To a lender, with headings, a list and a table."""
    return Letter(
        title="延期还款申请书",
        blocks=parse_body(LENDER_BODY),
        file="申请书",
        made=MADE,
        addressee="某某消费金融有限公司",
        attachments=("离职证明", "收入流水"),
        signer="申请人",
        blanks=("身份证号", "联系电话"),
        footer=FOOTER,
        required=("书面答复",),
        forbidden=("曝光",),
    )


def court_letter() -> Letter:
    """To a court."""
    return replace(
        lender_letter(),
        title="支付令异议书",
        blocks=parse_body(COURT_BODY),
        kind=Kind.COURT,
        addressee="某某区人民法院",
        signer="异议人",
        required=("异议请求", "民督"),
        forbidden=("分期", "没钱"),
    )


def long_sheet(rows: int = 80) -> Letter:
    """A table with eight columns that goes over several pages."""
    header = "| 序号 | 债权人 | 类型 | 欠款 | 本金 | 逾期起 | 进展 | 月还 |\n" + "|--:" * 8 + "|\n"
    lines = (
        f"| {number} | 债权人{number} | 银行卡 | 1,234.50 | 1,000.00 | 2026年1月1日 | 无 | 35.00 |"
        for number in range(1, rows + 1)
    )
    return Letter(
        title="收支与债务一览表",
        blocks=parse_body(f"## 债务清单\n\n{header}" + "\n".join(lines)),
        file="一览表",
        made=MADE,
        kind=Kind.SHEET,
        signer="本人",
        footer=FOOTER,
    )


def with_body(markdown: str) -> Letter:
    """To a lender, with another body."""
    return replace(lender_letter(), blocks=parse_body(markdown))


def fonts_or_skip() -> Fonts:
    """The fonts of this machine; skips the test where there is no Chinese one."""
    try:
        return find_fonts()
    except FontMissing:
        pytest.skip("no Chinese font on this machine")
