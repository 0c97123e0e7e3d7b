"""The composition root: builds everything, hands it down, and owns every resource."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.chat.admins.bulletins import Bulletins
from bot.chat.admins.desk import AdminDesk
from bot.chat.admins.glance import Glance
from bot.chat.admins.history import History
from bot.chat.admins.questions import Questions
from bot.chat.handler import UpdateHandler
from bot.chat.notices import ChatNotices
from bot.chat.papers import PaperTransport
from bot.chat.polling import Poller
from bot.chat.profile import publish_desk, publish_profile
from bot.chat.transport import TelegramTransport
from bot.chat.turns import Identity
from bot.chat.wire import AiohttpRequest, secure_context
from bot.content import Content, Serving, user_cache
from bot.content.editing import Editing
from bot.content.workshop import Workshop
from bot.delivery.faultpoints import VARIABLE, FaultPoints
from bot.delivery.limits import Limits
from bot.delivery.service import Delivery, build_delivery
from bot.documents.press import open_press
from bot.errors import SettingsInvalid, TelegramUnreachable
from bot.logs import redact
from bot.store.opening import open_store, sqlite_path
from bot.store.rules import Flood, Pace, Retention

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.delivery.meter import Meter
    from bot.settings import Settings

_log = structlog.get_logger(__name__)
_CONNECTIONS: Final = 32
"""Open at the same time to the Bot API, as many as calls may be under way."""
_DEMO_TOKEN: Final = "100000:" + "sandbox" * 5


@dataclass(frozen=True, slots=True)
class App:
    """The running parts that others may want to look at."""

    settings: Settings
    content: Serving
    bot: Bot
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Process:
    """What tells one process of several from the others."""

    owner: str = ""
    """Its name in leases; a new one when empty."""
    dead: tuple[str, ...] = ()
    """Owners of processes that died, whose leases end now."""
    first: bool = True
    """Does what only one process should do: profile, webhook."""
    meter: Meter | None = None


def load_content(settings: Settings) -> Content:
    """Reads, checks and indexes the knowledge folder.

    Raises:
        KnowledgeInvalid: the folder has faults.
    """
    path = sqlite_path(settings.database_url)
    cache = user_cache() if path is None else path.parent / "search"
    return Content.load(settings.knowledge_dir, cache=cache)


def limits_of(settings: Settings) -> Limits:
    """The limits that an operator set."""
    pace = Pace(
        lane_per_second=settings.send_per_chat or None,
        per_second=settings.send_per_second or None,
        burst=max(1, int(settings.send_per_second)),
    )
    flood = Flood(waiting=settings.flood_limit) if settings.flood_limit else None
    retention = Retention(session=settings.session_days * 86400.0)
    return Limits(pace=pace, flood=flood, retention=retention)


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """A client of the Bot API that knows who it is.

    Raises:
        SettingsInvalid: Telegram does not know the token.
        TelegramUnreachable: it cannot be asked.
    """
    request = AiohttpRequest(connections=_CONNECTIONS, context=secure_context())
    bot = Bot(
        settings.token(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )
    try:
        await bot.initialize()
    except TelegramError as error:
        await bot.shutdown()
        if isinstance(error, InvalidToken):
            message = "BOT_TOKEN: Telegram does not know it"
            raise SettingsInvalid(message) from None
        message = f"{settings.telegram_api_url} cannot be reached: {redact(str(error))}"
        raise TelegramUnreachable(message) from None
    try:
        yield bot
    finally:
        await bot.shutdown()


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    content: Content | None = None,
    limits: Limits | None = None,
    process: Process | None = None,
) -> AsyncIterator[App]:
    """Everything but the way in: content, store, client and delivery, opened and closed.

    Args:
        settings: of the operator.
        content: loaded already; read from the knowledge folder when None.
        limits: those of the settings when None.
        process: which of several this is; the only one when None.

    Raises:
        SettingsInvalid: the token is missing or wrong.
        KnowledgeInvalid: the knowledge folder has faults.
    """
    process = process or Process()
    if content is None:
        content = await asyncio.to_thread(load_content, settings)
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(open_bot(settings))
        store = await stack.enter_async_context(open_store(settings.database_url))
        for owner in process.dead:
            await store.release(owner)
        press = await asyncio.to_thread(open_press, settings.timezone)
        serving = Serving(content)
        bench = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huanhuan-")))
        editing = Editing(settings.knowledge_dir, Workshop(bench, bench / "search"))
        sections = (
            Glance(store, serving, settings.timezone, draws=press.draws).section(),
            Questions(store, serving, editing, settings.timezone).section(),
            Bulletins(store, serving).section(),
            History(store, serving, settings.timezone).section(),
        )
        desk = AdminDesk(settings.admin_ids, serving, sections)
        handler = UpdateHandler(serving, Identity(bot.id, bot.username), desk)
        delivery = build_delivery(
            store,
            PaperTransport(TelegramTransport(bot), store, serving, press, settings.timezone),
            handler,
            notices=ChatNotices(serving, settings.admin_ids).notices(),
            limits=limits or limits_of(settings),
            owner=process.owner or None,
            meter=process.meter,
            faults=FaultPoints(os.environ.get(VARIABLE, "")),
        )
        if process.first:
            await publish_profile(bot, content.knowledge)
            await publish_desk(bot, content.knowledge, desk)
        _log.info("ready", bot=bot.username, knowledge=content.knowledge.version)
        yield App(settings, serving, bot, delivery)


async def work(app: App, stop: asyncio.Event) -> None:
    """Receives by long polling and answers, until told to stop."""
    async with asyncio.TaskGroup() as group:
        poller = group.create_task(Poller(app.bot, app.delivery).run())
        delivery = group.create_task(app.delivery.run(stop))
        await stop.wait()
        poller.cancel()
        await delivery


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
    content = await asyncio.to_thread(Content.load, settings.knowledge_dir, cache=user_cache())
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
            async with open_app(own, content=content, limits=limits) as app:
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
