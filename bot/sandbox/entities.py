"""Formatting of a text as Telegram returns it: offsets in UTF-16 units, nesting put in order.

Source: ``MessageEntity.cpp`` of tdlib/td (``fix_formatted_text``, ``fix_entities``,
``find_entities``; the rules for addresses are simplified: a known ending or a scheme).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SPLITTABLE: Final = ("bold", "italic", "underline", "strikethrough", "spoiler")
"""May overlap others; they are cut at the others' borders."""
QUOTES: Final = frozenset({"blockquote", "expandable_blockquote"})
_PRE: Final = frozenset({"pre", "code"})
_PRIORITY: Final = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 30,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_FOUND: Final = (
    (
        "url",
        re.compile(r"(?<![\w@.])https?://[^\s<>\"'“”‘’（）()，。！？；：、]+[\w/=&#%-]", re.ASCII),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|cn|org|net|gov|edu|info|me|io)(?![\w-])"
            r"(?:/[^\s<>\"'“”‘’（）()，。！？；：、]*[\w/=&#%-])?",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?![A-Za-z0-9_])")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
)
_REMOVED: Final = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACE: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARKS: Final = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_BLANK: Final = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a text with a meaning: ``offset`` and ``length`` in UTF-16 units."""

    kind: str
    offset: int
    length: int
    extra: dict[str, Any] = field(default_factory=dict)
    """``url``, ``language``, ``user``, ``custom_emoji_id``, ``unix_time`` …"""

    @property
    def end(self) -> int:
        """First unit after it."""
        return self.offset + self.length

    def to_json(self) -> dict[str, Any]:
        """As in the Bot API."""
        return {"type": self.kind, "offset": self.offset, "length": self.length, **self.extra}


def utf16_length(text: str) -> int:
    """Number of UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return _BLANK.fullmatch(text) is not None


def clean(text: str, entities: Iterable[Entity] = ()) -> tuple[str, list[Entity]]:
    """The text as the server keeps it: no control characters, no space around it."""
    kept, places = _drop_characters(text)
    moved = _tidy(
        replace(
            entity, offset=places[entity.offset], length=places[entity.end] - places[entity.offset]
        )
        for entity in entities
    )
    right = kept.rstrip(" \n")
    end = utf16_length(right)
    moved = [
        replace(entity, length=min(entity.length, end - entity.offset))
        for entity in moved
        if entity.offset < end
    ]
    border = moved[0].offset if moved else end
    left = 0
    while left < border and right[left] in " \n":
        left += 1
    return right[left:], [replace(entity, offset=entity.offset - left) for entity in moved]


def _drop_characters(text: str) -> tuple[str, list[int]]:
    """The text without what is removed, and for each old UTF-16 place the new one."""
    out: list[str] = []
    places: list[int] = []
    place = 0
    for character in _MARKS.sub("\u200c", _SPACE.sub(" ", text)):
        units = 2 if character > "\uffff" else 1
        places.extend([place] * units)
        if not _REMOVED.match(character):
            out.append(character)
            place += units
    places.append(place)
    return "".join(out), places


def find(text: str) -> list[Entity]:
    """Addresses, mentions, commands and hashtags that Telegram marks by itself."""
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and end > other for other, other_end in taken):
                continue
            taken.append((start, end))
            offset = utf16_length(text[:start])
            found.append(Entity(kind, offset, utf16_length(match.group())))
    return _ordered(found)


def complete(text: str, entities: Iterable[Entity]) -> list[Entity]:
    """The given entities and those found in the text that do not cross them."""
    given = list(entities)
    solid = [entity for entity in given if entity.kind not in SPLITTABLE]
    extra = [
        entity
        for entity in find(text)
        if all(_disjoint(entity, other) or _inside_quote(entity, other) for other in solid)
    ]
    return _tidy([*given, *extra])


def _disjoint(entity: Entity, other: Entity) -> bool:
    return entity.end <= other.offset or entity.offset >= other.end


def _inside_quote(entity: Entity, other: Entity) -> bool:
    return other.kind in QUOTES and other.offset <= entity.offset and entity.end <= other.end


def _ordered(entities: Iterable[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITY.get(e.kind, 50)))


def _apart(entities: Iterable[Entity]) -> list[Entity]:
    """Drops every entity that begins inside the one before."""
    kept: list[Entity] = []
    for entity in _ordered(entities):
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _tidy(entities: Iterable[Entity]) -> list[Entity]:
    """Removes empty ones, resolves crossings, merges and cuts those that can be cut."""
    given = [entity for entity in entities if entity.length > 0]
    quotes = _apart(entity for entity in given if entity.kind in QUOTES)
    solid = [
        entity
        for entity in _apart(e for e in given if e.kind not in QUOTES and e.kind not in SPLITTABLE)
        if all(_disjoint(entity, quote) or _inside_quote(entity, quote) for quote in quotes)
    ]
    others = [*quotes, *solid]
    soft = [e for kind in SPLITTABLE for e in _merged(e for e in given if e.kind == kind)]
    return _ordered([*others, *_cut(soft, others)])


def _merged(entities: Iterable[Entity]) -> list[Entity]:
    """Joins entities of one kind that touch or overlap."""
    joined: list[Entity] = []
    for entity in _ordered(entities):
        if joined and entity.offset <= joined[-1].end:
            end = max(entity.end, joined[-1].end)
            joined[-1] = replace(joined[-1], length=end - joined[-1].offset)
        else:
            joined.append(entity)
    return joined


def _cut(soft: list[Entity], others: list[Entity]) -> list[Entity]:
    """Cuts at the borders of the others and where another begins; code stays unformatted."""
    borders = {place for other in others for place in (other.offset, other.end)}
    borders |= {entity.offset for entity in soft}
    code = [other for other in others if other.kind in _PRE]
    pieces: list[Entity] = []
    for entity in soft:
        inner = sorted(place for place in borders if entity.offset < place < entity.end)
        pieces.extend(
            replace(entity, offset=start, length=end - start)
            for start, end in itertools.pairwise([entity.offset, *inner, entity.end])
            if not any(block.offset <= start and end <= block.end for block in code)
        )
    return pieces
