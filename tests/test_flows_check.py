"""The checker of interviews: shipped ones pass, and each kind of damage is found."""

import shutil

import pytest
from doubles import small_knowledge

from bot.content import Content, read_content
from bot.errors import KnowledgeInvalid

FLOW = """\
code: tf
title: 试表
listed: 试一试
opening: 开始
questions:
  - name: kind
    type: enum
    title: 种类
    ask: 哪一种？
    choices:
      - {key: one, label: 甲}
      - {key: two, label: 乙}
  - name: sum
    type: money
    title: 金额
    ask: 多少？
    when: {kind: {is: one}}
    rules:
      - when: {sum: {greater: 100}}
        block: true
        say: 太多了，{{ sum }}
computed:
  - {name: twice, use: total, of: [sum, sum]}
stops:
  - when: {kind: {is: two}}
    say: 不行
laws_as_of: 2026-11-23
letters:
  - id: letter
    title: 试信
    body: trial.letter.md
    file: 申请书
    addressee: 某某公司
    signer: 申请人
    required: [共计]
    forbidden: [没钱]
texts:
  - title: 短的
    limit: 20
    body: 一共 {{ twice }}
samples:
  - {kind: one, sum: "50"}
  - {kind: two}
"""
LETTER = "共计 {{ twice }}，单笔 {{ sum }}。\n"


@pytest.fixture
def folder(tmp_path):
    """A small knowledge folder with one interview."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    (folder / "flows").mkdir()
    (folder / "flows" / "trial.yaml").write_text(FLOW, "utf-8")
    (folder / "flows" / "trial.letter.md").write_text(LETTER, "utf-8")
    return folder


def faults(folder):
    """What is wrong with the folder."""
    return read_content(folder).faults


def test_whole_flow_passes(folder):
    """Nothing to complain about."""
    assert faults(folder) == ()


DAMAGES = [
    ("title: 试表", "tilte: 试表", "不认识的栏目“tilte”"),
    ("title: 试表\n", "", "缺少“title”"),
    ("code: tf", "code: T1", "小写字母"),
    ("type: money", "type: cash", "不认识的类型“cash”"),
    ("{kind: {is: one}}", "{kind: {equals: one}}", "不认识的条件“equals”"),
    ("{kind: {is: one}}", "{kind: {is: three}}", "没有选项“three”"),
    ("{kind: {is: one}}", "{knd: {is: one}}", "没有的名称“knd”"),
    ("{kind: {is: one}}", "kind", "条件形如"),
    ("{kind: {is: one}}", "{twice: {is: 1}}", "用到了后面才问的“sum”"),
    ("of: [sum, sum]", "of: [sum, sam]", "没有的名称“sam”"),
    ("of: [sum, sum]", "of: [sum, twice]", "绕成了圈"),
    ("use: total", "use: eval", "不认识的工具“eval”"),
    ("use: total, of: [sum, sum]", "use: total, off: [sum]", "缺少参数“of”"),
    ("say: 太多了，{{ sum }}", "say: 太多了，{{ smu }}", "没有的名称“smu”"),
    ("body: 一共 {{ twice }}", "body: 一共 {{ twice", "模板写错了"),
    ("limit: 20", "limit: 3", "最多 3 字"),
    ('sum: "50"', 'sum: "500"', "不被接受"),
    ('{kind: one, sum: "50"}', "{kind: one}", "不被接受"),
    ("  - {kind: two}\n", "", "走到这个“stops”"),
    ('  - {kind: one, sum: "50"}\n', "", "没有一组样例问得到“sum”"),
    ('sum: "50"}', 'sum: "50", more: x}', "没有被问到"),
    ('samples:\n  - {kind: one, sum: "50"}\n  - {kind: two}\n', "", "缺少样例"),
    ("required: [共计]", "required: [总计]", "缺少“总计”"),
    ("forbidden: [没钱]", "forbidden: [单笔]", "里有“单笔”"),
    ("file: 申请书", "file: 欠款申请", "文件名里不要写“欠”"),
    ("body: trial.letter.md", "body: other.md", "没有文件"),
    ("laws_as_of: 2026-11-23\n", "", "应是日期"),
    ("say: 不行\n", "say: 不行\n    articles: [visit-99]\n", "没有文章“visit-99”"),
    ("say: 不行\n", "say: 不行\n    flows: [dance]\n", "没有流程“dance”"),
    (
        "say: 太多了，{{ sum }}",
        "say: 太多了\n        buttons: [{key: visit-98, label: 看}]",
        "没有文章“visit-98”",
    ),
    ("name: kind", f"name: {'k' * 70}", "按钮放不下"),
]


@pytest.mark.parametrize(("old", "new", "message"), DAMAGES, ids=[case[2] for case in DAMAGES])
def test_damage_is_found(folder, old, new, message):
    """Each fault is told in Chinese with its file, and stops the load."""
    path = folder / "flows" / "trial.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = [fault for fault in faults(folder) if message in fault.message]
    assert found, [str(fault) for fault in faults(folder)]
    assert found[0].path == path
    with pytest.raises(KnowledgeInvalid):
        Content.load(folder)


def test_unknown_name_in_a_letter_is_found(folder):
    """A letter can use only what is asked or worked out."""
    (folder / "flows" / "trial.letter.md").write_text("共计 {{ total }}", "utf-8")
    assert any("没有的名称“total”" in fault.message for fault in faults(folder))


def test_two_flows_with_one_code(folder):
    """The short name in buttons belongs to one flow."""
    for old in list((folder / "flows").iterdir()):
        text = old.read_text("utf-8").replace("trial.", "other.")
        (folder / "flows" / old.name.replace("trial", "other")).write_text(text, "utf-8")
    assert any("已被" in fault.message for fault in faults(folder))


def test_version_follows_flow_and_letter(folder):
    """A change of the letter is a change of the flow."""
    before = read_content(folder).knowledge.flows["trial"].version
    (folder / "flows" / "trial.letter.md").write_text(LETTER + "完。\n", "utf-8")
    assert read_content(folder).knowledge.flows["trial"].version != before


def test_shipped_flows_pass(shipped, tmp_path):
    """The interviews of this repository have no fault."""
    copy = tmp_path / "knowledge"
    shutil.copytree(shipped, copy)
    assert [fault for fault in faults(copy) if "flows" in str(fault.path)] == []
