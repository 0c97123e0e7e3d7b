"""Glossary, lender cards and help directory, as a person meets them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from doubles import small_knowledge
from doubles.table_searcher import TableSearcher

from bot.chat.replies import to_calls
from bot.conversation import actions
from bot.conversation.cards import Cards
from bot.conversation.engine import Conversation
from bot.conversation.pages import Pages, fits_phone
from bot.conversation.session import Session
from bot.conversation.turn import Kind, Turn
from bot.knowledge.loader import load_knowledge
from bot.knowledge.pages import Glossary, Lenders
from bot.search.decide import Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TABLE = {
    "门口": (Outcome.URGENT, "visit-01"),
    "什么是呆账啊": (Outcome.ANSWER, "visit-02"),
    "京东白条隐私": (Outcome.ANSWER, "visit-02"),
    "传票": (Outcome.CHOOSE, "visit-02", "visit-03"),
    "什么是传票": (Outcome.CHOOSE, "visit-02", "visit-03"),
    "京东白条": (Outcome.CLARIFY,),
}


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """Four articles, three words, two cards, one number."""
    return load_knowledge(small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge"))


@pytest.fixture
def conversation(knowledge):
    """A conversation over the table."""
    return Conversation(knowledge, TableSearcher(TABLE))


def say(conversation, text="", session=None, **more):
    """The result of a message."""
    turn = Turn(lane="1", person=1, kind=Kind.TEXT, at=NOW, text=text, **more)
    return conversation.answer(turn, session or Session())


def press(conversation, *parts, message=None, session=None):
    """The result of a pressed button."""
    turn = Turn(
        lane="1",
        person=1,
        kind=Kind.PRESS,
        at=NOW,
        action=actions.join(*parts),
        message=message,
    )
    return conversation.answer(turn, session or Session())


def text_of(reply):
    """What Telegram would show of a reply."""
    return "\n".join(call.params["text"] for call in to_calls([reply], "1"))


def buttons(reply):
    """The buttons of a reply by label."""
    return {button.label: button for row in reply.buttons for button in row}


def test_question_about_a_word_is_explained(conversation):
    """什么是… gives the two sentences, what they rest on, and the article behind them."""
    result = say(conversation, "隐私是什么意思")
    (reply,) = result.replies
    text = text_of(reply)
    assert "不想让别人知道的事。" in text
    assert "和你的关系：别人不得侵害。" in text
    assert "《民法典》第1033条" in text
    assert buttons(reply)["第visit-03篇"].action == "a:visit-03"
    assert [(event.kind, event.value) for event in result.events] == [("answer", "term:隐私")]
    assert result.session.misses == 0


def test_word_without_source_says_so(conversation):
    """What rests on no law does not look as if it did."""
    assert "没有引用条文" in text_of(say(conversation, "坏账是啥").replies[0])


def test_article_with_the_answer_is_shown_under_the_definition(conversation):
    """Where the search has the article, the person gets both, in one message."""
    (reply,) = say(conversation, "什么是呆账啊").replies
    text = text_of(reply)
    assert text.index("很久没收回的账。") < text.index("一句话。")


def test_danger_goes_before_every_word(conversation):
    """The safety gate comes first."""
    assert "先别开门" in text_of(say(conversation, "门口").replies[0])


def test_bare_word_does_not_replace_a_choice(conversation):
    """A single word with several articles is asked back; a question about it is explained."""
    assert "你想问的是哪一个" in text_of(say(conversation, "传票").replies[0])
    assert "通知开庭的文书。" in text_of(say(conversation, "什么是传票").replies[0])


def test_meaning_does_not_depend_on_what_was_said_before(conversation):
    """A question about a word is decided without the message before."""
    say(conversation, "什么是传票", Session(question="别的"))
    searcher = conversation._searcher
    assert searcher.asked[-1] == ("什么是传票", None)


def test_card_offers_its_hard_words_and_the_product(conversation):
    """Under an article: whose money it is, and the words that are in it."""
    (reply,) = say(conversation, "京东白条隐私").replies
    found = buttons(reply)
    assert found["白条：钱是谁的"].action == "l:baitiao"
    assert found["名词：隐私"].action == "k:隐私"
    explained = press(conversation, "k", "隐私")
    assert "不想让别人知道的事。" in text_of(explained.replies[0])
    assert [event.kind for event in explained.events] == ["term"]


def test_urgent_card_offers_no_words(conversation):
    """Nobody reads a glossary with a stranger at the door."""
    (reply,) = press(conversation, "a", "visit-01").replies
    assert not [label for label in buttons(reply) if label.startswith("名词")]


def test_asking_back_offers_the_card_of_a_named_product(conversation):
    """A product alone is asked back, with its card as the first way on."""
    (reply,) = say(conversation, "京东白条").replies
    assert reply.buttons[0][0].action == "l:baitiao"


def test_lender_card_tells_who_where_and_what(conversation):
    """A card says what it is in law, who lends, where to reach them, what to check, and why."""
    (reply,) = say(conversation, "京东白条是谁放的款").replies
    text = text_of(reply)
    parts = ["看合同。", "看借据。", "App 内官方客服", "放款方", "《民法典》第1033条", "核对日期"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert buttons(reply)["银行"].action == "l:bank"
    assert buttons(reply)["第visit-02篇"].action == "a:visit-02"


def test_hotlines_say_what_they_are_not_for(shipped_knowledge):
    """The directory names each verified number, and none that is not."""
    shipped = Conversation(shipped_knowledge, TableSearcher({}))
    text = text_of(say(shipped, command="hotlines").replies[0])
    for line in shipped_knowledge.hotlines.values():
        assert (f"{line.number} {line.name}" in text) == line.verified
        if line.verified:
            assert line.handles in text
            assert line.cannot in text
            assert f"{line.checked} 核对" in text
    assert "请从 App 内官方客服进入" in text


def test_glossary_is_leafed_through_in_one_message(conversation):
    """Leafing changes the list in place, round and round; a word opens a new message."""
    (first,) = say(conversation, command="glossary").replies
    assert "征信</b>（1/2）" in text_of(first)
    action = buttons(first)["下一页"].action
    (second,) = press(conversation, *action.split(":"), message=7).replies
    assert second.edit == 7
    assert "法院</b>（2/2）" in text_of(second)
    (again,) = press(conversation, *buttons(second)["下一页"].action.split(":"), message=7).replies
    assert "征信</b>（1/2）" in text_of(again)
    assert press(conversation, "k", "传票", message=7).replies[0].edit is None


def test_glossary_command_with_a_word(conversation):
    """/glossary 传票 goes straight to the word."""
    assert "通知开庭的文书。" in text_of(say(conversation, "传票", command="glossary").replies[0])


@pytest.mark.parametrize(
    "parts", [("k", "没有"), ("k", ""), ("l", "gone"), ("g", "x", "e"), ("g", "99"), ("h",), ("l",)]
)
def test_old_and_strange_buttons_are_answered(conversation, parts):
    """A button of another version leads somewhere, never into silence."""
    assert press(conversation, *parts, message=3).replies


def test_menu_leads_to_the_pages(conversation):
    """The menu has the three pages as its last row."""
    (menu,) = say(conversation, command="menu").replies
    assert [button.action for button in menu.buttons[-1]] == ["g", "l", "h"]


def test_folder_without_pages_has_no_buttons_to_them(knowledge):
    """Where nothing is written yet, nothing is promised."""
    bare = replace(knowledge, glossary=Glossary(), lenders=Lenders())
    conversation = Conversation(bare, TableSearcher(TABLE))
    (menu,) = say(conversation, command="menu").replies
    assert [button.action for button in menu.buttons[-1]] == ["h"]
    assert say(conversation, command="glossary").replies
    assert say(conversation, command="lenders").replies


def test_interview_goes_on_after_a_word(shipped_knowledge):
    """A question about a word in the middle is answered, and the open question asked again."""
    conversation = Conversation(shipped_knowledge, TableSearcher({}))
    flow = next(iter(shipped_knowledge.flows.values()))
    begun = press(conversation, "w", flow.code)
    asked = text_of(begun.replies[-1])
    for result in (
        say(conversation, "什么是呆账", begun.session),
        press(conversation, "k", "呆账", session=begun.session),
        say(conversation, "", begun.session, command="hotlines"),
    ):
        first, *_, last = result.replies
        assert text_of(first) != text_of(last)
        assert text_of(last) in asked
        assert result.session.flow == begun.session.flow


def test_rows_of_words_fit_a_phone(shipped_knowledge):
    """No row under an article is wider than a phone, and no button longer than Telegram takes."""
    pages = Pages(shipped_knowledge, Cards(shipped_knowledge))
    for article in shipped_knowledge.articles.values():
        for row in pages.row(article, "京东白条"):
            assert fits_phone(row)
            assert all(len(button.action.encode()) <= 64 for button in row)


def test_every_page_is_one_message(shipped_knowledge):
    """Each word, each card and each list fits into one message of Telegram."""
    conversation = Conversation(shipped_knowledge, TableSearcher({}))
    presses = [("k", term.name) for term in shipped_knowledge.glossary.terms]
    presses += [("l", card) for card in shipped_knowledge.lenders.cards]
    presses += [("g", str(page)) for page in range(len(shipped_knowledge.glossary.groups))]
    for parts in (*presses, ("h",), ("l",)):
        (reply,) = press(conversation, *parts).replies
        assert len(to_calls([reply], "1")) == 1


def test_no_word_is_cut_on_the_list(shipped_knowledge):
    """A long word shares its row with fewer others."""
    conversation = Conversation(shipped_knowledge, TableSearcher({}))
    for page in range(len(shipped_knowledge.glossary.groups)):
        (reply,) = press(conversation, "g", str(page)).replies
        for row in reply.buttons:
            assert fits_phone(row)
