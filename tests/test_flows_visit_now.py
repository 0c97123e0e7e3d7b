"""Somebody at the door: the first words at once, then what fits; never a delay, never a lecture."""

from datetime import UTC, datetime

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

TABLE = {
    "门口有人": (Outcome.URGENT, "visit-01"),
    "他们砸门了": (Outcome.URGENT, "visit-04"),
    "催收上门合法吗": (Outcome.ANSWER, "visit-11"),
}


@pytest.fixture
def person(shipped_knowledge):
    """Somebody at noon."""
    return Person(Conversation(shipped_knowledge, TableSearcher(TABLE)))


@pytest.mark.parametrize("begin", ["/door", "门口有人"])
def test_first_message_is_at_once_and_short(person, begin):
    """Command and free text give Message 0, whole and first, with the situations to tap."""
    person.command("door") if begin == "/door" else person.say(begin)
    first = person.results[-1].replies[0].blocks[:3]
    assert first[0].text.startswith("**先别开门。手机开始录像。")
    assert "打 110" in first[2].text
    assert {"还在门外", "已经进门了", "威胁要动手", "已经走了"} <= set(person.labels)
    assert "1/1" not in person.heard  # of a single question nobody needs to know how far it is
    assert person.results[-1].events[0].kind == "urgent"


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("outside", "“请说姓名、公司、委托方，我在录像。”"),
        ("inside", "我没有同意您进来，请马上出去"),
        ("stuck", "我不是请您处理欠款"),
        ("threat", "现在打 110"),
        ("official", "不用他给的号码"),
        ("away", "不说我在哪"),
        ("gone", "喝口水"),
    ],
)
def test_every_situation_has_its_words(person, situation, words):
    """One tap gives the sentences for it."""
    person.command("door")
    person.press(f"q:vn:situation:{situation}")
    assert words in person.heard
    for never in ("上门违法", "不用还", "打他"):
        assert never not in person.heard


def test_threat_asks_nothing_more(person):
    """Somebody who is threatened is not interviewed."""
    person.command("door")
    person.press("q:vn:situation:threat")
    assert "？" not in person.heard.split("20 分钟")[0]
    assert person.stored.get("flow") is None


def test_happy_way_gives_a_draft_of_the_record(person):
    """Situation, family, whose debt: then a record with the times, ready to fill in."""
    person.command("door")
    person.all("▸还在门外", "▸孩子", "▸是")
    assert "2026年11月23日，12:01 左右开始" in person.heard
    assert "这不是你的错" in "".join(str(result.replies) for result in person.results)
    assert "转发给家里" in person.heard


def test_other_peoples_debt_has_its_own_words(person):
    """Who owes nothing says so and gives nobody away."""
    person.command("door")
    person.all("▸还在门外", "▸跳过", "▸否")
    assert "没有关系，请不要再来" in person.heard


def test_night_is_noted(shipped_knowledge):
    """At 23:30 the hour is said and written down."""
    person = Person(
        Conversation(shipped_knowledge, TableSearcher({})),
        datetime(2026, 11, 23, 15, 30, tzinfo=UTC),
    )
    person.command("door")
    person.tap("还在门外")
    assert "22:00 到次日 8:00" in person.heard


def test_situation_that_changes_is_tapped_again(person):
    """The old buttons stay good: from outside to inside."""
    person.command("door")
    person.all("▸还在门外", "▸都还好", "▸是")
    person.press("q:vn:situation:inside")
    assert "请马上出去" in person.heard


def test_twenty_minutes_later_the_bot_asks_once(person):
    """The timer is set at the start; 否 begins again, 别再提醒 ends it."""
    person.command("door")
    (later,) = person.results[-1].schedule
    assert (later.due - person.now).total_seconds() == 20 * 60
    person.tap("还在门外")
    person.timer(later)
    assert "现在安全吗？" in person.heard
    assert person.labels == ["是", "否", "别再问"]
    person.tap("否")
    assert "先别开门" in person.heard
    person.timer(person.results[-1].schedule[0])
    person.tap("别再问")
    assert all(not timer.action for timer in person.results[-1].schedule)


def test_door_puts_another_interview_aside_with_a_way_back(person):
    """A form that was being filled in is there afterwards, with its answers."""
    person.all("写支付令异议书", "昨天", "门口有人")
    assert "先别开门" in person.heard
    person.tap("接着填：支付令异议书")
    assert person.answers == {"received": "2026-11-22"}
    assert "有没有下面这些情况" in person.heard


def test_worse_danger_in_the_middle_shows_its_card(person):
    """Urgent words while the door interview runs get their own card at once."""
    person.command("door")
    person.say("他们砸门了")
    assert person.results[-1].session.article == "visit-04"


def test_question_in_the_middle_keeps_the_door_open_on_the_screen(person):
    """A question is answered, and the situations stand below it again."""
    person.command("door")
    person.say("催收上门合法吗")
    assert "还在门外" in person.labels


def test_typed_situation_counts(person):
    """Words or a number do as well as a tap; nonsense is asked again."""
    person.command("door")
    person.say("啊")
    assert "点下面的一个选项" in person.heard
    person.say("还在门外")
    assert "请说姓名、公司" in person.heard


def test_family_card_for_those_at_home(person):
    """With old people or children alone, there are words to forward in large type."""
    person.command("door")
    person.all("▸我不在家", "▸老人", "▸是")
    assert "复制：转发给家里，照着念" in person.labels


def test_cancel_stops_without_a_word_too_many(person):
    """/cancel leaves; the draft can be deleted."""
    person.command("door")
    person.command("cancel")
    assert "停下了" in person.heard
    person.tap("删掉这些回答")
    assert "saved" not in person.stored


def test_family_card_does_not_wait_for_the_end(person):
    """Who is not at home gets the picture to forward with the first answer, once; PDF at the end."""
    person.command("door")
    person.tap("我不在家")
    first, *_ = person.results[-1].replies
    assert [paper.make for paper in first.papers] == ["card_png"]
    person.tap("老人")
    assert "打电话时慢慢说" in person.heard
    person.tap("是")
    papers = [paper.make for reply in person.results[-1].replies for paper in reply.papers]
    assert papers == ["card_pdf"]


def test_four_ways_on_afterwards(person, shipped_knowledge):
    """记录, 投诉, 准备下次 and 心情不好 lead to what there is, and it is said what there is not."""
    person.command("door")
    person.all("▸已经走了", "▸都还好", "▸是")
    assert "还不能一步步填" in person.heard
    for label in ("记录", "投诉", "准备下次", "心情不好"):
        button = next(b for reply in person.replies for row in reply.buttons for b in row
                      if b.label == label)  # fmt: skip
        assert button.action.removeprefix("a:") in shipped_knowledge.articles
    assert {"写信核对欠款", "写信申请延期"} <= set(person.labels)


def test_threatened_people_are_offered_no_forms(person):
    """Whoever is threatened gets 110 and nothing to write."""
    person.command("door")
    person.tap("威胁要动手")
    assert "写信申请延期" not in person.labels


def test_unknown_visitor_can_be_checked(person):
    """Beside the sentences for the door stands how to find out who it is."""
    person.command("door")
    person.tap("还在门外", "怎么核实他是谁")
    assert person.results[-1].session.article == "visit-06"
    assert "家里有人受惊" in person.heard  # the interview goes on below
