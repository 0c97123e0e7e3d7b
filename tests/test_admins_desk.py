"""The admins' desk: who may ask, what waits for a button, what is written down."""

import pytest
from doubles import small_knowledge
from doubles.office import ADMIN, STRANGER, Office
from doubles.table_searcher import TableSearcher

from bot.chat.admins.desk import AdminDesk
from bot.chat.admins.history import History
from bot.chat.admins.request import Outcome, Section, button, timer_action
from bot.clock import now
from bot.content import Serving
from bot.conversation.engine import Conversation
from bot.conversation.turn import Kind, Paragraph, Reply, Turn
from bot.delivery.service import build_delivery
from bot.knowledge.loader import load_knowledge
from bot.store.memory import MemoryStore
from bot.store.port import Deed
from tests.doubles.patience import until
from tests.doubles.scripted_transport import ScriptedTransport

OTHER = 9
GROUP = {"id": -5, "type": "supergroup", "title": "群"}
NOBODYS = "ad:nobody-made-this"


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


class Shredder:
    """A section that destroys things once they are confirmed."""

    def __init__(self):
        self.destroyed = []

    def section(self):
        """For the desk."""
        return Section({"shred": self.ask}, {"shred": self.do}, self.take)

    async def ask(self, request):
        """Asks back."""
        sure = button("碎掉", "shred", request.token)
        reply = Reply((Paragraph(f"碎掉{request.text}？"),), ((sure,),))
        return Outcome((reply,), pending={request.token: {"what": request.text}})

    async def do(self, request):
        """Does it."""
        if request.pending is None:
            return Outcome((Reply((Paragraph("太晚了"),)),), "太晚了")
        self.destroyed.append(request.pending["what"])
        deed = Deed(str(request.admin), "shred", request.pending["what"], "v1")
        return Outcome((), "碎了", (deed,), {request.arguments[0]: None})

    async def take(self, request):
        """Takes a file."""
        return Outcome((Reply((Paragraph(f"收到{request.file.name}"),)),))


@pytest.fixture
def shredder():
    """The section."""
    return Shredder()


@pytest.fixture
def office(serving, shredder):
    """The desk with one admin."""
    return Office(serving, [shredder.section()])


async def test_confirmed_act_is_done_once_and_written_down(office, shredder):
    """A command asks back, its button does it, the same button again finds nothing to do."""
    assert await office.say("/shred 旧稿") == ["碎掉旧稿？"]
    sure = office.buttons["碎掉"]
    await office.press(sure)
    assert (office.toast, shredder.destroyed) == ("碎了", ["旧稿"])
    assert await office.press(sure) == ["太晚了"]
    assert shredder.destroyed == ["旧稿"]
    (done,) = await office.store.deeds(9)
    assert done.deed == Deed(str(ADMIN), "shred", "旧稿", "v1")


async def test_pending_act_outlives_a_restart_and_other_talk(office, serving, shredder):
    """Between question and button the admin may chat, and the process may be another."""
    await office.say("/shred 旧稿")
    sure = office.buttons["碎掉"]
    await office.say("你好")
    later = Office(serving, [shredder.section()], store=office.store)
    later.updates = office.updates
    await later.press(sure)
    assert shredder.destroyed == ["旧稿"]


async def test_deleting_everything_takes_back_what_waits(office, shredder):
    """After /delete, confirmed, the old button of an act does nothing any more."""
    await office.say("/shred 旧稿")
    sure = office.buttons["碎掉"]
    await office.say("/delete")
    await office.press("z:y")
    await office.press(sure)
    assert shredder.destroyed == []


async def test_only_the_newest_questions_wait(office, shredder):
    """An admin who leaves many questions open can still confirm the last, not the first."""
    await office.say("/shred 第一")
    first = office.buttons["碎掉"]
    for number in range(8):
        await office.say(f"/shred {number}")
    last = office.buttons["碎掉"]
    await office.press(first)
    await office.press(last)
    assert shredder.destroyed == ["7"]


@pytest.mark.parametrize("command", ["/shred 旧稿", "/history", "/shred@bot 旧稿"])
async def test_command_does_not_exist_for_a_stranger(office, serving, command):
    """Anybody else gets exactly what an unknown command gets."""
    unknown = await office.say("/nonsense", person=OTHER)
    assert await office.say(command, person=STRANGER) == unknown
    assert "desk" not in office.handled.session


async def test_forged_button_is_an_old_button(office, shredder):
    """A stranger who sends the data of a button gets what any old button gets."""
    await office.say("/shred 旧稿")
    sure = office.buttons["碎掉"]
    old = await office.press("nonsense", person=OTHER)
    assert await office.press(sure, person=STRANGER) == old
    assert shredder.destroyed == []


async def test_former_admin_is_a_stranger(office, serving, shredder):
    """Who is no longer in ADMIN_IDS cannot finish with an old button, nor begin anew."""
    await office.say("/shred 旧稿")
    sure = office.buttons["碎掉"]
    later = Office(serving, [shredder.section()], admins=(1,), store=office.store)
    later.updates = office.updates
    assert await later.press(sure) == await later.press("nonsense", person=STRANGER)
    said = [await later.say("/shred 旧稿"), await later.say("/nonsense", person=STRANGER)]
    assert said[0] == said[1]
    assert shredder.destroyed == []


async def test_desk_is_closed_in_groups(office, shredder):
    """In a group nobody sees that an admin has more commands, not even the admin."""
    await office.say("/shred 旧稿")
    sure = office.buttons["碎掉"]
    unknown = await office.say("/nonsense", chat={**GROUP, "id": -6})
    assert await office.say("/shred 旧稿", chat=GROUP) == unknown
    await office.press(sure, chat=GROUP)
    assert shredder.destroyed == []


async def test_admin_is_a_person_too(office):
    """What the desk does not know is answered as for anybody."""
    for data in (NOBODYS, "ad", "ad:", "a:visit-02"):
        assert await office.press(data) == await office.press(data, person=STRANGER)
    assert await office.say("/menu") == await office.say("/menu", person=STRANGER)
    assert await office.say("你好") == await office.say("你好", person=STRANGER)


async def test_file_goes_to_its_section_for_admins_only(office):
    """An admin's document is taken; a stranger is told that files cannot be read."""
    assert await office.send("visit-02.md") == ["收到visit-02.md"]
    (answer,) = await office.send("visit-02.md", person=STRANGER)
    assert answer.startswith("我打不开文件")


def test_two_sections_cannot_have_one_name(serving, shredder):
    """A command that two modules want stops the start."""
    with pytest.raises(ValueError, match="shred"):
        AdminDesk([ADMIN], serving, [shredder.section(), Section({"shred": shredder.ask})])


async def test_timer_of_an_admin_comes_back_to_the_desk(serving, shredder):
    """A timer in an admin's lane is a request; in anybody else's it is nothing."""
    desk = AdminDesk([ADMIN], serving, [shredder.section()])

    def fallen(lane):
        action = timer_action("shred", "x")
        return Turn(lane=lane, person=None, kind=Kind.TIMER, at=now(), action=action)

    assert desk.request(fallen(str(ADMIN)), -1, {}).arguments == ("x",)
    assert desk.request(fallen(str(STRANGER)), -1, {}) is None
    assert desk.request(fallen("-5"), -1, {}) is None


async def test_history_tells_who_did_what(serving, shredder):
    """/history lists the last acts, newest first; before any, it says so."""
    store = MemoryStore()
    history = History(store, serving, now().astimezone().tzinfo).section()
    office = Office(serving, [shredder.section(), history], store=store)
    assert await office.say("/history") == ["还没有人改过什么。"]
    for what in ("甲", "乙"):
        await office.say(f"/shred {what}")
        await office.press(office.buttons["碎掉"])
    (listed,) = await office.say("/history")
    assert listed.index("乙") < listed.index("甲")
    assert f"{ADMIN} shred 乙（版本 v1）" in listed


async def test_act_that_is_cut_off_is_done_by_the_next_process(serving, shredder):
    """A process that dies while it works for an admin leaves the request to the next."""
    office = Office(serving, [shredder.section()])
    await office.say("/shred 旧稿")
    update = {"message": {"text": "/shred 新稿"}}
    message = {
        "message_id": 4,
        "date": 1_790_000_000,
        "chat": {"id": ADMIN, "type": "private"},
        "from": {"id": ADMIN, "is_bot": False, "first_name": "某"},
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        **update["message"],
    }
    await office.store.receive(50, str(ADMIN), {"update": {"update_id": 50, "message": message}})
    await office.store.claim("dead", limit=1, lease=60)
    await office.store.release("dead")
    transport = ScriptedTransport()
    delivery = build_delivery(office.store, transport, office.handler)
    async with delivery.running():
        await until(lambda: "碎掉新稿？" in transport.texts())
