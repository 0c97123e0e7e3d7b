"""The objection to a payment order: the happy way, every stop, corrections, and every edge."""

from datetime import UTC, datetime

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.search.decide import Outcome

TABLE = {
    "支付令是什么": (Outcome.ANSWER, "lawsuit-03"),
    "他们砸门了怎么办": (Outcome.URGENT, "visit-04"),
    "异议书要交诉讼费吗？": (Outcome.ANSWER, "lawsuit-03"),
}
START = "写支付令异议书"
TO_GROUNDS = (START, "昨天", "▸都没有")
NAMES = ("某某市某某区人民法院", "（2026）沪0101民督123号", "某某消费金融有限公司")
SUMS = ("本金8000 利息1200", "9200")
PAID = (
    "▸已经还清", "▸选好了", *NAMES, *SUMS, "2026年8月5日还款3000元，有流水", "1. 银行流水\n2、还款截图。",
)  # fmt: skip
END = ("▸全部", "▸EMS")


@pytest.fixture
def person(shipped_knowledge):
    """Somebody at noon of 23 November 2026, a Monday."""
    return Person(Conversation(shipped_knowledge, TableSearcher(TABLE)))


def test_happy_way_gives_the_objection(person):
    """From the wish to the letter: facts, request, law, how to hand it in; nothing pleads."""
    person.all(*TO_GROUNDS, *PAID, *END)
    assert "我确认属实，不编造证明" in person.heard
    person.tap("确认属实")
    for words in (
        "裁定终结督促程序",
        "（2026）沪0101民督123号",
        "2026年8月5日还款3000元，有流水（证据1、证据2）。",
        "证据1：银行流水",
        "证据2：还款截图",
        "附上 2 份证据的复印件",
        "打印 2 份",
        "内件写“支付令异议书",
        "最迟 2026年12月7日（周一）",
    ):
        assert words in person.heard
    letter = person.heard.split("打电话问法院")[0]
    assert not [word for word in ("没钱", "困难", "分期", "延期", "宽限") if word in letter]


def test_evidence_is_numbered_through_all_grounds(person):
    """What two grounds share keeps its number; each ground names its own, the list has all."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸金额或利率", "▸选好了", *NAMES, *SUMS)
    person.all("还了3000元", "银行流水", "到手9200元", "借款合同\n银行流水", *END, "▸确认属实")
    assert "还了3000元（证据1）。" in person.heard
    assert "到手9200元（证据1、证据2）。" in person.heard
    assert "支付令复印件\n证据1：银行流水\n证据2：借款合同" in person.heard


def test_nothing_is_made_before_confirmation(person):
    """The letter comes only after every fact was confirmed."""
    person.all(*TO_GROUNDS, *PAID, *END)
    assert "异议请求" not in person.heard
    person.tap("先看看")
    assert "这是初稿" in person.heard


def test_only_no_money_is_refused_with_reason_and_way_on(person):
    """Ground ⑩ alone gets no document, but the law, the last day and what to do instead."""
    person.all(*TO_GROUNDS, "▸都没有，只是没钱、想分期")
    assert "不写" in person.heard
    assert "民诉法解释 436" in person.heard
    assert "2026年12月7日" in person.heard
    assert "和解" in person.heard
    assert "还不上" in "".join(person.labels) or "回头改回答" in person.labels


def test_no_money_does_not_mix_with_real_grounds(person):
    """Ticking ⑩ after a real ground leaves ⑩ alone, and the way back offers real ones."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸都没有，只是没钱、想分期")
    assert person.answers["grounds"] == ["none"]
    person.tap("回头改回答", "改：争议理由", "金额或利率", "选好了")
    assert person.answers["grounds"] == ["amount"]
    assert "是哪家法院" in person.heard


@pytest.mark.parametrize("ground", ["company", "large", "police", "gambling"])
def test_hard_stops_lead_to_a_lawyer(person, ground):
    """Four situations are too big for a form."""
    person.all(START, "昨天")
    person.press(f"t:po:special:{ground}")
    person.tap("选好了")
    assert "12348" in person.heard
    assert "最迟 2026年12月7日" in person.heard
    assert "回头改回答" in person.labels


@pytest.mark.parametrize(
    ("now", "received", "late"),
    [
        ((2026, 11, 23), "2026-11-08", False),  # day 15
        ((2026, 11, 24), "2026-11-08", True),  # day 16
        ((2026, 11, 23), "2026-11-06", False),  # day 15 is a Saturday: Monday still counts
        ((2026, 11, 24), "2026-11-06", True),
        ((2026, 10, 8), "2026-09-16", False),  # 1 October: the holidays push it to the 8th
        ((2026, 10, 9), "2026-09-16", True),
    ],
)
def test_day_fifteen(shipped_knowledge, now, received, late):
    """The last day counts, holidays push it, the day after is late."""
    moment = datetime(*now, 4, tzinfo=UTC)
    person = Person(Conversation(shipped_knowledge, TableSearcher({})), moment)
    person.all(START, received)
    assert ("已经过了 15 天" in person.heard) is late


def test_year_without_holiday_table_says_so(shipped_knowledge):
    """Where holidays are unknown the earlier day is given, and why."""
    person = Person(
        Conversation(shipped_knowledge, TableSearcher({})), datetime(2030, 12, 20, 4, tzinfo=UTC)
    )
    person.all(START, "12/18")
    assert "2031年1月2日" in person.heard
    assert "没有顺延" in person.heard


def test_late_without_reason_stops(person):
    """A late objection counts as none: no letter, but what is left to do."""
    person.all(START, "2026-11-01", "▸都没有", "否")
    assert "视为没有提" in person.heard
    assert "12348" in person.heard


def test_late_with_reason_asks_for_more_time(person):
    """Within ten days after the obstacle the letter asks the court for an extension."""
    person.all(START, "2026-11-01", "▸都没有", "是", "前天")
    person.all("11月3日至11月21日住院，有出院小结", *PAID, *END, "▸确认属实")
    assert "第八十六条" in person.heard
    assert "住院" in person.heard
    assert "在法定期间内" not in person.heard


def test_late_and_reason_too_old_stops(person):
    """Ten days after the obstacle the door is closed."""
    person.all(START, "2026-10-01", "▸都没有", "是", "2026-11-12")
    assert "视为没有提" in person.heard


def test_obstacle_before_receipt_is_refused(person):
    """Two answers that contradict each other are not both taken."""
    person.all(START, "2026-11-01", "▸都没有", "是", "2026-10-20")
    assert "还早" in person.heard
    assert "obstacle_end" not in person.answers


def test_sums_must_add_up(person):
    """The total is held against the items, and the items can be mended from there."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸选好了", *NAMES, "本金8000", "9200")
    assert "对不上" in person.heard
    person.all("▸上一步", "本金8000 利息1200", "9200")
    assert person.answers["total"] == "9200.00"


def test_late_correction_reopens_only_what_depends_on_it(person):
    """A ground added in the review asks for its fact, and nothing else again."""
    person.all(*TO_GROUNDS, *PAID, *END)
    person.tap("改：争议理由", "费用没有约定", "选好了")
    assert "写清是哪笔费用" in person.heard
    person.all("违约金300元合同没有约定", "没有")
    assert "最后核对一遍" in person.heard
    assert person.answers["fact_paid"] == "2026年8月5日还款3000元，有流水"


def test_correction_that_changes_the_branch_keeps_the_old_answers(person):
    """A ground taken away and put back finds its fact again."""
    person.all(*TO_GROUNDS, *PAID, *END)
    person.tap("改：争议理由", "金额或利率", "已经还清", "选好了")
    person.all("实际到手9200元", "▸跳过")
    assert "还款3000元" not in person.heard
    person.tap("改：争议理由", "已经还清", "选好了")
    assert "最后核对一遍" in person.heard
    assert "还款3000元" in person.heard


def test_changed_items_reopen_the_targets(person):
    """An objected item that is no longer in the order is asked about again."""
    person.all(*TO_GROUNDS, *PAID, "▸利息", "▸选好了", "▸EMS")
    person.tap("改：支付令各项金额")
    person.say("本金9200")
    assert "对哪几项有异议" in person.heard


def test_pleading_in_a_fact_is_refused(person):
    """没钱 and 分期 do not get into the letter."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸选好了", *NAMES, *SUMS, "还了3000，现在没钱想分期")
    assert "没有用" in person.heard
    assert "fact_paid" not in person.answers


def test_odd_case_number_is_asked_once(person):
    """民初 is no payment order; the same again is taken."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸选好了", NAMES[0], "（2026）沪0101民初1号")
    assert "民督" in person.heard
    assert "case_no" not in person.answers
    person.say("（2026）沪0101民初1号")
    assert person.answers["case_no"] == "（2026）沪0101民初1号"


def test_bad_input_is_told_and_asked_again(person):
    """What is no answer gets a sentence of its own and the question once more."""
    person.all(START, "忘了哪天")
    assert "没看懂" in person.heard
    assert "哪天收到的" in person.heard
    person.say("明年1月1号")
    assert "还没有到" in person.heard


def test_question_in_the_middle_is_answered_and_the_question_repeated(person):
    """The article comes, then the open question; no answer is lost."""
    person.all(START, "昨天")
    person.say("支付令是什么")
    assert len(person.results[-1].replies) == 2
    assert "15 天内还清" in person.heard
    assert "有没有下面这些情况" in person.heard
    assert person.answers == {"received": "2026-11-22"}


def test_question_at_a_text_is_answered_but_may_be_the_answer(person):
    """A question where words are asked for is answered; one tap makes it the answer."""
    person.all(*TO_GROUNDS, "▸已经还清", "▸选好了", *NAMES, *SUMS, "异议书要交诉讼费吗？")
    assert "fact_paid" not in person.answers
    person.tap("这句就是回答")
    assert person.answers["fact_paid"] == "异议书要交诉讼费吗？"


def test_danger_leaves_the_interview_saved_with_a_way_back(person):
    """The urgent card comes first; a button leads back to the same question."""
    person.all(START, "昨天", "他们砸门了怎么办")
    assert person.stored.get("flow") is None
    assert person.results[-1].session.article == "visit-04"
    person.tap("接着填")
    assert "有没有下面这些情况" in person.heard


def test_cancel_keeps_the_answers_until_they_are_deleted(person):
    """/cancel stops; what was said can be continued or deleted."""
    person.all(START, "昨天")
    person.command("cancel")
    assert person.stored.get("flow") is None
    person.tap("接着填")
    assert "接着上次的" in person.heard
    person.command("cancel")
    person.tap("删掉这些回答")
    assert "saved" not in person.stored


def test_old_button_corrects_its_answer_or_says_so(person):
    """A button of an earlier question edits it; one that plays no part any more says that."""
    person.all(START, "2026-11-01", "▸都没有")
    person.press("q:po:obstacle:yes")
    person.press("q:po:obstacle:no")
    assert "视为没有提" in person.heard
    person.press("q:po:obstacle:yes")
    assert "改好了" in person.heard
    person.press("q:po:delivery:nowhere")
    assert person.heard
    person.press("q:po:nothing:x")
    assert "不用答了" in person.heard


def test_button_of_a_deleted_interview_says_so(person):
    """After deletion an old button offers to begin anew."""
    person.press("q:po:delivery:ems")
    assert "以前那一份" in person.heard
    person.press("q:zz:delivery:ems")
    assert "没有了" in person.heard


def test_pressing_twice_changes_nothing(person):
    """The second press of the same button is only acknowledged."""
    person.all(*TO_GROUNDS, *PAID, "▸全部")
    person.press("q:po:delivery:ems")
    before = person.stored
    person.press("q:po:delivery:ems")
    assert person.stored == before
    assert person.results[-1].replies == ()
    assert person.results[-1].toast


def test_edited_message_corrects_its_answer(person):
    """Telegram's edit of an answer changes that answer; a senseless one changes nothing."""
    person.all(START, "昨天")
    person.edit(2, "前天")
    assert person.answers["received"] == "2026-11-21"
    person.edit(2, "啊啊啊")
    assert person.answers["received"] == "2026-11-21"
    assert "没动" in person.heard


def test_reminders_come_only_when_wanted_and_stop(person):
    """A button sets them; each can stop them all; afterwards they are silent."""
    person.all(*TO_GROUNDS, *PAID, *END, "▸确认属实")
    assert person.results[-1].schedule == ()
    person.tap("到时候提醒我")
    timers = person.results[-1].schedule
    assert [timer.due.strftime("%m-%d %H:%M") for timer in timers] == ["12-04 09:00", "11-30 09:00"]
    person.timer(timers[1])
    assert "提醒" in person.heard
    assert "支付令" not in person.heard  # whoever looks over the shoulder learns nothing
    person.tap("别再提醒")
    assert all(not timer.action for timer in person.results[-1].schedule)
    person.timer(timers[0])
    assert person.results[-1].replies == ()


def test_why_skip_and_leaving_by_words(person):
    """The words of the buttons work when they are typed."""
    person.all(START, "为什么问")
    assert "15 天内交到法院" in person.heard
    person.say("跳过")
    assert "要答了才能" in person.heard
    person.say("退出并保存")
    assert "存好了" in person.heard
    assert person.stored.get("flow") is None


def test_profile_is_offered_next_time(person):
    """The lender given once is offered, not assumed."""
    person.all(*TO_GROUNDS, *PAID, *END, "▸确认属实")
    person.tap("删掉这些回答")
    person.all(*TO_GROUNDS, "▸已经还清", "▸选好了", *NAMES[:2])
    assert "上次你填的是：某某消费金融有限公司" in person.heard
    person.tap("仍然正确")
    assert person.answers["applicant"] == "某某消费金融有限公司"


def test_groups_are_no_place_for_forms(person):
    """In a group the interview does not begin."""
    person.say(START, private=False)
    assert "私聊" in person.heard
    assert person.stored.get("flow") is None
