"""An interview as a value: what is asked, when, and what comes of it; see ``knowledge/flows/``.

Texts are Jinja templates over the answers; nothing in a flow is executed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

KNOWN_SUMS: Final = ("income", "spending", "free_cash", "principal")
"""Parts of the profile that are sums; ``known`` has them."""

PROFILE: Final = (
    "lender",
    "lender_type",
    "product",
    "contract_tail4",
    "principal",
    "overdue_since",
    "cause",
    "income",
    "spending",
    "free_cash",
)
"""Answers that other interviews may offer again."""

GIVEN: Final = ("today", "now", "began", "known")
"""Names that every flow has without asking: the day, the moment, when the interview began, and
the sums that other interviews worked out before (``known.free_cash``)."""

MORE: Final = "more"
"""Name of the question after each row: another one, or enough."""


class Type(StrEnum):
    """Kinds of answer."""

    ENUM = "enum"
    """One of the choices."""
    YN = "yn"
    """是 / 否 / 不确定."""
    MULTI = "multi"
    """Some of the choices."""
    MONEY = "money"
    PARTS = "parts"
    """Several named sums in one message."""
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    """A whole number."""
    TAIL4 = "tail4"
    """Last four digits of a contract or card."""
    PHONE = "phone"
    TEXT = "text"
    FILE = "file"
    """Where a photo or file is that the person keeps, named in words."""
    ROWS = "rows"
    """The same questions again and again, such as for each debt."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of another field, as an argument."""

    name: str


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison, such as ``{fault: {any_of: [a, b]}}``."""

    name: str
    """A field, a computed value, or a part of one after a dot."""
    verb: str
    """``is``, ``not``, ``any_of``, ``has``, ``known``, ``unknown``, ``less``, ``greater``."""
    value: Any = None

    __test__ = False  # pytest takes it for a test case otherwise


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition = Test | Every | Some
VERBS: Final = ("is", "not", "any_of", "has", "known", "unknown", "less", "greater")


def names_in(condition: Condition | None) -> Iterator[str]:
    """Every name a condition looks at, without what follows a dot."""
    match condition:
        case Test(name, _, value):
            yield name.partition(".")[0]
            if isinstance(value, Reference):
                yield value.name.partition(".")[0]
        case Every(parts) | Some(parts):
            for part in parts:
                yield from names_in(part)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose."""

    key: str
    label: str
    when: Condition | None = None
    alone: bool = False
    """Cannot be chosen together with others."""
    preset: bool = False
    """Ticked from the start."""
    also: tuple[str, ...] = ()
    """Other words for it, as people write them."""
    days: tuple[int, int] | None = None
    """It is also meant by a number of days between these two."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A text that is said when a condition holds."""

    say: str
    when: Condition | None = None
    block: bool = False
    """Among the rules of a question: the answer is refused; otherwise it is only commented."""
    buttons: tuple[Choice, ...] = ()
    """Ways on from there; the key of each is the id of an article or of a flow."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what counts as an answer."""

    name: str
    type: Type
    ask: str
    title: str
    """A few words for the review."""
    why: str = ""
    example: str = ""
    optional: bool = False
    when: Condition | None = None
    choices: tuple[Choice, ...] = ()
    """Of ``parts`` the named sums."""
    side: str = "any"
    """Of a date: ``past``, ``future`` or ``any``."""
    exact: bool = False
    """Of a date: a deadline hangs on it, so 上个月中旬 is not enough."""
    least: Decimal | None = None
    most: Decimal | None = None
    limit: int = 300
    """Characters of a text."""
    contains: tuple[str, ...] = ()
    """A text should have one of these words; otherwise ``contains_say`` is asked once."""
    contains_say: str = ""
    without: tuple[str, ...] = ()
    """A text with one of these words is refused with ``without_say``."""
    without_say: str = ""
    rules: tuple[Remark, ...] = ()
    """Checks across fields; their conditions see this answer too."""
    tell: tuple[Remark, ...] = ()
    """Said once the answer is there."""
    profile: str = ""
    questions: tuple[Question, ...] = ()
    """Of ``rows``."""
    another: str = ""
    """Of ``rows``: asks for one more."""
    label_more: str = ""
    label_enough: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that a tool works out."""

    name: str
    use: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends the interview without a document, and says why and what instead."""

    say: str
    when: Condition
    articles: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterForm:
    """A document that is made from the answers."""

    id: str
    title: str
    body: str
    """Markdown with Jinja."""
    file: str
    """Neutral name without ending; the date is added."""
    addressee: str = ""
    signer: str = ""
    """What stands before the blank for the name, such as 异议人."""
    attachments: str = ""
    """One a line."""
    blanks: tuple[str, ...] = ()
    """What the person fills in by hand."""
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class TextForm:
    """A text to copy into a chat, or to say on the phone."""

    title: str
    body: str
    limit: int
    when: Condition | None = None
    copy: bool = True


@dataclass(frozen=True, slots=True)
class CardForm:
    """A picture with few words that are readable from afar."""

    id: str
    title: str
    lines: tuple[str, ...]
    large: bool
    file: str
    when: Condition | None = None
    early: bool = False
    """Its picture is sent as soon as its condition holds; what is to print waits for the end."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """Rows as a file for a spreadsheet."""

    id: str
    file: str
    rows: str
    """Template that writes one row a line, cells apart by ``|``."""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class ReminderForm:
    """A message that comes by itself, later."""

    key: str
    say: str
    day: str = ""
    """Name of a date; it comes at nine in the morning."""
    days_after: int = 0
    """Added to ``day``; without a day, to the day on which the interview ends."""
    minutes: int = 0
    """Instead of a day: so many minutes after the beginning."""
    at_start: bool = False
    """Set when the interview begins, without being asked for."""
    when: Condition | None = None
    answers: tuple[Choice, ...] = ()
    """Buttons under it; the key of each is the id of an article, a flow, or empty."""
    quiet: str = ""
    """Words of the button that ends the reminders, instead of the usual ones."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """An entry for the person's calendar, worded neutrally."""

    key: str
    title: str
    day: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """An interview."""

    id: str
    code: str
    """Short name in buttons, one to three letters."""
    title: str
    path: Path
    version: str
    """Hash over its files."""
    opening: str
    """Said before the first question."""
    questions: tuple[Question, ...]
    triggers: tuple[str, ...] = ()
    listed: str = ""
    """One line in the list of interviews."""
    confirm: bool = True
    """Shows everything once more and asks for confirmation before anything is made."""
    computed: Mapping[str, Computed] = field(default_factory=lambda: MappingProxyType({}))
    stops: tuple[Stop, ...] = ()
    review: tuple[Remark, ...] = ()
    """Said above the answers before confirmation."""
    laws_as_of: date | None = None
    """When the law that the letters cite was last checked; stands at the foot of each."""
    letters: tuple[LetterForm, ...] = ()
    texts: tuple[TextForm, ...] = ()
    cards: tuple[CardForm, ...] = ()
    tables: tuple[TableForm, ...] = ()
    after: tuple[Remark, ...] = ()
    """Said once it is done: how to hand it in, what next."""
    reminders: tuple[ReminderForm, ...] = ()
    dates: tuple[DateForm, ...] = ()
    articles: tuple[str, ...] = ()
    """To read on, at the end."""
    flows: tuple[str, ...] = ()
    """Interviews that may follow."""
    remember: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Part of the profile to the name whose value it takes at the end."""
    samples: tuple[Mapping[str, str], ...] = ()
    """Answers as a person may write them, to try the flow with; path of a question to text."""
