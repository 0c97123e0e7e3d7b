"""What every store must do; run against each adapter."""

from dataclasses import replace

import pytest

from bot.errors import LeaseLost
from bot.store.port import (
    Attachment,
    Call,
    CallState,
    Deed,
    Draft,
    Handled,
    Happening,
    Publish,
    Record,
    Scheduled,
    Verdict,
    Wish,
)
from bot.store.rules import Pace, Retention
from tests.doubles.hand_clock import HandClock
from tests.doubles.stores import KINDS, open_kind

FREE = Pace(lane_per_second=None, per_second=None)
SENT = Verdict(CallState.SENT, message_id=7)
DAY = 86400


@pytest.fixture
def clock():
    """A clock moved by hand."""
    return HandClock()


@pytest.fixture(params=KINDS)
async def store(request, clock, tmp_path):
    """An empty store of each kind."""
    async with open_kind(request, tmp_path, clock=clock) as store:
        yield store


def say(text, **fields):
    """A text to a chat."""
    return Call("sendMessage", {"chat_id": 1, "text": text}, **fields)


async def claim(store, owner="a", limit=10, lease=30):
    """Claims inbox items."""
    return await store.claim(owner, limit=limit, lease=lease)


async def calls(store, owner="a", limit=10, pace=FREE, lease=60):
    """Claims calls."""
    return await store.claim_calls(owner, limit=limit, lease=lease, pace=pace)


async def handle(store, update_id, lane, handled):
    """Brings one update through the inbox."""
    await store.receive(update_id, lane, {"n": update_id})
    (one,) = [item for item in await claim(store) if item.item.update_id == update_id]
    await store.complete(one, handled)


async def test_update_is_kept_once(store):
    """The same update id is new only once, also after it is done."""
    assert await store.receive(5, "x", {"text": "hi"})
    assert not await store.receive(5, "x", {"text": "other"})
    (one,) = await claim(store)
    assert one.item.body == {"text": "hi"}
    await store.complete(one, Handled())
    assert not await store.receive(5, "x", {"text": "hi"})
    assert await claim(store) == ()


async def test_oldest_first(store):
    """A chat's oldest unfinished update is the only one that can be claimed."""
    for update_id in (12, 10, 11):
        await store.receive(update_id, "x", {})
    seen = []
    while claimed := await claim(store):
        (one,) = claimed
        assert await claim(store, "b") == ()
        seen.append(one.item.update_id)
        await store.complete(one, Handled())
    assert seen == [10, 11, 12]


async def test_late_update_does_not_enter_a_busy_lane(store):
    """N that arrives while N+1 is at work waits for it, although it is older."""
    await store.receive(11, "x", {})
    (later,) = await claim(store)
    await store.receive(10, "x", {})
    assert await claim(store, "b") == ()
    await store.complete(later, Handled())
    assert [one.item.update_id for one in await claim(store, "b")] == [10]


async def test_lanes_are_claimed_side_by_side(store):
    """Heads of different lanes are claimed together, oldest first, up to the limit."""
    for update_id, lane in ((1, "x"), (2, "x"), (3, "y"), (4, "z")):
        await store.receive(update_id, lane, {})
    assert [one.item.update_id for one in await claim(store, limit=2)] == [1, 3]
    assert [one.item.update_id for one in await claim(store, "b")] == [4]


async def test_long_lane_does_not_starve_others(store):
    """A blocked lane with many rows leaves the limit to the rest."""
    for update_id in range(1, 50):
        await store.receive(update_id, "x", {})
    await claim(store)
    await store.receive(50, "y", {})
    assert [one.item.lane for one in await claim(store, "b", limit=1)] == ["y"]


async def test_lease_runs_out(store, clock):
    """An item is free again when its lease is over, and counts its attempts."""
    await store.receive(1, "x", {})
    (first,) = await claim(store, lease=30)
    clock.forward(29)
    assert await claim(store, "b") == ()
    clock.forward(2)
    (second,) = await claim(store, "b")
    assert (first.item.attempts, second.item.attempts) == (1, 2)


async def test_lost_lease_commits_nothing(store, clock):
    """Completing an item that another took over raises and leaves no trace."""
    await store.receive(1, "x", {})
    (slow,) = await claim(store, "a")
    clock.forward(31)
    (quick,) = await claim(store, "b")
    with pytest.raises(LeaseLost):
        await store.complete(slow, Handled(session={"by": "a"}, calls=(say("a"),)))
    await store.complete(quick, Handled(session={"by": "b"}, calls=(say("b"),)))
    with pytest.raises(LeaseLost):
        await store.complete(slow, Handled(calls=(say("a"),)))
    assert [one.call.params["text"] for one in await calls(store)] == ["b"]


async def test_same_owner_is_fenced_too(store, clock):
    """The fence tells two claims of one process apart."""
    await store.receive(1, "x", {})
    (first,) = await claim(store)
    clock.forward(31)
    await claim(store)
    for action in (
        store.complete(first, Handled()),
        store.retry(first, error="e", not_before=0),
        store.bury(first, error="e", handled=Handled()),
    ):
        with pytest.raises(LeaseLost):
            await action


async def test_lease_that_ran_out_unnoticed_still_counts(store, clock):
    """While nobody else has taken the item, its owner may commit late."""
    await store.receive(1, "x", {})
    (one,) = await claim(store)
    clock.forward(1000)
    await store.complete(one, Handled(session={"a": 1}))
    assert await claim(store) == ()


async def test_late_commit_keeps_out_of_the_work_of_another(store, clock):
    """Whose lease ran out may not finish while somebody else works on an older update that came."""
    await store.receive(11, "x", {})
    (slow,) = await claim(store, "a")
    clock.forward(31)
    await store.receive(10, "x", {})
    (older,) = await claim(store, "b")
    assert older.item.update_id == 10
    with pytest.raises(LeaseLost):
        await store.complete(slow, Handled(session={"by": "a"}))
    await store.complete(older, Handled(session={"by": "b"}))
    (again,) = await claim(store, "b")
    assert (again.item.update_id, again.session) == (11, {"by": "b"})


async def test_session_travels_with_the_claim(store):
    """The session is what the lane's last update left; None keeps it, an empty one deletes it."""
    await handle(store, 1, "x", Handled(session={"step": 1}))
    await store.receive(2, "x", {})
    (one,) = await claim(store)
    assert one.session == {"step": 1}
    await store.complete(one, Handled())
    await handle(store, 3, "y", Handled())
    await store.receive(4, "x", {})
    (one,) = await claim(store)
    assert one.session == {"step": 1}
    await store.complete(one, Handled(session={}))
    assert (await store.about("x"))["session"] == []


async def test_revision_counts_changes(store):
    """Each write of a session raises its revision."""
    for update_id in (1, 2, 3):
        await handle(store, update_id, "x", Handled(session={"n": update_id}))
    ((row),) = (await store.about("x"))["session"]
    assert row["revision"] == 3


async def test_body_is_deleted_once_done(store):
    """What a person wrote is not kept longer than it takes to answer."""
    await handle(store, 1, "x", Handled())
    (row,) = (await store.about("x"))["inbox"]
    assert (row["state"], row["body"]) == ("done", None)


async def test_retry_waits(store, clock):
    """An item that was given back blocks its lane until its time, and counts failures."""
    await store.receive(1, "x", {})
    await store.receive(2, "x", {})
    (one,) = await claim(store)
    await store.retry(one, error="ValueError", not_before=clock() + 5)
    assert await claim(store) == ()
    clock.forward(5)
    (one,) = await claim(store)
    assert (one.item.update_id, one.failures, one.item.attempts) == (1, 1, 2)


async def test_dead_letter_lets_the_lane_move_on(store):
    """A buried item is out of the way, its apology is sent, its body kept for the admins."""
    await store.receive(1, "x", {"text": "poison"})
    await store.receive(2, "x", {})
    (one,) = await claim(store)
    apology = Handled(calls=(say("sorry"),), events=(Happening("dead_letter"),))
    await store.bury(one, error="ValueError", handled=apology)
    assert [one.item.update_id for one in await claim(store)] == [2]
    assert [one.call.params["text"] for one in await calls(store)] == ["sorry"]
    about = await store.about("x")
    assert about["inbox"][0]["body"] == {"text": "poison"}
    assert about["events"][0]["kind"] == "dead_letter"
    assert (await store.depth()).dead_letters == 1


async def test_release_frees_at_once(store):
    """A process that stops gives its items back; those of others stay theirs."""
    await store.receive(1, "x", {})
    await store.receive(2, "y", {})
    await claim(store, "a", limit=1)
    await claim(store, "b")
    assert await store.release("a") == 1
    assert [one.item.lane for one in await claim(store, "c")] == ["x"]


async def test_release_leaves_calls_in_doubt(store):
    """Nobody knows whether a call of a process that died was carried out."""
    await handle(store, 1, "x", Handled(calls=(say("a"),)))
    await calls(store, "a")
    assert await store.release("a") == 1
    (one,) = await calls(store, "b")
    assert (one.reclaimed, one.doubts, one.attempts) == (True, 1, 2)


async def test_outbox_keeps_order_in_a_lane(store):
    """Only the head of a lane's outbox can be claimed; the next follows when it is settled."""
    await handle(store, 1, "x", Handled(calls=(say("a"), say("b"))))
    await handle(store, 2, "y", Handled(calls=(say("c"),)))
    first, other = await calls(store)
    assert [first.call.params["text"], other.call.params["text"]] == ["a", "c"]
    assert await calls(store, "b") == ()
    await store.settle(first, SENT)
    assert [one.call.params["text"] for one in await calls(store)] == ["b"]


async def test_call_keeps_everything(store):
    """Files, the fallback and the mark against repetition survive the outbox."""
    call = Call(
        "sendDocument",
        {"chat_id": 1, "caption": "<b>信</b>"},
        files=(Attachment("document", "信.docx", b"\x00\xff"),),
        fallback=Call("sendDocument", {"chat_id": 1, "caption": "信"}),
        once=True,
    )
    await handle(store, 1, "x", Handled(calls=(call,)))
    (one,) = await calls(store)
    assert one.call == call
    assert (one.update_id, one.lane) == (1, "x")


async def test_call_to_another_lane(store):
    """A call may keep the order of another chat, such as an admin's."""
    await handle(store, 1, "x", Handled(calls=(say("to x"), say("to admin", lane="admin"))))
    assert {one.lane for one in await calls(store)} == {"x", "admin"}


async def test_sent_call_is_emptied(store):
    """What the bot said is deleted once it is sent."""
    await handle(store, 1, "x", Handled(calls=(say("a"),)))
    (one,) = await calls(store)
    await store.settle(one, SENT)
    (row,) = (await store.about("x"))["outbox"]
    assert (row["state"], row["call"], row["telegram_message_id"]) == ("sent", None, 7)


async def test_call_sent_again_later(store, clock):
    """A call that is not done waits for its time and holds its lane back; others go on."""
    await handle(store, 1, "x", Handled(calls=(say("a"), say("b"))))
    (one,) = await calls(store)
    later = Verdict(
        CallState.NEW, done=False, not_before=clock() + 9, call=say("changed"), error="limited"
    )
    await store.settle(one, later)
    assert await calls(store) == ()
    clock.forward(9)
    (again,) = await calls(store)
    assert (again.call, again.attempts, again.reclaimed) == (say("changed"), 2, False)


async def test_cut_off_call_is_taken_over_in_doubt(store, clock):
    """A call whose lease ran out is marked uncertain, and its first owner is fenced off."""
    await handle(store, 1, "x", Handled(calls=(say("a"),)))
    (first,) = await calls(store, "a", lease=60)
    clock.forward(61)
    (second,) = await calls(store, "b")
    assert (second.reclaimed, second.doubts) == (True, 1)
    with pytest.raises(LeaseLost):
        await store.settle(first, SENT)
    (row,) = (await store.about("x"))["outbox"]
    assert row["state"] == "uncertain"
    await store.settle(second, Verdict(CallState.UNCERTAIN, message_id=3))
    assert (await store.depth()).uncertain == 1


async def test_verdict_adds_calls_and_events(store):
    """A notice goes behind what already waits."""
    await handle(store, 1, "x", Handled(calls=(say("a"), say("b"))))
    (one,) = await calls(store)
    dead = Verdict(
        CallState.DEAD, error="r", follow=(say("notice"),), events=(Happening("unsent"),)
    )
    await store.settle(one, dead)
    rows = (await store.about("x"))["outbox"]
    assert [row["state"] for row in rows] == ["dead", "new", "new"]
    assert rows[2]["call"]["params"]["text"] == "notice"
    assert [row["kind"] for row in (await store.about("x"))["events"]] == ["unsent"]


async def test_unreachable_lane_is_dropped(store):
    """What waits for a person who blocked the bot is dead and emptied; others are untouched."""
    await handle(store, 1, "x", Handled(calls=(say("a"), say("b"))))
    await handle(store, 2, "y", Handled(calls=(say("c"),)))
    one = (await calls(store, limit=1))[0]
    await store.settle(one, Verdict(CallState.DEAD, error="unreachable", drop_lane=True))
    rows = (await store.about("x"))["outbox"]
    assert [row["state"] for row in rows] == ["dead", "dead"]
    assert rows[1]["call"] is None
    assert [one.lane for one in await calls(store)] == ["y"]


async def test_pace_of_a_lane(store, clock):
    """A lane may send a short burst, then one a second; its limit is nobody else's."""
    pace = Pace(lane_per_second=1, lane_burst=2, per_second=None)
    await handle(store, 1, "x", Handled(calls=tuple(say(str(n)) for n in range(4))))
    for _ in range(2):
        (one,) = await calls(store, pace=pace)
        await store.settle(one, SENT)
    assert await calls(store, pace=pace) == ()
    await handle(store, 2, "y", Handled(calls=(say("y"),)))
    assert [one.lane for one in await calls(store, pace=pace)] == ["y"]
    clock.forward(1)
    (one,) = await calls(store, pace=pace)
    await store.settle(one, SENT)
    assert await calls(store, pace=pace) == ()


async def test_pace_over_all(store, clock):
    """All lanes together keep to the overall limit, whoever sends."""
    pace = Pace(lane_per_second=None, per_second=2, burst=3)
    for update_id in range(1, 8):
        await handle(store, update_id, f"lane{update_id}", Handled(calls=(say("a"),)))
    assert len(await calls(store, "a", pace=pace)) == 3
    assert await calls(store, "b", pace=pace) == ()
    clock.forward(1)
    assert len(await calls(store, "b", pace=pace)) == 2


async def test_pause_holds_everyone_back(store, clock):
    """During a pause nothing goes out; a shorter pause does not end a longer one."""
    await handle(store, 1, "x", Handled(calls=(say("a"),)))
    await store.pause(clock() + 10)
    await store.pause(clock() + 2)
    clock.forward(9)
    assert await calls(store) == ()
    clock.forward(1)
    assert len(await calls(store)) == 1


async def test_timer_becomes_an_item_of_its_lane(store, clock):
    """A timer fires when it is due, once, and is handled like an update."""
    timer = Scheduled("deadline", clock() + 60, {"flow": "letter"})
    await handle(store, 1, "x", Handled(schedule=(timer,)))
    assert await store.fire(limit=10) == 0
    clock.forward(60)
    assert await store.fire(limit=10) == 1
    assert await store.fire(limit=10) == 0
    (one,) = await claim(store)
    assert one.item.timer == {"flow": "letter"}
    assert (one.item.body, one.item.lane) == ({}, "x")
    assert one.item.update_id < 0
    await store.complete(one, Handled(calls=(say("due"),)))
    assert len(await calls(store)) == 1


async def test_timer_waits_behind_what_came_before(store, clock):
    """A timer goes between the updates before and after it; timers keep the order of their times."""
    timers = tuple(Scheduled(key, clock() + at, {"key": key}) for key, at in (("b", 2), ("a", 1)))
    await handle(store, 1, "x", Handled(schedule=timers))
    await store.receive(2, "x", {})
    clock.forward(5)
    await store.fire(limit=10)
    await store.receive(3, "x", {})
    seen = []
    while claimed := await claim(store):
        (one,) = claimed
        seen.append(one.item.timer["key"] if one.item.timer else one.item.update_id)
        await store.complete(one, Handled())
    assert seen == [2, "a", "b", 3]


async def test_timer_is_replaced_and_cancelled_by_key(store, clock):
    """The newest timer of a key counts; one without a payload cancels it."""
    first = Scheduled("a", clock() + 1, {"n": 1})
    await handle(store, 1, "x", Handled(schedule=(first, Scheduled("b", clock() + 1, {}))))
    second = Scheduled("a", clock() + 2, {"n": 2})
    await handle(store, 2, "x", Handled(schedule=(second, Scheduled("b", 0, None))))
    assert (await store.depth()).scheduled == 1
    clock.forward(5)
    assert await store.fire(limit=10) == 1
    (one,) = await claim(store)
    assert one.item.timer == {"n": 2}


async def test_lane_is_renamed_everywhere(store, clock):
    """After a group became a supergroup its waiting calls, session and timers belong to the new."""
    timer = Scheduled("t", clock() + 60, {"n": 1})
    handled = Handled(
        session={"s": 1},
        calls=(say("a"),),
        events=(Happening("answer"),),
        schedule=(timer,),
        wishes=(Wish("news", wanted=True),),
    )
    await handle(store, 1, "old", handled)
    await store.receive(2, "old", {})
    (at_work,) = await claim(store)
    await store.move("old", "new", lambda call: Call(call.method, call.params | {"chat_id": 9}))
    await store.complete(at_work, Handled(calls=(say("b"),)))
    about = await store.about("new")
    assert {part: len(rows) for part, rows in about.items()} == {
        "session": 1,
        "inbox": 2,
        "outbox": 2,
        "deeds": 0,
        "wishes": 1,
        "scheduled": 1,
        "events": 1,
    }
    assert not any((await store.about("old")).values())
    (one,) = await calls(store)
    assert one.call.params == {"chat_id": 9, "text": "a"}


async def test_renamed_lane_keeps_what_the_new_one_has(store, clock):
    """What the new chat stored already wins over what the old one left."""
    old = Handled(session={"s": "old"}, schedule=(Scheduled("t", clock() + 60, {"n": "old"}),))
    new = Handled(session={"s": "new"}, schedule=(Scheduled("t", clock() + 60, {"n": "new"}),))
    await handle(store, 1, "old", old)
    await handle(store, 2, "new", new)
    await store.move("old", "new", lambda call: call)
    about = await store.about("new")
    assert [row["data"] for row in about["session"]] == [{"s": "new"}]
    assert [row["payload"] for row in about["scheduled"]] == [{"n": "new"}]
    assert not any((await store.about("old")).values())


def everything(update_id, clock):
    """A result that leaves a row in every table."""
    return Handled(
        session={"n": update_id},
        calls=(say("a"),),
        events=(Happening("none", text="masked"),),
        schedule=(Scheduled("t", clock() + 60, {}),),
        wishes=(Wish("news", wanted=True),),
    )


async def test_about_lists_all(store, clock):
    """The export of a lane names each kind of thing, in the same shape in every store."""
    await handle(store, 1, "x", replace(everything(1, clock), deeds=(Deed("x", "reload"),)))
    about = await store.about("x")
    assert {part: sorted(rows[0]) for part, rows in about.items()} == {
        "session": ["data", "revision", "updated_at"],
        "inbox": ["attempts", "body", "error", "received_at", "state", "timer", "update_id"],
        "outbox": [
            "attempts",
            "call",
            "created_at",
            "done_at",
            "doubts",
            "error",
            "id",
            "method",
            "state",
            "telegram_message_id",
        ],
        "deeds": ["act", "at", "target", "version"],
        "wishes": ["since", "topic"],
        "scheduled": ["key", "not_before", "payload"],
        "events": ["article", "at", "kind", "text", "took", "value"],
    }
    assert about["outbox"][0]["call"] == {
        "method": "sendMessage",
        "params": {"chat_id": 1, "text": "a"},
    }


async def test_forget_deletes_all(store, clock):
    """Nothing is left of a forgotten lane, others stay whole, and old updates do not come back."""
    for update_id, lane in ((1, "x"), (2, "y")):
        await handle(store, update_id, lane, everything(update_id, clock))
    before = await store.about("y")
    await store.receive(3, "x", {"text": "at work"})
    (at_work,) = await claim(store)
    await store.forget("x")
    assert not any((await store.about("x")).values())
    assert await store.about("y") == before
    with pytest.raises(LeaseLost):
        await store.complete(at_work, Handled(session={"back": 1}))
    assert not await store.receive(1, "x", {"text": "again"})
    assert not await store.receive(3, "x", {"text": "again"})
    assert (await store.depth()).inbox == 0


async def test_forget_in_a_turn_leaves_what_waits(store, clock):
    """A person who asks to be forgotten still gets the answer, and those before it."""
    await handle(store, 1, "x", everything(1, clock))
    await handle(store, 2, "x", Handled(forget=True, calls=(say("forgotten"),)))
    about = await store.about("x")
    parts = ("session", "scheduled", "events", "wishes")
    assert [about[part] for part in parts] == [[], [], [], []]
    assert [row["call"]["params"]["text"] for row in about["outbox"]] == ["a", "forgotten"]
    assert about["inbox"] == []


async def test_old_rows_go(store, clock):
    """Finished rows, sessions and events are deleted in their time; what waits stays."""
    await handle(store, 1, "x", everything(1, clock))
    (one,) = await calls(store)
    await store.settle(one, SENT)
    await handle(store, 2, "y", Handled(calls=(say("waits"),)))
    await store.receive(3, "z", {"text": "waits"})
    clock.forward(4 * DAY)
    while await store.purge(Retention()):
        pass
    about = await store.about("x")
    assert (about["inbox"], about["outbox"]) == ([], [])
    assert len(about["session"]) == len(about["events"]) == 1
    assert about["events"][0]["text"] == "masked"
    clock.forward(100 * DAY)
    while await store.purge(Retention()):
        pass
    assert (await store.about("x"))["events"][0]["text"] == ""
    clock.forward(400 * DAY)
    while await store.purge(Retention()):
        pass
    about = await store.about("x")
    assert (about["session"], about["events"], about["wishes"]) == ([], [], [])
    depth = await store.depth()
    assert (depth.inbox, depth.outbox, depth.scheduled) == (1, 1, 1)


async def test_dead_rows_are_kept_longer(store, clock):
    """Admins have two weeks to look at a dead letter and at an answer that was refused."""
    await store.receive(1, "x", {})
    (one,) = await claim(store)
    await store.bury(one, error="e", handled=Handled(calls=(say("sorry"),)))
    (out,) = await calls(store)
    await store.settle(out, Verdict(CallState.DEAD, error="refused"))
    clock.forward(13 * DAY)
    await store.purge(Retention())
    depth = await store.depth()
    assert (depth.dead_letters, depth.unsent) == (1, 1)
    clock.forward(2 * DAY)
    await store.purge(Retention())
    depth = await store.depth()
    assert (depth.dead_letters, depth.unsent) == (0, 0)


async def test_depth_tells_what_waits(store, clock):
    """Health and metrics see the queues and the age of the oldest update."""
    before = clock()
    await store.receive(1, "x", {})
    clock.forward(5)
    await handle(store, 2, "y", Handled(calls=(say("a"),)))
    depth = await store.depth()
    assert (depth.inbox, depth.oldest, depth.outbox) == (1, before, 1)


async def test_pseudonym_hides_the_lane(store):
    """Events and logs name a chat the same way each time, but not by its id."""
    assert store.pseudonym("123456") == store.pseudonym("123456")
    assert store.pseudonym("123456") != store.pseudonym("123457")
    assert "123456" not in store.pseudonym("123456")


async def test_events_are_told_in_their_order_with_the_time_they_took(store, clock):
    """Events come back as they were kept, those of a turn with the seconds the person waited."""
    begun = clock()
    await store.receive(1, "x", {})
    clock.forward(3)
    (one,) = await claim(store)
    asked = Happening("none", article="", value="v", text="masked")
    await store.complete(one, Handled(events=(asked, Happening("open", article="a-1"))))
    clock.forward(5)
    timer = Scheduled("t", clock(), {"n": 1})
    await handle(store, 2, "x", Handled(schedule=(timer,)))
    await store.fire(limit=1)
    (due,) = await claim(store)
    await store.complete(due, Handled(events=(Happening("reminder"),)))
    name = store.pseudonym("x")
    assert await store.events(begun) == (
        Record(begun + 3, name, "none", "", "v", "masked", 3.0),
        Record(begun + 3, name, "open", "a-1", "", "", 3.0),
        Record(begun + 8, name, "reminder", "", "", "", None),
    )
    assert [row.kind for row in await store.events(begun + 3, begun + 8)] == ["none", "open"]
    assert await store.events(begun + 9) == ()
    assert [row.text for row in await store.events(begun, worded=True)] == ["masked"]


NEWS = Publish("k", "news", "n:k", gap=2.0)


async def subscribe(store, *lanes, first=10):
    """Lanes that want the news."""
    for number, lane in enumerate(lanes, start=first):
        await handle(store, number, lane, Handled(wishes=(Wish("news", wanted=True),)))


async def test_bulletin_goes_once_to_those_who_want_it(store, clock):
    """Publishing sets one timer a subscriber, spread in time; asking again does nothing."""
    await subscribe(store, "a", "b")
    await handle(store, 20, "c", Handled(wishes=(Wish("other", wanted=True),)))
    await handle(store, 21, "boss", Handled(draft=Draft("k", "words")))
    await handle(store, 22, "boss", Handled(draft=Draft("k", "other words")))
    assert (await store.bulletin("k")).text == "words"
    assert (await store.bulletin("k")).published_at is None
    begun = clock()
    await handle(store, 23, "boss", Handled(publish=NEWS))
    told = await store.bulletin("k")
    assert (told.published_at, told.people) == (begun, 2)
    timers = {lane: (await store.about(lane))["scheduled"] for lane in ("a", "b", "c")}
    payload = {"action": "n:k", "text": "words", "topic": "news"}
    assert timers == {
        "a": [{"key": "news:k", "not_before": begun, "payload": payload}],
        "b": [{"key": "news:k", "not_before": begun + 2, "payload": payload}],
        "c": [],
    }
    assert await store.fire(limit=10) == 1
    await handle(store, 24, "boss", Handled(publish=NEWS))
    clock.forward(2)
    assert await store.fire(limit=10) == 1
    assert (await store.depth()).scheduled == 0


async def test_unknown_bulletin_is_not_published(store):
    """A key without a draft sends nothing."""
    await subscribe(store, "a")
    await handle(store, 21, "boss", Handled(publish=NEWS))
    assert await store.bulletin("k") is None
    assert (await store.depth()).scheduled == 0


async def test_who_says_no_gets_nothing_that_is_on_its_way(store, clock):
    """An opt-out takes the timer away, also one that fell due while the no was waiting."""
    await subscribe(store, "a", "b", "c")
    assert await store.subscribers("news") == 3
    published = Handled(draft=Draft("k", "words"), publish=Publish("k", "news", "n:k", gap=1.0))
    await handle(store, 21, "boss", published)
    stop = Handled(wishes=(Wish("news", wanted=False),))
    await store.receive(22, "a", {})
    assert await store.fire(limit=1) == 1
    (no,) = await claim(store)
    await store.complete(no, stop)
    assert await claim(store) == ()
    await handle(store, 23, "b", stop)
    assert await store.subscribers("news") == 1
    clock.forward(10)
    assert await store.fire(limit=10) == 1
    (one,) = await claim(store)
    assert one.item.lane == "c"


async def test_old_bulletin_goes(store, clock):
    """After its time a bulletin is gone, and its button publishes nothing more."""
    await subscribe(store, "a")
    await handle(store, 21, "boss", Handled(draft=Draft("k", "words")))
    clock.forward(91 * DAY)
    while await store.purge(Retention()):
        pass
    assert await store.bulletin("k") is None
    await handle(store, 22, "boss", Handled(publish=NEWS))
    assert (await store.depth()).scheduled == 0


async def test_wish_is_renewed_and_runs_out(store, clock):
    """A wish counts from when it was said last; after its time nobody is written to unasked."""
    await subscribe(store, "a", "b")
    clock.forward(300 * DAY)
    await subscribe(store, "b", first=30)
    clock.forward(200 * DAY)
    while await store.purge(Retention()):
        pass
    assert await store.subscribers("news") == 1
    assert len((await store.about("b"))["wishes"]) == 1


async def test_deeds_are_kept_with_the_answer(store, clock):
    """What an admin did stands beside what came of it: who, what, when, version; newest first."""
    await handle(store, 1, "7", Handled(deeds=(Deed("7", "write", "visit-01", "v1"),)))
    clock.forward(5)
    later = Handled(deeds=(Deed("8", "reload", "", "v2"), Deed("8", "rollback", "v1", "v1")))
    await handle(store, 2, "8", later)
    kept = await store.deeds(2)
    assert [done.deed.act for done in kept] == ["rollback", "reload"]
    (oldest,) = (await store.deeds(10))[2:]
    assert oldest.deed == Deed("7", "write", "visit-01", "v1")
    assert kept[0].at == oldest.at + 5
    assert [row["act"] for row in (await store.about("7"))["deeds"]] == ["write"]


async def test_deeds_outlive_the_chat_but_not_their_time(store, clock):
    """An admin who deletes the chat leaves what was done to the content on record, for a year."""
    await handle(store, 1, "7", Handled(deeds=(Deed("7", "write"),)))
    await store.forget("7")
    assert len(await store.deeds(10)) == 1
    clock.forward(401 * DAY)
    while await store.purge(Retention()):
        pass
    assert await store.deeds(10) == ()


async def test_lost_lease_keeps_no_deed(store, clock):
    """Who lost the update to another process has done nothing that counts."""
    await store.receive(1, "7", {})
    (slow,) = await claim(store, "a")
    clock.forward(31)
    await claim(store, "b")
    with pytest.raises(LeaseLost):
        await store.complete(slow, Handled(deeds=(Deed("7", "write"),)))
    assert await store.deeds(10) == ()


async def test_announced_once(store, clock):
    """Whoever comes first tells it; the same key sends nothing again until it is forgotten."""
    assert await store.announce("faults:1", (say("坏了", lane="7"), say("坏了", lane="8")))
    assert not await store.announce("faults:1", (say("坏了", lane="7"),))
    assert await store.announce("faults:2", ())
    assert sorted(one.lane for one in await calls(store)) == ["7", "8"]
    clock.forward(15 * DAY)
    while await store.purge(Retention()):
        pass
    assert await store.announce("faults:1", ())
