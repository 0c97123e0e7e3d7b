"""``bot demo``: the bot against the stand-in for Telegram, with somebody who is an admin."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.app import open_app, stop_on_signals, work
from bot.content import Content, user_cache
from bot.content.mirror import Mirror

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.delivery.limits import Limits
    from bot.sandbox.core import Sandbox
    from bot.settings import Settings

ADMIN: Final = 1001
"""Id of the person of the demo who is an admin."""
_TOKEN: Final = "100000:" + "sandbox" * 5
_SPARES: Final = (
    "The chat 管理员 is an admin's. What is written there is kept in a copy and gone in the end; "
    "--edit writes to the knowledge folder itself."
)
_WRITES: Final = (
    "The chat 管理员 is an admin's: what is written there goes into the knowledge folder."
)


@dataclass(frozen=True, slots=True)
class Demo:
    """How the demo is run."""

    port: int = 0
    """Of the chat page; 0 takes a free one."""
    data: Path | None = None
    """Where to keep the database; None keeps nothing."""
    edit: bool = False
    """Whether what the demo's admin writes goes into the knowledge folder itself."""


async def run_demo(settings: Settings, demo: Demo, announce: Callable[[str], None]) -> None:
    """``bot demo``: the same bot against the stand-in for Telegram, in one process.

    Args:
        settings: for the knowledge folder; token, server and database are the demo's own.
        demo: how.
        announce: shows the address of the page.
    """
    stop = stop_on_signals()
    async with running_demo(settings, demo, stop=stop) as address:
        announce(f"缓缓 is listening: {address}/  (Ctrl+C stops it)")
        announce(_WRITES if demo.edit else _SPARES)
        await stop.wait()


@asynccontextmanager
async def running_demo(
    settings: Settings,
    demo: Demo | None = None,
    *,
    stop: asyncio.Event | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[str]:
    """The demo while the block is open; gives the address of the chat page.

    Unless told to edit, it serves a copy of the knowledge folder that follows the folder: whoever
    edits the files sees them live, and what the demo's admin writes is gone in the end.
    """
    from bot.sandbox.demo import running  # noqa: PLC0415, only the demo needs a web server
    from bot.sandbox.server import create_sandbox  # noqa: PLC0415

    demo, stop = demo or Demo(), stop or asyncio.Event()
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bot-demo-")))
        folder = settings.knowledge_dir
        # Faults are found before anything opens, and named as they stand in the folder itself.
        content = await asyncio.to_thread(Content.load, folder, cache=user_cache())
        if not demo.edit:
            mirror = Mirror(folder, scratch / folder.resolve().name)
            folder = await stack.enter_async_context(mirror.following())
        sandbox = create_sandbox(token=_TOKEN)
        _invite(sandbox.state.sandbox)
        address = await stack.enter_async_context(running(sandbox, "127.0.0.1", demo.port))
        own = _own_settings(settings, address, demo.data or scratch, folder)
        app = await stack.enter_async_context(
            open_app(own, content=content, limits=limits, cache=user_cache())
        )
        task = asyncio.create_task(work(app, stop))
        try:
            yield address
        finally:
            stop.set()
            await task


def _own_settings(settings: Settings, address: str, data: Path, folder: Path) -> Settings:
    token = type(settings).model_validate({"bot_token": _TOKEN}).bot_token
    update = {
        "bot_token": token,
        "telegram_api_url": address,
        "database_url": f"sqlite:///{data / 'demo.db'}",
        "knowledge_dir": folder,
        "admin_ids": settings.admin_ids | {ADMIN},
    }
    return settings.model_copy(update=update)


def _invite(box: Sandbox) -> None:
    """An admin who has written before, and somebody whose chat is open on the page."""
    from bot.sandbox.visitors import Visitors  # noqa: PLC0415, only the demo needs people

    visitors = Visitors(box)
    visitors.arrive("管理员", ADMIN).open = True
    visitors.arrive("小林")
