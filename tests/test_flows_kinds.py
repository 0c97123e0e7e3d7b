"""The nine kinds of conversation, and every hard stop, for each of the shipped interviews.

What is special about one flow is in a file of its own; here each flow goes through the same turns.
"""

from datetime import UTC, datetime

import pytest
from doubles.person import Person
from doubles.table_searcher import TableSearcher

from bot.conversation.engine import Conversation
from bot.flows import engine
from bot.flows.engine import Asking, Stopped
from bot.flows.interview import Interview
from bot.flows.rehearsal import rehearse
from bot.knowledge.flow_model import Type
from bot.search.decide import Outcome

FLOWS = ("visit_now", "capacity", "extension", "instalment", "prove", "payment_order")
QUESTION = "这个要花钱吗？"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

CORRECTIONS = {
    "visit_now": ("hurt", "child", "child"),
    "capacity": ("wage", "9000", "9000.00"),
    "extension": ("balance", "1.5万", "15000.00"),
    "instalment": ("months", "50", "50"),
    "prove": ("dispute", "手续费不对", "手续费不对"),
    "payment_order": ("court", "另一家人民法院", "另一家人民法院"),
}
"""What is corrected late, how, and what is kept then."""

BRANCHES = {
    "visit_now": ("situation", "threat", "outside", {"hurt", "mine"}, set()),
    "capacity": ("swing", "swings", "stable", set(), {"lowest"}),
    "extension": ("status", "more", "d30", {"tone"}, {"last_paid"}),
    "instalment": ("savings", "0", "8000", {"down"}, set()),
    "prove": ("notice", "no", "yes", {"notice_day", "notice_how"}, set()),
    "payment_order": ("received", "2026-11-01", "2026-11-22", set(), {"obstacle"}),
}
"""A question, an answer that leads elsewhere, the one before, and what goes and comes with it."""


@pytest.fixture(params=FLOWS)
def flow(request, shipped_knowledge):
    """Each shipped interview."""
    return shipped_knowledge.flows[request.param]


@pytest.fixture
def conversation(shipped_knowledge):
    """The real one; one question is known to the search."""
    return Conversation(shipped_knowledge, TableSearcher({QUESTION: (Outcome.ANSWER, "scope-03")}))


@pytest.fixture
def person(conversation, flow):
    """Somebody at noon, with the sums that the flow's first sample begins with."""
    person = Person(conversation, NOON)
    sample = flow.samples[0]
    known = {key[6:]: value for key, value in sample.items() if key.startswith("known.")}
    person.stored = {"profile": known}
    person.press(f"w:{flow.code}")
    return person


def state(person, flow):
    """Interview, scope and stage, as they are kept."""
    kept = person.stored.get("flow") or person.stored["saved"][flow.id]
    interview = Interview.from_json(kept).informed(person.stored.get("profile", {}))
    scope = engine.scope_of(flow, interview, person.now)
    return interview, scope, engine.stage(flow, interview, scope)


def answer(person, flow, path, text):
    """Answers a question as the sample has it: by button where that is a choice, else in words."""
    _, scope, _ = state(person, flow)
    asked = engine.find(path, scope)
    keys = {choice.key for choice in asked.choices} | {"yes", "no", "unsure"}
    if text is None:
        return person.press(f"j:{flow.code}:s:{path}")
    if text not in keys:
        return person.say(text)
    verb = "t" if asked.question.type is Type.MULTI else "q"
    alone = any(choice.key == text and choice.alone for choice in asked.choices)
    heard = person.press(f"{verb}:{flow.code}:{path}:{text}")
    return person.press(f"j:{flow.code}:m:{path}") if verb == "t" and not alone else heard


def walk(person, flow, steps=99, before=lambda _path: None):
    """Answers from the first sample, so many questions; ``before`` each one is something done."""
    for _ in range(steps):
        _, _, stage = state(person, flow)
        if not isinstance(stage, Asking):
            return
        before(stage.asked.path)
        answer(person, flow, stage.asked.path, flow.samples[0].get(stage.asked.path))


def ended(person):
    """Whether the interview has given what it gives."""
    return any(event.kind == "flow_done" for event in person.results[-1].events)


def finish(person, flow):
    """All answers and the confirmation."""
    walk(person, flow)
    if flow.confirm:
        assert "不编造证明" in person.heard
        person.tap("确认属实")


def test_review_shows_every_label_whole(person, flow):
    """Two buttons share a line of a phone only where both are short, whatever they correct."""
    walk(person, flow)
    rows = [row for reply in person.replies for row in reply.buttons]
    assert rows
    assert [row for row in rows if len(row) > 1 and max(len(b.label) for b in row) > 8] == []


def test_happy_way(person, flow):
    """From the first question to papers, texts, and what to do with them."""
    finish(person, flow)
    assert ended(person)
    assert any(reply.papers for reply in person.results[-1].replies)
    for text in flow.texts:
        assert text.title in person.heard or text.when is not None
    assert "{{" not in person.heard
    assert "{%" not in person.heard


def test_progress_and_ways_out_at_every_question(person, flow):
    """Each question says how far it is and offers 为什么问, 退出并保存, and 上一步 from the second."""

    def look(_path):
        _, _, stage = state(person, flow)
        assert stage.total == 1 or f"{stage.number}/{stage.total}" in person.heard
        assert {"为什么问", "退出并保存"} <= set(person.labels)
        assert ("上一步" in person.labels) is (stage.number > 1)
        assert ("跳过" in person.labels) is stage.asked.question.optional

    walk(person, flow, before=look)


def test_every_question_says_why(flow):
    """Whoever wonders why something is asked gets a reason, not an excuse."""
    every = [inner for question in flow.questions for inner in question.questions or (question,)]
    assert [question.name for question in every if not question.why] == []


def test_disqualifiers_are_asked_first(flow):
    """What ends an interview for good is among its first three questions."""
    first = [question.name for question in flow.questions[:3]]
    assert flow.id == "visit_now" or "special" in first


def test_late_correction(person, flow):
    """At the end one answer is changed: that one alone, and nothing is asked again."""
    path, text, value = CORRECTIONS[flow.id]
    finish(person, flow)
    before = dict(person.answers)
    person.press(f"j:{flow.code}:e:{path}")
    answer(person, flow, path, text)
    assert person.answers == {**before, path: value}
    assert "改好了" in person.heard
    _, _, stage = state(person, flow)
    assert not isinstance(stage, Asking)


def test_correction_that_changes_the_branch_and_back(person, flow):
    """Other questions come and go with an answer; put back, the old answers are there again."""
    path, other, old, gone, come = BRANCHES[flow.id]
    finish(person, flow)
    before = {place.path for place in state(person, flow)[1].asked}
    answers = dict(person.answers)
    person.press(f"j:{flow.code}:e:{path}")
    answer(person, flow, path, other)
    after = {place.path for place in state(person, flow)[1].asked}
    assert before - after == gone
    assert after - before == come
    person.press(f"j:{flow.code}:e:{path}")
    answer(person, flow, path, old)
    assert person.answers == answers
    assert not isinstance(state(person, flow)[2], Asking)


def test_cancel_and_coming_back(person, flow):
    """/cancel in the middle keeps the answers; the next day the same question is open."""
    walk(person, flow, 1)
    path = state(person, flow)[2].asked.path
    answers = dict(person.answers)
    person.command("cancel")
    assert "停下了" in person.heard
    assert person.stored.get("flow") is None
    person.now = NOON.replace(day=24)
    person.press(f"q:{flow.code}:none:x")  # whatever it is, it loses nothing
    person.press(f"j:{flow.code}:k:")
    assert person.answers == answers
    assert state(person, flow)[2].asked.path == path


def test_question_in_the_middle_of_every_question(person, flow):
    """Asked at any question, it is answered, and the same question stands below again."""

    def ask(path):
        answers = dict(person.stored["flow"].get("answers", {}))
        person.say(QUESTION)
        assert len(person.results[-1].replies) == 2
        assert person.results[-1].session.article == "scope-03"
        assert person.stored["flow"].get("answers", {}) == answers
        assert state(person, flow)[2].asked.path == path

    walk(person, flow, before=ask)


def test_bad_input_at_every_question(person, flow):
    """What is no answer is told and asked again; nothing of it is kept."""

    def spoil(path):
        person.say("。。。")
        _, _, stage = state(person, flow)
        assert stage.asked.path == path
        assert path not in person.stored["flow"].get("answers", {})
        assert stage.total == 1 or f"{stage.number}/{stage.total}" in person.heard

    walk(person, flow, before=spoil)


def test_old_button_corrects_its_answer_or_says_so(person, flow):
    """A button of an answered question edits it; one of a question that plays no part says that."""
    walk(person, flow, 2)
    first = flow.questions[0]
    person.press(f"j:{flow.code}:e:{first.name}")
    person.press(f"j:{flow.code}:k:")
    if first.type is Type.DATE:
        person.edit(2, "前天")
    else:
        other = next(c for c in first.choices if c.key != flow.samples[0][first.name])
        verb = "t" if first.type is Type.MULTI else "q"
        person.press(f"{verb}:{flow.code}:{first.name}:{other.key}")
        if first.type is Type.MULTI and not other.alone:
            person.press(f"j:{flow.code}:m:{first.name}")
    assert "改好了" in person.heard
    person.press(f"q:{flow.code}:no_such:yes")
    assert "不用答了" in person.heard


def test_restart_at_every_question(person, flow, shipped_knowledge):
    """Every turn meets a bot that has just been started and knows only what was stored."""

    def restart(_path):
        person.conversation = Conversation(shipped_knowledge, TableSearcher({}))

    walk(person, flow, before=restart)
    _, _, stage = state(person, flow)
    assert not isinstance(stage, Asking | Stopped)


def test_same_press_twice(person, flow):
    """A button that was pressed twice counts once, at the first question and at the end."""
    first = flow.questions[0]
    if first.type is Type.ENUM:
        data = f"q:{flow.code}:{first.name}:{flow.samples[0][first.name]}"
        person.press(data)
        before = person.stored
        person.press(data)
        assert person.stored == before
        assert person.results[-1].toast
        assert person.results[-1].replies == ()
    finish(person, flow)
    before = person.stored
    if flow.confirm:
        person.press(f"j:{flow.code}:c:")
    else:
        person.press(f"q:{flow.code}:situation:outside")
    assert person.stored == before


def test_hard_stops(shipped_knowledge, conversation, flow):
    """Each stop ends without a paper, says why, and offers to look at the answers again."""
    reached = set()
    for sample in flow.samples:
        played = rehearse(flow, sample)
        if not isinstance(played.stage, Stopped):
            continue
        reached.add(played.stage.stop.say)
        person = Person(conversation, NOON)
        known = {key[6:]: value for key, value in sample.items() if key.startswith("known.")}
        person.stored = {"profile": known}
        person.press(f"w:{flow.code}")
        while isinstance(state(person, flow)[2], Asking):
            path = state(person, flow)[2].asked.path
            answer(person, flow, path, sample.get(path))
        assert person.stored.get("flow") is None
        assert not any(reply.papers for reply in person.results[-1].replies)
        assert "回头改回答" in person.labels
        assert "{{" not in person.heard
    assert reached == {stop.say for stop in flow.stops}


def test_edited_message_corrects_its_answer(person, flow):
    """Telegram's edit of a message changes the answer it gave, wherever the interview stands."""
    path, text, value = CORRECTIONS[flow.id]
    if flow.id == "visit_now":
        path, text, value = "situation", "已经走了", "gone"
        person.say("还在门外")
        heard = person.messages
    else:
        walk(person, flow)
        person.press(f"j:{flow.code}:e:{path}")
        person.say(flow.samples[0][path])
        heard = person.messages
    person.edit(heard, text)
    assert person.answers[path] == value
