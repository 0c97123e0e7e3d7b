"""What admins do to the content from their chat: send a file, look, read anew, go back."""

from zoneinfo import ZoneInfo

import pytest
from doubles.content_stage import DOOR, NearWorkshop, Stage, answer, serves
from doubles.office import ADMIN, STRANGER, Office

from bot.chat.admins.alerts import ContentAlerts
from bot.chat.admins.files import SentArticles
from bot.chat.admins.preview import Preview
from bot.chat.admins.versions import Versions
from bot.content.editing import Editing
from bot.content.news import Kind, News
from bot.content.texts import MAX_BYTES
from bot.errors import BuildFailed, FileUnavailable
from bot.knowledge.loader import content_version
from bot.store.memory import MemoryStore
from bot.store.port import Deed
from bot.store.rules import Pace
from tests.doubles.patience import until

ZONE = ZoneInfo("Asia/Shanghai")


class Cupboard:
    """Files that were sent, by id."""

    def __init__(self):
        self.kept = {}
        self.fetched = []

    async def fetch(self, file):
        """One of them."""
        self.fetched.append(file.id)
        if file.id not in self.kept:
            raise FileUnavailable
        return self.kept[file.id]


class Desk:
    """An office whose admin edits the folder of a stage."""

    def __init__(self, stage, live, admins=(ADMIN,)):
        self.stage, self.live = stage, live
        self.files = Cupboard()
        store = MemoryStore()
        workshop = NearWorkshop(stage.bench, stage.place / "cache")
        editing = Editing(stage.folder, workshop)
        serving = live.serving
        parts = (
            SentArticles(self.files, editing, serving, "knowledge"),
            Versions(live, serving, "knowledge", ZONE),
            Preview(store, serving, stage.folder),
        )
        self.office = Office(serving, [part.section() for part in parts], admins, store)

    async def send(self, content, name="visit-01.md", **more):
        """The admin sends a file."""
        self.files.kept["F1"] = content if isinstance(content, bytes) else content.encode()
        size = len(self.files.kept["F1"])
        return await self.office.send(name, size=size, **more)

    def door(self, old="先别开门", new="先不开门"):
        """The door's article with a change."""
        text = (self.stage.folder / DOOR).read_text("utf-8")
        assert old in text
        return text.replace(old, new)

    async def deeds(self):
        """What is on record, newest first."""
        return [done.deed for done in await self.office.store.deeds(20)]


@pytest.fixture
async def desk(tmp_path):
    """One admin and a process that follows the folder."""
    stage = Stage(tmp_path)
    async with stage.following() as live:
        yield Desk(stage, live)


async def test_sent_article_is_shown_confirmed_written_and_live(desk):
    """The whole way: the card to be, the changed line, one tap, and people read the new text."""
    card, changes = await desk.send(desk.door())
    assert card.startswith("<b>改好以后，大家看到的是这样：</b>\n<b>先不开门，打开手机录像。</b>")
    assert (
        "<code>-先别开门，打开手机录像。</code>\n<code>+先不开门，打开手机录像。</code>" in changes
    )
    assert "knowledge/articles/visit/visit-01.md" in changes
    assert list(desk.office.buttons) == ["确认上线", "不要了"]
    assert answer(desk.live).startswith("先别开门")
    assert await desk.deeds() == []
    (said,) = await desk.office.press(desk.office.buttons["确认上线"])
    assert said.startswith("写好了")
    await serves(desk.live, "先不开门")
    version = content_version(desk.stage.folder)
    assert await desk.deeds() == [Deed(str(ADMIN), "write", "visit-01", version)]
    assert desk.live.serving.knowledge.version == version
    assert version in said


async def test_faulty_article_comes_back_with_its_lines(desk):
    """Faults are told in Chinese with file and line; nothing waits, nothing is written."""
    (said,) = await desk.send(desk.door("## 不要做\n- 不要开门。\n", ""))
    assert "<code>knowledge/articles/visit/visit-01.md:16:</code> 缺少“## 不要做”的内容" in said
    assert desk.office.buttons == {}
    assert "先别开门" in (desk.stage.folder / DOOR).read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd6\xc3", "UTF-8"),
        (b"# x", "第 1 行"),
        (b"---\nid: ../x\ncategory: visit\n---\n", "visit-01 这样"),
        (b"x" * (MAX_BYTES + 1), "文件太大"),
    ],
)
async def test_file_that_is_no_article_is_refused_with_the_reason(desk, content, words):
    """Wrong encoding, no head, a path for an id, too big: the sentence says what to do."""
    (said,) = await desk.send(content)
    assert said.startswith("没有写进去。")
    assert words in said


async def test_huge_file_is_not_even_fetched(desk):
    """What the messenger says is too big stays where it is."""
    await desk.send(b"x" * (MAX_BYTES + 1))
    assert desk.files.fetched == []


@pytest.mark.parametrize("name", ["visit-01.txt", "phrasings.txt", "说明.docx", "md", ""])
async def test_other_files_are_not_taken(desk, name):
    """Only .md files are articles; the admin is told."""
    (said,) = await desk.send("x", name=name)
    assert said.startswith("我只收文章文件")


async def test_file_that_cannot_be_fetched_is_asked_for_again(desk):
    """When the messenger does not give the file out, nothing has happened."""
    (said,) = await desk.office.send("visit-01.md", file_id="gone")
    assert said.startswith("文件没有取到")


async def test_unchanged_article_needs_no_confirmation(desk):
    """Who sends what is there already is told so."""
    (said,) = await desk.send((desk.stage.folder / DOOR).read_bytes())
    assert said.startswith("和现在的 visit-01 一模一样")


async def test_new_article_goes_live_under_its_id(desk):
    """A new id becomes a new file in the folder of its category, and an article of the menu."""
    text = (desk.stage.folder / "articles/visit/visit-02.md").read_text("utf-8")
    text = text.replace("visit-02", "visit-88")
    _, last = await desk.send(text, name="whatever the phone calls it.md")
    assert "新文章：visit-88" in last
    await desk.office.press(desk.office.buttons["确认上线"])
    await serves(desk.live, "一句话", "visit-03")
    news = await desk.stage.told_of(Kind.LIVE)
    assert news.articles == 5


async def test_phrasings_are_taken_by_their_name(desk):
    """A file of phrasings is checked, shown as lines, and taught to the article of its name."""
    (last,) = await desk.send("门外一直有人\n# 说明\n", name="visit-02.phrasings.txt")
    assert "<code>+门外一直有人</code>" in last
    await desk.office.press(desk.office.buttons["确认上线"])
    await until(
        lambda: desk.live.serving.knowledge.articles["visit-02"].phrasings == ("门外一直有人",),
        tries=12_000,
    )
    assert [deed.target for deed in await desk.deeds()] == ["visit-02"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("甲\n我的卡6222020200011234567\n", "visit-02.phrasings.txt", "第 2 行有号码"),
        ("甲\n", "visit-99.phrasings.txt", "没有编号"),
        ("甲\n", "../../visit-02.phrasings.txt", "没有编号"),
        ("甲\n", ".phrasings.txt", "没有编号"),
        (b"\xd6\xc3", "visit-02.phrasings.txt", "UTF-8"),
    ],
)
async def test_phrasings_that_cannot_stand_are_refused(desk, content, name, words):
    """Somebody's number, no such article, a path, another encoding: the sentence says which."""
    (said,) = await desk.send(content, name=name)
    assert words in said


async def test_file_that_is_no_text_can_be_mended(desk):
    """A file that somebody broke elsewhere is put right by sending it whole."""
    good = desk.door()
    (desk.stage.folder / DOOR).write_bytes("不是文字".encode("gbk"))
    _, last = await desk.send(good)
    assert "visit-01 会这样改" in last
    await desk.office.press(desk.office.buttons["确认上线"])
    await serves(desk.live, "先不开门")


async def test_discarded_article_is_gone(desk):
    """不要了 writes nothing, and the other button finds nothing any more."""
    await desk.send(desk.door())
    buttons = desk.office.buttons
    assert await desk.office.press(buttons["不要了"]) == ["好，没有写，什么都没改。"]
    (said,) = await desk.office.press(buttons["确认上线"])
    assert said.startswith("这个确认已经用过")
    assert "先别开门" in (desk.stage.folder / DOOR).read_text("utf-8")


async def test_file_that_changed_after_the_preview_is_not_overwritten(desk):
    """Between preview and tap somebody else saved the file: the tap says so and writes nothing."""
    await desk.send(desk.door())
    desk.stage.change("打开手机录像", "拿出手机录像")
    (said,) = await desk.office.press(desk.office.buttons["确认上线"])
    assert "被别人改过了" in said
    assert "拿出手机录像" in (desk.stage.folder / DOOR).read_text("utf-8")
    assert await desk.deeds() == []


async def test_fault_of_another_file_is_told_beside_the_change(desk):
    """While another file is broken the edit may be written, and the admin knows it must wait."""
    desk.stage.change("## 不要做\n", "## 别做\n", "articles/visit/visit-02.md")
    (last,) = await desk.send(desk.door())
    assert "别的文件里还有错" in last
    assert "visit-02.md" in last
    await desk.office.press(desk.office.buttons["确认上线"])
    desk.stage.change("## 别做\n", "## 不要做\n", "articles/visit/visit-02.md")
    await serves(desk.live, "先不开门")


async def test_text_of_a_change_is_shown_letter_for_letter(desk):
    """Marks of Markdown and HTML in changed lines are not read as such."""
    await desk.send(desk.door("一段话。", "一段 **粗** `码` ``两`` <b>话</b>。"))
    _, changes = desk.office.texts
    assert "+一段 **粗** `码` ``两`` &lt;b&gt;话&lt;/b&gt;。" in changes


async def test_preview_shows_the_card_and_what_editors_ask(desk):
    """The card with its buttons, then lines of the source, numbers of questions, and dates."""
    card, about = await desk.office.say("/preview visit-01")
    lines = len((desk.stage.folder / DOOR).read_text("utf-8").splitlines())
    assert card.startswith("<b>先别开门")
    assert f"源文件 {lines} 行" in about
    assert desk.live.serving.knowledge.version in about
    assert "有用" in desk.office.buttons


async def test_preview_shows_what_people_made_of_the_article(desk):
    """How many saw it, and who found it useless and why; nothing before anybody has."""
    _, about = await desk.office.say("/preview visit-01")
    assert "近 30 天" not in about
    for data in ("a:visit-01", "f:visit-01:0", "y:visit-01:long"):
        await desk.office.press(data, person=STRANGER)
    _, about = await desk.office.say("/preview visit-01")
    assert "近 30 天：1 人看了 1 次，说有用 0，说没用 1（太长 1）" in about


@pytest.mark.parametrize("wanted", ["", "visit-99", "../x", "**`x`**"])
async def test_preview_of_nothing_says_how(desk, wanted):
    """Without an id, or with one that is none, the admin is told how to ask."""
    (said,) = await desk.office.say(f"/preview {wanted}".strip())
    assert "visit-02" in said


async def test_reload_says_what_it_found(desk):
    """Nothing new, good news, or faults with their lines; each is on record."""
    (same,) = await desk.office.say("/reload")
    assert same.startswith("没有改动")
    desk.stage.change("## 不要做\n", "## 别做\n")
    (faulty,) = await desk.office.say("/reload")
    assert "knowledge/articles/visit/visit-01.md:" in faulty
    assert "不认识的小标题" in faulty
    desk.stage.change("## 别做\n", "## 不要做\n")
    desk.stage.change("先别开门", "先不开门")
    (good,) = await desk.office.say("/reload")
    assert good.startswith(("检查过了", "没有改动"))
    await serves(desk.live, "先不开门")
    assert [deed.act for deed in await desk.deeds()] == ["reload"] * 3


async def test_rollback_offers_versions_and_says_that_it_stays(desk):
    """A button for each older version; the one that was left can be had again."""
    (none,) = await desk.office.say("/rollback")
    assert "还没有别的版本" in none
    first = desk.live.serving.knowledge.version
    desk.stage.change("先别开门", "先不开门")
    await serves(desk.live, "先不开门")
    await desk.stage.told_of(Kind.LIVE)
    (choose,) = await desk.office.say("/rollback")
    assert "到知识文件夹里又有改动，或者有人发 /reload" in choose
    ((label, data),) = desk.office.buttons.items()
    assert first in label
    await desk.office.press(data)
    await serves(desk.live, "先别开门")
    assert (await desk.deeds())[0] == Deed(str(ADMIN), "rollback", "", first)


@pytest.mark.parametrize("version", ["0" * 16, "../../../etc", ""])
async def test_rollback_to_what_is_not_kept_does_nothing(desk, version):
    """A forged or outdated version leads nowhere, and is not put on record."""
    (said,) = await desk.office.press(f"ad:back:{version}")
    assert said.startswith("这个版本没有留下来")
    assert await desk.deeds() == []


@pytest.mark.parametrize("command", ["/reload", "/rollback", "/preview visit-01"])
async def test_commands_do_not_exist_for_strangers(desk, command):
    """Somebody else gets what any unknown command gets, and nothing is read or changed."""
    unknown = await desk.office.say("/nonsense", person=9)
    assert await desk.office.say(command, person=STRANGER) == unknown
    assert await desk.deeds() == []


async def test_buttons_do_not_work_for_strangers_and_former_admins(desk):
    """Forged presses of every button are old buttons: nothing is written, nothing goes back."""
    await desk.send(desk.door())
    publish = desk.office.buttons["确认上线"]
    version = desk.live.serving.knowledge.version
    for data in (publish, publish.replace("pub", "dis"), f"ad:back:{version}"):
        old = await desk.office.press("nonsense", person=STRANGER + hash(data) % 1000)
        assert await desk.office.press(data, person=STRANGER + 2000 + hash(data) % 1000) == old
    former = Desk(desk.stage, desk.live, admins=(1,)).office
    former.store, former.updates = desk.office.store, desk.office.updates
    old = await former.press("nonsense", person=9)
    assert await former.press(publish) == old
    assert "先别开门" in (desk.stage.folder / DOOR).read_text("utf-8")
    assert await desk.deeds() == []


async def test_file_of_a_stranger_is_not_fetched(desk):
    """Only an admin's file is ever looked at."""
    (said,) = await desk.send(desk.door(), person=STRANGER)
    assert said.startswith("我打不开文件")
    assert desk.files.fetched == []


async def test_bench_that_is_full_is_no_fault_of_the_file(desk, monkeypatch):
    """When nothing can be checked, the admin is told that nothing was changed."""

    async def full(*_):
        raise BuildFailed

    monkeypatch.setattr(NearWorkshop, "check", full)
    (said,) = await desk.send(desk.door())
    assert "什么都没改" in said
    (said,) = await desk.office.say("/reload")
    assert "什么都没改" in said


async def test_news_reach_every_admin_once(desk):
    """Faults and new versions go to the chats of all admins, whichever process tells first."""
    store = MemoryStore()
    desk.stage.change("## 不要做\n", "## 别做\n")
    faulty = await desk.stage.told_of(Kind.FAULTS)
    for _ in range(2):
        alerts = ContentAlerts(store, desk.live.serving, {5, 6}, "knowledge")
        await alerts.tell(faulty)
        for kind in (Kind.LIVE, Kind.MENDED, Kind.GONE):
            await alerts.tell(News(kind, 3, "abc", 4))
        await alerts.tell(News(Kind.LIVE, 4, "abc", 4, pinned=True))
    free = Pace(lane_per_second=None, per_second=None)
    said = []
    while calls := await store.claim_calls("a", limit=50, lease=60, pace=free):
        said += [
            (call.lane, call.call.params["chat_id"], call.call.params["text"]) for call in calls
        ]
        for call in calls:
            store._tables.outbox[call.id].done_at = 1.0
    assert sorted(lane for lane, *_ in said) == ["5"] * 5 + ["6"] * 5
    assert all(lane == str(chat) for lane, chat, _ in said)
    first = said[0][2]
    assert first.startswith("知识文件夹里有错")
    assert "<code>knowledge/articles/visit/visit-01.md:" in first
    assert any("换回了以前的版本" in text for *_, text in said)
