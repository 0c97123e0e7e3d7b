"""The process in which a version is checked and built, so that nobody waits for an answer meanwhile.

``python -m bot.content.build FOLDER RESULT [--cache DIR] [--only PATH]``
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
from pathlib import Path
from typing import Final

from bot.content.building import build_folder, check_folder, save

_POLITE: Final = 10
"""How far the process steps back behind those that answer."""


def _step_back() -> None:
    """Answers come first, also when memory runs out; where the system forbids it, they do not."""
    with contextlib.suppress(OSError):
        os.nice(_POLITE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "utf-8")


def main() -> None:
    """One version; where several processes of the bot want it, the first does the work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--only", default="")
    job = parser.parse_args()
    if job.cache is None:  # an admin waits for this one
        save(check_folder(job.folder, job.only), job.result)
        return
    _step_back()
    with job.result.with_name("build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not job.result.exists():
            save(build_folder(job.folder, job.cache), job.result)


if __name__ == "__main__":
    main()
