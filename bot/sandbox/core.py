"""The stand-in itself: what it knows, what waits for the bot, and what the bot asked for."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.errors import CallRefused, SettingsInvalid
from bot.sandbox.arguments import Arguments
from bot.sandbox.faults import Faults, Limits, RateLimits
from bot.sandbox.journal import Journal
from bot.sandbox.records import Records
from bot.sandbox.requests import as_texts
from bot.sandbox.updates import LongPoll, UpdateQueue
from bot.sandbox.webhook import Deliverer, Webhook, WebhookRules
from bot.sandbox.world import Chat, Json, World, first_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from bot.sandbox.clock import Clock

    Execute = Callable[["Sandbox", str, Arguments], Awaitable[Any]]

USERNAME: Final = "huanhuan_sandbox_bot"


@dataclass(slots=True)
class Profile:
    """What the bot tells about itself."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (``default``, ``chat 7`` …) and language."""
    descriptions: dict[str, str] = field(default_factory=dict)
    """By language; shown in an empty chat."""
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    """By ``chat_id``; empty for all chats."""


@dataclass(slots=True)
class Press:
    """A pressed button that waits for an answer."""

    chat: int
    at: float
    answer: Json | None = None


class Sandbox:
    """A Bot API server for one bot, without the HTTP around it."""

    def __init__(
        self,
        token: str,
        clock: Clock,
        execute: Execute,
        *,
        limits: Limits | None,
        rules: WebhookRules,
        transport: httpx.AsyncBaseTransport | None,
        reads_groups: bool,
    ) -> None:
        self.token = token
        self.clock = clock
        self.world = World(clock, _bot_user(token, reads_groups=reads_groups))
        self.journal = Journal(first_id(clock))
        self.updates = UpdateQueue(clock)
        self.poll = LongPoll(self.updates, clock)
        self.profile = Profile()
        self.presses: dict[str, Press] = {}
        self.records = Records()
        self.faults = Faults()
        self.limits = RateLimits(clock, limits)
        self.deliverer: Deliverer | None = None
        self._execute = execute
        self._rules = rules
        self._transport = transport
        self._delivery: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    @property
    def bot(self) -> Json:
        """The bot as a Bot API ``User``, without what only getMe tells."""
        return {key: self.world.bot[key] for key in ("id", "is_bot", "first_name", "username")}

    @property
    def webhook(self) -> Webhook | None:
        """Where updates are posted; None with long polling."""
        if self.deliverer is None or self.deliverer.closed:
            return None
        return self.deliverer.webhook

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Begins to post updates, or stops."""
        await self._stop_delivery()
        if webhook is None:
            return
        self.poll.abort("terminated by setWebhook request")
        self.deliverer = Deliverer(
            webhook,
            self.updates,
            self.clock,
            execute=self._carry_out,
            rules=self._rules,
            transport=self._transport,
        )
        self._delivery = asyncio.create_task(self.deliverer.run())

    async def _stop_delivery(self) -> None:
        self.deliverer = None
        if self._delivery is not None:
            self._delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivery
            self._delivery = None

    async def _carry_out(self, method: str, parameters: Json) -> None:
        """A call that stood in the answer to an update; nobody hears of its result."""
        with contextlib.suppress(CallRefused):
            await self._execute(self, method, Arguments(as_texts(parameters)))

    async def close(self) -> None:
        """Lets everybody go who listens or waits."""
        self._closing.set()
        await self._stop_delivery()
        self.journal.close()
        self.poll.abort()

    async def pause(self, seconds: float) -> None:
        """Waits so long, or until everything closes."""
        ends = (
            asyncio.ensure_future(self.clock.sleep(seconds)),
            asyncio.ensure_future(self._closing.wait()),
        )
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def show(self, chat: Chat, kind: str, message: Json) -> None:
        """Tells the listeners of a new or changed message."""
        if kind == "message" and message["from"]["is_bot"]:
            chat.typing_until = 0.0
        self.journal.add(chat.id, kind, message=message)


def _bot_user(token: str, *, reads_groups: bool) -> Json:
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        message = "BOT_TOKEN: not a bot token (expected 123456:ABC…)"
        raise SettingsInvalid(message)
    return {
        "id": int(number),
        "is_bot": True,
        "first_name": "缓缓",
        "username": USERNAME,
        "can_join_groups": True,
        "can_read_all_group_messages": reads_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
