"""A knowledge folder with two articles, whole and without a fault, to be damaged by tests."""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).parent.parent.parent / "knowledge"

DOOR = """\
---
id: visit-01
title: 门口有人
category: visit
urgent: true
questions:
  - 催收在我家门口
keywords: [门口]
not_for:
  - visit-02: 人还没来
related: [visit-02, visit-03, visit-04]
sources: [民法典#1033]
reviewed: 2026-11-01
review_by: 2099-01-01
---
先别开门，打开手机录像。

## 现在怎么做
1. 反锁门。
2. 打 110。

## 可以这样说
> 请你离开。
>
> （打 110）有人堵门。

## 不要做
- 不要开门。

## 依据
- 民法典#1033：没有你的同意，不得进入住宅。

## 网上说法核对
- 网上说：“上门就违法”。实际：不当然违法。

## 展开
一段话。

- 一条
- 两条
"""

OTHER = """\
---
id: {id}
title: 第{id}篇
category: visit
questions:
  - 问题{id}
keywords: [走访]
related: [{related}]
sources: []
reviewed: 2026-11-01
review_by: 2099-01-01
---
一句话。

## 现在怎么做
1. 做一件事。

## 不要做
- 不要做这件事。

## 依据
- 推论：由常理推出。
"""

SOURCES = """\
民法典:
  title: 中华人民共和国民法典
  level: 法律
  issuer: 全国人民代表大会
  verified: 原文
  effective: 2021-01-01
  articles:
    "1033": 不得侵害他人隐私
某报道:
  title: 某报的报道
  level: 公开报道
  issuer: 某报
  verified: 二手
"""

CATEGORIES = "- {id: visit, title: 有人上门, intro: 门口有人}\n"
HOTLINES = """\
"110": {name: 报警, handles: 危险, verified: true, source: 民法典#1033, checked: 2026-11-01}
"""
GLOSSARY = """\
reviewed: 2026-11-01
review_by: 2099-01-01
groups:
  - title: 征信
    terms:
      呆账:
        says: 很久没收回的账。
        matters: 要主动问。
        asked: [坏账]
        article: visit-02
      隐私:
        says: 不想让别人知道的事。
        matters: 别人不得侵害。
        sources: [民法典#1033]
        also: [私事]
        article: visit-03
  - title: 法院
    terms:
      传票:
        says: 通知开庭的文书。
        matters: 记下日期。
"""
LENDERS = """\
reviewed: 2026-11-01
review_by: 2099-01-01
cards:
  baitiao:
    title: 白条
    names: [京东白条]
    law: 看合同。
    lender: 看借据。
    channel: 从 App 内官方客服进入。
    contract: [放款方]
    rules: ['民法典#1033：不得侵害他人隐私。', '推论：看合同。']
    may_be: [bank]
    articles: [visit-02]
  bank:
    title: 银行
    names: [银行贷款]
    law: 借款。
    lender: 银行。
    channel: 官方 App。
    contract: [利率]
    rules: ['推论：看合同。']
"""


def build(folder: Path) -> Path:
    """Writes the folder and returns it."""
    articles = folder / "articles" / "visit"
    articles.mkdir(parents=True)
    (articles / "visit-01.md").write_text(DOOR, "utf-8")
    names = ["visit-01", "visit-02", "visit-03", "visit-04"]
    for name in names[1:]:
        related = ", ".join(other for other in names if other != name)
        text = OTHER.format(id=name, related=related).replace(
            "sources: []", "sources: [民法典#1033]"
        )
        text += "- 民法典#1033：不得侵害他人隐私。\n"
        (articles / f"{name}.md").write_text(text, "utf-8")
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    (folder / "categories.yaml").write_text(CATEGORIES, "utf-8")
    (folder / "hotlines.yaml").write_text(HOTLINES, "utf-8")
    (folder / "glossary.yaml").write_text(GLOSSARY, "utf-8")
    (folder / "lenders.yaml").write_text(LENDERS, "utf-8")
    shutil.copy(SHIPPED / "messages.yaml", folder)
    (folder / "lexicon").mkdir()
    shutil.copy(SHIPPED / "lexicon" / "forbidden.yaml", folder / "lexicon")
    return folder
