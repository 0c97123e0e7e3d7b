"""Messages to those who want them, and what people say about an answer of no use."""

from datetime import UTC, datetime

import pytest
from doubles import small_knowledge
from doubles.table_searcher import TableSearcher

from bot.chat.handler import UpdateHandler
from bot.chat.turns import Identity
from bot.conversation import actions
from bot.conversation.engine import Conversation
from bot.conversation.owndata import OwnData
from bot.conversation.session import Session
from bot.conversation.turn import Event, Kind, Turn
from bot.knowledge.loader import load_knowledge
from bot.search.decide import Outcome
from bot.store.port import InboxItem, Wish

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ON, OFF = Wish("news", wanted=True), Wish("news", wanted=False)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """Four articles."""
    return load_knowledge(small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge"))


@pytest.fixture
def conversation(knowledge):
    """A conversation in which 二 finds an article."""
    return Conversation(knowledge, TableSearcher({"二": (Outcome.ANSWER, "visit-02")}))


def turn(text="", kind=Kind.TEXT, **more):
    """A turn of one person, now."""
    return Turn(lane="1", person=1, kind=kind, at=NOW, text=text, **more)


def press(*parts, **more):
    """A pressed button."""
    return turn(kind=Kind.PRESS, action=actions.join(*parts), **more)


def buttons(reply):
    """Label to action of a reply's buttons."""
    return {button.label: button.action for row in reply.buttons for button in row}


def test_news_is_offered_and_taken_only_by_a_tap(conversation):
    """Nobody is subscribed by asking what it is; a tap subscribes, another one ends it."""
    asked = conversation.answer(turn(command="news"), Session())
    assert asked.wishes == ()
    offered = buttons(asked.replies[0])
    assert offered == {"要收": "i:y", "不收了": "i:n"}
    yes = conversation.answer(press("i", "y"), Session())
    assert (yes.wishes, yes.events) == ((ON,), (Event("news_on"),))
    no = conversation.answer(press("i", "n"), Session())
    assert (no.wishes, no.events) == ((OFF,), (Event("news_off"),))
    privacy = conversation.answer(turn(command="privacy"), Session())
    assert buttons(privacy.replies[0])["要不要收通知"] == "i"


def test_group_cannot_subscribe(conversation):
    """A group is not written to unasked, whoever taps."""
    assert conversation.answer(press("i", "y", private=False), Session()).wishes == ()
    assert conversation.answer(turn(command="news", private=False), Session()).wishes == ()


@pytest.mark.parametrize("word", ["退订", " TD ", "别再发了"])
def test_stop_words_end_it(conversation, word):
    """A stop word alone ends the news; the same word in a question does not."""
    assert conversation.answer(turn(word), Session()).wishes == (OFF,)
    assert conversation.answer(turn(f"{word}怎么办"), Session()).wishes == ()


def test_who_blocks_the_bot_wants_nothing_more(conversation):
    """A bulletin is not sent to a chat that is gone."""
    assert conversation.answer(turn(kind=Kind.LEFT), Session()).wishes == (OFF,)


def test_bulletin_carries_its_way_out(knowledge, conversation):
    """The timer of a bulletin says its words, with a button that ends the news."""

    class Serving:
        def __init__(self):
            self.knowledge, self.conversation = knowledge, conversation

    timer = {"action": "b:k", "text": "规定改了。", "topic": "news"}
    item = InboxItem(-1, "1", {}, 0.0, 1, timer)
    handled = UpdateHandler(Serving(), Identity(9, "bot"))(item, {})
    (call,) = handled.calls
    assert call.params["text"] == "规定改了。"
    (row,) = call.params["reply_markup"]["inline_keyboard"]
    assert [(button["text"], button["callback_data"]) for button in row] == [("不收了", "i:n")]
    assert handled.events == (Event("bulletin", value="k"),)


def test_own_data_name_the_wish(knowledge):
    """/mydata says that the news is wanted, and how to stop it; nothing where it is not."""
    own = OwnData(knowledge, UTC)
    told = str(own.blocks({"wishes": [{"topic": "news", "since": 1.0}]}))
    assert "你点过“要收”" in told
    assert "要收" not in str(own.blocks({"wishes": []}))


def test_useless_may_be_explained_with_one_tap(conversation):
    """After 没用 four reasons are offered; a tap is recorded and thanked for, with no message."""
    useless = conversation.answer(press("f", "visit-02", "0"), Session())
    offered = buttons(useless.replies[0])
    reasons = {label: data for label, data in offered.items() if data.startswith("y:")}
    assert reasons == {
        "不对": "y:visit-02:wrong",
        "看不懂": "y:visit-02:unclear",
        "不是我问的": "y:visit-02:other",
        "太长": "y:visit-02:long",
    }
    why = conversation.answer(press("y", "visit-02", "long"), Session())
    assert (why.replies, why.toast) == ((), "谢谢，记下了")
    assert why.events == (Event("feedback_why", article="visit-02", value="long"),)


@pytest.mark.parametrize("data", ["y", "y:visit-02", "y:visit-02:nonsense", "y:gone-01:long"])
def test_foreign_reason_is_harmless(conversation, data):
    """A button of another time or a made-up one records nothing and leads to the menu."""
    result = conversation.answer(turn(kind=Kind.PRESS, action=data), Session())
    assert result.events == ()
    assert len(result.replies) == 1
