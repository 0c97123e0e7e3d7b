"""The Bot API's methods that write into a chat: send, edit, delete, answer a button."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.entities import utf16_length
from bot.sandbox.markup import read_markup
from bot.sandbox.refusals import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from bot.sandbox.texts import read_caption, read_text
from bot.sandbox.updates import PRESS_LIFE

if TYPE_CHECKING:
    from bot.sandbox.arguments import Arguments
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Chat, Json, StoredFile

ACTIONS: Final = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "record_audio",
        "upload_voice",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "pick_up_location",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
ACTION_LASTS: Final = 5.0
_MAX_ANSWER: Final = 200
_MAX_PHOTO: Final = 10 * 1024 * 1024
_MAX_SIDES: Final = 10_000


async def send_message(box: Sandbox, arguments: Arguments) -> Json:
    """A text."""
    text, entities = read_text(arguments)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    options = arguments.decoded("link_preview_options", "link preview options")
    if options:
        content["link_preview_options"] = options
    return _send(box, arguments, content)


async def send_document(box: Sandbox, arguments: Arguments) -> Json:
    """A file with a caption."""
    caption = _caption(arguments)
    stored = _stored(box, arguments, "document")
    document = {**stored.to_json(), "file_name": stored.name, "mime_type": stored.mime}
    return _send(box, arguments, {"document": document, **caption})


async def send_photo(box: Sandbox, arguments: Arguments) -> Json:
    """A picture with a caption."""
    caption = _caption(arguments)
    stored = _stored(box, arguments, "photo")
    if len(stored.data) > _MAX_PHOTO:
        message = "PHOTO_SAVE_FILE_INVALID"
        raise bad_request(message)
    return _send(box, arguments, {"photo": photo_sizes(stored), **caption})


def photo_sizes(stored: StoredFile) -> list[Json]:
    """The one size a picture is kept in.

    Raises:
        CallRefused: it is no PNG, JPEG, GIF or WebP, or too large.
    """
    size = image_size(stored.data)
    if size is None:
        message = "IMAGE_PROCESS_FAILED"
        raise bad_request(message)
    if sum(size) > _MAX_SIDES:
        message = "PHOTO_INVALID_DIMENSIONS"
        raise bad_request(message)
    return [{**stored.to_json(), "width": size[0], "height": size[1]}]


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a picture, None when it is none."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:  # noqa: PLR2004  # IHDR
        return struct.unpack(">II", data[16:24])
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:  # noqa: PLR2004  # screen size
        return struct.unpack("<HH", data[6:10])
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return (512, 512)
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Reads segments up to the frame header (SOF0 to SOF15 without DHT, JPG and DAC)."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004  # a marker
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


async def send_chat_action(box: Sandbox, arguments: Arguments) -> bool:
    """``正在输入…`` for five seconds."""
    action = arguments.text("action").lower()
    if action not in ACTIONS:
        message = "Wrong parameter action in request"
        raise bad_request(message)
    chat = box.world.reachable(arguments.text("chat_id"))
    chat.action = action
    chat.typing_until = box.clock.now() + ACTION_LASTS
    box.journal.add(chat.id, "typing", action=action, seconds=ACTION_LASTS)
    return True


async def edit_message_text(box: Sandbox, arguments: Arguments) -> Json:
    """Another text, and other buttons: without ``reply_markup`` the buttons go."""
    text, entities = read_text(arguments)
    markup = read_markup(arguments, inline_only=True)
    chat, message = _own_message(box, arguments)
    if "text" not in message:
        reason = "there is no text in the message to edit"
        raise bad_request(reason)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if markup:
        content["reply_markup"] = markup
    return _edit(box, chat, message, content, {"text", "entities", "reply_markup"})


async def edit_message_reply_markup(box: Sandbox, arguments: Arguments) -> Json:
    """Other buttons under the same text."""
    markup = read_markup(arguments, inline_only=True)
    chat, message = _own_message(box, arguments)
    content = {"reply_markup": markup} if markup else {}
    return _edit(box, chat, message, content, {"reply_markup"})


def _edit(box: Sandbox, chat: Chat, message: Json, content: Json, replaced: set[str]) -> Json:
    if content == {key: message[key] for key in replaced if key in message}:
        raise bad_request(NOT_MODIFIED)
    changed = box.world.replace_message(chat, message, content, replaced)
    box.show(chat, "edit", changed)
    return changed


def _own_message(box: Sandbox, arguments: Arguments) -> tuple[Chat, Json]:
    number = arguments.identifier("message_id")
    if not arguments.text("chat_id") and not number:
        message = "Message identifier is not specified"
        raise bad_request(message)
    chat = box.world.reachable(arguments.text("chat_id"))
    message_found = chat.messages.get(number)
    if message_found is None:
        message = "message to edit not found"
        raise bad_request(message)
    if message_found["from"]["id"] != box.world.bot["id"]:
        message = "message can't be edited"
        raise bad_request(message)
    return chat, message_found


async def delete_message(box: Sandbox, arguments: Arguments) -> bool:
    """Takes a message away; in groups only the bot's own."""
    if not arguments.text("chat_id"):
        message = "Chat identifier is not specified"
        raise bad_request(message)
    number = arguments.identifier("message_id")
    if not number:
        message = "Message identifier is not specified"
        raise bad_request(message)
    chat = box.world.reachable(arguments.text("chat_id"))
    found = chat.messages.get(number)
    if found is None:
        message = "message to delete not found"
        raise bad_request(message)
    if chat.group and found["from"]["id"] != box.world.bot["id"]:
        message = "message can't be deleted"
        raise bad_request(message)
    del chat.messages[number]
    box.journal.add(chat.id, "delete", message_id=number)
    return True


async def answer_callback_query(box: Sandbox, arguments: Arguments) -> bool:
    """Ends the waiting of a pressed button, with a note if there is one."""
    press = box.presses.get(arguments.text("callback_query_id"))
    if press is None or box.clock.now() > press.at + PRESS_LIFE:
        raise bad_request(QUERY_TOO_OLD)
    text = arguments.text("text")
    if utf16_length(text) > _MAX_ANSWER:
        message = "MESSAGE_TOO_LONG"
        raise bad_request(message)
    press.answer = {
        "press": arguments.text("callback_query_id"),
        "text": text,
        "alert": arguments.flag("show_alert"),
        "url": arguments.text("url"),
    }
    box.journal.add(press.chat, "answer", **press.answer)
    return True


def _send(box: Sandbox, arguments: Arguments, content: Json) -> Json:
    markup = read_markup(arguments)
    chat = box.world.reachable(arguments.text("chat_id"))
    reply = _reply(arguments, chat)
    box.limits.check(str(chat.id))
    if markup and "inline_keyboard" in markup:
        content["reply_markup"] = markup
    message = box.world.new_message(chat, box.bot, {**reply, **content})
    box.show(chat, "message", message)
    if markup and "inline_keyboard" not in markup:
        chat.keyboard = markup if "keyboard" in markup else None
        box.journal.add(chat.id, "chat")
    return message


def _reply(arguments: Arguments, chat: Chat) -> Json:
    parameters = arguments.decoded("reply_parameters", "reply parameters") or {}
    if not isinstance(parameters, dict):
        message = "Object expected as reply parameters"
        raise bad_request(message)
    number = parameters.get("message_id") or arguments.identifier("reply_to_message_id")
    if not number:
        return {}
    found = chat.messages.get(int(number)) if str(number).isdecimal() else None
    if found is not None:
        return {"reply_to_message": without_reply(found)}
    name = "allow_sending_without_reply"
    if parameters.get(name) or arguments.flag(name):
        return {}
    message = "message to be replied not found"
    raise bad_request(message)


def without_reply(message: Json) -> Json:
    """A message as it stands in another one that answers it: no deeper nesting."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _caption(arguments: Arguments) -> Json:
    caption, entities = read_caption(arguments)
    content: Json = {"caption": caption} if caption else {}
    return {**content, "caption_entities": entities} if entities else content


def _stored(box: Sandbox, arguments: Arguments, kind: str) -> StoredFile:
    upload = arguments.file(kind)
    if upload is not None:
        if not upload.data:
            message = "file must be non-empty"
            raise bad_request(message)
        return box.world.add_file(upload.name, upload.mime, upload.data)
    identifier: Any = arguments.text(kind)
    if not identifier:
        message = f"There is no {kind} in the request"
        raise bad_request(message)
    stored = box.world.files.get(identifier)
    if stored is None:
        message = "wrong file identifier/HTTP URL specified"
        raise bad_request(message)
    return stored
