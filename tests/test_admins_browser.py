"""The admins' loop in a real browser: from a question in vain to the improved answer."""

import re
from contextlib import asynccontextmanager

import pytest
from doubles import small_knowledge
from playwright.async_api import async_playwright, expect

from bot.demo import ADMIN, running_demo
from bot.knowledge.loader import content_version
from bot.settings import load_settings
from tests.test_sandbox_browser import ARGUMENTS, CHROMIUM, DESK, in_browser

QUESTION = "公积金会被划走吗"
PATIENCE = 90_000
"""Milliseconds for a new version: a check, a build, and a machine that is busy."""


@pytest.fixture
def folder(tmp_path):
    """Four articles and some talk that is none of our business."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    (folder / "phrasings").mkdir(exist_ok=True)
    words = "今天天气怎么样\n红烧肉怎么做\n快递到哪里了\n讲个笑话\n手机没信号了\n公积金怎么提取\n"
    (folder / "phrasings" / "none.txt").write_text(words, "utf-8")
    return folder


@asynccontextmanager
async def open_demo(folder):
    """The chat page of a running demo."""
    async with (
        running_demo(load_settings(knowledge_dir=folder)) as root,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await (await browser.new_context(viewport=DESK, locale="zh-CN")).new_page()
        page.set_default_timeout(PATIENCE)
        await page.goto(root)
        await page.wait_for_selector("body.ready")
        yield page
        await browser.close()


async def say(page, text):
    """Types and presses Enter."""
    field = page.get_by_label("写消息", exact=True)
    await field.fill(text)
    await field.press("Enter")


def said(page):
    """What the bot said last in the open chat."""
    return page.locator(".message.theirs").last


@in_browser
async def test_unanswered_question_becomes_an_answer(folder):
    """Somebody asks in vain; an admin gives the question to an article; asked again, it answers."""
    before = content_version(folder)
    async with open_demo(folder) as page:
        await expect(page.get_by_role("button", name="开始")).to_be_visible()
        await say(page, QUESTION)
        await expect(said(page)).to_be_visible()
        await expect(said(page)).not_to_contain_text("一句话。")
        await page.locator(f'[data-chat="{ADMIN}"]').click()
        await say(page, "/unanswered")
        await expect(said(page)).to_contain_text(QUESTION)
        guess = re.compile("归到：第visit-0[234]篇")
        await said(page).get_by_role("button", name=guess).first.click()
        await said(page).get_by_role("button", name="加上，马上生效").click(timeout=PATIENCE)
        await expect(said(page)).to_contain_text("新内容上线了", timeout=PATIENCE)
        await page.locator(".chat-item").filter(has_text="小林").click()
        await say(page, QUESTION)
        await expect(said(page)).to_contain_text("一句话。", timeout=PATIENCE)
    assert content_version(folder) == before


@in_browser
async def test_file_with_a_fault_then_a_good_one_goes_live(folder, tmp_path):
    """An admin sends a file, reads the fault, mends it, sees what changes, confirms, and is told."""
    text = (folder / "articles/visit/visit-02.md").read_text("utf-8")
    file = tmp_path / "visit-02.md"

    async def send(page, content):
        file.write_text(content, "utf-8")
        await page.get_by_role("button", name="发送照片、文件等").click()
        async with page.expect_file_chooser() as choosing:
            await page.get_by_role("menuitem", name="选择文件…").click()
        await (await choosing.value).set_files(file)

    async with open_demo(folder) as page:
        await page.locator(f'[data-chat="{ADMIN}"]').click()
        await send(page, text.replace("## 不要做", "## 别做"))
        await expect(said(page)).to_contain_text("不认识的小标题“别做”", timeout=PATIENCE)
        await send(page, text.replace("一句话。", "一句更好的话。"))
        await expect(said(page)).to_contain_text("+一句更好的话。", timeout=PATIENCE)
        await said(page).get_by_role("button", name="确认上线").click()
        await expect(said(page)).to_contain_text("新内容上线了", timeout=PATIENCE)
        await say(page, "/preview visit-02")
        await expect(page.locator(".message.theirs").nth(-2)).to_contain_text("一句更好的话。")
