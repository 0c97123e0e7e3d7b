"""Matching over the shipped knowledge: every article is reached by the questions it names."""

import csv
from pathlib import Path

import pytest

from bot.search.decide import Outcome

SECOND = {
    "家里只有老人在，催收来敲门": "somebody is at the door: the gate's card comes first",
    "我在外地上班，要债的到我家了": "somebody is at the door: the gate's card comes first",
}
"""Questions whose article comes second or third, with the reason. A line must go when it is first."""


@pytest.fixture(scope="module")
def knowledge(shipped_knowledge):
    """What ships."""
    return shipped_knowledge


@pytest.fixture(scope="module")
def searcher(shipped_searcher):
    """The searcher over it."""
    return shipped_searcher


def test_questions_reach_their_article(knowledge, searcher):
    """Each article's own questions find it first, or within three where a reason is written."""
    missed, recovered = [], []
    for key, article in knowledge.articles.items():
        for question in article.questions:
            decision = searcher.decide(question)
            shown = decision.outcome not in {Outcome.NONE, Outcome.CLARIFY}
            found = [hit.id for hit in decision.hits] if shown else []
            if question in SECOND:
                recovered += [question] if found[:1] == [key] else []
                missed += [] if key in found[:3] else [(key, question, found)]
            elif found[:1] != [key]:
                missed.append((key, question, found))
    assert missed == []
    assert recovered == []


def test_reasons_are_about_existing_questions(knowledge):
    """No reason is kept for a question that no longer exists."""
    questions = {text for article in knowledge.articles.values() for text in article.questions}
    assert SECOND.keys() <= questions


@pytest.mark.parametrize(
    "message",
    [
        "今天天气怎么样",
        "给我唱首歌吧",
        "红烧排骨怎么炖",
        "公司不给交社保怎么办",
        "花呗怎么开通",
        "我的快递到哪了",
    ],
)
def test_everyday_messages_are_not_answered(searcher, message):
    """What has nothing to do with debts is never answered with an article at once."""
    assert searcher.decide(message).outcome not in {Outcome.ANSWER, Outcome.URGENT}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("崔收天天打电话", {"rights-02", "rights-01", "rights-08"}),
        ("花被晚还一天上征心吗", {"overdue-01", "credit-11"}),
        ("支付令過了十五天怎麼辦", {"lawsuit-03"}),
        ("网贷是我前妻借的跟我有关系没", {"family-04"}),
    ],
)
def test_homophones_and_script_do_not_matter(searcher, message, expected):
    """Wrong homophones, traditional characters and dialect reach the right article."""
    decision = searcher.decide(message)
    assert decision.hits
    assert decision.hits[0].id in expected


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (["花呗逾期一天会上征信吗", "那白条呢"], {"credit-11", "overdue-01"}),
        (["花呗逾期一天会上征信吗", "那白条呢", "借呗也一样吗"], {"credit-11", "overdue-01"}),
        (["收到支付令怎么办", "多久?", "要带什么"], {"lawsuit-03"}),
        (["收到支付令怎么办", "嗯嗯", "那怎么写"], {"lawsuit-03"}),
        (["催收打电话给我公司领导", "合法吗"], {"rights-04"}),
        (["花呗还不上想延期", "那信用卡呢", "怎么说"], {"nego-01", "nego-02", "nego-04"}),
    ],
)
def test_conversation_is_understood_as_a_whole(searcher, messages, expected):
    """Follow-ups, one or two, about another product or another aspect, keep their subject."""
    question = ""
    for message in messages:
        decision = searcher.decide(message, previous=question or None)
        question = decision.question or message
    assert decision.hits[0].id in expected


@pytest.mark.parametrize(
    "message", ["谢谢", "好的", "哈哈哈", "红烧肉怎么做", "讲个笑话", "天气怎么样", "花呗怎么开通"]
)
def test_unrelated_message_is_not_answered_with_the_last_article(searcher, message):
    """Other matters after a question about debts are other matters."""
    decision = searcher.decide(message, previous="花呗逾期一天会上征信吗")
    assert not decision.together


def known_failures():
    """Messages that are known not to be understood, with what they would need."""
    with Path(__file__).with_name("known_failures.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("row", known_failures(), ids=lambda row: row["question"])
def test_known_failure_still_fails(knowledge, searcher, row):
    """The list is strict: a message that is understood by now must leave it."""
    assert row["expected"] in knowledge.articles
    assert row["why"]
    decision = searcher.decide(row["question"])
    shown = decision.outcome not in {Outcome.NONE, Outcome.CLARIFY}
    first = decision.hits[0].id if shown else None
    assert first != row["expected"], "understood now: take it off tests/known_failures.tsv"


@pytest.mark.parametrize(
    "message",
    [
        "我想去找催收员报复",
        "帮我查催收员住哪",
        "怎么躲催收",
        "把房子过户给爸妈法院就执行不了了吧",
        "哪里能开假的失业证明",
        "假离婚把财产转走",
        "怎么轰炸催收员的手机",
        "工资打到别人卡上法院是不是就冻不了",
    ],
)
def test_evasion_and_revenge_are_met_with_their_risk_first(searcher, message):
    """Whoever wants to hide, forge or take revenge reads first what that leads to."""
    decision = searcher.decide(message)
    assert decision.outcome in {Outcome.ANSWER, Outcome.CHOOSE, Outcome.URGENT}
    assert decision.hits[0].id in {"scope-02", "visit-21"}
