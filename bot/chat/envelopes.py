"""What is stored of an update before anything is done with it: who, in which lane, masked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import UpdateMalformed
from bot.privacy import mask, mask_update

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
)
"""The kinds of update that the bot asks Telegram for."""

MAX_BYTES: Final = 256 * 1024
"""An update larger than this is no message of a person's (text has 4096 characters at most)."""

_MOST: Final = 2**53
"""Update ids are smaller; no database could count positions between larger ones."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An update, ready for the inbox."""

    update_id: int
    lane: str
    """The chat, in whose order the update is answered."""
    person: str
    """Id of the one who wrote it; empty for nobody."""
    body: dict[str, Any]
    """``update`` with personal numbers covered, and ``masked``, the kinds that were."""


def seal(raw: bytes | dict[str, Any]) -> Envelope | None:
    """Puts a received update into an envelope.

    Args:
        raw: the body of a webhook request, or one decoded update.

    Returns:
        None for a kind of update that the bot has no use for.

    Raises:
        UpdateMalformed: it is not an update, or larger than one can be.
    """
    update = _decode(raw)
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id < _MOST:
        message = "no update_id"
        raise UpdateMalformed(message)
    kind = next((name for name in ALLOWED_UPDATES if name in update), None)
    if kind is None:
        return None
    content = update[kind]
    chat = _chat_of(content)
    if chat is None:
        message = f"{kind} without a chat"
        raise UpdateMalformed(message)
    body = {
        "update": {"update_id": update_id, kind: mask_update(content)},
        "masked": _kinds_masked(content),
    }
    return Envelope(update_id, str(chat), _person_of(content), body)


def _decode(raw: bytes | dict[str, Any]) -> dict[str, Any]:
    try:
        encoded = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        update = json.loads(encoded)
    except (ValueError, RecursionError, TypeError) as error:
        message = "not JSON"
        raise UpdateMalformed(message) from error
    if len(encoded) > MAX_BYTES:
        message = f"larger than {MAX_BYTES} bytes"
        raise UpdateMalformed(message)
    if not isinstance(update, dict):
        message = "not an object"
        raise UpdateMalformed(message)
    return update


def _chat_of(content: Any) -> int | None:
    """The chat of a message; of a button press, the chat of its message or the person."""
    if not isinstance(content, dict):
        return None
    message = content.get("message")
    holders = (content.get("chat"), message.get("chat") if isinstance(message, dict) else None)
    for holder in (*holders, content.get("from")):
        if isinstance(holder, dict):
            chat = holder.get("id")
            if isinstance(chat, int) and not isinstance(chat, bool) and abs(chat) < 2**63:
                return chat
    return None


def _person_of(content: dict[str, Any]) -> str:
    sender = content.get("from")
    person = sender.get("id") if isinstance(sender, dict) else None
    return str(person) if isinstance(person, int) and not isinstance(person, bool) else ""


def _kinds_masked(content: dict[str, Any]) -> list[str]:
    kinds: list[str] = []
    for key in ("text", "caption"):
        value = content.get(key)
        if isinstance(value, str):
            kinds += [kind for kind in mask(value).kinds if kind not in kinds]
    return kinds
