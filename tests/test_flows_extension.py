"""The application for more time: what may be promised, what admits a debt, and every way out."""

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

TABLE = {
    "延期要什么证明": (Outcome.ANSWER, "nego-06"),
    "不想活了": (Outcome.URGENT, "safety-01"),
}
START = "想申请延期"
TO_LENDER = (START, "▸逾期30天以内", "▸都没有")
TO_PAY = (
    *TO_LENDER,
    "某某消费金融有限公司（某某贷）",
    "尾号1234",
    "1.2万",
    "▸失业",
    "▸选好了",
    "9/1",
    "下个月15号",
)
TO_END = (
    *TO_PAY,
    "500",
    "下个月15号",
    "▸选好了",
    "▸离职证明",
    "▸选好了",
    "▸诚恳",
    "▸官方App",
)


@pytest.fixture
def person(shipped_knowledge):
    """Somebody at noon of 23 November 2026."""
    return Person(Conversation(shipped_knowledge, TableSearcher(TABLE)))


def test_happy_way_gives_letter_message_and_phone_script(person):
    """One date, one sum, what is asked for, by when an answer is due, and how to send it."""
    person.all(*TO_END, "▸确认属实")
    for words in (
        "延期还款申请书",
        "以贵司对账为准",
        "延期至 2026年12月15日",
        "每月支付 500元",
        "2026年12月8日 前",
        "停止联系与债务无关的第三人",
        "短信版",
        "不发催收员的私人微信",
        "2026年11月26日 问一次",
    ):
        assert words in person.heard
    assert "停息挂账" not in person.heard
    copies = [b.copy for r in person.replies for row in r.buttons for b in row if b.copy]
    assert len(copies[0]) <= 200


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ((START, "▸已经起诉"), "支付令 15 天内"),
        ((START, "▸还没到期", "▸公安机关", "▸选好了"), "12348"),
        ((START, "▸逾期超过90天", "▸都没有", "▸两年半以前"), "诉讼时效会重新算三年"),
    ],
)
def test_hard_stops(person, moves, words):
    """Court papers, police and old debts come first; nothing is written."""
    person.all(*moves)
    assert words in person.heard
    assert person.stored.get("flow") is None
    assert "回头改回答" in person.labels


def test_nothing_to_pay_and_no_proof_stops(person):
    """An application with neither a sum nor a proof would only be refused."""
    person.all(*TO_PAY, "0", "下个月15号", "▸选好了", "▸跳过")
    assert "很难同意" in person.heard
    person.tap("回头改回答", "改：能提供的证明", "病历", "选好了")
    assert "用哪种语气" in person.heard


def test_nothing_to_pay_with_a_proof_goes_on(person):
    """Nought is allowed where there is a day and a proof."""
    person.all(*TO_PAY, "没有", "下个月15号", "▸选好了", "▸病历", "▸选好了", "▸平实", "▸EMS")
    person.tap("确认属实")
    assert "延期期间暂不支付" in person.heard


def test_promise_beyond_capacity_is_blocked(person):
    """What an earlier budget showed is the most that may be promised."""
    person.stored = {"profile": {"free_cash": "600.00"}}
    person.all(*TO_PAY, "800")
    assert "最多能付 600元" in person.heard
    assert "free_cash" not in person.answers
    person.say("600")
    assert person.answers["free_cash"] == "600.00"


def test_recovery_after_a_year_points_to_instalments(person):
    """Twelve months are the end of an extension."""
    person.all(*TO_PAY[:-1], "2028-1-1")
    assert "超过 12 个月" in person.heard


def test_more_than_six_months_is_refused_and_a_gap_is_noted(person):
    """The day has an end; a day before recovery is taken, with a warning."""
    person.all(*TO_PAY, "500", "2027-6-30")
    assert "最多写延 6 个月" in person.heard
    person.say("12/10")
    assert "可能还是还不上" in person.heard
    assert person.answers["until"] == "2026-12-10"


def test_correction_of_the_status_reopens_the_limitation_question(person):
    """From 30 to over 90 days the question about the last payment appears, and only that."""
    person.all(*TO_END)
    person.tap("改：现在到哪一步", "逾期超过90天")
    assert "上一次还款" in person.heard
    person.tap("两年半以内")
    assert "最后核对一遍" in person.heard


def test_question_in_the_middle(person):
    """A question is answered and the open one repeated."""
    person.all(START, "延期要什么证明")
    assert "这笔现在到哪一步" in person.heard
    assert len(person.results[-1].replies) == 2


def test_despair_leaves_everything_at_once(person):
    """Words of despair get their card; the form waits."""
    person.all(*TO_LENDER, "不想活了")
    assert person.results[-1].session.article == "safety-01"
    assert person.answers == {"status": "d30", "special": ["none"]}
    person.tap("接着填")
    assert "向哪家机构申请" in person.heard


def test_cancel_old_button_and_same_press_twice(person):
    """Leaving, an old button and a double tap lose nothing."""
    person.all(*TO_LENDER)
    person.command("cancel")
    person.press("q:ex:status:d90")
    assert person.answers["status"] == "d90"
    assert "改好了" in person.heard
    before = person.stored
    person.press("q:ex:status:d90")
    assert person.stored == before


def test_full_card_number_is_refused_as_tail(person):
    """Only four digits are taken."""
    person.all(*TO_LENDER, "某某银行", "12345678")
    assert "最后四位" in person.heard
    person.say("卡号是***************0123")  # what masking leaves of a whole number
    assert person.answers["contract_tail4"] == "0123"


def test_three_touches_are_offered_as_reminders(person):
    """Days 3, 7 and 15."""
    person.all(*TO_END, "▸确认属实", "▸到时候提醒我")
    days = [timer.due.strftime("%m-%d") for timer in person.results[-1].schedule]
    assert days == ["11-26", "11-30", "12-08"]


def test_income_of_the_budget_stands_in_the_letter(person):
    """What the budget showed is filled in; without one the letter has blanks for the hand."""
    person.stored = {"profile": {"free_cash": "600.00", "income": "5000.00", "spending": "4150.00"}}
    person.all(*TO_END)
    assert "来自你上次的收支表" in person.heard
    person.tap("确认属实")
    assert "每月收入约 5,000元，必要支出约 4,150元" in person.heard
    assert "收支与债务一览表" in person.heard


def test_bank_is_addressed_as_a_bank(person):
    """贵行 for banks, 贵司 for others, never both; the product is named, not addressed."""
    person.all(*TO_LENDER, "某某银行信用卡中心（金卡）", *TO_PAY[4:], *TO_END[len(TO_PAY) :])
    person.tap("确认属实")
    letter = person.heard.split("短信版")[0]
    assert "某某银行信用卡中心：" in letter
    assert "申请人“金卡”欠款" in letter
    assert "贵行" in letter
    assert "贵司" not in letter


def test_proofs_to_come_have_a_day(person):
    """What is not there yet is promised for a day, in the letter and in what to do next."""
    person.all(*TO_PAY, "500", "下个月15号", "▸选好了", "▸工资或银行流水", "▸还要几天", "▸选好了")
    person.all("12/5", "▸平实", "▸EMS", "▸确认属实")
    assert "申请人于 2026年12月5日 前补交" in person.heard
    assert "还要几天才能拿到" not in person.heard.split("短信版")[0]


def test_visit_that_was_announced_becomes_a_letter(person):
    """Ticked, the application asks for telephone or writing instead of a visit."""
    person.all(*TO_PAY, "500", "3个月", "▸约好的上门", "▸选好了", "▸跳过", "▸平实", "▸EMS")
    person.tap("确认属实")
    assert "上门走访，请改用电话或书面方式沟通" in person.heard


def test_forged_proof_ends_it(person):
    """Whoever would forge is told what it leads to, and what works instead."""
    person.all(START, "▸还没到期", "▸想用改过的证明", "▸选好了")
    assert "伪造公文、印章、证件触犯刑法" in person.heard
    assert person.stored.get("flow") is None


def test_same_wish_in_the_middle_goes_on_and_another_begins(person):
    """Saying the wish again asks the open question again; another wish begins its own form."""
    person.all(*TO_LENDER[:2], START)
    assert "接着上次的" in person.heard
    assert person.answers == {"status": "d30"}
    person.say("想申请分期")
    assert "个性化分期" in person.heard
    assert person.stored["saved"]["extension"]["answers"] == {"status": "d30"}


def test_few_words_that_fit_nothing_are_asked_again(shipped_knowledge):
    """A short try at an answer is no search; a question with the same words is."""
    table = {
        "欠了好多": (Outcome.CHOOSE, "nego-01"),
        "欠了好多怎么办": (Outcome.CHOOSE, "nego-01"),
    }
    person = Person(Conversation(shipped_knowledge, TableSearcher(table)))
    person.all(START, "欠了好多")
    assert len(person.results[-1].replies) == 1
    assert "点下面的一个选项" in person.heard
    person.say("欠了好多怎么办")
    assert len(person.results[-1].replies) == 2


def test_traditional_characters_do_as_well(person):
    """Wish, choice and day are understood; own words stay as they were written."""
    person.all("想申請延期", "還沒到期", "都沒有", "某某銀行股份有限公司")
    person.all("1234", "一萬二", "失業", "上個月15號")
    assert person.answers["status"] == "not_due"
    assert person.answers["lender"] == "某某銀行股份有限公司"
    assert person.answers["balance"] == "12000.00"
    assert person.answers["cause_day"] == "2026-10-15"
