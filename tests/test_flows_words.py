"""Answers as people write them, with the choices of the shipped flows."""

from datetime import date

import pytest

from bot.errors import AnswerRefused
from bot.flows.answers import read_answer

TODAY = date(2026, 11, 23)


def question_of(flow, name):
    """A question of a flow, also one in a row."""
    every = [inner for question in flow.questions for inner in (question, *question.questions)]
    return next(question for question in every if question.name == name)


@pytest.mark.parametrize(
    ("flow", "name", "text", "value"),
    [
        ("extension", "status", "逾期20天了", "d30"),
        ("extension", "status", "两个月没还了", "d90"),
        ("extension", "status", "一百天", "more"),
        ("extension", "status", "半年了", "more"),
        ("extension", "status", "还没逾期", "not_due"),
        ("extension", "status", "收到传票了", "sued"),
        ("extension", "causes", "我失业了", ["job"]),
        ("extension", "causes", "失业、其他", ["job", "other"]),
        ("extension", "causes", "老公没工作 孩子住院", ["job", "illness"]),
        ("extension", "special", "没有", ["none"]),
        ("extension", "proofs", "没有", None),
        ("extension", "contract_tail4", "不知道", None),
        ("extension", "contract_tail4", "尾号 1234", "1234"),
        ("capacity", "swing", "不稳定", "swings"),
        ("capacity", "swing", "很稳定", "stable"),
        ("capacity", "split", "帮我分", "ratio"),
        ("capacity", "lender_type", "不知道", "unsure"),
        ("capacity", "people", "一家三口", "3"),
        ("capacity", "people", "2个人", "2"),
        ("capacity", "pay_day", "每月15号", "15"),
        ("instalment", "months", "分36期", "36"),
        ("instalment", "talked", "没谈过", None),
        ("instalment", "sums", "不清楚", None),
        ("payment_order", "grounds", "利息算错了，也没钱", ["amount"]),
        ("payment_order", "grounds", "没钱", ["none"]),
        ("prove", "silent", "好几年了", "old"),
        ("prove", "silent", "三年多了", "old"),
        ("prove", "silent", "半个月前", "recent"),
        ("prove", "silent", "忘了", "unsure"),
        ("extension", "last_paid", "上个月还过一点", "recent"),
        ("visit_now", "situation", "他们赖着不走", "stuck"),
        ("visit_now", "situation", "刚走", "gone"),
        ("visit_now", "mine", "不是我的", "no"),
        ("visit_now", "mine", "是我的", "yes"),
        ("visit_now", "mine", "好像是", "unsure"),
        ("visit_now", "mine", "不清楚啊", "unsure"),
    ],
)
def test_people_write_in_their_own_way(shipped_knowledge, flow, name, text, value):
    """Other words, numbers of days, shortened labels, denials and 不知道 are understood."""
    question = question_of(shipped_knowledge.flows[flow], name)
    assert read_answer(question, text, today=TODAY, choices=question.choices) == value


@pytest.mark.parametrize(
    ("flow", "name", "text"),
    [
        ("extension", "status", "不知道"),
        ("extension", "status", "啊"),
        ("visit_now", "mine", "是不是我的"),
        ("visit_now", "mine", "是我的吗"),
        ("capacity", "people", "3.5"),
        ("capacity", "people", "-3"),
        ("capacity", "people", "两三个"),
        ("payment_order", "received", "上个月中旬"),
        ("payment_order", "received", "11月"),
    ],
)
def test_what_could_mean_anything_is_asked_again(shipped_knowledge, flow, name, text):
    """Two meanings, a question, or a vague day where a deadline hangs on it are no answer."""
    question = question_of(shipped_knowledge.flows[flow], name)
    with pytest.raises(AnswerRefused):
        read_answer(question, text, today=TODAY, choices=question.choices)


def test_costs_have_everyday_names(shipped_knowledge):
    """房租, 吃饭 and 水电 are the names on the sheet in other words."""
    question = question_of(shipped_knowledge.flows["capacity"], "needs")
    value = read_answer(
        question, "房租1500 吃饭1200，水电200", today=TODAY, choices=question.choices
    )
    found = {key: amount for key, amount in value.items() if amount != "0.00"}
    assert found == {"home": "1500.00", "food": "1200.00", "power": "200.00"}
