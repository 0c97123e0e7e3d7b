"""``bot ask`` in the terminal: the answer, the reason, and the message before."""

import json

import pytest
from click.testing import CliRunner
from doubles import small_knowledge

from bot.cli import main


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Runs the command over the small folder."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    phrasings = ("几点来人合适", "晚上几点以后不能来", "半夜来敲门几点算晚", "早上几点能来")
    file = folder / "articles" / "visit" / "visit-02.phrasings.txt"
    file.write_text("\n".join(phrasings), "utf-8")
    (folder / "phrasings").mkdir(exist_ok=True)
    (folder / "phrasings" / "unclear.txt").write_text("然后呢\n那呢\n那怎么办\n嗯嗯\n", "utf-8")
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments, typed=None):
        result = CliRunner().invoke(main, ["ask", *arguments], input=typed)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_each_line_of_standard_input_is_answered(ask):
    """With - every line is a question, and each gets one line of JSON."""
    lines = ask("--json", "-", typed="几点来人合适\n\n天气\n").splitlines()
    values = [json.loads(line) for line in lines]
    assert [value["question"] for value in values] == ["几点来人合适", "", "天气"]
    assert values[0]["hits"][0]["id"] == "visit-02"
    assert "explanation" not in values[0]


def test_reason_is_told_in_chinese_instead_of_the_answer(ask):
    """--explain shows the rule and the nearest phrasing, in words."""
    text = ask("--explain", "几点来人合适")
    assert "怎么决定的" in text
    assert "一字不差" in text
    assert "最近的问法" in text


def test_reason_is_there_for_machines(ask):
    """With --json the reason is part of the same line, and the contract's keys stay."""
    value = json.loads(ask("--json", "--explain", "几点来人合适"))
    assert value.keys() == {"question", "outcome", "hits", "ms", "explanation"}
    assert value["explanation"]["reasons"][0]["label"] == "visit-02"


def test_message_before_counts_for_the_answer_too(ask):
    """--previous makes a follow-up whole, in the first line and in the card under it."""
    alone = ask("那怎么办")
    together = ask("那怎么办", "--previous", "几点来人合适")
    assert alone != together
    assert together.startswith(("answer  visit-02", "choose  visit-02"))
