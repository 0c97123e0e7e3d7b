"""A person who talks to the real conversation: says, taps, edits; between turns all is JSON."""

import json
from datetime import UTC, datetime, timedelta

from bot.chat.replies import to_calls
from bot.conversation.session import Session
from bot.conversation.turn import Kind, Turn


class Person:
    """One chat.

    Args:
        conversation: the real one.
        now: when it begins; every turn is a minute later.
    """

    def __init__(self, conversation, now=datetime(2026, 11, 23, 4, tzinfo=UTC)):
        self.conversation = conversation
        self.now = now
        self.stored = {}
        self.results = []
        self.replies = []
        self.messages = 0

    def _turn(self, **parts):
        self.now += timedelta(minutes=1)
        self.messages += 1
        turn = Turn(
            **{
                "lane": "1",
                "person": 1,
                "kind": Kind.TEXT,
                "at": self.now,
                "message": self.messages,
                **parts,
            }
        )
        result = self.conversation.answer(turn, Session.from_json(self.stored))
        # What a restart between two turns would leave, and what Telegram would be sent.
        self.stored = json.loads(json.dumps(result.session.to_json()))
        to_calls(result.replies, "1")
        self.results.append(result)
        self.replies = list(result.replies) or self.replies
        return self.heard

    def say(self, text, **more):
        """Writes a message; returns what the bot says."""
        return self._turn(text=text, **more)

    def command(self, name):
        """Writes a command."""
        return self._turn(command=name)

    def edit(self, message, text):
        """Edits an earlier message, counted from 1."""
        return self._turn(kind=Kind.EDIT, message=message, text=text)

    def press(self, data):
        """Presses a button by its data, however old."""
        return self._turn(kind=Kind.PRESS, action=data)

    def tap(self, *labels):
        """Taps buttons under the last replies, by a part of their label, one after another."""
        for label in labels:
            self.press(self.button(label).action)
        return self.heard

    def timer(self, later):
        """A timer falls due."""
        self.now = later.due
        return self._turn(kind=Kind.TIMER, person=None, action=later.action, message=None)

    def all(self, *moves):
        """Says or taps (a text that begins with ▸) one after another; returns the last answer."""
        for move in moves:
            self.tap(move[1:]) if move.startswith("▸") else self.say(move)
        return self.heard

    def button(self, label):
        """The first button whose label has these words; an exact label wins."""
        buttons = [b for reply in reversed(self.replies) for row in reply.buttons for b in row]
        exact = [b for b in buttons if b.label.lstrip("☐☑ ") == label]
        near = [b for b in buttons if label in b.label]
        assert exact or near, (label, [b.label for b in buttons], self.heard)
        return (exact or near)[0]

    @property
    def labels(self):
        """All buttons under the last replies."""
        return [b.label for reply in self.replies for row in reply.buttons for b in row]

    @property
    def heard(self):
        """The words of the last replies."""
        return "\n".join(words(reply) for reply in self.results[-1].replies)

    @property
    def answers(self):
        """The answers kept of the interview under way, or of the last one."""
        kept = self.stored.get("flow") or list(self.stored.get("saved", {}).values())[-1]
        return kept.get("answers", {})


def words(reply):
    """All texts of a reply in one."""
    out = []
    for block in reply.blocks:
        out += [
            getattr(block, "text", ""),
            *getattr(block, "items", ()),
            *getattr(block, "lines", ()),
        ]
    return "\n".join(out)
