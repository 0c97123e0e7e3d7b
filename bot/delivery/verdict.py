"""The table of failures: what becomes of a call, as a pure decision.

A text is repeated when nobody knows whether it arrived, and a document never is. To a frightened
person a text twice is a flaw and none at all is a disaster, so texts are delivered at least once:
repeated with growing pauses, ``Limits.doubts`` times at most, because a server that times out often
delivers all the same (three copies of one message are on record). A second copy of a letter is
mistaken for a second version, and can be asked for again, so the person is told instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import (
    CallRejected,
    ChatMigrated,
    ChatUnreachable,
    DeliveryUncertain,
    MarkupRejected,
    NotDelivered,
    RateLimited,
    SendError,
)
from bot.store.port import CallState, Happening, Verdict

if TYPE_CHECKING:
    from bot.delivery.limits import Limits
    from bot.delivery.notices import Notices
    from bot.store.port import Call, Outgoing


@dataclass(frozen=True, slots=True)
class Delivered:
    """The messenger carried the call out."""

    result: Any

    @property
    def message_id(self) -> int | None:
        """The id of the message that was sent, if one was."""
        found = self.result.get("message_id") if isinstance(self.result, dict) else None
        return found if isinstance(found, int) else None


class Judge:
    """Decides what becomes of calls."""

    def __init__(self, limits: Limits, notices: Notices) -> None:
        self._limits = limits
        self._notices = notices

    def may_send(self, outgoing: Outgoing) -> bool:
        """Whether a call that was cut off before may be sent again."""
        if not outgoing.reclaimed:
            return True
        return outgoing.call.repeatable and outgoing.doubts < self._limits.cuts

    def decide(self, outgoing: Outgoing, outcome: Delivered | SendError, now: float) -> Verdict:
        """The verdict on one attempt.

        Args:
            outgoing: the call.
            outcome: what the transport returned or raised.
            now: seconds since the epoch.
        """
        again = CallState.UNCERTAIN if outgoing.doubts else CallState.NEW
        match outcome:
            case Delivered():
                state = CallState.UNCERTAIN if outgoing.doubts else CallState.SENT
                verdict = Verdict(state, message_id=outcome.message_id)
            case DeliveryUncertain():
                verdict = self._doubt(outgoing, now)
            case NotDelivered() if now - outgoing.created_at < self._limits.give_up:
                later = now + self._backoff(outgoing.attempts)
                verdict = Verdict(again, done=False, not_before=later, error="not delivered")
            case RateLimited():
                later = now + outcome.retry_after
                verdict = Verdict(again, done=False, not_before=later, error="rate limited")
            case ChatMigrated():
                later = now + self._backoff(outgoing.attempts) if outgoing.attempts > 1 else now
                verdict = Verdict(again, done=False, not_before=later, error="migrated")
            case ChatUnreachable():
                events = (Happening("unreachable"),)
                verdict = Verdict(
                    CallState.DEAD, error="unreachable", events=events, drop_lane=True
                )
            case CallRejected():
                verdict = self._refused(outgoing, outcome, again)
            case _:
                verdict = self._dead(outgoing, outcome)
        return verdict

    def _backoff(self, attempts: int) -> float:
        doubled = self._limits.call_backoff * 2.0 ** min(attempts - 1, 20)
        return min(doubled, self._limits.call_backoff_most)

    def _doubt(self, outgoing: Outgoing, now: float) -> Verdict:
        counted = outgoing.reclaimed and not self.may_send(outgoing)
        doubts = outgoing.doubts + (not counted)
        if outgoing.call.repeatable and doubts < self._limits.doubts:
            wait = self._limits.doubt_backoff * 2.0 ** (doubts - 1)
            return Verdict(
                CallState.UNCERTAIN,
                done=False,
                not_before=now + wait,
                doubt=True,
                error="uncertain",
            )
        return Verdict(
            CallState.UNCERTAIN,
            doubt=not counted,
            error="uncertain",
            follow=self._notice(outgoing, CallState.UNCERTAIN),
            events=(Happening("uncertain", value=outgoing.call.method),),
        )

    def _refused(self, outgoing: Outgoing, outcome: CallRejected, again: CallState) -> Verdict:
        instead = _instead(outgoing.call, outcome)
        if instead is None:
            return self._dead(outgoing, outcome)
        return Verdict(again, done=False, error=type(outcome).__name__, call=instead)

    def _dead(self, outgoing: Outgoing, outcome: SendError) -> Verdict:
        reason = type(outcome).__name__
        return Verdict(
            CallState.DEAD,
            error=f"{reason}: {outcome}",
            follow=self._notice(outgoing, CallState.DEAD),
            events=(Happening("unsent", value=reason),),
        )

    def _notice(self, outgoing: Outgoing, state: CallState) -> tuple[Call, ...]:
        """Only about answers to updates: a notice that fails makes no further notice."""
        return () if outgoing.update_id is None else self._notices.about_loss(outgoing, state)


def _instead(call: Call, outcome: CallRejected) -> Call | None:
    """The call to make instead of a refused one; each way is taken once."""
    if call.fallback is not None:
        files = call.fallback.files or call.files if call.fallback.method == call.method else ()
        return replace(call.fallback, files=files)
    if isinstance(outcome, MarkupRejected) and "parse_mode" in call.params:
        plain = {name: value for name, value in call.params.items() if name != "parse_mode"}
        return replace(call, params=plain)
    return None
