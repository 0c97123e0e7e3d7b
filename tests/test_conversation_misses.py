"""When nothing fits: no phrase twice in a row, people to call soon, and never silence."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from doubles import small_knowledge
from doubles.table_searcher import TableSearcher
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import actions
from bot.conversation.engine import Conversation
from bot.conversation.session import Session
from bot.conversation.turn import Kind, Turn
from bot.knowledge.loader import load_knowledge
from bot.search.decide import Decision, Hit, Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TABLE = {
    "门口": (Outcome.URGENT, "visit-01"),
    "二": (Outcome.ANSWER, "visit-02"),
    "选": (Outcome.CHOOSE, "visit-02", "visit-03"),
    "嗯": (Outcome.CLARIFY,),
    "哪个": (Outcome.CLARIFY, "visit-02", "visit-03"),
}
FALLBACKS = (
    "clarify_first",
    "clarify_again",
    "none_first",
    "none_again",
    "none_hotlines",
    "none_of_these",
    "rephrase",
    "sorry_useless",
    "old_button",
    "article_gone",
    "unknown_command",
    "voice",
    "photo",
    "sticker",
    "contact",
)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """Four articles."""
    return load_knowledge(small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge"))


@pytest.fixture(scope="module")
def conversation(knowledge):
    """A conversation over the table."""
    return Conversation(knowledge, TableSearcher(TABLE))


def turn(text="", kind=Kind.TEXT, **more):
    """A turn of one person in a private chat."""
    return Turn(lane="1", person=1, kind=kind, at=NOW, text=text, **more)


def press(action):
    """A pressed button."""
    return turn(kind=Kind.PRESS, action=action)


def fallback_in(reply, knowledge):
    """Which phrase that admits a miss a reply begins with, if any."""
    said = "\n".join(getattr(block, "text", "") for block in reply.blocks)
    return next((name for name in FALLBACKS if knowledge.messages[name].strip() in said), None)


ONES = [
    *map(turn, ["门口", "二", "选", "嗯", "哪个", "不知道的事", "别的事"]),
    *map(press, ["n", "r", "m", "a:visit-02", "a:visit-99", "f:visit-01:0", "f:visit-01:1"]),
    *map(press, ["x:visit-01", "x:visit-02", "💥", "", "c:visit", "c:nowhere"]),
    *(turn(kind=kind) for kind in (Kind.STICKER, Kind.VOICE, Kind.PHOTO, Kind.CONTACT)),
    *(turn(command=command) for command in ("menu", "start", "help", "dance", "cancel")),
]


@given(st.lists(st.sampled_from(ONES), max_size=25))
def test_no_fallback_twice_in_a_row_and_no_silence(knowledge, conversation, turns):
    """Whatever a person does in whatever order, two admissions in a row are never the same."""
    session, last = Session(), None
    for one in turns:
        result = conversation.answer(one, session)
        assert result.replies or result.toast
        if result.replies:
            said = fallback_in(result.replies[0], knowledge)
            assert said is None or said != last
            last = said
        session = Session.from_json(result.session.to_json())


@given(st.lists(st.sampled_from([turn("嗯"), turn("哪个"), turn("别的"), press("n")]), min_size=3))
def test_three_misses_lead_to_people(knowledge, conversation, turns):
    """Among any three misses in a row one names the numbers that people answer."""
    session, said = Session(), []
    for one in turns:
        result = conversation.answer(one, session)
        said.append(fallback_in(result.replies[0], knowledge))
        session = result.session
    windows = zip(said, said[1:], said[2:], strict=False)
    assert all("none_hotlines" in window for window in windows)


def test_other_words_are_offered_once(knowledge, conversation):
    """换个说法 asks for other words; pressed again it leads to the menu, after a miss to people."""
    first = conversation.answer(press("r"), Session())
    assert fallback_in(first.replies[0], knowledge) == "rephrase"
    second = conversation.answer(press("r"), first.session)
    assert fallback_in(second.replies[0], knowledge) is None
    assert second.replies[0].buttons
    missed = conversation.answer(press("r"), Session(misses=1, fallback="rephrase"))
    assert fallback_in(missed.replies[0], knowledge) == "none_hotlines"


@pytest.mark.parametrize("text", ["不知道的事", "嗯", "哪个", "选"])
def test_a_miss_and_a_choice_offer_other_words(conversation, text):
    """Wherever the bot is not sure, one button says: let me put it differently."""
    (reply,) = conversation.answer(turn(text), Session()).replies
    actions_there = [button.action for row in reply.buttons for button in row]
    assert actions.REPHRASE in actions_there


class Together:
    """A searcher that reads every message together with the one before."""

    def decide(self, text, *, previous=None):
        """An answer about the composed question."""
        question = f"{previous} {text}" if previous else ""
        rule = "sure, with previous" if previous else "sure"
        return Decision(Outcome.ANSWER, (Hit("visit-02", "", 0.9),), rule, question)


def test_composed_question_is_kept(knowledge):
    """Two follow-ups in a row both refer to the first question."""
    conversation = Conversation(knowledge, Together())
    session = conversation.answer(turn("几点不能来"), Session()).session
    session = conversation.answer(turn("多久"), session).session
    session = conversation.answer(turn("怎么写"), session).session
    assert session.question == "几点不能来 多久 怎么写"


def test_question_about_the_shown_article_gets_the_rest(knowledge):
    """Who asks on about the article just shown reads what its card leaves out, then the card."""
    longer = replace(knowledge.articles["visit-02"], more=("一段更长的话。",))
    articles = {**knowledge.articles, "visit-02": longer}
    conversation = Conversation(replace(knowledge, articles=articles), Together())
    first = conversation.answer(turn("几点不能来"), Session())
    second = conversation.answer(turn("多久"), first.session)
    third = conversation.answer(turn("怎么写"), second.session)
    assert "一段更长的话。" in [getattr(block, "text", "") for block in second.replies[0].blocks]
    assert second.replies[0].buttons
    assert third.replies == first.replies
