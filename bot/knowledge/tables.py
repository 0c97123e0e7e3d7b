"""Reads the YAML files beside the articles: sources, categories, messages, hotlines, lexicon."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.errors import YamlInvalid
from bot.knowledge.article import parse_citation
from bot.knowledge.model import (
    CERTAINTIES,
    LEVELS,
    REPORT,
    Category,
    Fault,
    ForbiddenClaim,
    Hotline,
    Lexicon,
    Source,
    UrgentRule,
)
from bot.knowledge.phrases import PHRASES, phrase_problem
from bot.knowledge.yaml_lines import Document, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")
_DATED = re.compile(r"(?:19|20)\d\d.{1,16}")
MAX_LINE: Final = 60
"""Characters of one statement about a public number."""
_HOTLINE = ("name", "handles", "verified", "hours", "cannot", "source", "checked")
_Shape = type[list[Any]] | type[dict[str, Any]]


class Table:
    """One YAML file and what is wrong with it; a missing file is an empty one."""

    def __init__(self, path: Path, *, shape: _Shape) -> None:
        self.faults: list[Fault] = []
        self.value: Any = shape()
        self._path = path
        self._document = Document(None, {}, ())
        if not path.is_file():
            return
        try:
            self._document = parse_yaml(path.read_text("utf-8"))
        except (YamlInvalid, UnicodeDecodeError) as error:
            line = error.line if isinstance(error, YamlInvalid) else 1
            self.faults.append(Fault(path, line, f"不是合法的 YAML：{error}"))
            return
        self.faults += [
            Fault(path, line, f"“{key}”写了两次") for key, line in self._document.repeated
        ]
        if self._document.value is None:
            return
        if isinstance(self._document.value, shape):
            self.value = self._document.value
        else:
            self.fault("应是列表" if shape is list else "应是“名称: 内容”的形式")

    def fault(self, message: str, *place: str | int) -> None:
        """Notes a fault at a place."""
        self.faults.append(Fault(self._path, self._document.line(*place), message))

    def line(self, *place: str | int) -> int:
        """The line of a place, or of the nearest one around it."""
        return self._document.line(*place)

    def rows(self) -> Iterator[tuple[str | int, dict[str, Any]]]:
        """The mappings in a list or a mapping, with the key of each."""
        items = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
        for key, row in items:
            if isinstance(row, dict):
                yield key, row
            else:
                self.fault("这一条应是“名称: 内容”的形式", key)

    def require(self, key: str | int, row: Mapping[str, Any], *names: str) -> bool:
        """True when a row has all the named texts; a missing one is a fault."""
        missing = [name for name in names if row.get(name) in (None, "")]
        for name in missing:
            self.fault(f"缺少“{name}”", key)
        return not missing

    def only(self, key: str | int, row: Mapping[str, Any], *names: str) -> None:
        """Notes the keys of a row that do not exist."""
        for name in row:
            if name not in names:
                self.fault(f"不认识的栏目“{name}”", key, name)


def read_sources(table: Table) -> dict[str, Source]:
    """``sources.yaml``: key of a source to what it is."""
    out: dict[str, Source] = {}
    names = ("title", "level", "issuer", "verified")
    for key, row in table.rows():
        table.only(key, row, *names, "number", "effective", "dated", "note", "articles")
        if not table.require(key, row, *names):
            continue
        if row["level"] not in LEVELS:
            table.fault(f"“level”应是：{'、'.join(LEVELS)}", key, "level")
        if row["verified"] not in CERTAINTIES:
            table.fault(f"“verified”应是：{'、'.join(CERTAINTIES)}", key, "verified")
        effective = row.get("effective")
        if effective is not None and not isinstance(effective, date):
            table.fault("“effective”应是日期，例如 2021-01-01", key, "effective")
            effective = None
        dated = _text_or_none(row.get("dated"))
        if effective is None and dated is None and row["level"] != REPORT:
            table.fault("缺少“effective”（施行日）；没核实的写“dated”，例如 2026-01-30 发布", key)
        if dated is not None and not _DATED.fullmatch(dated):
            table.fault("“dated”以年份开头，最多 20 字，例如 2026-01-30 发布", key, "dated")
        out[str(key)] = Source(
            key=str(key),
            title=str(row["title"]),
            level=str(row["level"]),
            issuer=str(row["issuer"]),
            verified=str(row["verified"]),
            number=_text_or_none(row.get("number")),
            effective=effective,
            dated=dated,
            note=_text_or_none(row.get("note")),
            articles=MappingProxyType(
                {str(number): str(gist) for number, gist in (row.get("articles") or {}).items()}
            ),
        )
    return out


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def read_categories(table: Table) -> tuple[Category, ...]:
    """``categories.yaml``: the headings of the menu, in their order."""
    out: list[Category] = []
    for key, row in table.rows():
        table.only(key, row, "id", "title", "intro")
        if table.require(key, row, "id", "title", "intro"):
            out.append(Category(str(row["id"]), str(row["title"]), str(row["intro"])))
    return tuple(out)


def read_messages(table: Table) -> dict[str, str]:
    """``messages.yaml``: the bot's fixed phrases by name."""
    for key, value in table.value.items():
        problem = phrase_problem(str(key), value) if isinstance(value, str) else "应是文字"
        if problem:
            table.fault(problem, key)
    missing = PHRASES.keys() - table.value.keys()
    for key in sorted(missing):
        table.fault(f"缺少“{key}”")
    return {str(key): str(value).strip() for key, value in table.value.items()}


def read_hotlines(table: Table) -> dict[str, Hotline]:
    """``hotlines.yaml``: the public numbers that the bot may name."""
    out: dict[str, Hotline] = {}
    for key, row in table.rows():
        table.only(key, row, *_HOTLINE)
        if not table.require(key, row, "name", "handles"):
            continue
        if not isinstance(row.get("verified"), bool):
            table.fault("“verified”应是 true 或 false", key)
            continue
        if row["verified"]:
            table.require(key, row, "source", "checked")
        for name in ("name", "handles", "cannot", "hours"):
            length = len(str(row.get(name) or ""))
            if length > MAX_LINE:
                table.fault(f"“{name}”有 {length} 字，最多 {MAX_LINE} 字", key, name)
        checked = row.get("checked")
        if checked is not None and not isinstance(checked, date):
            table.fault("“checked”应是日期，例如 2026-11-23", key, "checked")
            checked = None
        source = _text_or_none(row.get("source"))
        out[str(key)] = Hotline(
            number=str(key),
            name=str(row["name"]),
            handles=str(row["handles"]),
            verified=row["verified"],
            hours=_text_or_none(row.get("hours")),
            cannot=_text_or_none(row.get("cannot")),
            source=parse_citation(source) if source else None,
            checked=checked,
            line=table.line(key),
        )
    return out


def read_words(table: Table) -> tuple[str, ...]:
    """A list of words."""
    return tuple(str(word).strip() for word in table.value if str(word).strip())


def read_synonyms(table: Table) -> tuple[tuple[str, ...], ...]:
    """``lexicon/synonyms.yaml``: groups of words that mean the same."""
    out: list[tuple[str, ...]] = []
    for number, group in enumerate(table.value):
        if isinstance(group, list) and len(group) > 1:
            out.append(tuple(str(word).strip() for word in group))
        else:
            table.fault("每组同义词至少两个词：- [征信, 信用报告]", number)
    return tuple(out)


def read_products(table: Table) -> dict[str, str]:
    """``lexicon/products.yaml``: name of a product to its kind."""
    return {str(name): str(kind) for name, kind in table.value.items()}


def read_urgent(table: Table) -> tuple[UrgentRule, ...]:
    """``lexicon/urgent.yaml``: the safety gate."""
    out: list[UrgentRule] = []
    for key, row in table.rows():
        table.only(key, row, "card", "all", "none")
        groups = row.get("all")
        if not table.require(key, row, "card") or not isinstance(groups, list) or not groups:
            table.fault("“all”应是词组的列表：all: [[门口, 门外], [敲门, 催收]]", key)
            continue
        all_of = tuple(tuple(map(str, group)) for group in groups if isinstance(group, list))
        if len(all_of) != len(groups) or not all(all_of):
            table.fault("“all”里每一组都是词的列表，不能为空", key, "all")
            continue
        out.append(UrgentRule(str(row["card"]), all_of, tuple(map(str, row.get("none") or ()))))
    return tuple(out)


def read_forbidden(table: Table) -> tuple[ForbiddenClaim, ...]:
    """``lexicon/forbidden.yaml``: statements that no article may make."""
    out: list[ForbiddenClaim] = []
    for key, row in table.rows():
        table.only(key, row, "pattern", "reason")
        if not table.require(key, row, "pattern", "reason"):
            continue
        try:
            re.compile(str(row["pattern"]))
        except re.error as error:
            table.fault(f"“pattern”写错了：{error}", key, "pattern")
            continue
        out.append(ForbiddenClaim(str(row["pattern"]), str(row["reason"])))
    return tuple(out)


def read_table(path: Path, shape: _Shape, reader: Callable[[Table], T], faults: list[Fault]) -> T:
    """Reads one file and adds what is wrong with it to ``faults``."""
    table = Table(path, shape=shape)
    value = reader(table)
    faults.extend(table.faults)
    return value


def read_lexicon(folder: Path, faults: list[Fault]) -> Lexicon:
    """The files of ``lexicon/``."""
    return Lexicon(
        terms=read_table(folder / "terms.yaml", list, read_words, faults),
        synonyms=read_table(folder / "synonyms.yaml", list, read_synonyms, faults),
        products=MappingProxyType(
            read_table(folder / "products.yaml", dict, read_products, faults)
        ),
        urgent=read_table(folder / "urgent.yaml", list, read_urgent, faults),
        forbidden=read_table(folder / "forbidden.yaml", list, read_forbidden, faults),
    )
