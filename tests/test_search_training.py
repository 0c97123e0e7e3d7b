"""``bot train``: reproducible tables, and a calibration that belongs to the scoring."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from doubles import phrased_knowledge, small_knowledge

from bot.cli import main
from bot.errors import TablesUnwritable
from bot.search.cache import load_model
from bot.search.calibration import SCORING, load_calibration
from bot.search.training import recalibrate, train_tables

ANEW = """
import sys
from pathlib import Path
from doubles import phrased_knowledge
from bot.search.training import train_tables
print(train_tables(phrased_knowledge.build(), Path(sys.argv[1])).digest)
"""
LABELLED = (
    "best\talso\tkind\tquestion\n"
    "lawsuit-03\t\tplain\t支付令咋整啊\n"
    "overdue-01\t\tplain\t晚还款一天有没有影响\n"
    "none\t\tchat\t今天天气好不好\n"
)


@pytest.fixture
def knowledge():
    """A small knowledge."""
    return phrased_knowledge.build()


@pytest.mark.parametrize("seed", ["0", "1"])
def test_another_process_builds_the_same_bytes(knowledge, tmp_path, seed):
    """The tables depend on the knowledge alone: not on the process, nor on its hash seed."""
    done = subprocess.run(  # noqa: S603, our own interpreter
        [sys.executable, "-c", ANEW, str(tmp_path / "there")],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == train_tables(knowledge, tmp_path / "here").digest


def test_tables_are_built_anew_and_told(knowledge, tmp_path):
    """What stood in the cache is not trusted; size, version and digest are told."""
    first = train_tables(knowledge, tmp_path)
    first.file.write_bytes(b"something else")
    again = train_tables(knowledge, tmp_path)
    assert again.digest == first.digest
    assert load_model(knowledge, tmp_path) is not None
    assert "knowledge test" in str(again)
    assert again.digest[:16] in str(again)


def test_only_the_newest_tables_stay(knowledge, tmp_path):
    """A folder that many edits went through does not grow without end."""
    for number in range(7):
        edited = phrased_knowledge.with_phrasing(knowledge, "lawsuit-03", f"督促程序{number}")
        file = train_tables(edited, tmp_path).file
        os.utime(file, (number, number))
    assert len(list(tmp_path.iterdir())) == 4
    assert file.exists()


def test_folder_that_cannot_be_written_is_an_error(knowledge, tmp_path):
    """Here, unlike at the start of the bot, nothing would have been achieved."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    with pytest.raises(TablesUnwritable):
        train_tables(knowledge, blocked / "cache")


def test_calibration_is_written_with_its_scoring(knowledge, tmp_path):
    """New weights and thresholds are stored where they are read, with the version of the scoring."""
    labelled, file = tmp_path / "labelled.tsv", tmp_path / "calibration.json"
    labelled.write_text(LABELLED, "utf-8")
    done = recalibrate(knowledge, labelled, file)
    assert json.loads(file.read_text("utf-8"))["scoring"] == SCORING
    stored = load_calibration(file)
    assert stored.thresholds.answer == pytest.approx(done.calibration.thresholds.answer)
    assert "hit@1" in str(done)


def test_command_trains_the_folder_of_the_settings(tmp_path, monkeypatch):
    """The command builds KNOWLEDGE_DIR into --out and leaves the shipped calibration alone."""
    monkeypatch.setenv("KNOWLEDGE_DIR", str(small_knowledge.build(tmp_path / "knowledge")))
    labelled = tmp_path / "labelled.tsv"
    labelled.write_text(LABELLED.replace("lawsuit-03", "visit-02"), "utf-8")
    arguments = ["train", "--out", str(tmp_path / "tables"), "--calibrate", str(labelled)]
    result = CliRunner().invoke(main, [*arguments, "--calibration", str(tmp_path / "new.json")])
    assert result.exit_code == 0, result.output
    (file,) = Path(tmp_path / "tables").iterdir()
    assert str(file) in result.output
    assert load_calibration(tmp_path / "new.json")
