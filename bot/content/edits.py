"""Writes to the knowledge folder: one article at a time, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.content.places import (
    ARTICLE,
    PHRASINGS,
    checked_path,
    find_article,
    relative_path,
    secure_target,
)
from bot.content.texts import add_question, clean_question, decode, difference, read_header
from bot.errors import EditRefused
from bot.privacy import mask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text for one file, and what it was made from."""

    path: str
    """Relative to the knowledge folder."""
    base: str
    """Hash of the file as it was; empty when there was none."""
    text: str

    @property
    def article(self) -> str:
        """Id of the article."""
        name = self.path.rpartition("/")[2]
        return name.removesuffix(PHRASINGS).removesuffix(ARTICLE)

    def to_json(self) -> dict[str, str]:
        """For where it waits to be confirmed."""
        return {"path": self.path, "base": self.base, "text": self.text}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Edit:
        """Back from there; the path is looked at again before anything is written."""
        return cls(str(data["path"]), str(data["base"]), str(data["text"]))


class Editor:
    """Makes edits of a knowledge folder and puts them in place.

    Files are read and written here and now: call it in a thread.

    Args:
        folder: the knowledge folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write_article(self, raw: bytes) -> Edit:
        """A whole article, new or instead of the one with its id.

        Args:
            raw: the file as sent; its front matter says which article it is.

        Raises:
            EditRefused: it is not the text of an article.
        """
        text = decode(raw)
        header = read_header(text)
        path = relative_path(str(header.get("category")), str(header.get("id")))
        return Edit(path, _hash(self._read(path)), text)

    def write_phrasings(self, article: str, raw: bytes) -> Edit:
        """All phrasings of an article that exists.

        Args:
            article: its id.
            raw: the file as sent, one message a line.

        Raises:
            EditRefused: no such article, or not such a file.
        """
        path = find_article(self._folder, article).removesuffix(ARTICLE) + PHRASINGS
        text = decode(raw)
        for number, line in enumerate(text.splitlines(), start=1):
            if mask(line).kinds:
                message = f"第 {number} 行有号码，请去掉再发一次"
                raise EditRefused(message)
        return Edit(path, _hash(self._read(path)), text)

    def append_question(self, article: str, question: str) -> Edit:
        """One question more in an article.

        Raises:
            EditRefused: no such article, or the question cannot stand there.
        """
        path = find_article(self._folder, article)
        raw = self._read(path)
        text = add_question(decode(raw or b""), clean_question(question))
        return Edit(path, _hash(raw), text)

    def append_questions(self, article: str, questions: Sequence[str]) -> Edit:
        """Several questions more in an article; those that cannot stand there are left out.

        Raises:
            EditRefused: no such article, or none of the questions can stand there.
        """
        path = find_article(self._folder, article)
        raw = self._read(path)
        before = text = decode(raw or b"")
        refused: EditRefused | None = None
        for question in questions:
            try:
                text = add_question(text, clean_question(question))
            except EditRefused as error:
                refused = refused or error
        if text == before and refused is not None:
            raise refused
        return Edit(path, _hash(raw), text)

    def difference(self, edit: Edit) -> tuple[str, ...]:
        """What an edit changes in the file as it is now, as ``texts.difference`` says."""
        raw = self._read(edit.path)
        try:
            before = "" if raw is None else decode(raw)
        except EditRefused:  # what stands there is no text, which the edit may be about to mend
            before = ""
        return difference(before, edit.text)

    def put(self, edit: Edit) -> None:
        """Puts an edit in place; a crash leaves the old file or the new one, whole.

        To put the same edit twice is as good as once.

        Raises:
            EditRefused: the file is not any more what the edit was made from, or cannot be written.
        """
        try:
            with self._alone():
                self._put(edit)
        except OSError as error:
            message = f"写不进去：{error.strerror or type(error).__name__}。请管服务器的人看一下权限和磁盘"
            raise EditRefused(message) from error

    def _put(self, edit: Edit) -> None:
        target = secure_target(self._folder, checked_path(edit.path))
        before = target.read_bytes() if target.exists() else None
        after = edit.text
        if before is not None and b"\r\n" in before:
            after = after.replace("\n", "\r\n")  # as whoever keeps the folder likes it
        content = after.encode()
        if before == content:
            return
        if _hash(before) != edit.base:
            message = f"{edit.path} 在这期间被别人改过了。先看看现在的内容，再重新发一次"
            raise EditRefused(message)
        target.parent.mkdir(exist_ok=True)
        _replace(target, content)

    def _read(self, relative: str) -> bytes | None:
        target = secure_target(self._folder, relative)
        try:
            return target.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{relative} 读不了：{error.strerror or type(error).__name__}"
            raise EditRefused(message) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds a lock on the folder itself, so that all processes have the same one."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _hash(raw: bytes | None) -> str:
    return "" if raw is None else hashlib.sha256(raw).hexdigest()


def _replace(target: Path, content: bytes) -> None:
    """Writes beside the target and renames; a reader sees the old file or the new one."""
    fresh = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.new")
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        os.fchmod(descriptor, mode)  # whatever the service's mask: others pull and read here too
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    parent = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
