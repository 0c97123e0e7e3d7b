"""Shows an interview: a question with its buttons, the review, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.cards import to_blocks
from bot.conversation.rows import in_pairs, in_short_rows
from bot.conversation.turn import Button, Heading, Lead, Paragraph, Reply
from bot.errors import TemplateBroken
from bot.flows import engine
from bot.flows.answers import YN_CHOICES, in_words
from bot.flows.scope import MOST_ROWS
from bot.flows.templates import Templates, for_chat
from bot.knowledge.flow_model import MORE, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from bot.conversation.cards import Cards, Rows
    from bot.conversation.turn import Block
    from bot.flows.engine import Asking
    from bot.flows.interview import Interview
    from bot.flows.scope import Asked, Scope
    from bot.knowledge.flow_model import Choice, Flow, Stop
    from bot.knowledge.model import Knowledge

BACK: Final = "b"
SKIP: Final = "s"
WHY: Final = "y"
SAVE: Final = "x"
TICKED: Final = "m"
KEEP: Final = "k"
STILL: Final = "o"
EDIT: Final = "e"
REVIEW: Final = "r"
PREVIEW: Final = "p"
CONFIRM: Final = "c"
NEW: Final = "n"
DELETE: Final = "d"
PENDING: Final = "a"
QUIET: Final = "z"
REMIND: Final = "w"
"""Steps of an interview, as they stand in a button."""

_LABEL: Final = 30
_TOGETHER: Final = 10
"""Facts in one paragraph."""


class Forms:
    """Builds the replies of interviews from one version of the knowledge."""

    def __init__(self, knowledge: Knowledge, cards: Cards) -> None:
        self._knowledge = knowledge
        self._cards = cards
        self._templates = Templates()

    def fill(self, text: str, scope: Scope, asked: Asked | None = None) -> str:
        """A text of a flow with the answers in it; as it stands where it cannot be filled in."""
        values = scope.context() if asked is None else scope.row_context(asked)
        try:
            return self._templates.fill(text, values)
        except TemplateBroken:
            # The checker tries every text; one that fails on rare answers is better than silence.
            return text

    def paper(self, text: str, scope: Scope) -> str:
        """A text for a letter: the answers are escaped for Markdown.

        Raises:
            TemplateBroken: it cannot be filled in.
        """
        return self._templates.fill(text, scope.context(), letter=True)

    def step(
        self, flow: Flow, step: str, path: str = "", label: str = "", **values: object
    ) -> Button:
        """A button for a step."""
        text = self._cards.phrase(label, **values) if label else ""
        return Button(text[:_LABEL], actions.join(actions.STEP, flow.code, step, path))

    def ask(
        self, flow: Flow, interview: Interview, scope: Scope, asking: Asking, profile: str = ""
    ) -> Reply:
        """A question: how far it is, what is asked, an example, and every way on.

        ``profile`` is an answer of an earlier interview to offer, in words; empty for none.
        """
        phrase = self._cards.phrase
        asked, question = asking.asked, asking.asked.question
        first, *others = self.fill(question.ask, scope, asked).splitlines() or [""]
        blocks: list[Block] = [
            *self._progress(flow, asking),
            Lead(first),
            *to_blocks("\n".join(others)),
        ]
        if question.example:
            blocks.append(Paragraph(phrase("flow_example", example=question.example)))
        current = interview.answers.get(asked.path)
        if asking.again and current is not None:
            value = for_chat(in_words(question, current))
            blocks.append(Paragraph(phrase("flow_current", value=value)))
        if profile:
            blocks.append(Paragraph(phrase("flow_profile", value=for_chat(profile))))
        if question.type is Type.MULTI:
            blocks.append(Paragraph(phrase("flow_ticks")))
        if question.optional:
            blocks.append(Paragraph(phrase("flow_optional")))
        rows = (*self._answers(flow, interview, asked), *self._ways(flow, asking, profile))
        return Reply(tuple(blocks), rows)

    def _progress(self, flow: Flow, asking: Asking) -> tuple[Block, ...]:
        """How far it is; of a single question nobody needs to know that."""
        if asking.total == 1:
            return ()
        values = {"title": flow.title, "number": asking.number, "total": asking.total}
        return (Paragraph(self._cards.phrase("flow_progress", **values)),)

    def _answers(self, flow: Flow, interview: Interview, asked: Asked) -> Rows:
        question = asked.question
        if question.type is Type.MULTI:
            ticked = engine.ticks(interview, asked)
            rows = tuple(
                (self._tick(flow, asked, choice, ticked=choice.key in ticked),)
                for choice in asked.choices
            )
            return (*rows, (self.step(flow, TICKED, asked.path, "label_flow_ticks"),))
        if question.type not in {Type.ENUM, Type.YN}:
            return ()
        choices = YN_CHOICES if question.type is Type.YN else asked.choices
        buttons = [
            Button(
                choice.label,
                actions.join(actions.ANSWER, flow.code, asked.path, choice.key),
            )
            for choice in choices
        ]
        return in_short_rows(buttons)

    def _tick(self, flow: Flow, asked: Asked, choice: Choice, *, ticked: bool) -> Button:
        name = "label_ticked" if ticked else "label_unticked"
        data = actions.join(actions.TICK, flow.code, asked.path, choice.key)
        return Button(self._cards.phrase(name, label=choice.label), data)

    def _ways(self, flow: Flow, asking: Asking, profile: str) -> Rows:
        path = asking.asked.path
        rows: list[tuple[Button, ...]] = []
        if profile:
            rows.append((self.step(flow, STILL, path, "label_flow_still"),))
        if asking.again:
            rows.append((self.step(flow, KEEP, path, "label_flow_keep"),))
        ways = []
        if asking.number > 1:
            ways.append(self.step(flow, BACK, path, "label_flow_back"))
        if asking.asked.question.optional:
            ways.append(self.step(flow, SKIP, path, "label_flow_skip"))
        ways.append(self.step(flow, WHY, path, "label_flow_why"))
        save = self.step(flow, SAVE, path, "label_flow_save")
        rows += [(*ways, save)] if len(ways) == 1 else [tuple(ways), (save,)]
        return tuple(rows)

    def why(self, asked: Asked, scope: Scope) -> Paragraph:
        """Why a question is asked."""
        why = self.fill(asked.question.why, scope, asked)
        if not why:
            return Paragraph(self._cards.phrase("flow_no_why"))
        return Paragraph(self._cards.phrase("flow_because", why=why))

    def echo(self, asked: Asked, value: Any, *, changed: bool) -> Paragraph:
        """What was understood."""
        title = asked.question.title
        if value is None:
            return Paragraph(self._cards.phrase("flow_skipped", title=title))
        name = "flow_changed" if changed else "flow_echo"
        words = for_chat(in_words(asked.question, value))
        return Paragraph(self._cards.phrase(name, title=title, value=words))

    def review(self, flow: Flow, interview: Interview, scope: Scope) -> Reply:
        """Every answer on one screen, each with a way to change it."""
        phrase = self._cards.phrase
        blocks: list[Block] = [
            Heading(flow.title),
            Paragraph(phrase("flow_review")),
            *self._told(interview, scope),
        ]
        for remark in flow.review:
            if scope.holds(remark.when):
                blocks += to_blocks(self.fill(remark.say, scope))
        blocks.append(Paragraph(phrase("flow_statement")))
        confirm = (self.step(flow, CONFIRM, "", "label_flow_confirm"),)
        preview = (self.step(flow, PREVIEW, "", "label_flow_preview"),) if flow.letters else ()
        last = (self.step(flow, SAVE, "", "label_flow_save"),)
        rows = (confirm, *((preview,) if preview else ()), *self.edits(flow, scope), last)
        return Reply(tuple(blocks), rows)

    def facts(self, interview: Interview, scope: Scope) -> Iterator[tuple[str, str]]:
        """Title and answer of each question that was answered; rows carry their number."""
        for asked in scope.asked:
            value = interview.answers.get(asked.path)
            if value is None or asked.open or asked.path.endswith(f".{MORE}"):
                continue
            row = "" if asked.row is None else f"{asked.row + 1} "
            yield row + asked.question.title, in_words(asked.question, value)

    def edits(self, flow: Flow, scope: Scope) -> Rows:
        """A button for each answer; one for each row of a list."""
        buttons: list[Button] = []
        rows: set[str] = set()
        titles = {question.name: question.title for question in flow.questions}
        for asked in scope.asked:
            if asked.open:
                continue
            name, _, rest = asked.path.partition(".")
            if asked.row is None:
                title = asked.question.title
                buttons.append(self.step(flow, EDIT, asked.path, "label_flow_edit", title=title))
            elif (path := f"{name}.{rest.partition('.')[0]}") not in rows:
                rows.add(path)
                label = {"title": titles[name], "number": asked.row + 1}
                buttons.append(self.step(flow, EDIT, path, "label_flow_edit_row", **label))
        return in_pairs(buttons[: MOST_ROWS * 2])

    def edit_row(self, flow: Flow, scope: Scope, path: str) -> Reply | None:
        """The answers of one row, each with a button; None when there is no such row."""
        places = [asked for asked in scope.asked if asked.path.startswith(f"{path}.")]
        if not places or places[0].row is None:
            return None
        buttons = [
            self.step(flow, EDIT, asked.path, "label_flow_edit", title=asked.question.title)
            for asked in places
        ]
        return self._cards.say("flow_edit_row", in_pairs(buttons), number=places[0].row + 1)

    def stopped(self, flow: Flow, stop: Stop, scope: Scope) -> Reply:
        """Why there will be no document, and what to do instead."""
        rows = (
            *self.articles(stop.articles),
            *self.starts(stop.flows),
            (self.step(flow, REVIEW, "", "label_flow_review"),),
        )
        return Reply(to_blocks(self.fill(stop.say, scope)), rows)

    def change(self, flow: Flow, interview: Interview, scope: Scope) -> Reply:
        """The answers so far, each with a way to change it."""
        blocks: tuple[Block, ...] = (Heading(flow.title), *self._told(interview, scope))
        return Reply(blocks, self.edits(flow, scope))

    def _told(self, interview: Interview, scope: Scope) -> Iterator[Paragraph]:
        """The facts, one a line; those of a row stand together."""
        phrase = self._cards.phrase
        groups: dict[str, list[str]] = {}
        for title, value in self.facts(interview, scope):
            row = title.partition(" ")[0] if title[:1].isdigit() else ""
            words = phrase("flow_review_line", title=title, value=for_chat(value))
            groups.setdefault(row, []).append(words)
        for lines in groups.values():
            for start in range(0, len(lines), _TOGETHER):
                yield Paragraph("\n".join(lines[start : start + _TOGETHER]))

    def articles(self, names: Iterable[str]) -> Rows:
        """Buttons that open articles."""
        known = self._knowledge.articles
        return tuple(
            (Button(known[name].title, actions.join(actions.ARTICLE, name)),)
            for name in names
            if name in known
        )

    def starts(self, names: Iterable[str]) -> Rows:
        """Buttons that begin interviews."""
        known = self._knowledge.flows
        return tuple((self.start(known[name]),) for name in names if name in known)

    def leads(self, choices: Iterable[Choice]) -> Rows:
        """Buttons that lead to articles and interviews, with words of their own."""
        return in_short_rows([Button(choice.label, self._way(choice.key)) for choice in choices])

    def _way(self, name: str) -> str:
        flow = self._knowledge.flows.get(name)
        if flow is None:
            return actions.join(actions.ARTICLE, name)
        return actions.join(actions.FLOW, flow.code)

    def start(self, flow: Flow) -> Button:
        """A button that begins an interview, or goes on with it."""
        label = self._cards.phrase("label_flow_start", title=flow.title)
        return Button(label[:_LABEL], actions.join(actions.FLOW, flow.code))

    def resume(self, flow: Flow) -> Button:
        """A button that goes on with an interview that was left."""
        label = self._cards.phrase("label_flow_resume", title=flow.title)
        return Button(label[:_LABEL], actions.join(actions.FLOW, flow.code))
