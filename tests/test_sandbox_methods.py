"""The stand-in is as strict as Telegram: what each method takes and refuses."""

import base64

import pytest
from doubles.manual_clock import ManualClock
from doubles.sandbox_api import TOKEN, Api

DATA = {"text": "按", "callback_data": "a"}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAAFElEQVR4nGP8z8Dwn4GBgYGJAQoAHxcCAr7cGDwAAAAASUVORK5CYII="
)


def keyboard(*rows):
    """Inline buttons."""
    return {"inline_keyboard": list(rows)}


async def test_wrong_token_is_unauthorised():
    """Only the token the stand-in was made for opens it."""
    answer = await Api().ask("getMe", token="1:nobody")
    assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_unknown_method_is_not_found():
    """A misspelt method is an error, as with Telegram."""
    answer = await Api().ask("sendMesage", chat_id=1)
    assert (answer["error_code"], answer["description"]) == (404, "Not Found: method not found")


async def test_names_of_methods_ignore_capitals():
    """Telegram takes ``SENDMESSAGE`` too."""
    api = Api()
    assert (await api.call("GETME"))["username"] == "huanhuan_sandbox_bot"


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "字" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "字" * 11000}, "text is too long"),
        ({"text": "x", "parse_mode": "Bogus"}, "unsupported parse_mode"),
        ({"text": "x</b>", "parse_mode": "HTML"},
         "can't parse entities: Unexpected end tag at byte offset 1"),
        ({"text": "x", "chat_id": 404}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_parameters": {"message_id": 1}}, "message to be replied not found"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": []}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [DATA]}},
         'field "inline_keyboard" must be an Array of Arrays'),
        ({"text": "x", "reply_markup": keyboard([{"text": "按"}])},
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "reply_markup": keyboard([{"callback_data": "a"}])},
         "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "x", "reply_markup": keyboard([{"text": "按", "callback_data": "汉" * 22}])},
         "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard([{"text": "拷", "copy_text": {"text": ""}}])},
         "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "reply_markup": keyboard([{"text": "拷", "copy_text": {"text": "汉" * 257}}])},
         "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "reply_markup": keyboard([{"text": "链", "url": "javascript:x"}])},
         "inline keyboard button URL 'javascript:x' is invalid: Wrong port number specified in the URL"),
        ({"text": "x", "reply_markup": keyboard([{"text": "链", "url": "ftp://a.cn"}])},
         "inline keyboard button URL 'ftp://a.cn' is invalid: Unsupported URL protocol"),
        ({"text": "x", "reply_markup": keyboard([{"text": "链", "url": "http://localhost/x"}])},
         "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL"),
        ({"text": "x", "reply_markup": keyboard(*[[DATA]] * 101)}, "reply markup is too long"),
        ({"text": "x", "reply_markup": keyboard([DATA] * 9)}, "reply markup is too long"),
        ({"text": "ab", "entities": [{"type": "bold", "offset": 0, "length": 3}]},
         "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 3"),
        ({"text": "ab", "entities": [{"type": "bolt", "offset": 0, "length": 1}]},
         "can't parse MessageEntity: Unsupported type specified"),
    ],
)  # fmt: skip
async def test_message_is_refused_in_telegrams_words(parameters, fault):
    """Each rule of sendMessage, with the words the bot has to understand."""
    api = Api()
    person = await api.met()
    parameters = {"chat_id": person.chat_id, **parameters}
    assert await api.fault("sendMessage", **parameters) == f"Bad Request: {fault}"


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": "字" * 4096},
        {"text": "<b>" + "字" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": keyboard([{"text": "按", "callback_data": "x" * 64}])},
        {"text": "x", "reply_markup": keyboard(*[[DATA] * 5] * 20)},
        {"text": "x", "reply_markup": keyboard([{"text": "链", "url": "tg://resolve?domain=a"}])},
        {"text": "x", "reply_markup": keyboard([{"text": "", "callback_data": "a"}])},
        {"text": "x", "no_such_parameter": 1},
        {"text": "x", "parse_mode": ""},
    ],
)
async def test_message_within_the_limits_is_sent(parameters):
    """Limits count after the markup is read; unknown parameters hurt nobody."""
    api = Api()
    person = await api.met()
    assert await api.call("sendMessage", chat_id=person.chat_id, **parameters)


async def test_sent_message_looks_like_telegrams():
    """The answer has plain text, entities, buttons and what was replied to."""
    api = Api()
    person = await api.met()
    first = await api.call("sendMessage", chat_id=person.chat_id, text="先")
    sent = await api.call(
        "sendMessage",
        chat_id=person.chat_id,
        text="<b>粗</b>",
        parse_mode="html",
        reply_markup=keyboard([{"text": "链", "url": "A.cn"}]),
        reply_parameters={"message_id": first["message_id"]},
    )
    assert sent["text"] == "粗"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert sent["reply_markup"] == keyboard([{"text": "链", "url": "http://a.cn/"}])
    assert sent["reply_to_message"]["message_id"] == first["message_id"]
    assert sent["chat"] == {"id": person.chat_id, "type": "private", "first_name": "小林"}
    assert sent["message_id"] > first["message_id"]


async def test_bot_cannot_write_first():
    """Before the person has written there is no chat for the bot."""
    api = Api()
    person = await api.sandbox.person()
    fault = await api.fault("sendMessage", chat_id=person.chat_id, text="x")
    assert fault == "Bad Request: chat not found"


async def test_blocked_bot_is_forbidden_to_write():
    """Who blocks the bot hears nothing until they let it in again."""
    api = Api()
    person = await api.met()
    await person.block()
    answer = await api.ask("sendMessage", chat_id=person.chat_id, text="x")
    assert answer["error_code"] == 403
    assert answer["description"] == "Forbidden: bot was blocked by the user"
    await person.block(blocked=False)
    assert await api.call("sendMessage", chat_id=person.chat_id, text="x")


async def test_upgraded_group_names_its_successor():
    """A call to the old group is refused with the id of the supergroup."""
    api = Api()
    member, *_ = await api.sandbox.group("群", "小林")
    grown = await api.sandbox.ask("POST", f"/chats/{member.chat_id}/upgrade")
    answer = await api.ask("sendMessage", chat_id=member.chat_id, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": grown["id"]}
    assert str(grown["id"]).startswith("-100")
    sent = await api.call("sendMessage", chat_id=grown["id"], text="x")
    assert sent["chat"]["type"] == "supergroup"


class TestEdits:
    """What can be changed later."""

    async def test_same_text_and_buttons_are_not_modified(self):
        """The same again is refused, another button or text is not."""
        api = Api()
        person = await api.met()
        place = {"chat_id": person.chat_id}
        sent = await api.call("sendMessage", **place, text="甲", reply_markup=keyboard([DATA]))
        place["message_id"] = sent["message_id"]
        same = {"text": "甲", "reply_markup": keyboard([DATA])}
        fault = await api.fault("editMessageText", **place, **same)
        assert fault.startswith("Bad Request: message is not modified: specified new message")
        changed = await api.call("editMessageText", **place, text="甲")
        assert "reply_markup" not in changed
        assert changed["edit_date"] >= changed["date"]

    async def test_buttons_alone_can_change(self):
        """Taking the buttons away leaves the text; doing it twice is not modified."""
        api = Api()
        person = await api.met()
        place = {"chat_id": person.chat_id}
        sent = await api.call("sendMessage", **place, text="甲", reply_markup=keyboard([DATA]))
        place["message_id"] = sent["message_id"]
        changed = await api.call("editMessageReplyMarkup", **place)
        assert (changed["text"], "reply_markup" in changed) == ("甲", False)
        assert "not modified" in await api.fault("editMessageReplyMarkup", **place)

    async def test_only_own_texts_can_change(self):
        """No message, somebody else's message, and a file each have their refusal."""
        api = Api()
        person = await api.met()
        theirs = await person.say("我的")
        photo = await api.http.post(
            f"/bot{TOKEN}/sendPhoto",
            data={"chat_id": str(person.chat_id)},
            files={"photo": ("a.png", PIXEL, "image/png")},
        )
        numbers = [1, theirs.id, photo.json()["result"]["message_id"]]
        faults = [
            await api.fault("editMessageText", chat_id=person.chat_id, message_id=number, text="x")
            for number in numbers
        ]
        assert faults == [
            "Bad Request: message to edit not found",
            "Bad Request: message can't be edited",
            "Bad Request: there is no text in the message to edit",
        ]

    async def test_message_can_be_deleted_once(self):
        """A deleted message is gone from the chat."""
        api = Api()
        person = await api.met()
        sent = await api.call("sendMessage", chat_id=person.chat_id, text="走")
        place = {"chat_id": person.chat_id, "message_id": sent["message_id"]}
        assert await api.call("deleteMessage", **place) is True
        assert await api.fault("deleteMessage", **place) == (
            "Bad Request: message to delete not found"
        )
        assert [message.text for message in await person.messages()] == ["你好"]


class TestPresses:
    """Answers to pressed buttons."""

    async def test_unknown_and_old_queries_are_refused(self):
        """After 150 seconds a press can no longer be answered."""
        clock = ManualClock()
        api = Api(clock=clock)
        person = await api.met()
        await api.call(
            "sendMessage", chat_id=person.chat_id, text="x", reply_markup=keyboard([DATA])
        )
        await person.press("按")
        query = (await api.call("getUpdates"))[-1]["callback_query"]["id"]
        await clock.forward(149)
        assert await api.call("answerCallbackQuery", callback_query_id=query, text="好")
        await clock.forward(2)
        words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        assert await api.fault("answerCallbackQuery", callback_query_id=query) == words
        assert await api.fault("answerCallbackQuery", callback_query_id="17") == words

    async def test_answer_is_short(self):
        """The note on an answer has at most 200 characters."""
        api = Api()
        person = await api.met()
        await api.call(
            "sendMessage", chat_id=person.chat_id, text="x", reply_markup=keyboard([DATA])
        )
        await person.press("按")
        query = (await api.call("getUpdates"))[-1]["callback_query"]["id"]
        fault = await api.fault("answerCallbackQuery", callback_query_id=query, text="字" * 201)
        assert fault == "Bad Request: MESSAGE_TOO_LONG"
