"""The whole decision on a small knowledge."""

import threading

import pytest
from doubles import phrased_knowledge
from hypothesis import given
from hypothesis import strategies as st

from bot.search.decide import OFFERED, Outcome

SEARCHER = phrased_knowledge.searcher()
REVERSED = phrased_knowledge.searcher(phrased_knowledge.build(reverse=True))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("忘记还款一天有影响吗", "overdue-01"),
        ("晚还一天有影响不", "overdue-01"),
        ("收到支付令咋整", "lawsuit-03"),
        ("支付令異議書怎麼寫", "lawsuit-03"),
        ("支付另怎么办", "lawsuit-03"),
        ("逾期记录几年能消", "credit-02"),
        ("丈夫的网贷我要还吗", "family-04"),
    ],
)
def test_message_finds_its_article(message, expected):
    """Synonyms, traditional characters and homophones reach the same article."""
    decision = SEARCHER.decide(message)
    assert decision.outcome in {Outcome.ANSWER, Outcome.CHOOSE}
    assert decision.hits[0].id == expected


@pytest.mark.parametrize("message", ["今天天气怎么样", "红烧肉怎么做才好吃", "打开空调"])
def test_other_matters_get_no_article(message):
    """What deserves no article is not answered with one."""
    assert SEARCHER.decide(message).outcome in {Outcome.NONE, Outcome.CLARIFY}


@pytest.mark.parametrize("message", ["", " ", "😀😀😀", "\x00\x01\x02", "？？？", "\u202e\u200b"])
def test_nothing_to_read_is_asked_back(message):
    """Without a word in it a message is asked back, and no article is guessed."""
    decision = SEARCHER.decide(message)
    assert (decision.outcome, decision.hits) == (Outcome.CLARIFY, ())


@pytest.mark.parametrize("piece", ["字", "x ", "😀", "支付令", "1", "((((", "a?"])
def test_megabyte_is_decided(piece):
    """A message of a megabyte is decided like any other."""
    assert SEARCHER.decide(piece * (1_000_000 // len(piece))).outcome in set(Outcome)


def test_gate_comes_first():
    """A rule of the gate decides whatever else the message says."""
    decision = SEARCHER.decide("收到支付令怎么办，我不想活了")
    assert decision.outcome is Outcome.URGENT
    assert decision.hits[0].id == "safety-01"
    assert decision.rule.startswith("gate")


def test_gate_without_its_card_is_silent():
    """A rule whose card does not exist decides nothing."""
    assert SEARCHER.decide("催收在敲门").outcome is not Outcome.URGENT


def test_urgent_article_found_by_matching():
    """When matching, not the gate, finds an urgent article, the outcome is urgent all the same."""
    decision = SEARCHER.decide("活着真没意思啊")
    assert decision.outcome is Outcome.URGENT
    assert decision.rule == "urgent-article"


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("征信不良记录保留多久", Outcome.ANSWER),
        ("撑不下去了", Outcome.URGENT),
        ("打开空调", Outcome.NONE),
        ("有个问题", Outcome.CLARIFY),
    ],
)
def test_known_message_decides_by_itself(message, outcome):
    """A message that an admin wrote down word for word needs no probability."""
    decision = SEARCHER.decide(message)
    assert (decision.outcome, decision.rule) == (outcome, "known-message")


def test_short_message_is_understood_with_the_one_before():
    """A message that says nothing alone takes its subject from the one before."""
    assert SEARCHER.decide("然后怎么做").outcome in {Outcome.CLARIFY, Outcome.NONE}
    decision = SEARCHER.decide("然后怎么做", previous="收到支付令")
    assert decision.hits[0].id == "lawsuit-03"
    assert decision.rule.endswith("with previous")


def test_small_talk_is_not_a_question_about_the_one_before():
    """A known message that deserves no article does not bring the last answer back."""
    decision = SEARCHER.decide("讲个笑话", previous="收到支付令怎么办")
    assert decision.outcome is Outcome.NONE


def test_clear_message_needs_none_before():
    """A message that is clear alone is not changed by the one before."""
    assert SEARCHER.decide("支付令异议书怎么写", previous="逾期记录几年消除") == SEARCHER.decide(
        "支付令异议书怎么写"
    )


@given(st.text(max_size=200), st.none() | st.text(max_size=50))
def test_any_text_is_decided(text, previous):
    """Every text gives a decision whose hits are articles, ranked, at most four."""
    decision = SEARCHER.decide(text, previous=previous)
    scores = [hit.score for hit in decision.hits]
    assert len(scores) <= OFFERED
    if decision.outcome is Outcome.CHOOSE:
        assert len(scores) > 1
    if decision.outcome in {Outcome.ANSWER, Outcome.URGENT}:
        assert scores
    if decision.rule in {"sure", "several"}:
        assert scores == sorted(scores, reverse=True)


WORDS = (
    "支付令",
    "花呗",
    "逾期",
    "怎么办",
    "老公",
    "还",
    "记录",
    "没有",
    "吗",
    "天气",
    "想死",
    "，",
)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_order_of_knowledge_does_not_matter(text):
    """The same content in another order decides the same, to the last digits of a float."""
    here, there = SEARCHER.decide(text), REVERSED.decide(text)
    assert (here.outcome, here.rule) == (there.outcome, there.rule)
    assert [hit.id for hit in here.hits] == [hit.id for hit in there.hits]
    assert [hit.score for hit in here.hits] == pytest.approx(
        [hit.score for hit in there.hits], abs=1e-3
    )


def test_threads_agree():
    """Many threads at once get what one gets."""
    expected = SEARCHER.decide("逾期记录几年能消")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(SEARCHER.decide("逾期记录几年能消")))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 16
