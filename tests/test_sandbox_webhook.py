"""Delivery to a webhook by Telegram's rules, on a clock that the tests move."""

from contextlib import asynccontextmanager

import httpx
import pytest
from doubles.manual_clock import ManualClock, settle
from doubles.sandbox_api import Api
from doubles.webhook_double import WebhookDouble
from starlette.responses import JSONResponse, Response

URL = "http://bot.test/hook"
BUTTONS = {"inline_keyboard": [[{"text": "按", "callback_data": "a"}]]}


@asynccontextmanager
async def delivering(hook, **parameters):
    """A stand-in that posts to the double, and its clock."""
    clock = ManualClock()
    transport = httpx.ASGITransport(app=hook.app)
    api = Api(clock=clock, webhook_transport=transport)
    await api.call("setWebhook", url=URL, **parameters)
    try:
        yield api, clock
    finally:
        await api.box.close()


async def test_update_is_posted_with_the_secret():
    """The body is the update, the header the secret."""
    hook = WebhookDouble()
    async with delivering(hook, secret_token="s-3_cret") as (api, _):
        person = await api.met()
        await settle()
        assert hook.updates[0]["message"]["chat"]["id"] == person.chat_id
        assert hook.headers[0]["x-telegram-bot-api-secret-token"] == "s-3_cret"
        assert hook.headers[0]["content-type"] == "application/json"
        assert (await api.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_one_update_of_a_chat_is_in_flight():
    """The next message of a chat waits for the answer to the one before."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, _):
        hook.hold()
        person = await api.met()
        await person.say("第二句")
        await settle()
        assert len(hook.held) == 1
        hook.let_go()
        await settle()
        assert [update["message"]["text"] for update in hook.updates] == ["你好", "第二句"]


async def test_other_chats_and_presses_do_not_wait():
    """Queues are chats for messages and people for presses: they overtake each other."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, _):
        person = await api.met()
        await settle()
        await api.call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=BUTTONS)
        hook.hold()
        await person.say("慢")
        await person.press("按")
        await api.met("别人")
        await settle()
        assert len(hook.held) == 3
        hook.let_go()
        await settle()
        assert [next(reversed(update)) for update in hook.updates] == [
            "message", "message", "callback_query", "message",
        ]  # fmt: skip


async def test_correction_waits_behind_its_message():
    """Edits are in the queue of their chat."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, _):
        hook.hold()
        person = await api.sandbox.person()
        message = await person.say("打错")
        await person.edit(message, "打对")
        await settle()
        assert len(hook.held) == 1
        hook.let_go()
        await settle()
        assert hook.updates[1]["edited_message"]["text"] == "打对"


async def test_failures_are_repeated_at_once_then_ever_later():
    """At once, then after 2, 4, … 64 seconds, then after one to two minutes."""
    hook = WebhookDouble(*[500] * 9)
    async with delivering(hook) as (api, clock):
        await api.met()
        await settle()
        assert len(hook.updates) == 2
        for count, delay in enumerate((2, 4, 8, 16, 32, 64), start=2):
            assert clock.alarms == [delay]
            await clock.forward(delay - 1)
            assert len(hook.updates) == count
            await clock.forward(1)
        assert 60 <= clock.alarms[0] <= 120
        await clock.forward(120)
        info = await api.call("getWebhookInfo")
        words = "Wrong response from the webhook: 500 Internal Server Error"
        assert (info["last_error_message"], info["pending_update_count"]) == (words, 1)
        await clock.forward(120)
        assert (await api.call("getWebhookInfo"))["pending_update_count"] == 0
        assert len(set(hook.ids)) == 1


async def test_retry_after_is_honoured():
    """A bot that asks for 30 seconds gets them."""
    hook = WebhookDouble(Response(status_code=503, headers={"Retry-After": "30"}))
    async with delivering(hook) as (api, clock):
        await api.met()
        await settle()
        assert clock.alarms == [30]
        await clock.forward(30)
        assert len(hook.updates) == 2


async def test_slow_answer_counts_as_failure_and_is_sent_again():
    """After 60 seconds without an answer the update comes a second time."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, clock):
        hook.hold()
        await api.met()
        await settle()
        await clock.forward(59)
        assert len(hook.updates) == 1
        await clock.forward(1)
        await settle()
        assert len(hook.ids) == 2
        assert len(set(hook.ids)) == 1
        assert (await api.call("getWebhookInfo"))["last_error_message"] == "Read timeout expired"


@pytest.mark.parametrize(("wait", "count"), [(140, 1), (160, 0)])
async def test_press_expires_while_the_bot_is_away(wait, count):
    """A press that could not be delivered for 150 seconds is dropped."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, clock):
        person = await api.met()
        await settle()
        await api.call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=BUTTONS)
        hook.answers = [Response(status_code=503, headers={"Retry-After": str(wait)})]
        await person.press("按")
        await settle()
        hook.updates.clear()
        await clock.forward(wait)
        assert len(hook.updates) == count


async def test_message_expires_after_a_day():
    """A bot that is away for more than 24 hours never hears of it."""
    hook = WebhookDouble(*[503] * 5000)
    async with delivering(hook) as (api, clock):
        await api.met()
        for _ in range(26):
            await clock.forward(3600)
        assert (await api.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_gone_for_a_day_closes_the_webhook():
    """410 over 23 hours takes the webhook away; then polling works again."""
    hook = WebhookDouble(*[410] * 5000)
    async with delivering(hook) as (api, clock):
        await api.met()
        await settle()
        for _ in range(22):
            await clock.forward(3600)
        assert (await api.call("getWebhookInfo"))["url"] == URL
        for _ in range(2):
            await clock.forward(3600)
        assert (await api.call("getWebhookInfo"))["url"] == ""


async def test_poisonous_updates_stop_everybody():
    """Only twice ``max_connections`` updates are loaded: as many that fail shut others out."""
    hook = WebhookDouble(*[500] * 500)
    async with delivering(hook, max_connections=2) as (api, clock):
        for number in range(5):
            await api.met(f"人{number}")
        for _ in range(8):
            await clock.forward(120)
        assert len(set(hook.ids)) == 4


async def test_max_connections_are_not_exceeded():
    """No more requests at a time than the bot allows."""
    hook = WebhookDouble()
    async with delivering(hook, max_connections=3) as (api, _):
        hook.hold()
        for number in range(5):
            await api.met(f"人{number}")
        await settle()
        assert len(hook.held) == 3
        hook.let_go()
        await settle()
        assert len(set(hook.ids)) == 5


async def test_method_in_the_answer_is_carried_out():
    """A call in the answer's body takes effect; its result is heard by nobody."""
    hook = WebhookDouble()
    async with delivering(hook) as (api, _):
        person = await api.sandbox.person()
        say = {"method": "sendMessage", "chat_id": person.chat_id, "text": "回"}
        forbidden = {"method": "deleteWebhook"}
        hook.answers = [JSONResponse(say), JSONResponse(forbidden), Response("no json")]
        for _ in range(3):
            await person.say("x")
            await settle()
        assert [message.text for message in await person.messages()] == ["x", "回", "x", "x"]
        assert (await api.call("getWebhookInfo"))["url"] == URL


async def test_updates_wait_when_the_webhook_is_deleted():
    """What was not delivered can be polled; dropping it has to be asked for."""
    hook = WebhookDouble(500, 500, 500)
    async with delivering(hook) as (api, _):
        await api.met()
        await settle()
        await api.call("deleteWebhook")
        assert len(await api.call("getUpdates")) == 1
        await api.call("deleteWebhook", drop_pending_updates=True)
        assert await api.call("getUpdates") == []


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"url": "ftp://a.cn"}, "Bad Request: invalid webhook URL specified"),
        ({"url": "http://[::"}, "Bad Request: invalid webhook URL specified"),
        ({"url": "http://a.cn:99999"}, "Bad Request: invalid webhook URL specified"),
        ({"url": URL, "secret_token": "a b"},
         "Bad Request: secret token contains unallowed characters"),
        ({"url": URL, "secret_token": "x" * 257}, "Bad Request: secret token is too long"),
    ],
)  # fmt: skip
async def test_bad_webhook_is_refused(parameters, fault):
    """Address and secret are checked."""
    assert await Api().fault("setWebhook", **parameters) == fault


async def test_unreachable_webhook_is_reported():
    """Nobody listens: getWebhookInfo says so and the update waits."""

    def refuse(request):
        reason = "nobody listens"
        raise httpx.ConnectError(reason, request=request)

    api = Api(clock=ManualClock(), webhook_transport=httpx.MockTransport(refuse))
    await api.call("setWebhook", url=URL)
    await api.met()
    await settle()
    info = await api.call("getWebhookInfo")
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    await api.box.close()
