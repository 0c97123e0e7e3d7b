"""Files are made when they are sent; what cannot be made is said, and nothing else is lost."""

import pytest

from bot.chat.papers import PaperTransport
from bot.chat.replies import to_calls
from bot.conversation.turn import Paper, Paragraph, Reply
from bot.documents.press import Press
from bot.errors import CallRejected
from bot.settings import load_settings
from bot.store.codec import dump_call, load_call
from bot.store.memory import MemoryStore
from bot.store.port import Call

ZONE = load_settings().timezone


class Recorder:
    """A transport that keeps what it is given."""

    def __init__(self):
        self.calls = []

    async def call(self, call):
        """Keeps a call."""
        self.calls.append(call)
        return True


class KnowledgeOnly:
    """The part of the content that papers read."""

    def __init__(self, knowledge):
        self.knowledge = knowledge


@pytest.fixture
def store():
    """An empty store."""
    return MemoryStore()


@pytest.fixture
def inner():
    """Where finished calls go."""
    return Recorder()


@pytest.fixture
def transport(inner, store, shipped_knowledge):
    """On a machine without a Chinese font."""
    return PaperTransport(inner, store, KnowledgeOnly(shipped_knowledge), Press(ZONE, None), ZONE)


def paper(make, data, name="材料-20261123.csv"):
    """The call that sends a paper."""
    reply = Reply((Paragraph("好"),), papers=(Paper(make, data, name),))
    return to_calls((reply,), "7", "没做出来")[-1]


def test_recipe_survives_the_outbox():
    """What a file is made from is stored with its call, and makes it unrepeatable."""
    call = paper("csv", {"rows": [["甲", "1"]]})
    assert load_call(dump_call(call)) == call
    assert not call.repeatable
    assert Call("sendMessage", {}).repeatable


async def test_file_is_made_when_it_is_sent(transport, inner):
    """The inner transport gets the bytes under the neutral name, and no recipe."""
    await transport.call(paper("csv", {"rows": [["甲", "1"]]}))
    (sent,) = inner.calls
    assert (sent.method, sent.recipe) == ("sendDocument", None)
    assert (sent.files[0].field, sent.files[0].name) == ("document", "材料-20261123.csv")
    assert "甲" in sent.files[0].content.decode("utf-8-sig")


@pytest.mark.parametrize(("make", "data"), [("pdf", {}), ("dance", {}), ("docx", {"x": 1})])
async def test_paper_that_cannot_be_made_falls_back_to_words(transport, inner, make, data):
    """Without a font, or with damaged data, the call is refused and its fallback says so."""
    call = paper(make, data)
    with pytest.raises(CallRejected):
        await transport.call(call)
    assert inner.calls == []
    assert call.fallback.params["text"] == "没做出来"


async def test_own_data_is_read_when_it_is_sent(transport, inner, store):
    """Events and session of the moment of sending are told, in plain words."""
    await store.receive(1, "7", {"update": {"message": {"text": "你好"}}})
    await transport.call(paper("about_text", {}, ""))
    (sent,) = inner.calls
    assert sent.method == "sendMessage"
    assert "等着处理的消息 1 条" in sent.params["text"]
    await transport.call(paper("about_docx", {}, "我的数据.docx"))
    assert inner.calls[1].files[0].content.startswith(b"PK")


async def test_other_calls_pass_through(transport, inner):
    """A call without a recipe is not touched."""
    call = Call("sendMessage", {"chat_id": 7, "text": "好"})
    await transport.call(call)
    assert inner.calls == [call]
