"""What an admin asks for, and what comes of it: the values that the desk and its sections share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.conversation import actions
from bot.conversation.turn import Button

if TYPE_CHECKING:
    from datetime import datetime

    from bot.conversation.turn import Event, Reply, SentFile
    from bot.store.port import Call, Deed, Draft, Json, Publish, Scheduled, Wish

VERB: Final = "ad"
"""First part of what stands behind every button and timer of the desk; no conversation has it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command, a pressed button, a sent file or a timer of one admin."""

    admin: int
    name: str
    """Of the command, or what stands behind the button or timer."""
    token: str
    """Names what this request leaves pending; the same when the update is handled again."""
    at: datetime
    """Aware; when the admin did it."""
    text: str = ""
    """The argument of a command, or the words under a file."""
    arguments: tuple[str, ...] = ()
    """Of a button or timer, behind its name."""
    message: int | None = None
    """The message that was sent, or whose button was pressed."""
    file: SentFile | None = None
    pending: Json | None = None
    """What waits under the token that is the first of ``arguments``; None when nothing does."""

    @property
    def lane(self) -> str:
        """The admin's private chat."""
        return str(self.admin)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a request; all of it goes into one transaction."""

    replies: tuple[Reply, ...] = ()
    toast: str = ""
    """A short notice at the pressed button."""
    deeds: tuple[Deed, ...] = ()
    """For the record."""
    pending: Mapping[str, Json | None] = field(default_factory=lambda: MappingProxyType({}))
    """By token: what waits for a later button, or None for what is settled."""
    calls: tuple[Call, ...] = ()
    """More than replies, such as a picture; in the admin's chat unless they name another lane."""
    events: tuple[Event, ...] = ()
    schedule: tuple[Scheduled, ...] = ()
    """A timer whose payload is ``{"action": timer_action(name, …)}`` comes back as a request."""
    wishes: tuple[Wish, ...] = ()
    draft: Draft | None = None
    publish: Publish | None = None


Handle: TypeAlias = Callable[[Request], Awaitable[Outcome]]
"""Answers one kind of request. It may be called again for the same one after a crash, so what it
does outside the ``Outcome`` must bear a repetition."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one module adds to the desk."""

    commands: Mapping[str, Handle] = field(default_factory=lambda: MappingProxyType({}))
    """By name without ``/``; ``command_<name>`` is the phrase that describes it."""
    presses: Mapping[str, Handle] = field(default_factory=lambda: MappingProxyType({}))
    """By the name given to ``button``; timers arrive here too."""
    file: Handle | None = None
    """Takes the files that admins send; one section has it."""


def button(label: str, name: str, *arguments: str) -> Button:
    """A button that comes back as a request."""
    return Button(label, timer_action(name, *arguments))


def timer_action(name: str, *arguments: str) -> str:
    """What a timer must bring to come back as a request."""
    return actions.join(VERB, name, *arguments)
