"""Handling: one chat in order, different chats side by side, poison set aside."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.delivery.limits import Limits
from bot.delivery.notices import Notices
from bot.delivery.service import build_delivery
from bot.errors import LeaseLost, StorageUnavailable
from bot.store.memory import MemoryStore
from bot.store.port import Call, Handled, Receipt, Scheduled
from bot.store.rules import Pace
from bot.store.sqlite import open_sqlite
from tests.doubles.hand_clock import HandClock
from tests.doubles.patience import until
from tests.doubles.scripted_transport import ScriptedTransport
from tests.doubles.stores import KINDS, open_kind

FAST = Limits(
    pace=Pace(lane_per_second=None, per_second=None),
    poll=0.01,
    timer_poll=0.01,
    storage_pause=0.01,
    update_backoff=0.01,
)


def say(lane, text):
    """A text to a chat."""
    return Call("sendMessage", {"chat_id": int(lane), "text": text})


def echo(item, session):
    """Says what was said, with a count that only grows if the session is kept."""
    count = session.get("count", 0) + 1
    text = f"{count}:{item.body.get('text')}"
    return Handled(session={"count": count}, calls=(say(item.lane, text),))


@pytest.fixture(params=KINDS)
async def store(request, tmp_path):
    """An empty store of each kind."""
    async with open_kind(request, tmp_path) as store:
        yield store


async def drained(store):
    """Whether nothing waits."""
    depth = await store.depth()
    return depth.inbox == depth.outbox == 0


async def test_update_is_answered(store):
    """An update goes all the way from receive to the messenger."""
    transport = ScriptedTransport()
    async with build_delivery(store, transport, echo, limits=FAST).running() as delivery:
        assert await delivery.receive(1, "7", {"text": "hi"})
        await until(lambda: transport.sent)
    assert transport.texts() == ["1:hi"]


async def test_bell_wakes_at_once(store):
    """In one process nothing waits for the poll, neither the lane nor the sender."""
    transport = ScriptedTransport()
    limits = Limits(pace=FAST.pace, poll=60, timer_poll=60)
    async with build_delivery(store, transport, echo, limits=limits).running() as delivery:
        await asyncio.sleep(0.02)
        await asyncio.gather(*(delivery.receive(n, "7", {"text": "a"}) for n in (1, 2, 3)))
        await until(lambda: len(transport.sent) == 3)


async def test_duplicate_update_is_answered_once(store):
    """Telegram may repeat an update; the person sees one answer."""
    transport = ScriptedTransport()
    async with build_delivery(store, transport, echo, limits=FAST).running() as delivery:
        new = await asyncio.gather(*(delivery.receive(1, "7", {"text": "hi"}) for _ in range(5)))
        await until(lambda: drained(store))
        assert not await delivery.receive(1, "7", {"text": "hi"})
        await until(lambda: drained(store))
    assert new.count(Receipt.KEPT) == 1
    assert transport.texts() == ["1:hi"]


async def test_each_chat_in_order(store):
    """Many chats at once: each is answered in order, with a session that saw every update."""
    transport = ScriptedTransport()
    async with build_delivery(store, transport, echo, limits=FAST).running() as delivery:
        arrivals = [(n, str(n % 7)) for n in range(1, 141)]
        await asyncio.gather(*(delivery.receive(n, lane, {"text": str(n)}) for n, lane in arrivals))
        await until(lambda: drained(store))
    for lane in range(7):
        expected = [str(n) for n in range(1, 141) if n % 7 == lane]
        assert transport.texts(str(lane)) == [f"{i}:{n}" for i, n in enumerate(expected, 1)]


async def test_chat_that_waits_does_not_hold_up_others(store):
    """While a call of one chat hangs, another chat is answered."""
    hang = asyncio.Event()
    transport = ScriptedTransport(hang)
    async with build_delivery(store, transport, echo, limits=FAST).running() as delivery:
        await delivery.receive(1, "1", {"text": "slow"})
        await until(lambda: transport.attempts)
        await delivery.receive(2, "2", {"text": "quick"})
        await until(lambda: transport.texts("2"))
        assert transport.texts("1") == []
        hang.set()
        await until(lambda: transport.texts("1"))


async def test_poison_is_set_aside(store):
    """An update that always fails is tried a few times, then apologised for; its chat goes on."""
    tries = []

    def handler(item, session):
        if item.body.get("text") == "毒药":
            tries.append(item.attempts)
            raise ValueError(item.body["text"])
        return echo(item, session)

    notices = Notices(
        failed=lambda item: (
            say(item.lane, "sorry"),
            Call("sendMessage", {"chat_id": 99, "text": "alert"}, lane="99"),
        )
    )
    transport = ScriptedTransport()
    delivery = build_delivery(store, transport, handler, notices=notices, limits=FAST)
    async with delivery.running():
        await delivery.receive(1, "7", {"text": "毒药"})
        await delivery.receive(2, "7", {"text": "after"})
        await delivery.receive(3, "8", {"text": "other"})
        await until(lambda: drained(store))
    assert tries == [1, 2, 3]
    assert transport.texts("7") == ["sorry", "1:after"]
    assert transport.texts("8") == ["1:other"]
    assert transport.texts("99") == ["alert"]
    (event,) = (await store.about("7"))["events"]
    assert event["kind"] == "dead_letter"
    assert "ValueError" in event["value"]
    assert "毒药" not in event["value"]


async def test_apology_that_fails_does_not_stop_the_chat(store):
    """A fault in the words of apology leaves a dead letter, and the chat goes on."""

    def handler(item, session):
        if item.update_id == 1:
            raise ValueError
        return echo(item, session)

    def broken(_item):
        raise KeyError

    transport = ScriptedTransport()
    notices = Notices(failed=broken)
    delivery = build_delivery(store, transport, handler, notices=notices, limits=FAST)
    async with delivery.running():
        await delivery.receive(1, "7", {})
        await delivery.receive(2, "7", {"text": "b"})
        await until(lambda: transport.sent)
    assert transport.texts() == ["1:b"]
    assert (await store.depth()).dead_letters == 1


async def test_result_that_cannot_be_kept_is_poison_too(tmp_path):
    """A handler whose calls are no JSON fails like one that raises, and sends nothing."""

    def handler(item, session):
        if item.update_id == 1:
            return Handled(calls=(Call("sendMessage", {"text": {1, 2}}, once=True),))
        return echo(item, session)

    transport = ScriptedTransport()
    async with (
        open_sqlite(tmp_path / "bot.db") as store,
        build_delivery(store, transport, handler, limits=FAST).running() as delivery,
    ):
        await delivery.receive(1, "7", {})
        await delivery.receive(2, "7", {"text": "b"})
        await until(lambda: transport.sent)
    assert transport.texts() == ["1:b"]


async def test_update_that_kills_the_process_is_given_up():
    """An update that was cut off time and again is not handled any more."""
    clock = HandClock()
    store = MemoryStore(clock=clock)
    await store.receive(1, "7", {"text": "crash"})
    for n in range(FAST.claims):
        await store.claim(f"process {n}", limit=1, lease=30)
        clock.forward(31)
    handled = []

    def handler(item, session):
        handled.append(item)
        return echo(item, session)

    transport = ScriptedTransport()
    delivery = build_delivery(store, transport, handler, limits=FAST, clock=clock)
    async with delivery.running():
        await until(lambda: drained(store))
    assert handled == []
    assert (await store.depth()).dead_letters == 1


async def test_acknowledgements_go_at_once_and_may_fail(store):
    """An acknowledgement does not wait for the lane, and its failure touches nothing."""

    def handler(item, session):
        ack = Call("answerCallbackQuery", {"callback_query_id": "q"})
        handled = echo(item, session)
        return Handled(session=handled.session, calls=handled.calls, acks=(ack,))

    transport = ScriptedTransport()
    async with build_delivery(store, transport, handler, limits=FAST).running() as delivery:
        await delivery.receive(1, "7", {"text": "a"})
        await until(lambda: len(transport.sent) == 2)
    assert {call.method for call in transport.sent} == {"answerCallbackQuery", "sendMessage"}
    assert len((await store.about("7"))["outbox"]) == 1


async def test_timer_is_handled_in_its_lane(store):
    """What was scheduled comes back as an item with its payload and the lane's session."""

    def handler(item, session):
        if item.timer is not None:
            return Handled(calls=(say(item.lane, f"{item.timer['due']} {session['name']}"),))
        timer = Scheduled("t", item.received_at, {"due": "reminder"})
        return Handled(session={"name": "Li"}, schedule=(timer,))

    transport = ScriptedTransport()
    async with build_delivery(store, transport, handler, limits=FAST).running() as delivery:
        await delivery.receive(1, "7", {})
        await until(lambda: transport.sent)
    assert transport.texts() == ["reminder Li"]


@asynccontextmanager
async def process(store, transport, handler=echo, **fields):
    """A process that is killed at the end: nothing is finished or released."""
    delivery = build_delivery(store, transport, handler, limits=FAST, **fields)
    task = asyncio.create_task(delivery.run(asyncio.Event()))
    try:
        yield delivery
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Dying:
    """A store through which one method of a process never comes back."""

    def __init__(self, store, method):
        self._store = store
        self._method = method
        self.reached = asyncio.Event()

    def __getattr__(self, name):
        if name != self._method:
            return getattr(self._store, name)
        return self._die

    async def _die(self, *_args, **_fields):
        self.reached.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize(
    ("method", "sent", "state"),
    [
        ("complete", ["1:a", "2:b"], "sent"),
        ("settle", ["1:a", "1:a", "2:b"], "uncertain"),
    ],
)
async def test_crash_loses_nothing(tmp_path, kind, method, sent, state):
    """A process that dies before its commit changes nothing, and the next goes on in order.

    One that dies between send and mark leaves a text that comes twice, and the row says so.
    """
    clock = HandClock()

    @asynccontextmanager
    async def opened():
        if kind == "memory":
            yield MemoryStore(clock=clock)
        else:
            async with open_sqlite(tmp_path / "bot.db", clock=clock) as store:
                yield store

    async with opened() as store:
        transport = ScriptedTransport()
        dying = Dying(store, method)
        async with process(dying, transport, clock=clock) as delivery:
            await delivery.receive(1, "7", {"text": "a"})
            await delivery.receive(2, "7", {"text": "b"})
            await dying.reached.wait()
        async with process(store, transport, clock=clock):
            await asyncio.sleep(0.05)
            assert len(transport.sent) == sent.index("2:b") - 1
            clock.forward(200)
            await until(lambda: drained(store))
        assert transport.texts() == sent
        assert (await store.about("7"))["outbox"][0]["state"] == state


async def test_lost_lease_leaves_the_work_to_the_other(store):
    """A process whose commit is refused sends nothing of what it made."""

    class Fenced(Dying):
        async def _die(self, *_args, **_fields):
            self.reached.set()
            raise LeaseLost

    transport = ScriptedTransport()
    fenced = Fenced(store, "complete")
    async with process(fenced, transport) as delivery:
        await delivery.receive(1, "7", {"text": "a"})
        await fenced.reached.wait()
        await asyncio.sleep(0.02)
    assert transport.sent == []
    assert (await store.depth()).inbox == 1


async def test_storage_that_fails_for_a_while(store):
    """Loops and commits wait for a database that comes back; the update is answered once."""

    class Shaky:
        def __init__(self):
            self.left = {"claim": 2, "complete": 2, "claim_calls": 2, "settle": 2, "fire": 1}

        def __getattr__(self, name):
            if not self.left.get(name):
                return getattr(store, name)
            self.left[name] -= 1

            async def fail(*_args, **_fields):
                raise StorageUnavailable

            return fail

    transport = ScriptedTransport()
    shaky = Shaky()
    async with build_delivery(shaky, transport, echo, limits=FAST).running() as delivery:
        await delivery.receive(1, "7", {"text": "a"})
        await until(lambda: drained(store))
    assert transport.texts() == ["1:a"]
    assert set(shaky.left.values()) == {0}


async def test_stop_finishes_what_is_under_way(store):
    """A graceful stop waits for the call that is being sent, and marks it."""
    hang = asyncio.Event()
    transport = ScriptedTransport(hang)
    stop = asyncio.Event()
    delivery = build_delivery(store, transport, echo, limits=FAST)
    task = asyncio.create_task(delivery.run(stop))
    await delivery.receive(1, "7", {"text": "a"})
    await until(lambda: transport.attempts)
    stop.set()
    await asyncio.sleep(0.03)
    assert not task.done()
    hang.set()
    await task
    (row,) = (await store.about("7"))["outbox"]
    assert row["state"] == "sent"


async def test_stop_does_not_wait_forever(store):
    """A call that hangs is cut off in the end, and whoever comes next finds it in doubt."""
    limits = Limits(pace=FAST.pace, poll=0.01, stop_within=0.05)
    transport = ScriptedTransport(asyncio.Event())
    delivery = build_delivery(store, transport, echo, limits=limits)
    async with delivery.running():
        await delivery.receive(1, "7", {"text": "a"})
        await until(lambda: transport.attempts)
    (one,) = await store.claim_calls("next", limit=1, lease=60, pace=FAST.pace)
    assert (one.reclaimed, one.doubts) == (True, 1)


async def test_stopped_delivery_claims_nothing_more(store):
    """What arrives after the stop waits for the next process."""
    transport = ScriptedTransport()
    delivery = build_delivery(store, transport, echo, limits=FAST)
    async with delivery.running():
        pass
    await delivery.receive(1, "7", {"text": "a"})
    await asyncio.sleep(0.05)
    assert transport.sent == []
    (claim,) = await store.claim("next", limit=1, lease=30)
    assert claim.item.update_id == 1


async def test_loop_that_breaks_ends_the_whole(store):
    """A fault in a loop is not swallowed: the process ends and its supervisor starts it again."""

    class Broken:
        def __getattr__(self, name):
            if name == "fire":
                raise RuntimeError(name)
            return getattr(store, name)

    delivery = build_delivery(Broken(), ScriptedTransport(), echo, limits=FAST)
    with pytest.raises(ExceptionGroup) as caught:
        await delivery.run(asyncio.Event())
    assert caught.group_contains(RuntimeError, match="fire")
