"""What people do in the stand-in: chats, groups, files, history; and who may ask for it."""

import json

import httpx
import pytest
from doubles.manual_clock import ManualClock
from doubles.sandbox_api import TOKEN, Api

from bot.errors import NoReply, RequestRefused, SettingsInvalid
from bot.sandbox.client import SandboxClient
from bot.sandbox.demo import running
from bot.sandbox.keep import restore, save
from bot.sandbox.server import create_sandbox

BUTTONS = {
    "inline_keyboard": [
        [{"text": "他们不走", "callback_data": "a"}, {"text": "拷", "copy_text": {"text": "话"}}],
        [{"text": "官网", "url": "https://a.cn/"}],
    ]
}


async def last_update(api):
    """The newest update, without its number."""
    update = (await api.call("getUpdates"))[-1]
    del update["update_id"]
    return update


async def test_commands_are_marked_in_what_people_write():
    """A command carries its entity, as handlers expect."""
    api = Api()
    person = await api.sandbox.person()
    await person.say("/start visit-01")
    message = (await last_update(api))["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "zh-hans"


async def test_long_text_goes_in_several_messages():
    """Telegram's clients split what is longer than 4096 units."""
    api = Api()
    person = await api.sandbox.person()
    await person.say("😀" * 3000)
    lengths = [len(message.text) for message in await person.messages()]
    assert lengths == [2048, 952]


async def test_invisible_text_cannot_be_sent():
    """The stand-in says so in Chinese."""
    api = Api()
    person = await api.sandbox.person()
    with pytest.raises(RequestRefused, match="空白"):
        await person.say(" \n")


async def test_correction_is_an_edited_message():
    """The update carries the new text; the same text again is no news."""
    api = Api()
    person = await api.sandbox.person()
    message = await person.say("打错")
    changed = await person.edit(message, "打对")
    assert (changed.text, changed.edited, changed.id) == ("打对", True, message.id)
    assert (await last_update(api))["edited_message"]["text"] == "打对"
    await person.edit(changed, "打对")
    assert len(await api.call("getUpdates")) == 2


async def test_press_carries_the_message():
    """The bot learns who pressed what under which message."""
    api = Api()
    person = await api.met()
    sent = await api.call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=BUTTONS)
    await person.press("不走")
    query = (await last_update(api))["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("a", person.person_id)
    assert query["message"]["message_id"] == sent["message_id"]
    await api.call("answerCallbackQuery", callback_query_id=query["id"], text="知道了")
    assert await person.wait_for_answer() == "知道了"


async def test_copy_and_url_buttons_stay_with_the_person():
    """Telegram does not tell the bot about them."""
    api = Api()
    person = await api.met()
    await api.call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=BUTTONS)
    copied, opened = await person.press("拷"), await person.press("官网")
    assert (copied.copy, opened.url) == ("话", "https://a.cn/")
    assert len(await api.call("getUpdates")) == 1
    with pytest.raises(RequestRefused, match="no button"):
        await person.press("没有这个")


async def test_old_button_can_still_be_pressed():
    """Who looks at an old view presses what is no longer there."""
    api = Api()
    person = await api.met()
    await api.call("sendMessage", chat_id=person.chat_id, text="x")
    message = await person.wait_for_reply()
    await person.press(data="old:1", message=message)
    assert (await last_update(api))["callback_query"]["data"] == "old:1"


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice", "document"])
async def test_files_of_people_can_be_fetched(kind):
    """Each kind arrives with a file that getFile knows."""
    api = Api()
    person = await api.sandbox.person()
    sent = await person.send(kind, b"" if kind != "document" else b"x", name="a.txt", caption="看")
    content = (await last_update(api))["message"][kind]
    file = content[-1] if kind == "photo" else content
    assert (await api.call("getFile", file_id=file["file_id"]))["file_path"].startswith("files/")
    assert sent.text == ("看" if kind != "sticker" else "")


async def test_contact_arrives():
    """A shared telephone number is a contact."""
    api = Api()
    person = await api.sandbox.person()
    await person.share_contact("13800000000")
    assert (await last_update(api))["message"]["contact"]["phone_number"] == "13800000000"


async def test_blocking_is_told_to_the_bot():
    """The bot hears that it was stopped, and let in again."""
    api = Api()
    person = await api.met()
    await person.block()
    assert (await last_update(api))["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    with pytest.raises(RequestRefused, match="停用"):
        await person.say("在吗")
    await person.block(blocked=False)
    assert (await last_update(api))["my_chat_member"]["new_chat_member"]["status"] == "member"


class TestGroups:
    """What a bot hears in a group."""

    async def test_bot_is_told_of_its_membership(self):
        """Being added is an update and a service message."""
        api = Api()
        await api.sandbox.group("一家人", "小林", "阿强")
        kinds = [set(update) - {"update_id"} for update in await api.call("getUpdates")]
        assert kinds == [{"my_chat_member"}, {"message"}]

    @pytest.mark.parametrize(
        ("text", "heard"),
        [
            ("你们看这个", False),
            ("@huanhuan_sandbox_bot 怎么办", True),
            ("@HuanHuan_Sandbox_Bot 怎么办", True),
            ("@huanhuan_sandbox_bot2 怎么办", False),
            ("/help", True),
            ("/help@huanhuan_sandbox_bot", True),
            ("/help@other_bot", False),
        ],
    )
    async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(self, text, heard):
        """Only commands and mentions; the rest of the talk is private."""
        api = Api()
        _, other = await api.sandbox.group("一家人", "小林", "阿强")
        await other.say(text)
        texts = [update.get("message", {}).get("text") for update in await api.call("getUpdates")]
        assert (text in texts) is heard

    async def test_reply_to_the_bot_is_heard(self):
        """So is an answer to the bot's own message."""
        api = Api()
        member, other = await api.sandbox.group("一家人", "小林", "阿强")
        sent = await api.call("sendMessage", chat_id=member.chat_id, text="我在")
        await other.say("好的", reply_to=sent["message_id"])
        message = (await last_update(api))["message"]
        assert message["reply_to_message"]["text"] == "我在"
        assert message["from"]["first_name"] == "阿强"

    async def test_privacy_mode_can_be_off(self):
        """A bot that may read everything does."""
        api = Api(reads_groups=True)
        member, _ = await api.sandbox.group("一家人", "小林", "阿强")
        await member.say("随便说说")
        assert (await last_update(api))["message"]["text"] == "随便说说"


class TestHistory:
    """What is kept over a restart."""

    async def test_history_is_forgotten_by_default(self):
        """A new stand-in begins empty."""
        await Api().met()
        assert (await Api().sandbox.ask("GET", "/state"))["chats"] == []

    async def test_history_is_kept_when_asked_to(self, tmp_path):
        """Chats, files and waiting updates come back."""
        keep = tmp_path / "sandbox" / "history.json"
        app = create_sandbox(token=TOKEN, keep=keep)
        async with running(app) as root, SandboxClient.connect(root) as sandbox:
            person = await sandbox.person("阿强")
            await person.say("记得我")
            await person.send("photo")
        api = Api(keep=keep)
        chats = (await api.sandbox.ask("GET", "/state"))["chats"]
        assert [chat["title"] for chat in chats] == ["阿强"]
        updates = await api.call("getUpdates")
        assert [update["message"].get("text") for update in updates] == ["记得我", None]
        picture = updates[1]["message"]["photo"][0]["file_id"]
        assert (await api.http.get(f"/sandbox/files/{picture}")).content.startswith(b"\x89PNG")
        again = await api.met("别人")
        assert again.chat_id > chats[0]["id"]

    def test_foreign_file_is_not_taken(self, tmp_path):
        """A file of something else stops the start with its name."""
        keep = tmp_path / "other.json"
        keep.write_text(json.dumps({"version": 99}))
        with pytest.raises(SettingsInvalid, match=r"other\.json"):
            create_sandbox(token=TOKEN, keep=keep)

    async def test_saving_twice_is_the_same(self, tmp_path):
        """What was restored is saved unchanged."""
        clock = ManualClock()
        api = Api(clock=clock)
        member, *_ = await api.sandbox.group("群", "小林")
        await member.send("document", b"x", name="a.txt")
        save(api.box, tmp_path / "1.json")
        other = Api(clock=clock)
        restore(other.box, tmp_path / "1.json")
        save(other.box, tmp_path / "2.json")
        first, second = (json.loads((tmp_path / name).read_text()) for name in ("1.json", "2.json"))
        assert first == second


async def test_no_reply_is_an_error():
    """A test does not hang when the bot is silent."""
    person = await Api().met()
    with pytest.raises(NoReply):
        await person.wait_for_reply(patience=0.01)


async def test_other_sites_cannot_reach_the_desk():
    """Another site in the same browser may lead to the page but ask for nothing."""
    api = Api()
    for site, status in [("cross-site", 403), ("same-site", 403), ("same-origin", 200)]:
        headers = {"sec-fetch-site": site}
        for path in ("/sandbox/state", f"/bot{TOKEN}/getMe"):
            assert (await api.http.get(path, headers=headers)).status_code == status
        assert (await api.http.get("/", headers=headers)).status_code == 200


async def test_files_never_run_in_the_browser():
    """What somebody uploaded is downloaded, whatever it says it is."""
    api = Api()
    person = await api.sandbox.person()
    headers = {"content-type": "text/html"}
    query = {"kind": "document", "name": "a.html", "person": person.person_id}
    url = f"/sandbox/chats/{person.chat_id}/files"
    sent = await api.http.post(url, params=query, content=b"<script>", headers=headers)
    file_id = sent.json()["document"]["file_id"]
    answer = await api.http.get(f"/sandbox/files/{file_id}?inline")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"'])
async def test_unreadable_request_is_refused(body):
    """The desk survives nonsense."""
    answer = await Api().http.post("/sandbox/chats", content=body)
    assert answer.status_code == 400


def test_token_must_look_like_one():
    """A stand-in without a proper token does not start."""
    with pytest.raises(SettingsInvalid, match="BOT_TOKEN"):
        create_sandbox(token="nonsense")


async def test_taken_port_is_named():
    """A second stand-in on the same port says which one is taken."""
    app = create_sandbox(token=TOKEN)
    async with running(app) as root:
        port = httpx.URL(root).port
        with pytest.raises(SettingsInvalid, match=str(port)):
            async with running(create_sandbox(token=TOKEN), port=port):
                pytest.fail("it started")


async def test_events_are_streamed():
    """The page hears of every message, and starts afresh when it missed too much."""
    app = create_sandbox(token=TOKEN)
    async with (
        running(app) as root,
        SandboxClient.connect(root) as sandbox,
        httpx.AsyncClient(base_url=root) as http,
    ):
        since = (await sandbox.ask("GET", "/state"))["last"]
        person = await sandbox.person()
        async with http.stream("GET", f"/sandbox/events?since={since}") as stream:
            lines = stream.aiter_lines()
            await person.say("听见了吗")
            seen = [json.loads(line[6:]) async for line in take(lines, 2)]
        assert [event["kind"] for event in seen] == ["chat", "message"]
        assert seen[1]["message"]["text"] == "听见了吗"
        for missed in (0, since + 1000):
            answer = await http.get(f"/sandbox/events?since={missed}")
            assert "event: reset" in answer.text


async def take(lines, count):
    """The first lines that carry data."""
    async for line in lines:
        if line.startswith("data: "):
            yield line
            count -= 1
            if not count:
                return
