"""What is suggested to editors: collisions and lost phrasings, found by hiding each phrasing."""

import asyncio

from click.testing import CliRunner
from doubles import phrased_knowledge, small_knowledge

from bot.cli import main
from bot.figures.suggest import Asked, ask_hidden, find_collisions, find_lost
from bot.store.port import Handled, Happening
from bot.store.sqlite import open_sqlite


def asked(article, *shown, text="x"):
    """A hidden phrasing."""
    return Asked(article, text, shown)


def test_collision_counts_both_ways():
    """What a loses to b and b to a is one pair; a choice or nothing is none."""
    first, second = find_collisions(
        [
            asked("a", "b", text="一"),
            asked("b", "a", text="二"),
            asked("a", "c", text="三"),
            asked("c", "c"),
            asked("c", "a", "b"),
            asked("c"),
        ]
    )
    assert (first.articles, first.count) == (("a", "b"), 2)
    assert first.samples == ("一（a → b）", "二（b → a）")
    assert second.articles == ("a", "c")


def test_lost_is_what_would_not_be_shown():
    """Among the offered is not lost; the article that loses most comes first."""
    lost = find_lost(
        [
            asked("a", "b", "c", "a"),
            asked("a", "b", "c"),
            asked("b", text="二"),
            asked("b", "a", text="一"),
        ]
    )
    assert [(name, [item.text for item in items]) for name, items in lost] == [
        ("b", ["二", "一"]),
        ("a", ["x"]),
    ]


def test_every_phrasing_is_hidden_once():
    """Each phrasing and title is asked once, of tables that do not know it; parts are told."""
    knowledge = phrased_knowledge.build()
    told = []
    calibration = phrased_knowledge.CALIBRATION
    found = ask_hidden(knowledge, calibration=calibration, progress=told.append)
    wanted = [text for item in knowledge.articles.values() for text in (item.title, *item.examples)]
    assert sorted(item.text for item in found) == sorted(wanted)
    assert told == [1, 2, 3, 4]
    right = sum(not item.lost for item in found)
    assert 0 < right < len(wanted)


def test_stranger_phrasing_is_taken():
    """A phrasing that reads like another article's is answered by that one once it is hidden."""
    text = "离婚了夫妻共同债务我要还吗"
    knowledge = phrased_knowledge.with_phrasing(phrased_knowledge.build(), "overdue-01", text)
    found = ask_hidden(knowledge, calibration=phrased_knowledge.CALIBRATION)
    (stranger,) = [item for item in found if item.text == text]
    assert (stranger.taken_by, stranger.lost) == ("family-04", True)
    assert any(set(pair.articles) == {"overdue-01", "family-04"} for pair in find_collisions(found))


async def test_command_lists_all_three(tmp_path, monkeypatch):
    """Collisions, lost phrasings, and the unanswered of the database where there is one."""
    folder = small_knowledge.build(tmp_path / "knowledge")
    path = tmp_path / "bot.db"
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    before = await asyncio.to_thread(CliRunner().invoke, main, ["suggest"])
    assert before.exit_code == 0, before.output
    assert "互相抢问法的文章" in before.output
    assert "拿掉自己就找不到本篇的问法" in before.output
    assert "没答好的" not in before.output
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {})
        (claim,) = await store.claim("o", limit=1, lease=9)
        asked_for = Happening("none", text="公积金会被划走吗")
        await store.complete(claim, Handled(events=(asked_for,)))
    after = await asyncio.to_thread(CliRunner().invoke, main, ["suggest"])
    assert "1 人  公积金会被划走吗" in after.output
