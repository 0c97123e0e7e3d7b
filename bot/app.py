"""The composition root: builds everything, hands it down, and owns every resource."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.chat.admins.alerts import ContentAlerts
from bot.chat.admins.bulletins import Bulletins
from bot.chat.admins.desk import AdminDesk
from bot.chat.admins.files import SentArticles
from bot.chat.admins.glance import Glance
from bot.chat.admins.history import History
from bot.chat.admins.preview import Preview
from bot.chat.admins.questions import Questions
from bot.chat.admins.versions import Versions
from bot.chat.fetch import TelegramFiles
from bot.chat.handler import UpdateHandler
from bot.chat.notices import ChatNotices
from bot.chat.papers import PaperTransport
from bot.chat.polling import Poller
from bot.chat.profile import Profile
from bot.chat.transport import TelegramTransport
from bot.chat.turns import Identity
from bot.chat.wire import AiohttpRequest, secure_context
from bot.content import Content, Serving, user_cache
from bot.content.opening import Library, Place, open_content, open_library
from bot.delivery.faultpoints import VARIABLE, FaultPoints
from bot.delivery.limits import Limits
from bot.delivery.service import Delivery, build_delivery
from bot.documents.press import open_press
from bot.errors import SettingsInvalid, TelegramUnreachable
from bot.logs import redact
from bot.store.opening import open_store, sqlite_path
from bot.store.rules import Flood, Pace, Retention

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.chat.admins.request import Section
    from bot.delivery.meter import Meter
    from bot.settings import Settings
    from bot.store.port import Store

_log = structlog.get_logger(__name__)
_CONNECTIONS: Final = 32
"""Open at the same time to the Bot API, as many as calls may be under way."""


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
    bench: Path | None = None
    """Where the processes of one start build new content together."""


def place_of(settings: Settings) -> Place:
    """Where the content is: its history beside a SQLite database, else with the user's caches."""
    path = sqlite_path(settings.database_url)
    folder = settings.knowledge_dir
    if path is not None:
        return Place(folder, path.parent / "search", path.parent / "content")
    name = hashlib.sha256(f"{settings.database_url} {folder.absolute()}".encode()).hexdigest()
    return Place(folder, user_cache(), user_cache().parent / "content" / name[:16])


def load_content(settings: Settings) -> Content:
    """Reads, checks and indexes what should serve at the start.

    Raises:
        KnowledgeInvalid: the folder has faults, and nothing served before.
    """
    return open_content(place_of(settings))


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
    cache: Path | None = None,
) -> AsyncIterator[App]:
    """Everything but the way in: content, store, client and delivery, opened and closed.

    Args:
        settings: of the operator.
        content: loaded already; read from the knowledge folder when None.
        limits: those of the settings when None.
        process: which of several this is; the only one when None.
        cache: folder for the tables of the search; that of the database when None.

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
        profile = Profile(bot, serving, first=process.first)
        place = place_of(settings)
        place = replace(place, cache=cache or place.cache)
        alerts = ContentAlerts(store, serving, settings.admin_ids, place.folder.name)
        library = await stack.enter_async_context(
            open_library(place, serving, alerts.tell, swapped=profile.publish, bench=process.bench)
        )
        sections = _sections(settings, store, serving, library, bot, draws=press.draws)
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
        await profile.begin(desk)
        _log.info("ready", bot=bot.username, knowledge=serving.knowledge.version)
        yield App(settings, serving, bot, delivery)


def _sections(
    settings: Settings, store: Store, serving: Serving, library: Library, bot: Bot, *, draws: bool
) -> tuple[Section, ...]:
    """What admins may ask for, in the order in which it is listed to them."""
    zone, folder = settings.timezone, settings.knowledge_dir
    parts = (
        Glance(store, serving, zone, draws=draws),
        Questions(store, serving, library.editing, zone),
        Preview(store, serving, folder),
        SentArticles(TelegramFiles(bot), library.editing, serving, folder.name),
        Versions(library.live, serving, folder.name, zone),
        Bulletins(store, serving),
        History(store, serving, zone),
    )
    return tuple(part.section() for part in parts)


async def work(app: App, stop: asyncio.Event) -> None:
    """Receives by long polling and answers, until told to stop."""
    async with asyncio.TaskGroup() as group:
        poller = group.create_task(Poller(app.bot, app.delivery).run())
        delivery = group.create_task(app.delivery.run(stop))
        await stop.wait()
        poller.cancel()
        await delivery


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
