"""A start does what is needed once: checks what is new, and builds large tables elsewhere."""

import pytest
from doubles import small_knowledge

from bot.content import Content
from bot.content.apart import build_apart
from bot.content.marks import Marks
from bot.errors import KnowledgeInvalid
from bot.knowledge.loader import content_version, read_knowledge
from bot.search.cache import has_tables, load_model


@pytest.fixture
def folder(tmp_path):
    """A small knowledge folder without a fault."""
    return small_knowledge.build(tmp_path / "knowledge")


def spoil(folder):
    """Writes a number that nobody verified into an article."""
    path = next(folder.glob("articles/*/visit-02.md"))
    path.write_text(path.read_text("utf-8").replace("一句话。", "拨打 12399。", 1), "utf-8")


def test_good_content_is_marked_and_loads_again(folder, tmp_path):
    """The first start notes that the content is faultless; the next finds the note."""
    cache = tmp_path / "cache"
    first = Content.load(folder, cache=cache)
    assert Marks(cache).has(first.knowledge.version)
    assert Content.load(folder, cache=cache).knowledge == first.knowledge


def test_faulty_content_is_refused_each_time(folder, tmp_path):
    """A fault is never noted as good, however often the start is tried."""
    cache = tmp_path / "cache"
    spoil(folder)
    for _ in range(2):
        with pytest.raises(KnowledgeInvalid, match="12399"):
            Content.load(folder, cache=cache)
    assert not Marks(cache).has(content_version(folder))


def test_an_edit_is_checked_although_the_content_before_was_good(folder, tmp_path):
    """The note is about the very bytes: any change is checked anew."""
    cache = tmp_path / "cache"
    Content.load(folder, cache=cache)
    spoil(folder)
    with pytest.raises(KnowledgeInvalid, match="12399"):
        Content.load(folder, cache=cache)


def test_the_note_is_what_saves_the_checks(folder, tmp_path):
    """Content with a note is read without the checks; what cannot be read is a fault even so."""
    cache = tmp_path / "cache"
    spoil(folder)
    Marks(cache).set(content_version(folder))
    assert Content.load(folder, cache=cache).knowledge.articles
    (folder / "categories.yaml").write_text("- [", "utf-8")
    Marks(cache).set(content_version(folder))
    with pytest.raises(KnowledgeInvalid):
        Content.load(folder, cache=cache)


def test_a_cache_that_cannot_be_written_is_no_obstacle(folder, tmp_path):
    """Without a place for notes everything is checked each time."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    assert Content.load(folder, cache=blocked / "cache").knowledge.articles
    assert not Marks(blocked / "cache").has(content_version(folder))


def test_old_notes_go(tmp_path):
    """A folder that saw many edits keeps the newest notes."""
    marks = Marks(tmp_path)
    for number in range(30):
        marks.set(str(number))
    assert len(list(tmp_path.iterdir())) == 20
    assert marks.has("29")


@pytest.fixture
def large(folder):
    """The folder with so many phrasings that building them is work."""
    phrasings = folder / "articles" / "visit" / "visit-02.phrasings.txt"
    phrasings.write_text("".join(f"第{n}号楼几点来人合适\n" for n in range(5_100)), "utf-8")
    return folder


def test_tables_of_a_large_folder_are_built_in_another_process(large, tmp_path):
    """The tables are there before this process needs them, from a process that is gone."""
    cache = tmp_path / "cache"
    knowledge = read_knowledge(large, checked=True).knowledge
    build_apart(knowledge, large, cache)
    assert load_model(knowledge, cache) is not None


def test_without_another_process_the_tables_are_built_here(large, tmp_path, monkeypatch):
    """A machine that starts no process for us still answers."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "nothing"))
    content = Content.load(large, cache=tmp_path / "cache")
    assert content.searcher.decide("第3号楼几点来人合适").hits


def test_no_process_is_started_for_a_cache_that_cannot_be_written(large, tmp_path, monkeypatch):
    """Where the tables cannot be handed over, they are built once, here."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    monkeypatch.setattr("subprocess.run", _started)
    build_apart(read_knowledge(large, checked=True).knowledge, large, blocked / "cache")


def _started(*_arguments, **_options):
    pytest.fail("a process was started")


def test_small_folder_starts_no_process(folder, tmp_path):
    """What is built in a moment is built where it is needed."""
    cache = tmp_path / "cache"
    knowledge = read_knowledge(folder).knowledge
    build_apart(knowledge, folder, cache)
    assert not has_tables(knowledge, cache)
