"""This bot and a bare echo, side by side: the same messenger, the same load, one after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from load import Load, Messenger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from load import Figures

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
SECRET = "benchmark-secret"
CHATS = 64
PACE = 200
QUESTIONS = (
    "信用卡逾期会坐牢吗",
    "利息太高了合法吗",
    "催收打电话给我妈",
    "有人说可以帮我修复征信",
)
"""Each is answered with one message, so that messages sent are updates answered."""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def this_bot(
    messenger: Messenger, port: int, workers: int, *, variant: str = "", database: str = ""
) -> AsyncIterator[None]:
    """``bot run`` as an operator starts it, without the limits of the real Telegram.

    Args:
        messenger: its Telegram.
        port: of the webhook.
        workers: processes.
        variant: of ``variants.py``; the bot as it is if empty.
        database: its address; a new SQLite file if empty.
    """
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "BOT_TOKEN": "100000:" + "benchmark" * 4,
            "TELEGRAM_API_URL": messenger.root,
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "WEBHOOK_SECRET": SECRET,
            "LISTEN": f"127.0.0.1:{port}",
            "DATABASE_URL": database or f"sqlite:///{folder}/bot.db",
            "KNOWLEDGE_DIR": str(ROOT / "knowledge"),
            "FLOOD_LIMIT": "0",
            "SEND_PER_SECOND": "0",
            "SEND_PER_CHAT": "0",
        }
        program = (str(HERE / "variants.py"), variant) if variant else ("-m", "bot")
        command = (sys.executable, *program, "run", "--workers", str(workers))
        async with _running(command, variables):
            while not messenger.url:  # noqa: ASYNC110, another process sets it
                await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)
            yield


@asynccontextmanager
async def bare_echo(messenger: Messenger, port: int, concurrent: int) -> AsyncIterator[None]:
    """The echo, ready."""
    command = (sys.executable, str(HERE / "echo.py"), messenger.root, str(port), str(concurrent))
    async with _running(command, {}):
        while not _listens(port):  # noqa: ASYNC110, as above
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        yield


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def _running(command: tuple[str, ...], variables: dict[str, str]) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | variables, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def measure(
    kind: str, size: int, questions: list[str], updates: int, database: str = ""
) -> tuple[Figures, ...]:
    """Answers a second at full load, then acknowledgements at a steady pace.

    Args:
        kind: ``bot``, ``echo``, or one of ``variants.py``.
        size: workers of the bot, concurrent updates of the echo.
        questions: what is asked in turn.
        updates: at full load.
        database: as in ``this_bot``.
    """
    messenger = Messenger()
    server = await messenger.start()
    port = free_port()
    if kind == "echo":
        target = bare_echo(messenger, port, size)
    else:
        variant = "" if kind == "bot" else kind
        target = this_bot(messenger, port, size, variant=variant, database=database)
    try:
        async with target:
            load = Load(messenger, port, SECRET, questions)
            await load.run(200, CHATS)
            full = await load.run(updates, CHATS)
            if messenger.sent != 200 + updates:
                message = "a question of the bench has more than one message for an answer"
                raise RuntimeError(message)
            steady = await load.run(PACE * 5, CHATS, per_second=PACE)
            return full, steady
    finally:
        server.close()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    found = asyncio.run(
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[4:] or list(QUESTIONS), int(sys.argv[3]))
    )
    for figures in found:
        spent = sorted(figures.acknowledged_ms)
        sys.stdout.write(
            f"{figures.answers_per_second:.0f}/s, acknowledged p50 {spent[len(spent) // 2]:.1f} ms,"
            f" p99 {spent[int(len(spent) * 0.99)]:.1f} ms\n"
        )
