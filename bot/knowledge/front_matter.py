"""The YAML part at the head of an article."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.knowledge.model import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from bot.knowledge.yaml_lines import Document

REQUIRED_KEYS: Final = (
    "id",
    "title",
    "category",
    "questions",
    "keywords",
    "related",
    "sources",
    "reviewed",
    "review_by",
)
OPTIONAL_KEYS: Final = ("not_for", "urgent", "flow")


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Splits a file into front matter and body.

    Returns:
        The front matter (None when there is none), the body, and the line of the body's start.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != "---":
        return None, text, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "".join(lines[1:number]), "".join(lines[number + 1 :]), number + 2
    return None, text, 1


class FrontMatter:
    """The checked keys of a front matter."""

    def __init__(self, path: Path, document: Document) -> None:
        self.faults: list[Fault] = []
        self._path = path
        self._document = document
        self.usable = isinstance(document.value, dict)
        self._values: dict[str, Any] = document.value if self.usable else {}
        if not self.usable:
            self._fault("信息栏应是“名称: 内容”的形式")
            return
        for key, line in document.repeated:
            self.faults.append(Fault(path, line, f"“{key}”写了两次"))
        for key in self._values:
            if key not in REQUIRED_KEYS + OPTIONAL_KEYS:
                self._fault(f"不认识的栏目“{key}”", key)
        for key in REQUIRED_KEYS:
            if self._values.get(key) in (None, "", []):
                self._fault(f"缺少“{key}”", key)
                self.usable = False

    def _fault(self, message: str, *place: str | int) -> None:
        self.faults.append(Fault(self._path, self._document.line(*place), message))

    def text(self, key: str) -> str:
        """A required text."""
        value = self._values.get(key)
        if not isinstance(value, str):
            self._fault(f"“{key}”应是文字", key)
            return ""
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fault(f"“{key}”应是文字的列表", key)
            return ()
        return tuple(item.strip() for item in value)

    def day(self, key: str) -> date:
        """A date."""
        value = self._values.get(key)
        if not isinstance(value, date):
            self._fault(f"“{key}”应是日期，例如 2026-11-23", key)
            return date.min
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            self._fault(f"“{key}”应是 true 或 false", key)
            return False
        return value

    def optional_text(self, key: str) -> str | None:
        """A text that may be left out."""
        return None if self._values.get(key) is None else self.text(key)

    def not_for(self) -> dict[str, str]:
        """Neighbour articles with the case in which each is the right one."""
        value = self._values.get("not_for") or []
        pairs: dict[str, str] = {}
        if not isinstance(value, list):
            self._fault("“not_for”应是列表，每条形如 - visit-10: 人还没到", "not_for")
            return pairs
        for number, item in enumerate(value):
            if isinstance(item, dict) and len(item) == 1:
                key, reason = next(iter(item.items()))
                pairs[str(key)] = str(reason)
            else:
                self._fault("“not_for”每条形如 - visit-10: 人还没到", "not_for", number)
        return pairs

    def line(self, *place: str | int) -> int:
        """The line of a key."""
        return self._document.line(*place)
