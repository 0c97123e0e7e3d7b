"""Proposals: an edit is checked on a copy, by the checker of the shell, before anybody decides."""

import asyncio

import pytest
from doubles import small_knowledge

from bot.content.editing import Editing
from bot.content.workshop import Workshop
from bot.errors import BuildFailed, EditRefused
from bot.knowledge.loader import content_version

DOOR = "articles/visit/visit-01.md"
QUESTION = "有人一直敲门怎么办"


@pytest.fixture
def folder(tmp_path):
    """Four articles, to be edited."""
    return small_knowledge.build(tmp_path / "knowledge")


@pytest.fixture
def bench(tmp_path):
    """Where copies and results lie."""
    bench = tmp_path / "bench"
    bench.mkdir()
    return bench


@pytest.fixture
def editing(folder, bench, tmp_path):
    """Of that folder."""
    return Editing(folder, Workshop(bench, tmp_path / "cache"))


def door(folder, old="", new=""):
    """The door's article with one change."""
    return (folder / DOOR).read_text("utf-8").replace(old, new).encode()


def told(faults):
    """Faults as an admin reads them."""
    return [f"{fault.path}:{fault.line}: {fault.message}" for fault in faults]


async def test_good_edit_is_shown_whole_and_not_yet_written(folder, bench, editing):
    """The proposal holds the article as it would be and the version to come; the folder waits."""
    before = content_version(folder)
    proposal = await editing.write_article(door(folder, "先别开门", "先不开门"))
    assert (proposal.faults, proposal.others, proposal.new) == ((), (), False)
    assert proposal.article.answer == "先不开门，打开手机录像。"
    assert content_version(folder) == before
    await editing.put(proposal.edit)
    assert content_version(folder) == proposal.version
    assert list(bench.iterdir()) == []


async def test_fault_is_told_with_its_line(folder, editing):
    """An edit with a fault comes back with file, line and what to do, and no article."""
    proposal = await editing.write_article(door(folder, "## 不要做\n- 不要开门。\n", ""))
    assert told(proposal.faults) == [f"{DOOR}:16: 缺少“## 不要做”的内容"]
    assert proposal.article is None


async def test_what_only_the_shell_finds_counts_for_the_edited_file(folder, editing):
    """A review date that has passed stops its own edit, not that of another article."""
    for name in ("visit-02", "visit-03"):
        path = folder / "articles" / "visit" / f"{name}.md"
        text = path.read_text("utf-8").replace("review_by: 2099-01-01", "review_by: 2026-11-02")
        path.write_text(text, "utf-8")
    proposal = await editing.write_article(door(folder, "先别开门", "先不开门"))
    assert proposal.faults == ()
    due = (folder / "articles" / "visit" / "visit-02.md").read_bytes()
    proposal = await editing.write_article(due)
    assert "复核期限" in told(proposal.faults)[0]


async def test_fault_that_an_edit_makes_elsewhere_counts(folder, editing):
    """A question that another article has already is a fault, wherever the checker sees it."""
    proposal = await editing.append_question("visit-03", "催收在我家门口")
    assert any("里已经有了" in line for line in told(proposal.faults))


async def test_fault_that_is_there_anyway_does_not_stop_an_edit(folder, editing):
    """While another file is broken its fault is told, and the edit may still be put in place."""
    other = folder / "articles" / "visit" / "visit-02.md"
    other.write_text(other.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    proposal = await editing.append_question("visit-01", QUESTION)
    assert all(str(fault.path) != DOOR for fault in proposal.others)
    assert proposal.others
    assert [line for line in told(proposal.faults) if "visit-02.md" in line] == []


async def test_question_reaches_the_article(folder, editing):
    """A question is proposed as one line, and stands in the article afterwards."""
    proposal = await editing.append_question("visit-01", QUESTION)
    assert [line for line in proposal.lines if line[0] in "+-"] == [f"+  - {QUESTION}"]
    assert proposal.article.questions[-1] == QUESTION
    await editing.put(proposal.edit)
    assert QUESTION in (folder / DOOR).read_text("utf-8")


async def test_two_admins_who_propose_at_once_are_told(folder, editing):
    """Both see their edit; the second to confirm is refused with a sentence."""
    first, second = await asyncio.gather(
        editing.append_question("visit-01", QUESTION),
        editing.append_question("visit-01", "门外有人不走"),
    )
    await editing.put(first.edit)
    with pytest.raises(EditRefused, match="被别人改过了"):
        await editing.put(second.edit)


async def test_check_that_cannot_run_is_no_fault_of_the_edit(folder, editing, bench):
    """A full disk or a missing folder is told apart from faults in the text."""
    raw = door(folder)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(EditRefused, match="现在不在"):
        await editing.write_article(raw)
    folder.with_name("elsewhere").rename(folder)
    bench.rmdir()
    bench.touch()
    with pytest.raises(BuildFailed):
        await editing.write_article(raw)
