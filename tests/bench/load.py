"""A lean messenger for measuring: posts updates to a webhook and answers Bot API calls.

Written on bare sockets, so that it takes as little as possible of the processors that it shares
with what it measures. One update in flight for each chat, as Telegram does it.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
MESSAGE = (
    b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
)


class Messenger:
    """Answers calls and remembers where updates go."""

    def __init__(self) -> None:
        self.url = ""
        self.given: dict[str, object] = {}
        self.sent = 0
        self.enough = asyncio.Event()
        self.wanted = 0
        self.root = ""

    async def start(self) -> asyncio.Server:
        """Listens on a free port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Called(self), "127.0.0.1", 0)
        self.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    def count(self) -> None:
        """One more message was sent."""
        self.sent += 1
        if self.sent == self.wanted:
            self.enough.set()

    def answer(self, method: bytes, body: bytes) -> bytes:
        """The result of one call."""
        if method == b"sendMessage":
            self.count()
            return MESSAGE
        return json.dumps({"ok": True, "result": self._other(method, body)}).encode()

    def _other(self, method: bytes, body: bytes) -> object:
        if method == b"getMe":
            return {"id": 100000, "is_bot": True, "first_name": "b", "username": "bench_bot"}
        if method == b"setWebhook":
            self.given = _parameters(body)
            self.url = self.given["url"]
        if method == b"getWebhookInfo":
            info = {"url": self.url, "has_custom_certificate": False, "pending_update_count": 0}
            told = ("allowed_updates", "max_connections")
            return info | {key: self.given[key] for key in told if key in self.given}
        return True


def _parameters(body: bytes) -> dict[str, object]:
    """Of a call, as JSON or as a form (httpx)."""
    if body.startswith(b"{"):
        return json.loads(body)
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return form | {
        "allowed_updates": json.loads(form["allowed_updates"]),
        "max_connections": int(form["max_connections"]),
    }


class _Called(asyncio.Protocol):
    """One connection of the bot's client."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (request := _split(self._unread)) is not None:
            head, body, self._unread = request
            method = head.split(b" ", 2)[1].rpartition(b"/")[2]
            answer = self._messenger.answer(method, body)
            self._transport.write(HEAD % len(answer) + answer)


def _split(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    at = data[:end].lower().find(b"content-length:")
    length = int(data[at + 15 : end].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(data) < end + 4 + length:
        return None
    return data[:end], data[end + 4 : end + 4 + length], data[end + 4 + length :]


class _Chat(asyncio.Protocol):
    """One connection to the webhook: a chat that waits for each acknowledgement."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.status: asyncio.Future[int] | None = None
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if (answer := _split(self._unread)) is not None:
            self._unread = answer[2]
            if b'"method"' in answer[1]:  # a call within the answer
                self._messenger.count()
            if self.status is not None and not self.status.done():
                self.status.set_result(int(answer[0].split(b" ", 2)[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.status is not None and not self.status.done():
            self.status.set_exception(exc or ConnectionError())


@dataclass
class Figures:
    """What one run showed."""

    answers_per_second: float
    acknowledged_ms: list[float] = field(default_factory=list)


class Load:
    """Sends questions to a webhook."""

    def __init__(self, messenger: Messenger, port: int, secret: str, questions: list[str]) -> None:
        self._messenger = messenger
        self._port = port
        self._secret = secret
        self._questions = questions
        self._update_id = int(time.time())

    def _chat(self) -> _Chat:
        return _Chat(self._messenger)

    async def run(self, updates: int, chats: int, *, per_second: float = 0.0) -> Figures:
        """Sends updates from many chats and waits for as many answers.

        Args:
            updates: how many in all.
            chats: connections, each with one update in flight.
            per_second: over all chats; 0 for as many as are taken.
        """
        loop = asyncio.get_running_loop()
        lines = [
            (await loop.create_connection(self._chat, "127.0.0.1", self._port))[1]
            for _ in range(chats)
        ]
        messenger = self._messenger
        messenger.enough.clear()
        messenger.wanted = messenger.sent + updates
        spent: list[float] = []
        numbers = iter(range(updates))
        started = time.perf_counter()

        async def talk(chat: int, line: _Chat) -> None:
            for number in numbers:
                if per_second:
                    await asyncio.sleep(started + number / per_second - time.perf_counter())
                spent.append(await self._say(line, chat, number))

        await asyncio.gather(*(talk(9_000_000 + n, line) for n, line in enumerate(lines)))
        async with asyncio.timeout(120):
            await messenger.enough.wait()
        taken = time.perf_counter() - started
        for line in lines:
            line.transport.close()
        return Figures(updates / taken, spent)

    async def _say(self, line: _Chat, chat: int, number: int) -> float:
        self._update_id += 1
        person = {"id": chat, "is_bot": False, "first_name": "x"}
        message = {
            "message_id": self._update_id,
            "date": 1_800_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "x"},
            "from": person,
            "text": self._questions[number % len(self._questions)],
        }
        body = json.dumps({"update_id": self._update_id, "message": message}).encode()
        head = (
            f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {self._secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.status = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        line.transport.write(head.encode() + body)
        status = await line.status
        if status != 200:
            message_text = f"the webhook answered {status}"
            raise RuntimeError(message_text)
        return (time.perf_counter() - started) * 1000
