"""Opens the content: the folder if it may serve, else what served last; then follows it."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.content.editing import Editing
from bot.content.history import History
from bot.content.live import Live
from bot.content.version import Content
from bot.content.workshop import Workshop
from bot.errors import KnowledgeInvalid
from bot.knowledge.loader import content_version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.content.live import Rhythm, Tell
    from bot.content.serving import Serving

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the content and everything about it is."""

    folder: Path
    """The knowledge folder."""
    cache: Path
    """Tables of the search."""
    state: Path
    """Versions that served, and what was asked for."""


@dataclass(frozen=True, slots=True)
class Library:
    """The content as something that changes."""

    live: Live
    editing: Editing


def open_content(place: Place) -> Content:
    """The version to begin with: what an admin went back to, the folder, or what served last.

    Raises:
        KnowledgeInvalid: the folder has faults, and nothing that served before may serve now.
    """
    history = History(place.state)
    pin = history.pinned
    pinned = history.path(pin.version) if pin is not None else None
    if pin is not None and pinned is not None and content_version(place.folder) == pin.folder:
        content = _load_again(pinned, place.cache)
        if content is not None:
            return _noted(content, pinned, history)
    try:
        return _noted(Content.load(place.folder, cache=place.cache), place.folder, history)
    except KnowledgeInvalid as error:
        last = history.path(history.current)
        content = None if last is None else _load_again(last, place.cache)
        if content is None:
            raise
        for fault in str(error).splitlines():
            _LOG.error("content_faulty", fault=fault)
        _LOG.error("content_of_before_serves", knowledge=content.knowledge.version)
        return content


def _load_again(path: Path, cache: Path) -> Content | None:
    """What served before; None when it may not any more, since the checks have grown."""
    try:
        return Content.load(path, cache=cache)
    except KnowledgeInvalid:
        return None


def _noted(content: Content, source: Path, history: History) -> Content:
    try:
        history.store(source, content.knowledge.version)
        history.note(content.knowledge.version)
    except OSError as error:  # no way back then, but people are answered
        _LOG.error("content_not_kept", reason=str(error))
    return content


@asynccontextmanager
async def open_library(
    place: Place,
    serving: Serving,
    tell: Tell,
    *,
    swapped: Callable[[], Awaitable[None]] | None = None,
    bench: Path | None = None,
    rhythm: Rhythm | None = None,
) -> AsyncIterator[Library]:
    """Follows the content while the block is open.

    Args:
        place: where it is.
        serving: what this process answers from.
        tell: tells the admins.
        swapped: called after each exchange.
        bench: a folder that all processes of one start share; one for this process when None.
        rhythm: how fast.
    """
    async with AsyncExitStack() as stack:
        if bench is None:
            temporary = tempfile.TemporaryDirectory(prefix="huanhuan-", ignore_cleanup_errors=True)
            bench = Path(stack.enter_context(temporary))
        workshop = Workshop(bench, place.cache)
        history = History(place.state)
        live = Live(place.folder, serving, workshop, history, tell, swapped=swapped, rhythm=rhythm)
        await live.resume()
        await stack.enter_async_context(live.following())
        yield Library(live, Editing(place.folder, workshop))
