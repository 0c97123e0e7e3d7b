"""Questions without an answer: grouped by likeness, counted, settled."""

import pytest
from doubles.records import DAY, people, record

from bot.figures.unanswered import Settled, group_unanswered, question_key

RENT = "房租欠了两个月房东要赶人"
RENT_TOO = "房东赶我走，房租欠两个月"
FUND = "公积金会被划走吗"
NOW = DAY.timestamp()


def asked(*texts, hour=0):
    """Each text asked by another person."""
    return [record("none", f"q{number}", text=text, hour=hour) for number, text in enumerate(texts)]


def texts(groups):
    """The wordings of each group."""
    return [[question.text for question in group.questions] for group in groups]


def test_wordings_of_one_question_stand_together():
    """The order of the words, polite words and marks do not matter; another matter does."""
    groups = group_unanswered(asked(FUND, RENT, RENT_TOO, "公积金能不能被划走？", "我想知道"))
    assert sorted(map(sorted, texts(groups))) == [
        [FUND, "公积金能不能被划走？"],
        ["我想知道"],
        sorted([RENT, RENT_TOO]),
    ]


def test_denial_is_another_question():
    """没被起诉 does not stand with 被起诉."""
    assert len(group_unanswered(asked("被起诉了公积金会被划走吗", "没被起诉公积金会被划走吗"))) == 2


def test_most_asked_comes_first():
    """Groups are ordered by people, not by how often one person repeats."""
    rows = [
        *[record("none", "same", text=FUND, hour=hour) for hour in range(5)],
        *people("clarify", 2, text=RENT),
    ]
    first, second = group_unanswered(rows)
    assert (first.people, first.times, first.questions[0].text) == (2, 2, RENT)
    assert (second.people, second.times) == (1, 5)


@pytest.mark.parametrize(
    "row", [record("none"), record("none", text="？？ "), record("open", text="x")]
)
def test_only_words_without_an_answer_count(row):
    """Events without words, or of another kind, are no unanswered question."""
    assert group_unanswered([row]) == []


def test_ignored_group_does_not_come_back():
    """Neither the same words nor words like them are shown again, however often asked."""
    settled = [Settled(question_key(RENT), NOW, ignored=True)]
    rows = [*asked(RENT), *asked(RENT, RENT_TOO, FUND, hour=5)]
    assert texts(group_unanswered(rows, settled)) == [[FUND]]


def test_assigned_group_comes_back_only_when_asked_again():
    """After it was given to an article, only what still finds nothing afterwards is shown."""
    settled = [Settled(question_key(RENT), NOW + 3600, ignored=False)]
    assert group_unanswered(asked(RENT), settled) == []
    rows = [*asked(RENT), *asked("x", RENT_TOO, hour=5)]
    assert sorted(texts(group_unanswered(rows, settled))) == sorted([[RENT_TOO], ["x"]])


def test_key_finds_its_group_again():
    """A button made for one wording finds the group when another became the first."""
    (before,) = group_unanswered(asked(RENT))
    (after,) = group_unanswered([*asked(RENT), *people("none", 3, text=RENT_TOO)])
    assert after.key != before.key
    assert after.has(before.key)
    assert len(before.key.encode()) <= 10


def test_thousands_of_wordings_are_grouped():
    """More wordings than are compared: the frequent ones are kept."""
    rows = [record("none", f"l{number}", text=chr(0x4E00 + number) * 2) for number in range(3100)]
    rows += people("none", 9, text="好好")
    groups = group_unanswered(rows)
    assert len(groups) == 3000
    assert groups[0].questions[0].text == "好好"
