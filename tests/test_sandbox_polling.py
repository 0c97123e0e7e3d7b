"""Long polling against the stand-in: order, confirmation, waiting, conflicts, expiry."""

import asyncio

from doubles.manual_clock import ManualClock, settle
from doubles.sandbox_api import Api

CONFLICT = "Conflict: terminated by other getUpdates request"


async def test_ids_rise_over_all_chats():
    """Updates of different chats share one numbering."""
    api = Api()
    first, second = await api.met(), await api.met()
    await first.say("一")
    await second.say("二")
    updates = await api.call("getUpdates")
    ids = [update["update_id"] for update in updates]
    assert ids == list(range(ids[0], ids[0] + 4))
    assert [update["message"]["text"] for update in updates][2:] == ["一", "二"]


async def test_offset_confirms_what_came_before():
    """Confirmed updates are gone; others come again; a negative offset keeps the newest."""
    api = Api()
    person = await api.met()
    for text in "甲乙丙":
        await person.say(text)
    updates = await api.call("getUpdates", limit=2)
    again = await api.call("getUpdates")
    assert (len(updates), len(again)) == (2, 4)
    rest = await api.call("getUpdates", offset=updates[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["乙", "丙"]
    last = await api.call("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["丙"]
    assert len(await api.call("getUpdates")) == 1


async def test_poll_waits_for_the_first_update():
    """A waiting call returns as soon as somebody writes."""
    api = Api()
    person = await api.sandbox.person()
    waiting = asyncio.create_task(api.call("getUpdates", timeout=30))
    await settle()
    assert not waiting.done()
    await person.say("在吗")
    assert (await waiting)[0]["message"]["text"] == "在吗"


async def test_poll_returns_empty_when_its_time_is_over():
    """Nobody wrote: an empty list after ``timeout`` seconds."""
    clock = ManualClock()
    api = Api(clock=clock)
    waiting = asyncio.create_task(api.call("getUpdates", timeout=30))
    await settle()
    await clock.forward(29)
    assert not waiting.done()
    await clock.forward(1)
    assert await waiting == []


async def test_second_poll_ends_the_first():
    """Two bots with one token get in each other's way, as with Telegram."""
    api = Api()
    first = asyncio.create_task(api.ask("getUpdates", timeout=30))
    await settle()
    second = asyncio.create_task(api.ask("getUpdates", timeout=30))
    answer = await first
    assert (answer["error_code"], answer["description"].startswith(CONFLICT)) == (409, True)
    await api.box.close()
    assert await second == {"ok": True, "result": []}


async def test_webhook_and_polling_exclude_each_other():
    """A poll is refused while a webhook is set, and ended when one is being set."""
    api = Api()
    waiting = asyncio.create_task(api.ask("getUpdates", timeout=30))
    await settle()
    await api.call("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await waiting)["description"] == "Conflict: terminated by setWebhook request"
    assert await api.fault("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await api.call("deleteWebhook")
    assert await api.call("getUpdates") == []


async def test_unanswered_updates_expire():
    """A press is forgotten after 150 seconds, a message after a day."""
    clock = ManualClock()
    api = Api(clock=clock)
    person = await api.met()
    markup = {"inline_keyboard": [[{"text": "按", "callback_data": "a"}]]}
    await api.call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=markup)
    await person.press("按")
    assert len(await api.call("getUpdates")) == 2
    await clock.forward(151)
    assert ["message" in update for update in await api.call("getUpdates")] == [True]
    await clock.forward(86_400)
    assert await api.call("getUpdates") == []


async def test_allowed_updates_are_remembered():
    """Kinds that the bot does not want are not kept; an empty list means the usual ones."""
    api = Api()
    await api.call("getUpdates", allowed_updates=["callback_query"])
    person = await api.met()
    assert await api.call("getUpdates") == []
    await api.call("getUpdates", allowed_updates=[])
    await person.say("现在")
    assert len(await api.call("getUpdates")) == 1


async def test_numbering_goes_on_after_a_restart():
    """A bot that remembers old ids never sees them again, even when the history is gone."""
    clock = ManualClock()
    before = Api(clock=clock)
    await before.met()
    await clock.forward(60)
    after = Api(clock=clock)
    await after.met()
    old, new = [(await api.call("getUpdates"))[0] for api in (before, after)]
    assert new["update_id"] > old["update_id"]
    assert new["message"]["chat"]["id"] > old["message"]["chat"]["id"]


async def test_update_of_any_shape_can_be_sent():
    """A test may send what Telegram never would."""
    api = Api()
    number = await api.sandbox.push_update({"nonsense": [1, None]})
    assert await api.call("getUpdates") == [{"update_id": number, "nonsense": [1, None]}]
