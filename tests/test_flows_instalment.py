"""Asking for instalments: never beyond the budget, five years at most, three offers to the cent."""

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

START = "申请分期"
BEGIN = (START, "▸都没有", "▸银行信用卡", "某某银行信用卡中心")
MIDDLE = (
    *BEGIN,
    "1234",
    "3.2万",
    "本金25000 利息5000 违约金2000",
    "8/1",
    "▸失业",
    "▸选好了",
    "▸跳过",
)
TO_MONTHS = (*MIDDLE, "▸减免", "▸选好了")
ALL = (*TO_MONTHS, "48", "8000", "2000", "▸跳过")
BUDGET = {"free_cash": "1500.00", "income": "6000.00"}


@pytest.fixture
def conversation(shipped_knowledge):
    """The real one, with a table for questions."""
    table = {"第70条是什么": (Outcome.ANSWER, "nego-04")}
    return Conversation(shipped_knowledge, TableSearcher(table))


@pytest.fixture
def person(conversation):
    """Somebody whose budget leaves 1500 a month."""
    person = Person(conversation)
    person.stored = {"profile": BUDGET}
    return person


def test_happy_way_with_three_offers(person):
    """28000.00 (the penalty waived, 2000 paid at once): 48, 38 and 19 months, to the cent."""
    person.all(*ALL)
    assert "理想：48 期，每期 583.33元，一共还 30,000元" in person.heard
    assert "可接受：38 期，每期 736.84元" in person.heard
    assert "底线：19 期，每期 1,473.68元" in person.heard
    assert "现在显示 32,000元，少还 2,000元" in person.heard
    person.tap("确认属实")
    for words in (
        "平等协商",
        "不申领新的信用卡",
        "欠款余额、结构和币种",
        "签订协议时先付的 2,000元",
        "没有这个政策",
    ):
        assert words in person.heard
    letter = person.heard.split("电话稿")[0]
    assert "19 期" not in letter  # the last offer is for the person alone
    assert "每期金额：583.33元，最后一期：583.49元，合计：30,000元" in letter
    assert not [word for word in ("停息挂账", "必须同意", "免息") if word in letter]


def test_without_a_budget_it_is_made_first(conversation):
    """No letter before it is known what can be paid; afterwards the answers are still there."""
    person = Person(conversation)
    person.all(*BEGIN)
    assert "收支表" in person.heard
    assert any("收支与债务一览表" in label for label in person.labels)
    person.stored["profile"] = BUDGET
    person.say(START)
    assert "最后四位" in person.heard
    assert person.answers["lender"] == "某某银行信用卡中心"


def test_nothing_to_spare_makes_no_plan(conversation):
    """A budget without money to spare leads to an extension and help instead."""
    person = Person(conversation)
    person.stored = {"profile": {"free_cash": "0.00", "income": "3000.00"}}
    person.all(*BEGIN)
    assert "任何分期都会违约" in person.heard


def test_more_than_five_years_is_told_honestly(person):
    """100 a month never pay 100000 within 60 months: no letter, but what else there is."""
    person.stored = {"profile": {"free_cash": "100.00", "income": "3000.00"}}
    person.all(*BEGIN, "▸跳过", "10万", "▸跳过", "▸跳过", "▸失业", "▸选好了")
    person.all("▸跳过", "▸选好了", "60")
    assert "要还 1000 个月，超过 60 期" in person.heard
    assert person.stored.get("flow") is None


@pytest.mark.parametrize(
    ("kind", "longest", "law"), [("银行信用卡", 60, True), ("消费金融公司", 36, False)]
)
def test_rules_differ_by_lender(person, kind, longest, law):
    """Article 70 and its five years are for cards only."""
    person.all(START, "▸都没有", f"▸{kind}", "某某公司", "▸跳过", "1.2万", "▸跳过", "▸跳过")
    person.all("▸生病", "▸选好了", "▸跳过", "▸选好了", str(longest + 1))
    assert "months" not in person.answers
    person.all(str(longest), "▸跳过", "▸跳过", "▸确认属实")
    assert ("第七十条" in person.heard) is law


def test_down_payment_leaves_a_month_to_live_on(person):
    """6000 - 1500 are needed to live; 8000 of savings leave 3500."""
    person.all(*TO_MONTHS, "48", "8000", "5000")
    assert "首付最多 3,500元" in person.heard
    person.say("3500")
    assert person.answers["down"] == "3500.00"


@pytest.mark.parametrize("key", ["company", "large", "police", "gambling", "fake"])
def test_hard_stops(person, key):
    """Five situations are for a lawyer or a helpline."""
    person.say(START)
    person.press(f"t:in:special:{key}")
    person.tap("选好了")
    assert "12348" in person.heard
    assert person.stored.get("flow") is None


def test_correction_that_changes_the_branch(person):
    """From a card to consumer finance 48 months no longer fit and are asked again."""
    person.all(*ALL, "▸改：机构类型", "▸消费金融公司")
    assert "希望分多少个月" in person.heard
    person.say("36")
    assert "最后核对一遍" in person.heard
    assert person.answers["down"] == "2000.00"


def test_late_correction_moves_the_offers(person):
    """Without the waiver the whole sum is shared out."""
    person.all(*ALL, "▸改：请求", "▸减免", "▸选好了")
    assert "按 32,000元 算" in person.heard


def test_question_bad_input_old_button_cancel(person):
    """The usual turns of a conversation lose nothing."""
    person.all(*BEGIN, "第70条是什么")
    assert "最后四位" in person.heard
    person.say("12")
    assert "最后四位数字" in person.heard
    person.press("q:in:lender_type:bank")
    assert "改好了" in person.heard
    person.command("cancel")
    person.tap("接着填")
    assert "最后四位" in person.heard


def test_each_step_and_where_somebody_left_is_counted(person):
    """Begun, each answered question, the question left open, and the end: names, never answers."""
    person.all(*BEGIN)
    person.press(person.button("退出并保存").action)
    events = [(event.kind, event.value) for result in person.results for event in result.events]
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "flow_begun"
    assert kinds.count("flow_step") == 3
    assert kinds[-1] == "flow_left"
    steps = [value for kind, value in events if kind in {"flow_step", "flow_left"}]
    assert len(set(steps)) == 4
    assert all(value.startswith("instalment:") and value.isascii() for value in steps)
    person.say(START)
    person.all(*ALL[4:], "▸确认属实")
    assert ("flow_done", "instalment") in [
        (event.kind, event.value) for event in person.results[-1].events
    ]
    person.press(person.button("删掉这些回答").action)
    assert not [event for event in person.results[-1].events if event.kind == "flow_left"]


def test_unknown_sums_lead_to_the_letter_that_asks_for_them(person):
    """不知道 goes on, with the other form one tap away."""
    person.all(*BEGIN, "不知道", "3.2万", "不知道")
    assert "先写信要明细" in person.labels
    assert person.answers["sums"] is None
    person.tap("先写信要明细")
    assert "谁在向你要钱" in person.heard


def test_script_says_nothing_untrue(person):
    """What the person could pay is not denied on the telephone."""
    person.all(*ALL, "▸确认属实")
    assert "以上我做不到" not in person.heard
