"""The whole bot against the stand-in while its content changes under it."""

import asyncio
import os
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from doubles import small_knowledge
from doubles.content_stage import DOOR
from doubles.sandbox_api import TOKEN

from bot.content.opening import Place, open_content
from bot.demo import ADMIN, Demo, running_demo
from bot.errors import KnowledgeInvalid
from bot.knowledge.loader import content_version
from bot.sandbox.client import SandboxClient
from bot.sandbox.demo import running
from bot.sandbox.server import create_sandbox
from bot.settings import load_settings
from tests.doubles.patience import until

ROOT = Path(__file__).parent.parent
VERSIONS = 3
"""How often the content changes under load."""


@pytest.fixture
def folder(tmp_path):
    """Four articles."""
    return small_knowledge.build(tmp_path / "knowledge")


@pytest.fixture
def place(folder, tmp_path):
    """Where the content is."""
    return Place(folder, tmp_path / "cache", tmp_path / "state")


@asynccontextmanager
async def demo(folder, *, edit):
    """A running demo, as its people see it."""
    settings = load_settings(knowledge_dir=folder)
    async with (
        running_demo(settings, Demo(edit=edit)) as root,
        SandboxClient.connect(root) as client,
    ):
        yield client


def change(folder, old, new, path=DOOR):
    """One edit, the way editors save: a new file that takes the place of the old."""
    file = folder / path
    text = file.read_text("utf-8")
    assert old in text
    fresh = file.with_name(f"{file.name}~")
    fresh.write_text(text.replace(old, new), "utf-8")
    fresh.replace(file)


async def test_no_answer_is_lost_or_mixed_while_versions_change(folder):
    """Ten people ask without a pause while the content changes: each gets every answer, whole."""
    change(folder, "先别开门，打开手机录像。", "版本0。")
    change(folder, "反锁门。", "版本0。")
    seen = set()
    async with demo(folder, edit=True) as sandbox:
        people = [await sandbox.person(f"人{number}") for number in range(10)]
        done = asyncio.Event()

        async def ask(person):
            asked = 0
            while not done.is_set():
                await person.say("/start visit-01")
                text = (await person.wait_for_reply(60)).text
                (version,) = set(re.findall(r"版本(\d)", text))
                assert text.count(f"版本{version}。") == 2
                seen.add(int(version))
                asked += 1
            answers = [one for one in await person.messages() if one.from_bot]
            assert len(answers) == asked
            return asked

        talks = [asyncio.create_task(ask(person)) for person in people]
        for number in range(1, VERSIONS + 1):
            change(folder, f"版本{number - 1}。", f"版本{number}。")
            await until(
                lambda number=number: number in seen or any(t.done() for t in talks), tries=12_000
            )
        done.set()
        assert all(await asyncio.gather(*talks))
    assert seen == set(range(VERSIONS + 1))


async def test_admin_improves_an_answer_in_the_chat(folder):
    """A fault comes back with its line; the mended file is confirmed, and others read it."""
    text = (folder / DOOR).read_text("utf-8").replace("先别开门", "先不开门")
    async with demo(folder, edit=True) as sandbox:
        admin = await sandbox.person("管理员", chat_id=ADMIN)
        await admin.send("document", text.replace("## 不要做", "## 别做").encode(), name="a.md")
        faults = await admin.wait_for_reply(60)
        assert "knowledge/articles/visit/visit-01.md:" in faults.text
        assert faults.labels == ()
        await admin.send("document", text.encode(), name="a.md")
        card = await admin.wait_for_reply(60)
        assert "先不开门" in card.text
        changes = await admin.wait_for_reply(60)
        assert changes.labels == ("确认上线", "不要了")
        await admin.press("确认上线")
        assert (await admin.wait_for_reply(60)).text.startswith("写好了")
        assert (await admin.wait_for_reply(60)).text.startswith("新内容上线了")
        person = await sandbox.person()
        await person.say("/start visit-01")
        assert "先不开门" in (await person.wait_for_reply()).text
        commands = await sandbox.ask("GET", f"/chats/{ADMIN}/messages")
        assert "reload" in str(commands["commands"])
        others = await sandbox.ask("GET", f"/chats/{person.chat_id}/messages")
        assert "reload" not in str(others["commands"])
    assert "先不开门" in (folder / DOOR).read_text("utf-8")


async def test_demo_spares_the_folder_and_follows_it(folder):
    """Without --edit an admin's edit is live in the demo only; edits of the files show at once."""
    before = content_version(folder)
    text = (folder / DOOR).read_text("utf-8")
    async with demo(folder, edit=False) as sandbox:
        admin, person = await sandbox.person("管理员", chat_id=ADMIN), await sandbox.person()
        changed = text.replace("先别开门", "先不开门").encode()
        await admin.send("document", changed, name="a.md")
        for _ in range(2):
            await admin.wait_for_reply(60)
        await admin.press("确认上线")
        for _ in range(2):
            await admin.wait_for_reply(60)
        await person.say("/start visit-01")
        assert "先不开门" in (await person.wait_for_reply()).text
        assert content_version(folder) == before
        change(folder, "先别开门", "请别开门")
        assert (await admin.wait_for_reply(60)).text.startswith("新内容上线了")
        await person.say("/start visit-01")
        assert "请别开门" in (await person.wait_for_reply()).text


def test_start_with_a_faulty_folder_serves_what_served_last(folder, place):
    """A fault at the start does not keep the bot down when there is a good version to serve."""
    good = open_content(place).knowledge
    change(folder, "## 不要做\n", "## 别做\n")
    again = open_content(place).knowledge
    assert again.version == good.version
    assert again.articles["visit-01"].answer.startswith("先别开门")
    folder.rename(folder.with_name("away"))
    assert open_content(place).knowledge.version == good.version


def test_start_with_a_faulty_folder_and_nothing_before_says_why(folder, place):
    """The first start with a fault fails with the faults."""
    change(folder, "## 不要做\n", "## 别做\n")
    with pytest.raises(KnowledgeInvalid, match=r"visit-01\.md:27: 不认识的小标题"):
        open_content(place)


def test_start_does_not_serve_what_would_not_pass_any_more(folder, place):
    """A kept version is checked again, since the checks may have grown since."""
    version = open_content(place).knowledge.version
    kept = place.state / "versions" / version
    change(kept, "## 不要做\n", "## 别做\n")
    change(folder, "## 不要做\n", "## 别做\n")
    with pytest.raises(KnowledgeInvalid):
        open_content(place)


@pytest.mark.skipif(sys.platform != "linux", reason="several workers need Linux")
async def test_workers_start_with_a_faulty_folder_and_go_on_together(folder, tmp_path):
    """Two workers begin with what served last and say why; mended, both serve the new version."""
    good = open_content(Place(folder, tmp_path / "search", tmp_path / "content")).knowledge
    change(folder, "## 不要做\n", "## 别做\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listen = f"127.0.0.1:{port}"
    async with running(create_sandbox(token=TOKEN)) as root, SandboxClient.connect(root) as sandbox:
        admin = await sandbox.person("管理员", chat_id=ADMIN)
        await admin.say("/start visit-01")
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": root,
            "WEBHOOK_URL": f"http://{listen}/hook",
            "LISTEN": listen,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "KNOWLEDGE_DIR": str(folder),
            "ADMIN_IDS": str(ADMIN),
            "PYTHONPATH": str(ROOT),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--workers", "2", env={**os.environ, **settings}
        )
        try:
            await until(lambda: all_ready(listen, good.version), tries=12_000)
            said = {(await admin.wait_for_reply(60)).text[:8] for _ in range(2)}
            assert said == {"先别开门，打开手", "知识文件夹里有错"}
            change(folder, "## 别做\n", "## 不要做\n")
            change(folder, "先别开门", "先不开门")
            await until(lambda: all_ready(listen, content_version(folder)), tries=12_000)
            news = [(await admin.wait_for_reply(60)).text]
            if news[-1].startswith("错都改好了"):  # between the two edits stood what served
                news.append((await admin.wait_for_reply(60)).text)
            assert news[-1].startswith("新内容上线了")
            await admin.say("/start visit-01")
            assert "先不开门" in (await admin.wait_for_reply(60)).text
        finally:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0


async def all_ready(listen, version):
    """Whether many connections in a row, over all workers, meet this version."""
    for _ in range(16):
        try:
            async with httpx.AsyncClient() as client:
                ready = (await client.get(f"http://{listen}/readyz")).json()
        except httpx.HTTPError:
            return False
        if ready["knowledge"] != version:
            return False
    return True
