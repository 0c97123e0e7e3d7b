"""One person's flood: bounded, told once, and nobody else's trouble."""

import pytest

from bot.delivery.limits import Limits
from bot.delivery.notices import Notices
from bot.delivery.service import build_delivery
from bot.store.memory import MemoryStore
from bot.store.port import Call, Handled, Receipt
from bot.store.rules import Flood, Pace
from tests.doubles.hand_clock import HandClock
from tests.doubles.patience import until
from tests.doubles.scripted_transport import ScriptedTransport
from tests.doubles.stores import KINDS, open_kind

FLOOD = Flood(
    waiting=5,
    waiting_in_group=2,
    notice=lambda lane: (Call("sendMessage", {"chat_id": int(lane), "text": "慢一点"}),),
)
NO_PACE = Pace(lane_per_second=None, per_second=None, group_interval=None)


@pytest.fixture(params=KINDS)
async def store(request, tmp_path):
    """An empty store of each kind, whose clock stands still."""
    async with open_kind(request, tmp_path, clock=HandClock()) as store:
        yield store


async def receive(store, numbers, lane="7", person="7"):
    """Updates of one person."""
    return [await store.receive(n, lane, {}, person=person, flood=FLOOD) for n in numbers]


async def waiting_texts(store):
    """What waits to be sent."""
    calls = await store.claim_calls("x", limit=9, lease=1, pace=NO_PACE)
    return [outgoing.call.params["text"] for outgoing in calls]


async def test_flood_is_bounded_and_told_once(store):
    """What is too much is remembered, not answered; the person hears of it once."""
    receipts = await receive(store, range(1, 21))
    assert receipts == [Receipt.KEPT] * 5 + [Receipt.FLOODED] * 15
    assert (await store.depth()).inbox == 5
    assert (await store.depth()).outbox == 1
    assert await waiting_texts(store) == ["慢一点"]
    assert await receive(store, [20]) == [Receipt.KNOWN]


async def test_others_are_not_limited(store):
    """Another chat and nobody at all are received as ever."""
    await receive(store, range(1, 21))
    assert await receive(store, [30], lane="8", person="8") == [Receipt.KEPT]
    assert await receive(store, range(40, 50), person="") == [Receipt.KEPT] * 10


async def test_unsent_answers_count(store):
    """Handled updates whose answers still wait count; once they are sent there is room again."""
    await receive(store, range(1, 6))
    for _ in range(5):
        (claim,) = await store.claim("a", limit=1, lease=30)
        calls = tuple(Call("sendMessage", {"chat_id": 7, "text": n}) for n in "ab")
        await store.complete(claim, Handled(calls=calls))
    assert await receive(store, [6]) == [Receipt.FLOODED]
    await store.forget("7")
    assert await receive(store, [7]) == [Receipt.KEPT]


async def test_next_flood_is_told_again(store):
    """After everything was answered, a new flood gets its own notice."""
    for start in (1, 100):
        await receive(store, range(start, start + 8))
        while claims := await store.claim("a", limit=9, lease=30):
            for claim in claims:
                await store.complete(claim, Handled())
    events = (await store.about("7"))["events"]
    assert [event["kind"] for event in events] == ["flood", "flood"]


async def test_group_goes_on_without_the_one_who_floods(store):
    """In a group the limit is each member's own, and nothing is said, since that would add to it."""
    assert await receive(store, range(1, 9), lane="-5", person="1") == (
        [Receipt.KEPT] * 2 + [Receipt.FLOODED] * 6
    )
    assert await receive(store, [20], lane="-5", person="2") == [Receipt.KEPT]
    assert await waiting_texts(store) == []


async def test_groups_are_written_to_more_slowly(store):
    """At most twenty messages in any minute in a group, while private chats keep their pace."""
    clock = store._clock
    pace = Pace(per_second=None)
    await store.receive(1, "-5", {})
    (claim,) = await store.claim("a", limit=1, lease=30)
    calls = tuple(Call("sendMessage", {"chat_id": -5, "text": "x"}) for _ in range(60))
    await store.complete(claim, Handled(calls=calls))
    sent = []
    for _ in range(600):
        for outgoing in await store.claim_calls("a", limit=9, lease=30, pace=pace):
            sent.append(clock.now)
            await store.settle(outgoing, _done())
        clock.forward(0.2)
    assert max(sum(t <= other < t + 60 for other in sent) for t in sent) <= 20
    assert len(sent) >= 30


def _done():
    from bot.store.port import CallState, Verdict  # noqa: PLC0415

    return Verdict(CallState.SENT)


async def test_suspect_is_handled_alone(store):
    """What was claimed three times without an end is not claimed together with others."""
    await store.receive(1, "1", {})
    for _ in range(3):
        await store.claim("dying", limit=9, lease=30)
        await store.release("dying")
    await store.receive(2, "2", {})
    assert await store.claim("a", limit=9, lease=30, idle=False) == ()
    (alone,) = await store.claim("a", limit=9, lease=30, idle=True)
    assert alone.item.update_id == 1
    (other,) = await store.claim("a", limit=9, lease=30, idle=False)
    assert other.item.update_id == 2


async def test_delivery_sends_the_notice_at_once():
    """The words come from the composition root and go out without waiting for a poll."""
    store, transport = MemoryStore(), ScriptedTransport()
    limits = Limits(flood=Flood(waiting=1), pace=NO_PACE, poll=30.0)
    notices = Notices(flooded=FLOOD.notice)
    delivery = build_delivery(
        store, transport, lambda *_: Handled(), limits=limits, notices=notices
    )
    await delivery.receive(1, "7", {}, person="7")
    async with delivery.running():
        while await delivery.receive(len(store._tables.inbox) + 1, "7", {}, person="7"):
            pass
        await until(lambda: transport.texts() == ["慢一点"])
