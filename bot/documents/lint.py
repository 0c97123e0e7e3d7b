"""What is wrong with a letter before it goes out: what lacks, what would harm, what is personal."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.documents.letter import Kind, body_lines
from bot.privacy import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.documents.letter import Letter

SHAMING: Final = ("债", "欠", "逾期", "催", "失信", "老赖", "违约", "支付令", "法院", "还款", "贷")
"""Words that a file's name must not show."""
_LEFT_OVER: Final = re.compile(r"\{\{|\}\}|\{%|%\}|(?<![A-Za-z])(?:None|Undefined|nan)(?![A-Za-z])")


class Flaw(StrEnum):
    """Kinds of fault; each is said in Chinese, to an admin."""

    LACKS = "缺少“{word}”"
    FORBIDDEN = "不能写“{word}”"
    PERSONAL = "写了{word}，应留空手写"
    LEFT_OVER = "有没填好的“{word}”"
    NAME = "文件名里不要写“{word}”"
    ADDRESSEE = "没有写给谁"
    SIGNER = "没有签名的人"
    EMPTY = "没有正文"
    FOOTER = "没有页脚"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a letter."""

    flaw: Flaw
    word: str = ""

    def __str__(self) -> str:
        return self.flaw.value.format(word=self.word)


def lint(letter: Letter) -> tuple[Finding, ...]:
    """Everything that is wrong with a letter; empty when it may go out.

    Required words may stand anywhere; forbidden ones are looked for in the body and the title,
    whatever the spaces and the width of the characters.
    """
    return tuple(_findings(letter))


def _findings(letter: Letter) -> Iterator[Finding]:
    lines = body_lines(letter.blocks)
    around = (letter.title, letter.addressee, letter.signer, *letter.attachments)
    body = _bare("".join((letter.title, *lines)))
    whole = _bare("".join((*around, *lines)))
    yield from (Finding(Flaw.LACKS, word) for word in letter.required if _bare(word) not in whole)
    yield from (Finding(Flaw.FORBIDDEN, word) for word in letter.forbidden if _bare(word) in body)
    for line in (*around, *lines):
        yield from (Finding(Flaw.PERSONAL, kind) for kind in mask(line).kinds)
        yield from (Finding(Flaw.LEFT_OVER, found) for found in _LEFT_OVER.findall(line))
    yield from (Finding(Flaw.NAME, word) for word in SHAMING if word in letter.file)
    if letter.kind is not Kind.SHEET:
        yield from _formal(letter)
    if not any(line.strip() for line in lines):
        yield Finding(Flaw.EMPTY)
    if not letter.footer:
        yield Finding(Flaw.FOOTER)


def _formal(letter: Letter) -> Iterator[Finding]:
    if not letter.addressee.strip():
        yield Finding(Flaw.ADDRESSEE)
    if not letter.signer.strip():
        yield Finding(Flaw.SIGNER)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
