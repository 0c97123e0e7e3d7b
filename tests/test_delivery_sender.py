"""Sending: each failure of the messenger, seen from the person who waits for the answer."""

import asyncio

import pytest

from bot.delivery.limits import Limits
from bot.delivery.notices import Notices
from bot.delivery.sender import readdress
from bot.delivery.service import build_delivery
from bot.errors import (
    CallRejected,
    ChatMigrated,
    ChatUnreachable,
    DeliveryUncertain,
    MarkupRejected,
    NotDelivered,
    RateLimited,
)
from bot.store.port import Attachment, Call, Handled
from bot.store.rules import Pace
from tests.doubles.patience import until
from tests.doubles.scripted_transport import ScriptedTransport
from tests.doubles.stores import KINDS, open_kind

FAST = Limits(
    pace=Pace(lane_per_second=None, per_second=None),
    poll=0.01,
    storage_pause=0.01,
    call_backoff=0.01,
    doubt_backoff=0.01,
)


@pytest.fixture(params=KINDS)
async def store(request, tmp_path):
    """An empty store of each kind."""
    async with open_kind(request, tmp_path) as store:
        yield store


def say(text, chat=7, **fields):
    """A text to a chat."""
    return Call("sendMessage", {"chat_id": chat, "text": text}, **fields)


async def deliver(store, transport, *updates, notices=None, limits=FAST):
    """Runs a delivery whose handler answers update n with the n-th of ``updates``."""

    def handler(item, _session):
        return Handled(calls=updates[item.update_id - 1])

    delivery = build_delivery(store, transport, handler, notices=notices, limits=limits)
    async with delivery.running():
        for n, calls in enumerate(updates, 1):
            await delivery.receive(n, str(calls[0].params["chat_id"]), {})
        await until(lambda: drained(store))


async def drained(store):
    """Whether nothing waits."""
    depth = await store.depth()
    return depth.inbox == depth.outbox == 0


async def states(store, lane="7"):
    """Where the calls of a lane stand, in order."""
    return [row["state"] for row in (await store.about(lane))["outbox"]]


async def test_answers_of_one_update_keep_their_order(store):
    """Two messages of one turn arrive in order, although the first had to be repeated."""
    transport = ScriptedTransport(NotDelivered(), NotDelivered())
    await deliver(store, transport, (say("a"), say("b")))
    assert transport.texts() == ["a", "b"]
    assert await states(store) == ["sent", "sent"]


async def test_text_in_doubt_is_repeated(store):
    """A text nobody knows about is sent again and its row marked; the next one is certain."""
    transport = ScriptedTransport(DeliveryUncertain())
    await deliver(store, transport, (say("a"), say("b")))
    assert [call.params["text"] for call in transport.attempts] == ["a", "a", "b"]
    assert await states(store) == ["uncertain", "sent"]


async def test_text_always_in_doubt_ends(store):
    """A messenger that never answers gets a text a limited number of times."""
    transport = ScriptedTransport(*[DeliveryUncertain()] * 20)
    limits = Limits(pace=FAST.pace, poll=0.01, doubt_backoff=0.001, doubts=3)
    await deliver(store, transport, (say("a"),), limits=limits)
    assert len(transport.attempts) == 3
    assert await states(store) == ["uncertain"]


async def test_letter_in_doubt_is_not_repeated_but_mentioned(store):
    """A letter whose fate is unknown goes out once, and the person is told to ask again."""
    letter = Call("sendDocument", {"chat_id": 7}, files=(Attachment("document", "a", b"x"),))
    transport = ScriptedTransport(DeliveryUncertain())
    notices = Notices(lost=lambda _outgoing, state: (say(f"perhaps: {state.value}"),))
    await deliver(store, transport, (letter,), notices=notices)
    assert [call.method for call in transport.attempts] == ["sendDocument", "sendMessage"]
    assert transport.texts() == ["perhaps: uncertain"]
    assert await states(store) == ["uncertain", "sent"]


async def test_call_without_an_answer_is_in_doubt(store):
    """A call that takes longer than its time counts as uncertain."""
    transport = ScriptedTransport(asyncio.Event())
    limits = Limits(pace=FAST.pace, poll=0.01, call_timeout=0.02, doubt_backoff=0.01)
    await deliver(store, transport, (say("a"),), limits=limits)
    assert transport.texts() == ["a"]
    assert await states(store) == ["uncertain"]


async def test_fault_of_a_transport_is_in_doubt(store):
    """A transport that raises something unknown does not stop the chat."""
    transport = ScriptedTransport(ValueError("oops"))
    await deliver(store, transport, (say("a"), say("b")))
    assert transport.texts() == ["a", "b"]


async def test_limited_chat_waits_alone(store):
    """A 429 holds back the chat it came for, not the others."""
    transport = ScriptedTransport(RateLimited(30))
    delivery = build_delivery(
        store,
        transport,
        lambda item, _session: Handled(calls=(say("a", int(item.lane)),)),
        limits=FAST,
    )
    async with delivery.running():
        await delivery.receive(1, "7", {})
        await until(lambda: transport.attempts)
        await delivery.receive(2, "8", {})
        await until(lambda: transport.sent)
    assert transport.texts("8") == ["a"]
    assert transport.texts("7") == []
    assert (await store.depth()).outbox == 1


@pytest.mark.parametrize(
    "script",
    [[RateLimited(30, everyone=True)], [RateLimited(30), RateLimited(30), RateLimited(30)]],
)
async def test_limit_on_the_bot_pauses_everyone(store, script):
    """A limit on the bot as a whole, said so or seen on several chats, holds back all."""
    transport = ScriptedTransport(*script)
    delivery = build_delivery(
        store,
        transport,
        lambda item, _session: Handled(calls=(say("a", int(item.lane)),)),
        limits=FAST,
    )
    async with delivery.running():
        for n in range(1, len(script) + 1):
            await delivery.receive(n, str(n), {})
        await until(lambda: len(transport.attempts) == len(script))
        await asyncio.sleep(0.05)
        await delivery.receive(9, "9", {})
        await until(lambda: _answered(store, "9"))
        await asyncio.sleep(0.05)
    assert transport.sent == []


async def _answered(store, lane):
    return bool((await store.about(lane))["outbox"])


async def test_pace_is_kept(store):
    """No more goes out than the pace allows: here a burst of two and then nothing."""
    limits = Limits(pace=Pace(lane_per_second=0.001, lane_burst=2, per_second=None), poll=0.01)
    transport = ScriptedTransport()
    handled = Handled(calls=(say("a"), say("b"), say("c")))
    delivery = build_delivery(store, transport, lambda *_: handled, limits=limits)
    async with delivery.running():
        await delivery.receive(1, "7", {})
        await until(lambda: len(transport.sent) == 2)
        await asyncio.sleep(0.05)
    assert transport.texts() == ["a", "b"]


async def test_refused_markup_arrives_plain(store):
    """A formatting error of ours costs the person the bold type, not the answer."""
    rich = Call(
        "sendMessage", {"chat_id": 7, "text": "<b>a", "parse_mode": "HTML"}, fallback=say("a")
    )
    transport = ScriptedTransport(MarkupRejected())
    await deliver(store, transport, (rich, say("b")))
    assert transport.texts() == ["a", "b"]


async def test_refused_call_lets_the_next_pass(store):
    """What Telegram refuses for good is dead, and the rest of the chat goes on."""
    transport = ScriptedTransport(CallRejected("no"))
    await deliver(store, transport, (say("a"), say("b")))
    assert transport.texts() == ["b"]
    assert await states(store) == ["dead", "sent"]


async def test_blocked_chat_is_left_alone(store):
    """After a block nothing more is tried in that chat; a later update is answered again."""
    transport = ScriptedTransport(ChatUnreachable())
    await deliver(store, transport, (say("a"), say("b")), (say("c", 8),))
    assert transport.texts("7") == []
    assert transport.texts("8") == ["c"]
    assert await states(store) == ["dead", "dead"]


async def test_migrated_group_is_answered_in_its_new_place(store):
    """All that waits for a group that became a supergroup goes to the new chat, in order."""
    transport = ScriptedTransport(ChatMigrated(-1009))
    await deliver(store, transport, (say("a", -7), say("b", -7)))
    assert [call.params["chat_id"] for call in transport.sent] == [-1009, -1009]
    assert transport.texts() == ["a", "b"]
    assert await states(store, "-7") == []
    assert await states(store, "-1009") == ["sent", "sent"]


async def test_failing_acknowledgement_is_forgotten(store):
    """An acknowledgement that fails is not repeated and does not show."""
    transport = ScriptedTransport(NotDelivered())
    delivery = build_delivery(
        store,
        transport,
        lambda *_: Handled(acks=(Call("answerCallbackQuery", {}),)),
        limits=FAST,
    )
    async with delivery.running():
        await delivery.receive(1, "7", {})
        await until(lambda: transport.attempts)
    assert len(transport.attempts) == 1


async def test_process_that_was_frozen_does_not_send(store):
    """A call whose lease is nearly over goes back unsent: another may be at it already."""
    limits = Limits(pace=FAST.pace, poll=0.01, call_timeout=75, call_lease=60, call_backoff=30)
    transport = ScriptedTransport()
    delivery = build_delivery(
        store, transport, lambda *_: Handled(calls=(say("a"),)), limits=limits
    )
    async with delivery.running():
        await delivery.receive(1, "7", {})
        await until(lambda: _tried(store))
    assert transport.attempts == []
    assert await states(store) == ["new"]


async def _tried(store):
    rows = (await store.about("7"))["outbox"]
    return rows and rows[0]["error"] == "not delivered"


def test_readdress_reaches_the_fallback():
    """The plain form of a call moves along; calls without a chat stay as they are."""
    call = say("a", -7, fallback=say("b", -7))
    moved = readdress(call, -1009)
    assert moved.params["chat_id"] == moved.fallback.params["chat_id"] == -1009
    assert readdress(Call("getMe", {}), -1009).params == {}
