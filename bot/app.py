"""The composition root: builds everything, hands it down, and owns every resource."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.chat.handler import UpdateHandler
from bot.chat.polling import Poller
from bot.chat.profile import publish_profile
from bot.chat.transport import TelegramTransport
from bot.chat.turns import Identity
from bot.content import Content
from bot.delivery.notices import Notices
from bot.delivery.service import Delivery, build_delivery
from bot.errors import SettingsInvalid
from bot.logs import redact
from bot.store.sqlite import open_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.delivery.limits import Limits
    from bot.settings import Settings

_log = structlog.get_logger(__name__)
_CONNECTIONS: Final = 32
"""Open at the same time to the Bot API; more only wait for its limits."""
_DEMO_TOKEN: Final = "100000:" + "sandbox" * 5


@dataclass(frozen=True, slots=True)
class App:
    """The running parts that others may want to look at."""

    settings: Settings
    content: Content
    bot: Bot
    delivery: Delivery


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """A client of the Bot API that knows who it is.

    Raises:
        SettingsInvalid: Telegram does not know the token, or cannot be reached.
    """
    request = HTTPXRequest(connection_pool_size=_CONNECTIONS, pool_timeout=30.0)
    bot = Bot(
        settings.token(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=request,
    )
    try:
        await bot.initialize()
    except TelegramError as error:
        await bot.shutdown()
        message = f"BOT_TOKEN or TELEGRAM_API_URL: {redact(str(error))}"
        raise SettingsInvalid(message) from None
    try:
        yield bot
    finally:
        await bot.shutdown()


@asynccontextmanager
async def open_app(settings: Settings, *, limits: Limits | None = None) -> AsyncIterator[App]:
    """Everything but the way in: content, store, client and delivery, opened and closed.

    Raises:
        SettingsInvalid: the token is missing or wrong.
        KnowledgeInvalid: the knowledge folder has faults.
    """
    content = await asyncio.to_thread(
        Content.load, settings.knowledge_dir, cache=settings.database_path.parent / "search"
    )
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(open_bot(settings))
        store = await stack.enter_async_context(open_sqlite(settings.database_path))
        handler = UpdateHandler(content, Identity(bot.id, bot.username))
        delivery = build_delivery(
            store,
            TelegramTransport(bot),
            handler,
            notices=Notices(failed=lambda item: handler.apologise(item.lane)),
            limits=limits,
        )
        await publish_profile(bot, content.knowledge)
        _log.info("ready", bot=bot.username, knowledge=content.knowledge.version)
        yield App(settings, content, bot, delivery)


async def work(app: App, stop: asyncio.Event) -> None:
    """Receives by long polling and answers, until told to stop."""
    async with asyncio.TaskGroup() as group:
        poller = group.create_task(Poller(app.bot, app.delivery).run())
        delivery = group.create_task(app.delivery.run(stop))
        await stop.wait()
        poller.cancel()
        await delivery


async def run_bot(settings: Settings) -> None:
    """``bot run``: works until SIGINT or SIGTERM, then finishes what is under way."""
    stop = stop_on_signals()
    async with open_app(settings) as app:
        await work(app, stop)


async def run_demo(
    settings: Settings, *, port: int, data: Path | None, announce: Callable[[str], None]
) -> None:
    """``bot demo``: the same bot against the stand-in for Telegram, in one process.

    Args:
        settings: for the knowledge folder; token, server and database are the demo's own.
        port: of the chat page; 0 takes a free one.
        data: where to keep the database; None keeps nothing.
        announce: shows the address of the page.
    """
    stop = stop_on_signals()
    async with running_demo(settings, port=port, data=data, stop=stop) as address:
        announce(f"缓缓 is listening: {address}/  (Ctrl+C stops it)")
        await stop.wait()


@asynccontextmanager
async def running_demo(
    settings: Settings,
    *,
    port: int = 0,
    data: Path | None = None,
    stop: asyncio.Event | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[str]:
    """The demo while the block is open; gives the address of the chat page."""
    from bot.sandbox.demo import running  # noqa: PLC0415, only the demo needs a web server
    from bot.sandbox.server import create_sandbox  # noqa: PLC0415

    stop = stop or asyncio.Event()
    with tempfile.TemporaryDirectory() as scratch:
        async with running(create_sandbox(token=_DEMO_TOKEN), "127.0.0.1", port) as address:
            own = settings.model_copy(
                update={
                    "bot_token": type(settings)
                    .model_validate({"bot_token": _DEMO_TOKEN})
                    .bot_token,
                    "telegram_api_url": address,
                    "database_url": f"sqlite:///{(data or Path(scratch)) / 'demo.db'}",
                }
            )
            async with open_app(own, limits=limits) as app:
                task = asyncio.create_task(work(app, stop))
                try:
                    yield address
                finally:
                    stop.set()
                    await task


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def request(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(number, request, number)
    return stop
