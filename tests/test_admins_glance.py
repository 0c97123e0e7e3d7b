"""/admin and the weekly digest: today in words, the week as a picture, every Monday if wanted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from doubles import small_knowledge
from doubles.office import ADMIN, STRANGER, Office
from doubles.table_searcher import TableSearcher

from bot.chat.admins.glance import Glance
from bot.content import Serving
from bot.conversation.engine import Conversation
from bot.knowledge.loader import load_knowledge
from bot.search.decide import Outcome
from bot.store.memory import MemoryStore
from tests.doubles.hand_clock import HandClock

ZONE = ZoneInfo("Asia/Shanghai")
AT = 1_790_000_000
"""When the office's messages are sent: Monday, 21 September 2026, 22:13 in Shanghai."""
NEXT_MONDAY = datetime(2026, 9, 28, 1, tzinfo=UTC).timestamp()
DIGEST_ON, DIGEST_DUE, DIGEST_OFF = "ad:digest:on", "ad:digest:due", "ad:digest:off"


class Version:
    """What serves, over a table."""

    def __init__(self, knowledge, table):
        self.knowledge = knowledge
        self.searcher = TableSearcher(table)
        self.conversation = Conversation(knowledge, self.searcher)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """Four articles."""
    return load_knowledge(small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge"))


@pytest.fixture(autouse=True)
def clock():
    """Time stands still when the messages are sent; the store's can be moved."""
    with time_machine.travel(AT, tick=False):
        yield HandClock(AT)


def open_office(knowledge, clock, *, draws=True, admins=(ADMIN,), store=None):
    """A desk with /admin."""
    serving = Serving(Version(knowledge, {"二": (Outcome.ANSWER, "visit-02")}))
    store = store or MemoryStore(clock=clock)
    glance = Glance(store, serving, ZONE, draws=draws).section()
    return Office(serving, [glance], admins=admins, store=store)


@pytest.fixture
def office(knowledge, clock):
    """With a font."""
    return open_office(knowledge, clock)


async def test_today_and_the_week(office):
    """People, questions and what waits in words; the same week as one picture."""
    await office.say("二", person=STRANGER)
    await office.say("没人答得上的话", person=STRANGER)
    await office.press("f:visit-02:0", person=STRANGER)
    (said,) = await office.say("/admin")
    assert "今天 9月21日" in said
    assert "1 人，2 个问题" in said
    assert "直接回答 1，紧急 0，让选 0，追问 0，没答上 1" in said
    assert "等你看的没答好：1 组" in said
    assert "说有用 0，说没用 1" in said
    (picture,) = [call for call in office.handled.calls if call.method == "sendPhoto"]
    assert picture.recipe["make"] == "figures_png"
    assert picture.recipe["data"]["days"]["rows"][-1]["total"] == 2
    assert "缓缓这一周" in picture.fallback.params["text"]
    assert list(office.buttons) == ["看没答好的问题", "每周一发给我", "不用每周发"]


async def test_without_a_font_the_week_comes_in_words(knowledge, clock):
    """No picture is tried where none can be drawn."""
    office = open_office(knowledge, clock, draws=False)
    today, week = await office.say("/admin")
    assert "今天" in today
    assert "缓缓这一周 9月15日–9月21日" in week
    assert {call.method for call in office.handled.calls} == {"sendMessage"}


async def test_what_is_answered_by_now_does_not_wait(knowledge, clock, office):
    """A question that found nothing, and would find its article today, is settled."""
    await office.say("没人答得上的话", person=STRANGER)
    table = {"没人答得上的话": (Outcome.ANSWER, "visit-02")}
    better = Serving(Version(knowledge, table))
    later = Office(
        better, [Glance(office.store, better, ZONE, draws=False).section()], store=office.store
    )
    later.updates = office.updates
    today, _ = await later.say("/admin")
    assert "等你看的没答好：0 组" in today


async def timers(office):
    """The timers of the admin's chat."""
    return (await office.store.about(str(ADMIN)))["scheduled"]


async def test_digest_comes_every_monday_for_who_wants_it(office):
    """A tap sets the timer, its firing sends the week before and sets the next, a tap ends it."""
    await office.say("/admin")
    await office.press(office.buttons["每周一发给我"])
    await office.press(DIGEST_ON)
    (timer,) = await timers(office)
    assert (timer["not_before"], timer["payload"]) == (NEXT_MONDAY, {"action": DIGEST_DUE})
    await office.press(DIGEST_DUE)
    assert [call.method for call in office.handled.calls] == ["sendMessage", "sendPhoto"]
    (picture,) = [call for call in office.handled.calls if call.recipe]
    assert picture.recipe["data"]["subtitle"].startswith("9月14日–9月20日")
    assert len(await timers(office)) == 1
    await office.press(office.buttons["不用每周发"])
    assert await timers(office) == []
    acts = [done.deed.act for done in await office.store.deeds(9)]
    assert acts == ["digest_off", "digest_on", "digest_on"]


async def test_digest_ends_with_the_office(knowledge, clock, office):
    """The timer of a former admin tells nothing, and sets no other."""
    await office.press(DIGEST_ON)
    clock.forward(NEXT_MONDAY - AT)
    assert await office.store.fire(limit=9) == 1
    later = open_office(knowledge, clock, admins=(1,), store=office.store)
    (claim,) = await office.store.claim("o", limit=9, lease=9)
    handled = later.handler(claim.item, claim.session)
    assert (handled.calls, handled.schedule) == ((), ())


@pytest.mark.parametrize("data", [DIGEST_ON, DIGEST_DUE, DIGEST_OFF])
async def test_strangers_and_former_admins_get_nothing(knowledge, clock, office, data):
    """A stranger's /admin is an unknown command, a forged button an old one; so for the former."""
    one, two, three, four = range(STRANGER, STRANGER + 4)  # nobody is told a thing twice
    unknown = await office.say("/nonsense", person=one)
    assert await office.say("/admin", person=two) == unknown
    old = await office.press("nonsense", person=three)
    assert await office.press(data, person=four) == old
    former = open_office(knowledge, clock, admins=(1,), store=office.store)
    former.updates = office.updates
    assert await former.press(data) == old
    assert "没有这个命令" in (await former.say("/admin"))[0]
    assert await timers(office) == []
    assert await office.store.deeds(9) == ()
