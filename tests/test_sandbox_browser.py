"""The chat page in a real browser: type, tap, see, edit, copy."""

import os
import re
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from doubles.echo_bot import echoing
from doubles.sandbox_api import TOKEN
from playwright.async_api import async_playwright, expect

from bot.sandbox.demo import running
from bot.sandbox.server import create_sandbox

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PAGE = Path(__file__).parent.parent / "bot" / "sandbox" / "page"


def in_browser(test):
    """Marks a test that drives Chromium; without one it is skipped, but not where CI runs."""
    missing = CHROMIUM is None and "CI" not in os.environ
    reason = "no Chromium on this machine (Debian: apt-get install chromium)"
    return pytest.mark.browser(pytest.mark.skipif(missing, reason=reason)(test))


@asynccontextmanager
async def open_page(path="/", viewport=DESK, **options):
    """The page of a fresh stand-in with a small bot behind it; any error on it fails the test."""
    app = create_sandbox(token=TOKEN)
    async with (
        running(app) as root,
        echoing(root, TOKEN) as bot,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport=viewport, locale="zh-CN", **options)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.set_default_timeout(10_000)
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda line: line.type == "error" and faults.append(line.text))
        await page.goto(root + path)
        await page.wait_for_selector("body.ready")
        yield page, bot
        await browser.close()
        assert faults == []


async def say(page, text):
    """Types and presses Enter."""
    field = page.get_by_label("写消息", exact=True)
    await field.fill(text)
    await field.press("Enter")


def bubbles(page):
    """Everything that was said, in order."""
    return page.locator(".message .text")


@in_browser
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_ask_tap_and_see(viewport):
    """Start, ask, see the formatted answer, press a button, see the message change."""
    async with open_page(viewport=viewport) as (page, _):
        await expect(page.get_by_text("我是缓缓，欠款上的事可以问我。")).to_be_visible()
        await page.get_by_role("button", name="开始").click()
        await expect(bubbles(page).last).to_contain_text("你说：/start")
        await say(page, "催收在门口")
        answer = page.locator(".message.theirs").last
        await expect(answer.locator("strong", has_text="先别开门")).to_be_visible()
        await expect(answer.locator("code")).to_have_text("请离开")
        link = answer.get_by_role("link", name="12378")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
        await answer.get_by_role("button", name="他们不走").click()
        await expect(page.get_by_text("记下了")).to_be_visible()
        await expect(answer.locator("strong")).to_have_text("打 110")
        await expect(answer.get_by_text("已编辑")).to_be_visible()
        await expect(answer.get_by_role("button", name="他们不走")).to_have_count(0)


@in_browser
async def test_long_quote_is_closed_until_tapped():
    """A quote that can be opened shows three lines first."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "催收在门口")
        quote = page.locator("blockquote.expandable .quote-body")
        closed = await quote.evaluate(
            "node => node.clientHeight / parseFloat(getComputedStyle(node).lineHeight)"
        )
        assert 2.5 <= closed <= 3.5
        await page.get_by_role("button", name="展开").click()
        await expect(page.get_by_role("button", name="收起")).to_have_attribute(
            "aria-expanded", "true"
        )
        opened = await quote.evaluate("node => node.scrollHeight - node.clientHeight")
        assert opened <= 2


@in_browser
async def test_copy_button_copies():
    """The words to say land in the clipboard, and a note says so."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "催收在门口")
        await page.get_by_role("button", name="复制：复制这句话").click()
        await expect(page.get_by_text("已复制")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == "我不同意你们进门"


@in_browser
async def test_alert_has_to_be_dismissed():
    """An answer that asks for attention opens a window."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "催收在门口")
        await page.get_by_role("button", name="没用").click()
        window = page.get_by_role("dialog", name="提示")
        await expect(window).to_contain_text("我们会改")
        await window.get_by_role("button", name="好").click()
        await expect(window).to_have_count(0)


@in_browser
async def test_own_message_can_be_edited():
    """Menu, 编辑, new text: the bubble changes and the bot hears of it."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "打错了")
        await expect(bubbles(page).last).to_contain_text("你说：打错了")
        await page.locator(".message.mine .bubble").last.click(button="right")
        await page.get_by_role("menuitem", name="编辑").click()
        await say(page, "打对了")
        await expect(bubbles(page).last).to_contain_text("改成了：打对了")
        mine = page.locator(".message.mine").last
        await expect(mine).to_contain_text("打对了")
        await expect(mine).to_contain_text("已编辑")


@in_browser
async def test_link_starts_once():
    """``/?start=visit-01`` says ``/start visit-01``, and not again after a reload."""
    async with open_page("/?start=visit-01") as (page, _):
        await expect(bubbles(page).first).to_contain_text("/start visit-01")
        assert "start=" not in page.url
        await page.reload()
        await page.wait_for_selector("body.ready")
        await expect(page.locator(".message.mine")).to_have_count(1)


@in_browser
async def test_commands_behind_the_slash():
    """The list of the bot's commands is offered, by keyboard and by tap in a text."""
    async with open_page("/?start=a") as (page, _):
        field = page.get_by_label("写消息", exact=True)
        await field.fill("/")
        await expect(page.get_by_role("option")).to_have_count(2)
        await field.press("ArrowDown")
        await field.press("Enter")
        await expect(bubbles(page).last).to_contain_text("你说：/menu")
        await say(page, "催收在门口")
        await page.locator(".theirs").get_by_role("button", name="/menu").last.click()
        await expect(bubbles(page).last).to_contain_text("你说：/menu")


@in_browser
async def test_files_and_pictures():
    """A document can be downloaded under its name, a sample photo can be sent and enlarged."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "信")
        async with page.expect_download() as download:
            await page.locator(".file-save").click()
        assert (await download.value).suggested_filename == "申请书.docx"
        await page.get_by_role("button", name="发送照片、文件等").click()
        await page.get_by_role("menuitem", name="示例照片").click()
        await expect(bubbles(page).last).to_contain_text("我只看得懂文字")
        await page.get_by_role("button", name="放大照片").click()
        await page.get_by_role("button", name="关闭").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)


@in_browser
async def test_time_stands_beside_what_was_sent():
    """The time of a message covers nothing of it."""
    async with open_page("/?start=a", viewport=PHONE) as (page, _):
        await page.get_by_role("button", name="发送照片、文件等").click()
        await page.get_by_role("menuitem", name="位置").click()
        sent = page.locator(".message.mine").last
        await expect(sent.locator(".card")).to_be_visible()
        time = await sent.locator("time").bounding_box()
        words = await sent.locator(".file-size").bounding_box()
        below = time["y"] >= words["y"] + words["height"] - 3
        assert below or time["x"] >= words["x"] + words["width"]


@in_browser
async def test_several_chats_and_a_group():
    """A second chat is empty, unread answers are counted, a group knows who speaks."""
    async with open_page("/?start=a") as (page, bot):
        await expect(bubbles(page).last).to_contain_text("你说：/start a")
        first = int(
            page.url.partition("#")[2]
            or await page.locator(".chat-item").get_attribute("data-chat")
        )
        await page.get_by_role("button", name="新的聊天").click()
        await page.get_by_role("menuitem", name="和缓缓私聊").click()
        await page.get_by_label("你叫什么").fill("阿强")
        await page.get_by_role("dialog").get_by_role("button", name="开始").click()
        await expect(page.locator(".message")).to_have_count(0)
        await bot.send_message(first, "还在吗")
        await expect(page.get_by_label("1 条未读")).to_be_visible()
        await page.get_by_role("button", name="新的聊天").click()
        await page.get_by_role("menuitem", name="拉一个群聊").click()
        await page.get_by_role("button", name="创建").click()
        await expect(page.locator(".service")).to_contain_text("创建了群聊")
        await page.get_by_role("radio", name="阿强").click()
        await say(page, "@huanhuan_sandbox_bot 你好")
        await expect(bubbles(page).last).to_contain_text("你说：@huanhuan_sandbox_bot 你好")


@in_browser
async def test_blocked_bot_can_be_let_in_again():
    """停用 takes the input line away, 重新启用 brings it back."""
    async with open_page("/?start=a") as (page, _):
        await page.get_by_role("button", name="聊天菜单").click()
        await page.get_by_role("menuitem", name="停用机器人").click()
        await page.get_by_role("button", name="重新启用机器人").click()
        await expect(page.get_by_label("写消息", exact=True)).to_be_visible()
        await expect(bubbles(page).last).to_contain_text("你说：/start")


@in_browser
async def test_deleted_chat_makes_room_for_a_new_one():
    """After 删除聊天 there is a fresh, empty chat."""
    async with open_page("/?start=a") as (page, _):
        await expect(bubbles(page).last).to_contain_text("你说：/start a")
        await page.get_by_role("button", name="聊天菜单").click()
        await page.get_by_role("menuitem", name="删除聊天").click()
        await page.get_by_role("dialog").get_by_role("button", name="删除").click()
        await expect(page.locator(".message")).to_have_count(0)
        await expect(page.get_by_role("button", name="开始")).to_be_visible()


@in_browser
async def test_list_of_chats_covers_a_phone_until_one_is_chosen():
    """On a phone the arrow leads to the list, a chat leads back."""
    async with open_page("/?start=a", viewport=PHONE, has_touch=True) as (page, _):
        await expect(bubbles(page).last).to_contain_text("你说：/start a")
        await page.get_by_role("button", name="聊天列表").tap()
        await expect(page.get_by_role("button", name="新的聊天")).to_be_visible()
        await page.locator(".chat-item").tap()
        await expect(page.get_by_role("button", name="新的聊天")).not_to_be_visible()


@in_browser
async def test_refused_call_is_shown():
    """Who previews an edit with broken markup sees what Telegram would say."""
    async with open_page("/?start=a") as (page, _):
        await say(page, "坏")
        await expect(page.locator(".refused")).to_contain_text("can't parse entities")


@in_browser
async def test_markup_of_people_stays_text():
    """Nothing that anybody writes becomes part of the page."""
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    async with open_page("/?start=a") as (page, _):
        await say(page, attack)
        await expect(bubbles(page).last).to_contain_text(f"你说：{attack}")
        assert await page.title() == "缓缓 · 本地预览"
        assert await page.locator(".messages img, .messages script").count() == 0


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.js")), ids=lambda path: path.name)
def test_page_is_built_from_nodes(path):
    """No script of the page turns text into markup, or loads anything from elsewhere."""
    text = path.read_text("utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(forbidden, text)
    addresses = set(re.findall(r"https?://[^\s\"'`]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "https://${text}"}
