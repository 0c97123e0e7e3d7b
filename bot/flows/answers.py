"""From what a person writes or taps to a value that is kept, and back to words.

Kept values are plain JSON: texts, lists of texts, mappings of texts, or None for a question that
was skipped. Sums are texts such as ``1200.00``, dates ISO texts.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from bot.errors import AnswerRefused, Refusal
from bot.knowledge.flow_model import Choice, Question, Type
from bot.tools.dates import Side, read_day, write_day
from bot.tools.money import read_money, write_money
from bot.tools.numerals import read_numeral
from bot.tools.times import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

YES: Final = "yes"
NO: Final = "no"
UNSURE: Final = "unsure"
YN_CHOICES: Final = (Choice(YES, "是"), Choice(NO, "否"), Choice(UNSURE, "不确定"))

_YN_WORDS: Final = {
    YES: ("是", "是的", "对", "对的", "有", "嗯", "yes", "y", "在", "收到了", "收到过"),
    NO: ("否", "不是", "不", "没有", "没", "无", "no", "n", "不在", "没收到"),
    UNSURE: ("不确定", "不知道", "不清楚", "说不清", "记不清", "不记得", "忘了", "?"),
}
_YN_BEGINNINGS: Final = {
    UNSURE: re.compile(r"(不|没)(太)?(确定|知道|清楚|记得|晓得|好说)|记不|说不|好像|可能|应该"),
    NO: re.compile(r"(不是(?!不)|没有|没收|没|不|否|无)(?!.*[吗?])"),
    YES: re.compile(r"(是(?!不)|对|嗯|有(?!没)|收到|在)(?!.*[吗?])"),
}
"""How a short answer begins; in this order, for 不知道 is no refusal."""
_YN_LENGTH: Final = 8
_DENIED: Final = re.compile(r"(不|没|未|别|没有|不是|并非|不算|不太|不怎么)$")
_ABRIDGED: Final = 2
"""Characters from which a label may be shortened."""
_DAYS: Final = re.compile(
    r"(\d{1,4}|[一二两三四五六七八九十百]{1,4})(多?天|个?多?星期|多?周|个多?月|多?年)"
)
_DAYS_OF: Final = {"天": 1, "个星期": 7, "星期": 7, "周": 7, "个月": 30.5, "年": 365}
_NOTHING: Final = frozenset(
    {"没有", "没", "无", "暂无", "暂时没有", "都没有", "没有了", "不知道", "不清楚", "不确定",
     "不记得", "记不清", "记不清了", "忘了", "忘记了", "不晓得", "没谈过", "没有谈过", "跳过"}
)  # fmt: skip
"""Words that leave an optional question open."""
_WORDED: Final = frozenset({Type.TEXT, Type.FILE, Type.PARTS})
_SPLIT: Final = re.compile(r"[\s,，、;；/]+|和|以及")
_PHONE: Final = re.compile(r"\d{5,20}")
_RUNS: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百]+")
_TAIL: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)")
"""Also the end of a number that was masked."""
_SPACES: Final = re.compile(r"\s*\n\s*")


def read_answer(
    question: Question, text: str, *, today: date, choices: Sequence[Choice] = ()
) -> Any:
    """The value of what somebody wrote; None where it says that there is nothing to say.

    没有 and 不知道 leave an optional question without an answer, unless they are one of its own.

    Args:
        question: what was asked; not ``rows``.
        text: what a person wrote.
        today: in the person's time zone.
        choices: those that are offered at the moment.

    Raises:
        AnswerRefused: it is no answer to the question.
    """
    if question.optional and question.type in _WORDED and _normal(text) in _NOTHING:
        return None
    try:
        return _read(question, text, today, choices)
    except AnswerRefused:
        if question.optional and _normal(text) in _NOTHING:
            return None
        raise


def _read(  # noqa: PLR0911, one for each type
    question: Question, text: str, today: date, choices: Sequence[Choice]
) -> Any:
    match question.type:
        case Type.ENUM:
            return _choice(text, choices)
        case Type.YN:
            return _yes_or_no(text)
        case Type.MULTI:
            return _several(text, choices)
        case Type.MONEY:
            amount = read_money(text)
            _within(question, amount)
            return str(amount)
        case Type.PARTS:
            return _parts(text, choices)
        case Type.DATE:
            return read_day(text, today, Side(question.side), vague=not question.exact).isoformat()
        case Type.TIME:
            return read_time(text).isoformat("minutes")
        case Type.NUMBER:
            return _number(question, text)
        case _:
            return _words(question, text)


def pick(question: Question, key: str, choices: Sequence[Choice]) -> Any:
    """The value of a tapped button.

    Raises:
        AnswerRefused: the button stands for nothing any more.
    """
    known = YN_CHOICES if question.type is Type.YN else choices
    if key not in {choice.key for choice in known}:
        raise AnswerRefused(Refusal.CHOICE_UNKNOWN)
    return [key] if question.type is Type.MULTI else key


def toggle(chosen: Sequence[str], key: str, choices: Sequence[Choice]) -> tuple[str, ...]:
    """The choices after one was ticked or unticked; one that stands alone clears the others."""
    known = {choice.key: choice for choice in choices}
    if key not in known:
        return tuple(name for name in chosen if name in known)
    if key in chosen:
        return tuple(name for name in chosen if name != key and name in known)
    if known[key].alone:
        return (key,)
    ticked = {name for name in chosen if name in known and not known[name].alone} | {key}
    return tuple(choice.key for choice in choices if choice.key in ticked)


def fits(question: Question, value: Any, choices: Sequence[Choice]) -> bool:
    """Whether a kept value still answers the question, perhaps of a newer version of the flow."""
    if value is None:
        return question.optional
    keys = {choice.key for choice in choices}
    match question.type:
        case Type.ENUM:
            return value in keys
        case Type.YN:
            return value in {YES, NO, UNSURE}
        case Type.MULTI:
            return isinstance(value, list) and bool(value) and set(value) <= keys
        case Type.PARTS:
            return isinstance(value, dict) and set(value) == keys
        case _:
            return _is_typed(question, value)


def typed(question: Question, value: Any) -> Any:  # noqa: PLR0911, one for each type
    """A kept value as conditions and templates see it: a ``Decimal``, a ``date`` and so on."""
    if value is None:
        return None
    match question.type:
        case Type.MONEY:
            return Decimal(value)
        case Type.NUMBER:
            return int(value)
        case Type.PARTS:
            sums = {key: Decimal(item) for key, item in value.items()}
            return sums | {"total": sum(sums.values(), Decimal(0))}
        case Type.DATE:
            return date.fromisoformat(value)
        case Type.TIME:
            return time.fromisoformat(value)
        case Type.MULTI:
            return tuple(value)
        case _:
            return value


def in_words(question: Question, value: Any) -> str:  # noqa: PLR0911, one for each type
    """A kept value as a person reads it; empty for a skipped question."""
    if value is None:
        return ""
    labels = {choice.key: choice.label for choice in question.choices}
    match question.type:
        case Type.ENUM:
            return labels.get(value, str(value))
        case Type.YN:
            return {choice.key: choice.label for choice in YN_CHOICES}.get(value, str(value))
        case Type.MULTI:
            return "、".join(labels.get(key, key) for key in value)
        case Type.MONEY:
            return write_money(Decimal(value))
        case Type.PARTS:
            parts = [
                f"{label} {write_money(Decimal(value[key]))}"
                for key, label in labels.items()
                if Decimal(value.get(key, "0"))
            ]
            total = sum(map(Decimal, value.values()), Decimal(0))
            return f"{'，'.join(parts) or '都没有'}（合计 {write_money(total)}）"
        case Type.DATE:
            return write_day(date.fromisoformat(value))
        case _:
            return str(value)


def _is_typed(question: Question, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        typed(question, value)
    except (ValueError, InvalidOperation):
        return False
    return True


def _normal(text: str) -> str:
    return re.sub(r"[\s。！!，,.、]+", "", unicodedata.normalize("NFKC", text)).lower()


def _choice(text: str, choices: Sequence[Choice]) -> str:
    """By number, by label, or by a part of exactly one label."""
    plain = _normal(text)
    if plain.isdigit() and 1 <= int(plain) <= len(choices):
        return choices[int(plain) - 1].key
    labels = {choice.key: _normal(choice.label) for choice in choices}
    for key, label in labels.items():
        if plain == label:
            return key
    near = [
        key for key, label in labels.items() if (plain and plain in label) or _said(label, plain)
    ]
    near = near or [c.key for c in choices if any(_said(_normal(w), plain) for w in c.also)]
    near = near or _by_days(plain, choices) or _abridged(plain, labels)
    if not near and plain in _YN_WORDS[UNSURE] and UNSURE in labels:
        return UNSURE
    if len(near) == 1:
        return near[0]
    raise AnswerRefused(Refusal.CHOICE_UNKNOWN)


def _said(word: str, plain: str) -> bool:
    """Whether a word is said and not denied: 不稳定 does not say 稳定."""
    before, found, _ = plain.partition(word)
    return bool(found) and _DENIED.search(before) is None


def _abridged(plain: str, labels: Mapping[str, str]) -> list[str]:
    """The choices whose label holds every character in the same order: 帮我分."""
    if len(plain) < _ABRIDGED:
        return []
    pattern = re.compile(".*".join(map(re.escape, plain)))
    return [key for key, label in labels.items() if pattern.search(label)]


def _by_days(plain: str, choices: Sequence[Choice]) -> list[str]:
    """The choices that a number of days falls into: 逾期20天, 两个多月没还."""
    plain = plain.replace("半个月", "15天").replace("半年", "182天")
    match = _DAYS.search(plain)
    if match is None:
        return []
    number = match[1] if match[1].isdigit() else read_numeral(match[1].replace("两", "二"))
    days = round(float(number) * _DAYS_OF[match[2].replace("多", "")])
    return [
        choice.key for choice in choices if choice.days and choice.days[0] <= days <= choice.days[1]
    ]


def _yes_or_no(text: str) -> str:
    plain = _normal(text)
    for key, words in _YN_WORDS.items():
        if plain in words:
            return key
    for key, pattern in _YN_BEGINNINGS.items():
        if len(plain) <= _YN_LENGTH and pattern.match(plain):
            return key
    raise AnswerRefused(Refusal.CHOICE_UNKNOWN)


def _several(text: str, choices: Sequence[Choice]) -> list[str]:
    try:
        keys = [_choice(part, choices) for part in filter(None, _SPLIT.split(text.strip()))]
    except AnswerRefused:  # a label may have marks of its own
        keys = [_choice(text, choices)]
    # 利息算错了，也没钱: what stands alone gives way to what may stand together.
    alone = {choice.key for choice in choices if choice.alone}
    chosen = [key for key in dict.fromkeys(keys) if key not in alone] or keys[:1]
    if not chosen:
        raise AnswerRefused(Refusal.CHOICE_NONE)
    return chosen


def _parts(text: str, choices: Sequence[Choice]) -> dict[str, str]:
    """Named sums in any order: 本金8000 利息1200; what is not named is nought."""
    plain = unicodedata.normalize("NFKC", text)
    found: dict[str, Decimal] = {}
    keys = {word: choice.key for choice in choices for word in (choice.label, *choice.also)}
    names = sorted(keys, key=lambda word: -len(word))
    pattern = re.compile("|".join(map(re.escape, names)))
    marks = list(pattern.finditer(plain))
    if not marks and _normal(text) in {"没有", "都没有", "无", "0"}:
        return {choice.key: "0.00" for choice in choices}
    if not marks or plain[: marks[0].start()].strip(" ,，、;；:："):
        raise AnswerRefused(Refusal.PARTS_UNCLEAR, text=text.strip()[:40])
    ends = [mark.start() for mark in marks[1:]] + [len(plain)]
    for mark, end in zip(marks, ends, strict=True):
        written = plain[mark.end() : end].strip(" ,，、;；:：=。是为\n\t")
        key = keys[mark.group()]
        if key in found:
            raise AnswerRefused(Refusal.PARTS_UNCLEAR, text=mark.group())
        found[key] = read_money(written)
    zero = Decimal("0.00")
    return {choice.key: str(found.get(choice.key, zero)) for choice in choices}


def _within(question: Question, amount: Decimal) -> None:
    low, high = question.least, question.most
    if (low is not None and amount < low) or (high is not None and amount > high):
        raise AnswerRefused(Refusal.NUMBER_UNCLEAR, least=_bound(low), most=_bound(high))


def _bound(value: Decimal | None) -> str:
    return "不限" if value is None else f"{value.normalize():f}"


def _number(question: Question, text: str) -> str:
    """The only number in what was written: 三口人, 36期, 第2个月."""
    plain = re.sub(r"一[家起共]|,", "", unicodedata.normalize("NFKC", text))
    runs = _RUNS.findall(plain)
    try:
        (run,) = runs
        number = int(run) if run.isascii() else int(read_numeral(run.replace("两", "二")))
    except (ValueError, KeyError, IndexError):
        raise AnswerRefused(
            Refusal.NUMBER_UNCLEAR, least=_bound(question.least), most=_bound(question.most)
        ) from None
    _within(question, Decimal(number))
    return str(number)


def _words(question: Question, text: str) -> str:
    words = _SPACES.sub("\n", text).strip()
    if question.type is Type.TAIL4:
        found = _TAIL.findall(_normal(text))
        if len(found) != 1:
            raise AnswerRefused(Refusal.TAIL_WRONG)
        return str(found[0])
    if question.type is Type.PHONE:
        digits = re.sub(r"[\s\-()（）—]", "", unicodedata.normalize("NFKC", text))
        if not _PHONE.fullmatch(digits):
            raise AnswerRefused(Refusal.PHONE_WRONG)
        return digits
    if not any(map(str.isalnum, words)):
        raise AnswerRefused(Refusal.TEXT_EMPTY)
    if len(words) > question.limit:
        raise AnswerRefused(Refusal.TEXT_LONG, limit=str(question.limit), length=str(len(words)))
    return words
