"""Knows whether any other process has the database open, so that a start after a crash is quick."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def present(path: Path, alone: Callable[[], None]) -> Iterator[None]:
    """Is present while the block is open; the kernel ends it when the process dies.

    Args:
        path: the lock file.
        alone: called first when nobody else is present, while nobody else can come: every lease is
            a dead process's then.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fcntl.flock(file, fcntl.LOCK_SH)
        else:
            alone()
            fcntl.flock(file, fcntl.LOCK_SH)
        yield
