"""The interview engine: whatever people do, nothing accepted is lost and nothing loops."""

import json
from datetime import UTC, datetime

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.markup import to_pages
from bot.chat.replies import to_keyboard
from bot.conversation.engine import Conversation
from bot.conversation.session import Session
from bot.errors import AnswerRefused, TemplateBroken
from bot.flows import engine
from bot.flows.engine import Asking, Reviewing
from bot.flows.interview import Interview
from bot.flows.rehearsal import rehearse
from bot.flows.templates import Templates, for_chat, for_letter
from bot.search.decide import Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLOWS = ("payment_order", "visit_now", "extension", "capacity", "prove", "instalment")
WORDS = st.sampled_from(
    ["昨天", "1", "2", "3000", "1.2万", "没有", "是", "否", "1234", "房租房贷1500", "本金8000",
     "某某银行", "跳过", "上一步", "为什么问", "退出", "确认", "12/1", "2027-1-15", "问号？"]
)  # fmt: skip
MOVES = st.lists(st.one_of(WORDS, st.integers(0, 30), st.text(max_size=12)), max_size=40)
SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def conversation(shipped_knowledge):
    """The real one; two messages are known to the search."""
    table = {"问号？": (Outcome.ANSWER, "nego-01"), "救命": (Outcome.URGENT, "visit-04")}
    return Conversation(shipped_knowledge, TableSearcher(table))


@pytest.mark.parametrize("name", FLOWS)
@SLOW
@given(moves=MOVES)
def test_whatever_people_do(conversation, name, moves):
    """Every move is answered; buttons and texts fit Telegram; an answer goes only by correction."""
    person = Person(conversation)
    person.press(f"w:{person.conversation._knowledge.flows[name].code}")
    for move in moves:
        before = dict(person.stored.get("flow", {}).get("answers", {}))
        if isinstance(move, int):
            buttons = [b for r in person.replies for row in r.buttons for b in row if b.action]
            if not buttons:
                break
            person.press(buttons[move % len(buttons)].action)
        else:
            person.say(move)
        result = person.results[-1]
        assert result.replies or result.toast
        for reply in result.replies:
            to_keyboard(reply.buttons)
            assert all(page.plain.strip() for page in to_pages(reply.blocks))
        after = person.stored.get("flow", {}).get("answers")
        if after is not None and person.stored["flow"]["flow"] == name:
            assert before.keys() <= after.keys()
            changed = [path for path in before if before[path] != after[path]]
            assert len(changed) <= 1


@pytest.mark.parametrize("name", FLOWS)
@SLOW
@given(moves=st.lists(WORDS | st.text(max_size=8), min_size=60, max_size=60))
def test_answering_always_moves_on(shipped_knowledge, name, moves):
    """An accepted answer closes its question: the same one is never asked twice running."""
    flow = shipped_knowledge.flows[name]
    interview = engine.begin(flow, NOW)
    for text in moves:
        scope = engine.scope_of(flow, interview, NOW)
        stage = engine.stage(flow, interview, scope)
        if not isinstance(stage, Asking):
            break
        try:
            accepted = engine.accept_text(flow, interview, stage.asked, text, NOW)
        except AnswerRefused:
            continue
        interview = Interview.from_json(json.loads(json.dumps(accepted.interview.to_json())))
        after = engine.current(interview, engine.scope_of(flow, interview, NOW))
        assert after is None or after.path != stage.asked.path


@pytest.mark.parametrize("name", FLOWS)
def test_back_walks_to_the_first_question_and_loses_nothing(shipped_knowledge, name):
    """From the end, 上一步 leads through every question to the first; then keeping leads back."""
    flow = shipped_knowledge.flows[name]
    interview = rehearse(flow, flow.samples[0]).interview
    now = NOW.replace(tzinfo=None)
    before = dict(interview.answers)
    seen = []
    for _ in range(len(engine.scope_of(flow, interview, now).asked)):
        interview = engine.back(interview, engine.scope_of(flow, interview, now))
        seen.append(interview.at)
    assert seen[-1] == flow.questions[0].name
    assert len(set(seen)) == len(seen)
    interview = engine.keep(interview)
    assert dict(interview.answers) == before
    scope = engine.scope_of(flow, interview, now)
    assert not isinstance(engine.stage(flow, interview, scope), Asking)


def test_changed_flow_keeps_what_fits_and_says_what_does_not(conversation, shipped_knowledge):
    """After an edit of the file, answers that still fit stay; lost ones are counted."""
    person = Person(conversation)
    person.all("写支付令异议书", "昨天", "▸都没有", "▸已经还清", "▸选好了")
    kept = person.stored["flow"]
    kept["version"] = "older"
    kept["answers"]["special"] = ["gone_choice"]
    kept["answers"]["no_such_question"] = "x"
    person.say("为什么问")
    assert "有 2 条回答" in person.heard
    assert "有没有下面这些情况" in person.heard
    assert person.answers["grounds"] == ["paid"]
    assert person.stored["flow"]["version"] == shipped_knowledge.flows["payment_order"].version


def test_interview_of_a_flow_that_is_gone_ends(conversation):
    """A flow that was removed leaves the chat in working order."""
    person = Person(conversation)
    person.stored = {"flow": {"flow": "dance", "version": "1", "began": NOW.isoformat()}}
    person.say("你好")
    assert person.heard
    person.command("cancel")
    assert person.heard


def test_danger_at_a_text_question_can_still_be_the_answer(conversation):
    """Alarming words leave the interview; one tap takes them as the answer that was asked for."""
    person = Person(conversation)
    person.all("写支付令异议书", "昨天", "▸都没有", "▸已经还清", "▸选好了", "救命")
    assert person.results[-1].session.article == "visit-04"
    person.tap("这句就是回答")
    assert "名称里一般有“法院”" in person.heard  # taken for the name of the court, and doubted


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("想申请延期", True),
        ("我想申请延期。", True),
        ("花呗申请延期", True),
        ("怎么申请延期", False),
        ("申请延期要什么材料", False),
        ("申请延期被拒了", False),
        ("申请延期有用吗？", False),
        ("我上个月已经跟客服说过想申请延期了他们一直没有答复我", False),
    ],
)
def test_wish_begins_a_form_and_a_question_does_not(conversation, text, begins):
    """Only a short wish opens a form; a question about it is answered."""
    person = Person(conversation)
    person.say(text)
    assert ("flow" in person.stored) is begins


def test_list_of_forms_shows_what_was_left(conversation):
    """/flows names every form and where something waits."""
    person = Person(conversation)
    person.all("写支付令异议书", "昨天")
    person.command("flows")
    assert "接着填：支付令异议书" in person.labels
    assert "一起填：延期还款申请书" in person.labels


def test_menu_puts_the_form_aside_with_a_way_back(conversation):
    """After /menu a message is a question again, and one tap leads back."""
    person = Person(conversation)
    person.all("写支付令异议书", "昨天")
    person.command("menu")
    assert "接着填：支付令异议书" in person.labels
    person.say("前天")
    assert person.answers == {"received": "2026-11-22"}


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.text() | st.none()))
def test_any_stored_interview_can_be_read(data):
    """Damaged data is no interview, never an error."""
    Interview.from_json({"flow": "x", "began": "2026-11-23T00:00:00+08:00", **data})
    Interview.from_json(data)
    Session.from_json({"flow": data, "saved": {"a": data}, "profile": data})


@given(st.text(max_size=60))
def test_own_words_cannot_become_marks_or_code(text):
    """What a person wrote is shown as written; it is never a template, a heading or bold."""
    templates = Templates()
    shown = templates.fill("{{ words }}", {"words": text})
    assert shown == for_chat(text).strip() or "\n\n\n" in for_chat(text)
    assert "**" not in shown
    assert not for_letter(text).startswith("#")


def test_own_full_stop_is_not_doubled():
    """A sentence of a person's joins the letter's without a second mark."""
    assert Templates().fill("{{ words | bare }}。", {"words": "还了。"}, letter=True) == "还了。"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ words.__init__.__globals__ }}",
        "{% for i in range(9) %}x{% endfor %}",
        "{% include 'x' %}",
        "{{ nothing }}",
    ],
)
def test_templates_reach_nothing(attack):
    """A template sees its answers and nothing of the machine."""
    with pytest.raises(TemplateBroken):
        Templates().fill(attack, {"words": "x"})


def test_every_sample_ends_where_it_should(shipped_knowledge):
    """No sample of a shipped flow is refused or stays half-way."""
    for flow in shipped_knowledge.flows.values():
        for sample in flow.samples:
            played = rehearse(flow, sample)
            assert not played.refused
            assert not isinstance(played.stage, Asking)
            assert flow.confirm or not isinstance(played.stage, Reviewing)
