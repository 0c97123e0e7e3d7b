"""What stands behind a button: a letter and its arguments, at most 64 bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ARTICLE: Final = "a"
CATEGORY: Final = "c"
FEEDBACK: Final = "f"
FLOW: Final = "w"
"""Begins an interview, or goes on with it: ``w:<code>``."""
ANSWER: Final = "q"
"""``q:<code>:<path>:<choice>``."""
TICK: Final = "t"
"""``t:<code>:<path>:<choice>``."""
STEP: Final = "j"
"""``j:<code>:<step>:<path>``."""
REMIND: Final = "u"
"""What a timer brings: ``u:<code>:<reminder>``."""
FORGET: Final = "z"
"""``z:y`` deletes everything about the chat, ``z:n`` does not."""
WHY: Final = "y"
"""Why an article was no use: ``y:<article>:<reason>``."""
NEWS: Final = "i"
"""``i:y`` wants the news, ``i:n`` does not; ``i`` asks."""
BULLETIN: Final = "b"
"""What the timer of a message to many brings: ``b:<key>``."""
TERM: Final = "k"
"""Explains a word: ``k:<word>``."""
GLOSSARY: Final = "g"
"""``g:<page>`` lists words."""
LENDER: Final = "l"
"""``l:<card>`` shows whose money a product is; ``l`` lists them."""
HOTLINES: Final = "h"
MENU: Final = "m"
MORE: Final = "x"
NONE_OF_THESE: Final = "n"
REPHRASE: Final = "r"

HERE: Final = "e"
"""Second argument of a menu button: change the message in place."""
USEFUL: Final = "1"
USELESS: Final = "0"
REASONS: Final = ("wrong", "unclear", "other", "long")
"""Why an article may be no use; ``label_why_<reason>`` is the phrase."""
YES: Final = "y"
NO: Final = "n"


@dataclass(frozen=True, slots=True)
class Action:
    """A pressed button, taken apart."""

    verb: str
    arguments: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        """The first argument, or nothing."""
        return self.arguments[0] if self.arguments else ""

    @property
    def second(self) -> str:
        """The second argument, or nothing."""
        return self.arguments[1] if len(self.arguments) > 1 else ""


def join(verb: str, *arguments: str) -> str:
    """``a:visit-01``, the way it travels in a button."""
    return ":".join((verb, *arguments))


def parse(data: str) -> Action:
    """Takes a button's data apart; anything at all is accepted."""
    verb, *arguments = data.split(":")
    return Action(verb, tuple(arguments))
