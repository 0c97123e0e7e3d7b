"""The webhook: who may call it, what it takes, what it answers."""

import asyncio
import json
from contextlib import closing
from ipaddress import ip_network

import httpx
import pytest

from bot.delivery.limits import Limits
from bot.delivery.service import build_delivery
from bot.errors import StorageUnavailable
from bot.store.memory import MemoryStore
from bot.store.port import Handled
from bot.web import patience
from bot.web.app import create_web
from bot.web.gate import Admission
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.server import listen, serve
from bot.web.webhook import MOST_BYTES, Webhook
from tests.doubles.scripted_transport import ScriptedTransport

SECRET = "correct-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
GOOD = {HEADER: SECRET, "Content-Type": "application/json"}


def update(number=1, chat=7, **more):
    """A message as Telegram posts it."""
    person = {"id": chat, "is_bot": False, "first_name": "x"}
    message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "from": person}
    return json.dumps({"update_id": number, "message": message | {"text": "你好"} | more}).encode()


class House:
    """A web app over a store in memory, with nobody at work behind it."""

    def __init__(self, **admission):
        self.store = MemoryStore()
        self.metrics = Metrics()
        transport = ScriptedTransport()
        delivery = build_delivery(
            self.store, transport, lambda *_: Handled(), limits=Limits(), meter=self.metrics
        )
        self.web = create_web(
            Health(delivery, self.metrics, lambda: "version-1"),
            webhook=Webhook(delivery, self.metrics),
            admission=Admission(path="/hook", secret=SECRET.encode(), **admission),
        )

    async def post(self, body, headers=GOOD, peer="9.9.9.9"):
        """One request from an address."""
        transport = httpx.ASGITransport(app=self.web, client=(peer, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.post("/hook", content=body, headers=headers)

    async def get(self, path):
        """A page for monitors."""
        transport = httpx.ASGITransport(app=self.web)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.get(path)


@pytest.fixture
def house():
    """Open to everybody who has the secret."""
    return House()


async def test_update_is_kept_before_it_is_acknowledged(house):
    """200 means that the update is in the inbox; the same again is acknowledged and ignored."""
    assert (await house.post(update())).status_code == 200
    assert (await house.store.depth()).inbox == 1
    assert (await house.post(update())).status_code == 200
    assert (await house.store.depth()).inbox == 1


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(HEADER, "")],
        [(HEADER, "wrong")],
        [(HEADER, SECRET + "x")],
        [(HEADER, SECRET[:-1])],
        [(HEADER, "пароль".encode())],
        [(HEADER, b"\xff\xfe")],
        [(HEADER, SECRET), (HEADER, SECRET)],
        [(HEADER, "wrong"), (HEADER, SECRET)],
    ],
)
async def test_secret_must_be_there_once_and_right(house, headers):
    """Missing, wrong, beyond ASCII or repeated: refused, and nothing is kept."""
    response = await house.post(update(), [*headers, ("Content-Type", "application/json")])
    assert response.status_code == 401
    assert (await house.store.depth()).inbox == 0


async def test_body_is_not_read_without_the_secret(house):
    """Whoever has no secret is refused before a byte of the body."""
    read = []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/hook", "method": "POST", "headers": [], "client": None}
    await house.web(scope | {"state": {}, "query_string": b"", "root_path": ""}, receive, send)
    assert sent[0]["status"] == 401
    assert read == []


async def test_large_bodies_are_refused(house):
    """More than a megabyte is not read, whether it was announced or not."""

    async def stream():
        for _ in range(MOST_BYTES // 65536 + 2):
            yield b" " * 65536

    assert (await house.post(b" " * (MOST_BYTES + 1))).status_code == 413
    assert (await house.post(stream())).status_code == 413


async def test_only_json_and_only_post(house):
    """Other types and methods are refused, other paths do not exist."""
    headers = GOOD | {"Content-Type": "text/plain"}
    assert (await house.post(update(), headers)).status_code == 415
    transport = httpx.ASGITransport(app=house.web)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        assert (await client.get("/hook", headers=GOOD)).status_code == 405
        assert (await client.post("/hook/", headers=GOOD)).status_code in {307, 404}
        assert (await client.post("/other", headers=GOOD)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"update_id": "1"}',
        b'{"update_id": 1, "message": {}}',
        b'{"update_id": 1e400, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 9007199254740993, "message": {"chat": {"id": 1}}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"update_id": 1, "message": {"chat": {"id": 1}, "text": "' + b"x" * 300_000 + b'"}}',
    ],
)
async def test_poison_is_set_aside(house, body):
    """What is no update is acknowledged, so that the chat goes on, and kept for the admins."""
    assert (await house.post(body)).status_code == 200
    depth = await house.store.depth()
    assert (depth.inbox, depth.refused) == (0, 1)
    assert "bot_refused_bodies 1.0" in (await house.get("/metrics")).text


async def test_set_aside_bodies_are_masked(house):
    """A card number in a broken body is not stored."""
    await house.post('{"update_id": null, "text": "卡号6222020200011234567"}'.encode())
    assert "6222020200011234567" not in str(house.store._tables.refused)


async def test_storage_failure_asks_telegram_to_wait(house, monkeypatch):
    """503 with Retry-After, for updates and for poison alike."""

    async def fail(*_, **__):
        raise StorageUnavailable

    monkeypatch.setattr(house.store, "receive", fail)
    monkeypatch.setattr(house.store, "refuse", fail)
    for body in (update(), b"{"):
        response = await house.post(body)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


NETWORKS = {"networks": (ip_network("149.154.160.0/20"),), "proxies": (ip_network("127.0.0.1/32"),)}


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("149.154.161.1", [], 200),
        ("::ffff:149.154.161.1", [], 200),
        ("9.9.9.9", [], 403),
        ("9.9.9.9", ["149.154.161.1"], 403),
        ("127.0.0.1", [], 403),
        ("127.0.0.1", ["149.154.161.1"], 200),
        ("127.0.0.1", ["9.9.9.9"], 403),
        ("127.0.0.1", ["149.154.161.1, 9.9.9.9"], 403),
        ("127.0.0.1", ["149.154.161.1", "9.9.9.9"], 403),
        ("127.0.0.1", ["nonsense"], 403),
        ("127.0.0.1", [""], 403),
    ],
)
async def test_networks_and_forged_addresses(peer, forwarded, status):
    """Only a trusted proxy's own word counts; an address that anybody can write does not."""
    house = House(**NETWORKS)
    headers = [*GOOD.items(), *(("X-Forwarded-For", value) for value in forwarded)]
    assert (await house.post(update(), headers, peer)).status_code == status


async def test_monitors_learn_what_they_need(house):
    """Alive, ready with version and age, figures; nothing about a person."""
    await house.post(update(chat=123456789))
    assert (await house.get("/healthz")).json() == {"status": "ok"}
    ready = await house.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["knowledge"] == "version-1"
    assert ready.json()["inbox"] == 1
    figures = (await house.get("/metrics")).text
    for name in (
        'bot_updates_total{receipt="kept"} 1.0',
        'bot_webhook_seconds_count{status="200"} 1.0',
        'bot_knowledge_info{version="version-1"} 1.0',
        "bot_inbox_updates 1.0",
        "bot_inbox_age_seconds",
        "bot_dead_letters 0.0",
    ):
        assert name in figures
    assert "123456789" not in figures + ready.text


async def test_monitors_learn_of_a_broken_storage(house, monkeypatch):
    """Not ready, with the reason; the figures still come."""

    async def fail(*_):
        raise StorageUnavailable

    monkeypatch.setattr(house.store, "probe", fail)
    monkeypatch.setattr(house.store, "depth", fail)
    assert (await house.get("/readyz")).status_code == 503
    assert "bot_storage_up 0.0" in (await house.get("/metrics")).text


async def test_slow_clients_are_cut_off(house, monkeypatch):
    """A head that comes drop by drop, or never, costs a connection only for a while."""
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.2)
    stop = asyncio.Event()
    with closing(listen(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        serving = asyncio.create_task(serve(house.web, listener, stop))
        silent, dripping, huge = [await asyncio.open_connection("127.0.0.1", port) for _ in "abc"]
        dripping[1].write(b"POST /hook HTTP/1.1\r\nHost: x\r\n")
        huge[1].write(b"GET /healthz HTTP/1.1\r\n" + b"X-A: " + b"a" * 200_000)
        for reader, writer in (silent, dripping, huge):
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(100_000)
            writer.close()
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
        stop.set()
        await serving
