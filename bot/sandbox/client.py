"""People for tests and the bench: they write, press and wait for replies over HTTP.

Example::

    async with SandboxClient.connect(root) as sandbox:
        person = await sandbox.person()
        await person.say("催收现在在我家门口")
        reply = await person.wait_for_reply()
        await person.press("不开门怎么说")
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from bot.errors import NoReply, RequestRefused

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.types import ASGIApp

Json = dict[str, Any]

_PATIENCE: Final = 10.0
_REPLIES: Final = frozenset({"message", "edit"})
_ANSWERS: Final = frozenset({"answer"})


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message."""

    label: str
    data: str = ""
    copy: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands in the chat."""

    id: int
    text: str
    """Text or caption, without formatting."""
    from_bot: bool
    edited: bool
    rows: tuple[tuple[Button, ...], ...]
    raw: Json
    """As in the Bot API."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands on the buttons, in reading order."""
        return tuple(button.label for row in self.rows for button in row)

    @property
    def file_name(self) -> str:
        """Of a document; empty without one."""
        return str(self.raw.get("document", {}).get("file_name", ""))

    def parts(self, kind: str) -> tuple[str, ...]:
        """The pieces of the text that are formatted in one way, for example ``bold``."""
        units = self.text.encode("utf-16-le")
        entities = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return tuple(
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in entities
            if e["type"] == kind
        )


def read_message(value: Json) -> Shown:
    """A Bot API message as a person sees it."""
    rows = value.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(
        id=value["message_id"],
        text=value.get("text") or value.get("caption") or "",
        from_bot=value["from"]["is_bot"],
        edited="edit_date" in value,
        rows=tuple(tuple(_button(button) for button in row) for row in rows),
        raw=value,
    )


def _button(value: Json) -> Button:
    copied = value.get("copy_text", {}).get("text", "")
    return Button(value["text"], value.get("callback_data", ""), copied, value.get("url", ""))


class SandboxClient:
    """A connection to a running stand-in."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @classmethod
    def connect(cls, root: str) -> Self:
        """Over the network.

        Args:
            root: as ``running`` gave it.
        """
        many = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        return cls(httpx.AsyncClient(base_url=f"{root}/sandbox", timeout=90.0, limits=many))

    @classmethod
    def inside(cls, app: ASGIApp) -> Self:
        """Without a port, for an app in the same process."""
        transport = httpx.ASGITransport(app=app)
        return cls(httpx.AsyncClient(transport=transport, base_url="http://sandbox/sandbox"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        """One request to ``/sandbox``; the decoded answer.

        Raises:
            RequestRefused: with the stand-in's reason.
        """
        response = await self._http.request(method, path, **options)
        if response.is_error:
            message = f"{response.status_code} {response.json()['description']}"
            raise RequestRefused(message)
        return response.json() if response.content else None

    async def person(self, name: str = "小林", *, chat_id: int | None = None) -> Person:
        """Somebody with a private chat; has not written yet, so the bot may not write either."""
        value = await self.ask("POST", "/chats", json={"name": name, "id": chat_id})
        return Person(self, value["id"], value["people"][0]["id"])

    async def group(self, title: str, *names: str) -> tuple[Person, ...]:
        """A group with the bot in it: its members, each speaking in the group's chat."""
        value = await self.ask("POST", "/chats", json={"title": title, "people": list(names)})
        return tuple(Person(self, value["id"], member["id"]) for member in value["people"])

    async def calls(self, method: str = "") -> list[Json]:
        """What the bot called so far; see ``records.Record`` for the fields."""
        found: list[Json] = await self.ask("GET", "/calls", params={"method": method})
        return found

    async def fail(self, method: str = "", **fault: Any) -> None:
        """Lets the next calls fail; see ``faults.Fault`` for the fields.

        Examples:
            ``fail("sendMessage", code=429, parameters={"retry_after": 3}, times=2)``,
            ``fail("sendMessage", cut=True, carried_out=True)``.
        """
        await self.ask("POST", "/faults", json={"method": method, **fault})

    async def mend(self) -> None:
        """Lets every call succeed again."""
        await self.ask("DELETE", "/faults")

    async def push_update(self, update: Json, *, chat_id: int = 0) -> int:
        """Sends the bot an update of any shape (without ``update_id``) and tells its id."""
        value = await self.ask("POST", "/updates", json={"update": update, "chat": chat_id})
        number: int = value["update_id"]
        return number

    async def set_options(self, **options: bool) -> None:
        """``limits=True`` for Telegram's rate limits, ``reads_groups=True`` without privacy mode."""
        await self.ask("POST", "/options", json=options)


class Person:
    """Somebody in a chat; remembers how far they have read."""

    def __init__(self, client: SandboxClient, chat_id: int, person_id: int) -> None:
        self.chat_id = chat_id
        self.person_id = person_id
        self._client = client
        self._read = dict.fromkeys((_REPLIES, _ANSWERS), 0)
        """For replies and for answers, the number of the last journal entry that was looked at."""

    async def say(self, text: str, *, reply_to: int = 0) -> Shown:
        """Writes a message."""
        value = {"text": text, "person": self.person_id, "reply_to": reply_to}
        return read_message(await self._ask("POST", "/messages", json=value))

    async def edit(self, message: Shown, text: str) -> Shown:
        """Corrects a message that was sent before."""
        return read_message(
            await self._ask("PATCH", f"/messages/{message.id}", json={"text": text})
        )

    async def press(
        self, label: str = "", *, message: Shown | None = None, data: str | None = None
    ) -> Button | None:
        """Presses a button.

        Args:
            label: what stands on it, or a part that no other button has.
            message: the one under which it stands; the last with such a button when None.
            data: presses what a changed message no longer shows.

        Returns:
            A copy or url button, which Telegram does not tell the bot about; else None.
        """
        target = message or await self._with_button(label)
        value: Json = {"person": self.person_id}
        value |= {"label": label} if data is None else {"data": data}
        answer = await self._ask("POST", f"/messages/{target.id}/press", json=value)
        return _button(answer["button"]) if "button" in answer else None

    async def _with_button(self, label: str) -> Shown:
        for message in reversed(await self.messages()):
            if any(label in other for other in message.labels):
                return message
        fault = f"no button {label!r}"
        raise RequestRefused(fault)

    async def send(
        self, kind: str, data: bytes = b"", *, name: str = "", caption: str = ""
    ) -> Shown:
        """Sends a ``photo``, ``sticker``, ``voice`` or ``document``; a placeholder without data."""
        query = {"kind": kind, "caption": caption, "person": str(self.person_id)}
        if name:
            query["name"] = name
        return read_message(await self._ask("POST", "/files", params=query, content=data))

    async def share_contact(self, phone: str, first_name: str = "小林") -> Shown:
        """Shares a telephone number."""
        contact = {"phone_number": phone, "first_name": first_name}
        value = {"contact": contact, "person": self.person_id}
        return read_message(await self._ask("POST", "/share", json=value))

    async def block(self, *, blocked: bool = True) -> None:
        """Stops the bot, or lets it in again."""
        await self._ask("POST", "/block", json={"blocked": blocked})

    async def messages(self) -> list[Shown]:
        """Everything in the chat, oldest first."""
        value = await self._ask("GET", "/messages")
        return [read_message(message) for message in value["messages"]]

    async def wait_for_reply(self, patience: float = _PATIENCE) -> Shown:
        """The next message or edit of the bot that was not looked at yet.

        Args:
            patience: seconds.

        Raises:
            NoReply: nothing came.
        """
        while True:
            entry = await self._next(_REPLIES, patience)
            if entry["message"]["from"]["is_bot"]:
                return read_message(entry["message"])

    async def wait_for_answer(self, patience: float = _PATIENCE) -> str:
        """The note on the next answered button press; empty when there is none on it.

        Raises:
            NoReply: no press was answered.
        """
        return str((await self._next(_ANSWERS, patience))["text"])

    async def _next(self, kinds: frozenset[str], patience: float) -> Json:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while True:
            wait = max(0.0, deadline - loop.time())
            query = {"since": self._read[kinds], "wait": wait}
            entries: list[Json] = await self._ask("GET", "/changes", params=query)
            for entry in entries:
                self._read[kinds] = entry["number"]
                if entry["kind"] in kinds:
                    return entry
            if not entries and not wait:
                raise NoReply

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        return await self._client.ask(method, f"/chats/{self.chat_id}{path}", **options)
