"""Asking for the documents of a debt: what is asked depends on who demands the money."""

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

START = "要欠款明细"
ASSET = (
    START, "▸资产公司", "▸都没有", "▸金额不对", "▸两年半以内", "是", "上个月15号", "▸短信",
    "某某银行信用卡", "某某资产管理有限公司", "1234", "▸选好了", "▸跳过",
)  # fmt: skip


@pytest.fixture
def person(shipped_knowledge):
    """Somebody at noon of 23 November 2026."""
    table = {
        "债权转让没通知要还吗": (Outcome.ANSWER, "rights-11"),
        "他们在砸门": (Outcome.URGENT, "visit-04"),
    }
    return Person(Conversation(shipped_knowledge, TableSearcher(table)))


def test_happy_way_against_an_asset_company(person):
    """Notice, law of assignment, the list, the day of reply, and no payment before proof."""
    person.all(*ASSET)
    told = "".join(str(result.replies) for result in person.results)
    assert "先不要往新账户付钱" in told
    person.tap("确认属实")
    for words in (
        "于 2026年10月15日 以短信方式收到",
        "第五百四十六条",
        "债权转让协议摘要和转让通知",
        "2026年12月8日 前",
        "提出还款",
        "☐ 对公收款账户",
        "材料到齐核对表",
    ):
        assert words in person.heard
    assert "仅为核对" not in person.heard


def test_who_demands_decides_what_is_asked_for(person):
    """A guarantor must show what it paid; an outsourcer its mandate."""
    person.all(START, "▸担保公司", "▸都没有", "▸是我借的，金额不对", "▸两年半以内", "否")
    person.all("某某银行", "某某融资担保有限公司", "▸跳过")
    assert "☑ 代偿凭证" in person.labels
    assert not any("委托书" in label for label in person.labels)
    person.press("q:pr:who:outsourced")
    assert any("委托书" in label for label in person.labels)
    assert not any("代偿" in label for label in person.labels)


def test_old_debt_is_only_checked_not_admitted(person):
    """After long silence the letter says so, and the review warns."""
    person.all(START, "▸原来放款", "▸都没有", "▸记不清", "▸两年半以上", "某某消费金融有限公司")
    person.all("▸跳过", "▸选好了", "▸跳过")
    assert "先打 12348" in person.heard
    person.tap("确认属实")
    assert "不构成对债务的确认" in person.heard
    assert "再决定是否提出还款想法" in person.heard
    assert "会提出还款的具体想法" not in person.heard
    assert "我会提还款的想法" not in person.heard


def test_foreign_debt_gets_no_letter(person):
    """Whoever did not borrow is led to the police and the credit report."""
    person.all(START, "▸不认识", "▸都没有", "▸不是我借的")
    assert "报警" in person.heard
    assert person.stored.get("flow") is None
    person.tap("回头改回答", "改：认不认识这笔债", "记不清")
    assert "离现在多久" in person.heard


def test_correction_of_the_notice_hides_its_details(person):
    """Without a notice neither day nor way is asked or written; put back, both are there."""
    person.all(*ASSET, "▸改：收到转让或代偿通知吗", "否")
    assert "2026年10月15日" not in person.heard
    person.all("▸改：收到转让或代偿通知吗", "是")
    assert "2026年10月15日" in person.heard
    assert "最后核对一遍" in person.heard


def test_name_that_is_no_institution_is_asked_once(person):
    """A person's name looks odd; the same again is taken."""
    person.all(START, "▸原来放款", "▸都没有", "▸是我借的", "▸两年半以内", "小王")
    assert "不像机构全称" in person.heard
    person.say("小王")
    assert person.answers["lender"] == "小王"


def test_bad_input_question_danger_and_cancel(person):
    """The usual turns of a conversation lose nothing."""
    person.all(START, "啥")
    assert "点下面的一个选项" in person.heard
    person.say("债权转让没通知要还吗")
    assert "谁在向你要钱" in person.heard
    person.say("3")
    person.say("他们在砸门")
    assert person.results[-1].session.article == "visit-04"
    person.tap("接着填")
    assert person.answers == {"who": "asset"}
    person.command("cancel")
    person.press("q:pr:who:asset")
    assert person.results[-1].toast


def test_lender_is_reused_and_addressed(person):
    """For the lender itself one name is enough, and the earlier one is offered."""
    person.stored = {"profile": {"lender": "某某银行股份有限公司（信用贷）"}}
    person.all(START, "▸原来放款", "▸都没有", "▸是我借的", "▸两年半以内", "▸仍然正确")
    person.all("▸跳过", "▸选好了", "▸跳过", "▸确认属实")
    assert "某某银行股份有限公司：" in person.heard
    assert "在贵行的“信用贷”借款" in person.heard
    assert "消费者权益保护法" in person.heard


def test_paid_debt_asks_for_a_certificate(person):
    """Whoever has paid says so in the letter and promises nothing more."""
    person.all(*ASSET, "▸改：认不认识这笔债", "▸已经还清了", "▸确认属实")
    assert "该笔借款已经还清" in person.heard
    assert "请出具结清证明" in person.heard


def test_sheet_to_tick_has_every_document(person):
    """The second paper lists what was asked for, with room for the day and what lacks."""
    person.all(*ASSET, "▸确认属实")
    sheets = [p for r in person.results[-1].replies for p in r.papers if "核对表" in p.name]
    assert {paper.make for paper in sheets} == {"docx", "pdf"}
    table = next(block for block in sheets[0].data["blocks"] if "header" in block)
    assert len(table["rows"]) == 6


@pytest.mark.parametrize("key", ["company", "large", "police", "gambling", "fake"])
def test_hard_stops(person, key):
    """Five situations are for somebody who looks at the case."""
    person.all(START, "▸资产公司")
    person.press(f"t:pr:special:{key}")
    person.tap("选好了")
    assert "12348" in person.heard
    assert person.stored.get("flow") is None
