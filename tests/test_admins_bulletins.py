"""/broadcast: to those who opted in, previewed, confirmed, each once, with a way out."""

import asyncio

import pytest
from doubles import small_knowledge
from doubles.office import ADMIN, STRANGER, Office
from doubles.scripted_transport import ScriptedTransport
from doubles.table_searcher import TableSearcher

from bot.chat.admins.bulletins import MAX_TEXT, Bulletins
from bot.chat.handler import UpdateHandler
from bot.chat.turns import Identity
from bot.content import Serving
from bot.conversation.engine import Conversation
from bot.delivery.limits import Limits
from bot.delivery.service import build_delivery
from bot.knowledge.loader import load_knowledge
from bot.store.memory import MemoryStore
from bot.store.rules import Pace
from bot.store.sqlite import open_sqlite
from tests.doubles.patience import until

READERS = (101, 102, 103)
TEXT = "有新规定，点菜单看看。"


class Version:
    """What serves, without a search."""

    def __init__(self, knowledge):
        self.knowledge = knowledge
        self.conversation = Conversation(knowledge, TableSearcher({}))


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """Four articles that serve."""
    folder = small_knowledge.build(tmp_path_factory.mktemp("k") / "knowledge")
    return Serving(Version(load_knowledge(folder)))


def open_office(serving, store=None, admins=(ADMIN,)):
    """A desk with /broadcast."""
    store = store or MemoryStore()
    return Office(serving, [Bulletins(store, serving).section()], admins=admins, store=store)


@pytest.fixture
async def office(serving):
    """Three people have opted in; one of them is out again."""
    office = open_office(serving)
    for person in (*READERS, 104):
        await office.press("i:y", person=person)
    await office.say("退订", person=104)
    return office


async def scheduled(office):
    """How many timers of bulletins are set."""
    found = [await office.store.about(str(person)) for person in (*READERS, 104)]
    return [len(about["scheduled"]) for about in found]


async def test_preview_count_and_confirmation(office):
    """The admin sees the words as people will, and how many they are; nothing is sent before."""
    preview, ask = await office.say(f"/broadcast {TEXT}")
    assert preview == TEXT
    assert "发给 3 人" in ask
    assert list(office.buttons) == ["发给 3 人", "不发"]
    assert await scheduled(office) == [0, 0, 0, 0]
    send = office.buttons["发给 3 人"]
    assert "开始发了，3 人" in (await office.press(send))[0]
    assert await scheduled(office) == [1, 1, 1, 0]
    (done,) = await office.store.deeds(9)
    assert (done.deed.person, done.deed.act) == (str(ADMIN), "broadcast")


async def test_second_confirmation_sends_nothing(office):
    """The button pressed twice, or long after, sets no timer again."""
    await office.say(f"/broadcast {TEXT}")
    send = office.buttons["发给 3 人"]
    await office.press(send)
    assert "已经发过了，发给了 3 人" in (await office.press(send))[0]
    assert await scheduled(office) == [1, 1, 1, 0]
    assert len(await office.store.deeds(9)) == 1


async def test_no_means_no(office):
    """After 不发 nothing is sent; an unknown key is an old draft."""
    await office.say(f"/broadcast {TEXT}")
    assert await office.press(office.buttons["不发"]) == ["好，没有发。"]
    assert "已经没有了" in (await office.press("ad:bc:nothing:y"))[0]
    assert await scheduled(office) == [0, 0, 0, 0]


async def test_telling_words_are_pointed_out(office):
    """A word that tells others of debts is named before the question."""
    _, ask = await office.say("/broadcast 网贷逾期的看过来")
    assert "“逾期、网贷”" in ask
    _, ask = await office.say(f"/broadcast {TEXT}")
    assert "锁屏" not in ask


async def test_empty_or_long_or_to_nobody(office, serving):
    """Without words the command explains itself; too long is refused; nobody is nobody."""
    assert "/broadcast 后面接着写" in (await office.say("/broadcast"))[0]
    assert "太长了" in (await office.say("/broadcast " + "好" * (MAX_TEXT + 1)))[0]
    assert office.buttons == {}
    empty = open_office(serving)
    assert "没有人要收" in (await empty.say(f"/broadcast {TEXT}"))[0]


async def test_strangers_and_former_admins_send_nothing(office, serving):
    """For a stranger the command and the button do not exist; nor for a former admin."""
    await office.say(f"/broadcast {TEXT}")
    send = office.buttons["发给 3 人"]
    one, two, three, four, five = range(STRANGER, STRANGER + 5)  # nobody is told a thing twice
    unknown = await office.say("/nonsense", person=one)
    assert await office.say(f"/broadcast {TEXT}", person=two) == unknown
    old = await office.press("nonsense", person=three)
    assert await office.press(send, person=four) == old
    former = open_office(serving, office.store, admins=(1,))
    former.updates = office.updates
    assert await former.press(send) == old
    assert await former.say(f"/broadcast {TEXT}", person=five) == unknown
    assert await scheduled(office) == [0, 0, 0, 0]
    assert await office.store.deeds(9) == ()


class Cut(ScriptedTransport):
    """Carries everything out; from the so-manieth bulletin on, its answer never comes."""

    def __init__(self, most, arrived):
        super().__init__()
        self.most = most
        self.arrived = arrived

    async def call(self, call):
        """Notes who got a bulletin."""
        if call.params.get("text") == TEXT and "reply_markup" in call.params:
            self.arrived.append(str(call.params["chat_id"]))
            if len(self.arrived) >= self.most:
                await asyncio.Event().wait()
        return await super().call(call)


async def test_each_gets_it_once_though_the_process_dies_in_the_middle(serving, tmp_path):
    """A process dies with bulletins under way; the next sends the rest, and none a second time."""
    path = tmp_path / "bot.db"
    people = [str(person) for person in range(200, 212)]
    pace = Pace(lane_per_second=None, per_second=None)
    limits = Limits(pace=pace, timer_poll=0.02, poll=0.02)
    handler = UpdateHandler(serving, Identity(99, "bot"))
    arrived = []
    async with open_sqlite(path) as store:
        office = open_office(serving, store)
        for person in people:
            await office.press("i:y", person=int(person))
        await office.say(f"/broadcast {TEXT}")
        await office.press(office.buttons[f"发给 {len(people)} 人"])
        first = build_delivery(store, Cut(5, arrived), handler, limits=limits)
        dying = asyncio.create_task(first.run(asyncio.Event()))
        await until(lambda: len(arrived) >= 6)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    assert 6 <= len(arrived) < len(people)
    async with open_sqlite(path) as store:
        second = build_delivery(store, Cut(99, arrived), handler, limits=limits)
        async with second.running():
            await until(lambda: len(arrived) >= len(people))
    assert sorted(arrived) == people
