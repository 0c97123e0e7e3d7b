"""The admins' loop on the running bot, over real HTTP: news to those who want it, the week drawn."""

import pytest
import pytest_asyncio
from doubles import small_knowledge

from bot.demo import running_demo
from bot.documents.fonts import describe_fonts
from bot.sandbox.client import SandboxClient
from bot.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOSS, OTHER_BOSS = 7001, 7002
TEXT = "有新规定，点菜单看看。"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory):
    """A running bot with two admins over four articles."""
    folder = small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge")
    settings = load_settings(knowledge_dir=folder, admin_ids=frozenset({BOSS, OTHER_BOSS}))
    async with running_demo(settings) as root, SandboxClient.connect(root) as client:
        yield client


async def test_bulletin_reaches_who_opted_in_and_can_be_ended_under_it(sandbox):
    """Two opt in, one of them out again; the bulletin reaches the other, once, with its way out."""
    keen, tired, deaf = [await sandbox.person(name) for name in ("甲", "乙", "丙")]
    for person in (keen, tired):
        await person.say("/news")
        await person.wait_for_reply()
        await person.press("要收")
        assert "有要紧的变化" in (await person.wait_for_reply()).text
    await tired.say("退订")
    assert "不再发通知" in (await tired.wait_for_reply()).text
    await deaf.say("/menu")
    await deaf.wait_for_reply()
    boss = await sandbox.person("管理员", chat_id=BOSS)
    await boss.say(f"/broadcast {TEXT}")
    assert (await boss.wait_for_reply()).text == TEXT
    assert "发给 1 人" in (await boss.wait_for_reply()).text
    await boss.press("发给 1 人")
    assert "开始发了" in (await boss.wait_for_reply()).text
    bulletin = await keen.wait_for_reply()
    assert bulletin.text == TEXT
    await keen.press("不收了", message=bulletin)
    assert "不再发通知" in (await keen.wait_for_reply()).text
    sent = [call for call in await sandbox.calls("sendMessage") if TEXT in str(call)]
    assert len(sent) == 2  # the preview and the one
    await boss.say("/broadcast 再来一条")
    assert "没有人要收" in (await boss.wait_for_reply()).text


async def test_week_comes_as_a_picture(sandbox):
    """/admin sends words, then the week as a photo; in words where there is no Chinese font."""
    boss = await sandbox.person("管理员", chat_id=OTHER_BOSS)
    await boss.say("/admin")
    assert "今天" in (await boss.wait_for_reply()).text
    week = await boss.wait_for_reply(patience=30)
    assert week.raw.get("photo") if describe_fonts()[0] else "缓缓这一周" in week.text
