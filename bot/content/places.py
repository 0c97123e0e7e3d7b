"""Where an article's file stands: ids and folders by strict patterns, never out of the folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.errors import EditRefused

if TYPE_CHECKING:
    from pathlib import Path

_ID: Final = re.compile(r"[a-z]{1,20}-[0-9]{2,3}")
_CATEGORY: Final = re.compile(r"[a-z]{1,20}")
_PATH: Final = re.compile(rf"articles/{_CATEGORY.pattern}/{_ID.pattern}(?:\.md|\.phrasings\.txt)")
ARTICLE: Final = ".md"
PHRASINGS: Final = ".phrasings.txt"
"""Endings of the two files of an article."""


def relative_path(category: str, name: str) -> str:
    """``articles/visit/visit-01.md``.

    Raises:
        EditRefused: id or category look like anything else than such.
    """
    if not _ID.fullmatch(name):
        message = "“id”要写成 visit-01 这样：小写字母、横线、两位或三位数字"
        raise EditRefused(message)
    if not _CATEGORY.fullmatch(category):
        message = "“category”要写 categories.yaml 里有的分类名，只有小写字母"
        raise EditRefused(message)
    return f"articles/{category}/{name}.md"


def checked_path(relative: str) -> str:
    """A path that was made here before, and waited somewhere else since.

    Raises:
        EditRefused: it was not.
    """
    if not _PATH.fullmatch(relative):
        message = "这不是文章的文件"
        raise EditRefused(message)
    return relative


def find_article(folder: Path, name: str) -> str:
    """The path of an article that exists, relative to the folder.

    Raises:
        EditRefused: there is none, or it is no id.
    """
    if _ID.fullmatch(name):
        for path in sorted((folder / "articles").glob(f"*/{name}.md")):
            return relative_path(path.parent.name, name)
    message = f"没有编号为“{name[:40]}”的文章"
    raise EditRefused(message)


def secure_target(folder: Path, relative: str) -> Path:
    """The file to write, once it is sure that no link leads elsewhere.

    The folder itself may be reached by a link, as where releases are switched.

    Raises:
        EditRefused: the folder is not there, or something on the way is a link.
    """
    try:
        root = folder.resolve(strict=True)
    except OSError as error:
        message = "知识文件夹现在不在，等它回来再试"
        raise EditRefused(message) from error
    target = root / relative
    parent = target.parent
    if parent.resolve() != parent or not parent.is_relative_to(root) or target.is_symlink():
        message = f"{relative} 是一个链接，不从这里改"
        raise EditRefused(message)
    return target
