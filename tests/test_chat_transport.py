"""The transport over python-telegram-bot: what goes over the wire, what each failure means."""

import asyncio
import json
import socket

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, error

from bot import errors
from bot.chat.transport import TelegramTransport, classify
from bot.chat.wire import AiohttpRequest, secure_context
from bot.store.port import Attachment, Call

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SAY = Call("sendMessage", {"chat_id": 7, "text": "<b>a</b>", "parse_mode": "HTML"})


class HastyRequest(AiohttpRequest):
    """The real client, in a hurry."""

    @property
    def read_timeout(self):
        """Seconds."""
        return 0.2


@pytest.fixture(scope="module")
def context():
    """Loaded once, as in the product."""
    return secure_context()


@pytest.fixture
def call(context):
    """Makes one call through the real client to a server that answers from a function."""

    async def make(answer, what=SAY):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        async with TestServer(app) as server:
            return await over(context, str(server.make_url("")), what)

    return make


async def over(context, root, what=SAY):
    """One call to a server."""
    request = HastyRequest(connections=2, context=context)
    bot = Bot(TOKEN, base_url=f"{root}/bot", request=request, get_updates_request=request)
    bot._bot_initialized = True
    async with request:
        return await TelegramTransport(bot).call(what)


def refuse(code, description, **parameters):
    """A server that answers with an error."""
    body = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters

    async def answer(_request):
        return web.json_response(body, status=code)

    return answer


def say(text, status=200):
    """A server that answers with any text."""

    async def answer(_request):
        return web.Response(text=text, status=status)

    return answer


async def accept(_request):
    """A server that carries out what it is asked."""
    return web.json_response({"ok": True, "result": {"message_id": 5}})


async def cut(request):
    """A connection that breaks before the answer."""
    request.transport.abort()
    return web.Response()


async def tear(request):
    """A connection that breaks in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "64"})
    await response.prepare(request)
    await response.write(b'{"ok":')
    request.transport.abort()
    return response


async def hang(_request):
    """A server that never answers."""
    await asyncio.sleep(0.6)
    return web.Response()


async def test_call_goes_over_the_wire_as_it_is(call):
    """Parameters reach the method named, and the raw result comes back."""
    seen = []

    async def answer(request):
        seen.append((request.path, await request.json()))
        return await accept(request)

    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "a"}]]}
    result = await call(answer, Call("sendMessage", {"chat_id": 7, "reply_markup": markup}))
    assert result == {"message_id": 5}
    assert seen == [(f"/bot{TOKEN}/sendMessage", {"chat_id": 7, "reply_markup": markup})]


async def test_files_are_uploaded_under_their_names(call):
    """A letter arrives as a file with the name that the person sees, beside its parameters."""
    seen = {}

    async def answer(request):
        form = await request.post()
        seen.update(form)
        seen["content"] = form["document"].file.read()
        return await accept(request)

    markup = {"inline_keyboard": []}
    letter = Call(
        "sendDocument",
        {"chat_id": 7, "reply_markup": markup},
        (Attachment("document", "申请书.docx", b"PK\x03"),),
    )
    await call(answer, letter)
    assert seen["document"].filename == "申请书.docx"
    assert seen["content"] == b"PK\x03"
    assert seen["chat_id"] == "7"
    assert json.loads(seen["reply_markup"]) == markup


async def test_proxy_of_the_environment_is_used(context, monkeypatch):
    """Where the Bot API can only be reached through a proxy, HTTPS_PROXY and its like count."""
    seen = []

    async def answer(request):
        seen.append(request.raw_path)
        return await accept(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as proxy:
        monkeypatch.setenv("http_proxy", str(proxy.make_url("")))
        monkeypatch.setenv("no_proxy", "")
        await over(context, "http://telegram.invalid")
    assert seen == [f"http://telegram.invalid/bot{TOKEN}/sendMessage"]


async def test_nothing_listens(context):
    """A connection that is refused surely carried nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(errors.NotDelivered):
            await over(context, root)


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
        (cut, errors.DeliveryUncertain),
        (tear, errors.DeliveryUncertain),
        (hang, errors.DeliveryUncertain),
        (say("no json"), errors.DeliveryUncertain),
        (say("<html>", 502), errors.DeliveryUncertain),
    ],
)
async def test_failures_are_told_apart(call, answer, expected):
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
async def test_refusals_that_do_not_matter(call, description):
    """An edit to the same text and a late acknowledgement succeed."""
    assert await call(refuse(400, description)) is True


async def test_limits_and_new_addresses_are_read(call):
    """The seconds to wait and the new chat are taken from the answer."""
    with pytest.raises(errors.RateLimited) as limited:
        await call(refuse(429, "Too Many Requests: retry after 7", retry_after=7))
    assert limited.value.retry_after == 7.0
    with pytest.raises(errors.ChatMigrated) as moved:
        await call(refuse(400, "Bad Request: …", migrate_to_chat_id=-1009))
    assert moved.value.new_chat_id == -1009


async def test_limit_is_read_as_a_time_span_too(call, monkeypatch):
    """The library's coming form of the seconds is understood."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(errors.RateLimited) as limited:
        await call(refuse(429, "Too Many Requests: retry after 7", retry_after=7))
    assert limited.value.retry_after == 7.0


async def test_token_is_never_told(call, caplog):
    """Neither the error, nor what hangs on it, nor the log quotes the token."""
    caplog.set_level("DEBUG", logger="aiohttp.client")
    with pytest.raises(errors.DeliveryUncertain) as caught:
        await call(cut)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert TOKEN not in caplog.text


def test_failure_without_a_known_cause_is_in_doubt():
    """Whatever the library may add: what is not known to be safe counts as uncertain."""
    assert type(classify(error.TelegramError("new"))) is errors.DeliveryUncertain
    assert type(classify(error.TimedOut())) is errors.DeliveryUncertain
