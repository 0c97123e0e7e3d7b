"""Messages that make sense only with the one before, and those that do not need it."""

import pytest
from doubles import phrased_knowledge
from hypothesis import given
from hypothesis import strategies as st

from bot.search.corpus import build_corpus, read_examples
from bot.search.decide import Outcome
from bot.search.followup import COMPOSED, FollowUps
from bot.search.tokens import Tokeniser

KNOWLEDGE = phrased_knowledge.build()
SEARCHER = phrased_knowledge.searcher(KNOWLEDGE)
TOKENISER = Tokeniser(KNOWLEDGE.lexicon)
FOLLOW_UPS = FollowUps(
    KNOWLEDGE.lexicon.products,
    build_corpus(read_examples(KNOWLEDGE, TOKENISER), TOKENISER),
    TOKENISER,
)


@pytest.mark.parametrize(
    ("before", "now", "composed"),
    [
        ("花呗晚还两天会怎样", "那白条呢", "白条晚还两天会怎样"),
        ("花呗晚还两天会怎样", "白条也是这样吗？", "白条晚还两天会怎样"),
        ("晚还两天会怎样", "白条呢", "白条晚还两天会怎样"),
        ("收到支付令怎么办", "多久?", "收到支付令怎么办 多久?"),
        ("收到支付令怎么办", "白条逾期了呢", "收到支付令怎么办 白条逾期了呢"),
        ("", "多久?", "多久?"),
    ],
)
def test_two_messages_become_one_question(before, now, composed):
    """A product takes the place of the one before; anything else is added."""
    assert FOLLOW_UPS.compose(before, now) == composed


@given(st.text(max_size=700), st.text(max_size=14))
def test_composed_question_is_bounded_and_keeps_the_newest(before, now):
    """However long the story, the question stays short and ends with what was said last."""
    question = FOLLOW_UPS.compose(before, now)
    assert len(question) <= COMPOSED
    assert now.strip() in question or FOLLOW_UPS.compose("", now).strip("那呢白条花呗？ ") == ""


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("那然后怎么做", "逾期记录几年消除", "credit-02"),
        ("那白条呢", "花呗晚还两天会怎样", "overdue-01"),
        ("然后怎么做", "收到支付令", "lawsuit-03"),
        ("要是没有呢", "收到支付令怎么办", "lawsuit-03"),
    ],
)
def test_follow_up_takes_its_subject_from_before(now, before, expected):
    """A message that says nothing alone is answered about what was asked before."""
    assert SEARCHER.decide(now).outcome is not Outcome.ANSWER
    decision = SEARCHER.decide(now, previous=before)
    assert decision.hits[0].id == expected
    assert decision.together
    assert decision.question.startswith(("白条", before))


@pytest.mark.parametrize(
    "now",
    ["讲个笑话", "打开空调", "红烧肉怎么做", "打开呢", "嗯嗯", "谢谢", "哈哈哈", "👌", "手机呢"],
)
def test_unrelated_message_does_not_bring_the_last_answer_back(now):
    """Small talk, thanks and other matters are not questions about what was asked before."""
    decision = SEARCHER.decide(now, previous="收到支付令怎么办")
    assert not decision.together
    assert decision.outcome in {Outcome.NONE, Outcome.CLARIFY}


@pytest.mark.parametrize("now", ["嗯嗯", "？", "👌", "讲个笑话"])
def test_empty_words_keep_the_question(now):
    """After a message that says nothing, the next one still refers to the question before."""
    before = "收到支付令怎么办"
    decision = SEARCHER.decide(now, previous=before)
    assert decision.question == before
    assert SEARCHER.decide("然后怎么做", previous=decision.question).hits[0].id == "lawsuit-03"


def test_chain_of_follow_ups_swaps_and_adds():
    """Two follow-ups in a row: another product, then another aspect, one question."""
    first = SEARCHER.decide("那白条呢", previous="花呗晚还两天会怎样")
    second = SEARCHER.decide("然后怎么做", previous=first.question)
    assert second.question == "白条晚还两天会怎样 然后怎么做"
    assert second.hits[0].id == "overdue-01"


def test_clear_message_starts_anew():
    """What is clear alone is decided alone, and is what the next message refers to."""
    decision = SEARCHER.decide("支付令异议书怎么写", previous="花呗晚还两天会怎样")
    assert (decision.together, decision.question) == (False, "")


@given(st.text(max_size=40), st.text(max_size=400))
def test_any_two_messages_are_decided(now, before):
    """No pair of texts makes the decision fail, and a composed question never grows."""
    decision = SEARCHER.decide(now, previous=before)
    assert len(decision.question) <= max(COMPOSED, len(before))
    if decision.together:
        assert decision.outcome not in {Outcome.NONE, Outcome.CLARIFY}
