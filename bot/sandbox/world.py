"""Who and what exists: people, chats, messages, files.

Messages are JSON as in the Bot API and are replaced, never changed, so that an update keeps what it
was made of.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CallRefused
from bot.sandbox.refusals import bad_request, forbidden

if TYPE_CHECKING:
    from bot.sandbox.clock import Clock

Json = dict[str, Any]

_EPOCH: Final = 1_750_000_000
_IDS_PER_SECOND: Final = 8
_ID_SPACE: Final = 2_000_000_000
_FIRST_PERSON: Final = 5_000_000_000
_FIRST_SUPERGROUP: Final = 1_000_000_000_000


def first_id(clock: Clock) -> int:
    """Where numbering begins: later at each start, so that a bot with a memory sees no old ids."""
    return max(1, int((clock.now() - _EPOCH) * _IDS_PER_SECOND) % _ID_SPACE)


@dataclass(slots=True)
class Person:
    """Somebody who writes."""

    id: int
    name: str
    username: str = ""

    def to_json(self) -> Json:
        """As a Bot API ``User``."""
        user = {"id": self.id, "is_bot": False, "first_name": self.name}
        if self.username:
            user["username"] = self.username
        return {**user, "language_code": "zh-hans"}


@dataclass(slots=True)
class Chat:
    """A private chat with one person, or a group."""

    id: int
    title: str
    people: list[int]
    group: bool = False
    open: bool = False
    """The bot may write: the person wrote first, or the bot was added."""
    blocked: bool = False
    left: bool = False
    """The bot is no longer in the group."""
    supergroup: bool = False
    migrated_to: int = 0
    """The supergroup this group became."""
    keyboard: Json | None = None
    """Buttons in the place of letters, until the bot removes them."""
    typing_until: float = 0.0
    action: str = ""
    messages: dict[int, Json] = field(default_factory=dict)
    """By ``message_id``, in order."""

    def to_json(self) -> Json:
        """As a Bot API ``Chat``."""
        if self.group:
            kind = "supergroup" if self.supergroup else "group"
            return {"id": self.id, "type": kind, "title": self.title}
        return {"id": self.id, "type": "private", "first_name": self.title}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file somebody sent."""

    id: str
    name: str
    mime: str
    data: bytes

    @property
    def unique_id(self) -> str:
        """The same for the same content."""
        return hashlib.sha256(self.data).hexdigest()[:16]

    @property
    def path(self) -> str:
        """As ``file_path`` of getFile."""
        suffix = self.name.rpartition(".")[2] if "." in self.name else "bin"
        return f"files/{self.id}.{suffix}"

    def to_json(self) -> Json:
        """The fields that every kind of file has."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }


class World:
    """Everything the stand-in knows."""

    def __init__(self, clock: Clock, bot: Json) -> None:
        self.bot = bot
        """As a Bot API ``User``."""
        self.clock = clock
        self.next_id = first_id(clock)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}

    def new_id(self) -> int:
        """A number that was never given before."""
        self.next_id += 1
        return self.next_id

    def add_person(self, name: str, person_id: int | None = None) -> Person:
        """Somebody new, or the one who has this id already."""
        number = person_id or _FIRST_PERSON + self.new_id()
        return self.people.setdefault(number, Person(number, name))

    def add_chat(self, person: Person) -> Chat:
        """The private chat of a person; it has the person's id."""
        return self.chats.setdefault(person.id, Chat(person.id, person.name, [person.id]))

    def add_group(self, title: str, people: list[int], *, supergroup: bool = False) -> Chat:
        """A group that the bot was added to."""
        number = -self.new_id() - (_FIRST_SUPERGROUP if supergroup else 0)
        chat = Chat(number, title, people, group=True, open=True, supergroup=supergroup)
        self.chats[chat.id] = chat
        return chat

    def add_file(self, name: str, mime: str, data: bytes) -> StoredFile:
        """Keeps a file."""
        number = self.new_id()
        digest = hashlib.sha256(f"{number}:{name}".encode()).hexdigest()[:24]
        stored = StoredFile(f"F{number}-{digest}", name, mime, data)
        self.files[stored.id] = stored
        return stored

    def reachable(self, identifier: str, *, write: bool = True) -> Chat:
        """The chat a call names.

        Args:
            identifier: ``chat_id`` as given.
            write: whether the bot wants to say something.

        Raises:
            CallRefused: no such chat, or the bot may not write there.
        """
        if not identifier:
            message = "chat_id is empty"
            raise bad_request(message)
        try:
            chat = self.chats.get(int(identifier))
        except ValueError:
            chat = None
        if chat is None or not chat.open:
            message = "chat not found"
            raise bad_request(message)
        if write and chat.migrated_to:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise CallRefused(400, words, migrate_to_chat_id=chat.migrated_to)
        if write and chat.left:
            message = "bot was kicked from the group chat"
            raise forbidden(message)
        if write and chat.blocked:
            message = "bot was blocked by the user"
            raise forbidden(message)
        return chat

    def new_message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Puts a message into a chat."""
        number = self.new_id()
        message = {
            "message_id": number,
            "from": sender,
            "chat": chat.to_json(),
            "date": int(self.clock.now()),
            **content,
        }
        chat.messages[number] = message
        return message

    def replace_message(self, chat: Chat, message: Json, content: Json, drop: set[str]) -> Json:
        """Puts changed content in the place of a message.

        Args:
            chat: where it stands.
            message: as it is.
            content: fields that change.
            drop: fields that go.
        """
        kept = {key: value for key, value in message.items() if key not in drop}
        changed = {**kept, **content, "edit_date": int(self.clock.now())}
        chat.messages[message["message_id"]] = changed
        return changed
