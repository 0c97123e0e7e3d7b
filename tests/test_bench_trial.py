"""What the benchmark asks: the same for every method, seeded, and not among what is known."""

import engines
import peers
import pytest
import trial
from doubles import phrased_knowledge

from bot.search.evaluate import Labelled


@pytest.fixture
def hidden():
    """A trial on the small knowledge."""
    return trial.hide(phrased_knowledge.build(), hidden=6, others=3)


def test_questions_are_not_among_what_is_known(hidden):
    """What is asked was hidden, and both kinds are asked."""
    known = set(hidden.phrasings)
    assert not any((question.right[0], question.text) in known for question in hidden.questions)
    assert any(question.right == ["none"] for question in hidden.questions)
    assert any(question.right != ["none"] for question in hidden.questions)


def test_sizes_are_reached_with_different_phrasings(hidden):
    """Fewer are drawn, more are made of clauses; each stands once, and again the same."""
    small, large = trial.resize(hidden, 10), trial.resize(hidden, 300)
    assert len(small.phrasings) == 10
    assert set(small.phrasings) <= set(hidden.phrasings)
    assert set(hidden.phrasings) < set(large.phrasings)
    assert len({text for _, text in large.phrasings}) == 300
    assert large.phrasings == trial.resize(hidden, 300).phrasings
    assert {label for label, _ in large.phrasings} <= {label for label, _ in hidden.phrasings}


def test_messages_to_ask_back_are_left_out():
    """A labelled file gives questions with all that is right, and those without an article."""
    rows = [
        Labelled("甲", "lawsuit-03", ("credit-02",), "x"),
        Labelled("乙", "none", (), "x"),
        Labelled("丙", "unclear", (), "x"),
    ]
    asked = trial.label(phrased_knowledge.build(), rows).questions
    assert [(item.text, item.right) for item in asked] == [
        ("甲", ["credit-02", "lawsuit-03"]),
        ("乙", ["none"]),
    ]


def test_quality_is_compared_at_the_same_coverage():
    """Each method gets the threshold at which it answers the same share, and is judged there."""
    questions = [
        trial.Question(text, right)
        for text, right in (
            ("1", ["a"]),
            ("2", ["a"]),
            ("3", ["b"]),
            ("4", ["none"]),
            ("5", ["none"]),
        )
    ]
    found = [
        [["a", 0.9], ["b", 0.1]],
        [["b", 0.8], ["a", 0.2]],
        [["none", 0.7], ["b", 0.3]],
        [["a", 0.85]],
        [["none", 0.9], ["a", 0.2]],
    ]
    threshold = peers.threshold_for(found, questions, 2 / 3)
    quality = peers.judge(found, questions, threshold)
    assert threshold == 0.8
    assert quality == peers.Quality(hit1=2 / 3, hit3=1.0, coverage=2 / 3, wrong=1 / 3, false=0.5)


def test_every_engine_here_ranks_classes(hidden):
    """The methods that need no library of their own answer a question each."""
    value = {
        "phrasings": [list(item) for item in hidden.phrasings],
        "terms": hidden.terms,
    }
    for name in ("SQLite FTS5 + jieba", "SQLite FTS5 trigram", "rapidfuzz WRatio alone"):
        engine = engines.ENGINES[name](value)
        text = next(text for label, text in hidden.phrasings if label == "lawsuit-03")
        classes = engine.classes(text, engine.ask(text))
        assert classes[0][0] == "lawsuit-03", name
