"""What is stored about a person, told in plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.conversation.cards import Cards, to_blocks
from bot.conversation.forms import Forms
from bot.conversation.session import Session
from bot.conversation.turn import Bullets, Heading
from bot.documents import letter as sheet
from bot.flows import engine
from bot.flows.answers import in_words
from bot.flows.interview import Interview
from bot.flows.templates import for_chat
from bot.knowledge.flow_model import KNOWN_SUMS
from bot.tools.dates import plain_day
from bot.tools.money import write_money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from bot.conversation.turn import Block
    from bot.documents.letter import Letter
    from bot.knowledge.model import Knowledge


class OwnData:
    """Tells what a store holds about one chat.

    Args:
        knowledge: for titles and phrases.
        zone: in which days are told.
    """

    def __init__(self, knowledge: Knowledge, zone: tzinfo) -> None:
        self._knowledge = knowledge
        self._cards = Cards(knowledge)
        self._forms = Forms(knowledge, self._cards)
        self._zone = zone
        self._asked = {
            question.profile: question
            for flow in knowledge.flows.values()
            for question in flow.questions
            if question.profile
        }

    def blocks(self, stored: Mapping[str, Any]) -> tuple[Block, ...]:
        """Everything as a message.

        Args:
            stored: what ``Store.about`` gives.
        """
        blocks: list[Block] = [*to_blocks(self._cards.phrase("mydata"))]
        for title, lines in self._parts(stored):
            blocks.append(Heading(title))
            blocks.append(Bullets(tuple(map(for_chat, lines))))
        blocks += to_blocks(self._cards.phrase("mydata_end"))
        return tuple(blocks)

    def letter(self, stored: Mapping[str, Any], now: datetime) -> Letter:
        """Everything as a paper."""
        blocks: list[sheet.Block] = []
        for title, lines in self._parts(stored):
            blocks.append(sheet.Heading((sheet.Span(title),)))
            blocks.append(sheet.Items(tuple((sheet.Span(line),) for line in lines), numbered=False))
        return sheet.Letter(
            title=self._cards.phrase("mydata_title"),
            blocks=tuple(blocks),
            file="我的数据",
            made=now.astimezone(self._zone).date(),
            kind=sheet.Kind.SHEET,
        )

    def _parts(self, stored: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        phrase = self._cards.phrase
        rows = stored.get("session") or []
        session = Session.from_json(rows[0].get("data") if rows else None)
        yield phrase("mydata_chat"), list(self._chat(session))
        for kept in (session.flow, *session.saved.values()):
            interview = Interview.from_json(kept)
            flow = self._knowledge.flows.get(interview.flow) if interview else None
            if interview is not None and flow is not None:
                scope = engine.scope_of(flow, interview, datetime.now(UTC).astimezone(self._zone))
                facts = [
                    f"{title}：{value}" for title, value in self._forms.facts(interview, scope)
                ]
                yield phrase("mydata_form", title=flow.title), facts or [phrase("mydata_nothing")]
        if session.profile:
            yield phrase("mydata_profile"), list(self._profile(session.profile))
        timers = [self._day(row.get("not_before")) for row in stored.get("scheduled") or []]
        if timers:
            yield phrase("mydata_timers"), timers
        if stored.get("wishes"):
            yield phrase("mydata_wishes"), [phrase("mydata_news")]
        yield phrase("mydata_records"), list(self._records(stored))

    def _chat(self, session: Session) -> Iterator[str]:
        phrase = self._cards.phrase
        article = self._knowledge.articles.get(session.article)
        if session.question:
            yield phrase("mydata_question", text=session.question)
        if article is not None:
            yield phrase("mydata_article", title=article.title)
        if not session.question and article is None:
            yield phrase("mydata_nothing")

    def _profile(self, profile: Mapping[str, Any]) -> Iterator[str]:
        for part, value in profile.items():
            name = self._knowledge.messages.get(f"profile_{part}", part)
            yield f"{name}：{self._in_words(part, value)}"

    def _in_words(self, part: str, value: Any) -> str:
        """As people read it: sums with 元, choices by their labels."""
        try:
            if part in KNOWN_SUMS:
                return write_money(Decimal(str(value)))
            return in_words(self._asked[part], value)
        except (ArithmeticError, KeyError, TypeError, ValueError):
            return _plain(value)

    def _records(self, stored: Mapping[str, Any]) -> Iterator[str]:
        events = stored.get("events") or []
        waiting = [row for row in stored.get("inbox") or [] if row.get("body")]
        unsent = [row for row in stored.get("outbox") or [] if row.get("call")]
        yield self._cards.phrase(
            "mydata_counts", events=len(events), inbox=len(waiting), outbox=len(unsent)
        )
        for event in events:
            if event.get("text"):
                yield self._cards.phrase("mydata_unanswered", text=str(event["text"]))

    def _day(self, seconds: Any) -> str:
        moment = datetime.fromtimestamp(float(seconds or 0), self._zone)
        return f"{plain_day(moment.date())} {moment:%H:%M}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)
