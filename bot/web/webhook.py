"""The way in for Telegram's updates: checks shape and size, keeps the update, says 200."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.chat.envelopes import seal
from bot.errors import StorageUnavailable, UpdateMalformed
from bot.privacy import mask

if TYPE_CHECKING:
    from bot.store.port import Json, Receipt

MOST_BYTES: Final = 1024 * 1024
"""More than this is read from nobody; an update has a few kilobytes."""
_PATIENCE: Final = 10.0
"""Seconds for the whole body."""
_RETRY_AFTER: Final = {"Retry-After": "2"}
_KEPT: Final = 4096
"""Characters of a refused body that are set aside."""

_LOG = structlog.get_logger("web.webhook")


class Door(Protocol):
    """Where updates are kept."""

    async def receive(self, update_id: int, lane: str, body: Json, *, person: str = "") -> Receipt:
        """Keeps an update; may raise ``StorageUnavailable``."""

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what is no update; may raise ``StorageUnavailable``."""


class Timekeeper(Protocol):
    """Hears how long an answer took."""

    def acknowledged(self, status: int, seconds: float) -> None:
        """The webhook answered."""


class Webhook:
    """Answers 200 once an update is safe, or can never be handled; 503 when it is not kept.

    Whatever else than 200 is said of an update, Telegram sends it again, and nothing more of that
    chat until then. So what is broken is set aside and acknowledged.
    """

    def __init__(self, door: Door, timekeeper: Timekeeper) -> None:
        self._door = door
        self._timekeeper = timekeeper

    async def answer(self, request: Request) -> Response:
        """One request that has passed the gate."""
        started = time.perf_counter()
        response = await self._respond(request)
        self._timekeeper.acknowledged(response.status_code, time.perf_counter() - started)
        return response

    async def _respond(self, request: Request) -> Response:
        if not _is_json(request):
            return _say(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await _read(request)
        except (TimeoutError, ClientDisconnect):
            return _say(HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return _say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            await self._keep(body)
        except StorageUnavailable as error:
            _LOG.error("not kept, Telegram will send it again", error=str(error))
            return _say(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_AFTER)
        return Response()

    async def _keep(self, body: bytes) -> None:
        try:
            envelope = seal(body)
        except UpdateMalformed as error:
            await self._set_aside(str(error), body)
        except Exception as error:  # noqa: BLE001 - repeated for a day, it would stop the chat
            await self._set_aside(type(error).__name__, body)
        else:
            if envelope is not None:
                await self._door.receive(
                    envelope.update_id, envelope.lane, envelope.body, person=envelope.person
                )

    async def _set_aside(self, reason: str, body: bytes) -> None:
        _LOG.error("update set aside", reason=reason, bytes=len(body))
        text = body[: 4 * _KEPT].decode("utf-8", "replace")[:_KEPT]
        await self._door.refuse(reason, mask(text).text)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "application/json"


async def _read(request: Request) -> bytes | None:
    """The body; None when there is too much of it."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


def _say(status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    """A refusal; the connection goes with it, since its body may not have been read."""
    extra: dict[str, Any] = {"Connection": "close", **(headers or {})}
    return Response(status.phrase, status, extra)
