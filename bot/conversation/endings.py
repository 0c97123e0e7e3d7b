"""The end of an interview: papers, texts to copy, how to hand them in, and reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from bot.conversation import actions, papers
from bot.conversation.cards import to_blocks
from bot.conversation.forms import DELETE, QUIET, REMIND, REVIEW
from bot.conversation.turn import Bullets, Button, Heading, Later, Paragraph, Reply, Words
from bot.tools.dates import write_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from bot.conversation.cards import Cards
    from bot.conversation.forms import Forms
    from bot.conversation.turn import Block, Paper
    from bot.documents.letter import Letter
    from bot.flows.interview import Interview
    from bot.flows.scope import Scope
    from bot.knowledge.flow_model import Flow, ReminderForm

_MORNING: Final = time(9)
_MAX_COPY: Final = 256
"""Characters of a copy button (Bot API, CopyTextButton)."""


class Endings:
    """Builds what a finished interview gives."""

    def __init__(self, cards: Cards, forms: Forms) -> None:
        self._cards = cards
        self._forms = forms

    def replies(self, flow: Flow, scope: Scope) -> tuple[Reply, ...]:
        """Everything that is sent at the end, in order."""
        return (*self._papers(flow, scope), *self._texts(flow, scope), self._last(flow, scope))

    def previews(self, flow: Flow, scope: Scope) -> tuple[Reply, ...]:
        """The papers as they would be, to read in the chat."""
        note = Paragraph(self._cards.phrase("flow_preview"))
        return tuple(
            Reply((note, *papers.letter_blocks(letter))) for letter in self._letters(flow, scope)
        )

    def _letters(self, flow: Flow, scope: Scope) -> Iterator[Letter]:
        for form in flow.letters:
            if scope.holds(form.when):
                yield papers.write_letter(flow, form, self._forms, scope)

    def _papers(self, flow: Flow, scope: Scope) -> Iterator[Reply]:
        """Letters with their files, cards, tables."""
        for letter in self._letters(flow, scope):
            yield Reply(tuple(papers.letter_blocks(letter)), papers=papers.letter_papers(letter))
        for card in flow.cards:
            if scope.holds(card.when):
                lead = Heading(self._forms.fill(card.title, scope))
                lines = Bullets(tuple(self._forms.fill(line, scope) for line in card.lines))
                picture, sheet = papers.card_papers(card, self._forms, scope)
                yield Reply((lead, lines), papers=(sheet,) if card.early else (picture, sheet))

    def early(self, flow: Flow, before: Scope, scope: Scope) -> tuple[Paper, ...]:
        """Pictures that do not wait for the end: of cards that an answer has made fit."""
        return tuple(
            papers.card_papers(card, self._forms, scope)[0]
            for card in flow.cards
            if card.early and scope.holds(card.when) and not before.holds(card.when)
        )

    def _texts(self, flow: Flow, scope: Scope) -> Iterator[Reply]:
        for text in flow.texts:
            if not scope.holds(text.when):
                continue
            body = self._forms.fill(text.body, scope)
            plain = body.replace("**", "")
            rows: tuple[tuple[Button, ...], ...] = ()
            if text.copy and len(plain) <= _MAX_COPY:
                label = self._cards.phrase("label_copy", words=text.title)
                rows = ((Button(label, copy=plain),),)
            yield Reply((Heading(text.title), Words((body,))), rows)

    def _last(self, flow: Flow, scope: Scope) -> Reply:
        blocks: list[Block] = []
        leads: list[tuple[Button, ...]] = []
        for remark in flow.after:
            if scope.holds(remark.when):
                blocks += to_blocks(self._forms.fill(remark.say, scope))
                leads += self._forms.leads(remark.buttons)
        rows: list[tuple[Button, ...]] = []
        if any(self.reminders(flow, scope)):
            rows.append((self._forms.step(flow, REMIND, "", "label_flow_remind"),))
        rows += leads
        rows += self._forms.articles(flow.articles)
        rows += self._forms.starts(flow.flows)
        rows.append(
            (
                self._forms.step(flow, REVIEW, "", "label_flow_review"),
                self._forms.step(flow, DELETE, "", "label_flow_delete"),
            )
        )
        files = [
            papers.table_paper(table, self._forms, scope)
            for table in flow.tables
            if scope.holds(table.when)
        ]
        calendar = papers.calendar_paper(flow, self._forms, scope)
        files += [] if calendar is None else [calendar]
        return Reply(tuple(blocks), tuple(rows), papers=tuple(files))

    def will_remind(self, flow: Flow, timers: Sequence[Later]) -> Reply:
        """Says on which days reminders will come, with a way to stop them."""
        days = sorted({timer.due.date() for timer in timers})
        row = (self._forms.step(flow, QUIET, "", "label_flow_quiet"),)
        written = "、".join(map(write_day, days))
        if not days:
            return self._cards.say("flow_reminder_none")
        return self._cards.say("flow_reminder_set", (row,), days=written)

    def reminders(self, flow: Flow, scope: Scope) -> Iterator[Later]:
        """The timers that a finished interview may set, if the person wants them."""
        for reminder in flow.reminders:
            due = self._due(reminder, scope)
            if not reminder.at_start and due is not None and due > scope.now:
                yield _later(flow, reminder, due)

    def first_reminders(self, flow: Flow, scope: Scope) -> Iterator[Later]:
        """The timers that an interview sets when it begins."""
        for reminder in flow.reminders:
            if reminder.at_start and scope.holds(reminder.when):
                yield _later(flow, reminder, scope.now + timedelta(minutes=reminder.minutes))

    def cancel_all(self, flow: Flow, now: datetime) -> tuple[Later, ...]:
        """Cancels every timer of a flow."""
        return tuple(Later(_key(flow, reminder), now) for reminder in flow.reminders)

    def _due(self, reminder: ReminderForm, scope: Scope) -> datetime | None:
        if not scope.holds(reminder.when):
            return None
        if reminder.minutes:
            return scope.now + timedelta(minutes=reminder.minutes)
        day = scope.lookup(reminder.day) if reminder.day else scope.now.date()
        if not isinstance(day, date):
            return None
        day += timedelta(days=reminder.days_after)
        return datetime.combine(day, _MORNING, scope.now.tzinfo)

    def remind(self, flow: Flow, reminder: ReminderForm, scope: Scope) -> Reply:
        """A reminder, with answers and a way to stop it."""
        answers = self._forms.leads(reminder.answers)
        quiet = self._forms.step(flow, QUIET, reminder.key, "label_flow_quiet")
        quiet = replace(quiet, label=reminder.quiet or quiet.label)
        return Reply(to_blocks(self._forms.fill(reminder.say, scope)), (*answers, (quiet,)))

    def remember(self, flow: Flow, interview: Interview, scope: Scope) -> Mapping[str, Any]:
        """What other interviews may offer again: answers, and what was worked out of them."""
        found: dict[str, Any] = {}
        for asked in scope.asked:
            value = interview.answers.get(asked.path)
            if asked.question.profile and value is not None and not asked.open:
                found[asked.question.profile] = value
        for part, name in flow.remember.items():
            value = scope.lookup(name)
            if value is not None:
                found[part] = str(value)
        return found


def _key(flow: Flow, reminder: ReminderForm) -> str:
    return f"{flow.code}:{reminder.key}"


def _later(flow: Flow, reminder: ReminderForm, due: datetime) -> Later:
    return Later(_key(flow, reminder), due, actions.join(actions.REMIND, flow.code, reminder.key))
