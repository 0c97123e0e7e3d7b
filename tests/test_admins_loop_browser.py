"""The admins' loop in the browser: from a question nobody could answer to the better answer."""

import re

from doubles import small_knowledge
from playwright.async_api import async_playwright, expect
from test_sandbox_browser import ARGUMENTS, CHROMIUM, DESK, bubbles, in_browser, say

from bot.demo import Demo, running_demo
from bot.settings import load_settings

FUND = "公积金会被划走吗"
ANSWER = "一句话。"
"""How each of the small articles begins."""
LIVE = 60_000
"""Milliseconds in which an edit must be live; a busy machine takes most of them."""


async def open_chat(page, name):
    """Chooses a chat in the list."""
    chat = page.locator(".chat-item", has_text=name)
    await chat.click()
    await expect(chat).to_have_attribute("aria-current", "true")


@in_browser
async def test_unanswered_question_is_assigned_and_then_answered(tmp_path):
    """Asked in vain, found in /unanswered, added after a preview, and answered when it is live."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    settings = load_settings(knowledge_dir=folder)
    async with running_demo(settings, Demo(edit=True)) as root, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport=DESK, locale="zh-CN")
        page.set_default_timeout(20_000)
        await page.goto(root)
        await page.wait_for_selector("body.ready")

        await open_chat(page, "小林")
        await say(page, FUND)
        await expect(bubbles(page).last).to_contain_text("没有可靠的答案")

        await open_chat(page, "管理员")
        await say(page, "/unanswered")
        await expect(bubbles(page).last).to_contain_text("第 1/1 组，1 人问过 1 次")
        await expect(bubbles(page).last).to_contain_text(FUND)
        await page.get_by_role("button", name="别的文章").click()
        await expect(bubbles(page).last).to_contain_text("/assign")
        how = await bubbles(page).last.inner_text()
        await say(page, re.search(r"/assign \w+ visit-02", how)[0])
        await expect(bubbles(page).last).to_contain_text("visit-02《第visit-02篇》")
        await expect(bubbles(page).last).to_contain_text(FUND)
        assert FUND not in (folder / "articles" / "visit" / "visit-02.md").read_text("utf-8")
        await page.get_by_role("button", name="加上，马上生效").click()
        await expect(bubbles(page).filter(has_text="加好了")).to_be_visible()
        live = bubbles(page).filter(has_text="新内容上线了")
        await expect(live).to_be_visible(timeout=LIVE)

        await open_chat(page, "小林")
        await say(page, FUND)
        await expect(bubbles(page).last).to_contain_text(ANSWER)
        await browser.close()
    assert f"  - {FUND}\n" in (folder / "articles" / "visit" / "visit-02.md").read_text("utf-8")
