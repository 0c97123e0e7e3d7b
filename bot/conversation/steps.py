"""The buttons of an interview: back, skip, why, edit, confirm and so on, however old they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.conversation import actions, forms
from bot.conversation.desk import aside, drop, keep, under_way
from bot.conversation.result import Result
from bot.conversation.screen import step_name
from bot.conversation.turn import Event
from bot.errors import AnswerRefused
from bot.flows import engine
from bot.flows.engine import Asking, Finished, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.conversation.actions import Action
    from bot.conversation.desk import Desk
    from bot.conversation.screen import Screen
    from bot.flows.engine import Accepted
    from bot.flows.scope import Asked


class Steps:
    """Carries pressed buttons out.

    A button carries the question it belongs to. Where that is not the open one any more, an
    answer corrects that question, and the rest leads to where the interview stands.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._steps: Mapping[str, Callable[[Desk, str], Result]] = {
            forms.BACK: self._back,
            forms.SKIP: self._skip,
            forms.WHY: self._why,
            forms.SAVE: lambda desk, _: self.leave(desk, "flow_saved"),
            forms.TICKED: self._ticked,
            forms.KEEP: self._keep,
            forms.STILL: self._still,
            forms.EDIT: self._edit,
            forms.REVIEW: self._review,
            forms.PREVIEW: self._preview,
            forms.CONFIRM: self._confirm,
            forms.DELETE: self._delete,
            forms.PENDING: self._pending,
            forms.QUIET: self._quiet,
            forms.REMIND: self._remind,
        }

    def press(self, desk: Desk, action: Action) -> Result:
        """A button of an interview that exists."""
        _, first, second, *_ = (*action.arguments, "", "", "")
        if action.verb == actions.STEP:
            return self.take(desk, first, second)
        asked = engine.find(first, desk.scope)
        if asked is None:
            return self._screen.not_asked(desk)
        if action.verb == actions.TICK:
            return self._tick(desk, asked, second)
        return self._picked(desk, asked, second)

    def take(self, desk: Desk, step: str, path: str) -> Result:
        """One step by its letter; an unknown one shows where the interview stands."""
        known = self._steps.get(step)
        return self._screen.show(desk) if known is None else known(desk, path)

    def leave(self, desk: Desk, phrase: str) -> Result:
        """Puts the interview aside and says so."""
        cards, flow = self._screen.cards, desk.flow
        rows = ((self._screen.forms.resume(flow),),)
        reply = cards.say(phrase, rows, title=flow.title)
        return Result(aside(desk.kept()), (reply,), self._left(desk))

    def _accept(self, desk: Desk, asked: Asked, answer: Callable[[], Accepted]) -> Result:
        try:
            accepted = answer()
        except AnswerRefused as refusal:
            return self._screen.refused(desk, asked, refusal)
        return self._screen.took(desk, accepted, None)

    def _picked(self, desk: Desk, asked: Asked, key: str) -> Result:
        same = desk.interview.answers.get(asked.path) in (key, [key]) and not asked.open
        if same and asked.path != desk.interview.at:
            return Result(desk.session, (), (), self._screen.cards.phrase("flow_same"))
        return self._accept(
            desk,
            asked,
            lambda: engine.accept_choice(desk.flow, desk.interview, asked, key, desk.now),
        )

    def _tick(self, desk: Desk, asked: Asked, key: str) -> Result:
        """Ticks in place; a tick at an old question opens that question again."""
        choice = next((choice for choice in asked.choices if choice.key == key), None)
        if choice is not None and choice.alone:  # nothing can be ticked beside it
            return self._picked(desk, asked, key)
        here = desk.current is not None and desk.current.path == asked.path
        interview = desk.interview if here else engine.edit(desk.interview, asked.path)
        result = self._screen.show(desk.moved(engine.tick(interview, asked, key)))
        reply, *_ = result.replies
        return replace(result, replies=(replace(reply, edit=desk.turn.message),))

    def _ticked(self, desk: Desk, path: str) -> Result:
        asked = engine.find(path, desk.scope)
        if asked is None:
            return self._screen.not_asked(desk)
        if desk.current is None or desk.current.path != path:
            return self._edit(desk, path)
        return self._accept(
            desk, asked, lambda: engine.accept_ticks(desk.flow, desk.interview, asked, desk.now)
        )

    def _back(self, desk: Desk, path: str) -> Result:
        if engine.find(path, desk.scope) is not None:
            desk = desk.moved(engine.edit(desk.interview, path))
        return self._screen.show(desk.moved(engine.back(desk.interview, desk.scope)))

    def _skip(self, desk: Desk, path: str) -> Result:
        asked = engine.find(path, desk.scope)
        if asked is None:
            return self._screen.not_asked(desk)
        return self._accept(
            desk, asked, lambda: engine.skip(desk.flow, desk.interview, asked, desk.now)
        )

    def _keep(self, desk: Desk, _path: str) -> Result:
        return self._screen.show(desk.moved(engine.keep(desk.interview)))

    def _why(self, desk: Desk, path: str) -> Result:
        asked = engine.find(path, desk.scope) or desk.current
        lead = [] if asked is None else [self._screen.forms.why(asked, desk.scope)]
        return self._screen.show(desk, lead)

    def _still(self, desk: Desk, path: str) -> Result:
        asked = engine.find(path, desk.scope)
        value = None if asked is None else self._screen.offered(desk, asked)
        if asked is None or value is None:
            return self._screen.not_asked(desk)
        return self._accept(
            desk, asked, lambda: engine.accept(desk.flow, desk.interview, asked, value, desk.now)
        )

    def _edit(self, desk: Desk, path: str) -> Result:
        if engine.find(path, desk.scope) is not None:
            return self._screen.show(desk.moved(engine.edit(desk.interview, path)))
        reply = self._screen.forms.edit_row(desk.flow, desk.scope, path)
        if reply is None:
            return self._screen.not_asked(desk)
        return Result(desk.kept(), (reply,))

    def _review(self, desk: Desk, _path: str) -> Result:
        if isinstance(desk.stage, Stopped | Finished):
            reply = self._screen.forms.change(desk.flow, desk.interview, desk.scope)
            return Result(desk.kept(active=False), (reply,))
        return self._screen.show(desk)

    def _preview(self, desk: Desk, _path: str) -> Result:
        if isinstance(desk.stage, Asking | Stopped):
            return self._screen.show(desk)
        back = self._screen.show(desk)
        papers = self._screen.endings.previews(desk.flow, desk.scope)
        return replace(back, replies=(*papers, *back.replies))

    def _confirm(self, desk: Desk, _path: str) -> Result:
        if isinstance(desk.stage, Asking | Stopped):
            return self._screen.show(desk)
        return self._screen.show(desk.moved(engine.confirm(desk.interview)))

    def _pending(self, desk: Desk, _path: str) -> Result:
        asked, text = desk.current, desk.interview.pending
        if asked is None or not text:
            return self._screen.show(desk)
        return self._accept(
            desk,
            asked,
            lambda: engine.accept_text(desk.flow, desk.interview, asked, text, desk.now),
        )

    def _delete(self, desk: Desk, _path: str) -> Result:
        cards = self._screen.cards
        reply = cards.say("flow_deleted", cards.menu_row(), title=desk.flow.title)
        timers = self._screen.endings.cancel_all(desk.flow, desk.now)
        events = self._left(desk)
        return Result(drop(desk.session, desk.flow), (reply,), events, schedule=timers)

    @staticmethod
    def _left(desk: Desk) -> tuple[Event, ...]:
        """Where a person gave up; whoever has reached the end did not."""
        if isinstance(desk.stage, Finished | Stopped):
            return ()
        return (Event("flow_left", value=step_name(desk, desk.current)),)

    def _remind(self, desk: Desk, _path: str) -> Result:
        interview = replace(desk.interview, silent=False)
        active = under_way(desk.session) == desk.flow.id
        timers = tuple(self._screen.endings.reminders(desk.flow, desk.scope))
        reply = self._screen.endings.will_remind(desk.flow, timers)
        return Result(keep(desk.session, interview, active=active), (reply,), schedule=timers)

    def _quiet(self, desk: Desk, _key: str) -> Result:
        active = under_way(desk.session) == desk.flow.id
        session = keep(desk.session, replace(desk.interview, silent=True), active=active)
        timers = self._screen.endings.cancel_all(desk.flow, desk.now)
        return Result(session, (self._screen.cards.say("flow_reminders_stopped"),), schedule=timers)
