"""Danger comes first whatever is under way: the real gate in every interview and kind of message."""

import pytest
from doubles.person import Person
from test_flows_capacity import ALL
from test_flows_extension import TO_END

from bot.conversation.engine import Conversation
from bot.conversation.turn import Kind

DANGER = {
    "我不想活了": "safety-01",
    "要债的拿刀架我脖子上": "safety-03",
    "催收闯进我家了": "visit-03",
    "催收现在在砸门": "visit-01",
    "我要砍了催收": "visit-21",
}
PLACES = {
    "capacity": ("算还款能力", "▸都没有", "▸帮我", "某某银行信用卡"),
    "extension": ("想申请延期", "▸逾期30天以内", "▸都没有"),
    "instalment": ("申请分期", "▸都没有", "▸银行信用卡"),
    "payment_order": ("写支付令异议书", "昨天"),
    "prove": ("要欠款明细", "▸资产公司", "▸都没有"),
    "visit_now": ("催收在敲门",),
    "review of a letter": TO_END,
    "review of a table": ALL,
}


@pytest.fixture
def person(shipped_knowledge, shipped_searcher):
    """Somebody who talks to what ships."""
    return Person(Conversation(shipped_knowledge, shipped_searcher))


def shows(person, card):
    """Whether the last answer is that urgent card, before anything else."""
    events = person.results[-1].events
    return (events[0].kind, events[0].article) == ("urgent", card)


@pytest.mark.parametrize("message", DANGER)
@pytest.mark.parametrize("place", PLACES)
def test_danger_interrupts_every_interview(person, place, message):
    """In the middle and on the review screen the card comes at once, and nothing is lost."""
    person.all(*PLACES[place])
    assert person.stored.get("flow")
    answers = dict(person.answers)
    person.say(message)
    assert shows(person, DANGER[message])
    kept = [saved.get("answers", {}) for saved in person.stored.get("saved", {}).values()]
    assert answers in [*kept, person.answers]


@pytest.mark.parametrize("message", DANGER)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDIT, Kind.PHOTO, Kind.FILE, Kind.VOICE])
@pytest.mark.parametrize("private", [True, False])
def test_danger_counts_in_every_kind_of_message(person, kind, private, message):
    """An edited message, a caption, words in a group: read like any other words."""
    person.say(message, kind=kind, private=private)
    assert shows(person, DANGER[message])


@pytest.mark.parametrize("message", DANGER)
def test_edited_answer_of_an_interview_may_be_danger(person, message):
    """An answer that is edited into a cry for help is no correction."""
    person.all("要欠款明细", "▸资产公司", "▸都没有")
    person.edit(1, message)
    assert shows(person, DANGER[message])


@pytest.mark.parametrize("message", DANGER)
def test_danger_stands_out_of_a_long_message(person, message):
    """Words of danger at the end of the longest message that can be sent are seen."""
    story = "这两年生意不好，" * 500
    person.say(story + message)
    assert shows(person, DANGER[message])
