"""Checks interviews as a whole: names, order, tools, buttons, templates and samples."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from bot.errors import TemplateBroken
from bot.flows.engine import Stopped
from bot.flows.functions import FUNCTIONS, OPTIONAL
from bot.flows.rehearsal import rehearse
from bot.flows.templates import Templates
from bot.knowledge.flow_model import (
    GIVEN,
    MORE,
    Every,
    Question,
    Reference,
    Some,
    Test,
    Type,
    names_in,
)
from bot.knowledge.model import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from bot.flows.rehearsal import Rehearsal
    from bot.knowledge.flow_model import Condition, Flow, Remark
    from bot.knowledge.model import Knowledge

MAX_ACTION: Final = 64
"""Bytes of a button's data (Bot API, InlineKeyboardButton)."""
_LAST_ROW: Final = 39
_ROW_NAMES: Final = ("number",)


def check_flows(knowledge: Knowledge, misread: Collection[Path] = ()) -> list[Fault]:
    """Every fault of the interviews that reading them did not show.

    Args:
        knowledge: with the flows.
        misread: files that reading found at fault; they are not looked at again.
    """
    faults: list[Fault] = []
    for flow in knowledge.flows.values():
        if flow.path not in misread:
            checker = _Checker(knowledge, flow)
            # A flow that names what does not exist cannot be played.
            faults += list(checker.check()) or list(checker.play())
    return faults


class _Checker:
    """Checks one flow."""

    def __init__(self, knowledge: Knowledge, flow: Flow) -> None:
        self._knowledge = knowledge
        self._flow = flow
        self._templates = Templates()
        self._lines = flow.path.read_text("utf-8").splitlines()
        self._questions = {question.name: question for question in flow.questions}

    def check(self) -> Iterator[Fault]:
        """What can be seen without playing the flow."""
        names = {*self._questions, *self._flow.computed, *GIVEN}
        yield from self._check_computed(names)
        yield from self._check_order(names)
        yield from self._check_buttons()
        yield from self._check_references()
        yield from self._check_texts(names)
        if not self._flow.samples:
            yield self._fault("samples", "缺少样例“samples”：至少写一组完整的回答")

    def _fault(self, needle: str, message: str) -> Fault:
        first = needle.strip().splitlines()[0] if needle.strip() else ""
        at = next((n for n, line in enumerate(self._lines, 1) if first and first in line), 1)
        return Fault(self._flow.path, at, message)

    # Names and order

    def _check_computed(self, names: set[str]) -> Iterator[Fault]:
        for item in self._flow.computed.values():
            here = f"name: {item.name}"
            if item.use not in FUNCTIONS:
                known = "、".join(sorted(FUNCTIONS))
                yield self._fault(here, f"不认识的工具“{item.use}”，只能用：{known}")
                continue
            wanted = {n.rstrip("_") for n in inspect.signature(FUNCTIONS[item.use]).parameters}
            given = set(item.arguments)
            for name in sorted(wanted - given - OPTIONAL):
                yield self._fault(here, f"“{item.name}”缺少参数“{name}”")
            for name in sorted(given - wanted):
                yield self._fault(here, f"“{item.name}”没有参数“{name}”")
            for name in _arguments(item.arguments.values()):
                if name not in names:
                    yield self._fault(here, f"“{item.name}”用到了没有的名称“{name}”")
            if self._in_circle(item.name, ()):
                yield self._fault(here, f"“{item.name}”的计算绕成了圈")

    def _in_circle(self, name: str, above: tuple[str, ...]) -> bool:
        if name in above:
            return True
        item = self._flow.computed.get(name)
        if item is None:
            return False
        return any(
            self._in_circle(other, (*above, name)) for other in _arguments(item.arguments.values())
        )

    def _sources(self, name: str, above: frozenset[str] = frozenset()) -> set[str]:
        """The questions on which a name rests."""
        item = self._flow.computed.get(name)
        if item is None or name in above:
            return {name}
        found: set[str] = set()
        for other in _arguments(item.arguments.values()):
            found |= self._sources(other, above | {name})
        return found

    def _check_order(self, names: set[str]) -> Iterator[Fault]:
        known = set(GIVEN)
        for question in self._flow.questions:
            yield from self._check_question(question, names, known)
            known.add(question.name)
            inner_known = known | set(_ROW_NAMES)
            inner_names = names | {inner.name for inner in question.questions}
            for inner in question.questions:
                yield from self._check_question(inner, inner_names, inner_known)
                inner_known.add(inner.name)
        for stop in self._flow.stops:
            yield from self._check_condition(stop.when, names, stop.say)

    def _check_question(
        self, question: Question, names: set[str], known: set[str]
    ) -> Iterator[Fault]:
        here = f"name: {question.name}"
        conditions = [question.when, *(choice.when for choice in question.choices)]
        for condition in conditions:
            yield from self._check_condition(condition, names, here)
            for name in names_in(condition):
                later = self._sources(name) - known
                if name in names and later:
                    yield self._fault(
                        here, f"“{question.name}”的条件用到了后面才问的“{min(later)}”"
                    )
        for remark in (*question.rules, *question.tell):
            yield from self._check_condition(remark.when, names, here)

    def _check_condition(
        self, condition: Condition | None, names: set[str], here: str
    ) -> Iterator[Fault]:
        match condition:
            case Every(parts) | Some(parts):
                for inner in parts:
                    yield from self._check_condition(inner, names, here)
            case Test(name, verb, operand):
                first, _, part = name.partition(".")
                if first not in names:
                    yield self._fault(here, f"条件里用到了没有的名称“{first}”")
                    return
                yield from self._check_options(first, part, verb, operand, here)

    def _check_options(
        self, name: str, part: str, verb: str, value: Any, here: str
    ) -> Iterator[Fault]:
        question = self._questions.get(name)
        if question is None or not question.choices:
            return
        keys = {choice.key for choice in question.choices}
        if question.type is Type.PARTS:
            if (part or verb not in {"known", "unknown"}) and part not in {*keys, "total"}:
                yield self._fault(here, f"“{name}”没有“{part}”这一项")
            return
        if verb in {"known", "unknown"} or isinstance(value, Reference):
            return
        for option in value if isinstance(value, tuple) else (value,):
            if str(option) not in keys:
                yield self._fault(here, f"“{name}”没有选项“{option}”")

    # Buttons and references

    def _check_buttons(self) -> Iterator[Fault]:
        for question in self._flow.questions:
            for inner in question.questions or (question,):
                row = f"{question.name}.{_LAST_ROW}." if question.questions else ""
                keys = [choice.key for choice in inner.choices] or ["unsure"]
                longest = max(len(key.encode()) for key in keys)
                data = f"q:{self._flow.code}:{row}{max(inner.name, MORE, key=len)}:"
                if len(data.encode()) + longest > MAX_ACTION:
                    yield self._fault(f"name: {inner.name}", "名称和选项的编号太长，按钮放不下")

    def _check_references(self) -> Iterator[Fault]:
        flow, knowledge = self._flow, self._knowledge
        articles = [*flow.articles, *(name for stop in flow.stops for name in stop.articles)]
        flows = [*flow.flows, *(name for stop in flow.stops for name in stop.flows)]
        buttons = [choice for reminder in flow.reminders for choice in reminder.answers]
        buttons += [choice for remark in self._remarks() for choice in remark.buttons]
        articles += [b.key for b in buttons if b.key and b.key not in knowledge.flows]
        for name in articles:
            if name not in knowledge.articles:
                yield self._fault(name, f"没有文章“{name}”")
        for name in flows:
            if name not in knowledge.flows:
                yield self._fault(name, f"没有流程“{name}”")

    def _remarks(self) -> Iterator[Remark]:
        for question in self._flow.questions:
            for inner in (question, *question.questions):
                yield from (*inner.rules, *inner.tell)
        yield from (*self._flow.review, *self._flow.after)

    # Templates

    def _texts(self) -> Iterator[str]:
        flow = self._flow
        yield flow.opening
        for question in flow.questions:
            if not question.questions:
                yield from _question_texts(question)
        yield from (stop.say for stop in flow.stops)
        yield from (remark.say for remark in (*flow.review, *flow.after))
        yield from (text.body for text in flow.texts)
        yield from (line for card in flow.cards for line in (card.title, *card.lines))
        yield from (table.rows for table in flow.tables)
        yield from (reminder.say for reminder in flow.reminders)
        yield from (date.title for date in flow.dates)
        for letter in flow.letters:
            yield from (letter.body, letter.addressee, letter.attachments)

    def _check_texts(self, names: set[str]) -> Iterator[Fault]:
        known = names | {"label"}
        for text in self._texts():
            yield from self._check_template(text, known)
        for question in self._flow.questions:
            row = known | {inner.name for inner in question.questions} | set(_ROW_NAMES)
            for inner in question.questions:
                for text in _question_texts(inner):
                    yield from self._check_template(text, row)
            if question.questions:
                yield from self._check_template(question.another, row)

    def _check_template(self, text: str, known: set[str]) -> Iterator[Fault]:
        try:
            unknown = self._templates.names(text) - known
        except TemplateBroken as error:
            yield self._fault(text, f"模板写错了：{error}")
            return
        for name in sorted(unknown):
            yield self._fault(text, f"模板里用到了没有的名称“{name}”")

    # Samples

    def play(self) -> Iterator[Fault]:
        """What the samples show."""
        asked: set[str] = set()
        stopped: set[str] = set()
        made: set[str] = set()
        for number, sample in enumerate(self._flow.samples, start=1):
            try:
                played = rehearse(self._flow, sample)
            except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
                yield self._fault("samples", f"第 {number} 组样例算不下去：{error}")
                continue
            asked |= {
                ".".join(p for p in a.path.split(".") if not p.isdigit()) for a in played.asked
            }
            if isinstance(played.stage, Stopped):
                stopped.add(played.stage.stop.say)
            for path, reason in played.refused:
                yield self._fault("samples", f"第 {number} 组样例的“{path}”不被接受：{reason}")
            for path in played.unused:
                yield self._fault("samples", f"第 {number} 组样例的“{path}”没有被问到")
            if not played.refused and not isinstance(played.stage, Stopped):
                yield from self._check_papers(played, number, made)
        yield from self._unreached(asked, stopped, made)

    def _check_papers(self, played: Rehearsal, number: int, made: set[str]) -> Iterator[Fault]:
        flow, scope = self._flow, played.scope
        values = scope.context()
        for letter in (item for item in flow.letters if scope.holds(item.when)):
            made.add(letter.id)
            try:
                body = self._templates.fill(letter.body, values, letter=True)
            except TemplateBroken as error:
                yield self._fault(
                    letter.title, f"第 {number} 组样例写不出“{letter.title}”：{error}"
                )
                continue
            yield from (
                self._fault(letter.title, f"第 {number} 组样例的“{letter.title}”里缺少“{word}”")
                for word in letter.required
                if word not in body + letter.title + letter.signer
            )
            yield from (
                self._fault(letter.title, f"第 {number} 组样例的“{letter.title}”里有“{word}”")
                for word in letter.forbidden
                if word in body
            )
        for text in (item for item in flow.texts if scope.holds(item.when)):
            made.add(text.title)
            yield from self._check_filled(text.body, values, number, text.limit)
        others = [*flow.after, *flow.review]
        for say in (remark.say for remark in others if scope.holds(remark.when)):
            yield from self._check_filled(say, values, number, 3000)

    def _check_filled(
        self, text: str, values: dict[str, Any], number: int, limit: int
    ) -> Iterator[Fault]:
        try:
            filled = self._templates.fill(text, values)
        except TemplateBroken as error:
            yield self._fault(text, f"第 {number} 组样例写不出这段话：{error}")
            return
        if len(filled) > limit:
            yield self._fault(text, f"第 {number} 组样例有 {len(filled)} 字，最多 {limit} 字")

    def _unreached(self, asked: set[str], stopped: set[str], made: set[str]) -> Iterator[Fault]:
        for question in self._flow.questions:
            paths = [f"{question.name}.{inner.name}" for inner in question.questions]
            for path in paths or [question.name]:
                if path not in asked:
                    name = path.rpartition(".")[2]
                    yield self._fault(f"name: {name}", f"没有一组样例问得到“{path}”")
        for stop in self._flow.stops:
            if stop.say not in stopped:
                yield self._fault(stop.say, "没有一组样例走到这个“stops”")
        for letter in self._flow.letters:
            if letter.id not in made:
                yield self._fault(letter.title, f"没有一组样例写出“{letter.title}”")
        for text in self._flow.texts:
            if text.title not in made:
                yield self._fault(text.title, f"没有一组样例写出“{text.title}”")


def _question_texts(question: Question) -> Iterator[str]:
    yield from (
        question.ask,
        question.why,
        question.example,
        question.contains_say,
        question.without_say,
    )
    yield from (remark.say for remark in (*question.rules, *question.tell))


def _arguments(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Reference):
            yield value.name.partition(".")[0]
        elif isinstance(value, tuple):
            yield from (item.partition(".")[0] for item in value if isinstance(item, str))
