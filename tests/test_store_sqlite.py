"""What only a database on disk can get wrong: commits, locks, several processes, migrations."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack

import pytest
from sqlite_utils import Database

from bot.errors import LeaseLost, StorageUnavailable
from bot.store.migrations import migrate, statements
from bot.store.port import Call, Handled, Receipt
from bot.store.rules import Pace, Retention
from bot.store.sqlite import open_sqlite
from bot.store.writer import Writer
from tests.doubles.hand_clock import HandClock

FREE = Pace(lane_per_second=None, per_second=None)


@pytest.fixture
def path(tmp_path):
    """Where the database will be, in a folder that is not there yet."""
    return tmp_path / "data" / "bot.db"


@pytest.fixture
async def two(path):
    """Two processes on one file, and their clock."""
    clock = HandClock()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_sqlite(path, clock=clock))
        second = await stack.enter_async_context(open_sqlite(path, clock=clock))
        yield first, second, clock


async def test_updates_that_arrive_together_share_a_commit(path):
    """A hundred receives at once cost a few transactions, and each is on disk when it returns."""
    async with open_sqlite(path) as store:
        before = store.transactions
        new = await asyncio.gather(*(store.receive(n, str(n), {}) for n in range(1, 101)))
        assert all(new)
        assert store.transactions - before <= 3
        with sqlite3.connect(path) as other:
            assert other.execute("SELECT count(*) FROM inbox").fetchone() == (100,)
        other.close()


async def test_receive_returns_only_after_the_commit(path):
    """What another connection reads after receive returned is there each time."""
    async with open_sqlite(path) as store:
        other = sqlite3.connect(path)
        for update_id in range(1, 20):
            await store.receive(update_id, "x", {})
            count = "SELECT count(*) FROM inbox WHERE update_id = ?"
            assert other.execute(count, (update_id,)).fetchone() == (1,)
        other.close()


async def test_commit_waits_for_the_disk(path):
    """The writer syncs at each commit: that commit is what Telegram is told 200 for."""
    async with open_sqlite(path) as store:

        def pragmas(connection):
            return [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous")
            ]

        assert await store._writer.run(pragmas) == ["wal", 2]


async def test_reader_cannot_write(path):
    """The reading connection refuses changes."""
    async with open_sqlite(path) as store:
        with pytest.raises(StorageUnavailable, match="readonly"):
            await store._read(lambda connection: connection.execute("DELETE FROM inbox"))


async def test_one_failing_job_leaves_its_neighbours(path):
    """A job that raises is undone alone; those in the same transaction are committed."""
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {})
        (claim,) = await store.claim("a", limit=1, lease=30)
        await store.complete(claim, Handled())
        results = await asyncio.gather(
            store.receive(2, "x", {}),
            store.complete(claim, Handled(calls=(Call("sendMessage", {"text": "twice"}),))),
            store.complete(claim, Handled(session={"not": {"json"}})),
            store.receive(3, "x", {}),
            return_exceptions=True,
        )
        assert [results[0], results[3]] == [Receipt.KEPT] * 2
        assert isinstance(results[1], LeaseLost)
        assert isinstance(results[2], LeaseLost)
        depth = await store.depth()
        assert (depth.inbox, depth.outbox) == (2, 0)


async def test_half_done_completion_is_undone(path):
    """A session that cannot be written leaves the update unfinished and nothing in the outbox."""
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {"text": "hi"})
        (claim,) = await store.claim("a", limit=1, lease=30)
        bad = Handled(calls=(Call("sendMessage", {"text": {"not", "json"}}),), session={"a": 1})
        with pytest.raises(TypeError):
            await store.complete(claim, bad)
        depth = await store.depth()
        assert (depth.inbox, depth.outbox) == (1, 0)
        await store.complete(claim, Handled())


async def test_same_update_to_two_processes(two):
    """An update that reaches two processes at once is new in exactly one."""
    first, second, _ = two
    for update_id in range(1, 30):
        new = await asyncio.gather(
            first.receive(update_id, "x", {}), second.receive(update_id, "x", {})
        )
        assert sorted(new) == [Receipt.KEPT, Receipt.KNOWN]


async def test_two_processes_never_share_a_lane(two):
    """However claims of two processes interleave, each item is handled once and in order."""
    first, second, _ = two
    for update_id in range(1, 61):
        await first.receive(update_id, f"lane{update_id % 5}", {})
    done = []

    async def work(store, owner):
        while (await store.depth()).inbox:
            for claim in await store.claim(owner, limit=2, lease=30):
                done.append(claim.item)
                await store.complete(claim, Handled())

    await asyncio.gather(work(first, "a"), work(second, "b"))
    assert sorted(item.update_id for item in done) == list(range(1, 61))
    for lane in {item.lane for item in done}:
        order = [item.update_id for item in done if item.lane == lane]
        assert order == sorted(order)


async def test_frozen_process_is_fenced_off(two):
    """A process that wakes after its lease was taken over cannot commit."""
    first, second, clock = two
    await first.receive(1, "x", {})
    (frozen,) = await first.claim("a", limit=1, lease=30)
    clock.forward(60)
    (other,) = await second.claim("b", limit=1, lease=30)
    await second.complete(other, Handled(session={"by": "b"}))
    with pytest.raises(LeaseLost):
        await first.complete(frozen, Handled(session={"by": "a"}))
    assert (await first.about("x"))["session"][0]["data"] == {"by": "b"}


async def test_two_processes_share_one_pace(two):
    """The limit over all chats holds for the processes together."""
    first, second, _ = two
    for update_id in range(1, 11):
        await first.receive(update_id, str(update_id), {})
    for claim in await first.claim("a", limit=10, lease=30):
        await first.complete(claim, Handled(calls=(Call("sendMessage", {}),)))
    pace = Pace(lane_per_second=None, per_second=1, burst=4)
    found = await asyncio.gather(
        first.claim_calls("a", limit=10, lease=60, pace=pace),
        second.claim_calls("b", limit=10, lease=60, pace=pace),
    )
    assert sum(map(len, found)) == 4


async def test_processes_agree_on_pseudonyms(two):
    """The key of the pseudonyms is kept with the data."""
    first, second, _ = two
    assert first.pseudonym("1") == second.pseudonym("1")


async def test_everything_survives_a_restart(path):
    """A new process finds the update, the session and the call of the old one."""
    async with open_sqlite(path) as store:
        for update_id in (1, 2):
            await store.receive(update_id, "x", {"n": update_id})
        (claim,) = await store.claim("a", limit=1, lease=30)
        handled = Handled(session={"s": 1}, calls=(Call("sendMessage", {"text": "a"}),))
        await store.complete(claim, handled)
        name = store.pseudonym("x")
    async with open_sqlite(path) as store:
        (claim,) = await store.claim("b", limit=1, lease=30)
        assert (claim.item.body, claim.session) == ({"n": 2}, {"s": 1})
        (call,) = await store.claim_calls("b", limit=1, lease=60, pace=FREE)
        assert call.call.params == {"text": "a"}
        assert store.pseudonym("x") == name


async def test_locked_database_is_unavailable_and_loses_nothing(path):
    """While another process holds the lock for too long, receive fails; later it works."""
    async with open_sqlite(path, busy_timeout=0.05) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable, match="locked"):
            await store.receive(1, "x", {})
        other.execute("ROLLBACK")
        other.close()
        assert await store.receive(1, "x", {})


async def test_full_disk_is_unavailable_and_loses_nothing(path):
    """What was committed before the disk filled up stays, and all works again with new room."""
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {"text": "safe"})

        def pages(connection, number):
            return connection.execute(f"PRAGMA max_page_count = {number}").fetchone()[0]

        used = await store._writer.run(lambda connection: pages(connection, 1))
        with pytest.raises(StorageUnavailable, match="full"):
            await store.receive(2, "x", {"text": "x" * 1_000_000})
        await store._writer.run(lambda connection: pages(connection, used + 100_000))
        assert await store.receive(2, "x", {"text": "x" * 1_000_000})
        (claim,) = await store.claim("a", limit=1, lease=30)
        assert claim.item.body == {"text": "safe"}


async def test_file_that_is_no_database(path):
    """A wrong file stops the start with a clear error instead of being overwritten."""
    path.parent.mkdir()
    path.write_text("not a database " * 100)
    with pytest.raises(StorageUnavailable, match="cannot open"):
        async with open_sqlite(path):
            pass
    assert path.read_text().startswith("not a database")


async def test_closed_store_refuses(path):
    """After the end nothing is taken any more, rather than lost."""
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {})
    with pytest.raises(StorageUnavailable, match="closed"):
        await store.receive(2, "x", {})


async def test_cancelled_receive_does_not_hurt_others(path):
    """A web request that is given up leaves its neighbours in the transaction alone."""
    async with open_sqlite(path) as store:
        tasks = [asyncio.create_task(store.receive(n, "x", {})) for n in range(1, 6)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [result is Receipt.KEPT for result in results] == [True, True, False, True, True]


async def test_starts_at_the_same_time_migrate_once(path):
    """Processes that start together wait for each other's migration."""
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(open_sqlite(path)) for _ in range(4)))
    database = Database(path)
    steps = [row["name"] for row in database["_sqlite_migrations"].rows]
    database.conn.close()
    assert steps == ["001_start", "002_flood", "003_admins", "004_figures"]


def test_failed_migration_leaves_no_trace(tmp_path, monkeypatch):
    """A step that fails is undone together with its record, so that it runs again."""
    connection = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    connection.execute("CREATE TABLE session (x)")
    with pytest.raises(sqlite3.OperationalError, match="session already exists"):
        migrate(Database(connection))
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "inbox" not in tables
    connection.execute("DROP TABLE session")
    migrate(Database(connection))
    connection.close()


def test_statements_keep_semicolons_in_comments():
    """A script is split where SQLite sees the end of a statement."""
    script = "CREATE TABLE a (x); -- one; two\nCREATE TABLE b (y -- c; d\n);\n"
    assert len(list(statements(script))) == 2


async def test_others_may_read_the_database_file_not(path):
    """The file holds what people wrote: only its owner may read it."""
    async with open_sqlite(path):
        assert path.stat().st_mode & 0o077 == 0


async def test_writer_fails_all_jobs_when_the_commit_fails():
    """No job of a transaction that was not committed reports success."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")
    writer = Writer(connection)
    results = await asyncio.gather(
        writer.run(lambda db: db.execute("INSERT INTO a VALUES (1)").rowcount),
        writer.run(lambda db: db.execute("INSERT INTO b VALUES (99)").rowcount),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [StorageUnavailable] * 2
    count = await writer.run(lambda db: db.execute("SELECT count(*) FROM a").fetchone()[0])
    assert count == 0
    await writer.close()


async def test_purge_empties_the_log(path):
    """Deleted words do not stay in the write-ahead log of a bot that has little to do."""
    async with open_sqlite(path) as store:
        await store.receive(1, "x", {"text": "geheim"})
        (claim,) = await store.claim("a", limit=1, lease=30)
        await store.complete(claim, Handled())
        log = path.with_name(f"{path.name}-wal")
        assert b"geheim" in log.read_bytes()
        assert await store.purge(Retention()) == 0
        assert b"geheim" not in log.read_bytes() + path.read_bytes()
