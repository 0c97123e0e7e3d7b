"""Reads the text or caption of a call: markup, given entities, length.

Source: ``get_formatted_text`` of tdlib/telegram-bot-api and the limits of the Bot API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.entities import Entity, clean, complete, is_blank, utf16_length
from bot.sandbox.html import parse_html
from bot.sandbox.links import LinkInvalid, check_link
from bot.sandbox.refusals import bad_request

if TYPE_CHECKING:
    from bot.sandbox.arguments import Arguments

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
_MAX_BYTES: Final = 1 << 15
_PLAIN: Final = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "blockquote",
        "expandable_blockquote",
    }
)
_AUTOMATIC: Final = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)
_NEEDS: Final = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}

Formatted = tuple[str, list[dict[str, Any]]]
"""A text and its entities as JSON."""


def read_text(arguments: Arguments) -> Formatted:
    """The text of a message.

    Raises:
        CallRefused: empty, too long, or with broken markup.
    """
    if not arguments.text("text"):
        message = "Message text is empty"
        raise bad_request(message)
    text, entities = _formatted(arguments, "text", "entities")
    if is_blank(text):
        message = "Text must be non-empty"
        raise bad_request(message)
    if utf16_length(text) > MAX_TEXT:
        message = "Message is too long"
        raise bad_request(message)
    return text, entities


def read_caption(arguments: Arguments) -> Formatted:
    """The caption of a file; may be empty.

    Raises:
        CallRefused: too long, or with broken markup.
    """
    text, entities = _formatted(arguments, "caption", "caption_entities")
    if utf16_length(text) > MAX_CAPTION:
        message = "Message caption is too long"
        raise bad_request(message)
    return text, entities


def mark_up(text: str) -> Formatted:
    """What a person wrote, with the entities Telegram finds in it."""
    plain, _ = clean(text)
    return plain, [entity.to_json() for entity in complete(plain, [])]


def _formatted(arguments: Arguments, name: str, entities_name: str) -> Formatted:
    text = arguments.text(name)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        message = "Strings must be encoded in UTF-8"
        raise bad_request(message) from None
    if size > _MAX_BYTES:
        message = "Text is too long"
        raise bad_request(message)
    mode = arguments.text("parse_mode").lower()
    if text and mode not in {"", "none"}:
        if mode != "html":
            message = "Unsupported parse_mode"
            raise bad_request(message)
        text, entities = parse_html(text)
    else:
        entities = _given(arguments, entities_name, text)
    text, entities = clean(text, entities)
    return text, [entity.to_json() for entity in complete(text, entities)]


def _given(arguments: Arguments, name: str, text: str) -> list[Entity]:
    values = arguments.decoded(name, "entities")
    if not isinstance(values, list):
        return []
    read = [_entity(value) for value in values]
    entities = [entity for entity in read if entity is not None]
    for entity in entities:
        _check_place(entity, text)
    return entities


def _entity(value: Any) -> Entity | None:
    try:
        kind, offset, length = _parts(value)
        if kind in _AUTOMATIC:
            return None
        return Entity(kind, offset, length, _extra(kind, value))
    except ValueError as error:
        message = f"Can't parse MessageEntity: {error}"
        raise bad_request(message) from None


def _parts(value: Any) -> tuple[str, int, int]:
    if not isinstance(value, dict):
        message = "expected an Object"
        raise ValueError(message)  # noqa: TRY004  # becomes a refusal above, like the others
    for field in ("offset", "length", "type"):
        if field not in value:
            message = f'Can\'t find field "{field}"'
            raise ValueError(message)
    for field in ("offset", "length"):
        if not isinstance(value[field], int):
            message = f'Field "{field}" must be of type Number'
            raise ValueError(message)  # noqa: TRY004  # as above
    return str(value["type"]), value["offset"], value["length"]


def _extra(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    if kind in _PLAIN:
        return {}
    if kind == "pre":
        return {"language": value["language"]} if value.get("language") else {}
    needed = _NEEDS.get(kind)
    if needed is None:
        message = "Unsupported type specified"
        raise ValueError(message)
    if needed not in value:
        message = f'Can\'t find field "{needed}"'
        raise ValueError(message)
    if kind == "text_link":
        try:
            return {"url": check_link(str(value["url"]))}
        except LinkInvalid:
            return {}
    return {needed: value[needed]}


def _check_place(entity: Entity, text: str) -> None:
    """Refuses an entity outside of the text or one that halves a surrogate pair."""
    units = text.encode("utf-16-le")
    size = len(units) // 2
    if entity.offset < 0 or entity.offset > size:
        message = f"Receive an entity with incorrect offset {entity.offset}"
        raise bad_request(message)
    if entity.length < 0:
        message = f"Receive an entity with incorrect length {entity.length}"
        raise bad_request(message)
    if entity.end > size:
        message = (
            f"Entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
            f"at UTF-16 offset {entity.end}"
        )
        raise bad_request(message)
    for place, words in ((entity.offset, "begins in"), (entity.end, "ends in")):
        if place < size and 0xDC <= units[2 * place + 1] <= 0xDF:  # noqa: PLR2004  # low surrogate
            message = f"Entity {words} a middle of a UTF-16 symbol at byte offset {place}"
            raise bad_request(message)
