"""What is counted: questions by outcome, articles, feedback, interviews and waiting."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from doubles.records import DAY, people, record

from bot.figures.count import article_figures, count, first_moment, last_days
from bot.store.memory import MemoryStore
from bot.store.port import Handled, Happening

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
WEEK = last_days(date(2026, 11, 29), 7)


def week(*rows):
    """The figures of the week that begins on Monday."""
    return count(rows, WEEK, SHANGHAI)


def test_days_are_those_of_the_zone():
    """A question at 23:59 in Shanghai belongs to that day, one at 00:00 to the next."""
    assert WEEK[0] == MONDAY
    before = record("answer", hour=11.99)
    after = record("answer", hour=12.01)
    figures = week(before, after)
    assert [day.questions for day in figures.days] == [1, 1, 0, 0, 0, 0, 0]
    assert first_moment(MONDAY, SHANGHAI) == DAY.timestamp() - 12 * 3600


def test_what_lies_outside_is_left_out():
    """Events before the first day and after the last do not count anywhere."""
    figures = week(record("answer", day=-1), record("answer", day=7, article="a-1"))
    assert (figures.questions, figures.people, figures.articles) == (0, 0, ())


def test_a_question_has_one_outcome():
    """A 都不是 after a choice is no second question; opening an article is none at all."""
    figures = week(
        record("choose"),
        record("none", value="none_of_these", text="x"),
        record("open", article="a-1"),
        record("none", "b", text="y"),
        record("flow_begun", "c", value="f"),
    )
    assert figures.outcomes == {"answer": 0, "urgent": 0, "choose": 1, "clarify": 0, "none": 1}
    assert (figures.questions, figures.people) == (2, 3)


def test_who_is_only_written_to_was_not_there():
    """Bulletins and reminders that went out make nobody a visitor."""
    figures = week(*people("bulletin", 9, value="k"), *people("reminder", 3), record("open", "x"))
    assert (figures.people, figures.days[0].people) == (1, 1)


def test_last_judgement_of_a_person_counts():
    """Whoever changes their mind is counted once; a reason tapped twice is one reason."""
    figures = week(
        record("answer", article="a-1"),
        record("feedback", article="a-1", value="1"),
        record("feedback", article="a-1", value="0", hour=1),
        record("feedback_why", article="a-1", value="long"),
        record("feedback_why", article="a-1", value="long"),
        record("feedback", "b", article="a-1", value="1"),
    )
    (article,) = figures.articles
    assert (article.useful, article.useless, dict(article.reasons)) == (1, 1, {"long": 1})
    assert (figures.useful, figures.useless, dict(figures.reasons)) == (1, 1, {"long": 1})


def test_articles_stand_in_the_order_of_their_views():
    """Shown at once, from a list or in danger: each is a view; people count once."""
    figures = week(
        record("open", article="b-1"),
        record("answer", article="a-1"),
        record("urgent", article="a-1"),
        record("more", article="b-1"),
    )
    assert [(item.id, item.shown, item.people) for item in figures.articles] == [
        ("a-1", 2, 1),
        ("b-1", 1, 1),
    ]


def test_interview_is_counted_in_people():
    """How many begun, answered each question, left where, and finished."""
    figures = week(
        *people("flow_begun", 4, value="f"),
        *people("flow_step", 3, value="f:name"),
        *people("flow_step", 3, value="f:name", hour=1),
        *people("flow_step", 2, value="f:sum"),
        record("flow_left", "p2", value="f:sum"),
        record("flow_done", "p0", value="f"),
        record("flow_stopped", "p1", value="f"),
    )
    (flow,) = figures.flows
    assert (flow.begun, flow.done, flow.stopped) == (4, 1, 1)
    assert flow.steps == (("name", 3), ("sum", 2))
    assert flow.left == {"sum": 1}


def test_waits_are_those_of_questions():
    """Half waited no longer than the median; opening an article is no question."""
    rows = [record("answer", took=number / 10) for number in range(1, 21)]
    figures = week(*rows, record("open", took=99.0), record("none", text="x"))
    assert (figures.waits.count, figures.waits.median, figures.waits.slowest) == (20, 1.0, 1.9)


def test_nothing_happened():
    """A week without anybody has seven days of nothing."""
    figures = week()
    assert len(figures.days) == 7
    assert (figures.questions, figures.people, figures.waits.count) == (0, 0, 0)


@pytest.mark.parametrize(("article", "shown"), [("a-1", 1), ("a-2", 0)])
async def test_article_figures_come_from_the_store(article, shown):
    """An article's figures are those of the last days; an article nobody saw has zeros."""
    now = DAY.timestamp()
    store = MemoryStore(clock=lambda: now)
    await store.receive(1, "x", {})
    (claim,) = await store.claim("o", limit=1, lease=9)
    await store.complete(claim, Handled(events=(Happening("answer", article="a-1"),)))
    found = await article_figures(store, article, now + 86400)
    assert (found.id, found.shown) == (article, shown)
    assert (await article_figures(store, article, now + 31 * 86400)).shown == 0
