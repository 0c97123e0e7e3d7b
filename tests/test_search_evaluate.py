"""Measuring: shares are counted as described, for all messages and by kind."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from doubles import phrased_knowledge

from bot.cli import main
from bot.curve import write_curve
from bot.search.decide import KNOWN, Decision, Hit, Outcome
from bot.search.evaluate import Judged, Labelled, confusions, judge, read_labelled, report
from bot.search.hidden import cross_validate
from bot.search.printout import measure, print_figures


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


@pytest.fixture
def figures(file):
    """What is measured on it."""
    searcher = phrased_knowledge.searcher()
    judged = judge(searcher, read_labelled(file))
    return measure(judged, searcher.urgent, searcher.threshold)


def printed(figures, **options):
    """All lines that are printed."""
    lines = []
    print_figures(figures, **({"as_json": False, "errors": 0} | options), echo=lines.append)
    return "\n".join(lines)


def test_file_is_measured_for_machines(figures):
    """As JSON there is one object with the kinds, the curve and the chosen point."""
    value = json.loads(printed(figures, as_json=True))
    assert value["kinds"][0]["hit1"] == 1
    covered = [point["coverage"] for point in value["curve"]]
    assert covered == sorted(covered, reverse=True)
    assert value["chosen"]["threshold"] == phrased_knowledge.CALIBRATION.thresholds.answer
    assert "errors" not in value


def test_file_is_measured_for_people(figures):
    """As text every kind has a line, and the chosen point is named."""
    text = printed(figures)
    assert "plain" in text
    assert "chosen: answer from probability 0.50 on, 100.0% answered, 0.0% of" in text


def test_confusions_are_counted_most_frequent_first():
    """What was taken for what; what was right first, or rightly refused, is none."""
    found = [(pair.best, pair.shown, len(pair.questions)) for pair in confusions(CASES)]
    assert found == [("a-01", "b-01", 3), ("none", "a-01", 2), ("a-01", "clarify", 1)]


def test_errors_are_named_only_when_asked_for():
    """The messages belong to the operator: none is printed unless so many are asked for."""
    figures = measure(CASES, frozenset({"u-01"}), 0.5)
    assert "b-01  …" not in printed(figures)
    assert printed(figures, errors=2).count("a-01 -> b-01  …") == 2
    value = json.loads(printed(figures, as_json=True, errors=4))
    assert len(value["errors"]) == 4
    assert value["errors"][0] == {"best": "a-01", "shown": "b-01", "question": "…"}


def test_hidden_phrasings_are_judged_each_once():
    """Without a labelled file every phrasing is asked once, of tables that do not hold it."""
    knowledge = phrased_knowledge.build()
    parts = []
    judged = cross_validate(
        knowledge, calibration=phrased_knowledge.CALIBRATION, folds=3, progress=parts.append
    )
    asked = [item.labelled.question for item in judged]
    examples = sum(len(article.examples) + 1 for article in knowledge.articles.values())
    assert len(asked) == examples + len(knowledge.none) + len(knowledge.unclear)
    assert parts == [1, 2, 3]
    assert not any(item.decision.rule == KNOWN for item in judged)
    assert {item.labelled.kind for item in judged} >= {"overdue", "safety", "none", "unclear"}


def test_hidden_message_in_two_classes_is_not_known_by_heart():
    """A message that stands in another class too is judged as what its article says."""
    knowledge = phrased_knowledge.with_phrasing(phrased_knowledge.build(), "credit-02", "讲个笑话")
    judged = cross_validate(knowledge, calibration=phrased_knowledge.CALIBRATION)
    assert [item.labelled.best for item in judged].count("none") == len(knowledge.none)


@pytest.mark.parametrize("name", ["curve.svg", "curve.png"])
def test_curve_is_drawn(tmp_path, figures, name):
    """Coverage against error becomes a picture with the chosen point in it."""
    path = tmp_path / name
    write_curve(path, figures.points, figures.chosen, "labelled <&>.tsv")
    content = path.read_bytes()
    if name.endswith("png"):
        assert content.startswith(b"\x89PNG")
        return
    root = ET.fromstring(content)  # noqa: S314, our own file
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "labelled <&>.tsv" in texts
    assert "from 0.50: 100.0% answered, 0.0% wrong" in texts
    line = root.find("{http://www.w3.org/2000/svg}polyline").get("points").split()
    assert len(line) == len(figures.points)


@pytest.mark.parametrize(
    "arguments", [[], ["FILE", "--cross-validate"], ["FILE", "--picture", "curve.gif"]]
)
def test_wrong_use_is_told(file, arguments):
    """One source of messages, and a picture that can be drawn; anything else is a usage error."""
    named = [str(file) if argument == "FILE" else argument for argument in arguments]
    assert CliRunner().invoke(main, ["evaluate", *named]).exit_code == 2
