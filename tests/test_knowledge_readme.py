"""What the guide for editors says is what the checker does."""

import re
import shutil
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

import bot.knowledge
from bot.knowledge import body, checks
from bot.knowledge.article import read_article
from bot.knowledge.front_matter import OPTIONAL_KEYS, REQUIRED_KEYS
from bot.knowledge.loader import read_knowledge
from bot.knowledge.model import CERTAINTIES, LEVELS, Hotline
from bot.knowledge.pages import Lender

GUIDE = (Path(__file__).parent.parent / "knowledge" / "README.md").read_text("utf-8")
CODE = "\n".join(
    path.read_text("utf-8") for path in sorted(Path(bot.knowledge.__path__[0]).glob("*.py"))
)
EXAMPLE = re.search(r"^```markdown\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)[1]
FAULTS = [
    phrase
    for row in re.findall(r"^\|(.*?)\|", GUIDE.split("### 常见错误")[1], re.MULTILINE)
    for phrase in re.findall(r"`([^`]+)`", row)
]


def test_example_passes_the_checker(shipped, tmp_path):
    """The example, copied to where the guide says, is an article without a fault."""
    folder = tmp_path / "knowledge"
    shutil.copytree(shipped, folder)
    before = read_knowledge(folder)
    path = folder / "articles" / "overdue" / "overdue-99.md"
    path.write_text(EXAMPLE, "utf-8")
    after = read_knowledge(folder)
    assert set(after.faults) == set(before.faults)
    assert after.knowledge.articles.keys() - before.knowledge.articles.keys() == {"overdue-99"}


def test_example_shows_every_section():
    """The example leaves no section out, so that it can be copied and cut down."""
    article, faults = read_article(Path("overdue/overdue-99.md"), EXAMPLE)
    assert faults == []
    assert article.reviewed < article.review_by
    assert article.reviewed == date(2026, 11, 23)
    for part in ("steps", "say", "avoid", "basis", "myths", "more", "not_for"):
        assert getattr(article, part), part


@pytest.mark.parametrize("phrase", FAULTS)
def test_quoted_fault_exists(phrase):
    """Each message in the table of faults is one that the checker can give."""
    parts = [part for part in re.split(r"“[^”]*”|…+|\d+", phrase) if part.strip(" -")]
    assert parts
    for part in parts:
        assert part.strip() in CODE


@pytest.mark.parametrize("name", [*REQUIRED_KEYS, *OPTIONAL_KEYS])
def test_key_is_explained(name):
    """Each key of the front matter has its row."""
    assert re.search(rf"^\|[^|]*`{name}[`:]", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("name", [*body.SECTIONS, *LEVELS, *CERTAINTIES])
def test_name_is_explained(name):
    """Each section, level and degree of certainty is named."""
    assert name in GUIDE


@pytest.mark.parametrize(
    "limit",
    [
        f"最多 {body.MAX_ANSWER} 字",
        f"最多 {body.MAX_STEPS} 步",
        f"最多 {body.MAX_COPY} 字",
        f"最多 {checks.MAX_CARD} 字",
        f"正好 {checks.RELATED} 个",
    ],
)
def test_limit_is_right(limit):
    """A limit that the guide states is the one that the checker applies."""
    assert limit in GUIDE


def test_every_file_is_explained(shipped):
    """Each table and word list of the folder is named."""
    files = [*shipped.glob("*.yaml"), *shipped.glob("lexicon/*"), *shipped.glob("phrasings/*")]
    assert [path.name for path in files if path.name not in GUIDE] == []


def test_example_of_a_word_passes_the_checker(shipped, tmp_path):
    """The word that the guide shows, put into the glossary, is read without a fault."""
    example = re.search(r"^```yaml\n( {6}代偿:.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)[1]
    folder = tmp_path / "knowledge"
    shutil.copytree(shipped, folder)
    path = folder / "glossary.yaml"
    before = path.read_text("utf-8")
    head, word, rest = before.partition("      代偿:\n")
    assert word
    rest = rest[rest.index("      追偿:") :]
    path.write_text(head + example + rest, "utf-8")
    reading = read_knowledge(folder)
    assert reading.faults == ()
    assert reading.knowledge.glossary.named("代偿").asked == ("替我还了",)


@pytest.mark.parametrize(
    "name",
    [field.name for value in (Lender, Hotline) for field in fields(value)],
)
def test_key_of_a_page_is_explained(name):
    """Each key of a lender card and of a public number is named."""
    if name not in {"id", "line", "number"}:
        assert f"`{name}" in GUIDE


def test_quoted_button_exists(shipped_knowledge):
    """Each button that the guide tells admins to press is one that they see."""
    section = GUIDE.split("## 管理员在聊天里能做什么")[1].split("\n## ")[0]
    quoted = re.findall(r"点(?:过)?“([^”]+)”", section)
    labels = shipped_knowledge.messages.values()
    assert len(quoted) >= 5
    for words in quoted:
        first = re.split(r"[…：]", words)[0].strip()
        assert any(label.strip().startswith(first) for label in labels), words
