"""One turn at a time: what a person does, and what the bot says and remembers."""

import itertools
from datetime import UTC, datetime

import pytest
from doubles import small_knowledge
from doubles.table_searcher import TableSearcher
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import actions
from bot.conversation.engine import MAX_TEXT, Conversation
from bot.conversation.session import Session
from bot.conversation.turn import Bullets, Folded, Kind, Lead, Paragraph, Steps, Turn, Words
from bot.knowledge.loader import load_knowledge
from bot.search.decide import Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TABLE = {
    "门口": (Outcome.URGENT, "visit-01"),
    "二": (Outcome.ANSWER, "visit-02"),
    "选": (Outcome.CHOOSE, "visit-02", "visit-03"),
    "嗯": (Outcome.CLARIFY,),
    "哪个": (Outcome.CLARIFY, "visit-02", "visit-03"),
}


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """Four articles."""
    return load_knowledge(small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge"))


@pytest.fixture
def conversation(knowledge):
    """A conversation over the table."""
    return Conversation(knowledge, TableSearcher(TABLE))


def turn(text="", kind=Kind.TEXT, **more):
    """A turn of one person, now."""
    return Turn(lane="1", person=1, kind=kind, at=NOW, text=text, **more)


def press(*parts, message=None):
    """A pressed button."""
    return turn(kind=Kind.PRESS, action=actions.join(*parts), message=message)


def words(reply):
    """All texts of a reply in one."""
    out = []
    for block in reply.blocks:
        out += [
            getattr(block, "text", ""),
            *getattr(block, "items", ()),
            *getattr(block, "lines", ()),
        ]
    return "\n".join(out)


def labels(reply):
    """The labels of a reply's buttons."""
    return [button.label for row in reply.buttons for button in row]


def test_card_has_answer_steps_words_and_law_in_order(conversation):
    """The sentence that answers comes first, the law last and folded."""
    (reply,) = conversation.answer(turn("门口"), Session()).replies
    kinds = [type(block) for block in reply.blocks if type(block).__name__ != "Heading"]
    assert kinds == [Lead, Steps, Words, Bullets, Folded, Folded]
    assert "《民法典》第1033条（法律，2021-01-01 起施行）" in words(reply)
    assert "核对日期：2026-11-01" in words(reply)


def test_copied_words_leave_the_stage_direction_out(conversation):
    """A note in brackets before words to say is shown, but not copied."""
    (reply,) = conversation.answer(turn("门口"), Session()).replies
    copies = [button.copy for row in reply.buttons for button in row if button.copy]
    assert copies == ["请你离开。", "有人堵门。"]


def test_answer_is_remembered(conversation):
    """The question and the article are kept for the next turn, and counted."""
    result = conversation.answer(turn("二"), Session(misses=1, fallback="none_first"))
    assert result.session == Session(question="二", article="visit-02")
    assert [(event.kind, event.article) for event in result.events] == [("answer", "visit-02")]


def test_next_question_is_asked_with_the_last(knowledge):
    """A message may make sense only with the one before."""
    searcher = TableSearcher(TABLE)
    Conversation(knowledge, searcher).answer(turn("多久"), Session(question="二"))
    assert searcher.asked == [("多久", "二")]


def test_choice_has_a_way_out(conversation):
    """A choice offers its articles, 都不是 and 换个说法."""
    (reply,) = conversation.answer(turn("选"), Session()).replies
    assert labels(reply) == ["第visit-02篇", "第visit-03篇", "都不是", "换个说法"]


def test_clarifying_offers_what_it_could_be(conversation):
    """Asking back comes with the likely articles where there are some."""
    (reply,) = conversation.answer(turn("哪个"), Session()).replies
    assert labels(reply) == ["第visit-02篇", "第visit-03篇", "都不是", "换个说法"]


@pytest.mark.parametrize("miss", ["不知道的事", "嗯"])
def test_fallbacks_never_repeat_and_lead_to_people(conversation, miss):
    """No two misses in a row are answered alike; the hotlines come within three."""
    session, said = Session(), []
    for _ in range(8):
        result = conversation.answer(turn(miss), session)
        session = result.session
        said.append(words(result.replies[0]))
    assert all(first != second for first, second in itertools.pairwise(said))
    assert any("**110**" in text for text in said[:3])


def test_miss_is_kept_for_the_admins(conversation):
    """What found no answer goes into an event with its (masked) words."""
    (event,) = conversation.answer(turn("不知道的事"), Session()).events
    assert (event.kind, event.text) == ("none", "不知道的事")


def test_none_of_these_leads_on(conversation):
    """都不是 asks for other words first, then gives people to call."""
    first = conversation.answer(press("n"), Session(question="选"))
    assert "都不是" in words(first.replies[0])
    assert first.events[0].text == "选"
    second = conversation.answer(press("n"), first.session)
    assert "**110**" in words(second.replies[0])


def test_danger_beats_a_command(conversation):
    """The safety gate comes before anything else that a message may be."""
    result = conversation.answer(turn("门口", command="cancel"), Session())
    assert result.events[0].kind == "urgent"


def test_door_command_shows_the_door_card(conversation):
    """/door needs no words."""
    result = conversation.answer(turn(command="door"), Session())
    assert result.session.article == "visit-01"


@pytest.mark.parametrize("command", ["start", "menu", "help", "privacy", "cancel", "dance"])
def test_every_command_is_answered(conversation, command):
    """Known and unknown commands get one reply with a way on."""
    (reply,) = conversation.answer(turn(command=command), Session()).replies
    assert reply.buttons


def test_deep_link_opens_an_article(conversation):
    """/start visit-02 shows that article; an unknown payload is a normal start."""
    assert conversation.answer(turn("visit-02", command="start"), Session()).session.article
    (reply,) = conversation.answer(turn("nothing", command="start"), Session()).replies
    assert "我是缓缓" in words(reply)


@pytest.mark.parametrize(
    "kind",
    [Kind.VOICE, Kind.PHOTO, Kind.FILE, Kind.STICKER, Kind.CONTACT, Kind.LOCATION, Kind.OTHER],
)
def test_every_kind_of_message_gets_a_fitting_reply(conversation, kind):
    """What cannot be read is said so, each kind in its own words."""
    (reply,) = conversation.answer(turn(kind=kind), Session()).replies
    (plain,) = conversation.answer(turn(kind=Kind.TEXT), Session()).replies
    assert words(reply)
    assert kind is Kind.STICKER or words(reply) != words(plain)


def test_caption_is_answered_like_a_text(conversation):
    """A photo with words is answered by its words, with a note about the picture."""
    result = conversation.answer(turn("二", kind=Kind.PHOTO), Session())
    assert result.session.article == "visit-02"
    assert "看不了图片" in words(result.replies[0])


def test_masked_number_is_told(conversation):
    """The person learns that a number was covered."""
    result = conversation.answer(turn("二", masked=("身份证号",)), Session())
    first = result.replies[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert "身份证号" in first.text


def test_edited_message_is_answered_anew(conversation):
    """A correction is read again and said to be."""
    result = conversation.answer(turn("二", kind=Kind.EDIT), Session())
    assert result.session.article == "visit-02"
    assert "改过" in words(result.replies[0])


def test_long_message_is_cut_and_told(conversation):
    """Only the beginning of an overlong message is looked at, and the person is told."""
    result = conversation.answer(turn("长" * (MAX_TEXT + 1)), Session())
    assert len(result.session.question) == MAX_TEXT
    assert str(MAX_TEXT) in words(result.replies[0])


def test_group_is_warned(conversation):
    """In a group the bot reminds people that others read along."""
    result = conversation.answer(turn("二", private=False), Session())
    assert "群" in words(result.replies[0])


def test_leafing_changes_the_menu_in_place(conversation):
    """Pressing through the menu edits one message; a button below other words writes anew."""
    menu = conversation.answer(turn(command="menu"), Session()).replies[0]
    leaf = menu.buttons[1][0].action
    pressed = turn(kind=Kind.PRESS, action=leaf, message=9)
    assert conversation.answer(pressed, Session()).replies[0].edit == 9
    welcome = conversation.answer(turn(command="start"), Session()).replies[0]
    pressed = turn(kind=Kind.PRESS, action=welcome.buttons[1][0].action, message=9)
    assert conversation.answer(pressed, Session()).replies[0].edit is None


def test_door_stands_above_every_menu(conversation):
    """Whoever reads the menu with somebody at the door finds help in its first button."""
    for command in ("start", "menu", "help"):
        reply = conversation.answer(turn(command=command), Session()).replies[0]
        assert reply.buttons[0][0].action == "a:visit-01"


def test_more_shows_the_rest(conversation):
    """展开 shows what the card leaves out."""
    (reply,) = conversation.answer(press("x", "visit-01"), Session()).replies
    assert "一段话" in words(reply)


def test_feedback_is_counted_and_useless_leads_on(conversation):
    """有用 thanks at the button only; 没用 offers something near."""
    useful = conversation.answer(press("f", "visit-01", "1"), Session())
    assert (useful.replies, bool(useful.toast)) == ((), True)
    useless = conversation.answer(press("f", "visit-01", "0"), Session())
    assert useless.events[0].value == "0"
    assert "都不是" in labels(useless.replies[0])


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "a",
        "a:visit-99",
        "a:visit-01:x:y:z",
        "x:visit-02",
        "c:nowhere",
        "f:visit-01",
        "q:1",
        "💥",
    ],
)
def test_unknown_or_old_button_does_something_sensible(conversation, data):
    """Whatever stands behind a button, the person gets a way on."""
    result = conversation.answer(turn(kind=Kind.PRESS, action=data), Session())
    assert result.replies
    assert result.replies[0].buttons


def test_leaving_is_silent(conversation):
    """Nobody writes to a person who just blocked the bot."""
    assert conversation.answer(turn(kind=Kind.LEFT), Session()).replies == ()


@given(text=st.text(max_size=200), action=st.text(max_size=64), command=st.text(max_size=12))
def test_any_input_is_answered(knowledge, text, action, command):
    """No text, button or command makes the conversation fail or fall silent."""
    conversation = Conversation(knowledge, TableSearcher({}))
    assert conversation.answer(turn(text, command=command), Session()).replies
    result = conversation.answer(turn(kind=Kind.PRESS, action=action), Session())
    assert result.replies or result.toast


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.lists(st.text())))
def test_any_stored_session_can_be_read(data):
    """A session of another version, or damaged, is read as far as it makes sense."""
    session = Session.from_json(data)
    assert Session.from_json(session.to_json()).misses == session.misses
