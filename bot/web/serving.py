"""One process that takes updates in by webhook and answers them, and its neighbour for monitors."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.app import Process, load_content, open_app, stop_on_signals, work
from bot.errors import SettingsInvalid
from bot.web.app import create_web
from bot.web.gate import Admission
from bot.web.health import Health
from bot.web.metrics import Metrics, share_figures
from bot.web.registration import Registration
from bot.web.server import listen, serve
from bot.web.webhook import Webhook
from bot.web.workers import UNUSABLE, Supervisor

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette

    from bot.app import App
    from bot.content import Content
    from bot.settings import Settings
    from bot.web.workers import Birth

_SWITCH: Final = 0.0005
"""Seconds after which a busy event loop lets the thread have its turn that commits (Python: 5 ms,
as long as several answers take)."""

_LOG = structlog.get_logger("web.serving")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a process stands."""

    listener: socket.socket
    process: Process
    figures: Path | None = None
    """Folder in which the processes keep their figures together."""


async def serve_webhook(
    settings: Settings,
    post: Post,
    *,
    content: Content | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Works until SIGINT or SIGTERM, then finishes what is under way.

    Args:
        settings: with ``WEBHOOK_URL``.
        post: socket and name of this process.
        content: loaded already, or None.
        stop: ends the work; None for the signals.
    """
    stop = stop or stop_on_signals()
    sys.setswitchinterval(_SWITCH)
    metrics = Metrics(shared=post.figures)
    process = replace(post.process, meter=metrics)
    async with open_app(settings, content=content, process=process) as app:
        await serve(_web(app, metrics, stop, first=process.first), post.listener, stop)


async def serve_polling(settings: Settings, post: Post, *, content: Content | None = None) -> None:
    """The same by long polling, with a web server for monitors only."""
    stop = stop_on_signals()
    metrics = Metrics()
    async with open_app(
        settings, content=content, process=replace(post.process, meter=metrics)
    ) as app:
        web = create_web(health_of(app, metrics))
        ended = asyncio.Event()
        serving = asyncio.create_task(serve(web, post.listener, ended))
        serving.add_done_callback(lambda _: stop.set())
        try:
            await work(app, stop)
        finally:
            ended.set()
            await serving


def _web(app: App, metrics: Metrics, stop: asyncio.Event, *, first: bool) -> Starlette:
    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        async with app.delivery.running(stop.set):
            registering = asyncio.create_task(_register(app)) if first else None
            try:
                yield
            finally:
                if registering is not None:
                    registering.cancel()

    settings = app.settings
    return create_web(
        health_of(app, metrics),
        webhook=Webhook(app.delivery, metrics),
        admission=Admission(
            path=settings.webhook_path,
            secret=settings.secret().encode(),
            networks=settings.allowed_networks,
            proxies=settings.trusted_proxies,
        ),
        work=working,
    )


async def _register(app: App) -> None:
    await Registration(app.bot, app.settings).keep()


def health_of(app: App, metrics: Metrics) -> Health:
    """What monitors are told about a running bot."""
    return Health(app.delivery, metrics, lambda: app.content.knowledge.version, app.delivery.clock)


def run_service(settings: Settings, workers: int) -> int:
    """``bot run``: works until SIGINT or SIGTERM; returns the exit status.

    Raises:
        SettingsInvalid: the settings are not usable.
        KnowledgeInvalid: the knowledge folder has faults.
    """
    settings.token()
    if settings.webhook_url is None and workers > 1:
        message = "WEBHOOK_URL: not set, and long polling is for one process (--workers 1)"
        raise SettingsInvalid(message)
    content = load_content(settings)
    # What is loaded stays: the collector need not walk it again and again (tens of milliseconds in
    # which nobody is answered), nor touch the pages that forked processes share.
    gc.collect()
    gc.freeze()
    if workers > 1:
        return run_workers(settings, content, workers)
    with closing(listen(settings.listen_address)) as listener:
        post = Post(listener, Process())
        way_in = serve_polling if settings.webhook_url is None else serve_webhook
        asyncio.run(way_in(settings, post, content=content))
    return 0


def run_workers(settings: Settings, content: Content, count: int) -> int:
    """``bot run --workers N``: N processes that share the content, until SIGINT or SIGTERM.

    Returns:
        The exit status.

    Raises:
        SettingsInvalid: the address cannot be used.
    """
    listeners = [listen(settings.listen_address, shared=True) for _ in range(count)]
    with (
        tempfile.TemporaryDirectory(prefix="bot-figures-") as folder,
        tempfile.TemporaryDirectory(prefix="bot-bench-", ignore_cleanup_errors=True) as bench,
    ):

        def work(birth: Birth) -> int:
            share_figures(Path(folder), birth.number)
            process = Process(
                owner=birth.owner, dead=birth.dead, first=birth.number == 0, bench=Path(bench)
            )
            post = Post(birth.listener, process, Path(folder))
            return asyncio.run(_serve_until_alone(settings, post, content, birth.alive))

        try:
            return Supervisor(listeners, work).run()
        finally:
            for listener in listeners:
                listener.close()


async def _serve_until_alone(settings: Settings, post: Post, content: Content, parent: int) -> int:
    """Stops also when the parent is gone, since nobody would restart or stop this process then."""
    stop = stop_on_signals()
    asyncio.get_running_loop().add_reader(parent, stop.set)
    try:
        await serve_webhook(settings, post, content=content, stop=stop)
    except SettingsInvalid as error:
        _LOG.error("cannot work", reason=str(error))
        return UNUSABLE
    return 0
