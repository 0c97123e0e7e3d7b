"""The desk over a small knowledge, without network: updates go in, texts and buttons come out."""

import inspect

from bot.chat.admins.desk import AdminDesk
from bot.chat.envelopes import seal
from bot.chat.handler import UpdateHandler
from bot.chat.turns import Identity
from bot.store.memory import MemoryStore

ADMIN = 7
STRANGER = 8


class Office:
    """Brings updates through a store in memory and the real handler, one after another.

    Args:
        serving: what answers.
        sections: of the desk.
        admins: whom it serves.
        store: where everything is kept.
    """

    def __init__(self, serving, sections, admins=(ADMIN,), store=None):
        self.store = store or MemoryStore()
        self.handler = UpdateHandler(
            serving, Identity(99, "bot"), AdminDesk(admins, serving, sections)
        )
        self.updates = 0
        self.handled = None

    async def deliver(self, update):
        """One update; returns what came of it."""
        self.updates += 1
        envelope = seal({"update_id": self.updates, **update})
        await self.store.receive(envelope.update_id, envelope.lane, envelope.body)
        (claim,) = await self.store.claim("office", limit=1, lease=60)
        handled = self.handler(claim.item, claim.session)
        self.handled = await handled if inspect.isawaitable(handled) else handled
        await self.store.complete(claim, self.handled)
        return self.handled

    async def say(self, text, person=ADMIN, chat=None, **content):
        """A message in the person's private chat or another; returns the texts of the answer."""
        command = text.startswith("/")
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        message = {
            **envelope(person, chat),
            "text": text,
            **({"entities": [entity]} if command else {}),
            **content,
        }
        await self.deliver({"message": message})
        return self.texts

    async def send(self, name, person=ADMIN, file_id="F1", size=10):
        """A document; returns the texts of the answer."""
        document = {"file_id": file_id, "file_unique_id": "u", "file_name": name}
        message = {**envelope(person), "document": {**document, "file_size": size}}
        await self.deliver({"message": message})
        return self.texts

    async def press(self, data, person=ADMIN, chat=None):
        """A button; returns the texts of the answer."""
        message = {**envelope(person, chat), "text": "?"}
        query = {"id": "q", "chat_instance": "c", "data": data, "message": message}
        await self.deliver({"callback_query": {**query, "from": message["from"]}})
        return self.texts

    @property
    def texts(self):
        """What was said last."""
        return [call.params["text"] for call in self.handled.calls if "text" in call.params]

    @property
    def buttons(self):
        """Label to data of the buttons that were shown last."""
        keyboards = (call.params.get("reply_markup", {}) for call in self.handled.calls)
        rows = [row for board in keyboards for row in board.get("inline_keyboard", ())]
        return {button["text"]: button.get("callback_data", "") for row in rows for button in row}

    @property
    def toast(self):
        """The notice at the button that was pressed last."""
        (ack,) = self.handled.acks
        return ack.params["text"]


def envelope(person, chat=None):
    """What every message has."""
    sender = {"id": person, "is_bot": False, "first_name": "某"}
    private = {"id": person, "type": "private"}
    return {"message_id": 3, "date": 1_790_000_000, "chat": chat or private, "from": sender}
