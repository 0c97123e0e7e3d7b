"""Messages that stand twice, coverage, and the line between our phrasings and others'."""

import csv
import os
import re
from datetime import date
from pathlib import Path

import pytest
from doubles import small_knowledge
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.coverage import draw_coverage, paint_coverage
from bot.documents.fonts import find_fonts
from bot.errors import FontMissing, PictureUnknown
from bot.knowledge.likeness import find_alike
from bot.knowledge.loader import load_knowledge, read_knowledge
from bot.knowledge.report import measure_coverage
from bot.knowledge.strict import check_strictly

QUESTIONS = Path(
    os.environ.get("LABELLED", Path(__file__).parents[2] / "shared" / "questions" / "dev.tsv")
)


def has_font():
    """Whether pictures can be drawn on this machine."""
    try:
        find_fonts()
    except FontMissing:
        return False
    return True


needs_font = pytest.mark.skipif(not has_font(), reason="no Chinese font on this machine")


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("收到律师函多久会被起诉", "收到律师函后多久会被起诉？", True),
        ("花呗 逾期 怎么办", "花呗逾期怎么办", True),
        ("被起诉了怎么办呢我很怕", "没被起诉了怎么办呢我很怕", False),
        ("催收打给我妈怎么办", "催收上门怎么办", False),
        ("", "怎么办", False),
    ],
)
def test_alike(first, second, alike):
    """A word or a comma more is the same sentence; a negation or another matter is not."""
    assert bool(list(find_alike([first, second]))) is alike


@given(st.lists(st.text(alphabet="催收逾期怎么办", min_size=3, max_size=12), max_size=12))
def test_no_near_duplicate_is_overlooked(texts):
    """The index over rare pairs finds what comparing everything with everything finds."""
    found = {(pair.first, pair.second) for pair in find_alike(texts)}
    everything = {
        (first, second)
        for second in range(len(texts))
        for first in range(second)
        if fuzz.ratio(texts[first], texts[second]) >= 90
    }
    assert found == everything


def test_near_duplicates_are_faults_of_the_check_only(tmp_path):
    """A sentence that stands twice is reported with its line, and does not stop a running bot."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    path = folder / "articles/visit/visit-01.phrasings.txt"
    path.write_text("他们在敲我家的门怎么办呀\n他们在敲我家的门怎么办呀呀\n", "utf-8")
    (folder / "phrasings").mkdir()
    (folder / "phrasings" / "none.txt").write_text("问题visit-02\n", "utf-8")
    knowledge = load_knowledge(folder)
    faults = check_strictly(folder, knowledge, date(2026, 11, 23))
    assert [(fault.path.name, fault.line) for fault in faults] == [
        ("visit-01.phrasings.txt", 2),
        ("none.txt", 1),
    ]


def test_coverage_counts_and_draws(tmp_path, capsys):
    """The report counts articles, messages, sources and reviews, and draws a picture."""
    knowledge = load_knowledge(small_knowledge.build(tmp_path / "knowledge"))
    coverage = measure_coverage(knowledge)
    assert coverage.articles == {"有人上门": 4}
    assert coverage.sources == {("法律", "原文"): 1, ("公开报道", "二手"): 1}
    assert coverage.reviews == {"2099-01": 6}
    assert len(coverage.without_flow) == 4
    assert coverage.pages == {"流程": 0, "名词": 3, "放款方卡片": 2, "公共电话": 1}
    assert [tile.flow for tile in coverage.tiles["有人上门"]] == [False] * 4
    draw_coverage(coverage)
    printed = capsys.readouterr().out
    assert "民法典" in printed
    assert "有人上门 01 02 03 04" in printed


@needs_font
@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<svg ")])
def test_coverage_is_painted(tmp_path, suffix, start):
    """The same figures become a picture of the kind that the file's name says."""
    knowledge = load_knowledge(small_knowledge.build(tmp_path / "knowledge"))
    picture = tmp_path / f"coverage{suffix}"
    paint_coverage(measure_coverage(knowledge), picture, date(2026, 11, 23))
    assert picture.read_bytes().startswith(start)


def test_picture_of_another_kind_is_refused(tmp_path):
    """A file whose name says something else is not written."""
    knowledge = load_knowledge(small_knowledge.build(tmp_path / "knowledge"))
    picture = tmp_path / "coverage.gif"
    with pytest.raises(PictureUnknown):
        paint_coverage(measure_coverage(knowledge), picture, date(2026, 11, 23))
    assert not picture.exists()


def test_folder_with_a_fault_can_be_measured(tmp_path):
    """The report is wanted most while something is wrong."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    (folder / "categories.yaml").write_text("[]\n", "utf-8")
    coverage = measure_coverage(read_knowledge(folder).knowledge)
    assert coverage.articles == {}
    draw_coverage(coverage)


def test_shipped_knowledge_passes_the_strict_check(shipped):
    """Nothing is due for review on the day of the last change, and no message stands twice."""
    knowledge = load_knowledge(shipped)
    day = max(article.reviewed for article in knowledge.articles.values())
    assert not [str(fault) for fault in check_strictly(shipped, knowledge, day)]


def test_no_measuring_question_is_in_the_knowledge(shipped):
    """Questions that measure matching are nowhere in the knowledge, not even in a similar form."""
    if not QUESTIONS.exists():
        pytest.skip("no labelled file beside the project (set LABELLED)")
    knowledge = load_knowledge(shipped)
    noise = re.compile(r"[\W_]+")
    ours = {
        noise.sub("", text)
        for article in knowledge.articles.values()
        for text in (*article.examples, *knowledge.none, *knowledge.unclear)
    }
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        theirs = {noise.sub("", row["question"]) for row in rows}
    # Two or three words that anybody would use are nobody's text.
    assert not {text for text in ours & theirs if len(text) > 8}
