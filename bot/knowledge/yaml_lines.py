"""YAML together with the line on which each value stands, so that a fault can name its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.errors import YamlInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 100_000
"""Values in one file; the largest has a few thousand."""
_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]
"""Keys and indexes from the root to a value."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML text."""

    value: Any
    lines: Mapping[Place, int]
    """Line of each value, counted from 1."""
    repeated: tuple[tuple[str, int], ...]
    """Keys that stand twice in one mapping, with the line of the second."""

    def line(self, *place: str | int) -> int:
        """The line of a value, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def parse_yaml(text: str, *, first_line: int = 1) -> Document:
    """Parses YAML, only plain values (no tags that make objects).

    Args:
        text: the YAML.
        first_line: the number of its first line in the file it stands in.

    Raises:
        YamlInvalid: the text is not valid YAML.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        repeated: list[tuple[str, int]] = []
        if node is not None:
            _Walk(first_line, lines, repeated).visit(node, ())
        value = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        raise YamlInvalid(error.problem or str(error), line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlInvalid(str(error).split("\n", maxsplit=1)[0], first_line) from error
    finally:
        loader.dispose()
    return Document(value, lines, tuple(repeated))


class _Walk:
    """Notes the line of every value.

    Args:
        first: line on which the text begins.
        lines: where to note them.
        repeated: where to note keys that stand twice.
    """

    def __init__(
        self, first: int, lines: dict[Place, int], repeated: list[tuple[str, int]]
    ) -> None:
        self._first = first
        self._lines = lines
        self._repeated = repeated
        self._count = 0

    def visit(self, node: yaml.Node, place: Place) -> None:
        """A value and all in it.

        Raises:
            YamlInvalid: too many values; a few aliases in each other stand for billions.
        """
        line = self._first + node.start_mark.line
        self._count += 1
        if self._count > _MOST:
            message = "内容太多，或者 & 和 * 互相引用"
            raise YamlInvalid(message, line)
        self._lines[place] = line
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._visit_pair(key, value, place)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self.visit(value, (*place, number))

    def _visit_pair(self, key: yaml.Node, value: yaml.Node, place: Place) -> None:
        name, line = str(key.value), self._first + key.start_mark.line
        if (*place, name) in self._lines:
            self._repeated.append((name, line))
        self.visit(value, (*place, name))
        self._lines[*place, name] = line
