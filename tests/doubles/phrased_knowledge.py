"""A small knowledge made of values, with enough phrasings that messages find their article."""

from dataclasses import replace
from datetime import date

from bot.knowledge.model import Article, Knowledge, Lexicon, UrgentRule
from bot.search.calibration import Calibration, Thresholds, Weights
from bot.search.model import build_model
from bot.search.searcher import Searcher
from bot.search.tokens import Tokeniser

CALIBRATION = Calibration(
    Weights(likeness=6.0, linear=1.0, long=0.0, none=0.0, strange=2.0, unclear=0.0, brief=1.0),
    Thresholds(answer=0.5, choose=0.3, offered=0.05, urgent=0.3, known=0.2),
)
"""Fits so small a knowledge; what ships is calibrated on the whole content."""

PHRASINGS = {
    "overdue-01": (
        "忘记还款一天有影响吗",
        "花呗晚还两天会怎样",
        "昨天忘了还今天还上算逾期吗",
        "有没有宽限期",
        "晚还一天要紧吗",
        "还款日忘了存钱怎么办",
    ),
    "lawsuit-03": (
        "收到支付令怎么办",
        "支付令异议书怎么写",
        "支付令过了15天",
        "法院发来支付令",
        "没钱能对支付令提异议吗",
        "支付令不理会怎样",
    ),
    "credit-02": (
        "逾期记录几年消除",
        "征信不良记录保留多久",
        "还清后征信五年消掉吗",
        "逾期记录会一直在吗",
        "征信上的逾期什么时候没",
        "花呗逾期记录要多久",
    ),
    "family-04": (
        "老公的网贷我要还吗",
        "离婚了还找我要夫妻债务",
        "夫妻共同债务怎么认定",
        "老婆借的钱我没签字要还吗",
        "前夫欠的债我有责任吗",
        "婚前债务配偶要还吗",
    ),
    "safety-01": ("活着没意思", "撑不下去了", "想死的心都有了", "不想拖累家人了"),
}
NONE = (
    "今天天气怎么样",
    "红烧肉怎么做",
    "花呗怎么开通",
    "快递到哪里了",
    "讲个笑话",
    "公司拖欠工资怎么办",
    "手机没信号了",
    "打开空调",
)
UNCLEAR = ("嗯嗯", "那怎么办", "什么意思", "有个问题", "可以吗", "真的吗", "然后怎么做")


def article(key, phrasings):
    """An article of which only matching reads anything."""
    return Article(
        id=key,
        title=f"标题 {key}",
        category=key.rsplit("-", 1)[0],
        questions=phrasings[:2],
        keywords=(),
        related=(),
        sources=(),
        reviewed=date(2026, 11, 1),
        review_by=date(2099, 1, 1),
        answer="答案。",
        urgent=key.startswith("safety"),
        phrasings=phrasings[2:],
    )


def build(*, reverse=False):
    """The knowledge; reversed, everything in it stands in another order."""
    turn = (lambda items: tuple(reversed(items))) if reverse else tuple
    articles = {key: article(key, texts) for key, texts in turn(tuple(PHRASINGS.items()))}
    lexicon = Lexicon(
        terms=("支付令", "征信", "12378"),
        synonyms=(("老公", "丈夫"), ("怎么办", "咋办", "咋整")),
        products={"花呗": "消费信贷", "白条": "消费信贷"},
        urgent=(
            UrgentRule("safety-01", (("想死", "不想活"),), ("想死你",)),
            UrgentRule("visit-01", (("催收",), ("敲门",))),
        ),
    )
    return Knowledge(
        version="test",
        articles=articles,
        categories=(),
        sources={},
        messages={},
        lexicon=lexicon,
        none=turn(NONE),
        unclear=turn(UNCLEAR),
    )


def with_phrasing(knowledge, key, text):
    """The knowledge after an admin added one phrasing."""
    changed = knowledge.articles[key]
    changed = replace(changed, phrasings=(*changed.phrasings, text))
    return replace(knowledge, articles={**knowledge.articles, key: changed})


def searcher(knowledge=None):
    """A searcher over the knowledge, with the calibration above."""
    knowledge = knowledge or build()
    model = build_model(knowledge, Tokeniser(knowledge.lexicon))
    return Searcher(knowledge, model, CALIBRATION)
