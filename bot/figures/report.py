"""Figures in words for the chat, and as what the picture of a week is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.conversation import actions
from bot.conversation.cards import Cards
from bot.conversation.turn import Bullets, Heading
from bot.figures.count import OUTCOMES
from bot.figures.interviews import steps_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.conversation.turn import Block
    from bot.figures.count import ArticleFigures, Figures
    from bot.figures.interviews import FlowFigures
    from bot.figures.unanswered import Group
    from bot.knowledge.model import Knowledge
    from bot.store.port import Depth

_TOP: Final = 5
_WORST: Final = 4
"""Articles in the picture, which a messenger makes so small that it is no use when it is tall."""
_FLOWS: Final = 2
"""Interviews in the picture."""
_DROPS: Final = 3
"""Questions of an interview in the picture: those at which most people were lost."""
_LONG: Final = 22
"""Characters of a label beside a bar."""
_WEEKDAYS: Final = "一二三四五六日"


class Report:
    """Words and pictures over one version of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._cards = Cards(knowledge)

    def today(
        self, figures: Figures, groups: Sequence[Group], depth: Depth, news: int
    ) -> tuple[Block, ...]:
        """A day at a glance.

        Args:
            figures: of that day.
            groups: the unanswered questions that wait.
            depth: what waits to be handled and sent.
            news: how many want the news.
        """
        phrase = self._cards.phrase
        (day, *_) = figures.days
        lines = [
            *self._questions(figures, groups),
            phrase(
                "figures_depth",
                dead=depth.dead_letters,
                unsent=depth.unsent,
                waiting=depth.inbox + depth.outbox,
            ),
            phrase("figures_news", people=news),
            phrase(
                "figures_version",
                version=self._knowledge.version,
                articles=len(self._knowledge.articles),
            ),
        ]
        return (Heading(phrase("figures_today", day=_written(day.day))), Bullets(tuple(lines)))

    def week(self, figures: Figures, groups: Sequence[Group]) -> tuple[Block, ...]:
        """Some days in words, for where no picture can be drawn."""
        phrase = self._cards.phrase
        blocks: list[Block] = [
            Heading(f"{phrase('figures_week')} {self._span(figures)}"),
            Bullets(tuple(self._questions(figures, groups))),
        ]
        for part in self._parts(figures):
            lines = [f"{row['label']}：{row['value']}" for row in part["rows"]]
            blocks += [Heading(part["title"]), Bullets(tuple(lines or [part["empty"]]))]
        return tuple(blocks)

    def picture(self, figures: Figures, groups: Sequence[Group]) -> dict[str, Any]:
        """What ``Press.make("figures_png", …)`` draws a week from."""
        phrase = self._cards.phrase
        total = figures.outcomes
        return {
            "title": phrase("figures_week"),
            "subtitle": f"{self._span(figures)} · {self._knowledge.version[:8]}",
            "made": figures.days[-1].day.isoformat(),
            "numbers": [
                {"label": phrase(f"figures_number_{name}"), "value": value}
                for name, value in self._numbers(figures, groups)
            ],
            "days": {
                "title": phrase("figures_days"),
                "rows": [
                    {
                        "label": f"{day.day.day} {_WEEKDAYS[day.day.weekday()]}",
                        "total": day.questions,
                        "parts": [
                            {"kind": kind, "count": day.outcomes.get(kind, 0)} for kind in OUTCOMES
                        ],
                    }
                    for day in figures.days
                ],
                "legend": [
                    {"kind": kind, "label": phrase(f"outcome_{kind}"), "count": total[kind]}
                    for kind in OUTCOMES
                ],
            },
            "parts": list(self._parts(figures)),
        }

    def article(self, figures: ArticleFigures, days: int) -> str:
        """The figures of one article in one line."""
        return self._cards.phrase(
            "figures_article",
            days=days,
            shown=figures.shown,
            people=figures.people,
            useful=figures.useful,
            useless=figures.useless,
            reasons=self._reasons(figures.reasons) or self._cards.phrase("figures_no_reasons"),
        )

    def _questions(self, figures: Figures, groups: Sequence[Group]) -> Iterator[str]:
        phrase = self._cards.phrase
        yield phrase("figures_people", people=figures.people, questions=figures.questions)
        if figures.questions:
            yield "，".join(
                f"{phrase(f'outcome_{kind}')} {number}" for kind, number in figures.outcomes.items()
            )
        yield phrase("figures_unanswered", groups=len(groups))
        yield phrase("figures_feedback", useful=figures.useful, useless=figures.useless)
        reasons = self._reasons(figures.reasons)
        if reasons:
            yield phrase("figures_reasons", reasons=reasons)
        if figures.waits.count:
            yield phrase(
                "figures_waits",
                median=_seconds(figures.waits.median),
                slowest=_seconds(figures.waits.slowest),
            )

    def _numbers(self, figures: Figures, groups: Sequence[Group]) -> Iterator[tuple[str, str]]:
        total = figures.outcomes
        found = total["answer"] + total["urgent"] + total["choose"]
        yield "people", str(figures.people)
        yield "questions", str(figures.questions)
        yield "found", _percent(found, figures.questions)
        yield "groups", str(len(groups))
        yield "useless", _percent(figures.useless, figures.useful + figures.useless)
        yield "wait", _seconds(figures.waits.median) if figures.waits.count else "–"

    def _parts(self, figures: Figures) -> Iterator[dict[str, Any]]:
        phrase = self._cards.phrase
        empty = phrase("figures_nothing")
        shown = [article for article in figures.articles if article.shown][:_TOP]
        yield {
            "title": phrase("figures_top"),
            "colour": "answer",
            "empty": empty,
            "rows": [self._bar(self._title(item.id), item.shown) for item in shown],
        }
        judged = sorted(
            (article for article in figures.articles if article.useless),
            key=lambda article: (-article.useless, article.id),
        )
        yield {
            "title": phrase("figures_useless"),
            "colour": "urgent",
            "empty": empty,
            "rows": [
                {
                    **self._bar(self._title(item.id), item.useless),
                    "value": f"{item.useless}/{item.useful + item.useless}",
                }
                for item in judged[:_WORST]
            ],
        }
        for flow in figures.flows[:_FLOWS]:
            title = self._flow_title(flow.id)
            yield {
                "title": phrase("figures_flow", title=title),
                "colour": "choose",
                "empty": empty,
                "rows": [self._bar(label, people) for label, people in self._way(flow)],
            }

    def _way(self, flow: FlowFigures) -> Iterator[tuple[str, int]]:
        """How many came how far, in the order of the questions; only the worst of these."""
        yield self._cards.phrase("figures_begun"), flow.begun
        steps = steps_in_order(flow, self._knowledge.flows.get(flow.id))
        before = [flow.begun, *(people for _, people in steps)]
        lost = [was - people for was, (_, people) in zip(before, steps, strict=False)]
        worst = sorted(range(len(steps)), key=lambda place: -lost[place])[:_DROPS]
        yield from (steps[place] for place in sorted(worst))
        yield self._cards.phrase("figures_done"), flow.done

    def _flow_title(self, flow: str) -> str:
        known = self._knowledge.flows.get(flow)
        return flow if known is None else known.title

    def _title(self, article: str) -> str:
        known = self._knowledge.articles.get(article)
        return article if known is None else known.title

    def _reasons(self, reasons: Mapping[str, int]) -> str:
        return "，".join(
            f"{self._cards.phrase(f'label_why_{reason}')} {reasons[reason]}"
            for reason in actions.REASONS
            if reasons.get(reason)
        )

    @staticmethod
    def _bar(label: str, number: int) -> dict[str, Any]:
        short = label if len(label) <= _LONG else f"{label[: _LONG - 1]}…"
        return {"label": short, "count": number, "value": str(number)}

    @staticmethod
    def _span(figures: Figures) -> str:
        first, last = figures.days[0].day, figures.days[-1].day
        return _written(first) if first == last else f"{_written(first)}–{_written(last)}"


def _written(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}"
