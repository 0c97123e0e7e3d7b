"""The stage for the durability tests.

Real processes, a stand-in that delivers by Telegram's rules, and a serial replay to compare with.
"""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.chat.envelopes import seal
from bot.chat.handler import UpdateHandler
from bot.chat.turns import Identity
from bot.content import Content
from bot.sandbox.arguments import Arguments
from bot.sandbox.clock import WallClock
from bot.sandbox.demo import running
from bot.sandbox.requests import as_texts
from bot.sandbox.server import create_sandbox
from bot.sandbox.texts import read_text
from bot.store.port import InboxItem

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
TOKEN = "100000:" + "durability" * 4
SECRET = "stage-secret"
QUESTIONS = (
    "催收现在在我家门口",
    "花呗逾期一天会怎样",
    "收到法院传票怎么办",
    "/privacy",
    "想申请延期还款",
    "催收打电话给我妈",
    "信用卡还不上了",
    "/menu",
    "有人说可以帮我修复征信",
    "今天天气怎么样",
    "利息太高了合法吗",
    "/help",
)


@dataclass
class Library:
    """Knowledge that does not change while the tests run, and what the search makes of it."""

    knowledge: Path
    search: Path
    content: Content

    @classmethod
    def copy(cls, source, folder):
        """A copy in a folder of its own."""
        knowledge, search = folder / "knowledge", folder / "search"
        shutil.copytree(source, knowledge)
        return cls(knowledge, search, Content.load(knowledge, cache=search))


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """One for all durability tests."""
    return Library.copy(KNOWLEDGE, tmp_path_factory.mktemp("library"))


@pytest.fixture(params=["sqlite", "postgres"])
def server(request):
    """Where the state is kept: None is a file."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_url")


class Stage:
    """A running bot, its messenger, and ways to be rude to it."""

    def __init__(self, box, root, port, database, library, server=None):
        """Args: ``server`` is the address of an empty PostgreSQL database; None for SQLite."""
        self.server = server
        self.box = box
        self.root = root
        self.port = port
        self.database = database
        self.library = library
        self.process = None
        self.updates = []
        self.log = database.with_suffix(".log")

    @property
    def hook(self):
        """Where the bot listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def start(self, workers=2, **variables):
        """Starts ``bot run``; returns once it listens."""
        variables = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.root,
            "WEBHOOK_URL": self.hook,
            "WEBHOOK_SECRET": SECRET,
            "LISTEN": f"127.0.0.1:{self.port}",
            "DATABASE_URL": self.server or f"sqlite:///{self.database}",
            "XDG_CACHE_HOME": str(self.database.parent),
            "KNOWLEDGE_DIR": str(self.library.knowledge),
            "FLOOD_LIMIT": "0",
            "SEND_PER_SECOND": "0",
            "SEND_PER_CHAT": "0",
            **variables,
        }
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "run", "--workers", str(workers)),
                env=os.environ | variables,
                cwd=self.database.parent,
                stderr=log,
            )
        while not self.workers() if workers > 1 else not self._listens():
            assert self.process.returncode is None, self.log.read_text()
            await asyncio.sleep(0.02)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def stop(self):
        """Asks the bot to stop; its exit status and how long that took."""
        started = time.monotonic()
        self.process.terminate()
        status = await self.process.wait()
        return status, time.monotonic() - started

    def workers(self):
        """The processes that work."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(pid) for pid in children.read_text().split()]
        except FileNotFoundError:  # the supervisor is gone
            return []

    def send(self, pid, number):
        """A signal to one process, which may be gone already."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return

    def kill_one(self, rng):
        """SIGKILL to a worker chosen by chance."""
        workers = self.workers()
        if workers:
            self.send(rng.choice(workers), signal.SIGKILL)

    def chat(self, number):
        """A private chat that the bot may write to."""
        person = self.box.world.add_person(f"人{number}", 7_000_000 + number)
        chat = self.box.world.add_chat(person)
        chat.open = True
        return chat

    def say(self, chat, text):
        """A message into the messenger's queue."""
        number = len(self.updates) + 1
        message = {
            "message_id": number,
            "date": 1_800_000_000 + number,
            "chat": chat.to_json(),
            "from": {"id": chat.id, "is_bot": False, "first_name": chat.title},
            "text": text,
        }
        update_id = self.box.updates.push_raw({"message": message}, ("chat", chat.id))
        self.updates.append({"update_id": update_id, "message": message})
        return update_id

    async def say_everywhere(self, count, chats, *, every=0.0, seed=1):
        """Questions to chats by chance, one after another."""
        rng = random.Random(seed)
        people = [self.chat(number) for number in range(chats)]
        for _ in range(count):
            self.say(rng.choice(people), rng.choice(QUESTIONS))
            if every:
                await asyncio.sleep(every)

    async def drained(self, patience=60.0):
        """Waits until nothing waits anywhere."""
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            if not self.box.updates.waiting(limit=1) and not self._open_rows():
                return
            await asyncio.sleep(0.05)
        waiting = len(self.box.updates.waiting())
        rows = self._open_rows()
        pytest.fail(f"{waiting} not accepted, {rows} not done\n{self.log.read_text()[-3000:]}")

    def _open_rows(self):
        (row,) = self.ask(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
            " + (SELECT count(*) FROM outbox WHERE done_at IS NULL)"
        )
        return row[0]

    def ask(self, sql, *values):
        """Rows of the database, read beside the bot."""
        if self.server:
            with psycopg.connect(self.server) as server:
                return server.execute(sql.replace("?", "%s"), values).fetchall()
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def shown(self, chat_id):
        """What the person read, oldest first."""
        messages = self.box.world.chats[chat_id].messages.values()
        return [message["text"] for message in messages if message["from"]["is_bot"]]

    def assert_kept(self):
        """Everything answered, in order, as a serial replay says; repeated only where in doubt.

        Returns:
            How many answers came more than once.
        """
        texts, sessions = replay(self.library.content, self.updates)
        kept = {lane: json.loads(data) for lane, data in self.ask("SELECT lane, data FROM session")}
        for lane, session in sessions.items():
            assert kept.get(lane, {}) == session, (lane, kept.get(lane), session)
        assert self.ask("SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]
        assert not self.ask("SELECT * FROM outbox WHERE state NOT IN ('sent', 'uncertain')")
        return sum(self._assert_lane(lane, expected) for lane, expected in texts.items())

    def _assert_lane(self, lane, expected):
        rows = self.ask("SELECT state FROM outbox WHERE lane = ? ORDER BY id", lane)
        assert len(rows) == len(expected)
        shown = self.shown(int(lane))
        letters = {text: chr(0x4E00 + n) for n, text in enumerate(dict.fromkeys(expected + shown))}
        pattern = "".join(
            letters[text] + ("{1,6}" if state == "uncertain" else "")
            for text, (state,) in zip(expected, rows, strict=True)
        )
        assert re.fullmatch(pattern, "".join(letters[text] for text in shown)), (lane, rows)
        return len(shown) - len(expected)


def replay(content, updates):
    """What each chat reads and remembers when one process answers one update after another."""
    handler = UpdateHandler(content, Identity(100000, "huanhuan_sandbox_bot"))
    texts, sessions = {}, {}
    for update in sorted(updates, key=lambda update: update["update_id"]):
        envelope = seal(update)
        item = InboxItem(envelope.update_id, envelope.lane, envelope.body, 0.0, 1)
        handled = handler(item, sessions.get(envelope.lane, {}))
        if handled.session is not None:
            sessions[envelope.lane] = handled.session
        texts.setdefault(envelope.lane, []).extend(
            read_text(Arguments(as_texts(call.params)))[0] for call in handled.calls
        )
    return texts, sessions


@asynccontextmanager
async def open_stage(folder, library, *, speed=1.0, transport=None, server=None):
    """A messenger and a place for the bot; whatever still runs at the end is killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_sandbox(token=TOKEN, clock=WallClock(speed), webhook_transport=transport)
    async with running(app) as root:
        (folder / "huanhuan").mkdir()
        for place in (folder, folder / "huanhuan"):  # beside the file, or in the user's cache
            (place / "search").symlink_to(library.search)
        stage = Stage(app.state.sandbox, root, port, folder / "bot.db", library, server)
        try:
            yield stage
        finally:
            if stage.process is not None and stage.process.returncode is None:
                for pid in stage.workers():
                    stage.send(pid, signal.SIGCONT)
                    stage.send(pid, signal.SIGKILL)
                stage.process.kill()
                await stage.process.wait()
