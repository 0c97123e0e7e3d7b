"""The folder goes live by itself: what passes the check serves, what does not is told."""

import shutil
import subprocess

import pytest
from doubles.content_stage import DOOR, RHYTHM, Stage, answer, serves

from bot.content.history import KEPT, History
from bot.content.news import Kind
from bot.content.serving import Serving
from bot.content.version import Content
from bot.content.workshop import Workshop
from bot.errors import BuildFailed
from bot.knowledge.loader import content_version
from tests.doubles.patience import until

FAULTS = {
    "article": (DOOR, "## 不要做\n", "## 别做\n", "不认识的小标题"),
    "head": (DOOR, "related:", "relatd:", "不认识的栏目"),
    "yaml": ("sources.yaml", "民法典:", "民法典: [", "YAML"),
    "reference": (DOOR, "民法典#1033：", "刑法#1：", "sources.yaml 里没有"),
    "question": ("articles/visit/visit-02.md", "问题visit-02", "催收在我家门口", "里已经有了"),
    "phrase": ("messages.yaml", "welcome:", "wellcome:", "wellcome"),
    "telephone": (DOOR, "打 110", "打 95588", "hotlines.yaml"),
    "claim": (DOOR, "2. 打 110。", "2. 告诉他上门就违法。", "不能这样写"),
}


@pytest.fixture
def stage(tmp_path):
    """A folder that processes follow."""
    return Stage(tmp_path)


async def test_edit_goes_live_and_is_told(stage):
    """Some moments after a file was changed it serves, under the folder's new version."""
    async with stage.following() as live:
        before = live.serving.current
        stage.change("先别开门", "先不开门")
        news = await stage.told_of(Kind.LIVE)
        assert answer(live).startswith("先不开门")
        assert news.serving == live.serving.knowledge.version == content_version(stage.folder)
        assert (news.articles, news.pinned) == (4, False)
        assert before.knowledge.articles["visit-01"].answer.startswith("先别开门")


@pytest.mark.parametrize("name", FAULTS)
async def test_fault_keeps_the_old_version_and_is_told_once(stage, name):
    """Each kind of fault leaves what served serving; file, line and reason are told."""
    path, old, new, words = FAULTS[name]
    async with stage.following(processes=2) as (live, other):
        version = live.serving.knowledge.version
        stage.change(old, new, path)
        news = await stage.told_of(Kind.FAULTS)
        assert any(words in fault.message for fault in news.faults)
        assert any(str(fault.path) == path for fault in news.faults)
        assert not any(fault.path.is_absolute() for fault in news.faults)
        assert news.serving == live.serving.knowledge.version == version
        stage.change(new, old, path)
        await stage.told_of(Kind.MENDED)
        assert other.serving.knowledge.version == version
        assert len(stage.of(Kind.FAULTS)) == 1
        assert stage.of(Kind.LIVE) == []


async def test_encoding_that_is_no_text_is_a_fault(stage):
    """A file in another encoding, and one that is much too big, are told as faults."""
    async with stage.following():
        (stage.folder / DOOR).write_bytes("不是文字".encode("gbk"))
        news = await stage.told_of(Kind.FAULTS)
        assert any("UTF-8" in fault.message for fault in news.faults)


async def test_same_faults_are_told_again_after_a_good_version(stage):
    """Who makes the same mistake another day hears of it again."""
    async with stage.following() as live:
        for number in (1, 2):
            stage.change("## 不要做\n", "## 别做\n")
            await stage.told_of(Kind.FAULTS, number)
            stage.change("## 别做\n", "## 不要做\n")
            stage.change("打开手机录像", f"打开手机录像{number}")
            await serves(live, f"录像{number}")


async def test_save_by_rename_is_seen(stage):
    """Editors write a new file and rename it over the old one."""
    async with stage.following() as live:
        file = stage.folder / DOOR
        fresh = file.with_name("visit-01.md~")
        fresh.write_text(file.read_text("utf-8").replace("先别", "先不"), "utf-8")
        fresh.rename(file)
        await serves(live, "先不开门")


async def test_many_files_at_once_are_one_change(stage):
    """150 files that change together go live together."""
    async with stage.following() as live:
        text = (stage.folder / "articles/visit/visit-02.md").read_text("utf-8")
        for number in range(10, 160):
            name = f"visit-{number}"
            content = text.replace("id: visit-02", f"id: {name}").replace(
                "问题visit-02", f"问{name}"
            )
            (stage.folder / "articles" / "visit" / f"{name}.md").write_text(content, "utf-8")
        await until(lambda: len(live.serving.knowledge.articles) == 154, tries=12_000)
        news = await stage.told_of(Kind.LIVE)
        assert news.articles == 154
        assert len(stage.of(Kind.LIVE)) == 1


async def test_folder_that_vanishes_for_a_moment_changes_nothing(stage):
    """While it is away the old version serves; what comes back is followed as before."""
    async with stage.following() as live:
        away = stage.place / "away"
        stage.folder.rename(away)
        await stage.told_of(Kind.GONE)
        assert answer(live).startswith("先别开门")
        away.rename(stage.folder)
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        assert stage.of(Kind.FAULTS) == []


async def test_link_that_is_switched_is_followed(stage):
    """Where releases are switched by a link, the new one goes live, and edits in it as well."""
    releases = stage.place / "releases"
    releases.mkdir()
    stage.folder.rename(releases / "1")
    shutil.copytree(releases / "1", releases / "2")
    stage.folder.symlink_to(releases / "1")
    second = releases / "2" / DOOR
    second.write_text(second.read_text("utf-8").replace("先别", "先不"), "utf-8")
    async with stage.following() as live:
        fresh = stage.place / "fresh"
        fresh.symlink_to(releases / "2")
        fresh.replace(stage.folder)
        await serves(live, "先不开门")
        second.write_text(second.read_text("utf-8").replace("先不", "请不"), "utf-8")
        await serves(live, "请不开门")


def git(folder, *arguments):
    """Runs git in a folder."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603, our own words


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")
async def test_checkout_that_is_pulled_is_followed(stage):
    """The folder may be a git checkout that something else pulls, forward and back."""
    git(stage.folder, "init", "-q")
    git(stage.folder, "add", ".")
    git(stage.folder, "commit", "-qm", "1")
    async with stage.following() as live:
        git(stage.folder, "checkout", "-qb", "next")
        stage.change("先别开门", "先不开门")
        git(stage.folder, "commit", "-qam", "2")
        await serves(live, "先不开门")
        git(stage.folder, "checkout", "-q", "-")
        await serves(live, "先别开门")
        assert stage.of(Kind.FAULTS) == []


async def test_every_process_follows_and_one_tells(stage):
    """Four processes go to the new version; the news is told once, and the work is done once."""
    stage.workshop = Workshop
    async with stage.following(processes=4) as lives:
        stage.change("先别开门", "先不开门")
        for live in lives:
            await serves(live, "先不开门")
        await stage.told_of(Kind.LIVE)
        assert len(stage.of(Kind.LIVE)) == 1
        assert len(list(stage.bench.glob("built-*"))) == 1


async def test_rollback_stays_until_the_folder_changes(stage):
    """An older version serves again on every process, until somebody edits the folder."""
    async with stage.following(processes=2) as (live, other):
        first = live.serving.knowledge.version
        stage.change("先别开门", "先不开门")
        await stage.told_of(Kind.LIVE)
        await serves(other, "先不开门")
        assert await live.pin(first)
        news = await stage.told_of(Kind.LIVE, 2)
        assert (news.serving, news.pinned) == (first, True)
        await serves(other, "先别开门")
        stage.change("先不开门", "请不开门")
        await serves(live, "请不开门")
        await serves(other, "请不开门")
        await until(lambda: stage.history.pinned is None)


async def test_reload_ends_a_rollback(stage):
    """Asked to read the folder, the bot goes to what stands in it."""
    async with stage.following() as live:
        first = live.serving.knowledge.version
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        await live.pin(first)
        await serves(live, "先别开门")
        built = await live.check()
        assert built.faults == ()
        await serves(live, "先不开门")


async def test_faulty_folder_does_not_end_a_rollback(stage):
    """While the folder that changed cannot serve, what an admin went back to stays."""
    async with stage.following() as live:
        first = live.serving.knowledge.version
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        await live.pin(first)
        await serves(live, "先别开门")
        stage.change("## 不要做\n", "## 别做\n")
        await stage.told_of(Kind.FAULTS)
        assert live.serving.knowledge.version == first


async def test_version_that_is_not_kept_cannot_come_back(stage):
    """Neither a made-up version nor a path makes the bot go anywhere."""
    async with stage.following() as live:
        for version in ("0" * 16, "../../etc", "", "x"):
            assert not await live.pin(version)


async def test_restarted_process_takes_what_the_others_serve(stage):
    """A worker that starts again from old content does not answer from it."""
    first = Content.load(stage.folder, cache=stage.place / "cache")
    async with stage.following() as live:
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        await stage.told_of(Kind.LIVE)
        late = stage.live(Serving(first), RHYTHM)
        await late.resume()
        assert answer(late).startswith("先不开门")
        assert len(stage.of(Kind.LIVE)) == 1


def test_history_keeps_a_few_and_never_drops_what_serves(stage, tmp_path):
    """The number of versions on disk is bounded; the newest come first."""
    history = History(tmp_path / "history")
    versions = []
    for number in range(KEPT + 3):
        stage.change("先" if number == 0 else f"先{number - 1}", f"先{number}")
        versions.append(content_version(stage.folder))
        history.store(stage.folder, versions[-1])
        assert history.note(versions[-1]) == number + 1
        assert history.note(versions[-1]) == number + 1
    kept = [kept.version for kept in history.kept()]
    assert kept == versions[::-1][:KEPT]
    assert history.current == versions[-1]


def test_damaged_files_of_the_history_are_nothing(tmp_path):
    """Half a file, a foreign one, or none: as if nothing had been kept."""
    folder = tmp_path / "history"
    folder.mkdir()
    for content in ("{", "[]", '{"version": 5}', ""):
        for name in ("pin.json", "current.json"):
            (folder / name).write_text(content, "utf-8")
        history = History(folder)
        assert history.pinned is None
        assert history.kept() == ()
    history.unpin()
    assert history.note("a" * 16) >= 1


async def test_what_could_not_be_built_is_tried_again_by_itself(stage, monkeypatch):
    """Want of memory or disk is no fault of the content: it goes live once there is room."""
    build, refusals = Workshop.build, iter([BuildFailed("no memory"), OSError(28, "full")])

    async def short_of_memory(workshop, copy):
        for refusal in refusals:
            raise refusal
        return await build(workshop, copy)

    monkeypatch.setattr(Workshop, "build", short_of_memory)
    async with stage.following() as live:
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        assert stage.of(Kind.FAULTS) == []


async def test_content_goes_live_where_nothing_can_be_kept(stage):
    """A disk that takes no old versions costs the way back, not the new version."""
    first = Content.load(stage.folder, cache=stage.place / "cache")
    (stage.place / "state").touch()
    (stage.place / "cache").rename(stage.place / "elsewhere")
    (stage.place / "cache").touch()
    live = stage.live(Serving(first))
    async with live.following():
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
        stage.change("先不开门", "请不开门")
        await serves(live, "请不开门")
    assert stage.history.kept() == ()


async def test_bench_that_was_cleaned_away_is_made_again(stage):
    """Temporary files may be removed under a bot that runs for weeks."""
    stage.workshop = Workshop
    async with stage.following() as live:
        stage.bench.rmdir()
        stage.change("先别开门", "先不开门")
        await serves(live, "先不开门")
