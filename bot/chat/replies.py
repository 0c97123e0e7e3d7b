"""Replies of a conversation as calls to the Bot API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.chat.markup import to_pages
from bot.store.port import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.chat.markup import Page
    from bot.conversation.turn import Button, Paper, Reply

MAX_ACTION = 64
"""Bytes of callback data (Bot API, InlineKeyboardButton)."""
MAX_COPY = 256
"""Characters of a copy button (Bot API, CopyTextButton)."""


def to_calls(replies: Iterable[Reply], lane: str, sorry: str = "") -> tuple[Call, ...]:
    """The calls that show replies in a chat, in order.

    A reply too long for one message becomes several; its buttons stand under the last. Every
    call falls back to plain text, and an edit to a new message, where Telegram refuses it.

    Args:
        replies: what to say.
        lane: the chat.
        sorry: said where a file cannot be made or sent; nothing when empty.
    """
    return tuple(
        _once(call) if reply.once else call
        for reply in replies
        for call in _calls(reply, lane, sorry)
    )


def _once(call: Call) -> Call:
    fallback = None if call.fallback is None else _once(call.fallback)
    return replace(call, once=True, fallback=fallback)


def to_ack(query_id: str, toast: str) -> Call:
    """Stops the waiting mark on a pressed button, with a short notice if there is one."""
    return Call("answerCallbackQuery", {"callback_query_id": query_id, "text": toast})


def to_typing(lane: str) -> Call:
    """Shows 正在输入… for a few seconds."""
    return Call("sendChatAction", {"chat_id": int(lane), "action": "typing"})


def _calls(reply: Reply, lane: str, sorry: str) -> Iterator[Call]:
    pages = to_pages(reply.blocks)
    for number, page in enumerate(pages, start=1):
        extra = {"reply_markup": to_keyboard(reply.buttons)} if number == len(pages) else {}
        if reply.buttons == ():
            extra = {}
        edits = reply.edit is not None and len(pages) == 1
        yield _edit(page, lane, reply.edit, extra) if edits else _send(page, lane, extra)
    yield from (_document(paper, lane, sorry) for paper in reply.papers)


def _document(paper: Paper, lane: str, sorry: str) -> Call:
    """What is made when it is sent; see ``bot.chat.papers``."""
    field = "photo" if paper.picture else "document"
    recipe = {"make": paper.make, "data": dict(paper.data), "field": field, "name": paper.name}
    method = "sendPhoto" if paper.picture else "sendDocument" if paper.name else "sendMessage"
    params = {"chat_id": int(lane)}
    fallback = Call("sendMessage", {**params, "text": sorry}) if sorry else None
    return Call(method, params, recipe=recipe, fallback=fallback)


def _send(page: Page, lane: str, extra: dict[str, Any]) -> Call:
    common = {"chat_id": int(lane), "link_preview_options": {"is_disabled": True}, **extra}
    plain = Call("sendMessage", {**common, "text": page.plain})
    return Call("sendMessage", {**common, "text": page.html, "parse_mode": "HTML"}, fallback=plain)


def _edit(page: Page, lane: str, message: int | None, extra: dict[str, Any]) -> Call:
    params = {
        "chat_id": int(lane),
        "message_id": message,
        "text": page.html,
        "parse_mode": "HTML",
        **extra,
    }
    return Call("editMessageText", params, fallback=_send(page, lane, extra))


def to_keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """Rows of buttons as an inline keyboard.

    Raises:
        ValueError: a button carries more than Telegram takes.
    """
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]}


def _button(button: Button) -> dict[str, Any]:
    if button.copy:
        if len(button.copy) > MAX_COPY:
            message = f"copy button over {MAX_COPY} characters: {button.label}"
            raise ValueError(message)
        return {"text": button.label, "copy_text": {"text": button.copy}}
    if button.url:
        return {"text": button.label, "url": button.url}
    if not 0 < len(button.action.encode()) <= MAX_ACTION:
        message = f"button data not within 1 to {MAX_ACTION} bytes: {button.label}"
        raise ValueError(message)
    return {"text": button.label, "callback_data": button.action}
