"""Calls and JSON objects as text in a database column."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from bot.store.port import Attachment, Call

if TYPE_CHECKING:
    from bot.store.port import Json


def dump(value: Json) -> str:
    """The object as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load(text: str | None) -> Json:
    """The object of ``dump``; an empty one for a column that was emptied."""
    value: Json = json.loads(text) if text else {}
    return value


def dump_call(call: Call) -> str:
    """The call as JSON, files in base64."""
    return dump(_plain(call))


def load_call(text: str | None) -> Call:
    """The call of ``dump_call``."""
    return _call(load(text))


def _plain(call: Call) -> Json:
    value: Json = {"method": call.method, "params": call.params}
    if call.files:
        value["files"] = [
            [file.field, file.name, b64encode(file.content).decode()] for file in call.files
        ]
    if call.fallback is not None:
        value["fallback"] = _plain(call.fallback)
    if call.once:
        value["once"] = True
    if call.recipe is not None:
        value["recipe"] = call.recipe
    return value


def _call(value: dict[str, Any]) -> Call:
    return Call(
        method=value.get("method", ""),
        params=value.get("params", {}),
        files=tuple(
            Attachment(field, name, b64decode(content))
            for field, name, content in value.get("files", ())
        ),
        fallback=_call(value["fallback"]) if "fallback" in value else None,
        once=value.get("once", False),
        recipe=value.get("recipe"),
    )
