"""Whole conversations over what ships: follow-ups, misses, other matters, danger in between."""

from datetime import UTC, datetime

import pytest

from bot.conversation.engine import Conversation
from bot.conversation.session import Session
from bot.conversation.turn import Kind, Turn

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHOWN = {"answer", "urgent"}


@pytest.fixture(scope="module")
def conversation(shipped_knowledge, shipped_searcher):
    """The real one."""
    return Conversation(shipped_knowledge, shipped_searcher)


def talk(conversation, *messages):
    """What each message led to: the event with its article, and the session at the end."""
    session, seen = Session(), []
    for text in messages:
        kind = Kind.PRESS if text.startswith("press ") else Kind.TEXT
        written = {"action": text.removeprefix("press ")} if kind is Kind.PRESS else {"text": text}
        turn = Turn(lane="1", person=1, kind=kind, at=NOW, **written)
        result = conversation.answer(turn, session)
        assert result.replies or result.toast
        seen.append([(event.kind, event.article) for event in result.events])
        session = Session.from_json(result.session.to_json())
    return seen, session


def articles(seen):
    """The articles that were shown, one a message; empty for none."""
    return [next((article for kind, article in events if kind in SHOWN), "") for events in seen]


def test_product_is_swapped_and_the_question_stays(conversation):
    """花呗, then 白条, then 借呗: three times the same question, each about its product."""
    seen, session = talk(conversation, "花呗逾期一天会上征信吗", "那白条呢", "借呗也一样吗")
    assert set(articles(seen)) <= {"credit-11", "overdue-01"}
    assert session.question == "借呗逾期一天会上征信吗"


def test_two_questions_about_one_paper(conversation):
    """How long, and what to bring, are asked about the payment order that was named first."""
    seen, session = talk(conversation, "收到支付令怎么办", "多久?", "要带什么")
    assert articles(seen) == ["lawsuit-03"] * 3
    assert session.question.startswith("收到支付令怎么办")


def test_thanks_in_between_do_not_lose_the_question(conversation):
    """好的 is no question, and what follows still refers to the one before."""
    seen, _ = talk(conversation, "收到支付令怎么办", "好的", "那怎么写")
    assert articles(seen) == ["lawsuit-03", "", "lawsuit-03"]


@pytest.mark.parametrize("other", ["红烧肉怎么做", "讲个笑话", "天气怎么样"])
def test_other_matters_get_no_article(conversation, other):
    """A message about something else after a question about debts brings no article."""
    seen, _ = talk(conversation, "花呗逾期一天会上征信吗", other)
    assert articles(seen)[1] == ""


def test_danger_in_a_follow_up_comes_first(conversation):
    """Whatever was asked before, words of danger lead to their card."""
    seen, _ = talk(conversation, "花呗逾期一天会上征信吗", "我不想活了")
    assert articles(seen)[1].startswith("safety-")


def test_two_misses_lead_to_people(conversation):
    """Two messages that say nothing about debts, then 都不是: never the same, and people to call."""
    seen, session = talk(conversation, "asdf qwer", "zxcv uiop", "press n")
    assert articles(seen) == ["", "", ""]
    assert session.misses == 3
