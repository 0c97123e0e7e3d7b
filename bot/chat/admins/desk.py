"""Gives the requests of admins to whoever answers them; for anybody else the desk is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.chat.admins.request import VERB, Handle, Outcome, Request, Section
from bot.chat.replies import to_ack, to_calls
from bot.clock import now
from bot.conversation import actions
from bot.conversation.turn import Kind
from bot.store.port import Handled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.content import Serving
    from bot.conversation.turn import Turn
    from bot.store.port import Json

KEY: Final = "desk"
"""Where a session keeps what waits for a button."""
_WAITING: Final = 8
"""Requests of one admin that may wait for a button; the oldest goes first."""
_LIFE: Final = 24 * 3600
"""Seconds that they wait."""

_LOG = structlog.get_logger(__name__)


class AdminDesk:
    """Dispatches commands, buttons, files and timers of admins in their private chats.

    Args:
        admins: ids of the admins at the moment; who is no longer among them is a stranger, also
            with the buttons of old messages.
        content: words.
        sections: what can be asked for.

    Raises:
        ValueError: two sections want the same name.
    """

    def __init__(
        self, admins: Collection[int], content: Serving, sections: Iterable[Section]
    ) -> None:
        self._admins = frozenset(admins)
        self._content = content
        self._commands: dict[str, Handle] = {}
        self._presses: dict[str, Handle] = {}
        self._file: Handle | None = None
        for section in sections:
            self._add(section)

    def _add(self, section: Section) -> None:
        twice = self._commands.keys() & section.commands.keys()
        twice |= self._presses.keys() & section.presses.keys()
        if twice or (self._file is not None and section.file is not None):
            message = f"two sections answer {sorted(twice) or 'files'}"
            raise ValueError(message)
        self._commands |= section.commands
        self._presses |= section.presses
        self._file = section.file or self._file

    @property
    def admins(self) -> frozenset[int]:
        """Whom the desk serves."""
        return self._admins

    @property
    def commands(self) -> tuple[str, ...]:
        """Names of the commands, in the order in which they are shown to admins."""
        return tuple(self._commands)

    def request(self, turn: Turn, update_id: int, session: Json) -> Request | None:
        """What an admin asks for with a turn; None for an ordinary turn, or that of a stranger."""
        admin = turn.person if turn.kind is not Kind.TIMER else _owner(turn.lane)
        if admin not in self._admins or not turn.private or turn.lane != str(admin):
            return None
        action = actions.parse(turn.action)
        arguments = action.arguments[1:] if action.verb == VERB else ()
        request = Request(
            admin=admin,
            name=turn.command or (action.first if action.verb == VERB else ""),
            token=f"{update_id:x}",
            at=turn.at,
            text=turn.text,
            arguments=arguments,
            message=turn.message,
            file=turn.file,
            pending=_pending(session, now().timestamp()).get(arguments[0] if arguments else ""),
        )
        return request if self._handle(request, turn.kind) is not None else None

    def _handle(self, request: Request, kind: Kind) -> Handle | None:
        if kind in {Kind.PRESS, Kind.TIMER}:
            return self._presses.get(request.name)
        if request.name:
            return self._commands.get(request.name)
        return self._file if request.file is not None else None

    async def answer(self, request: Request, kind: Kind, session: Json, query: str = "") -> Handled:
        """Does what was asked for.

        Args:
            request: from ``request``.
            kind: of the turn.
            session: of the admin's chat.
            query: id of the button press, to be acknowledged.
        """
        handle = self._handle(request, kind)
        outcome = Outcome() if handle is None else await handle(request)
        for deed in outcome.deeds:
            _LOG.info("admin_act", act=deed.act, target=deed.target, version=deed.version)
        sorry = self._content.knowledge.messages["paper_failed"]
        return Handled(
            session=_with_pending(session, outcome, now().timestamp()),
            calls=(*to_calls(outcome.replies, request.lane, sorry), *outcome.calls),
            events=outcome.events,
            schedule=outcome.schedule,
            acks=(to_ack(query, outcome.toast),) if query else (),
            wishes=outcome.wishes,
            draft=outcome.draft,
            publish=outcome.publish,
            deeds=outcome.deeds,
        )


def keep_pending(before: Json, after: Json) -> Json:
    """A session after an ordinary turn, with what waits for an admin's button still in it."""
    return {**after, KEY: before[KEY]} if KEY in before else after


def _owner(lane: str) -> int | None:
    return int(lane) if lane.isdigit() else None


def _pending(session: Json, at: float) -> dict[str, Json]:
    """What waits, by token, the oldest first; what has waited too long is gone."""
    kept = session.get(KEY)
    entries = kept.items() if isinstance(kept, dict) else ()
    return {
        token: entry["data"]
        for token, entry in entries
        if isinstance(entry, dict) and at - float(entry.get("at", 0)) < _LIFE
    }


def _with_pending(session: Json, outcome: Outcome, at: float) -> Json:
    kept = {token: session[KEY][token] for token in _pending(session, at)}
    for token, data in outcome.pending.items():
        kept.pop(token, None)
        if data is not None:
            kept[token] = {"at": at, "data": data}
    newest = dict(list(kept.items())[-_WAITING:])
    rest = {key: value for key, value in session.items() if key != KEY}
    return {**rest, KEY: newest} if newest else rest
