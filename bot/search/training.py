"""Rebuilds everything that is learnt: the tables from the knowledge, and the calibration."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.errors import TablesUnwritable
from bot.search.cache import store_model
from bot.search.calibrate import calibrate
from bot.search.calibration import SCORING, dump_calibration
from bot.search.evaluate import judge, read_labelled, report
from bot.search.model import build_model
from bot.search.searcher import Searcher
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from bot.knowledge.model import Knowledge
    from bot.search.calibration import Calibration
    from bot.search.evaluate import Report

SHIPPED: Final = Path(__file__).parent / "tables" / "calibration.json"
"""The calibration that the bot reads."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What was built; as text, what is told about it."""

    version: str
    """Of the knowledge."""
    articles: int
    messages: int
    """Phrasings, titles, and those without an article."""
    tokens: int
    file: Path
    size: int
    digest: str
    """SHA-256 of the file: the same knowledge gives the same."""
    seconds: float

    def __str__(self) -> str:
        return (
            f"knowledge {self.version}, scoring {SCORING}: {self.articles} articles,"
            f" {self.messages} messages, {self.tokens} tokens\n"
            f"{self.file}: {self.size / 2**20:.1f} MiB, sha256 {self.digest[:16]},"
            f" {self.seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A new calibration; as text, what is told about it."""

    calibration: Calibration
    total: Report
    """On the file that gave the thresholds: not a measurement of what is to come."""
    file: Path
    seconds: float

    def __str__(self) -> str:
        total = self.total
        return (
            f"{dump_calibration(self.calibration)}"
            f"on the file itself: hit@1 {total.hit1:.1%}, hit@3 {total.hit3:.1%},"
            f" false answers {total.false_answers:.1%}, urgent missed {total.urgent_missed}\n"
            f"{self.file}, {self.seconds:.1f} s"
        )


def train_tables(knowledge: Knowledge, folder: Path) -> Trained:
    """Builds the tables anew, whatever the cache holds, and stores them there.

    Args:
        knowledge: what to search.
        folder: of the cache.

    Raises:
        TablesUnwritable: the folder cannot be written.
    """
    started = time.perf_counter()
    model = build_model(knowledge, Tokeniser(knowledge.lexicon))
    file = store_model(model, knowledge, folder)
    if file is None:
        raise TablesUnwritable(str(folder))
    content = file.read_bytes()
    return Trained(
        version=knowledge.version,
        articles=len(knowledge.articles),
        messages=len(model.corpus),
        tokens=len(model.corpus.vocabulary),
        file=file,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        seconds=time.perf_counter() - started,
    )


def recalibrate(knowledge: Knowledge, labelled: Path, file: Path) -> Recalibrated:
    """Learns weights and thresholds anew, and stores them with the version of the scoring.

    Args:
        knowledge: what is searched.
        labelled: see ``read_labelled``.
        file: is written.
    """
    started = time.perf_counter()
    messages = read_labelled(labelled)
    calibration = calibrate(knowledge, messages)
    model = build_model(knowledge, Tokeniser(knowledge.lexicon))
    searcher = Searcher(knowledge, model, calibration)
    total = report(judge(searcher, messages), searcher.urgent)[0]
    file.write_text(dump_calibration(calibration), "utf-8")
    return Recalibrated(calibration, total, file, time.perf_counter() - started)
