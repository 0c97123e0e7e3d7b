"""python-telegram-bot's own client against the stand-in on a real port, by polling and webhook."""

import asyncio
import io
from contextlib import asynccontextmanager

import pytest
from doubles.sandbox_api import TOKEN
from doubles.webhook_double import WebhookDouble
from telegram import (
    Bot,
    BotCommand,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
    error,
)
from telegram.constants import ChatAction, MessageEntityType, ParseMode

from bot.sandbox.client import SandboxClient
from bot.sandbox.demo import running
from bot.sandbox.server import create_sandbox

KEYS = InlineKeyboardMarkup(
    [[
        InlineKeyboardButton("他们不走", callback_data="a"),
        InlineKeyboardButton("拷", copy_text=CopyTextButton("请离开")),
        InlineKeyboardButton("官网", url="https://www.12378.gov.cn/"),
    ]]
)  # fmt: skip


@asynccontextmanager
async def meeting():
    """A bot, the people's side, and somebody who has said hello."""
    app = create_sandbox(token=TOKEN)
    async with (
        running(app) as root,
        SandboxClient.connect(root) as sandbox,
        Bot(TOKEN, f"{root}/bot", f"{root}/file/bot") as bot,
    ):
        person = await sandbox.person()
        await person.say("你好")
        yield bot, sandbox, person


async def test_conversation_by_polling():
    """Ask, answer with markup and buttons, press, answer the press, edit, delete."""
    async with meeting() as (bot, _, person):
        (hello,) = await bot.get_updates(timeout=5)
        assert (hello.message.text, hello.effective_chat.id) == ("你好", person.chat_id)
        sent = await bot.send_message(
            person.chat_id,
            "<b>先别开门</b>\n<blockquote expandable>依据</blockquote>",
            parse_mode=ParseMode.HTML,
            reply_markup=KEYS,
        )
        assert [entity.type for entity in sent.entities] == [
            MessageEntityType.BOLD,
            MessageEntityType.EXPANDABLE_BLOCKQUOTE,
        ]
        assert (await person.wait_for_reply()).labels == ("他们不走", "拷", "官网")
        await person.press("不走")
        (press,) = await bot.get_updates(offset=hello.update_id + 1, timeout=5)
        assert press.callback_query.message.message_id == sent.message_id
        assert await press.callback_query.answer("打 110", show_alert=True)
        assert await person.wait_for_answer() == "打 110"
        edited = await press.callback_query.edit_message_text("打 110")
        assert (edited.text, edited.reply_markup) == ("打 110", None)
        with pytest.raises(error.BadRequest, match="not modified"):
            await press.callback_query.edit_message_text("打 110")
        assert await edited.delete()


async def test_files_both_ways():
    """A letter goes out and a photo comes in, each with its content."""
    async with meeting() as (bot, _, person):
        letter = io.BytesIO("尊敬的银行".encode())
        sent = await bot.send_document(person.chat_id, letter, filename="申请书.docx", caption="信")
        assert (sent.document.file_name, sent.caption) == ("申请书.docx", "信")
        shown = await person.wait_for_reply()
        assert shown.file_name == "申请书.docx"
        photo = (await person.send("photo", caption="传票")).raw["photo"][-1]
        file = await bot.get_file(photo["file_id"])
        data = bytes(await file.download_as_bytearray())
        assert data.startswith(b"\x89PNG")
        again = await bot.send_photo(person.chat_id, data, filename="a.png")
        assert (again.photo[-1].width, again.photo[-1].height) == (480, 480)


async def test_profile_and_chat():
    """What the bot says about itself and learns about a chat can be parsed."""
    async with meeting() as (bot, _, person):
        assert (await bot.get_me()).username == "huanhuan_sandbox_bot"
        commands = [BotCommand("start", "从头开始")]
        assert await bot.set_my_commands(commands)
        assert list(await bot.get_my_commands()) == commands
        assert await bot.set_my_description("我是缓缓")
        assert await bot.set_my_short_description("缓缓")
        assert await bot.set_chat_menu_button()
        assert await bot.send_chat_action(person.chat_id, ChatAction.TYPING)
        chat = await bot.get_chat(person.chat_id)
        assert (chat.id, chat.first_name) == (person.chat_id, "小林")


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"code": 403}, error.Forbidden),
        ({"code": 500}, error.NetworkError),
        ({"cut": True}, error.NetworkError),
        ({"code": 400, "description": "Bad Request: chat not found"}, error.BadRequest),
        ({"code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
          "parameters": {"migrate_to_chat_id": -1001}}, error.ChatMigrated),
        ({"code": 401, "description": "Unauthorized"}, error.InvalidToken),
    ],
)  # fmt: skip
async def test_trouble_becomes_the_clients_errors(fault, raised):
    """Each injected fault is what the client raises for Telegram's own."""
    async with meeting() as (bot, sandbox, person):
        await sandbox.fail("sendMessage", **fault)
        with pytest.raises(raised):
            await bot.send_message(person.chat_id, "x")
        assert await bot.send_message(person.chat_id, "x")


async def test_flood_wait_is_told(monkeypatch):
    """429 carries the seconds to wait."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with meeting() as (bot, sandbox, person):
        await sandbox.fail("sendMessage", code=429, parameters={"retry_after": 9})
        with pytest.raises(error.RetryAfter) as raised:
            await bot.send_message(person.chat_id, "x")
        assert raised.value.retry_after.total_seconds() == 9


async def test_hanging_call_times_out():
    """A call that takes effect but whose answer does not come is a timeout for the bot."""
    async with meeting() as (bot, sandbox, person):
        await sandbox.fail("sendMessage", hang=30, carried_out=True)
        with pytest.raises(error.TimedOut):
            await bot.send_message(person.chat_id, "到了", read_timeout=0.2)
        assert (await person.wait_for_reply()).text == "到了"


async def test_conversation_by_webhook():
    """Updates are posted over a real connection, in order, with the secret."""
    hook = WebhookDouble()
    async with running(hook.app) as address, meeting() as (bot, _, person):
        assert await bot.set_webhook(
            f"{address}/hook", secret_token="s3cret", drop_pending_updates=True
        )
        for text in ("一", "二", "三"):
            await person.say(text)
        async with asyncio.timeout(10):
            while len(hook.updates) < 3:  # noqa: ASYNC110  # the double knows no events
                await asyncio.sleep(0.01)
        updates = [Update.de_json(update, bot) for update in hook.updates]
        assert [update.message.text for update in updates] == ["一", "二", "三"]
        assert hook.headers[0]["x-telegram-bot-api-secret-token"] == "s3cret"
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (f"{address}/hook", 0)
        with pytest.raises(error.Conflict):
            await bot.get_updates()
        assert await bot.delete_webhook()
