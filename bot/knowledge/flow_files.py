"""Reads the interviews of ``knowledge/flows/`` and says what is wrong with their files."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.knowledge.flow_model import (
    PROFILE,
    CardForm,
    Choice,
    Computed,
    DateForm,
    Flow,
    LetterForm,
    Question,
    Remark,
    ReminderForm,
    Stop,
    TableForm,
    TextForm,
    Type,
)
from bot.knowledge.flow_nodes import Node
from bot.knowledge.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.knowledge.model import Fault

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_CODE: Final = re.compile(r"[a-z]{1,3}")
_SIDES: Final = ("any", "past", "future")
_FLOW_KEYS: Final = (
    "code", "title", "listed", "opening", "triggers", "confirm", "questions", "computed",
    "stops", "review", "letters", "texts", "cards", "tables", "after", "reminders", "dates",
    "articles", "flows", "remember", "samples", "laws_as_of",
)  # fmt: skip
_QUESTION_KEYS: Final = (
    "name", "type", "ask", "title", "why", "example", "optional", "when", "choices", "side", "exact",
    "least", "most", "limit", "contains", "contains_say", "without", "without_say", "rules", "tell", "profile",
    "questions", "another", "label_more", "label_enough",
)  # fmt: skip
_WITH_CHOICES: Final = frozenset({Type.ENUM, Type.MULTI, Type.PARTS})


def read_flows(folder: Path, faults: list[Fault]) -> dict[str, Flow]:
    """All interviews of a folder, by id; faults go to the list."""
    flows: dict[str, Flow] = {}
    codes: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        table = Table(path, shape=dict)
        if table.value:
            flow = _FlowReader(table, path).flow()
            if codes.setdefault(flow.code, flow.id) != flow.id:
                table.fault(f"“code”已被“{codes[flow.code]}”使用", "code")
            flows[flow.id] = flow
        faults += table.faults
    return flows


def _version(path: Path) -> str:
    digest = hashlib.sha256()
    for part in sorted(path.parent.glob(f"{path.stem}.*")):
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()[:12]


class _FlowReader:
    """Reads one file."""

    def __init__(self, table: Table, path: Path) -> None:
        self._node = Node(table, table.value)
        self._path = path

    def flow(self) -> Flow:
        node = self._node
        node.only(*_FLOW_KEYS)
        if not _NAME.fullmatch(self._path.stem):
            node.fault("文件名只用小写字母、数字和下划线")
        code = node.text("code")
        if not _CODE.fullmatch(code):
            node.fault("“code”是一到三个小写字母", "code")
        return Flow(
            id=self._path.stem,
            code=code,
            title=node.text("title"),
            path=self._path,
            version=_version(self._path),
            opening=node.text("opening"),
            questions=tuple(self._questions(node)),
            triggers=node.texts("triggers"),
            listed=node.text("listed", ""),
            confirm=node.flag("confirm", default=True),
            computed=MappingProxyType(self._computed()),
            stops=tuple(self._stops()),
            review=tuple(_remarks(node, "review")),
            laws_as_of=node.day("laws_as_of", required=node.has("letters")),
            letters=tuple(self._letters()),
            texts=tuple(self._texts()),
            cards=tuple(self._cards()),
            tables=tuple(self._tables()),
            after=tuple(_remarks(node, "after")),
            reminders=tuple(_reminders(node)),
            dates=tuple(_dates(node)),
            articles=node.texts("articles"),
            flows=node.texts("flows"),
            remember=MappingProxyType(self._remember()),
            samples=tuple(self._samples()),
        )

    def _questions(self, node: Node) -> Iterator[Question]:
        seen: set[str] = set()
        for item in node.nodes("questions"):
            question = self._question(item)
            if question.name in seen:
                item.fault(f"“{question.name}”写了两次", "name")
            seen.add(question.name)
            yield question

    def _question(self, node: Node) -> Question:
        node.only(*_QUESTION_KEYS)
        name = node.text("name")
        if not _NAME.fullmatch(name):
            node.fault("“name”只用小写字母、数字和下划线", "name")
        kind = self._type(node)
        side = node.text("side", "any")
        if side not in _SIDES:
            node.fault(f"“side”应是：{'、'.join(_SIDES)}", "side")
        profile = node.text("profile", "")
        if profile and profile not in PROFILE:
            node.fault(f"“profile”应是：{'、'.join(PROFILE)}", "profile")
        choices = tuple(_choices(node, "choices"))
        if (kind in _WITH_CHOICES) != bool(choices):
            node.fault("enum、multi、parts 要写“choices”，别的不写", "type")
        inner = tuple(self._questions(node))
        if (kind is Type.ROWS) != bool(inner):
            node.fault("rows 要写“questions”，别的不写", "type")
        return Question(
            name=name,
            type=kind,
            ask=node.text("ask", "" if kind is Type.ROWS else None),
            title=node.text("title"),
            why=node.text("why", ""),
            example=node.text("example", ""),
            optional=node.flag("optional"),
            when=node.condition(),
            choices=choices,
            side=side,
            exact=node.flag("exact"),
            least=_decimal(node, "least"),
            most=_decimal(node, "most"),
            limit=node.number("limit", 300),
            contains=node.texts("contains"),
            contains_say=node.text("contains_say", ""),
            without=node.texts("without"),
            without_say=node.text("without_say", ""),
            rules=tuple(_remarks(node, "rules")),
            tell=tuple(_remarks(node, "tell")),
            profile=profile,
            questions=inner,
            another=node.text("another", "" if kind is not Type.ROWS else None),
            label_more=node.text("label_more", "再加一笔"),
            label_enough=node.text("label_enough", "没有了"),
        )

    @staticmethod
    def _type(node: Node) -> Type:
        name = node.text("type")
        try:
            return Type(name)
        except ValueError:
            node.fault(f"不认识的类型“{name}”，只能用：{'、'.join(Type)}", "type")
            return Type.TEXT

    def _computed(self) -> dict[str, Computed]:
        out: dict[str, Computed] = {}
        for item in self._node.nodes("computed"):
            name = item.text("name")
            if name in out:
                item.fault(f"“{name}”写了两次", "name")
            out[name] = Computed(name, item.text("use"), item.arguments("name", "use"))
        return out

    def _stops(self) -> Iterator[Stop]:
        for item in self._node.nodes("stops"):
            item.only("when", "say", "articles", "flows")
            condition = item.condition()
            if condition is None:
                item.fault("缺少“when”")
                continue
            yield Stop(item.text("say"), condition, item.texts("articles"), item.texts("flows"))

    def _letters(self) -> Iterator[LetterForm]:
        for item in self._node.nodes("letters"):
            item.only(
                "id", "title", "body", "file", "addressee", "signer", "attachments", "blanks",
                "required", "forbidden", "when",
            )  # fmt: skip
            yield LetterForm(
                id=item.text("id"),
                title=item.text("title"),
                body=self._body(item),
                file=item.text("file"),
                addressee=item.text("addressee", ""),
                signer=item.text("signer", ""),
                attachments=item.text("attachments", ""),
                blanks=item.texts("blanks"),
                required=item.texts("required"),
                forbidden=item.texts("forbidden"),
                when=item.condition(),
            )

    def _body(self, node: Node) -> str:
        """The text of a template that stands beside the flow's file."""
        name = node.text("body")
        path = self._path.with_name(name)
        if not name.startswith(f"{self._path.stem}.") or not path.is_file():
            node.fault(f"没有文件“{name}”（名称以 {self._path.stem}. 开头）", "body")
            return ""
        try:
            return path.read_text("utf-8").strip()
        except UnicodeDecodeError:
            node.fault(f"“{name}”不是 UTF-8 编码，请另存为 UTF-8", "body")
            return ""

    def _texts(self) -> Iterator[TextForm]:
        for item in self._node.nodes("texts"):
            item.only("title", "body", "limit", "when", "copy")
            yield TextForm(
                item.text("title"),
                item.text("body"),
                item.number("limit", 1500),
                item.condition(),
                item.flag("copy", default=True),
            )

    def _cards(self) -> Iterator[CardForm]:
        for item in self._node.nodes("cards"):
            item.only("id", "title", "lines", "large", "file", "when", "early")
            yield CardForm(
                item.text("id"),
                item.text("title"),
                item.texts("lines"),
                item.flag("large"),
                item.text("file"),
                item.condition(),
                item.flag("early"),
            )

    def _tables(self) -> Iterator[TableForm]:
        for item in self._node.nodes("tables"):
            item.only("id", "file", "rows", "when")
            yield TableForm(item.text("id"), item.text("file"), item.text("rows"), item.condition())

    def _remember(self) -> dict[str, str]:
        pairs = self._node.pairs("remember")
        for key in pairs:
            if key not in PROFILE:
                self._node.fault(f"“{key}”不在可以记住的内容里", "remember", key)
        return {key: str(name) for key, name in pairs.items()}

    def _samples(self) -> Iterator[MappingProxyType[str, str]]:
        for item in self._node.nodes("samples"):
            answers = item.arguments()
            yield MappingProxyType({path: str(value) for path, value in answers.items()})


def _choices(node: Node, key: str) -> Iterator[Choice]:
    seen: set[str] = set()
    for item in node.nodes(key):
        item.only("key", "label", "when", "alone", "preset", "also", "days")
        choice = Choice(
            item.text("key", ""),
            item.text("label"),
            item.condition(),
            item.flag("alone"),
            item.flag("preset"),
            item.texts("also"),
            _bounds(item),
        )
        if choice.key in seen:
            item.fault(f"“{choice.key}”写了两次", "key")
        seen.add(choice.key)
        yield choice


def _bounds(node: Node) -> tuple[int, int] | None:
    if not node.has("days"):
        return None
    match node.texts("days"):
        case (least, most) if least.isdigit() and most.isdigit():
            return int(least), int(most)
        case _:
            node.fault("“days”是两个数：[最少, 最多]", "days")
            return None


def _remarks(node: Node, key: str) -> Iterator[Remark]:
    for item in node.nodes(key):
        item.only("say", "when", "block", "buttons")
        yield Remark(
            item.text("say"),
            item.condition(),
            item.flag("block"),
            tuple(_choices(item, "buttons")),
        )


def _reminders(node: Node) -> Iterator[ReminderForm]:
    for item in node.nodes("reminders"):
        item.only(
            "key", "say", "day", "days_after", "minutes", "at_start", "when", "answers", "quiet"
        )
        yield ReminderForm(
            key=item.text("key"),
            say=item.text("say"),
            day=item.text("day", ""),
            days_after=item.number("days_after"),
            minutes=item.number("minutes"),
            at_start=item.flag("at_start"),
            when=item.condition(),
            answers=tuple(_choices(item, "answers")),
            quiet=item.text("quiet", ""),
        )


def _dates(node: Node) -> Iterator[DateForm]:
    for item in node.nodes("dates"):
        item.only("key", "title", "day", "when")
        yield DateForm(item.text("key"), item.text("title"), item.text("day"), item.condition())


def _decimal(node: Node, key: str) -> Decimal | None:
    if not node.has(key):
        return None
    try:
        return Decimal(node.text(key))
    except InvalidOperation:
        node.fault(f"“{key}”应是数字", key)
        return None
