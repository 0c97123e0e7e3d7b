"""The stand-in's own endpoints under ``/sandbox``: for the chat page, the tests and the bench."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.answers import Answer
from bot.sandbox.faults import Limits, read_fault
from bot.sandbox.methods_profile import commands_for
from bot.sandbox.placeholders import PLACEHOLDERS
from bot.sandbox.requests import read_body
from bot.sandbox.visitors import Denial, Visitors, find_button, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Chat, Json

_HEARTBEAT: Final = 15.0
_LONGEST_WAIT: Final = 60.0
_SHOWN: Final = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"}
)
"""Kinds of file that a browser may open: none of them can hold a script."""


class Desk:
    """Answers the page's and the tests' requests."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self._visitors = Visitors(box)

    def routes(self) -> list[Route]:
        """Where everything is."""
        chat = "/chats/{chat}"
        message = chat + "/messages/{message:int}"
        return [
            Route("/state", self.state),
            Route("/events", self.events),
            Route("/chats", self.arrive, methods=["POST"]),
            Route(chat, self.leave, methods=["DELETE"]),
            Route(chat + "/messages", self.messages),
            Route(chat + "/messages", self.say, methods=["POST"]),
            Route(chat + "/changes", self.changes),
            Route(message, self.edit, methods=["PATCH"]),
            Route(message + "/press", self.press, methods=["POST"]),
            Route(chat + "/files", self.send_file, methods=["POST"]),
            Route(chat + "/share", self.share, methods=["POST"]),
            Route(chat + "/block", self.block, methods=["POST"]),
            Route(chat + "/upgrade", self.upgrade, methods=["POST"]),
            Route("/files/{file}", self.file),
            Route("/calls", self.calls),
            Route("/calls", self.forget_calls, methods=["DELETE"]),
            Route("/faults", self.add_fault, methods=["POST"]),
            Route("/faults", self.clear_faults, methods=["DELETE"]),
            Route("/updates", self.push_update, methods=["POST"]),
            Route("/options", self.set_options, methods=["POST"]),
        ]

    async def state(self, _request: Request) -> Response:
        """The bot and all chats, without their messages."""
        chats = [self._summary(chat) for chat in self._box.world.chats.values()]
        profile = self._box.profile
        texts = profile.descriptions, profile.short_descriptions
        description, short = (text.get("zh") or text.get("", "") for text in texts)
        bot = {**self._box.bot, "description": description, "short_description": short}
        return Answer({"bot": bot, "chats": chats, "last": self._box.journal.last})

    def _summary(self, chat: Chat) -> Json:
        people = [self._box.world.people[number] for number in chat.people]
        return {
            "id": chat.id,
            "title": chat.title,
            "group": chat.group,
            "people": [{"id": person.id, "name": person.name} for person in people],
            "open": chat.open,
            "blocked": chat.blocked,
            "left": chat.left or bool(chat.migrated_to),
            "commands": commands_for(self._box, chat.id, group=chat.group),
            "keyboard": chat.keyboard,
            "typing": max(0.0, chat.typing_until - self._box.clock.now()),
            "message": next(reversed(chat.messages.values()), None),
        }

    async def arrive(self, request: Request) -> Response:
        """A new private chat (``name``, ``id``) or group (``title``, ``people``)."""
        value = await _body(request)
        if value.get("title"):
            names = [str(name) for name in value.get("people") or ["小林"]]
            chat = self._visitors.gather(str(value["title"]), names)
        else:
            number = value.get("id")
            chat = self._visitors.arrive(str(value.get("name") or "小林"), number and int(number))
        return Answer(self._summary(chat), 201)

    async def leave(self, request: Request) -> Response:
        """Throws a chat away with all it holds."""
        chat = self._chat(request)
        del self._box.world.chats[chat.id]
        self._box.journal.add(chat.id, "chat", gone=True)
        return Response(status_code=204)

    async def messages(self, request: Request) -> Response:
        """All messages of a chat, oldest first."""
        chat = self._chat(request)
        found = {"messages": list(chat.messages.values()), "last": self._box.journal.last}
        return Answer({**self._summary(chat), **found})

    async def changes(self, request: Request) -> Response:
        """What happened in a chat after ``since``; waits up to ``wait`` seconds for it."""
        chat = self._chat(request)
        since = int(request.query_params.get("since", "0"))
        wait = min(float(request.query_params.get("wait", "0")), _LONGEST_WAIT)
        entries = await self._box.journal.changes(chat.id, since, wait)
        return Answer([entry.to_json() for entry in entries])

    async def say(self, request: Request) -> Response:
        """Somebody writes ``text``, perhaps as an answer to ``reply_to``."""
        value = await _body(request)
        reply_to = int(value.get("reply_to") or 0)
        text = str(value.get("text", ""))
        sent = self._visitors.say(self._chat(request), text, value.get("person"), reply_to)
        return Answer(sent, 201)

    async def edit(self, request: Request) -> Response:
        """Somebody corrects a message."""
        value = await _body(request)
        number = request.path_params["message"]
        text = str(value.get("text", ""))
        return Answer(self._visitors.edit(self._chat(request), number, text))

    async def press(self, request: Request) -> Response:
        """Somebody presses the button with ``label``, or any with ``data``."""
        value = await _body(request)
        chat = self._chat(request)
        number = request.path_params["message"]
        data = value.get("data")
        if data is None:
            button = find_button(chat.messages.get(number, {}), str(value.get("label")))
            if button is None:
                raise refuse(Denial.NO_BUTTON, 404)
            if "callback_data" not in button:
                return Answer({"button": button})
            data = button["callback_data"]
        press = self._visitors.press(chat, number, str(data), value.get("person"))
        return Answer({"press": press}, 201)

    async def send_file(self, request: Request) -> Response:
        """Somebody sends the body as ``kind``; without a body a placeholder."""
        query = request.query_params
        kind = query.get("kind", "document")
        data = await read_body(request)
        name, mime, placeholder = PLACEHOLDERS.get(kind, PLACEHOLDERS["document"])
        if data:
            name = query.get("name", name)
            mime = request.headers.get("content-type", "application/octet-stream")
        stored = self._box.world.add_file(name, mime, data or placeholder())
        person = query.get("person")
        sent = self._visitors.send_file(
            self._chat(request),
            kind,
            stored,
            caption=query.get("caption", ""),
            person_id=int(person) if person else None,
        )
        return Answer(sent, 201)

    async def share(self, request: Request) -> Response:
        """Somebody shares a ``contact`` or a ``location``."""
        value = await _body(request)
        kind = "location" if "location" in value else "contact"
        sent = self._visitors.share(
            self._chat(request), kind, value.get(kind) or {}, value.get("person")
        )
        return Answer(sent, 201)

    async def block(self, request: Request) -> Response:
        """Somebody stops the bot (``blocked``) or lets it in again."""
        chat = self._chat(request)
        self._visitors.block(chat, blocked=bool((await _body(request)).get("blocked", True)))
        return Answer(self._summary(chat))

    async def upgrade(self, request: Request) -> Response:
        """A group becomes a supergroup."""
        return Answer(self._summary(self._visitors.upgrade(self._chat(request))), 201)

    async def file(self, request: Request) -> Response:
        """A file for the page; never shown as a page of its own."""
        stored = self._box.world.files.get(request.path_params["file"])
        if stored is None:
            raise refuse(Denial.NO_FILE, 404)
        harmless = stored.mime in _SHOWN and "inline" in request.query_params
        headers = {
            "Content-Disposition": "inline" if harmless else "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        }
        return Response(stored.data, media_type=stored.mime, headers=headers)

    async def events(self, request: Request) -> Response:
        """Everything that happens, as server-sent events; ``reset`` when some were missed."""
        known = request.headers.get("last-event-id") or request.query_params.get("since", "")
        since = int(known) if known.isdigit() else self._box.journal.last
        return StreamingResponse(
            self._stream(since),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _stream(self, since: int) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        if since <= self._box.journal.last:
            async for entry in self._box.journal.follow(since, _HEARTBEAT):
                if entry is None:
                    yield ": still here\n\n"
                else:
                    text = json.dumps(entry.to_json())
                    yield f"id: {entry.number}\ndata: {text}\n\n"
        if not self._box.journal.closed:
            yield f"id: {self._box.journal.last}\nevent: reset\ndata: {{}}\n\n"

    async def calls(self, request: Request) -> Response:
        """Calls the bot made after ``since``, of one ``method`` or of all."""
        query = request.query_params
        found = self._box.records.find(query.get("method", ""), int(query.get("since", "0")))
        return Answer([record.to_json() for record in found])

    async def forget_calls(self, _request: Request) -> Response:
        """Forgets the calls so far."""
        self._box.records.clear()
        return Response(status_code=204)

    async def add_fault(self, request: Request) -> Response:
        """The next calls fail; see ``faults.Fault`` for the fields."""
        try:
            fault = read_fault(await _body(request))
        except TypeError:
            raise refuse(Denial.UNREADABLE) from None
        self._box.faults.add(fault)
        return Response(status_code=204)

    async def clear_faults(self, _request: Request) -> Response:
        """Everything succeeds again."""
        self._box.faults.clear()
        return Response(status_code=204)

    async def push_update(self, request: Request) -> Response:
        """Sends an ``update`` of any shape to the bot, in the queue of ``chat``."""
        value = await _body(request)
        queue = ("chat", int(value.get("chat") or 0))
        number = self._box.updates.push_raw(value.get("update") or {}, queue)
        return Answer({"update_id": number}, 201)

    async def set_options(self, request: Request) -> Response:
        """Turns on or off: ``limits`` (Telegram's rate limits), ``reads_groups``."""
        value = await _body(request)
        if "limits" in value:
            self._box.limits.limits = Limits() if value["limits"] else None
        if "reads_groups" in value:
            self._box.world.bot["can_read_all_group_messages"] = bool(value["reads_groups"])
        return Response(status_code=204)

    def _chat(self, request: Request) -> Chat:
        text = request.path_params["chat"]
        return self._visitors.chat(int(text) if text.lstrip("-").isdigit() else 0)


async def _body(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(await read_body(request) or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise refuse(Denial.UNREADABLE)
    return value
