"""What comes in and what goes out of a conversation, without any word of Telegram."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Kind(StrEnum):
    """What a person did."""

    TEXT = "text"
    PRESS = "press"
    EDIT = "edit"
    """Corrected a message that was sent before."""
    FILE = "file"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"
    CONTACT = "contact"
    LOCATION = "location"
    JOINED = "joined"
    """The bot was started again, or added to a group."""
    LEFT = "left"
    """The person blocked the bot, or it was removed from a group."""
    TIMER = "timer"
    """Nobody did anything; a scheduled row fell due."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that a person sent; its content stays with the messenger until somebody fetches it."""

    id: str
    name: str
    size: int
    """Bytes, as the messenger says; 0 when it does not."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened in one chat."""

    lane: str
    person: int | None
    kind: Kind
    at: datetime
    """Aware; when the person did it."""
    text: str = ""
    """What was written; masked."""
    action: str = ""
    """What stands behind the pressed button, or the payload of a timer."""
    command: str = ""
    """Name of a command without ``/``, else empty; ``text`` then holds its argument."""
    message: int | None = None
    """The message that was sent, edited, or whose button was pressed."""
    masked: tuple[str, ...] = ()
    """Kinds of personal number that were covered in ``text``."""
    private: bool = True
    """False in a group."""
    file: SentFile | None = None
    """Of a ``FILE`` turn, when it is a document."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: exactly one of ``action``, ``copy`` and ``url`` is set."""

    label: str
    action: str = ""
    """At most 64 bytes."""
    copy: str = ""
    """At most 256 characters."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentence that answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A short title above a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Steps:
    """A numbered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Words to say, set apart, one block each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A part that is closed until the reader taps it."""

    title: str
    lines: tuple[str, ...]


Block = Lead | Heading | Paragraph | Steps | Bullets | Words | Folded
"""A part of a reply; texts hold inline Markdown (bold only)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is made when it is sent, so that answering stays fast."""

    make: str
    """``docx``, ``pdf``, ``card_png``, ``card_pdf``, ``calendar``, ``csv``, or ``about``."""
    data: Mapping[str, Any]
    """What it is made from, as plain JSON."""
    name: str
    """File name that the person sees; neutral."""
    picture: bool = False
    """Shown in the chat instead of sent as a file."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message from the bot."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of buttons."""
    edit: int | None = None
    """The message to change instead of sending a new one."""
    papers: tuple[Paper, ...] = ()
    """Files that follow the message."""
    once: bool = False
    """Rather not at all than twice, where nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True)
class Later:
    """A timer of the chat; a new one with the same key replaces the old."""

    key: str
    due: datetime
    """Aware."""
    action: str = ""
    """Comes back as the action of a ``TIMER`` turn; empty cancels the timer."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth counting; goes into the same transaction as the reply."""

    kind: str
    """``answer``, ``urgent``, ``choose``, ``clarify`` and ``none`` are the outcomes of questions;
    ``bot.figures`` counts them and the rest."""
    article: str = ""
    value: str = ""
    """A short detail; of an interview its flow, and behind a colon the question."""
    text: str = ""
    """Only for messages that found no answer; masked."""
