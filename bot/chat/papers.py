"""Makes files when they are sent: letters, cards, tables, calendars, and a person's own data.

Answering a message stays fast, and the outbox keeps what a file is made from instead of the file.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.chat.markup import to_pages
from bot.clock import now
from bot.conversation.owndata import OwnData
from bot.errors import BotError, CallRejected, NotDelivered, StorageUnavailable
from bot.store.port import Attachment

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.content import Serving
    from bot.delivery.transport import Transport
    from bot.documents.press import Press
    from bot.store.port import Call, Json, Store

_log = structlog.get_logger(__name__)
ABOUT_TEXT: Final = "about_text"
ABOUT_JSON: Final = "about_json"
ABOUT_DOCX: Final = "about_docx"


class PaperTransport:
    """A transport that first makes what a call's recipe asks for.

    Args:
        inner: carries the finished calls out.
        store: holds what a person may ask for.
        content: words for it.
        press: makes files.
        zone: in which days are told.
    """

    def __init__(
        self, inner: Transport, store: Store, content: Serving, press: Press, zone: tzinfo
    ) -> None:
        self._inner = inner
        self._store = store
        self._content = content
        self._press = press
        self._zone = zone

    async def call(self, call: Call) -> Any:
        """Makes the file if there is one to make, and carries the call out.

        Raises:
            SendError: as the inner transport; ``CallRejected`` where the file cannot be made.
        """
        if call.recipe is not None:
            call = await self._made(call, call.recipe)
        return await self._inner.call(call)

    async def _made(self, call: Call, recipe: Json) -> Call:
        make = str(recipe.get("make"))
        try:
            if make in {ABOUT_TEXT, ABOUT_JSON, ABOUT_DOCX}:
                return await self._about(call, make, recipe)
            content = await asyncio.to_thread(self._press.make, make, recipe["data"])
        except StorageUnavailable as error:
            raise NotDelivered(str(error)) from error
        except (BotError, KeyError) as error:
            _log.warning("paper_not_made", make=make, error=type(error).__name__)
            message = f"{make} cannot be made: {type(error).__name__}"
            raise CallRejected(message) from error
        return _with_file(call, recipe, content)

    async def _about(self, call: Call, make: str, recipe: Json) -> Call:
        stored = await self._store.about(str(call.params["chat_id"]))
        own = OwnData(self._content.knowledge, self._zone)
        if make == ABOUT_TEXT:
            page = to_pages(own.blocks(stored))[0]
            params = {**call.params, "text": page.html, "parse_mode": "HTML"}
            return replace(call, params=params, recipe=None)
        if make == ABOUT_JSON:
            written = json.dumps(stored, ensure_ascii=False, indent=2, default=str)
            return _with_file(call, recipe, written.encode())
        letter = own.letter(stored, now())
        content = await asyncio.to_thread(self._press.make, "docx", letter.to_json())
        return _with_file(call, recipe, content)


def _with_file(call: Call, recipe: Json, content: bytes) -> Call:
    file = Attachment(str(recipe["field"]), str(recipe["name"]), content)
    return replace(call, files=(file,), recipe=None)
