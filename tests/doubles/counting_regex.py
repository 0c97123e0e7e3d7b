"""A regular-expression matcher that counts its steps, as a backtracking engine takes them.

Python's own engine does not say how much it did; this one reads the same parsed pattern and tries
the same ways in the same order, one character or one decision a step.
"""

import re
from functools import cache
from re import _compiler
from re import _constants as codes
from re import _parser as parser


class TooMany(Exception):
    """The pattern took more steps than allowed."""


class Count:
    """Steps of one search."""

    def __init__(self, limit):
        self.steps = 0
        self._limit = limit

    def step(self):
        """One more."""
        self.steps += 1
        if self.steps > self._limit:
            raise TooMany


def count_steps(pattern, text, limit=10_000_000):
    """Steps that are taken to find every match of a compiled pattern in a text, as ``sub`` does."""
    count = Count(limit)
    for _ in _search(pattern, text, count):
        pass
    return count.steps


def ends_of(pattern, text):
    """Where the matches that are not empty end."""
    return [end for start, end in _search(pattern, text, Count(10_000_000)) if end > start]


def _search(pattern, text, count):
    tree = list(parser.parse(pattern.pattern, pattern.flags))
    start = 0
    while start <= len(text):
        end = next(_sequence(tree, 0, text, start, {}, count), None)
        if end is not None:
            yield start, end
        start = max(start + 1, end or 0)


def _sequence(tree, place, text, at, groups, count):
    """Every end of a match of the parts from a place on, in the order of backtracking."""
    if place == len(tree):
        yield at
        return
    for end in _part(*tree[place], text, at, groups, count):
        yield from _sequence(tree, place + 1, text, end, groups, count)


def _part(code, value, text, at, groups, count):
    """Every end of a match of one part."""
    count.step()
    ways = _WAYS.get(code, _character)
    return ways((code, value), text, at, groups, count)


def _character(node, text, at, _groups, _count):
    if at < len(text) and _compiled(node).match(text[at]):
        yield at + 1


def _place(node, text, at, _groups, _count):
    if _compiled(node).match(text, at):
        yield at


def _group(node, text, at, groups, count):
    number, _, _, inner = node[1]
    for end in _sequence(list(inner), 0, text, at, groups, count):
        if number is not None:
            groups[number] = text[at:end]
        yield end


def _branch(node, text, at, groups, count):
    for branch in node[1][1]:
        yield from _sequence(list(branch), 0, text, at, groups, count)


def _assert(node, text, at, groups, count):
    if _looks(node[1], text, at, groups, count) is (node[0] is codes.ASSERT):
        yield at


def _again(node, text, at, groups, _count):
    wanted = groups.get(node[1], "")
    if text.startswith(wanted, at):
        yield at + len(wanted)


def _many(node, text, at, groups, count):
    low, high, inner = node[1]
    return _repeat(node[0], low, high, list(inner), text, at, groups, count)


_WAYS = {
    codes.MAX_REPEAT: _many,
    codes.MIN_REPEAT: _many,
    codes.POSSESSIVE_REPEAT: _many,
    codes.SUBPATTERN: _group,
    codes.BRANCH: _branch,
    codes.ASSERT: _assert,
    codes.ASSERT_NOT: _assert,
    codes.GROUPREF: _again,
    codes.AT: _place,
}


def _repeat(code, low, high, inner, text, at, groups, count):
    if code is codes.MIN_REPEAT and low == 0:
        yield at
    if high:
        for end in _sequence(inner, 0, text, at, groups, count):
            if end > at or low:
                more = high if high is codes.MAXREPEAT else high - 1
                yield from _repeat(code, max(0, low - 1), more, inner, text, end, groups, count)
    if code is not codes.MIN_REPEAT and low == 0:
        yield at


def _looks(value, text, at, groups, count):
    direction, inner = value
    inner = list(inner)
    if direction > 0:
        return next(_sequence(inner, 0, text, at, groups, count), None) is not None
    return any(
        at in _sequence(inner, 0, text, start, groups, count) for start in range(max(0, at - 2), at)
    )


@cache
def _asked(node):
    return _compiler.compile(parser.SubPattern(parser.State(), [node]), re.UNICODE | re.DOTALL)


def _compiled(node):
    """One character or place of a pattern, asked of Python's own engine."""
    return _asked(_frozen(node))


def _frozen(value):
    """The parsed node with tuples for its lists, so that it can be remembered."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
