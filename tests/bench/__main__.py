"""``make bench``: prints what this version takes and how well it finds; asserts nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from load import Messenger
from rich.console import Console
from rich.table import Table
from telegram import Bot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning
from webhook import PACE, QUESTIONS, measure

from bot.chat.wire import AiohttpRequest, secure_context
from bot.content import Content
from bot.delivery.limits import Limits
from bot.demo import running_demo
from bot.sandbox.client import SandboxClient
from bot.settings import load_settings
from bot.store.rules import Pace

if TYPE_CHECKING:
    from load import Figures
    from telegram.request import BaseRequest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # for the tests' server

TOKEN = "100000:" + "benchmark" * 4
LABELLED = Path(os.environ.get("LABELLED", ROOT.parent / "shared" / "questions" / "dev.tsv"))
"""Questions to measure matching with; they are not part of the project."""

COLD = """
import resource, sys, time
started = time.perf_counter()
from pathlib import Path
from bot.content import Content
content = Content.load(Path("knowledge"), cache=Path(sys.argv[1]))
content.searcher.decide("催收现在在我家门口")
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure_start(cache: Path) -> tuple[float, float]:
    """Seconds from a new process to its first decision, and its memory in MiB."""
    done = subprocess.run(  # noqa: S603, our own interpreter
        [sys.executable, "-c", COLD, str(cache)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure_decisions(table: Table) -> None:
    """Time to decide, one question at a time, on the shipped knowledge."""
    with tempfile.TemporaryDirectory() as cache:
        content = Content.load(ROOT / "knowledge", cache=Path(cache))
    questions = [
        question
        for article in content.knowledge.articles.values()
        for question in article.examples[::7]
        if len(question) <= 60
    ]
    spent: list[float] = []
    for question in questions:
        started = time.perf_counter()
        content.searcher.decide(question)
        spent.append((time.perf_counter() - started) * 1000)
    phrasings = sum(len(article.examples) for article in content.knowledge.articles.values())
    table.add_row("articles / phrasings", f"{len(content.knowledge.articles)} / {phrasings}")
    table.add_row("time to decide, p50", f"{percentile(spent, 0.5):.2f} ms")
    table.add_row("time to decide, p99", f"{percentile(spent, 0.99):.2f} ms")


def measure_quality(table: Table) -> None:
    """Shares on the labelled file, where there is one."""
    if not LABELLED.exists():
        table.add_row("hit@1, hit@3, false answers", "no labelled file (set LABELLED)")
        return
    done = subprocess.run(  # noqa: S603, our own interpreter
        [sys.executable, "-m", "bot", "evaluate", "--json", str(LABELLED)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = json.loads(done.stdout)["kinds"]
    figures = next(row for row in kinds if row["kind"] == "all")
    for name in ("hit1", "hit3", "false_answers"):
        table.add_row(name, f"{figures[name]:.1%}")
    table.add_row("urgent_missed", str(figures["urgent_missed"]))


async def measure_answers(people: int, messages: int) -> float:
    """Answers per second: everyone writes at once, the last answer stops the clock."""
    settings = load_settings(knowledge_dir=ROOT / "knowledge")
    unlimited = Limits(pace=Pace(lane_per_second=None, per_second=None))
    async with (
        running_demo(settings, limits=unlimited) as root,
        SandboxClient.connect(root) as sandbox,
    ):
        crowd = [await sandbox.person(f"人{number}") for number in range(people)]

        async def talk(person) -> None:
            for number in range(messages):
                await person.say(f"花呗逾期 {number} 天会怎样")
            for _ in range(messages):
                await person.wait_for_reply(120)

        started = time.perf_counter()
        await asyncio.gather(*(talk(person) for person in crowd))
        return people * messages / (time.perf_counter() - started)


def measure_webhook(table: Table) -> None:
    """This bot by webhook, and a bare echo that keeps nothing, under the same load."""
    table.add_row("one fsync on this disk", f"{measure_disk():.2f} ms")
    for name, kind, size in (
        ("bare python-telegram-bot echo, 8 concurrent", "echo", 8),
        ("this bot, 1 process", "bot", 1),
        ("this bot, 2 processes", "bot", 2),
        ("variant: httpx for its calls, 1 process", "httpx", 1),
        ("variant: answers in the webhook's, 1 process", "inline", 1),
    ):
        _add_figures(table, name, asyncio.run(measure(kind, size, list(QUESTIONS), 3000)))
    from tests.postgres_server import new_database, running_server  # noqa: PLC0415, found at ROOT

    with running_server() as server:
        for size in (1, 2):
            own = new_database(server)
            found = asyncio.run(measure("bot", size, list(QUESTIONS), 3000, own))
            _add_figures(table, f"this bot on PostgreSQL, processes: {size}", found)


def _add_figures(table: Table, name: str, found: tuple[Figures, ...]) -> None:
    full, steady = found
    p99 = percentile(full.acknowledged_ms, 0.99)
    table.add_row(f"{name}: answers, ack p99", f"{full.answers_per_second:.0f} /s, {p99:.0f} ms")
    p99 = percentile(steady.acknowledged_ms, 0.99)
    table.add_row(f"{name}: ack p99 at {PACE} updates/s", f"{p99:.1f} ms")


async def measure_client(request: BaseRequest, calls: int = 2000, at_once: int = 32) -> float:
    """Milliseconds of processor time for one call of the Bot API, the messenger's share included."""
    messenger = Messenger()
    server = await messenger.start()
    left = iter(range(calls))
    bot = Bot(TOKEN, base_url=f"{messenger.root}/bot", request=request, get_updates_request=request)

    async def call() -> None:
        for _ in left:
            await bot.do_api_request("sendMessage", {"chat_id": 1, "text": "花呗逾期一天会怎样"})

    async with bot:
        started = time.process_time()
        await asyncio.gather(*(call() for _ in range(at_once)))
        spent = time.process_time() - started
    server.close()
    return spent / calls * 1000


def measure_clients(table: Table) -> None:
    """The client that carries the calls, and the library's own, through the same seam."""
    warnings.filterwarnings("ignore", "Please use 'Bot\\.", PTBUserWarning)
    for name, request in (
        ("aiohttp", AiohttpRequest(connections=32, context=secure_context())),
        ("httpx, one pool", HTTPXRequest(connection_pool_size=32)),
    ):
        spent = asyncio.run(measure_client(request))
        table.add_row(f"processor time of a call, {name}", f"{spent:.2f} ms")


def measure_disk() -> float:
    """Milliseconds that a small write takes until it is on disk."""
    with tempfile.NamedTemporaryFile() as file:
        started = time.perf_counter()
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - started) * 10


def main() -> None:
    """Measures everything and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--messages", type=int, default=10)
    arguments = parser.parse_args()
    table = Table("figure", "this version", title="缓缓, one run on this machine")
    with tempfile.TemporaryDirectory() as cache:
        seconds, memory = measure_start(Path(cache))
        table.add_row("start to first answer, no cache", f"{seconds:.2f} s, {memory:.0f} MiB")
        seconds, memory = measure_start(Path(cache))
        table.add_row("start to first answer, cached", f"{seconds:.2f} s, {memory:.0f} MiB")
    measure_decisions(table)
    measure_quality(table)
    rate = asyncio.run(measure_answers(arguments.people, arguments.messages))
    table.add_row("answers through the stand-in, one process for both", f"{rate:.0f} /s")
    measure_clients(table)
    measure_webhook(table)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add_row("memory of bot and stand-in under that load", f"{own:.0f} MiB")
    Console().print(table)


if __name__ == "__main__":
    main()
