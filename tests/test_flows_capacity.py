"""Debts, budget and capacity: rows that can be corrected, arithmetic to the cent, honest endings."""

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

START = "算还款能力"
ONE = (
    "某某银行信用卡", "▸银行信用卡", "6万", "5.2万", "3000", "▸跳过", "8/1", "▸电话短信催",
    "▸跳过", "▸跳过",
)  # fmt: skip
TWO = (
    "某某贷", "▸消费金融公司", "12345.67", "▸跳过", "八百", "15号", "▸跳过", "▸已经立案",
    "▸有人担保", "▸选好了", "▸跳过",
)  # fmt: skip
NEEDS = ("▸跳过", "3人", "▸一般城市", "房租房贷1500 水电燃气网200 伙食1500", "▸跳过")
MONEY = ("8000", "没有", "▸稳定", *NEEDS)
ALL = (START, "▸都没有", "▸帮我", *ONE, "▸再加一笔", *TWO, "▸没有了", *MONEY, "▸给债权人")


@pytest.fixture
def person(shipped_knowledge):
    """Somebody at noon of 23 November 2026."""
    table = {"先还哪一笔": (Outcome.ANSWER, "money-02")}
    return Person(Conversation(shipped_knowledge, TableSearcher(table)))


def test_happy_way_to_the_cent(person):
    """8000.00 - 3200.00 - 400.00: the levels, and the shares that add up to the advised one."""
    person.all(*ALL)
    for words in ("上限 **4,400元**", "保底 2,640元", "建议 3,740元"):
        assert words in person.heard
    person.tap("确认属实")
    # 800.00 for the filed one first; 2940.00 over 60000.00 : 11545.67
    assert "拟每月偿还：1,274.44元" in person.heard
    assert "拟每月偿还：2,465.56元" in person.heard
    assert "当前欠款：72,345.67元，每月应还：3,800元，拟每月偿还：3,740元" in person.heard


def test_creditors_do_not_learn_of_each_other(person):
    """The version for a creditor has numbers instead of names; the own one has the names."""
    person.all(*ALL, "▸确认属实")
    letter = person.heard.split("先后，为什么")[0]
    assert "某某贷" not in letter
    person.press("q:ca:version:own")
    person.tap("确认属实")
    assert "债权人：某某贷" in person.heard


def test_urgent_paper_comes_first_not_the_loudest(person):
    """The debt that is filed stands before the larger one."""
    person.all(*ALL, "▸确认属实")
    assert "序号：1，债权人：债权人1，当前欠款：12,345.67元" in person.heard


def test_row_is_corrected_alone(person):
    """One figure of one debt changes; nothing else is asked again."""
    person.all(*ALL, "▸改：债务2", "▸改：当前欠款", "1.3万")
    assert "最后核对一遍" in person.heard
    assert person.answers["debts.1.balance"] == "13000.00"


def test_row_added_later(person):
    """One more debt after the review asks for that debt only."""
    person.all(*ALL, "▸改：债务2", "▸改：债务：还有吗", "▸再加一笔")
    assert "第 3 笔" in person.heard
    person.all(*ONE, "▸没有了")
    assert "最后核对一遍" in person.heard


def test_row_taken_away_and_back(person):
    """Fewer debts hide the rest, more bring it back with its answers."""
    person.all(*ALL, "▸改：债务1", "▸改：债务：还有吗", "▸没有了")
    assert "某某贷" not in person.heard
    person.all("▸改：债务1", "▸改：债务：还有吗", "▸再加一笔")
    assert "最后核对一遍" in person.heard
    assert "某某贷" in person.heard


def test_nothing_left_makes_no_promise(person):
    """Without money to spare the bot says so, shows the gap, and leads to help."""
    person.all(START, "▸都没有", "▸帮我", *ONE, "▸没有了", "2000", "500", "▸上下两成", "1800")
    person.all("▸跳过", "1", "▸乡镇", "房租房贷1200 伙食900", "▸跳过", "▸自己留着")
    assert "现在给任何承诺都会违约" in person.heard
    assert "还差 400元" in person.heard
    person.tap("确认属实")
    assert "先不答应任何数字" in person.heard
    assert "12356" in person.heard
    assert any("延期还款申请书" in label for label in person.labels)


def test_gambling_stops(person):
    """While somebody gambles no plan is made."""
    person.all(START, "▸钱和赌博", "▸选好了")
    assert "撑不住" in person.heard
    assert person.stored.get("flow") is None


def test_doubtful_figures_are_commented(person):
    """More principal than debt, or one cost above 60 %, is asked about but taken."""
    person.all(START, "▸都没有", "▸帮我", "某某银行", "1", "5000", "6000")
    assert "写反了" in person.heard
    person.all("0", "▸跳过", "▸跳过", "▸没有催", "▸跳过", "▸跳过", "▸没有了", "2000", "0", "▸稳定")
    person.all("▸跳过", "1", "▸大城市", "房租房贷1500")
    assert "占了收入的 75%" in person.heard


def test_unclear_costs_are_asked_again(person):
    """Words without a figure, or figures without a name, are no budget."""
    person.all(START, "▸都没有", "▸帮我", *ONE, "▸没有了", "8000", "0", "▸稳定")
    person.all("▸跳过", "3人", "▸大城市")
    assert "2,880 元" in person.heard
    for text in ("房租", "1500 200", "房租房贷1500 房租房贷1600"):
        person.say(text)
        assert "needs" not in person.answers
    person.say("伙食1千5")
    assert person.answers["needs"]["food"] == "1500.00"


def test_result_is_offered_elsewhere(person):
    """The capacity limits what an application may promise."""
    person.all(*ALL, "▸确认属实")
    assert person.stored["profile"]["free_cash"] == "4400.00"
    assert person.stored["profile"]["income"] == "8000.00"


def test_question_in_the_middle_and_cancel(person):
    """A question is answered, the open one repeated; leaving keeps the rows."""
    person.all(START, "▸都没有", "▸帮我", "某某银行", "先还哪一笔")
    assert "是哪种机构" in person.heard
    person.command("cancel")
    person.tap("接着填")
    assert person.answers["debts.0.lender"] == "某某银行"
    assert "是哪种机构" in person.heard


def test_forty_debts_still_fit_a_message(person):
    """The longest list can be shown, with buttons that Telegram takes."""
    person.all(START, "▸都没有", "▸帮我")
    for _ in range(39):
        person.all(*ONE, "▸再加一笔")
    person.all(*ONE)
    assert "到手工资" in person.heard
    person.all(*MONEY, "▸自己留着")
    assert len(person.labels) <= 100
    person.tap("确认属实")
    assert "2,400,000元" in person.heard


def test_own_sums_replace_the_shares(person):
    """After the review the person sets each sum; the sheet says whose arrangement it is."""
    person.all(*ALL, "▸改：每家还多少", "▸我自己定", "1000", "2000")
    assert "最后核对一遍" in person.heard
    person.tap("确认属实")
    assert "由本人按实际情况安排" in person.heard
    assert "拟每月偿还：3,000元" in person.heard


def test_own_sums_beyond_the_limit_stop(person):
    """More than what is left is no plan; one sum made smaller goes on."""
    person.all(*ALL, "▸改：每家还多少", "▸我自己定", "3000", "2000")
    assert "加起来每月 5,000元，超过留够生活费后的上限 4,400元" in person.heard
    assert person.stored.get("flow") is None
    person.tap("回头改回答", "改：债务2", "改：自己定的每月还款")
    person.say("1400")
    assert "最后核对一遍" in person.heard


def test_court_papers_lead_on_at_once_and_at_the_end(person):
    """A payment order among the debts opens its own interview from here."""
    person.all(START, "▸都没有", "▸帮我", *ONE[:7], "▸支付令")
    assert "先写支付令异议书" in person.labels
    person.tap("先写支付令异议书")
    assert "支付令是哪天收到的" in person.heard


def test_old_debt_is_warned_of(person):
    """Two and a half years of silence: do not admit it, ask first."""
    person.all(START, "▸都没有", "▸帮我", *ONE[:9], "2023年1月")
    assert "先别书面承认" in person.heard


def test_order_of_paying_is_explained_for_each_debt(person):
    """Each debt has its reason, by name, for the person alone."""
    person.all(*ALL, "▸确认属实")
    reasons = person.heard.split("先后，为什么")[1]
    assert "某某贷：有法院的期限" in reasons
    assert "某某银行信用卡：信用卡本金五万以上" in reasons


def test_table_for_oneself_has_the_names(person):
    """The file for a spreadsheet says which creditor is which number."""
    person.all(*ALL, "▸确认属实")
    table = next(p for r in person.results[-1].replies for p in r.papers if p.make == "csv")
    assert table.data["rows"][1][:2] == ["1", "某某贷"]
    assert table.data["rows"][-1][1] == "合计"


def test_proofs_of_income_are_listed(person):
    """Proofs of income stand in the list of attachments."""
    person.all(*ALL, "▸改：收入的凭证", "▸银行流水", "▸工资条", "▸选好了", "▸确认属实")
    assert "收入凭证见附件" in person.heard
    assert "银行流水\n工资条" in person.heard
