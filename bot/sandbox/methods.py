"""Which methods there are, and the way of one call: record, fault, limits, method, answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CallRefused
from bot.sandbox import methods_messages as messages
from bot.sandbox import methods_profile as profile
from bot.sandbox import methods_receiving as receiving
from bot.sandbox.faults import ConnectionCut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.sandbox.arguments import Arguments
    from bot.sandbox.core import Sandbox
    from bot.sandbox.faults import Fault
    from bot.sandbox.records import Record

_SENDING: Final = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup "
    "reply_to_message_id allow_sending_without_reply "
)
_CAPTION: Final = "caption parse_mode caption_entities "
_TEXT: Final = "text parse_mode entities link_preview_options disable_web_page_preview "
_EDITING: Final = "business_connection_id chat_id message_id inline_message_id reply_markup "


@dataclass(frozen=True, slots=True)
class Method:
    """Something the bot can ask for."""

    run: Callable[[Sandbox, Arguments], Awaitable[Any]]
    known: frozenset[str]
    """Parameters it has in the Bot API, whether or not the stand-in heeds them."""


def _method(run: Callable[[Sandbox, Arguments], Awaitable[Any]], known: str = "") -> Method:
    return Method(run, frozenset(known.split()))


METHODS: Final[Mapping[str, Method]] = {
    "getme": _method(profile.get_me),
    "getupdates": _method(receiving.get_updates, "offset limit timeout allowed_updates"),
    "setwebhook": _method(
        receiving.set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates "
        "secret_token",
    ),
    "deletewebhook": _method(receiving.delete_webhook, "drop_pending_updates"),
    "getwebhookinfo": _method(receiving.get_webhook_info),
    "sendmessage": _method(messages.send_message, _SENDING + _TEXT),
    "sendphoto": _method(
        messages.send_photo, _SENDING + _CAPTION + "photo show_caption_above_media has_spoiler"
    ),
    "senddocument": _method(
        messages.send_document,
        _SENDING + _CAPTION + "document thumbnail disable_content_type_detection",
    ),
    "sendchataction": _method(
        messages.send_chat_action, "business_connection_id chat_id message_thread_id action"
    ),
    "editmessagetext": _method(messages.edit_message_text, _EDITING + _TEXT),
    "editmessagereplymarkup": _method(messages.edit_message_reply_markup, _EDITING),
    "deletemessage": _method(messages.delete_message, "chat_id message_id"),
    "answercallbackquery": _method(
        messages.answer_callback_query, "callback_query_id text show_alert url cache_time"
    ),
    "setmycommands": _method(profile.set_my_commands, "commands scope language_code"),
    "getmycommands": _method(profile.get_my_commands, "scope language_code"),
    "setmydescription": _method(profile.set_my_description, "description language_code"),
    "setmyshortdescription": _method(
        profile.set_my_short_description, "short_description language_code"
    ),
    "setchatmenubutton": _method(profile.set_chat_menu_button, "chat_id menu_button"),
    "getfile": _method(profile.get_file, "file_id"),
    "getchat": _method(profile.get_chat, "chat_id"),
    "leavechat": _method(profile.leave_chat, "chat_id"),
}
"""By name in small letters, since Telegram does not care about capitals."""


async def execute(box: Sandbox, name: str, arguments: Arguments) -> Any:
    """Carries out one call.

    Args:
        box: the stand-in.
        name: of the method, as the bot wrote it.
        arguments: of the call.

    Raises:
        CallRefused: in Telegram's words.
        ConnectionCut: a test wants the connection closed.
    """
    files = {key: upload.name for key, upload in arguments.files.items()}
    record = box.records.add(box.clock.now(), name, dict(arguments.texts), files)
    fault = box.faults.take(name.lower(), arguments.text("chat_id"))
    try:
        result = await _answer(box, name, arguments, record, fault)
    except CallRefused as refusal:
        record.code, record.description = refusal.code, str(refusal)
        _tell(box, record, arguments)
        raise
    except ConnectionCut:
        record.description = "connection cut"
        raise
    record.ok = True
    return result


def _tell(box: Sandbox, record: Record, arguments: Arguments) -> None:
    """Shows a refusal in its chat: who previews an edit should see that it cannot be sent."""
    chat = arguments.integer("chat_id", 0, -(2**60), 2**60)
    if chat in box.world.chats:
        words = {"method": record.method, "description": record.description}
        box.journal.add(chat, "refused", **words)


async def _answer(
    box: Sandbox, name: str, arguments: Arguments, record: Record, fault: Fault | None
) -> Any:
    trouble = fault.trouble() if fault else None
    if fault and fault.hang and not fault.carried_out:
        await box.pause(fault.hang)
    if trouble and fault and not fault.carried_out:
        raise trouble
    method = METHODS.get(name.lower())
    if method is None:
        raise CallRefused(404, "Not Found: method not found")
    record.unknown = sorted({*arguments.texts, *arguments.files} - method.known)
    result = await method.run(box, arguments)
    if fault and fault.hang and fault.carried_out:
        await box.pause(fault.hang)
    if trouble:
        raise trouble
    return result
