"""One turn of a conversation: safety gate, then a command, a button or a search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.conversation import actions
from bot.conversation.cards import DOOR_CARD, Cards, to_blocks
from bot.conversation.turn import Event, Kind, Paragraph, Reply, Turn
from bot.search.decide import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.conversation.actions import Action
    from bot.conversation.session import Session
    from bot.knowledge.model import Article, Knowledge
    from bot.search.decide import Decision
    from bot.search.searcher import Searcher

MAX_TEXT: Final = 2000
"""Characters of a message that are looked at."""
_MISSES_TO_HOTLINES: Final = 2
_SPOKEN: Final[Mapping[Kind, str]] = {
    Kind.VOICE: "voice",
    Kind.PHOTO: "photo",
    Kind.FILE: "file",
    Kind.STICKER: "sticker",
    Kind.CONTACT: "contact",
    Kind.LOCATION: "location",
    Kind.OTHER: "other",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What one turn leads to."""

    session: Session
    replies: tuple[Reply, ...] = ()
    events: tuple[Event, ...] = ()
    toast: str = field(default="")
    """A short notice at the pressed button."""


class Conversation:
    """Answers turns from one version of the knowledge; holds no state of its own.

    Args:
        knowledge: what the bot says.
        searcher: finds the article for a message, built from the same knowledge.
    """

    def __init__(self, knowledge: Knowledge, searcher: Searcher) -> None:
        self._knowledge = knowledge
        self._searcher = searcher
        self._cards = Cards(knowledge)
        self._commands: Mapping[str, Callable[[Turn, Session], Result]] = {
            "start": self._start,
            "menu": self._menu,
            "help": lambda _, session: Result(session, (self._menu_under("help"),)),
            "privacy": lambda _, session: Result(session, (self._plain("privacy"),)),
            "door": lambda _, session: self._show(DOOR_CARD, session, "urgent"),
            "cancel": lambda _, session: Result(session, (self._plain("nothing_to_cancel"),)),
        }
        self._presses: Mapping[str, Callable[[Turn, Action, Session], Result]] = {
            actions.ARTICLE: lambda _, action, session: self._show(action.first, session),
            actions.MORE: self._more,
            actions.CATEGORY: self._category,
            actions.MENU: lambda turn, _, session: self._menu(turn, session),
            actions.FEEDBACK: self._feedback,
            actions.NONE_OF_THESE: self._none_of_these,
            actions.REPHRASE: lambda _, __, session: Result(session, (self._plain("rephrase"),)),
        }

    def answer(self, turn: Turn, session: Session) -> Result:
        """What to say to a turn, and what to remember.

        Pure: the same arguments give the same result.
        """
        if turn.kind in {Kind.LEFT, Kind.TIMER}:
            return Result(session)
        if turn.kind is Kind.PRESS:
            return self._press(turn, session)
        if turn.kind is Kind.JOINED:
            return Result(session, (self._menu_under("welcome"),))
        return self._written(turn, session)

    def _written(self, turn: Turn, session: Session) -> Result:
        result = self._read(turn, session)
        notes = self._notes(turn)
        if notes and result.replies:
            first, *others = result.replies
            noted = replace(first, blocks=(*map(Paragraph, notes), *first.blocks))
            result = replace(result, replies=(noted, *others))
        return result

    def _read(self, turn: Turn, session: Session) -> Result:
        text = turn.text[:MAX_TEXT]
        decision = self._searcher.decide(text, previous=session.question or None) if text else None
        if decision is not None and decision.outcome is Outcome.URGENT:
            return self._decided(decision, text, session)
        if turn.command:
            unknown = self._unknown_command
            return self._commands.get(turn.command, unknown)(turn, session)
        if decision is not None:
            return self._decided(decision, text, session)
        return Result(session, (self._plain(_SPOKEN.get(turn.kind, "sticker")),))

    def _notes(self, turn: Turn) -> list[str]:
        """Sentences that go before an answer."""
        phrase = self._cards.phrase
        notes: list[str] = []
        if turn.masked:
            notes.append(phrase("masked", kinds="、".join(turn.masked)))
        if len(turn.text) > MAX_TEXT:
            notes.append(phrase("too_long", limit=MAX_TEXT))
        if turn.text and turn.kind in {Kind.PHOTO, Kind.FILE, Kind.VOICE}:
            notes.append(phrase(_SPOKEN[turn.kind]))
        if turn.kind is Kind.EDIT:
            notes.append(phrase("edited"))
        if not turn.private:
            notes.append(phrase("group"))
        return notes

    def _decided(self, decision: Decision, text: str, session: Session) -> Result:
        asked = replace(session, question=text)
        articles = self._found(decision)
        if decision.outcome in {Outcome.URGENT, Outcome.ANSWER} and articles:
            return self._show(articles[0].id, asked, decision.outcome.value)
        if decision.outcome is Outcome.CHOOSE and articles:
            event = Event("choose", value=",".join(article.id for article in articles))
            return Result(
                replace(asked, misses=0, fallback=""), (self._cards.choice(articles),), (event,)
            )
        if decision.outcome is Outcome.CLARIFY:
            return self._missed("clarify", articles, text, asked)
        return self._missed("none", articles, text, asked)

    def _found(self, decision: Decision) -> list[Article]:
        known = self._knowledge.articles
        return [known[hit.id] for hit in decision.hits if hit.id in known]

    def _missed(self, kind: str, articles: list[Article], text: str, session: Session) -> Result:
        """Admits that nothing was found: another way each time, people to call after two."""
        misses = session.misses + 1
        name = _fallback(kind, misses, session.fallback)
        if name == "none_hotlines":
            reply = self._cards.hotlines()
        elif name == "clarify_first" and len(articles) > 1:
            reply = self._cards.choice(articles, lead=name)
        else:
            reply = self._menu_under(name)
        missed = replace(session, misses=misses, fallback=name)
        return Result(missed, (reply,), (Event(kind, text=text),))

    def _show(self, name: str, session: Session, kind: str = "open") -> Result:
        article = self._knowledge.articles.get(name)
        if article is None:
            return Result(session, (self._menu_under("article_gone"),))
        shown = replace(session, article=name, misses=0, fallback="")
        event = Event("urgent" if article.urgent and kind != "open" else kind, article=name)
        return Result(shown, (self._cards.article(article),), (event,))

    def _start(self, turn: Turn, session: Session) -> Result:
        if turn.text in self._knowledge.articles:
            return self._show(turn.text, session)
        return Result(session, (self._menu_under("welcome"),))

    def _menu(self, turn: Turn, session: Session) -> Result:
        reply = self._cards.menu()
        return Result(session, (self._in_place(turn, reply),))

    def _in_place(self, turn: Turn, reply: Reply) -> Reply:
        """Leafing through the menu changes one message; everything else writes a new one."""
        leafing = actions.parse(turn.action).second == actions.HERE
        return replace(reply, edit=turn.message) if leafing else reply

    def _unknown_command(self, _turn: Turn, session: Session) -> Result:
        return Result(session, (self._menu_under("unknown_command"),))

    def _press(self, turn: Turn, session: Session) -> Result:
        action = actions.parse(turn.action)
        press = self._presses.get(action.verb)
        if press is None:
            return Result(session, (self._menu_under("old_button"),))
        return press(turn, action, session)

    def _more(self, _turn: Turn, action: Action, session: Session) -> Result:
        article = self._knowledge.articles.get(action.first)
        if article is None or not article.more:
            return Result(session, (self._menu_under("article_gone"),))
        return Result(
            replace(session, article=article.id),
            (self._cards.more(article),),
            (Event("more", article=article.id),),
        )

    def _category(self, turn: Turn, action: Action, session: Session) -> Result:
        reply = self._cards.category(action.first)
        if reply is None:
            return Result(session, (self._menu_under("old_button"),))
        return Result(session, (self._in_place(turn, reply),))

    def _feedback(self, _turn: Turn, action: Action, session: Session) -> Result:
        article = self._knowledge.articles.get(action.first)
        if article is None or action.second not in {actions.USEFUL, actions.USELESS}:
            return Result(session, (self._menu_under("old_button"),))
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
        return Result(session, (reply,), (event,), thanks)

    def _none_of_these(self, _turn: Turn, _action: Action, session: Session) -> Result:
        misses = session.misses + 1
        event = Event("none", value="none_of_these", text=session.question)
        if misses == 1:
            name, reply = "none_of_these", self._plain("none_of_these")
        else:
            name = _fallback("none", misses, session.fallback)
            reply = self._cards.hotlines() if name == "none_hotlines" else self._menu_under(name)
        return Result(replace(session, misses=misses, fallback=name), (reply,), (event,))

    def _plain(self, name: str) -> Reply:
        return self._cards.say(name, self._cards.menu_row())

    def _menu_under(self, name: str) -> Reply:
        return self._cards.menu(name)


def _fallback(kind: str, misses: int, last: str) -> str:
    """The phrase that admits a miss; never the one said last."""
    if last == f"{kind}_first" and kind == "clarify":
        return "clarify_again"
    if misses >= _MISSES_TO_HOTLINES and last != "none_hotlines":
        return "none_hotlines"
    return f"{kind}_again" if last in {f"{kind}_first", "none_hotlines"} else f"{kind}_first"


def apology(knowledge: Knowledge) -> Reply:
    """What a person reads when the bot failed on a message of theirs."""
    return Reply(to_blocks(knowledge.messages["apology"]))
