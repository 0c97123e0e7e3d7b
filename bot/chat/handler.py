"""From a stored update to what must be said: the synchronous middle of a message's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.chat.admins.desk import keep_pending
from bot.chat.replies import to_ack, to_calls
from bot.chat.turns import to_turn
from bot.clock import now
from bot.conversation.engine import apology
from bot.conversation.session import Session
from bot.conversation.turn import Kind, Turn
from bot.errors import UpdateMalformed
from bot.store.port import Call, Handled, InboxItem, Json, Scheduled

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.chat.admins.desk import AdminDesk
    from bot.chat.turns import Identity
    from bot.content import Serving
    from bot.conversation.turn import Later

_log = structlog.get_logger(__name__)


class UpdateHandler:
    """Answers stored updates; called once for each, by the lanes.

    Args:
        content: gives the conversation over the knowledge that serves at the moment.
        me: the bot on Telegram.
        desk: answers what only admins may ask for; nobody when None.
    """

    def __init__(self, content: Serving, me: Identity, desk: AdminDesk | None = None) -> None:
        self._content = content
        self._me = me
        self._desk = desk

    def __call__(self, item: InboxItem, session: Json) -> Handled | Awaitable[Handled]:
        """What to say and to remember for one item of the inbox."""
        try:
            turn = to_turn(item.body, self._me) if item.timer is None else _from_timer(item)
        except UpdateMalformed as error:
            _log.warning("update_malformed", reason=str(error))
            return Handled()
        if turn is None:
            return Handled()
        query = _query_id(item.body)
        if self._desk is not None:
            request = self._desk.request(turn, item.update_id, session)
            if request is not None:
                return self._desk.answer(request, turn.kind, session, query)
        result = self._content.conversation.answer(turn, Session.from_json(session))
        after = result.session.to_json()
        return Handled(
            session=after if result.forget else keep_pending(session, after),
            calls=to_calls(
                result.replies, item.lane, self._content.knowledge.messages["paper_failed"]
            ),
            events=result.events,
            schedule=tuple(map(_scheduled, result.schedule)),
            acks=(to_ack(query, result.toast),) if query else (),
            forget=result.forget,
            wishes=result.wishes,
        )

    def apologise(self, lane: str) -> tuple[Call, ...]:
        """What a person is told when an update of theirs could not be handled."""
        return to_calls((apology(self._content.knowledge),), lane)


def _from_timer(item: InboxItem) -> Turn:
    timer = item.timer or {}
    action, text = timer.get("action"), timer.get("text")
    return Turn(
        lane=item.lane,
        person=None,
        kind=Kind.TIMER,
        at=now(),
        action=action if isinstance(action, str) else "",
        text=text if isinstance(text, str) else "",
    )


def _scheduled(later: Later) -> Scheduled:
    payload = {"action": later.action} if later.action else None
    return Scheduled(later.key, later.due.timestamp(), payload)


def _query_id(body: Json) -> str:
    query = body.get("update", {}).get("callback_query", {})
    identifier = query.get("id") if isinstance(query, dict) else None
    return identifier if isinstance(identifier, str) else ""
