"""Whether what somebody writes in an interview is an answer or a question of theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.search.decide import Outcome

if TYPE_CHECKING:
    from bot.search.decide import Decision

_QUESTION: Final = re.compile(
    r"([?？]|吗|呢|怎么办|怎么弄|怎么写|怎么算|多久|为啥|是什么)[?？。!！\s]*$"
)
ASKS: Final = re.compile(
    r"怎么|怎样|如何|能不能|可不可以|可以|是不是|要不要|用不用|什么|哪|多久|多少钱|有用|吗|呢|不给|不肯|拒|[?？]$"
)
"""Words of a question about a form; whoever asks is answered first."""
_FEW_WORDS: Final = 12
"""Characters of a message that need not be a question."""
_FOUND: Final = frozenset({Outcome.ANSWER, Outcome.CHOOSE})


def is_question(text: str, decision: Decision) -> bool:
    """Whether words that could be an answer are put as a question, and one that is known."""
    return decision.outcome in _FOUND and _QUESTION.search(text) is not None


def is_asked(text: str, decision: Decision) -> bool:
    """Whether a message that is no answer is rather a question of the person's.

    A few words that many articles have something to do with are a try at an answer.
    """
    numbers = any(map(str.isdigit, text))
    if ASKS.search(text):
        return decision.outcome in _FOUND
    if decision.outcome is Outcome.ANSWER:
        return not numbers or len(text) > _FEW_WORDS
    return decision.outcome is Outcome.CHOOSE and len(text) > _FEW_WORDS and not numbers
