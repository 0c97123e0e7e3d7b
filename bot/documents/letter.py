"""A letter as a value: everything that stands on the paper, and nothing about how it is set.

Interviews make it, the outbox keeps it as JSON, and ``docx``, ``pdf`` and ``text`` set it when it
is sent. The order on the paper: title, addressee, body, attachments, signature, footer; a letter
to a court names the addressee after the body (此致), as is the custom there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeAlias

from bot.errors import LetterUnreadable

Json: TypeAlias = dict[str, Any]

BLANK: Final = "________________"
"""Where something is filled in by hand."""
DATE_BLANK: Final = "________年____月____日"
_COURT: Final = re.compile(r"(法院|仲裁委员会|仲裁院)$")
_FILE: Final = re.compile(r"[^\w()（）-]+")
_MAX_FILE: Final = 40
"""Characters of a file's name before the date."""


class Kind(StrEnum):
    """How a paper is laid out."""

    LETTER = "letter"
    """The addressee stands above the body, followed by a colon."""
    COURT = "court"
    """The addressee stands below the body, after 此致."""
    SHEET = "sheet"
    """A table with what belongs to it; nobody is addressed."""


class Align(StrEnum):
    """Where text stands within a column."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of running text; a line feed in it begins a new line."""

    text: str
    bold: bool = False


Text: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title within the body."""

    text: Text
    level: int = 1
    """1 or 2."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; its first line is indented by two characters."""

    text: Text


@dataclass(frozen=True, slots=True)
class Items:
    """A list, such as the grounds of an objection."""

    items: tuple[Text, ...]
    numbered: bool = True
    start: int = 1
    """The first number."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; every row is as long as the header."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    align: tuple[Align, ...]
    """One for each column."""


Block: TypeAlias = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Letter:
    """A paper that a person prints, checks and signs."""

    title: str
    blocks: tuple[Block, ...]
    file: str
    """Neutral name without date and ending, such as 申请书; it may be seen by others."""
    made: date
    """The day on which it was generated."""
    kind: Kind = Kind.LETTER
    addressee: str = ""
    attachments: tuple[str, ...] = ()
    signer: str = ""
    """What stands before the blank for the name, such as 申请人; empty: nobody signs."""
    blanks: tuple[str, ...] = ()
    """More to fill in by hand above the signature, such as 身份证号. One for which the body has
    a blank already is not repeated."""
    footer: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """Words without which it is not complete; see ``lint``."""
    forbidden: tuple[str, ...] = ()
    """Words that would do harm in it; see ``lint``."""

    def file_name(self, ending: str) -> str:
        """Name of the file, such as ``申请书-20261123.pdf``."""
        return file_name(self.file, self.made, ending)

    def blank_lines(self) -> tuple[str, ...]:
        """What is still to be filled in by hand above the signature, one line each."""
        body = re.sub(r"\s", "", "".join(body_lines(self.blocks)))
        return tuple(f"{label}：{BLANK}" for label in self.blanks if f"{label}：__" not in body)

    def to_json(self) -> Json:
        """Plain JSON from which ``from_json`` makes an equal letter; empty parts are left out."""
        parts = {
            "title": self.title,
            "blocks": [_block_to_json(block) for block in self.blocks],
            "file": self.file,
            "made": self.made.isoformat(),
            "kind": self.kind.value,
            "addressee": self.addressee,
            "attachments": list(self.attachments),
            "signer": self.signer,
            "blanks": list(self.blanks),
            "footer": list(self.footer),
            "required": list(self.required),
            "forbidden": list(self.forbidden),
        }
        return {key: value for key, value in parts.items() if value not in ("", [])}

    @classmethod
    def from_json(cls, data: Any) -> Letter:
        """Reads what ``to_json`` wrote.

        Raises:
            LetterUnreadable: it is something else.
        """
        try:
            return cls(
                title=str(data.get("title", "")),
                blocks=tuple(_block_from_json(block) for block in data.get("blocks", [])),
                file=str(data.get("file", "")),
                made=date.fromisoformat(data["made"]),
                kind=Kind(data["kind"]),
                addressee=str(data.get("addressee", "")),
                attachments=_texts(data.get("attachments", [])),
                signer=str(data.get("signer", "")),
                blanks=_texts(data.get("blanks", [])),
                footer=_texts(data.get("footer", [])),
                required=_texts(data.get("required", [])),
                forbidden=_texts(data.get("forbidden", [])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise LetterUnreadable from error


def usual_kind(addressee: str) -> Kind:
    """The layout that a letter to this addressee has by custom."""
    if not addressee:
        return Kind.SHEET
    return Kind.COURT if _COURT.search(addressee.strip()) else Kind.LETTER


def usual_footer(made: date, laws_as_of: date) -> tuple[str, ...]:
    """What stands at the foot of every page.

    Args:
        made: the day on which it was generated.
        laws_as_of: the day on which the cited law was last checked.
    """
    line = f"{write_date(made)}生成；由本人核对后签名使用；信息工具，不构成法律意见"
    return (f"{line}；法条以{write_date(laws_as_of)}为准",)


def write_date(day: date) -> str:
    """A day as papers write it: 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def file_name(base: str, made: date, ending: str) -> str:
    """A name that every system takes, such as ``申请书-20261123.pdf``."""
    safe = _FILE.sub("", base)[:_MAX_FILE] or "材料"
    return f"{safe}-{made:%Y%m%d}.{ending}"


def plain(text: Text) -> str:
    """The words without their weight."""
    return "".join(span.text for span in text)


def body_lines(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The words of a body: one entry for each heading, paragraph, item and cell."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(text) | Paragraph(text):
                lines.append(plain(text))
            case Items(items):
                lines += map(plain, items)
            case Table(header, rows):
                lines += (plain(cell) for row in (header, *rows) for cell in row)
    return tuple(lines)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values))


def _text_to_json(text: Text) -> list[Any]:
    return [{"bold": span.text} if span.bold else span.text for span in text]


def _text_from_json(values: Any) -> Text:
    return tuple(
        Span(value) if isinstance(value, str) else Span(str(value["bold"]), bold=True)
        for value in values
    )


def _block_to_json(block: Block) -> Json:
    match block:
        case Heading(text, level):
            return {"heading": _text_to_json(text), "level": level}
        case Paragraph(text):
            return {"paragraph": _text_to_json(text)}
        case Items(items, numbered, start):
            written = [_text_to_json(item) for item in items]
            return {"items": written, "numbered": numbered, "start": start}
        case Table(header, rows, align):
            return {
                "header": [_text_to_json(cell) for cell in header],
                "rows": [[_text_to_json(cell) for cell in row] for row in rows],
                "align": [column.value for column in align],
            }


def _block_from_json(data: Any) -> Block:
    match data:
        case {"heading": text, "level": level}:
            return Heading(_text_from_json(text), int(level))
        case {"paragraph": text}:
            return Paragraph(_text_from_json(text))
        case {"items": items, "numbered": numbered, "start": start}:
            return Items(tuple(map(_text_from_json, items)), bool(numbered), int(start))
        case {"header": header, "rows": rows, "align": align}:
            return Table(
                tuple(map(_text_from_json, header)),
                tuple(tuple(map(_text_from_json, row)) for row in rows),
                tuple(map(Align, align)),
            )
        case _:
            raise ValueError(data)
