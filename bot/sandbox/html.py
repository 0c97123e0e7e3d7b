"""Reads Telegram's HTML, with Telegram's own faults at Telegram's byte offsets.

Source: ``parse_html`` and ``decode_html_entity`` of tdlib/td, ``MessageEntity.cpp``. The text is
read as UTF-8 bytes, since the offsets in the messages count bytes; behind the end stands a NUL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from bot.sandbox.entities import Entity
from bot.sandbox.links import LinkInvalid, check_link, mentioned_user
from bot.sandbox.refusals import bad_request

TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SPACE: Final = b" \t\r\n\0\v"
_NAMED: Final = {b"lt": 0x3C, b"gt": 0x3E, b"amp": 0x26, b"quot": 0x22}
_LAST_CHARACTER: Final = 0x10FFFF
_LONGEST_NUMBER: Final = 10
_ASTRAL: Final = 0xFFFF
_CONTINUATION: Final = 0b1000_0000
_FOUR_BYTES: Final = 0b1111_0000
_NUMBER: Final = re.compile(r"0*[1-9][0-9]{0,17}")
_TIME_FORMAT: Final = frozenset("tTdDwW")


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Splits marked-up text into plain text and entities.

    Raises:
        CallRefused: ``can't parse entities: …``
    """
    return _Reader(text).read()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    name: str
    argument: str
    date: str
    offset: int
    start: int


class _Fault(Exception):
    """What is wrong with the markup."""


class _Reader:
    """Walks over the bytes once."""

    def __init__(self, text: str) -> None:
        self._data = text.encode("utf-8", "surrogatepass") + b"\0\0"
        self._size = len(self._data) - 2
        self._at = 0
        self._out = bytearray()
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        try:
            while self._at < self._size:
                self._step()
            plain = self._plain()
        except _Fault as fault:
            message = f"Can't parse entities: {fault}"
            raise bad_request(message) from None
        return plain, [
            replace(entity, extra={}) if entity.kind == "code" else entity
            for entity in self._entities
        ]

    def _plain(self) -> str:
        if self._open:
            message = f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"'
            raise _Fault(message)
        try:
            return self._out.decode()
        except UnicodeDecodeError as error:
            message = (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
            raise _Fault(message) from error

    def _step(self) -> None:
        byte = self._data[self._at]
        if byte == ord("&"):
            code = self._reference()
            if code:
                self._out += chr(code).encode("utf-8", "surrogatepass")
                self._offset += 2 if code > _ASTRAL else 1
                return
        if byte != ord("<"):
            if byte & 0b1100_0000 != _CONTINUATION:
                self._offset += 2 if byte >= _FOUR_BYTES else 1
            self._out.append(byte)
            self._at += 1
        elif self._data[self._at + 1] == ord("/"):
            self._end_tag()
        else:
            self._start_tag()

    def _reference(self) -> int:
        """Decodes ``&…;`` and moves behind it; 0 (and no move) when it is not one."""
        start = end = self._at + 1
        if self._data[start] == ord("#"):
            hexadecimal = self._data[start + 1] == ord("x")
            start = end = start + (2 if hexadecimal else 1)
            digits = b"0123456789abcdefABCDEF" if hexadecimal else b"0123456789"
            while self._data[end] in digits:
                end += 1
            digits = self._data[start:end] if end - self._at < _LONGEST_NUMBER else b""
            code = int(digits or b"0", 16 if hexadecimal else 10)
            if code >= _LAST_CHARACTER:
                code = 0
        else:
            while self._data[end : end + 1].isalpha():
                end += 1
            code = _NAMED.get(self._data[start:end], 0)
        if code:
            self._at = end + (self._data[end] == ord(";"))
        return code

    def _until(self, stop: bytes) -> bytes:
        start = self._at
        while self._data[self._at] not in stop:
            self._at += 1
        return self._data[start : self._at]

    def _skip_space(self) -> None:
        while self._at < self._size and self._data[self._at] in _SPACE:
            self._at += 1

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._until(_SPACE + b">").decode().lower()
        if self._at >= self._size:
            message = f"Unclosed start tag at byte offset {begin}"
            raise _Fault(message)
        if name not in TAGS:
            message = f'Unsupported start tag "{name}" at byte offset {begin}'
            raise _Fault(message)
        argument = date = ""
        while True:
            self._skip_space()
            if self._data[self._at] == ord(">"):
                break
            attribute, value = self._attribute(name, begin)
            if name == "tg-time" and attribute == "unix":
                date = value
            else:
                argument = _argument(name, attribute, value) or argument
        self._at += 1
        if name == "span" and argument != "spoiler":
            message = f'Tag "span" must have class "tg-spoiler" at byte offset {begin}'
            raise _Fault(message)
        self._open.append(_Open(name, argument, date, self._offset, len(self._out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until(_SPACE + b"=>/\"'").decode()
        if not name:
            message = f'Empty attribute name in the tag "{tag}" at byte offset {begin}'
            raise _Fault(message)
        self._skip_space()
        if self._data[self._at] == ord("="):
            self._at += 1
            self._skip_space()
            if self._at < self._size:
                value = self._value()
                if self._at >= self._size:
                    message = f"Unclosed start tag at byte offset {begin}"
                    raise _Fault(message)
                return name, value
        if self._at >= self._size:
            message = f'Unclosed start tag "{tag}" at byte offset {begin}'
            raise _Fault(message)
        return name, ""

    def _value(self) -> str:
        quote = self._data[self._at]
        if quote not in b"\"'":
            start = self._at
            while self._data[self._at : self._at + 1].isalnum() or self._data[self._at] in b".-":
                self._at += 1
            if self._data[self._at] not in _SPACE + b">":
                message = f"Unexpected end of name token at byte offset {start}"
                raise _Fault(message)
            return self._data[start : self._at].decode().lower()
        self._at += 1
        value = bytearray()
        while self._at < self._size and self._data[self._at] != quote:
            code = self._reference() if self._data[self._at] == ord("&") else 0
            if code:
                value += chr(code).encode("utf-8", "replace")
            else:
                value.append(self._data[self._at])
                self._at += 1
        if self._at < self._size:
            self._at += 1
        return value.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            message = f"Unexpected end tag at byte offset {begin}"
            raise _Fault(message)
        self._at += 2
        name = self._until(_SPACE + b">").decode().lower()
        self._skip_space()
        if self._data[self._at] != ord(">"):
            message = f"Unclosed end tag at byte offset {begin}"
            raise _Fault(message)
        self._at += 1
        opened = self._open[-1]
        if name not in {"", opened.name}:
            message = (
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.name}>", '
                f'found "</{name}>"'
            )
            raise _Fault(message)
        if self._offset > opened.offset:
            self._close(opened)
        self._open.pop()

    def _close(self, opened: _Open) -> None:
        entity = Entity(TAGS[opened.name], opened.offset, self._offset - opened.offset)
        match opened.name:
            case "a":
                self._close_link(entity, opened)
            case "pre" | "code":
                self._close_code(entity, opened)
            case "blockquote":
                kind = "expandable_blockquote" if opened.argument else "blockquote"
                self._entities.append(replace(entity, kind=kind))
            case "tg-emoji":
                if not _NUMBER.fullmatch(opened.argument):
                    message = "Invalid custom emoji identifier specified"
                    raise _Fault(message)
                extra = {"custom_emoji_id": opened.argument}
                self._entities.append(replace(entity, extra=extra))
            case "tg-time":
                self._close_time(entity, opened)
            case _:
                self._entities.append(entity)

    def _close_link(self, entity: Entity, opened: _Open) -> None:
        link = opened.argument or self._out[opened.start :].decode("utf-8", "replace")
        person = mentioned_user(link)
        if person is not None:
            user = {"id": person, "is_bot": False, "first_name": ""}
            self._entities.append(replace(entity, kind="text_mention", extra={"user": user}))
            return
        try:
            self._entities.append(replace(entity, extra={"url": check_link(link)}))
        except LinkInvalid:
            return  # Telegram keeps the words and silently drops such a link

    def _close_code(self, entity: Entity, opened: _Open) -> None:
        last = self._entities[-1] if self._entities else None
        same = last is not None and (last.offset, last.length) == (entity.offset, entity.length)
        if opened.name == "pre":
            if last is not None and same and last.kind == "code" and last.extra:
                self._entities[-1] = replace(last, kind="pre")
            else:
                self._entities.append(entity)
            return
        extra = {"language": opened.argument} if opened.argument else {}
        if last is not None and same and last.kind == "pre" and extra:
            self._entities[-1] = replace(last, extra=extra)
        else:
            self._entities.append(replace(entity, extra=extra))

    def _close_time(self, entity: Entity, opened: _Open) -> None:
        if opened.argument not in {"r", "R"} and not set(opened.argument) <= _TIME_FORMAT:
            message = "Invalid date format used"
            raise _Fault(message)
        if not _NUMBER.fullmatch(opened.date):
            return
        extra: dict[str, int | str] = {"unix_time": int(opened.date)}
        if opened.argument:
            extra["date_time_format"] = opened.argument
        self._entities.append(replace(entity, extra=extra))


def _argument(tag: str, attribute: str, value: str) -> str:
    """What an attribute means for its tag; empty when nothing."""
    match tag, attribute:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "format"):
            return value
        case "code", "class":
            return value[9:] if value.startswith("language-") else ""
        case "span", "class":
            return value[3:] if value.startswith("tg-") else ""
        case "blockquote", "expandable":
            return "1"
        case _:
            return ""
