"""The checker: a whole folder passes, and each kind of damage is found on its line."""

from datetime import date

import pytest
from doubles import small_knowledge

from bot.errors import KnowledgeInvalid
from bot.knowledge.checks import check_reviews
from bot.knowledge.loader import content_version, load_knowledge, read_knowledge

DOOR = "articles/visit/visit-01.md"


@pytest.fixture
def folder(tmp_path):
    """A knowledge folder without a fault."""
    return small_knowledge.build(tmp_path / "knowledge")


def damage(folder, name, old, new):
    """Replaces one text in a file; it must be there."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def faults(folder):
    """Everything wrong with a folder."""
    return read_knowledge(folder).faults


def test_whole_folder_passes(folder):
    """A folder without a fault loads, and its parts are where they belong."""
    knowledge = load_knowledge(folder)
    door = knowledge.articles["visit-01"]
    assert door.urgent
    assert door.steps == ("反锁门。", "打 110。")
    assert door.say == ("请你离开。", "（打 110）有人堵门。")
    assert door.more == ("一段话。", "• 一条", "• 两条")
    assert [str(cite) for cite in door.sources] == ["民法典#1033"]
    assert dict(door.not_for) == {"visit-02": "人还没来"}


DAMAGES = [
    (DOOR, "urgent: true", "urgnt: true", 5, "不认识的栏目“urgnt”"),
    (DOOR, "urgent: true", "urgent: maybe", 5, "true 或 false"),
    (DOOR, "title: 门口有人\n", "", 2, "缺少“title”"),
    (DOOR, "title: 门口有人", "title: 门口" + "有人" * 9, 3, "最多 19 个字"),
    (DOOR, "reviewed: 2026-11-01", "reviewed: 昨天", 13, "应是日期"),
    (DOOR, "id: visit-01", "id: Visit 1", 2, "形如 visit-01"),
    (DOOR, "category: visit", "category: rights", 4, "文件夹"),
    (DOOR, "related: [visit-02, visit-03, visit-04]", "related: [visit-02]", 11, "写 3 个"),
    (DOOR, "visit-03, visit-04]", "visit-03, visit-99]", 11, "没有文章“visit-99”"),
    (DOOR, "urgent: true", "flow: dance", 5, "没有流程“dance”"),
    (DOOR, "sources: [民法典#1033]", "sources: [民法典#1]", 12, "没有第 1 条"),
    (DOOR, "- 民法典#1033：", "- 民典#1033：", 31, "没有“民典”"),
    (DOOR, "- 民法典#1033：", "- 见民法典，", 31, "依据每条形如"),
    (DOOR, "先别开门，打开手机录像。", "", 16, "一句话答案"),
    (DOOR, "先别开门，打开手机录像。", "先" * 90, 16, "超过 80 字"),
    (DOOR, "## 不要做\n- 不要开门。\n", "", 16, "缺少“## 不要做”"),
    (DOOR, "## 不要做", "## 别做", 27, "不认识的小标题“别做”"),
    (DOOR, "## 不要做", "### 不要做", 27, "两个 #"),
    (DOOR, "2. 打 110。", "2. 打 110。\n3. a\n4. b\n5. c\n6. d", 24, "最多 5 条"),
    (DOOR, "1. 反锁门。\n2. 打 110。", "反锁门。", 19, "只写编号列表"),
    (DOOR, "> 请你离开。", "> " + "请" * 300, 23, "超过 256 字"),
    (DOOR, "反锁门。", "反锁门" * 400, 16, "手机上太长"),
    (DOOR, "打 110。", "打 95118。", 20, "未经核实"),
    (DOOR, "不要开门。", "上门催收就是违法。", 28, "陷阱"),
    (DOOR, "> 请你离开。", "> 治安管理处罚法 42 条", 23, "旧条号"),
    (DOOR, "  - 催收在我家门口", "  - 催收在我家门口\n  - 催收在我家门口？", 8, "已经有了"),
    ("sources.yaml", "level: 法律", "level: 规定", 3, "“level”应是"),
    ("sources.yaml", "  issuer: 某报\n", "", 9, "缺少“issuer”"),
    ("sources.yaml", "  effective: 2021-01-01\n", "", 1, "缺少“effective”"),
    ("sources.yaml", "effective: 2021-01-01", "dated: 去年发布", 6, "“dated”以年份开头"),
    ("messages.yaml", "cancelled:", "canceled:", 4, "缺少“cancelled”"),
    ("messages.yaml", "{kinds}", "{kind}", None, "不认识的占位"),
    ("hotlines.yaml", "verified: true", "verified: ja", 1, "true 或 false"),
    ("hotlines.yaml", ", checked: 2026-11-01", "", 1, "缺少“checked”"),
    ("hotlines.yaml", "handles: 危险", "handles: 危" + "险" * 60, 1, "最多 60 字"),
    ("hotlines.yaml", "checked: 2026-11-01", "checked: 昨天", 1, "应是日期"),
    ("hotlines.yaml", "source: 民法典#1033", "source: 民法典#1", 1, "没有第 1 条"),
    ("glossary.yaml", "matters: 要主动问。", "matter: 要主动问。", 8, "不认识的栏目“matter”"),
    ("glossary.yaml", "        says: 很久没收回的账。\n", "", 6, "缺少“says”"),
    ("glossary.yaml", "says: 很久", "says: 很" + "久" * 90, 7, "字，最多 90 字"),
    ("glossary.yaml", "sources: [民法典#1033]", "sources: [民法典#2]", 11, "没有第 2 条"),
    ("glossary.yaml", "sources: [民法典#1033]", "sources: [某报道]", 11, "据公开报道"),
    ("glossary.yaml", "sources: [民法典#1033]", "sources: 民法典", 14, "文字的列表"),
    ("glossary.yaml", "article: visit-02", "article: visit-99", 6, "没有文章“visit-99”"),
    ("glossary.yaml", "also: [私事]", "also: [坏账]", 11, "“坏账”在第 6 行已经有了"),
    ("glossary.yaml", "says: 通知", "says: 上门就违法，通知", 20, "陷阱"),
    ("glossary.yaml", "matters: 记下", "matters: 打 95118，记下", 21, "未经核实"),
    ("glossary.yaml", "reviewed: 2026-11-01", "reviewed: 昨天", 1, "应是日期"),
    ("glossary.yaml", "review_by: 2099-01-01", "review_by: 2020-01-01", 2, "应晚于"),
    ("glossary.yaml", "      呆账:", "      一二三四五六七八九十一:", 6, "最多 10 字"),
    ("glossary.yaml", "groups:", "group:", 3, "不认识的栏目“group”"),
    ("lenders.yaml", "law: 看合同。", "laws: 看合同。", 7, "不认识的栏目“laws”"),
    ("lenders.yaml", "    channel: 从 App 内官方客服进入。\n", "", 4, "缺少“channel”"),
    ("lenders.yaml", "    contract: [放款方]\n", "", 4, "缺少“contract”"),
    ("lenders.yaml", "'民法典#1033：不得", "'民法典1033 不得", 11, "每条形如"),
    ("lenders.yaml", "'民法典#1033：不得", "'某报道：不得", 4, "据公开报道"),
    ("lenders.yaml", "may_be: [bank]", "may_be: [moon]", 4, "没有别的卡片“moon”"),
    ("lenders.yaml", "articles: [visit-02]", "articles: [visit-99]", 4, "没有文章“visit-99”"),
    ("lenders.yaml", "names: [银行贷款]", "names: [京东白条]", 14, "“京东白条”在第 4 行"),
    ("lenders.yaml", "  bank:", "  Bank-1:", 14, "只用小写英文字母"),
    ("categories.yaml", "title: 有人上门,", "", 1, "缺少“title”"),
    ("lexicon/forbidden.yaml", "- pattern: '停", "- pattern: '(停", None, "写错了"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"), DAMAGES, ids=[case[4] for case in DAMAGES]
)
def test_damage_is_found_on_its_line(folder, name, old, new, line, message):
    """Each kind of fault is named in Chinese, with file and line, and stops the load."""
    path = damage(folder, name, old, new)
    found = [fault for fault in faults(folder) if message in fault.message]
    assert found, [str(fault) for fault in faults(folder)]
    if line is not None:
        assert (found[0].path, found[0].line) == (path, line)
    with pytest.raises(KnowledgeInvalid, match=":"):
        load_knowledge(folder)


def test_second_hand_source_must_say_so(folder):
    """What rests on a report alone must be worded as one."""
    damage(folder, DOOR, "- 民法典#1033：没有", "- 某报道：有人说过。\n- 民法典#1033：没有")
    assert any("据公开报道" in fault.message for fault in faults(folder))


def test_quoted_myth_is_no_claim(folder):
    """What stands in “…” is talked about, not said."""
    assert not [fault for fault in faults(folder) if "陷阱" in fault.message]


def test_broken_yaml_is_one_fault(folder):
    """A front matter that is no YAML is named with its line, and nothing is raised."""
    path = damage(folder, DOOR, "keywords: [门口]", "keywords: [门口")
    assert any(fault.path == path and "YAML" in fault.message for fault in faults(folder))


def test_file_that_is_not_utf8(folder):
    """A file saved in another encoding is named."""
    (folder / DOOR).write_bytes("门口".encode("gbk"))
    assert any("UTF-8" in fault.message for fault in faults(folder))


def test_phrasings_without_article(folder):
    """A phrasings file must stand beside its article."""
    (folder / "articles/visit/visit-77.phrasings.txt").write_text("有人吗\n", "utf-8")
    assert any("没有与它同名" in fault.message for fault in faults(folder))


def test_missing_folder(tmp_path):
    """A folder that is not there is a fault, not a crash."""
    with pytest.raises(KnowledgeInvalid, match="没有这个文件夹"):
        load_knowledge(tmp_path / "nowhere")


def test_due_review_is_reported_but_serves(folder):
    """An article past its review keeps serving; only the check reports it."""
    damage(folder, DOOR, "review_by: 2099-01-01", "review_by: 2026-12-01")
    knowledge = load_knowledge(folder)
    assert not check_reviews(folder, knowledge, date(2026, 11, 30))
    due = check_reviews(folder, knowledge, date(2026, 12, 1))
    assert [fault.line for fault in due] == [14]


def test_due_pages_are_reported_but_serve(folder):
    """A glossary past its review, and a number nobody looked at for a year, are reported."""
    damage(folder, "glossary.yaml", "review_by: 2099-01-01", "review_by: 2026-12-01")
    knowledge = load_knowledge(folder)
    assert not check_reviews(folder, knowledge, date(2026, 11, 30))
    due = check_reviews(folder, knowledge, date(2026, 12, 1))
    assert [(fault.path.name, fault.line) for fault in due] == [("glossary.yaml", 2)]
    late = check_reviews(folder, knowledge, date(2027, 11, 1))
    assert [fault.path.name for fault in late] == ["glossary.yaml", "hotlines.yaml"]


def test_version_follows_content(folder):
    """Any edit changes the version; the same content has the same one."""
    before = content_version(folder)
    assert content_version(folder) == before
    damage(folder, DOOR, "反锁门。", "锁门。")
    assert content_version(folder) != before
