"""YAML together with the line on which each value stands, so that a fault can name its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.errors import YamlInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            _walk(node, (), first_line, lines, repeated)
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


def _walk(
    node: yaml.Node,
    place: Place,
    first: int,
    lines: dict[Place, int],
    repeated: list[tuple[str, int]],
) -> None:
    lines[place] = first + node.start_mark.line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if (*place, name) in lines:
                repeated.append((name, first + key.start_mark.line))
            _walk(value, (*place, name), first, lines, repeated)
            lines[*place, name] = first + key.start_mark.line
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*place, number), first, lines, repeated)
