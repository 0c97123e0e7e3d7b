"""/unanswered: groups, guesses, adding to an article after a preview, drafts, ignoring."""

import re

import pytest
from doubles import small_knowledge
from doubles.office import ADMIN, STRANGER, Office

from bot.chat.admins.questions import Questions
from bot.content import Content, Serving
from bot.content.editing import Editing
from bot.content.workshop import Workshop
from bot.conversation.engine import Conversation
from bot.errors import BuildFailed
from bot.figures.unanswered import question_key
from bot.knowledge.loader import load_knowledge
from bot.search.decide import KNOWN, Decision, Outcome
from bot.settings import load_settings

FUND = "公积金会被划走吗"
FUND_TOO = "公积金会不会被划走"
CHAT = "哈哈"
"""Stands among the messages that deserve no article."""
RENT = "房租欠两个月房东赶人"
ZONE = load_settings().timezone
SECOND = "articles/visit/visit-02.md"


class Deaf:
    """Finds no article for anything, but explains as the real one does."""

    def __init__(self, searcher):
        self.explain = searcher.explain
        self.found = set()
        self.chat = {CHAT}

    def decide(self, text, *, previous=None):
        """Nothing, except for what has been found since."""
        outcome = Outcome.ANSWER if text in self.found else Outcome.NONE
        return Decision(outcome, (), KNOWN if text in self.chat else "deaf")


class Version:
    """What serves."""

    def __init__(self, folder):
        self.knowledge = load_knowledge(folder)
        self.searcher = Deaf(Content(self.knowledge).searcher)
        self.conversation = Conversation(self.knowledge, self.searcher)


@pytest.fixture
def folder(tmp_path):
    """Four articles, to be edited."""
    return small_knowledge.build(tmp_path / "knowledge")


@pytest.fixture
def serving(folder):
    """They serve."""
    return Serving(Version(folder))


@pytest.fixture
def editing(folder, tmp_path):
    """Of the folder, checked by a process of its own."""
    (tmp_path / "bench").mkdir()
    return Editing(folder, Workshop(tmp_path / "bench", tmp_path / "cache"))


def open_office(serving, editing, store=None, admins=(ADMIN,)):
    """A desk with /unanswered."""
    office = Office(serving, [], admins=admins, store=store)
    section = Questions(office.store, serving, editing, ZONE).section()
    return Office(serving, [section], admins=admins, store=office.store)


@pytest.fixture
async def office(serving, editing):
    """Two people asked about one thing, a third about another."""
    office = open_office(serving, editing)
    await office.say(FUND, person=20)
    await office.say(FUND_TOO, person=21)
    await office.say(RENT, person=22)
    return office


def label(office, words):
    """Data of the button with these words."""
    return next(data for text, data in office.buttons.items() if words in text)


async def acts(office):
    """What admins did, newest first."""
    return [(done.deed.act, done.deed.target) for done in await office.store.deeds(9)]


async def test_groups_are_leafed_through(office):
    """The most asked first, with counts, guesses and every way on; the next page is in place."""
    (page,) = await office.say("/unanswered")
    assert page.startswith("<b>第 1/2 组，2 人问过 2 次")
    assert FUND in page
    assert FUND_TOO in page
    assert 2 <= len([text for text in office.buttons if text.startswith("归到：")]) <= 3
    assert {"别的文章", "起草", "忽略", "下一组 →"} <= set(office.buttons)
    (page,) = await office.press(label(office, "下一组"))
    assert page.startswith("<b>第 2/2 组，1 人问过 1 次")
    assert [call.method for call in office.handled.calls] == ["editMessageText"]
    assert "← 上一组" in office.buttons


@pytest.mark.parametrize("data", ["ad:un:99", "ad:un:-1", "ad:un:²", "ad:un"])
async def test_page_that_is_not_there_is_the_nearest(office, data):
    """A forged or old page number shows a page that exists."""
    (page,) = await office.press(data)
    assert page.startswith("<b>第 ")


async def test_nothing_waits(serving, editing):
    """Without unanswered questions the desk says so."""
    office = open_office(serving, editing)
    assert await office.say("/unanswered") == ["没有等你看的问题了。"]


async def test_known_chat_does_not_wait(serving, editing):
    """What an editor has listed as deserving no article is nothing to look at."""
    office = open_office(serving, editing)
    await office.say(CHAT, person=20)
    assert await office.say("/unanswered") == ["没有等你看的问题了。"]


async def test_group_is_added_to_an_article_after_a_preview(office, folder):
    """The preview shows what would be added; only the confirmation writes, once, on record."""
    await office.say("/unanswered")
    before = (folder / SECOND).read_text("utf-8")
    key = question_key(FUND_TOO)
    (shown,) = await office.press(f"ad:una:{key}:visit-02")
    assert "visit-02《第visit-02篇》" in shown
    assert FUND in shown
    assert (folder / SECOND).read_text("utf-8") == before
    confirm = label(office, "加上")
    assert "加好了" in (await office.press(confirm))[0]
    after = (folder / SECOND).read_text("utf-8")
    assert f"  - {FUND}\n" in after
    assert load_knowledge(folder).articles["visit-02"].questions[-1] in {FUND, FUND_TOO}
    assert "已经处理过了" in (await office.press(confirm))[0]
    assert (folder / SECOND).read_text("utf-8") == after
    ((act, target),) = await acts(office)
    assert (act, target.split()[1]) == ("question_assigned", "visit-02")
    (page,) = await office.say("/unanswered")
    assert page.startswith("<b>第 1/1 组")
    assert RENT in page


async def test_any_article_by_its_id(office):
    """The command takes the key and an id; an id that is not there is told."""
    await office.say("/unanswered")
    (how,) = await office.press(label(office, "别的文章"))
    command = how.splitlines()[-1].split()
    assert command[0] == "/assign"
    assert "没有编号是" in (await office.say(f"/assign {command[1]} visit-77"))[0]
    assert "visit-03《第visit-03篇》" in (await office.say(f"/assign {command[1]} visit-03"))[0]
    assert "/assign" in (await office.say("/assign"))[0]
    assert "已经处理过了" in (await office.say("/assign nothing visit-03"))[0]


async def test_fault_keeps_the_article_as_it_is(office, folder):
    """A wording that another article has is not added; the admin reads why."""
    other = folder / "articles" / "visit" / "visit-03.md"
    text = other.read_text("utf-8").replace("  - 问题visit-03\n", f"  - {RENT}\n")
    other.write_text(text, "utf-8")
    (why,) = await office.say(f"/assign {question_key(RENT)} visit-02")
    assert why.startswith("没有改。原因：")
    assert "visit-03" in why
    assert office.buttons == {}
    assert RENT not in (folder / SECOND).read_text("utf-8")


async def test_article_changed_between_preview_and_confirmation(office, folder):
    """Nobody's change is overwritten: the confirmation is refused and says what to do."""
    await office.press(f"ad:una:{question_key(FUND)}:visit-02")
    confirm = label(office, "加上")
    path = folder / SECOND
    path.write_text(path.read_text("utf-8").replace("一句话。", "另一句话。"), "utf-8")
    (why,) = await office.press(confirm)
    assert "被别人改过了" in why
    assert FUND not in path.read_text("utf-8")
    assert await acts(office) == []


async def test_check_that_fails_changes_nothing(serving, folder):
    """When the checker itself cannot run, the admin is told and nothing is written."""

    class Broken:
        async def append_questions(self, article, questions):
            raise BuildFailed

    office = open_office(serving, Broken())
    await office.say(RENT, person=22)
    told = await office.press(f"ad:una:{question_key(RENT)}:visit-02")
    assert "检查不了" in told[0]


async def test_ignored_group_goes_for_good(office):
    """The next group takes its place at once, and the ignored one does not come back."""
    await office.say("/unanswered")
    (page,) = await office.press(label(office, "忽略"))
    assert office.toast == "以后不再出现"
    assert RENT in page
    assert FUND not in page
    await office.say(FUND, person=30)
    (page,) = await office.say("/unanswered")
    assert page.startswith("<b>第 1/1 组")
    ((act, _),) = await acts(office)
    assert act == "question_ignored"


async def test_asked_again_after_it_was_added(office, serving, folder):
    """What finds its article by now is gone; what still finds nothing comes back."""
    await office.press(f"ad:una:{question_key(FUND)}:visit-02")
    await office.press(label(office, "加上"))
    await office.say(FUND_TOO, person=31)
    (page,) = await office.say("/unanswered")
    assert FUND_TOO in page
    serving.searcher.found = {FUND, FUND_TOO}
    (page,) = await office.say("/unanswered")
    assert page.startswith("<b>第 1/1 组")
    assert FUND_TOO not in page


async def test_draft_has_the_questions_and_a_free_id(office, folder):
    """A file comes that needs only to be filled in; its act is written down."""
    await office.say("/unanswered")
    await office.press(label(office, "起草"))
    (call,) = office.handled.calls
    (file,) = call.files
    assert (call.method, file.name) == ("sendDocument", "visit-05.md")
    text = file.content.decode()
    assert text.startswith("---\nid: visit-05\n")
    assert f'  - "{FUND}"\n' in text
    ((act, target),) = await acts(office)
    assert (act, target.split()[1]) == ("question_drafted", "visit-05")
    assert "已经处理过了" in (await office.press("ad:und:nothing"))[0]


async def test_filled_draft_is_an_article(office, editing):
    """Once every …… is replaced, the file that came is one that the checker lets through."""
    await office.press(f"ad:und:{question_key(FUND)}")
    text = office.handled.calls[0].files[0].content.decode()
    for blank, filled in (
        ("title: ……", "title: 公积金"),
        ("[……, ……, ……, ……]", "[公积金, 划走, 单位, 提取]"),
        ("sources: [……]", "sources: [民法典#1033]"),
        ("……（先用一句话回答，60 字以内）", "一句话。"),
        ("- ……#……：……", "- 民法典#1033：不得侵害他人隐私。"),
        ("……", "做一件事。"),
    ):
        text = text.replace(blank, filled)
    text = re.sub(r"related: .*", "related: [visit-01, visit-02, visit-03]", text)
    proposal = await editing.write_article(text.encode())
    assert (proposal.new, proposal.faults, proposal.others) == (True, (), ())
    assert set(proposal.article.questions) == {FUND, FUND_TOO}


async def test_numbers_of_people_are_not_added(serving, editing, folder):
    """A question with a masked number cannot become a phrasing."""
    office = open_office(serving, editing)
    await office.say("13800138000 这个号码是谁", person=22)
    (page,) = await office.say("/unanswered")
    assert "13800138000" not in page
    key = label(office, "忽略").split(":")[2]
    (why,) = await office.say(f"/assign {key} visit-02")
    assert "号码" in why


STARTS = ("ad:un:0", "ad:una:{key}:visit-02", "ad:uno:{key}", "ad:und:{key}", "ad:uni:{key}:0")


@pytest.mark.parametrize("form", STARTS)
async def test_forged_button_is_an_old_button(office, serving, editing, form):
    """Neither a stranger nor a former admin gets anything but the answer to an old button."""
    data = form.format(key=question_key(FUND))
    old = await office.press("nonsense", person=STRANGER)
    assert await office.press(data, person=STRANGER + 1) == old
    former = open_office(serving, editing, office.store, admins=(1,))
    former.updates = office.updates
    assert await former.press(data) == old
    assert await acts(office) == []


@pytest.mark.parametrize("command", ["/unanswered", "/assign x visit-02"])
async def test_command_does_not_exist_for_others(office, serving, editing, command):
    """For a stranger and for a former admin the command is unknown."""
    unknown = await office.say("/nonsense", person=STRANGER)
    assert await office.say(command, person=STRANGER + 1) == unknown
    former = open_office(serving, editing, office.store, admins=(1,))
    former.updates = office.updates
    assert await former.say(command) == unknown


async def test_former_admin_cannot_confirm(office, serving, editing, folder):
    """A preview that was shown while somebody was an admin cannot be confirmed afterwards."""
    await office.press(f"ad:una:{question_key(FUND)}:visit-02")
    confirm = label(office, "加上")
    stranger = await office.press(confirm, person=STRANGER)
    former = open_office(serving, editing, office.store, admins=(1,))
    former.updates = office.updates
    assert await former.press(confirm) == stranger
    assert FUND not in (folder / SECOND).read_text("utf-8")
    assert await acts(office) == []
