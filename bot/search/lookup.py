"""Messages that ask what a word means or whose money a product is: looked up, not ranked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.search.normalise import Normaliser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.knowledge.model import Knowledge
    from bot.knowledge.pages import Lender, Term

LONGEST: Final = 40
"""Characters of a message that may be such a question."""
_MARKS: Final = re.compile(r"[\s，。,.?？!！、：:；;“”‘’\"'《》「」『』()（）~…]+")
_BEFORE: Final = re.compile(
    r"^(?:你好|您好|请问|我?想问(?:一下|下)?|问一下|我?想知道|麻烦问下|那么?)+"
)
_AFTER: Final = "啊呀呢吗嘛哦喔哈"
_WHAT: Final = "(?:什么|啥|什麽|甚么|神马)"
_DEFINITIONS: Final = (
    rf"(?:{_WHAT}|何)(?:是|叫做?|为)NAME",
    rf"NAME(?:到底|究竟)?(?:是|叫|指|算)?(?:个)?{_WHAT}(?:意思|东西|玩意儿?|概念|含义)?",
    rf"[^吗怎]{{0,20}}?NAME(?:到底|究竟)?(?:是|算)?(?:个)?{_WHAT}(?:意思|概念)",
    rf"NAME的?(?:意思|含义|定义)(?:是{_WHAT})?",
    r"NAME(?:怎么|如何)(?:理解|解释)",
    r"NAME解释(?:一下|下)",
    r"(?:帮我)?解释(?:一下|下)?NAME",
)
"""What people write around a word that they ask to have explained."""
_WHOSE: Final = (
    r"NAME(?:里?的?(?:钱|款|贷款|借款|放款方|放款人|贷款人|出借人|债权人|资金方?))?(?:到底|究竟)?"
    r"(?:是|归|属于|算|由)*(?:谁|哪一?家|哪个|什么)(?:公司|银行|机构|平台|单位)?"
    r"(?:给?放的?款?|借的?|出的?|贷的?)?(?:给我)?(?:的|家的|旗下的?)?(?:钱|款|贷款)?(?:的)?"
)
_KIND: Final = (
    r"NAME(?:到底|究竟)?(?:算|是|属于)(?:不是|不算)?(?:一?种)?"
    r"(?:信用卡|贷款|网贷|小贷|银行贷款|银行的钱?|消费贷|消费金融)(?:的)?"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a message asks to have explained."""

    term: Term
    asked: bool
    """True for 什么是呆账, false for the bare word."""


class Lookup:
    """Finds glossary entries and lender cards by name; built from one version of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._normalise = Normaliser().normalise
        self._terms = {
            self._key(name): term for term in knowledge.glossary.terms for name in term.names
        }
        self._lenders = {
            self._key(name): card
            for card in knowledge.lenders.cards.values()
            for name in (*card.names, card.title)
        }
        names = _any_of(self._lenders)
        self._products = re.compile(names)
        self._whose = _around(names, (_WHOSE, _KIND, *_DEFINITIONS))
        self._definitions = _around(_any_of(self._terms), _DEFINITIONS)

    def term(self, text: str) -> Definition | None:
        """The word that a message is, or asks about."""
        key = self._short(text)
        if key in self._terms:
            return Definition(self._terms[key], asked=False)
        match = self._definitions.fullmatch(key)
        return None if match is None else Definition(self._terms[_name(match)], asked=True)

    def lender(self, text: str) -> Lender | None:
        """The product or kind of lender that a message asks about: what it is, or whose."""
        match = self._whose.fullmatch(self._short(text))
        return None if match is None else self._lenders[_name(match)]

    def product(self, text: str) -> Lender | None:
        """The first product or kind of lender that is named in a message of any length."""
        match = self._products.search(self._key(text))
        return None if match is None else self._lenders[match.group()]

    def _key(self, text: str) -> str:
        return _MARKS.sub("", self._normalise(text))

    def _short(self, text: str) -> str:
        if len(text) > LONGEST:
            return ""
        return _BEFORE.sub("", self._key(text)).rstrip(_AFTER)


def _any_of(names: Iterable[str]) -> str:
    """A pattern for any of the names, the longest first; for none it matches nothing."""
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(map(re.escape, longest_first)) or r"(?!)"


def _around(names: str, patterns: Iterable[str]) -> re.Pattern[str]:
    """The patterns with the names in their place, as one."""
    forms = (
        pattern.replace("NAME", f"(?P<name{number}>{names})")
        for number, pattern in enumerate(patterns)
    )
    return re.compile("|".join(f"(?:{form})" for form in forms))


def _name(match: re.Match[str]) -> str:
    return next(name for name in match.groupdict().values() if name is not None)
