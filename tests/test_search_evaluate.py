"""Measuring: shares are counted as described, for all messages and by kind."""

import json

import pytest
from doubles import phrased_knowledge

from bot.search.decide import Decision, Hit, Outcome
from bot.search.evaluate import Judged, Labelled, evaluate_file, read_labelled, report


def judged(best, outcome, *hits, also=(), kind="plain"):
    """A message and a decision about it."""
    decision = Decision(outcome, tuple(Hit(hit, hit, 0.5) for hit in hits), "test")
    return Judged(Labelled("…", best, also, kind), decision)


CASES = [
    judged("a-01", Outcome.ANSWER, "a-01"),
    judged("a-01", Outcome.ANSWER, "b-01", "a-01"),
    judged("a-01", Outcome.CHOOSE, "b-01", "c-01", "a-01"),
    judged("a-01", Outcome.CHOOSE, "b-01", "c-01", "d-01", "a-01"),
    judged("a-01", Outcome.ANSWER, "b-01", also=("b-01",)),
    judged("a-01", Outcome.CLARIFY, "a-01", kind="typo"),
    judged("u-01", Outcome.ANSWER, "u-01"),
    judged("u-01", Outcome.URGENT, "u-01"),
    judged("none", Outcome.ANSWER, "a-01"),
    judged("none", Outcome.CHOOSE, "a-01", "b-01"),
    judged("none", Outcome.NONE),
    judged("none", Outcome.CLARIFY),
    judged("unclear", Outcome.CLARIFY),
]


def test_figures():
    """Hits count only when shown; false answers only when shown at once."""
    total, *kinds = report(CASES, frozenset({"u-01"}))
    assert [item.kind for item in kinds] == ["plain", "typo"]
    assert (total.questions, total.others) == (8, 4)
    assert total.hit1 == 4 / 8
    assert total.hit3 == 6 / 8
    assert total.wrong == 1 / 8
    assert total.false_answers == 1 / 4
    assert total.offered == 1 / 4
    assert total.urgent_missed == 1


@pytest.fixture
def file(tmp_path):
    """A labelled file with quotes and tabs as people write them."""
    path = tmp_path / "labelled.tsv"
    path.write_text(
        "best\talso\tkind\tquestion\n"
        'lawsuit-03\tcredit-02,family-04\tplain\t"支付令"怎么办\n'
        "none\t\tchat\t打开空调\n"
        "unclear\t\tvague\t嗯嗯\n",
        "utf-8",
    )
    return path


def test_labelled_file_is_read(file):
    """Columns are tab separated, quotes are text, ``also`` is a list."""
    first, second, third = read_labelled(file)
    assert first.question == '"支付令"怎么办'
    assert first.right == {"lawsuit-03", "credit-02", "family-04"}
    assert [item.answerable for item in (first, second, third)] == [True, False, False]


def test_file_is_measured_for_machines(file):
    """As JSON there is one object with the kinds and the curve."""
    lines = []
    searcher = phrased_knowledge.searcher()
    evaluate_file(searcher, file, as_json=True, echo=lines.append)
    value = json.loads("".join(lines))
    assert value["kinds"][0]["hit1"] == 1
    covered = [point["coverage"] for point in value["curve"]]
    assert covered == sorted(covered, reverse=True)


def test_file_is_measured_for_people(file):
    """As text every kind has a line, and the chosen threshold is named."""
    lines = []
    searcher = phrased_knowledge.searcher()
    evaluate_file(searcher, file, as_json=False, echo=lines.append)
    text = "\n".join(lines)
    assert "plain" in text
    assert f"{searcher.threshold:.2f}" in text
