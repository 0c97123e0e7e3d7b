"""The edge: updates become turns, replies become calls that Telegram accepts."""

import json
from types import NoneType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.envelopes import MAX_BYTES, seal
from bot.chat.markup import LIMIT, to_pages
from bot.chat.replies import to_calls, to_keyboard
from bot.chat.turns import Identity, to_turn
from bot.conversation.turn import (
    Bullets,
    Button,
    Folded,
    Heading,
    Kind,
    Lead,
    Paragraph,
    Reply,
    Steps,
    Words,
)
from bot.errors import UpdateMalformed
from bot.knowledge.body import utf16_length

ME = Identity(99, "huanhuan_bot")
PERSON = {"id": 7, "is_bot": False, "first_name": "某"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -5, "type": "supergroup", "title": "群"}


def message(chat=PRIVATE, **content):
    """A message as Telegram sends it."""
    return {"message_id": 3, "date": 1_790_000_000, "chat": chat, "from": PERSON, **content}


def turn_of(update):
    """Through the envelope, as the bot does it."""
    envelope = seal({"update_id": 1, **update})
    return None if envelope is None else to_turn(envelope.body, ME)


def command(text, chat=PRIVATE):
    """A message that begins with a command."""
    entity = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    return {"message": message(chat, text=text, entities=[entity])}


def test_text_becomes_a_turn():
    """Who, where, what and when arrive."""
    turn = turn_of({"message": message(text="花呗逾期")})
    assert (turn.lane, turn.person, turn.kind, turn.text) == ("7", 7, Kind.TEXT, "花呗逾期")
    assert turn.at.tzinfo is not None
    assert turn.message == 3


def test_numbers_are_covered_before_storage():
    """The envelope holds no full number, and the turn says what was covered."""
    envelope = seal({"update_id": 1, "message": message(text="我的卡6222020200011234567")})
    assert "6222020200011234567" not in json.dumps(envelope.body)
    assert to_turn(envelope.body, ME).masked == ("银行卡号",)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, Kind.PHOTO),
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}, Kind.VOICE),
        (
            {"video_note": {"file_id": "a", "file_unique_id": "b", "length": 1, "duration": 1}},
            Kind.VOICE,
        ),
        ({"document": {"file_id": "a", "file_unique_id": "b"}}, Kind.FILE),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, Kind.CONTACT),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, Kind.LOCATION),
        ({"dice": {"emoji": "🎲", "value": 1}}, Kind.STICKER),
    ],
)
def test_kind_of_message(content, kind):
    """What is not text is named for what it is."""
    assert turn_of({"message": message(**content)}).kind is kind


def test_service_message_is_ignored():
    """Pinned messages, new titles and the like get no answer."""
    assert turn_of({"message": message(GROUP, new_chat_title="x")}) is None
    assert turn_of({"message": message(delete_chat_photo=True)}) is None


def test_command_and_argument():
    """/start visit-01 is a command with an argument."""
    turn = turn_of(command("/start visit-01"))
    assert (turn.command, turn.text) == ("start", "visit-01")


def test_edit_of_a_text_is_a_correction_and_of_a_place_nothing():
    """A corrected text is read again; a moving live location is not answered each time."""
    edited = turn_of({"edited_message": message(text="改了", edit_date=1_790_000_100)})
    assert edited.kind is Kind.EDIT
    place = {"latitude": 1.0, "longitude": 1.0}
    assert turn_of({"edited_message": message(location=place, edit_date=1_790_000_100)}) is None


def test_press_carries_its_data_and_message():
    """A pressed button names what stands behind it, and the chat it stands in."""
    query = {"id": "5", "from": PERSON, "chat_instance": "1", "data": "a:visit-01"}
    turn = turn_of({"callback_query": {**query, "message": message(text="x")}})
    assert (turn.kind, turn.action, turn.message, turn.lane) == (Kind.PRESS, "a:visit-01", 3, "7")


def test_press_and_message_of_one_person_share_a_lane():
    """Both kinds of update of a private chat keep one order."""
    query = {"id": "5", "from": PERSON, "chat_instance": "1", "data": "m"}
    press = seal({"update_id": 2, "callback_query": {**query, "message": message(text="x")}})
    assert press.lane == seal({"update_id": 1, "message": message(text="x")}).lane


@pytest.mark.parametrize(
    ("text", "answered"),
    [("你好", False), ("@huanhuan_bot 花呗逾期", True), ("@Huanhuan_Bot 花呗逾期", True)],
)
def test_group_is_answered_only_when_addressed(text, answered):
    """In a group the bot speaks when it is named, and reads without its name."""
    turn = turn_of({"message": message(GROUP, text=text)})
    assert (turn is not None) is answered
    if turn:
        assert (turn.text, turn.private) == ("花呗逾期", False)


def test_group_commands_for_other_bots_are_theirs():
    """/help@other_bot is not ours; /help and /help@huanhuan_bot are."""
    assert turn_of(command("/help@other_bot", GROUP)) is None
    assert turn_of(command("/help", GROUP)).command == "help"
    assert turn_of(command("/help@huanhuan_bot", GROUP)).command == "help"


def test_answer_to_the_bot_in_a_group_is_for_it():
    """Replying to a message of the bot addresses it."""
    ours = {**message(GROUP, text="x"), "from": {"id": 99, "is_bot": True, "first_name": "b"}}
    assert turn_of({"message": message(GROUP, text="那白条呢", reply_to_message=ours)}).text


def test_membership():
    """Being blocked is noted in silence; being added to a group is greeted."""

    def change(chat, old, new):
        def member(status):
            more = {"until_date": 0} if status == "kicked" else {}
            return {"user": {"id": 99, "is_bot": True, "first_name": "b"}, "status": status, **more}

        return {
            "my_chat_member": {
                "chat": chat,
                "from": PERSON,
                "date": 1_790_000_000,
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            }
        }

    assert turn_of(change(PRIVATE, "member", "kicked")).kind is Kind.LEFT
    assert turn_of(change(PRIVATE, "kicked", "member")).kind is Kind.LEFT
    assert turn_of(change(GROUP, "left", "member")).kind is Kind.JOINED


def test_kinds_nobody_asked_for_are_dropped():
    """An update of another kind is not stored at all."""
    assert seal({"update_id": 1, "poll": {"id": "1"}}) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"update_id": "1"}',
        b'{"update_id": true, "message": {}}',
        b'{"update_id": -1, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 1, "message": 5}',
        b'{"update_id": 1, "message": {"chat": 1}}',
        b'{"update_id": 1, "message": {"chat": {"id": "1"}}}',
        b"[" * 100_000,
    ],
)
def test_malformed_update_is_refused(raw):
    """What is not an update is refused with one kind of error."""
    with pytest.raises(UpdateMalformed):
        seal(raw)


def test_half_a_character_does_no_harm():
    """A lone surrogate, which JSON allows, is replaced before it reaches the database."""
    raw = json.dumps({"update_id": 1, "message": message(text="x\ud83d")}).encode()
    assert json.dumps(seal(raw).body, ensure_ascii=False).encode()


def test_oversized_update_is_refused():
    """A message of a megabyte is no message of a person's."""
    with pytest.raises(UpdateMalformed):
        seal({"update_id": 1, "message": message(text="长" * MAX_BYTES)})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "text",
        "caption",
        "entities",
        "photo",
        "voice",
        "sticker",
        "document",
        "contact",
        "date",
        "from",
        "chat",
        "message_id",
        "reply_to_message",
        "edit_date",
        "data",
        "message",
    ]
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    changes=st.dictionaries(FIELDS, JSON, max_size=4),
)
def test_update_with_wrong_types_is_refused_not_raised(kind, changes):
    """Whatever stands in the fields, the result is a turn, nothing, or UpdateMalformed."""
    content = {**message(text="x"), "id": "5", "chat_instance": "1", **changes}
    try:
        turn = turn_of({kind: content})
    except UpdateMalformed:
        return
    if turn is not None:
        assert all(isinstance(words, str) for words in (turn.action, turn.text, turn.command))
        assert all(type(number) in {int, NoneType} for number in (turn.person, turn.message))


@pytest.mark.parametrize("changes", [{"data": 1}, {"data": ["a"]}, {"data": {"a": 1}}])
def test_press_with_data_that_is_no_text_is_refused(changes):
    """What would break the conversation stops at the edge: nobody is told of an error."""
    press = {"id": "5", "from": message()["from"], "chat_instance": "1", "message": message()}
    with pytest.raises(UpdateMalformed):
        turn_of({"callback_query": {**press, **changes}})


@pytest.mark.parametrize(
    "changes", [{"date": -(2**63)}, {"date": 2**62}, {"message_id": "x"}, {"message_id": 2**63}]
)
def test_number_that_is_none_is_refused(changes):
    """A date beyond every calendar, or an id that is no number, is no message."""
    with pytest.raises(UpdateMalformed):
        turn_of({"message": {**message(text="x"), **changes}})


TEXTS = st.text(max_size=60) | st.text(alphabet="*_`<>&\"'\\[]()\n 长😀", max_size=60)
BLOCKS = st.lists(
    st.builds(Lead, TEXTS)
    | st.builds(Heading, TEXTS)
    | st.builds(Paragraph, TEXTS)
    | st.builds(Steps, st.lists(TEXTS, max_size=5).map(tuple))
    | st.builds(Bullets, st.lists(TEXTS, max_size=5).map(tuple))
    | st.builds(Words, st.lists(TEXTS, max_size=5).map(tuple))
    | st.builds(Folded, TEXTS, st.lists(TEXTS, max_size=5).map(tuple)),
    max_size=6,
)


@given(BLOCKS)
def test_every_page_fits_and_escapes(blocks):
    """No page is longer than Telegram takes, and nothing in a text can become markup."""
    for page in to_pages(blocks, limit=200):
        assert utf16_length(page.plain) <= 200
        rest = page.html
        for tag in ("b", "i", "code", "blockquote"):
            rest = rest.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        rest = rest.replace("<blockquote expandable>", "")
        assert "<" not in rest
        assert ">" not in rest


def test_long_reply_becomes_several_messages_with_buttons_last():
    """Nothing is cut off; the buttons stand under the last message."""
    items = tuple(f"第{number}步：" + "走" * 300 for number in range(40))
    reply = Reply((Lead("长"), Steps(items)), ((Button("菜单", "m"),),))
    calls = to_calls([reply], "7")
    assert len(calls) > 2
    assert all(utf16_length(call.fallback.params["text"]) <= LIMIT for call in calls)
    assert ["reply_markup" in call.params for call in calls] == [False] * (len(calls) - 1) + [True]
    everything = "".join(call.params["text"] for call in calls)
    assert all(item in everything for item in items)


def test_refused_formatting_falls_back_to_plain_text():
    """Every formatted message carries a plain form; an edit falls back to a new message."""
    (call,) = to_calls([Reply((Lead("**好** <b>"),), edit=5)], "7")
    assert call.method == "editMessageText"
    assert call.fallback.method == "sendMessage"
    assert call.fallback.fallback.params["text"] == "好 <b>"
    assert "parse_mode" not in call.fallback.fallback.params


def test_bold_is_the_only_markdown_that_counts():
    """Bold becomes bold; brackets, stars alone and HTML stay what they are."""
    (page,) = to_pages([Paragraph("**要紧** 2*3 [x](y) <i>")])
    assert page.html == "<b>要紧</b> 2*3 [x](y) &lt;i&gt;"


@pytest.mark.parametrize(
    "button", [Button("长", "a" * 65), Button("空", ""), Button("抄", copy="字" * 257)]
)
def test_button_beyond_the_limits_is_refused(button):
    """A button that Telegram would refuse is an error of ours, found before it is sent."""
    with pytest.raises(ValueError, match="button"):
        to_keyboard(((button,),))
