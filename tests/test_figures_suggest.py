"""What is suggested to editors: collisions and lost phrasings, found by hiding each phrasing."""

import asyncio

from click.testing import CliRunner
from doubles import phrased_knowledge, small_knowledge

from bot.cli import main
from bot.figures.suggest import Asked, ask_hidden, find_collisions, find_lost
from bot.store.port import Handled, Happening
from bot.store.sqlite import open_sqlite


def asked(article, *found, text="x"):
    """A hidden phrasing."""
    return Asked(article, text, found)


def test_collision_counts_both_ways():
    """What a loses to b and b to a is one pair; the right article is none."""
    first, second = find_collisions(
        [
            asked("a", "b", "a", text="一"),
            asked("b", "a", text="二"),
            asked("a", "c", text="三"),
            asked("c", "c"),
            asked("c"),
        ]
    )
    assert (first.articles, first.count) == (("a", "b"), 2)
    assert first.samples == ("一（a → b）", "二（b → a）")
    assert second.articles == ("a", "c")


def test_lost_is_what_would_not_be_offered():
    """Third place is still offered; fourth is lost; the article that loses most comes first."""
    lost = find_lost(
        [
            asked("a", "b", "c", "a"),
            asked("a", "b", "c", "d", "a"),
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
    found = list(ask_hidden(knowledge, progress=told.append))
    wanted = sum(len(article.examples) + 1 for article in knowledge.articles.values())
    assert (len(found), told) == (wanted, [1, 2, 3, 4])
    assert {item.article for item in found} == set(knowledge.articles)
    right = sum(not item.taken_by and not item.lost for item in found)
    assert right > wanted / 3


def test_stranger_phrasing_is_lost():
    """A phrasing that shares nothing with its article leads nowhere once it is hidden."""
    knowledge = phrased_knowledge.with_phrasing(
        phrased_knowledge.build(), "overdue-01", "老婆借的钱离婚了夫妻债务还要还吗"
    )
    found = list(ask_hidden(knowledge))
    (stranger,) = [item for item in found if "老婆借的钱离婚" in item.text]
    assert stranger.taken_by == "family-04"
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
