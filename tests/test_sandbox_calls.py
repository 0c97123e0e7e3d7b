"""How calls reach the stand-in: files, the bot's profile, requests, records, trouble on purpose."""

import asyncio
import base64
import json

import pytest
from doubles.manual_clock import ManualClock
from doubles.sandbox_api import TOKEN, Api
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CallRefused
from bot.sandbox.answers import Answer
from bot.sandbox.arguments import Arguments
from bot.sandbox.faults import Limits
from bot.sandbox.methods import METHODS, execute
from bot.sandbox.requests import as_texts
from bot.sandbox.server import create_sandbox
from bot.sandbox.visitors import Visitors

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAAFElEQVR4nGP8z8Dwn4GBgYGJAQoAHxcCAr7cGDwAAAAASUVORK5CYII="
)


class TestFiles:
    """Uploads and downloads."""

    async def upload(self, api, method, field, person, content, **data):
        """A multipart call."""
        response = await api.http.post(
            f"/bot{TOKEN}/{method}",
            data={"chat_id": str(person.chat_id), **data},
            files={field: content},
        )
        return response.json()

    async def test_document_comes_back_byte_by_byte(self):
        """What was uploaded can be downloaded with its name in Chinese."""
        api = Api()
        person = await api.met()
        data = bytes(range(256)) * 3 + b"\r\n--x\r\n\r\n"
        answer = await self.upload(
            api, "sendDocument", "document", person, ("信.docx", data), caption="<i>看</i>",
            parse_mode="HTML",
        )  # fmt: skip
        document = answer["result"]["document"]
        assert (document["file_name"], document["file_size"]) == ("信.docx", len(data))
        assert answer["result"]["caption"] == "看"
        path = (await api.call("getFile", file_id=document["file_id"]))["file_path"]
        assert (await api.http.get(f"/file/bot{TOKEN}/{path}")).content == data
        assert (await api.http.get(f"/file/bot1:no/{path}")).status_code == 401

    async def test_attached_name_and_known_id_work_too(self):
        """``attach://name`` points to an upload, a file id to what was sent before."""
        api = Api()
        person = await api.met()
        answer = await self.upload(
            api, "sendDocument", "mine", person, ("a.txt", b"x"), document="attach://mine"
        )
        known = answer["result"]["document"]["file_id"]
        again = await api.call("sendDocument", chat_id=person.chat_id, document=known)
        assert again["document"]["file_id"] == known

    @pytest.mark.parametrize(
        ("method", "field", "content", "data", "fault"),
        [
            ("sendDocument", "document", ("a.txt", b""), {}, "file must be non-empty"),
            ("sendPhoto", "photo", ("a.png", b"no picture"), {}, "IMAGE_PROCESS_FAILED"),
            ("sendDocument", "document", ("a", b"x"), {"caption": "字" * 1025},
             "message caption is too long"),
            ("sendDocument", "other", ("a", b"x"), {}, "there is no document in the request"),
            ("sendDocument", "other", ("a", b"x"), {"document": "https://a.cn/b"},
             "wrong file identifier/HTTP URL specified"),
        ],
    )  # fmt: skip
    async def test_bad_file_is_refused(self, method, field, content, data, fault):
        """Empty, unreadable and missing files, and captions over 1024 units."""
        api = Api()
        answer = await self.upload(api, method, field, await api.met(), content, **data)
        assert answer["description"] == f"Bad Request: {fault}"

    async def test_picture_is_measured(self):
        """A photo has the size of its pixels."""
        api = Api()
        answer = await self.upload(api, "sendPhoto", "photo", await api.met(), ("a.png", PIXEL))
        size = answer["result"]["photo"][0]
        assert (size["width"], size["height"]) == (2, 3)

    async def test_unknown_file_is_refused(self):
        """Only what was sent can be fetched."""
        fault = await Api().fault("getFile", file_id="nothing")
        assert fault == "Bad Request: wrong file_id or the file is temporarily unavailable"


class TestProfile:
    """What the bot tells about itself."""

    async def test_commands_are_kept_by_scope_and_language(self):
        """The narrowest list wins on the page; getMyCommands gives exactly one."""
        api = Api()
        person = await api.met()
        await api.call("setMyCommands", commands=[{"command": "start", "description": "始"}])
        private = {"type": "all_private_chats"}
        own = [{"command": "menu", "description": "菜单"}]
        await api.call("setMyCommands", commands=own, scope=private, language_code="zh")
        assert await api.call("getMyCommands", scope=private, language_code="zh") == own
        assert await api.call("getMyCommands", scope=private) == []
        state = await api.sandbox.ask("GET", "/state")
        assert state["chats"][0]["commands"] == own
        assert state["chats"][0]["id"] == person.chat_id

    @pytest.mark.parametrize(
        ("command", "fault"),
        [
            ({"command": "", "description": "x"}, "command must be non-empty"),
            ({"command": "Start", "description": "x"}, "BOT_COMMAND_INVALID"),
            ({"command": "a" * 33, "description": "x"}, "command length must not exceed 32"),
            ({"command": "a", "description": ""}, "command description must be non-empty"),
            ({"command": "a"}, "can't parse BotCommand: Can't find field \"description\""),
        ],
    )
    async def test_bad_command_is_refused(self, command, fault):
        """Names are small letters, digits and underscores."""
        assert await Api().fault("setMyCommands", commands=[command]) == f"Bad Request: {fault}"

    async def test_description_is_shown_in_the_empty_chat(self):
        """The Chinese description wins over the general one; both have their limit."""
        api = Api()
        await api.call("setMyDescription", description="general")
        await api.call("setMyDescription", description="我是缓缓", language_code="zh")
        await api.call("setMyShortDescription", short_description="短")
        bot = (await api.sandbox.ask("GET", "/state"))["bot"]
        assert (bot["description"], bot["short_description"]) == ("我是缓缓", "短")
        assert "512" in await api.fault("setMyDescription", description="字" * 513)
        assert "120" in await api.fault("setMyShortDescription", short_description="字" * 121)

    async def test_menu_button_and_chat_and_action(self):
        """The smaller methods answer as Telegram's do."""
        api = Api()
        person = await api.met()
        assert await api.call("setChatMenuButton", menu_button={"type": "commands"}) is True
        assert (await api.call("getChat", chat_id=person.chat_id))["type"] == "private"
        assert await api.call("sendChatAction", chat_id=person.chat_id, action="typing") is True
        fault = await api.fault("sendChatAction", chat_id=person.chat_id, action="dance")
        assert fault == "Bad Request: wrong parameter action in request"

    async def test_bot_leaves_a_group(self):
        """After leaving, the bot may not write there."""
        api = Api()
        member, *_ = await api.sandbox.group("群", "小林")
        assert await api.call("leaveChat", chat_id=member.chat_id) is True
        answer = await api.ask("sendMessage", chat_id=member.chat_id, text="x")
        assert answer["error_code"] == 403


class TestRequests:
    """How arguments arrive and what is written down."""

    async def test_query_form_and_json_mean_the_same(self):
        """Telegram reads arguments from wherever they are."""
        api = Api()
        person = await api.met()
        place = {"chat_id": str(person.chat_id), "text": "同"}
        url = f"/bot{TOKEN}/sendMessage"
        answers = [
            await api.http.get(url, params=place),
            await api.http.post(url, data=place),
            await api.http.post(url, json=place),
            await api.http.post(url, files={name: (None, value) for name, value in place.items()}),
        ]
        assert [answer.json()["result"]["text"] for answer in answers] == ["同"] * 4

    @pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe"])
    async def test_unreadable_body_is_refused(self, body):
        """Broken JSON is a bad request, not a crash."""
        headers = {"content-type": "application/json"}
        answer = await Api().http.post(f"/bot{TOKEN}/getMe", content=body, headers=headers)
        assert answer.status_code == 400

    async def test_half_a_surrogate_pair_is_refused(self):
        """Text must be valid Unicode."""
        api = Api()
        person = await api.met()
        body = json.dumps({"chat_id": person.chat_id, "text": "\ud83d"})
        headers = {"content-type": "application/json"}
        answer = await api.http.post(f"/bot{TOKEN}/sendMessage", content=body, headers=headers)
        assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"

    async def test_calls_are_recorded_with_what_telegram_would_ignore(self):
        """A misspelt parameter can be found; a refusal keeps its words."""
        api = Api()
        person = await api.met()
        await api.call("sendMessage", chat_id=person.chat_id, text="x", parsemode="HTML")
        await api.fault("sendMessage", chat_id=person.chat_id, text="")
        good, bad = await api.sandbox.calls("sendMessage")
        assert (good["ok"], good["unknown"], good["parameters"]["text"]) == (
            True,
            ["parsemode"],
            "x",
        )
        assert (bad["ok"], bad["code"], bad["description"]) == (
            False, 400, "Bad Request: message text is empty",
        )  # fmt: skip
        assert TOKEN not in str(await api.sandbox.calls())


class TestFaults:
    """Trouble on purpose, and Telegram's limits."""

    async def test_next_calls_fail_as_asked(self):
        """Only so many calls of that method fail, in Telegram's words."""
        api = Api()
        person = await api.met()
        await api.sandbox.fail("sendMessage", code=429, parameters={"retry_after": 7}, times=2)
        call = {"chat_id": person.chat_id, "text": "x"}
        for _ in range(2):
            answer = await api.ask("sendMessage", **call)
            assert answer["description"] == "Too Many Requests: retry after 7"
            assert answer["parameters"] == {"retry_after": 7}
        assert await api.call("sendMessage", **call)
        await api.sandbox.fail(code=403, chat_id=person.chat_id, times=9)
        assert "blocked by the user" in await api.fault("sendMessage", **call)
        assert await api.call("getMe")
        await api.sandbox.mend()
        assert await api.call("sendMessage", **call)

    async def test_answer_can_be_lost_after_the_call_took_effect(self):
        """The bot sees an error, the person sees the message."""
        api = Api()
        person = await api.met()
        await api.sandbox.fail("sendMessage", code=502, carried_out=True)
        await api.fault("sendMessage", chat_id=person.chat_id, text="到了")
        assert (await person.wait_for_reply()).text == "到了"

    async def test_limits_of_telegram_can_be_turned_on(self):
        """A short burst in one chat passes, then the bot has to wait."""
        clock = ManualClock()
        api = Api(clock=clock, limits=Limits())
        person = await api.met()
        call = {"chat_id": person.chat_id, "text": "x"}
        for _ in range(3):
            await api.call("sendMessage", **call)
        answer = await api.ask("sendMessage", **call)
        assert answer["parameters"] == {"retry_after": 3}
        await clock.forward(3)
        assert await api.call("sendMessage", **call)

    async def test_everybody_together_is_limited_too(self):
        """More than thirty messages a second over all chats are refused."""
        api = Api(clock=ManualClock())
        await api.sandbox.set_options(limits=True)
        people = [await api.met() for _ in range(31)]
        answers = [await api.ask("sendMessage", chat_id=p.chat_id, text="x") for p in people]
        assert [answer["ok"] for answer in answers] == [True] * 30 + [False]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "type", "inline_keyboard", "url", "message_id", "offset"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
SPECIAL = st.sampled_from(
    ["&#" + "9" * 5000, "<tg-emoji emoji-id='²'>x</tg-emoji>", "http://a.cn:²/", "9" * 5000]
)


@given(method=st.sampled_from(sorted(METHODS.keys() - {"getupdates"})), data=st.data())
@settings(max_examples=250, deadline=None)
def test_any_arguments_are_answered(method, data):
    """Whatever a bot sends, it gets an answer or one of Telegram's refusals, never a crash."""
    names = sorted(METHODS[method].known) or ["x"]
    drawn = data.draw(st.dictionaries(st.sampled_from(names), JSON | SPECIAL, max_size=6))

    async def call():
        box = create_sandbox(token=TOKEN).state.sandbox
        visitors = Visitors(box)
        chat = visitors.arrive("小林")
        visitors.say(chat, "你好")
        arguments = {"chat_id": chat.id, "parse_mode": "HTML", **drawn}
        try:
            return await execute(box, method, Arguments(as_texts(arguments)))
        finally:
            await box.close()

    try:
        assert Answer(asyncio.run(call())).body
    except CallRefused as refusal:
        code = refusal.code
    else:
        code = 400
    assert code in {400, 403}
