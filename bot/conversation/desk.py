"""One interview on the table, with everything that follows from its answers."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.flows import engine
from bot.flows.interview import Interview

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.conversation.session import Session
    from bot.conversation.turn import Turn
    from bot.knowledge.flow_model import Flow


class Desk:
    """An interview of a chat at the moment of a turn; built once, then only read.

    Args:
        flow: what is asked.
        interview: how far it is.
        turn: what the person does.
        session: of the chat.
        zone: in which people write dates.
        lost: how many answers no longer fit the flow; None when the flow has not changed.
    """

    def __init__(
        self,
        flow: Flow,
        interview: Interview,
        turn: Turn,
        session: Session,
        zone: tzinfo,
        *,
        lost: int | None = None,
    ) -> None:
        self.flow = flow
        self.interview = interview
        self.turn = turn
        self.session = session
        self.lost = lost
        self._zone = zone
        self.now = turn.at.astimezone(zone)
        self.scope = engine.scope_of(flow, interview, self.now)
        self.stage = engine.stage(flow, interview, self.scope)
        self.current = engine.current(interview, self.scope)

    def moved(self, interview: Interview) -> Desk:
        """The same desk with the interview moved on."""
        return Desk(self.flow, interview, self.turn, self.session, self._zone, lost=self.lost)

    def kept(self, *, active: bool = True) -> Session:
        """The session with this interview in it, under way or put aside."""
        return keep(self.session, self.interview, active=active)


def open_desk(flow: Flow, turn: Turn, session: Session, zone: tzinfo) -> Desk | None:
    """The interview of a flow, brought to its present version; None when there is none.

    An interview of another flow that was under way is put aside.
    """
    kept = session.flow if under_way(session) == flow.id else None
    interview = Interview.from_json(kept or session.saved.get(flow.id))
    if interview is None:
        return None
    if kept is None:
        session = aside(session)
    interview = interview.informed(session.profile)
    old = interview.version != flow.version
    interview, lost = engine.refit(flow, interview, turn.at.astimezone(zone))
    return Desk(flow, interview, turn, session, zone, lost=lost if old else None)


def under_way(session: Session) -> str:
    """Id of the flow whose interview is under way, or empty."""
    return "" if session.flow is None else str(session.flow.get("flow", ""))


def keep(session: Session, interview: Interview, *, active: bool = True) -> Session:
    """The session with an interview in it, under way or put aside."""
    saved = {name: kept for name, kept in session.saved.items() if name != interview.flow}
    data = interview.to_json()
    if active:
        return replace(session, flow=data, saved=MappingProxyType(saved))
    saved[interview.flow] = data
    other = session.flow if under_way(session) != interview.flow else None
    return replace(session, flow=other, saved=MappingProxyType(saved))


def aside(session: Session) -> Session:
    """The session with nothing under way; what was is put aside."""
    interview = Interview.from_json(session.flow)
    if interview is None:
        return replace(session, flow=None)
    return keep(session, interview, active=False)


def drop(session: Session, flow: Flow) -> Session:
    """The session without a flow's interview."""
    saved = {name: kept for name, kept in session.saved.items() if name != flow.id}
    other = session.flow if under_way(session) != flow.id else None
    return replace(session, flow=other, saved=MappingProxyType(saved))
