"""Keeps chats, files and waiting updates over a restart, in one JSON file, when asked to."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.errors import SettingsInvalid
from bot.sandbox.world import Chat, Person, StoredFile

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.core import Sandbox

_VERSION: Final = 1
_PAUSE: Final = 0.5


def snapshot(box: Sandbox) -> dict[str, Any]:
    """Everything worth keeping, as JSON."""
    world = box.world
    return {
        "version": _VERSION,
        "next_id": world.next_id,
        "people": [asdict(person) for person in world.people.values()],
        "chats": [
            {**asdict(chat), "messages": list(chat.messages.values())}
            for chat in world.chats.values()
        ],
        "files": [
            {**asdict(stored), "data": base64.b64encode(stored.data).decode()}
            for stored in world.files.values()
        ],
        "updates": box.updates.to_json(),
    }


def restore(box: Sandbox, path: Path) -> None:
    """Takes back what a file holds; a missing file is a fresh start.

    Raises:
        SettingsInvalid: the file is not one of ours.
    """
    if not path.exists():
        return
    try:
        _fill(box, json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path}: not a history of the stand-in"
        raise SettingsInvalid(message) from error


def _fill(box: Sandbox, value: dict[str, Any]) -> None:
    if value["version"] != _VERSION:
        raise KeyError(_VERSION)
    world = box.world
    world.next_id = max(world.next_id, value["next_id"])
    world.people |= {person["id"]: Person(**person) for person in value["people"]}
    for fields in value["chats"]:
        messages = {message["message_id"]: message for message in fields["messages"]}
        world.chats[fields["id"]] = Chat(**{**fields, "messages": messages})
    for fields in value["files"]:
        data = base64.b64decode(fields["data"])
        world.files[fields["id"]] = StoredFile(**{**fields, "data": data})
    box.updates.restore(value["updates"])


def save(box: Sandbox, path: Path) -> None:
    """Writes the file in one go: a crash leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(json.dumps(snapshot(box)), "utf-8")
    fresh.replace(path)


async def keep_saving(box: Sandbox, path: Path) -> None:
    """Saves shortly after something happened, and once more at the end."""
    try:
        while not box.journal.closed:
            async for _ in box.journal.follow(box.journal.last, idle=60.0):
                await asyncio.sleep(_PAUSE)
                save(box, path)
                break
    finally:
        save(box, path)
