"""Interviews through the whole bot against the stand-in: papers arrive, own data can be had."""

import json

import httpx
import pytest
import pytest_asyncio

from bot.demo import Demo, running_demo
from bot.sandbox.client import SandboxClient
from bot.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def root(shipped):
    """The address of a running bot, shared by all tests here."""
    async with running_demo(load_settings(knowledge_dir=shipped)) as root:
        yield root


@pytest_asyncio.fixture(loop_scope="module")
async def person(root):
    """Somebody new."""
    async with SandboxClient.connect(root) as client:
        yield await client.person()


async def talk(person, *moves):
    """Says, or taps what begins with ▸; returns the last reply."""
    for move in moves:
        await (person.press(move[1:]) if move.startswith("▸") else person.say(move))
        reply = await person.wait_for_reply(30)
    return reply


async def until(person, found):
    """The replies up to the first one that is wanted."""
    replies = []
    while not replies or not found(replies[-1]):
        replies.append(await person.wait_for_reply(60))
    return replies


async def content(root, message):
    """The bytes of the file in a message."""
    file = message.raw.get("document") or message.raw["photo"][-1]
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{root}/sandbox/files/{file['file_id']}")).content


async def test_objection_arrives_to_edit_and_to_print(root, person):
    """The letter comes as text, DOCX and PDF with neutral names, and how to hand it in."""
    await talk(person, "写支付令异议书", "昨天", "▸都没有", "▸已经还清", "▸选好了")
    await talk(person, "某某市某某区人民法院", "（2026）沪0101民督123号", "某某消费金融有限公司")
    await talk(person, "本金8000", "8000", "2026年8月5日还款3000元，有流水", "▸跳过", "▸全部")
    await talk(person, "▸寄 EMS")
    await person.press("确认属实")
    replies = await until(person, lambda reply: "怎么交" in reply.text)
    replies += await until(person, lambda reply: reply.file_name.endswith(".ics"))
    names = [reply.file_name for reply in replies if reply.file_name]
    assert [name.rpartition(".")[2] for name in names] == ["docx", "pdf", "ics"]
    assert all("支付令" not in name for name in names)
    files = {name[-4:]: reply for reply in replies if (name := reply.file_name)}
    assert (await content(root, files["docx"])).startswith(b"PK")
    assert (await content(root, files[".pdf"])).startswith(b"%PDF")
    assert b"BEGIN:VCALENDAR" in await content(root, files[".ics"])


async def test_family_gets_a_card_to_show(root, person):
    """With a child at home the door card comes as a picture and to print."""
    await talk(person, "/door", "▸还在门外")
    await person.press("孩子")
    replies = await until(person, lambda reply: "是你的债吗" in reply.text)
    assert "photo" in replies[-2].raw  # the card for the family does not wait for the end
    await person.press("是")
    replies += await until(person, lambda reply: "20 分钟" in reply.text)
    pictures = [reply for reply in replies if "photo" in reply.raw]
    assert len(pictures) == 2
    assert [r.file_name[-4:] for r in replies if r.file_name] == [".pdf", ".pdf"]
    assert (await content(root, pictures[0])).startswith(b"\x89PNG")


async def test_own_data_is_shown_exported_and_deleted(root, person):
    """Everything that is stored is told, can be taken along, and is gone after one question."""
    await talk(person, "想申请延期", "▸逾期30天以内")
    shown = await talk(person, "/mydata")
    assert "现在到哪一步：逾期30天以内" in shown.text
    note = await talk(person, "/export")
    assert "全部内容" in note.text
    first = await person.wait_for_reply(30)
    stored = json.loads(await content(root, first))
    assert stored["session"][0]["data"]["flow"]["answers"] == {"status": "d30"}
    second = await person.wait_for_reply(30)
    assert second.file_name.endswith(".docx")
    asked = await talk(person, "/delete")
    assert "找不回来" in asked.text
    done = await talk(person, "▸全部删掉")
    assert "删掉了" in done.text
    empty = await talk(person, "/mydata")
    assert "延期" not in empty.text
    assert "0 条（不含内容）" in empty.text


async def test_interview_outlives_the_process(shipped, tmp_path):
    """The bot is stopped in the middle of a question; started again, the same question is open."""
    settings, demo = load_settings(knowledge_dir=shipped), Demo(data=tmp_path)
    async with running_demo(settings, demo) as root, SandboxClient.connect(root) as client:
        await talk(await client.person(chat_id=4242), "想申请延期", "逾期20天了", "都没有")
    async with running_demo(settings, demo) as root, SandboxClient.connect(root) as client:
        person = await client.person(chat_id=4242)
        reply = await talk(person, "某某银行股份有限公司")
        assert "机构和产品：某某银行股份有限公司" in reply.text
        shown = await talk(person, "/mydata")
        assert "现在到哪一步：逾期30天以内" in shown.text
