"""How far people come in each interview."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.knowledge.flow_model import Flow, Question
    from bot.store.port import Record


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """One interview; people, not times."""

    id: str
    begun: int
    done: int
    stopped: int
    """Were told that there is no paper for them."""
    steps: tuple[tuple[str, int], ...]
    """Name of a question and how many answered it; the most answered first."""
    left: Mapping[str, int]
    """Name of a question and how many left there."""


def count_flows(rows: Iterable[Record]) -> tuple[FlowFigures, ...]:
    """The figures of each interview that was begun or gone on with, the most begun first."""
    people: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.kind.startswith("flow_"):
            flow, _, question = row.value.partition(":")
            people[row.kind, flow, question].add(row.lane)
    found = [_flow(flow, people) for flow in {flow for _, flow, _ in people}]
    return tuple(sorted(found, key=lambda flow: (-flow.begun, flow.id)))


def _flow(flow: str, people: Mapping[tuple[str, str, str], set[str]]) -> FlowFigures:
    def number(kind: str) -> int:
        return len(people.get((kind, flow, ""), ()))

    def by_question(kind: str) -> list[tuple[str, int]]:
        return [
            (question, len(lanes))
            for (of, name, question), lanes in people.items()
            if (of, name) == (kind, flow) and question
        ]

    # In the order of the first answer, which a stable sort keeps among equals.
    steps = sorted(by_question("flow_step"), key=lambda step: -step[1])
    return FlowFigures(
        id=flow,
        begun=number("flow_begun"),
        done=number("flow_done"),
        stopped=number("flow_stopped"),
        steps=tuple(steps),
        left=dict(by_question("flow_left")),
    )


def steps_in_order(figures: FlowFigures, known: Flow | None) -> list[tuple[str, int]]:
    """Title of each answered question and how many answered it, in the order of the interview.

    Args:
        figures: of the interview.
        known: as it is now; questions that it does not have any more come last, by name.
    """
    titles = {} if known is None else dict(_titles(known.questions))
    order = {name: place for place, name in enumerate(titles)}
    steps = sorted(figures.steps, key=lambda step: order.get(step[0], len(order)))
    return [(titles.get(name, name), people) for name, people in steps]


def _titles(questions: Iterable[Question]) -> Iterator[tuple[str, str]]:
    for question in questions:
        yield question.name, question.title
        yield from _titles(question.questions)
