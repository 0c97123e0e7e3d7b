"""What a stranger may try against a running bot, and what must never show."""

import io
import logging

import httpx
import pytest
import structlog

from bot.app import limits_of
from bot.delivery.limits import Limits
from bot.delivery.service import build_delivery
from bot.logs import configure_logs
from bot.settings import load_settings
from bot.store.memory import MemoryStore
from bot.store.port import Call, Handled
from bot.store.rules import Pace
from tests.doubles.patience import until
from tests.doubles.scripted_transport import ScriptedTransport
from tests.durability_stage import SECRET, TOKEN, open_stage

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def message(number, chat, text):
    """A text in a private chat."""
    person = {"id": chat.id, "is_bot": False, "first_name": "x"}
    content = {"message_id": 1, "date": 1, "chat": chat.to_json(), "from": person, "text": text}
    return {"update_id": number, "message": content}


async def test_forged_button_reaches_nobody_else(library, tmp_path):
    """A press with any data, even another chat's, is answered in the presser's own chat only."""
    async with open_stage(tmp_path, library) as stage:
        await stage.start(1)
        victim, thief = stage.chat(1), stage.chat(2)
        async with httpx.AsyncClient() as client:
            await client.post(
                stage.hook, json=message(1, victim, "花呗逾期一天会怎样"), headers=HEADERS
            )
            await stage.drained()
            before = stage.ask("SELECT * FROM session WHERE lane = ?", str(victim.id))
            shown = stage.shown(victim.id)
            forged = ["m", f"a:visit-01:{victim.id}", f"f:{victim.id}", "x" * 64, "🙂", "../../etc"]
            for number, data in enumerate(forged, start=2):
                query = {
                    "id": str(number),
                    "from": {"id": thief.id, "is_bot": False, "first_name": "x"},
                    "chat_instance": str(victim.id),
                    "message": {"message_id": 1, "date": 1, "chat": thief.to_json(), "text": "x"},
                    "data": data,
                }
                update = {"update_id": number, "callback_query": query}
                said = await client.post(stage.hook, json=update, headers=HEADERS)
                assert said.status_code == 200
            await stage.drained()
        assert stage.ask("SELECT * FROM session WHERE lane = ?", str(victim.id)) == before
        assert stage.shown(victim.id) == shown
        assert stage.ask("SELECT count(*) FROM inbox WHERE state = 'dead'") == [(0,)]


async def test_flood_of_one_does_not_starve_others(library, tmp_path):
    """Somebody sends 150 messages at once: a bounded part is answered, with one notice among them,
    and somebody else is answered at once."""  # noqa: D205, D209
    async with open_stage(tmp_path, library) as stage:
        await stage.start(2, FLOOD_LIMIT="10", SEND_PER_CHAT="20", SEND_PER_SECOND="30")
        noisy, other = stage.chat(1), stage.chat(2)
        async with httpx.AsyncClient() as client:
            for number in range(1, 151):
                update = message(number, noisy, "/privacy")
                said = await client.post(stage.hook, json=update, headers=HEADERS)
                assert said.status_code == 200
            update = message(151, other, "/privacy")
            await client.post(stage.hook, json=update, headers=HEADERS)
            await until(lambda: stage.shown(other.id))
        await stage.drained()
        shown = stage.shown(noisy.id)
        assert 10 <= len(shown) < 150
        assert sum("发得太快" in text for text in shown) == 1
        assert len(stage.shown(other.id)) == 1


async def test_token_and_words_stay_out_of_the_log(library, tmp_path):
    """With Telegram failing in every way, the log has neither token, secret, words nor ids."""
    async with open_stage(tmp_path, library, speed=4.0) as stage:
        await stage.start(2)
        async with httpx.AsyncClient(base_url=f"{stage.root}/sandbox") as sandbox:
            for fault in ({"cut": True}, {"code": 404, "description": "Not Found"}):
                await sandbox.post("/faults", json={"method": "sendMessage", **fault})
        chat = stage.chat(1)
        for _ in range(4):
            stage.say(chat, "催收在我家门口，我很害怕")
        async with httpx.AsyncClient() as client:
            await client.post(stage.hook, content=b"{", headers=HEADERS)
            await client.post(stage.hook, json=message(1, chat, "x"), headers={})
        await stage.drained()
        await stage.stop()
        log = stage.log.read_text()
        assert "call failed" in log
        for hidden in (TOKEN, TOKEN.partition(":")[2], SECRET, "害怕", str(chat.id)):
            assert hidden not in log


async def test_log_lines_name_update_and_chat(monkeypatch):
    """Whatever is logged while an update is handled or answered carries its number and the chat's
    pseudonym."""  # noqa: D205, D209
    seen = []

    class Curious(ScriptedTransport):
        async def call(self, call):
            seen.append(structlog.contextvars.get_contextvars())
            return await super().call(call)

    def handler(item, _session):
        seen.append(structlog.contextvars.get_contextvars())
        return Handled(calls=(Call("sendMessage", {"chat_id": 7, "text": "x"}),))

    store = MemoryStore()
    limits = Limits(pace=Pace(per_second=None), poll=0.01)
    async with build_delivery(store, Curious(), handler, limits=limits).running() as delivery:
        await delivery.receive(41, "7", {})
        await until(lambda: len(seen) == 2)
    assert [line["update_id"] for line in seen] == [41, 41]
    assert {line["chat"] for line in seen} == {store.pseudonym("7")}


def test_full_log_disk_does_not_stop_the_work(monkeypatch):
    """A line that cannot be written is forgotten."""

    class FullDisk(io.StringIO):
        def write(self, _text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stderr", FullDisk())
    handlers = logging.getLogger().handlers[:]
    try:
        configure_logs()
        structlog.get_logger().error("anything")
    finally:
        logging.getLogger().handlers[:] = handlers
        structlog.reset_defaults()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, (1.0, 30.0, 40)),
        ({"send_per_chat": 0, "send_per_second": 0, "flood_limit": 0}, (None, None, None)),
    ],
)
def test_limits_are_what_the_operator_set(variables, expected):
    """0 turns a limit off."""
    limits = limits_of(load_settings(**variables))
    flood = None if limits.flood is None else limits.flood.waiting
    assert (limits.pace.lane_per_second, limits.pace.per_second, flood) == expected
