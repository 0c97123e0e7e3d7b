"""Acceptance: twins, poison, storms, a full disk, frozen processes, old data."""

import asyncio
import json
import os
import resource
import signal
import sqlite3
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg

from bot.store.migrations import statements
from bot.store.opening import open_store
from tests.doubles.patience import until
from tests.durability_stage import ROOT, SECRET, open_stage

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def message(update_id, chat, text="/privacy"):
    """An update as Telegram posts it."""
    person = {"id": chat.id, "is_bot": False, "first_name": "x"}
    content = {"message_id": 1, "date": 1, "chat": chat.to_json(), "from": person, "text": text}
    return {"update_id": update_id, "message": content}


def press(update_id, chat):
    """A press on a button."""
    shown = {"message_id": 1, "date": 1, "chat": chat.to_json(), "text": "x"}
    person = {"id": chat.id, "is_bot": False, "first_name": "x"}
    query = {"id": "1", "from": person, "chat_instance": "1", "message": shown, "data": "m"}
    return {"update_id": update_id, "callback_query": query}


async def post(stage, *updates):
    """Updates at the same moment, each over a connection of its own; the status codes."""

    async def one(update):
        async with httpx.AsyncClient(timeout=30) as client:
            return (await client.post(stage.hook, json=update, headers=HEADERS)).status_code

    return await asyncio.gather(*(one(update) for update in updates))


async def test_same_update_to_two_processes_at_once(library, tmp_path, server):
    """Twenty copies of an update at once are one message to the person."""
    async with open_stage(tmp_path, library, server=server) as stage:
        await stage.start(2)
        chat = stage.chat(1)
        assert set(await post(stage, *[message(1000, chat)] * 20)) == {200}
        await stage.drained()
        assert len(stage.shown(chat.id)) == 1


async def test_updates_out_of_order_and_together(library, tmp_path, server):
    """N+1 before N loses neither; a message and a press at once are handled one after another."""
    async with open_stage(tmp_path, library, server=server) as stage:
        await stage.start(2)
        chat = stage.chat(1)
        assert await post(stage, message(1001, chat)) == [200]
        assert await post(stage, message(1000, chat, "/help")) == [200]
        await stage.drained()
        assert len(stage.shown(chat.id)) == 2
        assert await post(stage, message(1002, chat), press(1003, chat)) == [200, 200]
        await stage.drained()
        assert stage.ask("SELECT count(*) FROM inbox WHERE state = 'done'") == [(4,)]


async def test_chat_that_always_fails(library, tmp_path):
    """The others do not notice; the person gets an apology and the admin an alert."""
    async with open_stage(tmp_path, library) as stage:
        admin, poor = stage.chat(77), stage.chat(0)
        await stage.start(2, BOT_TEST_FAULT=f"handled@{poor.id}:1:raise", ADMIN_IDS=str(admin.id))
        stage.say(poor, "你好")
        for number in range(1, 6):
            stage.say(stage.chat(number), "/privacy")
        await stage.drained()
        assert all(len(stage.shown(stage.chat(number).id)) == 1 for number in range(1, 6))
        assert len(stage.shown(poor.id)) == 1
        assert "死信" in stage.shown(admin.id)[0]
        assert stage.ask("SELECT state, failures FROM inbox WHERE lane = ?", str(poor.id)) == [
            ("dead", 3)
        ]
        async with httpx.AsyncClient() as client:
            figures = (await client.get(f"http://127.0.0.1:{stage.port}/metrics")).text
        assert "bot_dead_letters 1.0" in figures
        assert 'bot_handled_updates_total{outcome="dead"} 1.0' in figures


async def test_update_that_takes_the_process_down_each_time(library, tmp_path):
    """After ten deaths it is set aside, and its chat goes on."""
    async with open_stage(tmp_path, library) as stage:
        poor = stage.chat(0)
        await stage.start(2, BOT_TEST_FAULT=f"claimed@{poor.id}:1")
        stage.say(poor, "你好")
        other = stage.chat(1)
        stage.say(other, "/privacy")
        await stage.drained()
        assert len(stage.shown(other.id)) == 1
        assert stage.ask("SELECT state, attempts FROM inbox WHERE lane = ?", str(poor.id)) == [
            ("dead", 11)
        ]


async def test_storm_of_limits_and_slow_answers(library, tmp_path):
    """429 again and again, connections cut, answers that take long: all is delivered in the end."""
    async with open_stage(tmp_path, library, speed=4.0) as stage:
        await stage.start(2)
        async with httpx.AsyncClient(base_url=f"{stage.root}/sandbox") as sandbox:
            for fault in (
                {"code": 429, "parameters": {"retry_after": 1}, "times": 15},
                {"hang": 8.0, "times": 4},  # on the stand-in's quick clock
                {"cut": True, "times": 4},
                {"cut": True, "carried_out": True, "times": 4},
                {"code": 502, "times": 3},
            ):
                response = await sandbox.post("/faults", json={"method": "sendMessage", **fault})
                assert response.status_code == 204
        await stage.say_everywhere(60, 12)
        await stage.drained()
        assert stage.assert_kept() <= 4


async def test_locked_database(library, tmp_path):
    """While somebody else holds the database, Telegram is told to wait; then all is answered."""
    async with open_stage(tmp_path, library) as stage:
        await stage.start(2)
        chat = stage.chat(1)
        await post(stage, message(999, chat))
        await stage.drained()
        blocker = sqlite3.connect(stage.database, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        (code,) = await post(stage, message(1000, chat))
        waited = time.monotonic() - started
        blocker.execute("ROLLBACK")
        blocker.close()
        assert (code, waited < 20) == (503, True)
        assert await post(stage, message(1000, chat)) == [200]
        await stage.drained()
        assert len(stage.shown(chat.id)) == 2


async def test_full_disk(library, tmp_path):
    """A disk that takes nothing more means 503; with space again, nothing is missing."""
    async with open_stage(tmp_path, library, speed=4.0) as stage:
        await stage.start(2)
        chat = stage.chat(1)
        stage.say(chat, "/privacy")
        await stage.drained()
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        for pid in stage.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        assert await post(stage, message(1, chat)) == [503]
        async with httpx.AsyncClient() as client:
            ready = await client.get(f"http://127.0.0.1:{stage.port}/readyz")
        assert ready.status_code == 503
        stage.say(chat, "/help")
        await asyncio.sleep(0.5)
        for pid in stage.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)
        await stage.drained()
        stage.assert_kept()


async def test_database_server_goes_away(library, tmp_path, postgres_url):
    """While the server lets nobody in Telegram is told to wait; then all is answered."""
    async with open_stage(tmp_path, library, speed=4.0, server=postgres_url) as stage:
        await stage.start(2)
        chat = stage.chat(1)
        stage.say(chat, "/privacy")
        await stage.drained()
        name = urlsplit(postgres_url).path[1:]
        elsewhere = postgres_url.replace(f"/{name}?", "/postgres?")
        with psycopg.connect(elsewhere, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.execute(cut, (name,))
            assert await post(stage, message(1, chat)) == [503]
            async with httpx.AsyncClient() as client:
                ready = await client.get(f"http://127.0.0.1:{stage.port}/readyz")
            assert ready.status_code == 503
            stage.say(chat, "/help")
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await stage.drained()
        stage.assert_kept()


async def test_stop_is_graceful(library, tmp_path, server):
    """SIGTERM in the middle of the work: everybody goes within 20 s, no lease stays behind."""
    async with open_stage(tmp_path, library, speed=4.0, server=server) as stage:
        await stage.start(2)
        await stage.say_everywhere(200, 20)
        await asyncio.sleep(0.3)
        status, seconds = await stage.stop()
        assert (status, seconds < 20) == (0, True)
        assert stage.ask("SELECT count(*) FROM inbox WHERE owner IS NOT NULL") == [(0,)]
        await stage.start(1)
        await stage.drained()
        assert stage.assert_kept() == 0


async def test_power_cut(library, tmp_path, server):
    """Supervisor and workers gone at one blow: the next start answers at once, not after leases."""
    async with open_stage(tmp_path, library, speed=4.0, server=server) as stage:
        await stage.start(2)
        await stage.say_everywhere(100, 20)
        await asyncio.sleep(0.3)
        for pid in [stage.process.pid, *stage.workers()]:
            stage.send(pid, signal.SIGKILL)
        await stage.process.wait()
        await stage.start(2)
        await stage.drained(25)
        stage.assert_kept()


async def test_workers_follow_their_dead_supervisor(library, tmp_path):
    """A supervisor killed alone leaves no processes behind that nobody can stop."""
    async with open_stage(tmp_path, library) as stage:
        await stage.start(2)
        workers = stage.workers()
        stage.send(stage.process.pid, signal.SIGKILL)
        await stage.process.wait()
        await until(lambda: not any(_runs(pid) for pid in workers))


def _runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_frozen_process_is_fenced_off(tmp_path, server):
    """SIGSTOP between handling and commit, past the lease: another answers, and the late commit is
    refused."""  # noqa: D205, D209
    database, out = server or f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "out"
    out.touch()
    async with open_store(database) as store:
        await store.receive(1, "7", {"text": "a"})
        await store.receive(2, "7", {"text": "b"})
    frozen = await _frozen_worker(database, out)
    other = await _worker(database, out)
    await until(lambda: len(out.read_text().splitlines()) == 2)
    os.kill(frozen.pid, signal.SIGCONT)
    line = b""
    while b"lease lost" not in line:
        line = await frozen.stdout.readline()
        assert line
    for process in (frozen, other):
        process.kill()
        await process.communicate()
    assert out.read_text().splitlines() == ["7 1 a", "7 2 b"]
    async with open_store(database) as store:
        ((session),) = (await store.about("7"))["session"]
    assert session["data"] == {"count": 2}


async def _frozen_worker(database, out):
    """A worker frozen between handling and commit, while none of its threads is in a transaction:
    SQLite has one lock, and who freezes with it in hand stops everybody until he goes on."""  # noqa: D205, D209
    while True:
        frozen = await _worker(database, out, BOT_TEST_FAULT="handled:1:stop")
        await until(partial(_stopped, frozen.pid))
        if _writable(database):
            return frozen
        frozen.kill()
        await frozen.communicate()


def _stopped(pid):
    return _state(pid) == "T"


def _writable(database):
    if not database.startswith("sqlite:///"):
        return True
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=0.2)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


async def _worker(database, out, **variables):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests" / "durability_worker.py"),
        *(database, str(out)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | variables,
        cwd=ROOT,
    )


def _state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def test_new_version_over_old_data(library, tmp_path):
    """A database of the first schema, in the middle of the work, is taken on as it is."""
    async with open_stage(tmp_path, library) as stage:
        chat = stage.chat(1)
        old = sqlite3.connect(stage.database)
        schema = (ROOT / "bot" / "store" / "schema" / "001_start.sql").read_text()
        for statement in statements(schema):
            old.execute(statement)
        old.execute("INSERT INTO setting VALUES ('pseudonym_key', 'k')")
        old.execute(
            'CREATE TABLE "_sqlite_migrations" ("id" INTEGER PRIMARY KEY, "migration_set" TEXT,'
            ' "name" TEXT, "applied_at" TEXT)'
        )
        old.execute("INSERT INTO _sqlite_migrations VALUES (1, 'bot', '001_start', '2026-01-01')")
        session = {"question": "花呗", "article": "no-such-article", "from_the_future": [1]}
        old.execute("INSERT INTO session VALUES (?, ?, 3, 1)", (str(chat.id), json.dumps(session)))
        body = {"update": message(5, chat), "masked": []}
        old.execute(
            "INSERT INTO inbox (update_id, lane, position, received_at, body) VALUES (5, ?, 5, 1, ?)",
            (str(chat.id), json.dumps(body)),
        )
        call = {"method": "sendMessage", "params": {"chat_id": chat.id, "text": "旧版本的回复"}}
        old.execute(
            "INSERT INTO outbox (lane, update_id, seq, method, call, created_at)"
            " VALUES (?, 4, 0, 'sendMessage', ?, 1)",
            (str(chat.id), json.dumps(call)),
        )
        old.commit()
        old.close()
        await stage.start(2, BOT_TEST_FAULT="")
        assert await post(stage, message(6, chat, "/help")) == [200]
        await stage.drained()
        shown = stage.shown(chat.id)
        assert shown[0].startswith("旧版本")
        assert len(shown) == 3
