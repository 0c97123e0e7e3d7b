"""The dashboard: counts of five people at least, and no way to anything else."""

import json
import re
import sqlite3

import pytest
from doubles.records import people, record

from bot.clock import now
from bot.dashboard.charts import draw
from bot.dashboard.service import create_dashboard, refresh
from bot.errors import StorageUnavailable
from bot.figures.aggregates import LEAST, Aggregates, Span, write_aggregates
from bot.figures.count import last_days
from bot.figures.unanswered import group_unanswered
from bot.settings import load_settings
from bot.store.port import Handled, Happening
from bot.store.sqlite import open_sqlite, read_events
from tests.doubles.records import DAY

SECRET = "只有我一个人问过的一句话"
ZONE = load_settings().timezone
SPAN = Span(last_days(DAY.date(), 7), ZONE)
QUERIES = (
    "questions_per_day",
    "top_articles",
    "useless_share",
    "useless_reasons",
    "flow_drop_off",
    "unanswered_clusters",
    "speed",
)
MANY = (
    *people("answer", 6, article="visit-01", took=0.02),
    *people("none", 5, text="大家都问的一句话"),
    *people("feedback", 5, article="visit-01", value="0"),
    *people("feedback_why", 5, article="visit-01", value="long"),
    *people("flow_begun", 7, value="instalment"),
    *people("flow_step", 6, value="instalment:product"),
)
FEW = (
    *people("urgent", 4, article="visit-02"),
    *people("feedback", 4, article="visit-02", value="0"),
    *people("feedback_why", 4, article="visit-02", value="wrong"),
    *people("flow_done", 4, value="instalment"),
    *people("flow_step", 4, value="instalment:principal"),
    record("none", text=SECRET),
    record("clarify", "x", text=SECRET, day=-1),
    *people("choose", 4, day=-2, took=1.0),
)


def tables(knowledge, rows):
    """The tables of some events."""
    return Aggregates(rows, group_unanswered(rows), knowledge, SPAN).tables()


@pytest.fixture
async def dashboard(tmp_path, shipped_knowledge):
    """Datasette over figures of many and of few."""
    path = tmp_path / "figures.db"
    write_aggregates(path, tables(shipped_knowledge, (*MANY, *FEW)))
    made = create_dashboard(path)
    await made.invoke_startup()
    yield made
    for database in made.databases.values():
        database.close()


async def page(dashboard, path):
    """Status and text of a page."""
    response = await dashboard.client.get(path)
    return response.status_code, response.text


async def rows(dashboard, query):
    """What a query gives."""
    _, text = await page(dashboard, f"/figures/{query}.json?_shape=array")
    return json.loads(text)


async def test_every_query_has_rows_and_a_chart(dashboard):
    """Each canned query runs, and is drawn on its page and on the first page."""
    status, first = await page(dashboard, "/")
    assert status == 200
    assert first.count("<svg class=") >= len(QUERIES)
    for query in QUERIES:
        assert await rows(dashboard, query), query
        status, text = await page(dashboard, f"/figures/{query}")
        assert (status, '<svg class="chart"' in text) == (200, True), query


async def test_figures_are_right(dashboard):
    """What the queries say is what happened."""
    assert await rows(dashboard, "questions_per_day") == [
        {"day": "2026-11-23", "label": "直接回答", "questions": 6, "outcome": "answer"},
        {"day": "2026-11-23", "label": "没答上", "questions": 6, "outcome": "none"},
    ]
    (useless,) = await rows(dashboard, "useless_share")
    assert (useless["id"], useless["useless_percent"], useless["judged"]) == ("visit-01", 100, 5)
    assert [row["people"] for row in await rows(dashboard, "flow_drop_off")] == [7, 6]
    assert await rows(dashboard, "unanswered_clusters") == [
        {"cluster": "第 1 组", "people": 5, "times": 5}
    ]


async def test_groups_under_five_are_hidden(dashboard):
    """Nothing that fewer than five people did is in any table."""
    found = {query: json.dumps(await rows(dashboard, query)) for query in QUERIES}
    assert "urgent" not in found["questions_per_day"]
    assert "choose" not in found["questions_per_day"]
    assert "visit-02" not in found["top_articles"] + found["useless_share"]
    assert "不对" not in found["useless_reasons"]
    assert "写完" not in found["flow_drop_off"]
    assert "2026-11-21" not in found["speed"]


def test_few_people_leave_empty_tables(shipped_knowledge):
    """Four of everything is nothing."""
    made = tables(shipped_knowledge, FEW)
    assert {name for name, found in made.items() if found} == {"about"}
    assert LEAST == 5


async def test_no_words_and_no_chats_are_in_the_file(dashboard, tmp_path):
    """Neither what people wrote nor their pseudonyms are anywhere in the file of figures."""
    content = (tmp_path / "figures.db").read_bytes()
    for word in (SECRET, "大家都问的一句话", "p0"):
        assert word.encode() not in content


@pytest.mark.parametrize(
    "path",
    [
        "/bot",
        "/bot/inbox",
        "/figures/inbox",
        "/figures/event",
        "/figures/session",
        "/figures/subscription",
        "/figures.db",
        "/_internal",
        "/figures?sql=select+1",
        "/figures.json?sql=select+name+from+sqlite_master",
    ],
)
async def test_private_tables_are_out_of_reach(dashboard, path):
    """No address leads to a private table, to the file itself, or to SQL of one's own."""
    status, text = await page(dashboard, path)
    assert status in {403, 404}
    assert SECRET not in text


async def test_nothing_comes_from_elsewhere(dashboard):
    """No page fetches a script, a style or a picture from another host."""
    for path in ("/", "/figures", *(f"/figures/{query}" for query in QUERIES)):
        _, text = await page(dashboard, path)
        hosts = re.findall(r'(?:src|href|action)="(?:https?:)?//([^/"]+)', text)
        assert set(hosts) <= {"localhost"}, path
        assert "@import" not in text


async def test_file_is_brought_up_to_date_while_it_is_read(tmp_path, shipped_knowledge):
    """A second writing shows in the same dashboard; the numbers are not added up."""
    path = tmp_path / "figures.db"
    await write(path, shipped_knowledge, ())
    made = create_dashboard(path)
    await made.invoke_startup()
    assert await rows(made, "top_articles") == []
    _, first = await page(made, "/")
    assert "还没有够五个人的数字" in first
    await write(path, shipped_knowledge, MANY)
    await write(path, shipped_knowledge, MANY)
    (article,) = await rows(made, "top_articles")
    assert article["shown"] == 6
    for database in made.databases.values():
        database.close()


async def write(path, knowledge, events):
    """Brings the file up to date from events that happened just now."""
    moment = now().timestamp()

    async def told(since):
        assert since < moment
        return tuple(
            type(row)(moment, row.lane, row.kind, row.article, row.value, row.text, row.took)
            for row in events
        )

    await refresh(path, told, knowledge, ZONE)


async def test_events_are_read_beside_the_running_bot(tmp_path):
    """Another process reads what is committed, and can change nothing."""
    path = tmp_path / "bot.db"
    with pytest.raises(StorageUnavailable):
        read_events(path, 0.0)
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {})
        (claim,) = await store.claim("o", limit=1, lease=9)
        await store.complete(claim, Handled(events=(Happening("open", article="a-1"),)))
        (row,) = read_events(path, 0.0)
        assert (row.kind, row.article, row.lane) == ("open", "a-1", store.pseudonym("x"))
    assert [row.kind for row in read_events(path, 0.0)] == ["open"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)
    connection.close()


def test_words_in_a_chart_are_escaped():
    """A title with markup in it is text; the scale of a share is a hundred."""
    bars = {"kind": "bars", "label": "title", "value": "n", "unit": "%", "most": 100}
    drawn = draw(bars, [{"title": "<b>", "n": 50}])
    assert "<b>" not in drawn
    assert 'width="320.0"' in drawn
    assert "50%" in drawn
    assert draw(bars, []) == ""
