"""The dashboard: Datasette over a file of its own that holds nothing but counts.

The bot's database is never opened by it; the file is made anew from the events every few minutes.
"""

from __future__ import annotations

import asyncio
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import rich
import uvicorn
import yaml
from datasette.app import Datasette

from bot.clock import now
from bot.figures.aggregates import Aggregates, Span, write_aggregates
from bot.figures.count import first_moment, last_days
from bot.figures.unanswered import group_unanswered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.knowledge.model import Knowledge
    from bot.store.port import Record

DAYS: Final = 60
"""So many days are shown."""
_REFRESH: Final = 600.0
_SETTINGS: Final = {
    "allow_download": False,
    "allow_facet": False,
    "default_allow_sql": False,
    "suggest_facets": False,
    "default_cache_ttl": 0,
}


async def refresh(
    path: Path,
    events: Callable[[float], Awaitable[tuple[Record, ...]]],
    knowledge: Knowledge,
    zone: ZoneInfo,
) -> None:
    """Makes the file of figures, or brings it up to date.

    Args:
        path: the file.
        events: tells what happened since a moment.
        knowledge: for titles.
        zone: in which days begin.
    """
    days = last_days(now().astimezone(zone).date(), DAYS)
    records = await events(first_moment(days[0], zone))
    groups = group_unanswered(records)
    tables = Aggregates(records, groups, knowledge, Span(days, zone)).tables()
    await asyncio.to_thread(write_aggregates, path, tables)


def create_dashboard(path: Path) -> Datasette:
    """Datasette over the file of figures: canned queries with charts, no other SQL."""
    own = resources.files("bot.dashboard")
    return Datasette(
        files=[str(path)],
        metadata=_metadata(),
        settings=_SETTINGS,
        template_dir=str(own.joinpath("templates")),
        plugins_dir=str(own.joinpath("plugins")),
    )


def _metadata() -> dict[str, Any]:
    text = resources.files("bot.dashboard").joinpath("queries.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


async def serve(
    path: Path,
    again: Callable[[], Awaitable[None]],
    port: int,
    announce: Callable[[str], None],
    *,
    every: float = _REFRESH,
) -> None:
    """Serves the dashboard on this machine alone until it is interrupted.

    Args:
        path: the file of figures.
        again: brings it up to date.
        port: to listen on.
        announce: is told the address.
        every: seconds between two updates.
    """
    rich.reconfigure(quiet=True)  # else Datasette prints its variables for every wrong address
    await again()
    config = uvicorn.Config(
        create_dashboard(path).app(), host="127.0.0.1", port=port, log_level="warning"
    )
    server = uvicorn.Server(config)

    async def keep_fresh() -> None:
        while True:
            await asyncio.sleep(every)
            await again()

    announce(f"http://127.0.0.1:{port}/  (Ctrl+C stops it)")
    async with asyncio.TaskGroup() as group:
        fresh = group.create_task(keep_fresh())
        await server.serve()
        fresh.cancel()
