"""A bot of a few lines, over python-telegram-bot's real client, that shows what messages can do."""

import asyncio
from contextlib import asynccontextmanager, suppress

from telegram import (
    Bot,
    BotCommand,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    error,
)

LAW = "\n".join(f"第{number}条：这里是法律的原文，写得很长，一行放不下。" for number in range(1, 9))
CARD = (
    "<b>先别开门</b>\n1. 隔着门说话\n<code>请离开</code>\n"
    f"<blockquote expandable>{LAW}</blockquote>"
    '<a href="https://www.12378.gov.cn/">12378</a> /menu <i>核对过</i>'
)
KEYS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("他们不走", callback_data="stay")],
        [
            InlineKeyboardButton("复制这句话", copy_text=CopyTextButton("我不同意你们进门")),
            InlineKeyboardButton("官网", url="https://www.12378.gov.cn/"),
        ],
        [InlineKeyboardButton("没用", callback_data="bad")],
    ]
)


@asynccontextmanager
async def echoing(root, token):
    """The bot answers while the block lasts."""
    async with Bot(token, f"{root}/bot", f"{root}/file/bot") as bot:
        await bot.set_my_commands([BotCommand("start", "从头开始"), BotCommand("menu", "分类")])
        await bot.set_my_description("我是缓缓，欠款上的事可以问我。")
        task = asyncio.create_task(_listen(bot))
        try:
            yield bot
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _listen(bot):
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=30):
            offset = update.update_id + 1
            with suppress(error.BadRequest):
                await _answer(bot, update)


async def _answer(bot, update):
    query = update.callback_query
    message = update.message or update.edited_message
    if query and query.data == "bad":
        await query.answer("我们会改", show_alert=True)
    elif query:
        await query.answer("记下了")
        await query.edit_message_text("<b>打 110</b>", parse_mode="HTML")
    elif update.edited_message:
        await message.reply_text(f"改成了：{message.text}")
    elif message and message.text and message.text.startswith("催收"):
        await bot.send_chat_action(message.chat.id, "typing")
        await message.reply_text(CARD, parse_mode="HTML", reply_markup=KEYS)
    elif message and message.text == "坏":
        await bot.send_message(message.chat.id, "<b>没有结尾", parse_mode="HTML")
    elif message and message.text == "信":
        data = "尊敬的银行".encode()
        await bot.send_document(message.chat.id, data, filename="申请书.docx", caption="写好了")
    elif message and message.text:
        await message.reply_text(f"你说：{message.text}")
    elif message:
        await message.reply_text("我只看得懂文字")
