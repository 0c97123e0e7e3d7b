"""Walks through the YAML of a flow and notes every fault with its line, in Chinese."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.knowledge.flow_model import VERBS, Condition, Every, Reference, Some, Test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.knowledge.tables import Table

_GROUPS: Final[Mapping[str, type[Every | Some]]] = {"all": Every, "any": Some}


class Node:
    """A mapping at a place of the file."""

    def __init__(self, table: Table, value: dict[str, Any], *place: str | int) -> None:
        self._table = table
        self._value = value
        self._place = place

    def fault(self, message: str, *place: str | int) -> None:
        """Notes a fault at a key of this mapping."""
        self._table.fault(message, *self._place, *place)

    def only(self, *names: str) -> None:
        """Notes keys that do not exist."""
        for name in self._value:
            if name not in names:
                self.fault(f"不认识的栏目“{name}”", name)

    def has(self, key: str) -> bool:
        """Whether a key is there."""
        return self._value.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it is required."""
        value = self._value.get(key)
        if value is None:
            if default is None:
                self.fault(f"缺少“{key}”", key)
            return default or ""
        if isinstance(value, dict | list):
            self.fault(f"“{key}”应是文字", key)
            return ""
        return _text(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none when it is left out."""
        value = self._value.get(key) or []
        if not isinstance(value, list) or any(isinstance(item, dict | list) for item in value):
            self.fault(f"“{key}”应是文字的列表", key)
            return ()
        return tuple(_text(item) for item in value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self._value.get(key, default)
        if not isinstance(value, bool):
            self.fault(f"“{key}”应是 true 或 false", key)
            return default
        return value

    def number(self, key: str, default: int = 0) -> int:
        """A whole number."""
        value = self._value.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(f"“{key}”应是整数", key)
            return default
        return value

    def day(self, key: str, *, required: bool) -> date | None:
        """A date."""
        value = self._value.get(key)
        if isinstance(value, date):
            return value
        if required or value is not None:
            self.fault(f"“{key}”应是日期，例如 2026-11-23", key)
        return None

    def nodes(self, key: str) -> Iterator[Node]:
        """The mappings in a list."""
        value = self._value.get(key) or []
        if not isinstance(value, list):
            self.fault(f"“{key}”应是列表", key)
            return
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield Node(self._table, item, *self._place, key, number)
            else:
                self.fault("这一条应是“名称: 内容”的形式", key, number)

    def pairs(self, key: str) -> dict[str, Any]:
        """A mapping; empty when it is left out."""
        value = self._value.get(key) or {}
        if not isinstance(value, dict):
            self.fault(f"“{key}”应是“名称: 内容”的形式", key)
            return {}
        return {str(name): item for name, item in value.items()}

    def condition(self, key: str = "when") -> Condition | None:
        """A condition, or None when it is left out.

        ``{name: {is: x}}``; several names together must all hold; ``all`` and ``any`` hold lists.
        """
        value = self._value.get(key)
        return None if value is None else self._condition(value, key)

    def _condition(self, value: Any, *place: str | int) -> Condition | None:
        if not isinstance(value, dict) or not value:
            self.fault("条件形如 {名称: {is: 内容}}", *place)
            return None
        parts: list[Condition] = []
        for name, inner in value.items():
            if name in _GROUPS:
                parts += self._group(str(name), inner, *place, str(name))
            elif isinstance(inner, dict) and inner:
                parts += [
                    Test(str(name), str(verb), self._argument(operand))
                    for verb, operand in inner.items()
                    if self._known_verb(str(verb), *place, str(name))
                ]
            else:
                self.fault(f"条件形如 {{{name}: {{is: 内容}}}}", *place, str(name))
        if len(parts) == 1:
            return parts[0]
        return Every(tuple(parts))

    def _group(self, name: str, value: Any, *place: str | int) -> list[Condition]:
        if not isinstance(value, list):
            self.fault(f"“{name}”后面是条件的列表", *place)
            return []
        parts = (self._condition(item, *place, number) for number, item in enumerate(value))
        return [_GROUPS[name](tuple(part for part in parts if part is not None))]

    def _known_verb(self, verb: str, *place: str | int) -> bool:
        if verb in VERBS:
            return True
        self.fault(f"不认识的条件“{verb}”，只能用：{'、'.join(VERBS)}", *place)
        return False

    @staticmethod
    def _argument(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"field"}:
            return Reference(str(value["field"]))
        if isinstance(value, list):
            return tuple(map(_plain, value))
        return _plain(value)

    def arguments(self, *without: str) -> dict[str, Any]:
        """All other keys of this mapping, with references to fields."""
        return {
            str(key): self._argument(value)
            for key, value in self._value.items()
            if key not in without
        }


def _plain(value: Any) -> Any:
    """YAML takes ``yes`` and ``no`` for true and false; here they are answers."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _text(value: Any) -> str:
    return str(_plain(value)).strip()
