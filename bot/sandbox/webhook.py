"""Posts updates to the bot's webhook by Telegram's rules.

Source: ``WebhookActor`` of tdlib/telegram-bot-api: one update in flight per queue, the next after a
2xx; 60 s for an answer; again at once, then after 2, 4, … 64 s, then 60 to 120 s; ``Retry-After``;
at most ``2 * max_connections`` updates are loaded, so that as many poisonous ones stop everybody;
410 for 23 h closes the webhook; a ``method`` in the answer is carried out.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.clock import Clock
    from bot.sandbox.updates import QueueKey, Update, UpdateQueue

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
DEFAULT_CONNECTIONS: Final = 40
MAX_CONNECTIONS: Final = 100
_MAX_RETRY_AFTER: Final = 3600
_NOT_IN_ANSWERS: Final = ("deletewebhook", "setwebhook", "close", "logout")


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """Numbers of the delivery; seconds on the stand-in's clock."""

    answer_within: float = 60.0
    resend_limit: float = 60.0
    """The longest delay lies between this and twice this."""
    gone_after: float = 23 * 3600.0
    """How long 410 must be answered until the webhook is closed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What setWebhook was told."""

    url: str
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS


@dataclass(slots=True)
class _Loaded:
    """An update on its way."""

    update: Update
    wake_at: float
    delay: float = 1.0
    failures: int = 0
    flying: bool = False


@dataclass(slots=True)
class _Answer:
    """What came back."""

    error: str = ""
    gone: bool = False
    retry_after: float = 0.0
    call: dict[str, Any] = field(default_factory=dict)


class Deliverer:
    """Sends updates to one webhook until it is cancelled."""

    def __init__(
        self,
        webhook: Webhook,
        updates: UpdateQueue,
        clock: Clock,
        *,
        execute: Callable[[str, dict[str, Any]], Awaitable[None]],
        rules: WebhookRules,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.webhook = webhook
        self.last_error: tuple[int, str] | None = None
        """When and what, for getWebhookInfo."""
        self.closed = False
        """The bot said 410 for too long."""
        self._updates = updates
        self._clock = clock
        self._execute = execute
        self._rules = rules
        self._transport = transport
        self._random = random.Random(webhook.url)  # noqa: S311  # spreads retries, protects nothing
        self._loaded: dict[int, _Loaded] = {}
        self._gone_since: float | None = None

    async def run(self) -> None:
        """Delivers for ever, or until the webhook is closed by 410."""
        client = httpx.AsyncClient(transport=self._transport, timeout=httpx.Timeout(None))
        async with client, asyncio.TaskGroup() as sends:
            while not self.closed:
                rang = self._updates.bell.wait()
                self._load()
                for loaded in self._ready():
                    loaded.flying = True
                    sends.create_task(self._send(client, loaded))
                await self._pause(rang)

    def _load(self) -> None:
        """Takes the oldest updates that are not loaded yet, as far as there is room."""
        alive = self._updates.waiting()
        numbers = {update.id for update in alive}
        for number in [n for n, loaded in self._loaded.items() if not loaded.flying]:
            if number not in numbers:
                del self._loaded[number]
        room = 2 * self.webhook.max_connections - len(self._loaded)
        fresh = (update for update in alive if update.id not in self._loaded)
        for update, _ in zip(fresh, range(room), strict=False):
            self._loaded[update.id] = _Loaded(update, self._clock.now())

    def _heads(self) -> list[_Loaded]:
        """The oldest loaded update of each queue."""
        heads: dict[QueueKey, _Loaded] = {}
        for _, loaded in sorted(self._loaded.items()):
            heads.setdefault(loaded.update.queue, loaded)
        return list(heads.values())

    def _ready(self) -> list[_Loaded]:
        heads = self._heads()
        free = self.webhook.max_connections - sum(loaded.flying for loaded in heads)
        now = self._clock.now()
        due = [head for head in heads if not head.flying and head.wake_at <= now]
        return sorted(due, key=lambda head: (head.wake_at, head.update.id))[: max(free, 0)]

    async def _pause(self, rang: Awaitable[Any]) -> None:
        """Waits for news, a finished send (which rings too) or the next retry."""
        now = self._clock.now()
        delays = [head.wake_at - now for head in self._heads() if not head.flying]
        waits = [asyncio.ensure_future(rang)]
        later = [delay for delay in delays if delay > 0]
        if later:
            waits.append(asyncio.ensure_future(self._clock.sleep(min(later))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    async def _send(self, client: httpx.AsyncClient, loaded: _Loaded) -> None:
        answer = await self._post(client, loaded.update)
        if answer.error:
            self._failed(loaded, answer)
        else:
            self._gone_since = None
            self._drop(loaded)
            if answer.call:
                await self._execute(str(answer.call.pop("method")), answer.call)
        loaded.flying = False
        self._updates.bell.ring()

    def _drop(self, loaded: _Loaded) -> None:
        self._updates.forget([loaded.update.id])
        self._loaded.pop(loaded.update.id, None)

    async def _post(self, client: httpx.AsyncClient, update: Update) -> _Answer:
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret:
            headers[SECRET_HEADER] = self.webhook.secret
        body = json.dumps(update.to_json()).encode()
        post = asyncio.ensure_future(client.post(self.webhook.url, content=body, headers=headers))
        patience = asyncio.ensure_future(self._clock.sleep(self._rules.answer_within))
        try:
            await asyncio.wait({post, patience}, return_when=asyncio.FIRST_COMPLETED)
            if not post.done():
                return _Answer("Read timeout expired")
            return _judge(post.result())
        except httpx.ConnectError:
            return _Answer("Connection refused")
        except (httpx.HTTPError, httpx.InvalidURL):
            return _Answer("Webhook connection closed")
        finally:
            patience.cancel()
            post.cancel()

    def _failed(self, loaded: _Loaded, answer: _Answer) -> None:
        now = self._clock.now()
        self.last_error = (int(now), answer.error)
        self._note_gone(answer, now)
        delay = min(answer.retry_after, _MAX_RETRY_AFTER)
        if not delay and loaded.failures:
            limit = self._random.uniform(self._rules.resend_limit, 2 * self._rules.resend_limit)
            loaded.delay = delay = min(limit, loaded.delay * 2)
        if now + delay > loaded.update.expires_at:
            self._drop(loaded)
            return
        loaded.failures += 1
        loaded.wake_at = now + delay

    def _note_gone(self, answer: _Answer, now: float) -> None:
        if not answer.gone:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now > self._gone_since + self._rules.gone_after:
            self.closed = True


def _judge(response: httpx.Response) -> _Answer:
    if not response.is_success:
        text = response.headers.get("Retry-After", "")
        return _Answer(
            f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}",
            gone=response.status_code == HTTPStatus.GONE,
            retry_after=float(text) if text.isdigit() else 0.0,
        )
    try:
        body = response.json()
    except ValueError:
        return _Answer()
    method = str(body.get("method", "")).lower() if isinstance(body, dict) else ""
    if not method or method in _NOT_IN_ANSWERS or method.startswith("get"):
        return _Answer()
    return _Answer(call=body)
