"""What ``sources.yaml`` says about a law stands in the text of that law.

The texts are large and not ours, so they are not in this repository: the folder that holds them
is named by ``LAW_TEXTS``. Without it only the list itself is tested.
"""

import json
import os
import re
from pathlib import Path

import cn2an
import pytest

from bot.knowledge.loader import read_knowledge
from bot.knowledge.model import CERTAINTIES, LEVELS, REPORT
from bot.knowledge.tables import read_sources, read_table

ROOT = Path(__file__).parent.parent
TEXTS = Path(os.environ.get("LAW_TEXTS") or ROOT.parent / "shared" / "knowledge" / "laws")
DATES = TEXTS / "关键条文.jsonl"
"""Dates of amended versions, which a consolidated text does not always state."""

SOURCES = read_table(ROOT / "knowledge" / "sources.yaml", dict, read_sources, [])
READ = sorted(key for key, source in SOURCES.items() if not source.second_hand)
LONGEST_GIST = 60

needs_texts = pytest.mark.skipif(
    not TEXTS.is_dir(), reason="no folder with the texts of the laws; LAW_TEXTS names it"
)


def text_of(key):
    """The text of a source; a code in parts is one text."""
    return "\n".join(path.read_text("utf-8") for path in sorted(TEXTS.glob(f"{key}*.md")))


def heading(number):
    """``293之一`` as the text writes it: 第二百九十三条之一."""
    digits, _, part = number.partition("之")
    return f"第{cn2an.an2cn(int(digits))}条" + (f"之{part}" if part else "")


def has_article(text, number):
    """True when an article begins in a text, or a decision on amendments names it.

    第二百九十三条之一 is another article than 第二百九十三条, and a mention is no article.
    """
    title = re.escape(heading(number))
    return (
        re.search(rf"^(?:{title}[ \u3000])|《解释》(?:原)?{title}(?!之)", text, re.MULTILINE)
        is not None
    )


def stated_dates(key, text):
    """The days on which a text, or the list of dates, says that it enters into force."""
    found = re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日起?(?= ?施行)", text)
    days = {f"{year}-{int(month):02}-{int(day):02}" for year, month, day in found}
    rows = map(json.loads, DATES.read_text("utf-8").splitlines())
    return days | {row["effective"] for row in rows if row["law"].startswith(key)}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("10", "第十条"),
        ("101", "第一百零一条"),
        ("293之一", "第二百九十三条之一"),
        ("1033", "第一千零三十三条"),
    ],
)
def test_numbers_are_written_as_laws_write_them(number, expected):
    """A number of an article becomes the heading of that article."""
    assert heading(number) == expected


def test_only_a_heading_is_an_article():
    """A mention inside another article, or a longer number, does not count as the article."""
    text = "第二百九十三条之一 有下列情形之一的\n依照第五条处罚\n“六、作为《解释》第七条：“催收"
    assert has_article(text, "293之一")
    assert has_article(text, "7")
    assert not has_article(text, "293")
    assert not has_article(text, "5")


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_source_is_complete(key):
    """Each source says how binding it is, whether it was read, and from when it is."""
    source = SOURCES[key]
    assert source.level in LEVELS
    assert source.verified in CERTAINTIES
    assert source.level == REPORT or source.effective or source.dated


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_gists_are_short_sentences(key):
    """The gist of an article is one sentence that fits a line or two on a phone."""
    for number, gist in SOURCES[key].articles.items():
        assert gist.endswith("。"), number
        assert gist.count("。") == 1, number
        assert len(gist) <= LONGEST_GIST, number


def test_every_listed_article_is_cited(shipped):
    """Nothing is listed that nothing cites: an unread gist grows old unseen."""
    citations = read_knowledge(shipped).knowledge.citations
    cited = {(cite.source, cite.article) for cite in citations}
    listed = {
        (key, number) for key, source in SOURCES.items() for number in source.articles or [None]
    }
    assert listed - cited == set()


@needs_texts
@pytest.mark.parametrize("key", READ)
def test_cited_articles_stand_in_the_text(key):
    """Each article of a source that we say we read stands in its text."""
    text = text_of(key)
    assert text != "", "marked 原文, but there is no text of it"
    missing = [number for number in SOURCES[key].articles if not has_article(text, number)]
    assert missing == []


@needs_texts
@pytest.mark.parametrize("key", [key for key in READ if SOURCES[key].effective])
def test_date_of_effect_stands_in_the_text(key):
    """The date from which a source applies is stated by its text or by the list of dates."""
    days = stated_dates(key, text_of(key))
    assert SOURCES[key].effective.isoformat() in days
