"""``make bench``: this bot's matching beside what else there is, in one run, the same questions.

Quality is that of the ranking, with every phrasing known that a method may know. ``none`` is a
class like any other; a message is answered when its likeliest class is an article whose score
reaches the method's threshold, and that threshold is set so that each method answers as large a
share of the questions as this bot does with its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import trial as trials
from engines import ENGINES
from rich.console import Console
from rich.table import Table

from bot.knowledge.loader import read_knowledge
from bot.search.calibration import load_calibration
from bot.search.evaluate import read_labelled

ROOT = Path(__file__).parent.parent.parent
LABELLED = Path(os.environ.get("LABELLED", ROOT.parent / "shared" / "questions" / "dev.tsv"))
"""Questions to measure with; they are not part of the project."""
SIZES = (1_000, 10_000, 100_000)
ENGINE = Path(__file__).with_name("engines.py")
OTHER = frozenset({"none", "unclear"})


@dataclass(frozen=True)
class Quality:
    """Shares from 0 to 1."""

    hit1: float
    hit3: float
    coverage: float
    wrong: float
    """Of the questions that an article should answer, those answered with a wrong one."""
    false: float
    """Of the messages that deserve no article, those answered with one."""


def run(name: str, trial: trials.Trial, *, rounds: int, seconds: float) -> dict:
    """One method in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.json"
        trial.write(path)
        done = subprocess.run(  # noqa: S603, our own interpreter
            [sys.executable, str(ENGINE), name, str(path), str(rounds), str(seconds)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def threshold_for(found: list, questions: list, coverage: float) -> float:
    """The score from which a method answers so large a share of the questions."""
    scores = sorted(
        (
            classes[0][1] if classes and classes[0][0] not in OTHER else float("-inf")
            for classes, question in zip(found, questions, strict=False)
            if question.right != ["none"]
        ),
        reverse=True,
    )
    return scores[max(0, round(coverage * len(scores)) - 1)] if scores else 0.0


def judge(found: list, questions: list, threshold: float) -> Quality:
    """Compares what was found with what is right."""
    pairs = list(zip(found, questions, strict=False))
    hits = [
        ([name for name, _ in classes if name not in OTHER], answered(classes, threshold), item)
        for classes, item in pairs
    ]
    asked = [row for row in hits if row[2].right != ["none"]]
    others = [row for row in hits if row[2].right == ["none"]]
    return Quality(
        hit1=share(bool(set(names[:1]) & set(item.right)) for names, _, item in asked),
        hit3=share(bool(set(names[:3]) & set(item.right)) for names, _, item in asked),
        coverage=share(at_once for _, at_once, _ in asked),
        wrong=share(at_once and names[0] not in item.right for names, at_once, item in asked),
        false=share(at_once for _, at_once, _ in others),
    )


def answered(classes: list, threshold: float) -> bool:
    """Whether a method would answer: its likeliest class is an article, and likely enough."""
    return bool(classes) and classes[0][0] not in OTHER and classes[0][1] >= threshold


def share(values) -> float:
    """How many of them are true."""
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


def percentile(values: list[float], part: float) -> float:
    """The value below which a part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def measure_quality(trial: trials.Trial, console: Console, note: dict) -> None:
    """All methods on one set of questions."""
    table = Table("method", "hit@1", "hit@3", "answered", "wrong", "false answers")
    coverage = None
    for name in ENGINES:
        found = run(name, trial, rounds=1, seconds=150)["found"]
        if coverage is None:
            coverage = judge(found, trial.questions, load_calibration().thresholds.answer).coverage
        threshold = threshold_for(found, trial.questions, coverage)
        quality = judge(found, trial.questions, threshold)
        note.setdefault(trial.name, {})[name] = asdict(quality)
        few = "" if len(found) == len(trial.questions) else f" (first {len(found)})"
        table.add_row(name + few, *(f"{value:.1%}" for value in asdict(quality).values()))
    asked = sum(item.right != ["none"] for item in trial.questions)
    console.print(
        f"{trial.name}: {len(trial.phrasings):,} phrasings known, {asked} questions, "
        f"{len(trial.questions) - asked} messages that deserve no article"
    )
    console.print(table)


def measure_speed(base: trials.Trial, sizes: list[int], console: Console, note: dict) -> None:
    """All methods at each size."""
    table = Table("method", *(f"{size:,}" for size in sizes))
    console.print(
        "one question at a time, the quickest of three rounds: p50 / p99 ms, memory, time to build"
    )
    sized = {size: trials.resize(base, size) for size in sizes}
    for name in ENGINES:
        cells = []
        for size, trial in sized.items():
            seen = run(name, trial, rounds=3, seconds=40)
            p50, p99 = percentile(seen["ms"], 0.5), percentile(seen["ms"], 0.99)
            count = len(seen["ms"])
            note.setdefault(f"{size}", {})[name] = {
                "p50": p50,
                "p99": p99,
                "questions": count,
                "memory": seen["memory"],
                "built": seen["built"],
            }
            few = "" if count == len(trial.questions) else f" (n={count})"
            cells.append(
                f"{p50:.2f} / {p99:.2f}{few}, {seen['memory']:.0f} MiB, {seen['built']:.1f} s"
            )
        table.add_row(name, *cells)
    console.print(table)
    real = len(base.phrasings)
    console.print(
        f"Sizes above {real:,} are the {real:,} real phrasings and synthetic ones: clauses of two "
        "or three phrasings joined by seeded chance, all different. Memory is the peak of a "
        "process of its own without what the trial took; libraries count."
    )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", nargs="?", type=Path, default=LABELLED)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--json", type=Path, help="Also write the figures here.")
    arguments = parser.parse_args()
    console = Console(width=140)
    knowledge = read_knowledge(ROOT / "knowledge").knowledge
    note: dict = {}
    hidden = trials.hide(knowledge)
    measure_quality(hidden, console, note)
    if arguments.labelled.exists():
        measure_quality(trials.label(knowledge, read_labelled(arguments.labelled)), console, note)
    else:
        console.print("no labelled file (set LABELLED)")
    measure_speed(hidden, list(arguments.sizes), console, note)
    if arguments.json:
        arguments.json.write_text(json.dumps(note, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
