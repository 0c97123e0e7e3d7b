"""The transport over python-telegram-bot: what goes over the wire, what each failure means."""

import json

import httpx
import pytest
from telegram import Bot, error
from telegram.request import HTTPXRequest

from bot import errors
from bot.chat.transport import TelegramTransport, classify
from bot.store.port import Attachment, Call

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SAY = Call("sendMessage", {"chat_id": 7, "text": "<b>a</b>", "parse_mode": "HTML"})


class WireDouble(HTTPXRequest):
    """The real request class, over a server that answers from a function."""

    def __init__(self, answer):
        super().__init__(httpx_kwargs={"transport": httpx.MockTransport(answer)})


async def call(answer, what=SAY):
    """One call through the real client."""
    bot = Bot(TOKEN, request=WireDouble(answer), get_updates_request=WireDouble(answer))
    bot._bot_initialized = True
    async with bot.request:
        return await TelegramTransport(bot).call(what)


def refuse(code, description, **parameters):
    """A server that answers with an error."""
    body = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return lambda _request: httpx.Response(code, json=body)


def accept(request):
    """A server that carries out what it is asked."""
    return httpx.Response(200, json={"ok": True, "result": {"message_id": 5}})


def fail(failure):
    """A connection that breaks."""

    def answer(_request):
        raise failure

    return answer


async def test_call_goes_over_the_wire_as_it_is():
    """Parameters reach the method named, and the raw result comes back."""
    seen = []

    def answer(request):
        seen.append(request)
        return accept(request)

    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "a"}]]}
    result = await call(answer, Call("sendMessage", {"chat_id": 7, "reply_markup": markup}))
    assert result == {"message_id": 5}
    assert seen[0].url.path == f"/bot{TOKEN}/sendMessage"
    form = httpx.QueryParams(seen[0].content.decode())
    assert json.loads(form["reply_markup"]) == markup


async def test_files_are_uploaded_under_their_names():
    """A letter arrives as a file with the name that the person sees."""
    seen = []

    def answer(request):
        seen.append(request.read())
        return accept(request)

    letter = Call("sendDocument", {"chat_id": 7}, (Attachment("document", "a.docx", b"PK\x03"),))
    await call(answer, letter)
    assert b'name="document"; filename="a.docx"' in seen[0]
    assert b"PK\x03" in seen[0]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refuse(429, "Too Many Requests: retry after 7", retry_after=7), errors.RateLimited),
        (refuse(429, "Too Many Requests"), errors.RateLimited),
        (refuse(400, "Bad Request: can't parse entities: …"), errors.MarkupRejected),
        (refuse(400, "Bad Request: message is too long"), errors.CallRejected),
        (refuse(400, "Bad Request: message to edit not found"), errors.CallRejected),
        (refuse(400, "Bad Request: chat not found"), errors.ChatUnreachable),
        (refuse(403, "Forbidden: bot was blocked by the user"), errors.ChatUnreachable),
        (refuse(400, "Bad Request: group …", migrate_to_chat_id=-1009), errors.ChatMigrated),
        (refuse(404, "Not Found"), errors.CallRejected),
        (refuse(401, "Unauthorized"), errors.NotDelivered),
        (refuse(409, "Conflict: …"), errors.NotDelivered),
        (refuse(500, "Internal Server Error"), errors.DeliveryUncertain),
        (refuse(502, "Bad Gateway"), errors.DeliveryUncertain),
        (fail(httpx.PoolTimeout("")), errors.NotDelivered),
        (fail(httpx.ConnectTimeout("")), errors.NotDelivered),
        (fail(httpx.ConnectError("")), errors.NotDelivered),
        (fail(httpx.ReadTimeout("")), errors.DeliveryUncertain),
        (fail(httpx.WriteTimeout("")), errors.DeliveryUncertain),
        (fail(httpx.ReadError("")), errors.DeliveryUncertain),
        (fail(httpx.WriteError("")), errors.DeliveryUncertain),
        (fail(httpx.RemoteProtocolError("")), errors.DeliveryUncertain),
        (lambda _request: httpx.Response(200, text="no json"), errors.DeliveryUncertain),
        (lambda _request: httpx.Response(502, text="<html>"), errors.DeliveryUncertain),
    ],
)
async def test_failures_are_told_apart(answer, expected):
    """Each answer and each silence of Telegram has its class."""
    with pytest.raises(errors.SendError) as caught:
        await call(answer)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: message is not modified: specified new message content is the same",
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ],
)
async def test_refusals_that_do_not_matter(description):
    """An edit to the same text and a late acknowledgement succeed."""
    assert await call(refuse(400, description)) is True


async def test_limits_and_new_addresses_are_read():
    """The seconds to wait and the new chat are taken from the answer."""
    with pytest.raises(errors.RateLimited) as limited:
        await call(refuse(429, "Too Many Requests: retry after 7", retry_after=7))
    assert limited.value.retry_after == 7.0
    with pytest.raises(errors.ChatMigrated) as moved:
        await call(refuse(400, "Bad Request: …", migrate_to_chat_id=-1009))
    assert moved.value.new_chat_id == -1009


async def test_limit_is_read_as_a_time_span_too(monkeypatch):
    """The library's coming form of the seconds is understood."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(errors.RateLimited) as limited:
        await call(refuse(429, "Too Many Requests: retry after 7", retry_after=7))
    assert limited.value.retry_after == 7.0


async def test_token_is_never_told(caplog):
    """Neither the error, nor what hangs on it, nor the log quotes the token."""
    failure = httpx.ReadError(f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    with pytest.raises(errors.DeliveryUncertain) as caught:
        await call(fail(failure))
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert TOKEN not in caplog.text


def test_failure_without_a_known_cause_is_in_doubt():
    """Whatever the library may add: what is not known to be safe counts as uncertain."""
    assert type(classify(error.TelegramError("new"))) is errors.DeliveryUncertain
    assert type(classify(error.TimedOut())) is errors.DeliveryUncertain
