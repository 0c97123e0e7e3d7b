"""One turn of a conversation: safety gate, then a command, a button or a search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.conversation import actions
from bot.conversation.cards import DOOR_CARD, Cards, to_blocks
from bot.conversation.interviews import Interviews
from bot.conversation.misses import Misses
from bot.conversation.news import TOPIC, News
from bot.conversation.pages import Pages
from bot.conversation.privacy import Privacy
from bot.conversation.result import Result
from bot.conversation.turn import Event, Kind, Paragraph, Reply, Turn
from bot.search.decide import KNOWN, Outcome
from bot.store.port import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from bot.conversation.actions import Action
    from bot.conversation.cards import Rows
    from bot.conversation.session import Session
    from bot.conversation.turn import Block
    from bot.knowledge.model import Article, Knowledge
    from bot.search.decide import Decision
    from bot.search.searcher import Searcher

MAX_TEXT: Final = 2000
"""Characters of a message that are answered; danger is looked for in all of it."""
_OVERLAP: Final = 50
"""Characters that two parts of an overlong message share, so that no words are cut apart."""
_DOOR_FLOW: Final = "visit_now"
_DEEPER: Final = "deeper"
"""Stands where the last fallback does when the part beyond the card was the last answer."""
_LEAVING: Final = frozenset({"start", "menu", "help", "privacy", "flows"})
"""Commands that put an interview aside."""
_SPOKEN: Final[Mapping[Kind, str]] = {
    Kind.VOICE: "voice",
    Kind.PHOTO: "photo",
    Kind.FILE: "file",
    Kind.STICKER: "sticker",
    Kind.CONTACT: "contact",
    Kind.LOCATION: "location",
    Kind.OTHER: "other",
}


class Conversation:
    """Answers turns from one version of the knowledge; holds no state of its own.

    Args:
        knowledge: what the bot says.
        searcher: finds the article for a message, built from the same knowledge.
        zone: in which people write dates.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        searcher: Searcher,
        *,
        zone: tzinfo = ZoneInfo("Asia/Shanghai"),  # noqa: B008, immutable
    ) -> None:
        self._knowledge = knowledge
        self._searcher = searcher
        self._cards = Cards(knowledge)
        self._misses = Misses(self._cards)
        self._privacy = Privacy(self._cards)
        self._news = News(self._cards)
        self._pages = Pages(knowledge, self._cards)
        self._interviews = Interviews(knowledge, self._cards, zone)
        self._commands: Mapping[str, Callable[[Turn, Session], Result]] = {
            "start": self._start,
            "menu": self._menu,
            "help": lambda _, session: Result(session, (self._menu_under("help"),)),
            "privacy": self._tell_privacy,
            "door": self._at_the_door,
            "flows": lambda _, session: self._interviews.listing(session),
            "cancel": self._cancel,
            **self._privacy.commands,
            **self._news.commands,
            **{name: self._beside(page) for name, page in self._pages.commands.items()},
        }
        self._presses: Mapping[str, Callable[[Turn, Action, Session], Result]] = {
            actions.ARTICLE: self._open_article,
            actions.MORE: self._more,
            actions.CATEGORY: self._category,
            actions.MENU: lambda turn, _, session: self._menu(turn, session),
            actions.FEEDBACK: self._feedback,
            actions.WHY: self._useless_because,
            actions.NEWS: self._news.press,
            actions.TERM: self._page,
            actions.GLOSSARY: self._page,
            actions.LENDER: self._page,
            actions.HOTLINES: self._page,
            actions.NONE_OF_THESE: lambda _, __, session: self._misses.none_of_these(session),
            actions.REPHRASE: lambda _, __, session: self._misses.rephrase(session),
            actions.FLOW: self._interviews.press,
            actions.ANSWER: self._interviews.press,
            actions.TICK: self._interviews.press,
            actions.STEP: self._interviews.press,
            actions.FORGET: self._privacy.answer,
        }

    def answer(self, turn: Turn, session: Session) -> Result:
        """What to say to a turn, and what to remember.

        Pure: the same arguments give the same result.
        """
        if turn.kind is Kind.LEFT:
            return Result(session, wishes=(Wish(TOPIC, wanted=False),))
        if turn.kind is Kind.TIMER:
            return self._timer(turn, session)
        if turn.kind is Kind.PRESS:
            return self._press(turn, session)
        if turn.kind is Kind.JOINED:
            return Result(session, (self._menu_under("welcome"),))
        return self._written(turn, session)

    def _written(self, turn: Turn, session: Session) -> Result:
        result = self._read(turn, session)
        notes = self._notes(turn, session)
        if notes and result.replies:
            first, *others = result.replies
            noted = replace(first, blocks=(*map(Paragraph, notes), *first.blocks))
            result = replace(result, replies=(noted, *others))
        return result

    def _read(self, turn: Turn, session: Session) -> Result:
        text = turn.text[:MAX_TEXT]
        # What a word means does not depend on what was said before.
        before = None if self._pages.defined(text) else session.question or None
        decision = self._searcher.decide(text, previous=before) if text else None
        decision = self._danger_beyond(turn.text) or decision
        if decision is not None and decision.outcome is Outcome.URGENT:
            return self._urgent(decision, text, turn, session)
        if turn.command:
            return self._command(turn, session)
        if decision is not None:
            return self._words(decision, text, turn, session)
        name = _SPOKEN.get(turn.kind, "sticker")
        spoken = Result(session, (self._plain(name),))
        if session.flow is None:
            spoken = self._misses.once(name, self._plain(name), session)
        return self._interviews.repeated(turn, session, spoken)

    def _danger_beyond(self, text: str) -> Decision | None:
        """What is urgent in the part of an overlong message that is not answered."""
        for start in range(MAX_TEXT - _OVERLAP, len(text) - _OVERLAP, MAX_TEXT - _OVERLAP):
            decision = self._searcher.decide(text[start : start + MAX_TEXT])
            if decision.outcome is Outcome.URGENT:
                return decision
        return None

    def _urgent(self, decision: Decision, text: str, turn: Turn, session: Session) -> Result:
        """Danger leaves every interview, which is kept, with a way back."""
        session, way_back = self._interviews.pause(session, text)
        if any(article.id == DOOR_CARD for article in self._found(decision)[:1]):
            result = self._at_the_door(turn, replace(session, question=text))
        else:
            result = self._decided(decision, text, session)
        return _with_rows(result, way_back)

    def _at_the_door(self, turn: Turn, session: Session) -> Result:
        """The first sentences at once, then what fits the situation."""
        flow = self._interviews.named(_DOOR_FLOW) if turn.private else None
        if flow is None:
            return self._show(DOOR_CARD, session, "urgent")
        session = replace(session, article=DOOR_CARD, misses=0, fallback="")
        result = self._interviews.open(flow, turn, session)
        return replace(result, events=(Event("urgent", article=DOOR_CARD), *result.events))

    def _command(self, turn: Turn, session: Session) -> Result:
        way_back: Rows = ()
        if turn.command in _LEAVING:
            session, way_back = self._interviews.pause(session)
        unknown = self._unknown_command
        result = self._commands.get(turn.command, unknown)(turn, session)
        return _with_rows(result, way_back)

    def _words(self, decision: Decision, text: str, turn: Turn, session: Session) -> Result:
        """An answer, a correction, a wish for a form, or a question."""
        if turn.kind is Kind.EDIT:
            corrected = self._interviews.edited(turn, session)
            if corrected is not None:
                return corrected
        flow = self._interviews.wanted(text)
        if flow is not None and session.flow is None:
            return self._interviews.open(flow, turn, session)
        stopped = self._news.stopped(turn, session) if session.flow is None else None
        if stopped is not None:
            return stopped
        term = self._pages.defined(text) if session.flow is not None else None
        if term is not None and decision.outcome not in {Outcome.ANSWER, Outcome.CHOOSE}:
            return self._interviews.repeated(
                turn, session, self._pages.explain(term, session, "answer")
            )
        taken = self._interviews.written(
            replace(turn, text=text),
            session,
            decision,
            lambda: self._decided(decision, text, session),
        )
        return self._decided(decision, text, session) if taken is None else taken

    def _timer(self, turn: Turn, session: Session) -> Result:
        action = actions.parse(turn.action)
        if action.verb == actions.BULLETIN:
            return self._news.tell(turn, action, session)
        if action.verb != actions.REMIND:
            return Result(session)
        return self._interviews.remind(turn, action, session)

    def _cancel(self, turn: Turn, session: Session) -> Result:
        cancelled = self._interviews.cancel(turn, session)
        if cancelled is not None:
            return cancelled
        return Result(replace(session, flow=None), (self._plain("nothing_to_cancel"),))

    def _open_article(self, turn: Turn, action: Action, session: Session) -> Result:
        return self._interviews.repeated(turn, session, self._show(action.first, session))

    def _notes(self, turn: Turn, session: Session) -> list[str]:
        """Sentences that go before an answer."""
        phrase = self._cards.phrase
        notes: list[str] = []
        if turn.masked:
            notes.append(phrase("masked", kinds="、".join(turn.masked)))
        if len(turn.text) > MAX_TEXT:
            notes.append(phrase("too_long", limit=MAX_TEXT))
        if turn.text and turn.kind in {Kind.PHOTO, Kind.FILE, Kind.VOICE}:
            notes.append(phrase(_SPOKEN[turn.kind]))
        if turn.kind is Kind.EDIT and not self._interviews.heard(turn, session):
            notes.append(phrase("edited"))
        if not turn.private:
            notes.append(phrase("group"))
        return notes

    def _decided(self, decision: Decision, text: str, session: Session) -> Result:
        asked = replace(session, question=decision.question or text)
        articles = self._found(decision)
        if decision.outcome in {Outcome.URGENT, Outcome.ANSWER} and articles:
            if _goes_deeper(decision, text, articles[0], session):
                return self._deeper(articles[0], asked)
            shown = self._show(articles[0].id, asked, decision.outcome.value)
            term = None if decision.rule == KNOWN else self._pages.defined(text)
            return shown if term is None else _under(self._pages.definition(term), shown)
        choosing = decision.outcome is Outcome.CHOOSE
        page = self._pages.find(text, replace(asked, misses=0, fallback=""), bare=not choosing)
        if page is not None:
            return page
        if decision.outcome is Outcome.CHOOSE and articles:
            event = Event("choose", value=",".join(article.id for article in articles))
            return Result(
                replace(asked, misses=0, fallback=""), (self._cards.choice(articles),), (event,)
            )
        kind = "clarify" if decision.outcome is Outcome.CLARIFY else "none"
        missed = self._misses.missed(kind, articles, text, asked)
        return _above(self._pages.product_row(text) if kind == "clarify" else (), missed)

    def _deeper(self, article: Article, session: Session) -> Result:
        """A question about the article just shown: what its card leaves out."""
        reply = self._cards.more(article)
        rows = (*self._interviews.start_row(article.flow), *reply.buttons, *self._cards.menu_row())
        told = replace(session, misses=0, fallback=_DEEPER)
        return Result(told, (replace(reply, buttons=rows),), (Event("answer", article=article.id),))

    def _found(self, decision: Decision) -> list[Article]:
        known = self._knowledge.articles
        return [known[hit.id] for hit in decision.hits if hit.id in known]

    def _show(self, name: str, session: Session, kind: str = "open") -> Result:
        article = self._knowledge.articles.get(name)
        if article is None:
            return self._instead("article_gone", session)
        shown = replace(session, article=name, misses=0, fallback="")
        event = Event("urgent" if article.urgent and kind != "open" else kind, article=name)
        reply = self._cards.article(article, self._pages.row(article, session.question))
        reply = replace(reply, buttons=(*self._interviews.start_row(article.flow), *reply.buttons))
        return Result(shown, (reply,), (event,))

    def _start(self, turn: Turn, session: Session) -> Result:
        if turn.text in self._knowledge.articles:
            return self._show(turn.text, session)
        return Result(session, (self._menu_under("welcome"),))

    def _tell_privacy(self, turn: Turn, session: Session) -> Result:
        rows = self._news.row() if turn.private else ()
        return Result(session, (self._cards.say("privacy", (*rows, *self._cards.menu_row())),))

    def _menu(self, turn: Turn, session: Session) -> Result:
        reply = self._cards.menu()
        return Result(session, (self._in_place(turn, reply),))

    def _in_place(self, turn: Turn, reply: Reply) -> Reply:
        """Leafing through the menu changes one message; everything else writes a new one."""
        leafing = actions.parse(turn.action).second == actions.HERE
        return replace(reply, edit=turn.message) if leafing else reply

    def _unknown_command(self, _turn: Turn, session: Session) -> Result:
        return self._instead("unknown_command", session)

    def _press(self, turn: Turn, session: Session) -> Result:
        action = actions.parse(turn.action)
        press = self._presses.get(action.verb)
        if press is None:
            return self._instead("old_button", session)
        return press(turn, action, session)

    def _more(self, _turn: Turn, action: Action, session: Session) -> Result:
        article = self._knowledge.articles.get(action.first)
        if article is None or not article.more:
            return self._instead("article_gone", session)
        return Result(
            replace(session, article=article.id),
            (self._cards.more(article),),
            (Event("more", article=article.id),),
        )

    def _beside(self, page: Callable[[Turn, Session], Result]) -> Callable[[Turn, Session], Result]:
        """A page that leaves an interview where it is."""
        return lambda turn, session: self._interviews.repeated(turn, session, page(turn, session))

    def _page(self, turn: Turn, action: Action, session: Session) -> Result:
        result = self._pages.press(action, session)
        if action.second != actions.HERE:
            return self._interviews.repeated(turn, session, result)
        return replace(result, replies=tuple(self._in_place(turn, one) for one in result.replies))

    def _category(self, turn: Turn, action: Action, session: Session) -> Result:
        reply = self._cards.category(action.first)
        if reply is None:
            return self._instead("old_button", session)
        return Result(session, (self._in_place(turn, reply),))

    def _feedback(self, _turn: Turn, action: Action, session: Session) -> Result:
        article = self._knowledge.articles.get(action.first)
        if article is None or action.second not in {actions.USEFUL, actions.USELESS}:
            return self._instead("old_button", session)
        event = Event("feedback", article=article.id, value=action.second)
        thanks = self._cards.phrase("thanks")
        if action.second == actions.USEFUL:
            return Result(session, (), (event,), thanks)
        near = [
            self._knowledge.articles[key]
            for key in article.related
            if key in self._knowledge.articles
        ]
        reply = self._cards.choice(near, lead="sorry_useless")
        reply = replace(reply, buttons=(*self._cards.reasons(article), *reply.buttons))
        sorry = self._misses.once("sorry_useless", reply, session)
        return replace(sorry, events=(event,), toast=thanks)

    def _useless_because(self, _turn: Turn, action: Action, session: Session) -> Result:
        article = self._knowledge.articles.get(action.first)
        if article is None or action.second not in actions.REASONS:
            return self._instead("old_button", session)
        event = Event("feedback_why", article=article.id, value=action.second)
        return Result(session, (), (event,), self._cards.phrase("thanks"))

    def _instead(self, name: str, session: Session) -> Result:
        """The menu, because what was wanted is not there."""
        return self._misses.once(name, self._menu_under(name), session)

    def _plain(self, name: str) -> Reply:
        return self._cards.say(name, self._cards.menu_row())

    def _menu_under(self, name: str) -> Reply:
        return self._cards.menu(name)


def _under(blocks: tuple[Block, ...], result: Result) -> Result:
    """A result with something said before its first reply, in the same message."""
    first, *others = result.replies
    return replace(result, replies=(replace(first, blocks=(*blocks, *first.blocks)), *others))


def _with_rows(result: Result, rows: Rows) -> Result:
    """A result whose last reply has more buttons, last."""
    if not rows or not result.replies:
        return result
    *others, last = result.replies
    return replace(result, replies=(*others, replace(last, buttons=(*last.buttons, *rows))))


def _above(rows: Rows, result: Result) -> Result:
    """A result whose first reply has more buttons, first."""
    first, *others = result.replies
    return replace(result, replies=(replace(first, buttons=(*rows, *first.buttons)), *others))


def _goes_deeper(decision: Decision, text: str, article: Article, session: Session) -> bool:
    """Whether the message asks on about the article that was shown last, and there is more."""
    asks_on = decision.together and decision.question.endswith(text)
    new = session.article == article.id and session.fallback != _DEEPER
    return bool(asks_on and new and article.more and not article.urgent)


def apology(knowledge: Knowledge) -> Reply:
    """What a person reads when the bot failed on a message of theirs."""
    return Reply(to_blocks(knowledge.messages["apology"]))
