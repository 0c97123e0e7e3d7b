"""What only PostgreSQL must do: several hosts, one clock, batches, lost connections."""

import asyncio
from contextlib import AsyncExitStack

import psycopg
import pytest
import time_machine

from bot.errors import LeaseLost, StorageUnavailable
from bot.store.port import Call, CallState, Handled, Happening, Verdict
from bot.store.postgres import inbox
from bot.store.postgres.connection import connect
from bot.store.postgres.inspection import inspect
from bot.store.postgres.store import open_postgres
from bot.store.rules import Flood, Pace
from tests.doubles.patience import until

FREE = Pace(lane_per_second=None, per_second=None)


@pytest.fixture
async def stores(postgres_url):
    """Three processes on one database."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_postgres(postgres_url)) for _ in range(3)]


@pytest.fixture
async def store(postgres_url):
    """One process."""
    async with open_postgres(postgres_url) as store:
        yield store


def cut_connections(url):
    """Ends every connection to the database but its own; says how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]


async def test_processes_share_the_work_in_order(stores):
    """Three that claim at the same time answer every update once, each chat in order."""
    lanes = [str(number) for number in range(7)]
    for update_id in range(1, 71):
        await stores[update_id % 3].receive(update_id, lanes[update_id % 7], {})
    seen = {lane: [] for lane in lanes}

    async def work(store, owner):
        while claims := await store.claim(owner, limit=3, lease=30):
            for claim in claims:
                seen[claim.item.lane].append(claim.item.update_id)
                count = claim.session.get("count", 0) + 1
                await store.complete(claim, Handled(session={"count": count}))

    async def persist(store, owner):
        while (await store.depth()).inbox:
            await work(store, owner)

    await asyncio.gather(*(persist(store, str(n)) for n, store in enumerate(stores)))
    assert all(ids == sorted(ids) and len(ids) == 10 for ids in seen.values())
    for lane in lanes:
        ((row),) = (await stores[0].about(lane))["session"]
        assert (row["data"], row["revision"]) == ({"count": 10}, 10)


async def test_late_update_finds_the_lane_locked(store, postgres_url):
    """N arrives while the claim of N+1 is not committed yet: nobody may begin with N."""
    await store.receive(11, "x", {})
    with connect(postgres_url) as other, other.transaction():
        ((one,),) = inbox.claim(other, None, [inbox.Worker("a", 5, 30.0, idle=True)])
        assert one.item.update_id == 11
        await store.receive(10, "x", {})
        await store.receive(12, "y", {})
        assert [claim.item.lane for claim in await store.claim("b", limit=5, lease=30)] == ["y"]
    assert await store.claim("b", limit=5, lease=30) == ()


async def test_what_comes_together_is_one_transaction(store):
    """Fifty updates and twenty answers at once take two transactions, not seventy."""
    before = store.transactions
    receipts = await asyncio.gather(*(store.receive(n, str(n), {}) for n in range(1, 51)))
    assert all(receipts)
    assert store.transactions == before + 1
    claims = await store.claim("a", limit=20, lease=30)
    before = store.transactions
    await asyncio.gather(*(store.complete(claim, Handled(session={"n": 1})) for claim in claims))
    assert store.transactions == before + 1


async def test_claim_stands_behind_what_comes_with_it(store):
    """A claim asked for in the same moment as an update is received finds it."""
    claimed, receipt = await asyncio.gather(
        store.claim("a", limit=5, lease=30), store.receive(1, "x", {})
    )
    assert receipt
    assert [one.item.update_id for one in claimed] == [1]


async def test_twins_in_one_batch(stores):
    """Copies of an update, to one process and to another, are one."""
    copies = [store.receive(1, "x", {}) for store in stores for _ in range(10)]
    assert sorted(map(bool, await asyncio.gather(*copies))) == [False] * 29 + [True]


async def test_one_that_spoils_the_batch_is_alone_with_it(store):
    """What the database does not take fails alone; what came with it is kept."""
    results = await asyncio.gather(
        *(store.receive(n, "x", {}) for n in (1, 2**70, 3)), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert (await store.depth()).inbox == 2


async def test_lost_lease_undoes_nothing_of_its_neighbours(store):
    """In one batch, who lost the lease is told so, and the others are committed."""
    for update_id in (1, 2):
        await store.receive(update_id, str(update_id), {})
    first, second = await store.claim("a", limit=5, lease=30)
    await store.complete(first, Handled())
    lost, kept = await asyncio.gather(
        store.complete(first, Handled(calls=(Call("sendMessage", {"text": "twice"}),))),
        store.complete(second, Handled(calls=(Call("sendMessage", {"text": "once"}),))),
        return_exceptions=True,
    )
    assert isinstance(lost, LeaseLost)
    assert kept is None
    (one,) = await store.claim_calls("a", limit=5, lease=60, pace=FREE)
    assert one.call.params == {"text": "once"}


async def test_flood_is_counted_within_a_batch(store):
    """Of many messages of one person at once, those over the limit are not kept, with one notice."""
    notice = Call("sendMessage", {"text": "slowly"})
    flood = Flood(waiting=2, notice=lambda _: (notice,))
    receipts = await asyncio.gather(
        *(store.receive(n, "5", {}, person="5", flood=flood) for n in range(1, 7)),
        store.receive(7, "6", {}, person="6", flood=flood),
    )
    assert [receipt.value for receipt in receipts] == ["kept"] * 2 + ["flooded"] * 4 + ["kept"]
    (one,) = await store.claim_calls("a", limit=5, lease=60, pace=FREE)
    assert one.call == notice
    assert [row["kind"] for row in (await store.about("5"))["events"]] == ["flood"]
    for claim in await store.claim("a", limit=5, lease=30):
        await store.complete(claim, Handled())
    (second,) = await store.claim("a", limit=5, lease=30)
    await store.complete(second, Handled())
    assert await store.receive(8, "5", {}, person="5", flood=flood)
    assert (await store.about("5"))["outbox"][0]["state"] == "new"


async def test_text_that_postgres_cannot_hold(store):
    """A NUL in what somebody wrote is stored as a replacement character, not refused."""
    await store.refuse("not JSON", "a\0b")
    await store.receive(1, "x", {"text": "a\0b"})
    (one,) = await store.claim("a", limit=1, lease=30)
    assert one.item.body == {"text": "a\0b"}
    await store.complete(one, Handled(events=(Happening("none", text="c\0d"),)))
    assert (await store.events(0))[0].text == "c\ufffdd"


async def test_connection_that_breaks_is_replaced(store, postgres_url):
    """What was under way is reported as not kept; the next attempt works."""
    await store.receive(1, "x", {})
    assert (await store.depth()).inbox == 1
    assert cut_connections(postgres_url) == 3
    with pytest.raises(StorageUnavailable):
        await store.receive(2, "x", {})
    assert await store.receive(2, "x", {})
    with pytest.raises(StorageUnavailable):
        await store.depth()
    assert (await store.depth()).inbox == 2


async def test_hints_come_back_after_a_break(stores, postgres_url):
    """The end of leases wakes the others, also after the connection for it was cut."""
    woken = asyncio.Event()
    stores[1].subscribe(woken.set)
    await stores[0].release("nobody")
    await asyncio.wait_for(woken.wait(), 10)
    woken.clear()
    cut_connections(postgres_url)
    await asyncio.wait_for(woken.wait(), 10)


async def test_hosts_disagree_about_the_time(postgres_url):
    """A host whose clock is an hour fast neither takes over leases nor leaves its own for an hour."""
    async with AsyncExitStack() as stack:
        right = await stack.enter_async_context(open_postgres(postgres_url))
        await right.receive(1, "x", {})
        (one,) = await right.claim("a", limit=1, lease=30)
        with time_machine.travel(one.lease_until + 3600, tick=True):
            fast = await stack.enter_async_context(open_postgres(postgres_url))
            assert await fast.claim("b", limit=1, lease=30) == ()
            assert abs(fast.clock() - right.clock()) < 5
            await fast.receive(2, "y", {})
            (other,) = await fast.claim("b", limit=1, lease=30)
            assert abs(other.lease_until - one.lease_until) < 25


async def test_first_to_come_ends_dead_leases(postgres_url):
    """Who finds nobody present ends all leases; who finds somebody ends none."""
    async with open_postgres(postgres_url) as store:
        for update_id, lane in ((1, "x"), (2, "y")):
            await store.receive(update_id, lane, {})
        one, _ = await store.claim("a", limit=2, lease=3000)
        await store.complete(one, Handled(calls=(Call("sendMessage", {"text": "a"}),)))
        await store.claim_calls("a", limit=1, lease=6000, pace=FREE)
        async with open_postgres(postgres_url) as neighbour:
            assert await neighbour.claim("b", limit=5, lease=30) == ()
    async with open_postgres(postgres_url) as successor:
        (two,) = await successor.claim("b", limit=5, lease=30)
        assert two.item.update_id == 2
        (call,) = await successor.claim_calls("b", limit=1, lease=60, pace=FREE)
        assert (call.reclaimed, call.doubts) == (True, 1)
        await successor.settle(call, Verdict(CallState.UNCERTAIN))


async def test_processes_that_start_together_migrate_once(postgres_url):
    """Four at once on an empty database wait for each other."""
    async with AsyncExitStack() as stack:
        stores = await asyncio.gather(
            *(stack.enter_async_context(open_postgres(postgres_url)) for _ in range(4))
        )
        assert len({store.pseudonym("1") for store in stores}) == 1
    async with open_postgres(postgres_url) as again:
        assert again.pseudonym("1") == stores[0].pseudonym("1")


async def test_missing_server_is_said_without_the_password():
    """The reason names host and port; the password stays out of it."""
    with pytest.raises(StorageUnavailable) as error:
        async with open_postgres("postgresql://bot:geheim@127.0.0.1:1/bot"):
            pass
    assert "127.0.0.1" in str(error.value)
    assert "geheim" not in str(error.value)


async def test_doctor_looks_at_the_server(postgres_url):
    """A good server is named with its version; one that may lose what it confirmed is refused."""
    assert "PostgreSQL" in inspect(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
    guest = postgres_url.replace("postgres:@", "guest:@")
    with pytest.raises(StorageUnavailable, match="create tables"):
        inspect(guest)


async def test_closed_store_takes_nothing(postgres_url):
    """After the end nothing is accepted that would be lost."""
    async with open_postgres(postgres_url) as store:
        pass
    with pytest.raises(StorageUnavailable):
        await store.receive(1, "x", {})


async def test_pause_and_pace_hold_over_processes(stores):
    """All processes together keep to the limit, and to a pause that one of them was told of."""
    for update_id in range(1, 9):
        await stores[0].receive(update_id, str(update_id), {})
    for claim in await stores[0].claim("a", limit=8, lease=30):
        await stores[0].complete(claim, Handled(calls=(Call("sendMessage", {"text": "a"}),)))
    pace = Pace(lane_per_second=None, per_second=0.001, burst=3)
    taken = await asyncio.gather(
        *(store.claim_calls(str(n), limit=2, lease=60, pace=pace) for n, store in enumerate(stores))
    )
    assert sum(map(len, taken)) == 3
    await stores[1].pause(stores[1].clock() + 60)
    assert await stores[2].claim_calls("c", limit=9, lease=60, pace=FREE) == ()


async def test_fast_start_waits_for_no_poll(stores):
    """Leases that a stopping process gives back are taken by another that was told."""
    await stores[0].receive(1, "x", {})
    await stores[0].claim("a", limit=1, lease=3000)
    taken = []

    async def take():
        taken.extend(await stores[1].claim("b", limit=1, lease=30))

    tasks = []
    stores[1].subscribe(lambda: tasks.append(asyncio.create_task(take())))
    await stores[0].release("a")
    await until(lambda: taken)
    assert taken[0].item.attempts == 2
