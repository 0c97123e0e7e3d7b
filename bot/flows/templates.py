"""Fills in the texts of a flow: Jinja in its sandbox, with two ways of writing and no globals."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import TemplateBroken
from bot.tools.dates import plain_day, write_day
from bot.tools.money import write_money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Environment, Template

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_NAMED: Final = re.compile(r"[（(]")
"""Ends the name of an institution; its product may follow in brackets."""
_FULL: Final = str.maketrans("()[]", "（）〔〕", " ")
"""Brackets of a case number as courts write them."""
_ITEM: Final = re.compile(r"^(\d*)([-+=.)])")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def for_chat(value: str) -> str:
    """A person's words within a message: bold and code marks would be read as such."""
    return value.replace("*", "＊").replace("`", "＇").replace("_", "＿").replace("|", "｜")


def for_letter(value: str) -> str:
    """A person's words within a letter: on one line, with every mark of Markdown escaped."""
    joined = " ".join(value.split())
    return _ITEM.sub(r"\1\\\2", _MARKS.sub(r"\\\1", joined))


def _environment(escape: Callable[[str], str]) -> Environment:
    def finalize(value: Any) -> str:
        return escape(_plain(value))

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # not HTML: what leaves here is escaped for Markdown by ``finalize``
    )
    environment.globals.clear()
    environment.filters["money"] = write_money
    environment.filters["day"] = plain_day
    environment.filters["weekday"] = write_day
    environment.filters["bare"] = lambda words: str(words or "").rstrip(" 。.；;，,\n")
    environment.filters["institution"] = lambda words: _NAMED.split(str(words or ""))[0].strip()
    environment.filters["full"] = lambda words: str(words or "").translate(_FULL)
    environment.filters["product"] = _product
    environment.filters["masked_name"] = lambda number: f"债权人{number}"
    return environment


def _product(words: Any) -> str:
    """某某贷 of 某某公司（某某贷）; empty where nothing stands in brackets."""
    _, *rest = _NAMED.split(str(words or ""), maxsplit=1)
    return rest[0].strip(" ）)") if rest else ""


def _plain(value: Any) -> str:  # noqa: PLR0911, one for each type
    match value:
        case None:
            return ""
        case Decimal():
            return write_money(value)
        case datetime():
            return f"{plain_day(value.date())} {value:%H:%M}"
        case date():
            return plain_day(value)
        case time():
            return f"{value:%H:%M}"
        case tuple() | list():
            return "、".join(map(_plain, value))
        case _:
            return str(value)


class Templates:
    """Compiles each text once."""

    def __init__(self) -> None:
        self._chat = _environment(for_chat)
        self._letter = _environment(for_letter)
        self._compiled: dict[tuple[str, bool], Template] = {}

    def fill(self, text: str, values: Mapping[str, Any], *, letter: bool = False) -> str:
        """A text with its values.

        Args:
            text: a template.
            values: every name it may use.
            letter: escapes the values for Markdown in full, instead of for a message.

        Raises:
            TemplateBroken: it cannot be filled in with these values.
        """
        if "{" not in text:
            return text
        try:
            filled = self._compile(text, letter=letter).render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:  # fmt: skip
            raise TemplateBroken(str(error)) from error
        return _EMPTY_LINES.sub("\n\n", filled).strip()

    def _compile(self, text: str, *, letter: bool) -> Template:
        key = (text, letter)
        if key not in self._compiled:
            environment = self._letter if letter else self._chat
            self._compiled[key] = environment.from_string(text)
        return self._compiled[key]

    def names(self, text: str) -> set[str]:
        """The names a template uses.

        Raises:
            TemplateBroken: it is not a template.
        """
        try:
            return set(meta.find_undeclared_variables(self._chat.parse(text)))
        except TemplateError as error:
            raise TemplateBroken(str(error)) from error
