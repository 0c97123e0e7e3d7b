"""What people do in the chats: write, correct, press, send files, block; each becomes an update."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CallRefused
from bot.sandbox.core import Press, Sandbox
from bot.sandbox.entities import utf16_length
from bot.sandbox.methods_messages import photo_sizes, without_reply
from bot.sandbox.texts import MAX_TEXT, mark_up
from bot.sandbox.updates import PRESS_LIFE

if TYPE_CHECKING:
    from bot.sandbox.world import Chat, Json, Person, StoredFile

_CHAT: Final = "chat"
_USER: Final = "user"
_MEMBER: Final = "my_chat_member"


class Denial(StrEnum):
    """Why a person cannot do something; the page shows it."""

    NO_CHAT = "没有这个聊天"
    NO_MESSAGE = "没有这条消息"
    NO_BUTTON = "没有这个按钮"
    NO_FILE = "没有这个文件"
    NO_GROUP = "只有普通群才能升级"
    STRANGER = "这个人不在聊天里"
    BLANK = "不能发送空白消息"
    FIXED = "这条消息不能编辑"
    SIZE = "消息太长或是空白"
    BLOCKED = "已停用机器人，先重新启用"
    UNREADABLE = "看不懂这个请求"
    LEFT = "机器人已离开这个群"


def refuse(denial: Denial, code: int = 400) -> CallRefused:
    """A refusal that is not Telegram's but the page's own."""
    return CallRefused(code, denial.value)


class Visitors:
    """Acts for the people in the chats."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box

    def chat(self, chat_id: int) -> Chat:
        """A chat by its id.

        Raises:
            CallRefused: there is none.
        """
        chat = self._box.world.chats.get(chat_id)
        if chat is None:
            raise refuse(Denial.NO_CHAT, 404)
        return chat

    def arrive(self, name: str, person_id: int | None = None) -> Chat:
        """Somebody opens a private chat; the bot may write only after the person did."""
        chat = self._box.world.add_chat(self._box.world.add_person(name, person_id))
        self._box.journal.add(chat.id, "chat")
        return chat

    def gather(self, title: str, names: list[str]) -> Chat:
        """People make a group with the bot in it."""
        world = self._box.world
        people = [world.add_person(name) for name in names]
        chat = world.add_group(title, [person.id for person in people])
        self._box.journal.add(chat.id, "chat")
        self._membership(chat, people[0], "left", "member")
        self._write(chat, people[0], {"group_chat_created": True}, heard=True)
        return chat

    def say(self, chat: Chat, text: str, person_id: int | None = None, reply_to: int = 0) -> Json:
        """Somebody writes; a long text goes in several messages, as clients do.

        Returns:
            The first message.

        Raises:
            CallRefused: nothing is written, or the bot is blocked.
        """
        person = self._person(chat, person_id)
        parts = [mark_up(part) for part in _split(text)]
        sent = [
            self._write(chat, person, self._text(chat, plain, entities, reply_to))
            for plain, entities in parts
            if plain
        ]
        if not sent:
            raise refuse(Denial.BLANK)
        return sent[0]

    def _text(self, chat: Chat, plain: str, entities: list[Json], reply_to: int) -> Json:
        content: Json = {"text": plain}
        if entities:
            content["entities"] = entities
        return content | self._reply(chat, reply_to)

    def _reply(self, chat: Chat, reply_to: int) -> Json:
        found = chat.messages.get(reply_to)
        return {"reply_to_message": without_reply(found)} if found else {}

    def edit(self, chat: Chat, message_id: int, text: str) -> Json:
        """Somebody corrects a message.

        Raises:
            CallRefused: not a person's text, or nothing changed.
        """
        message = chat.messages.get(message_id)
        if message is None or message["from"]["is_bot"] or "text" not in message:
            raise refuse(Denial.FIXED)
        plain, entities = mark_up(text)
        if not plain or utf16_length(plain) > MAX_TEXT:
            raise refuse(Denial.SIZE)
        if plain == message["text"]:
            return message
        content: Json = {"text": plain, **({"entities": entities} if entities else {})}
        changed = self._box.world.replace_message(chat, message, content, {"entities"})
        self._box.show(chat, "edit", changed)
        if self._heard(chat, changed):
            self._box.updates.push("edited_message", changed, (_CHAT, chat.id))
        return changed

    def press(self, chat: Chat, message_id: int, data: str, person_id: int | None = None) -> str:
        """Somebody presses a button; an old view of the message may still show an old button.

        Returns:
            The id of the callback query.
        """
        message = chat.messages.get(message_id)
        if message is None or not message["from"]["is_bot"]:
            raise refuse(Denial.NO_MESSAGE, 404)
        person = self._person(chat, person_id)
        query = str(self._box.world.new_id() << 20)
        now = self._box.clock.now()
        presses = self._box.presses
        for old in [name for name, press in presses.items() if press.at + PRESS_LIFE < now]:
            del presses[old]
        presses[query] = Press(chat.id, now)
        self._box.journal.add(chat.id, "press", press=query, message_id=message_id, data=data)
        content = {
            "id": query,
            "from": person.to_json(),
            "message": message,
            "chat_instance": str(chat.id * 31),
            "data": data,
        }
        self._box.updates.push("callback_query", content, (_USER, person.id), PRESS_LIFE)
        return query

    def send_file(
        self, chat: Chat, kind: str, stored: StoredFile, *, caption: str, person_id: int | None
    ) -> Json:
        """Somebody sends a photo, document, sticker or voice message."""
        size = stored.to_json()
        if kind == "photo":
            content: Json = {"photo": photo_sizes(stored)}
        elif kind == "sticker":
            shape = {"type": "regular", "width": 512, "height": 512}
            flags = {"is_animated": False, "is_video": False, "emoji": "🙏"}
            content = {"sticker": {**size, **shape, **flags}}
        elif kind == "voice":
            content = {"voice": {**size, "duration": 3, "mime_type": "audio/ogg"}}
        else:
            file = {**size, "file_name": stored.name, "mime_type": stored.mime}
            content = {"document": file}
        plain, entities = mark_up(caption)
        if plain and kind != "sticker":
            content["caption"] = plain
            if entities:
                content["caption_entities"] = entities
        return self._write(chat, self._person(chat, person_id), content)

    def share(self, chat: Chat, kind: str, content: Json, person_id: int | None = None) -> Json:
        """Somebody shares a contact or a place.

        Args:
            chat: where.
            kind: ``contact`` or ``location``.
            content: as in the Bot API.
            person_id: who; the first member when None.
        """
        return self._write(chat, self._person(chat, person_id), {kind: content})

    def block(self, chat: Chat, *, blocked: bool) -> None:
        """The person stops the bot or lets it in again."""
        if chat.group or chat.blocked == blocked:
            return
        chat.blocked = blocked
        states = ("member", "kicked") if blocked else ("kicked", "member")
        self._membership(chat, self._person(chat, None), *states)
        self._box.journal.add(chat.id, "chat", blocked=blocked)

    def upgrade(self, chat: Chat) -> Chat:
        """A group becomes a supergroup with another id; calls to the old one name the new one."""
        if not chat.group or chat.migrated_to:
            raise refuse(Denial.NO_GROUP)
        world = self._box.world
        grown = world.add_group(chat.title, chat.people, supergroup=True)
        chat.migrated_to = grown.id
        person = self._person(chat, None)
        self._write(chat, person, {"migrate_to_chat_id": grown.id}, heard=True)
        self._write(grown, person, {"migrate_from_chat_id": chat.id}, heard=True)
        self._box.journal.add(grown.id, "chat")
        return grown

    def _membership(self, chat: Chat, person: Person, old: str, new: str) -> None:
        content = {
            "chat": chat.to_json(),
            "from": person.to_json(),
            "date": int(self._box.clock.now()),
            "old_chat_member": self._member(old),
            "new_chat_member": self._member(new),
        }
        self._box.updates.push(_MEMBER, content, (_MEMBER, chat.id))

    def _member(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": self._box.bot, "status": status, **until}

    def _person(self, chat: Chat, person_id: int | None) -> Person:
        number = chat.people[0] if person_id is None else person_id
        if number not in chat.people:
            raise refuse(Denial.STRANGER, 404)
        return self._box.world.people[number]

    def _write(self, chat: Chat, person: Person, content: Json, *, heard: bool = False) -> Json:
        if chat.blocked:
            raise refuse(Denial.BLOCKED)
        if chat.left:
            raise refuse(Denial.LEFT)
        chat.open = True
        message = self._box.world.new_message(chat, person.to_json(), content)
        self._box.show(chat, "message", message)
        if heard or self._heard(chat, message):
            self._box.updates.push("message", message, (_CHAT, chat.id))
        return message

    def _heard(self, chat: Chat, message: Json) -> bool:
        """Whether the bot is told: in a group only when addressed, unless it may read all.

        Source: "Privacy mode" in Telegram's description of bots; there is no other bot here, so
        every command that names none is meant for this one.
        """
        bot = self._box.world.bot
        if not chat.group or bot["can_read_all_group_messages"]:
            return True
        if message.get("reply_to_message", {}).get("from", {}).get("id") == bot["id"]:
            return True
        return _addresses(_body(message), bot["username"])


def _body(message: Json) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _addresses(text: str, username: str) -> bool:
    if re.search(rf"@{username}(?![A-Za-z0-9_])", text, re.IGNORECASE):
        return True
    return re.match(r"/[A-Za-z0-9_]{1,64}(?![\w@])", text) is not None


def _split(text: str) -> list[str]:
    """Parts of at most 4096 UTF-16 units."""
    parts: list[str] = [""]
    room = MAX_TEXT
    for character in text:
        units = 2 if character > "\uffff" else 1
        if units > room:
            parts.append("")
            room = MAX_TEXT
        parts[-1] += character
        room -= units
    return parts


def find_button(message: Json, label: str) -> Json | None:
    """The button with exactly this label, or the only one that contains it."""
    rows: list[list[Any]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[Json] = [button for row in rows for button in row]
    exact = [button for button in buttons if button["text"] == label]
    if exact:
        return exact[0]
    similar = [button for button in buttons if label in button["text"]]
    return similar[0] if len(similar) == 1 else None
