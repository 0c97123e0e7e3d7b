"""Telegram's updates as turns of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from telegram import Message, MessageEntity, Update
from telegram.error import TelegramError

from bot.clock import now
from bot.conversation.turn import Kind, SentFile, Turn
from bot.errors import UpdateMalformed

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import CallbackQuery, ChatMemberUpdated

_CONTENT: Final = (
    ("photo", Kind.PHOTO),
    ("voice", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("video_note", Kind.VOICE),
    ("sticker", Kind.STICKER),
    ("animation", Kind.STICKER),
    ("dice", Kind.STICKER),
    ("document", Kind.FILE),
    ("video", Kind.FILE),
    ("contact", Kind.CONTACT),
    ("location", Kind.LOCATION),
    ("venue", Kind.LOCATION),
    ("poll", Kind.OTHER),
    ("story", Kind.OTHER),
    ("game", Kind.OTHER),
)
"""Parts of a message, in the order in which they decide what it is."""

_FAULTS: Final = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    OSError,  # of a date that the clock of the machine cannot tell
    TelegramError,
)
"""What reading fields of wrong types ends in."""
_BEYOND: Final = 2**63
"""The first number that no database keeps as one."""
_GONE: Final = frozenset({"kicked", "left"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Telegram."""

    id: int
    username: str


def to_turn(body: dict[str, Any], me: Identity) -> Turn | None:
    """What happened, in our own words.

    Args:
        body: of an ``Envelope``.
        me: the bot; in a group it answers only when it is addressed.

    Returns:
        None where nothing should be answered.

    Raises:
        UpdateMalformed: Telegram's fields have wrong types.
    """
    try:
        turn = _read(Update.de_json(body["update"], None), me, tuple(body.get("masked", ())))
    except _FAULTS as error:
        message = f"{type(error).__name__} in the update"
        raise UpdateMalformed(message) from error
    if turn is not None and not _is_sound(turn):
        message = "a field of the update has the wrong type"
        raise UpdateMalformed(message)
    return turn


def _read(update: Update, me: Identity, masked: tuple[str, ...]) -> Turn | None:
    if update.callback_query is not None:
        return _from_press(update.callback_query)
    if update.my_chat_member is not None:
        return _from_membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    return _from_message(message, me, masked, edited=update.message is None)


def _is_sound(turn: Turn) -> bool:
    """Whether everything is what it is declared to be: the library passes fields on unread."""
    texts = [turn.action, turn.text, turn.command]
    numbers = [turn.person, turn.message]
    if turn.file is not None:
        texts += [turn.file.id, turn.file.name]
        numbers.append(turn.file.size)
    return all(isinstance(text, str) for text in texts) and all(
        number is None or (type(number) is int and abs(number) < _BEYOND) for number in numbers
    )


def _from_press(query: CallbackQuery) -> Turn | None:
    message = query.message
    chat = message.chat if message is not None else None
    return Turn(
        lane=str(chat.id if chat is not None else query.from_user.id),
        person=query.from_user.id,
        kind=Kind.PRESS,
        at=now(),
        action=query.data or "",
        message=message.message_id if message is not None else None,
        private=chat is None or chat.type == "private",
    )


def _from_membership(change: ChatMemberUpdated) -> Turn:
    gone = change.new_chat_member.status in _GONE
    back = change.old_chat_member.status in _GONE and not gone
    private = change.chat.type == "private"
    # In a private chat Telegram also sends /start, which is greeted; a group gets one greeting.
    joined = back and not private
    return Turn(
        lane=str(change.chat.id),
        person=change.from_user.id,
        kind=Kind.JOINED if joined else Kind.LEFT,
        at=change.date,
        private=private,
    )


def _from_message(
    message: Message, me: Identity, masked: tuple[str, ...], *, edited: bool
) -> Turn | None:
    if message.from_user is not None and message.from_user.is_bot:
        return None
    text = message.text or message.caption or ""
    private = message.chat.type == "private"
    if edited and not text:
        return None
    if not private and not _addressed(message, me):
        return None
    kind = _kind_of(message)
    if kind is None:
        return None
    command, argument = _command_of(message, text, me)
    return Turn(
        lane=str(message.chat.id),
        person=message.from_user.id if message.from_user else None,
        kind=Kind.EDIT if edited else kind,
        at=_moment(message),
        text=argument if command else _without_mention(text, me),
        command=command,
        message=message.message_id,
        masked=masked,
        private=private,
        file=_file_of(message),
    )


def _file_of(message: Message) -> SentFile | None:
    document = message.document
    if document is None:
        return None
    return SentFile(document.file_id, document.file_name or "", document.file_size or 0)


def _moment(message: Message) -> datetime:
    return message.edit_date or message.date


def _kind_of(message: Message) -> Kind | None:
    for part, kind in _CONTENT:
        if getattr(message, part):
            return kind
    if message.text is not None:
        return Kind.TEXT
    return None


def _command_of(message: Message, text: str, me: Identity) -> tuple[str, str]:
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return "", ""
    word, _, argument = text.partition(" ")
    word, _, rest = word.partition("\n")
    name, _, addressee = word.removeprefix("/").partition("@")
    if addressee and addressee.lower() != me.username.lower():
        return "", ""
    return name.lower(), f"{rest} {argument}".strip()


def _addressed(message: Message, me: Identity) -> bool:
    """True when a message in a group is meant for the bot."""
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return True
    text = message.text or message.caption or ""
    if f"@{me.username}".lower() in text.lower():
        return True
    first = message.entities[0] if message.entities else None
    is_command = first is not None and first.type == MessageEntity.BOT_COMMAND
    return is_command and first is not None and first.offset == 0 and "@" not in text.split()[0]


def _without_mention(text: str, me: Identity) -> str:
    mention = f"@{me.username}"
    at = text.lower().find(mention.lower())
    return text if at < 0 else (text[:at] + text[at + len(mention) :]).strip()
