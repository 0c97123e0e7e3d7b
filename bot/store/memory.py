"""The store in memory: ships beside the others, for previews and tests that need no disk.

Its methods await nothing, so that each is one transaction of the event loop.
"""

from __future__ import annotations

import copy
import itertools
import math
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import privacy
from bot.errors import LeaseLost
from bot.store.inbox_rows import POSITION_STEP
from bot.store.memory_rows import (
    SENDING_TOLD,
    UPDATE_TOLD,
    BulletinRow,
    PaceRow,
    Recorded,
    Sending,
    Session,
    Tables,
    Timer,
    Update,
    blank,
    pick,
    plain,
    position,
    publish,
    size,
    take,
    waiting,
    wish,
)
from bot.store.outbox_rows import EVERYONE, permits
from bot.store.port import (
    Bulletin,
    CallState,
    Claim,
    Depth,
    Done,
    Happening,
    InboxItem,
    Receipt,
)
from bot.store.rules import is_group, unsuspected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.store.port import (
        Call,
        Clock,
        EventLike,
        Handled,
        Json,
        Outgoing,
        Record,
        Verdict,
    )
    from bot.store.rules import Flood, Pace, Retention


class MemoryStore:
    """``Store`` without a disk: everything is lost with the process."""

    def __init__(self, *, clock: Clock = time.time) -> None:
        self._clock = clock
        self._key = secrets.token_hex(16)
        self._tables = Tables()
        self._ids = itertools.count(1)

    @property
    def clock(self) -> Clock:
        """This host's time."""
        return self._clock

    def subscribe(self, wake: Callable[[], None]) -> None:
        """There is nobody else."""

    def pseudonym(self, lane: str) -> str:
        """The lane's name in events and logs."""
        return privacy.pseudonym(lane, self._key)

    async def receive(
        self,
        update_id: int,
        lane: str,
        body: Json,
        *,
        person: str = "",
        flood: Flood | None = None,
    ) -> Receipt:
        """Keeps an update."""
        tables, now = self._tables, self._clock()
        if update_id in tables.inbox:
            return Receipt.KNOWN
        before = waiting(tables, lane, person)
        row = Update(update_id, lane, update_id * POSITION_STEP, now, copy.deepcopy(body))
        row.person = person
        tables.inbox[update_id] = row
        if flood is None or not person:
            return Receipt.KEPT
        if before < flood.most(lane):
            if not before:
                tables.flood.pop((lane, person), None)
            return Receipt.KEPT
        row.state, row.body, row.done_at = "done", None, now
        if (lane, person) not in tables.flood:
            tables.flood[lane, person] = now
            self._enqueue(lane, () if is_group(lane) else flood.notice(lane))
            self._record(lane, (Happening("flood"),))
        return Receipt.FLOODED

    async def refuse(self, reason: str, body: str) -> None:
        """Sets aside what is no update."""
        self._tables.refused.append((self._clock(), reason, body))

    async def claim(
        self, owner: str, *, limit: int, lease: float, idle: bool = True
    ) -> tuple[Claim, ...]:
        """Leases the oldest items of free lanes."""
        now = self._clock()
        heads: dict[str, Update] = {}
        taken: set[str] = set()
        for row in sorted(self._open_updates(), key=position):
            heads.setdefault(row.lane, row)
            if row.lease_until > now:
                taken.add(row.lane)
        free = [row for row in heads.values() if row.lane not in taken and row.not_before <= now]
        first = sorted(free, key=position)[:limit]
        count = unsuspected((row.attempts for row in first), idle=idle)
        return tuple(self._lease(row, owner, now + lease) for row in first[:count])

    def _open_updates(self) -> Iterable[Update]:
        return (row for row in self._tables.inbox.values() if row.state == "new")

    def _lease(self, row: Update, owner: str, until: float) -> Claim:
        row.owner, row.lease_until, row.attempts = owner, until, row.attempts + 1
        item = InboxItem(
            row.update_id,
            row.lane,
            copy.deepcopy(row.body or {}),
            row.received_at,
            row.attempts,
            copy.deepcopy(row.timer),
        )
        session = self._tables.session.get(row.lane)
        data = {} if session is None else copy.deepcopy(session.data)
        return Claim(item, data, owner, until, row.failures)

    def _mine(self, claim: Claim, *, alone: bool = True) -> Update:
        row = self._tables.inbox.get(claim.item.update_id)
        ours = (claim.owner, claim.item.attempts)
        if row is None or row.state != "new" or (row.owner, row.attempts) != ours:
            raise LeaseLost
        if alone and any(
            other.lane == row.lane and other is not row and other.lease_until > self._clock()
            for other in self._open_updates()
        ):
            raise LeaseLost
        row.owner, row.lease_until = None, 0.0
        return row

    async def complete(self, claim: Claim, handled: Handled) -> None:
        """Commits what came of an item."""
        row = self._mine(claim)
        row.state, row.done_at, row.body, row.timer = "done", self._clock(), None, None
        row.error = None
        self._keep(row, handled)

    async def retry(self, claim: Claim, *, error: str, not_before: float) -> None:
        """Gives an item back for later."""
        row = self._mine(claim, alone=False)
        row.failures += 1
        row.error, row.not_before = error, not_before

    async def bury(self, claim: Claim, *, error: str, handled: Handled) -> None:
        """Makes an item a dead letter and commits the apology."""
        row = self._mine(claim)
        row.state, row.done_at, row.error = "dead", self._clock(), error
        row.failures += 1
        self._keep(row, handled)

    def _keep(self, row: Update, handled: Handled) -> None:
        lane = row.lane
        if handled.forget:
            self._forget_past(lane)
        if handled.session is not None:
            self._save_session(lane, handled.session)
        self._enqueue(lane, handled.calls, row.update_id)
        asked_at = None if row.update_id < 0 else row.received_at
        took = None if asked_at is None else max(0.0, self._clock() - asked_at)
        self._record(lane, handled.events, took)
        for timer in handled.schedule:
            self._tables.scheduled.pop((lane, timer.key), None)
            if timer.payload is not None:
                self._tables.scheduled[lane, timer.key] = Timer(
                    next(self._ids), lane, timer.key, timer.due_at, copy.deepcopy(timer.payload)
                )
        self._tables.deed += [Done(self._clock(), deed) for deed in handled.deeds]
        self._keep_bulletins(lane, handled)

    def _keep_bulletins(self, lane: str, handled: Handled) -> None:
        tables, now = self._tables, self._clock()
        for item in handled.wishes:
            wish(tables, lane, item, now)
        if handled.draft is not None:
            row = BulletinRow(handled.draft.text, now)
            tables.bulletin.setdefault(handled.draft.key, row)
        if handled.publish is not None:
            publish(tables, handled.publish, now, self._ids)

    def _save_session(self, lane: str, data: Json) -> None:
        before = self._tables.session.pop(lane, None)
        if data:
            revision = 1 if before is None else before.revision + 1
            self._tables.session[lane] = Session(copy.deepcopy(data), revision, self._clock())

    def _enqueue(self, lane: str, calls: Iterable[Call], update_id: int | None = None) -> None:
        for call in calls:
            row_id = next(self._ids)
            kept = copy.deepcopy(replace(call, lane=""))
            self._tables.outbox[row_id] = Sending(
                row_id, call.lane or lane, update_id, call.method, kept, self._clock()
            )

    def _record(self, lane: str, events: Iterable[EventLike], took: float | None = None) -> None:
        now, name = self._clock(), self.pseudonym(lane)
        self._tables.event.extend(Recorded(now, name, event, event.text, took) for event in events)

    async def release(self, owner: str) -> int:
        """Ends all leases of a process."""
        updates = [row for row in self._open_updates() if row.owner == owner]
        for update in updates:
            update.owner, update.lease_until = None, 0.0
        calls = [
            row
            for row in self._tables.outbox.values()
            if row.owner == owner and row.done_at is None
        ]
        for call in calls:
            call.lease_until = 0.0
        return len(updates) + len(calls)

    async def fire(self, *, limit: int) -> int:
        """Moves timers that are due to the inbox."""
        now = self._clock()
        timers = [timer for timer in self._tables.scheduled.values() if timer.not_before <= now]
        timers.sort(key=lambda timer: (timer.not_before, timer.id))
        for timer in timers[:limit]:
            del self._tables.scheduled[timer.lane, timer.key]
            ahead = [row.position for row in self._open_updates() if row.lane == timer.lane]
            self._tables.inbox[-timer.id] = Update(
                -timer.id, timer.lane, max(ahead, default=-1) + 1, now, None, timer.payload
            )
        return len(timers[:limit])

    async def claim_calls(
        self, owner: str, *, limit: int, lease: float, pace: Pace
    ) -> tuple[Outgoing, ...]:
        """Leases the heads of outboxes that may go out now."""
        now = self._clock()
        everyone = self._tables.pace.get(EVERYONE, PaceRow())
        if everyone.paused_until > now:
            return ()
        allowed = min(limit, permits(pace, everyone.free_at, now))
        heads: dict[str, Sending] = {}
        for row in self._tables.outbox.values():
            if row.done_at is None:
                heads.setdefault(row.lane, row)
        ready = [
            row
            for row in heads.values()
            if row.not_before <= now
            and row.lease_until <= now
            and (
                not pace.interval(row.lane)
                or self._tables.pace.get(row.lane, PaceRow()).free_at
                <= now + pace.head_start(row.lane)
            )
        ][: max(allowed, 0)]
        for row in ready:
            self._advance(row.lane, pace.interval(row.lane), now)
            self._advance(EVERYONE, 1 / pace.per_second if pace.per_second else 0.0, now)
        return tuple(take(row, owner, now + lease) for row in ready)

    def _advance(self, lane: str, seconds: float, now: float) -> None:
        pace = self._tables.pace.setdefault(lane, PaceRow())
        pace.free_at = max(pace.free_at, now) + seconds

    async def settle(self, outgoing: Outgoing, verdict: Verdict) -> None:
        """Records what became of a call."""
        row = self._tables.outbox.get(outgoing.id)
        ours = (outgoing.owner, outgoing.attempts)
        if row is None or row.done_at is not None or (row.owner, row.attempts) != ours:
            raise LeaseLost
        row.owner, row.lease_until = None, 0.0
        row.state, row.not_before = verdict.state, verdict.not_before
        row.error, row.telegram_message_id = verdict.error or None, verdict.message_id
        row.doubts += verdict.doubt
        row.call = verdict.call or row.call
        if verdict.done:
            row.done_at = self._clock()
            row.call = row.call if verdict.state is CallState.DEAD else None
        if verdict.drop_lane:
            self._drop(row.lane, verdict.error)
        self._enqueue(row.lane, verdict.follow)
        self._record(row.lane, verdict.events)

    def _drop(self, lane: str, error: str) -> None:
        for row in self._tables.outbox.values():
            if row.lane == lane and row.done_at is None:
                row.state, row.call, row.error = CallState.DEAD, None, error
                row.done_at, row.owner = self._clock(), None

    async def pause(self, until: float) -> None:
        """Holds back all calls."""
        pace = self._tables.pace.setdefault(EVERYONE, PaceRow())
        pace.paused_until = max(pace.paused_until, until)

    async def move(self, old: str, new: str, change: Callable[[Call], Call]) -> None:
        """Renames a lane."""
        for row in self._tables.outbox.values():
            if row.lane == old:
                row.lane = new
                if row.call is not None and row.done_at is None:
                    row.call = change(row.call)
        for update in self._tables.inbox.values():
            update.lane = new if update.lane == old else update.lane
        names = {self.pseudonym(old): self.pseudonym(new)}
        for event in self._tables.event:
            event.lane = names.get(event.lane, event.lane)
        if old == new:
            return
        session = self._tables.session.pop(old, None)
        if session is not None:
            self._tables.session.setdefault(new, session)
        for lane, topic in [key for key in self._tables.wish if key[0] == old]:
            self._tables.wish.setdefault((new, topic), self._tables.wish.pop((lane, topic)))
        for lane, key in [key for key in self._tables.scheduled if key[0] == old]:
            timer = self._tables.scheduled.pop((lane, key))
            self._tables.scheduled.setdefault((new, key), replace(timer, lane=new))

    async def purge(self, retention: Retention) -> int:
        """Deletes all that is old."""
        now, tables = self._clock(), self._tables
        before = size(tables)
        limits = {"done": now - retention.done, "dead": now - retention.dead, "new": -math.inf}
        tables.inbox = {
            key: row for key, row in tables.inbox.items() if row.done_at >= limits[row.state]
        }
        tables.outbox = {
            key: row
            for key, row in tables.outbox.items()
            if row.done_at is None
            or row.done_at >= limits["dead" if row.state is CallState.DEAD else "done"]
        }
        tables.event = [event for event in tables.event if event.at >= now - retention.event]
        for event in tables.event:
            event.text = event.text if event.at >= now - retention.event_text else ""
        tables.session = {
            lane: session
            for lane, session in tables.session.items()
            if session.updated_at >= now - retention.session
        }
        tables.wish = {
            key: since for key, since in tables.wish.items() if since >= now - retention.wish
        }
        tables.bulletin = {
            key: row
            for key, row in tables.bulletin.items()
            if row.drafted_at >= now - retention.bulletin
        }
        tables.deed = [row for row in tables.deed if row.at >= now - retention.event]
        tables.announced = {key: at for key, at in tables.announced.items() if at >= limits["dead"]}
        tables.refused = [row for row in tables.refused if row[0] >= limits["dead"]]
        tables.flood = {
            key: since for key, since in tables.flood.items() if since >= limits["done"]
        }
        tables.pace = {
            lane: pace
            for lane, pace in tables.pace.items()
            if max(pace.free_at, pace.paused_until) >= limits["done"]
        }
        return before - size(tables)

    async def about(self, lane: str) -> Json:
        """Everything stored about a lane."""
        session = self._tables.session.get(lane)
        updates = [row for row in self._tables.inbox.values() if row.lane == lane]
        name = self.pseudonym(lane)
        sending = [row for row in self._tables.outbox.values() if row.lane == lane]
        timers = [row for row in self._tables.scheduled.values() if row.lane == lane]
        return {
            "session": [] if session is None else [pick(session, "data revision updated_at")],
            "inbox": [pick(row, UPDATE_TOLD) for row in sorted(updates, key=position)],
            "outbox": [pick(row, SENDING_TOLD) | {"call": plain(row)} for row in sending],
            "deeds": [
                pick(row.deed, "act target version") | {"at": row.at}
                for row in self._tables.deed
                if row.deed.person == lane
            ],
            "wishes": [
                {"topic": topic, "since": since}
                for (of, topic), since in sorted(self._tables.wish.items())
                if of == lane
            ],
            "scheduled": [pick(row, "key not_before payload") for row in timers],
            "events": [
                pick(row.event, "kind article value") | pick(row, "at text took")
                for row in self._tables.event
                if row.lane == name
            ],
        }

    async def forget(self, lane: str) -> None:
        """Deletes everything stored about a lane."""
        self._forget_past(lane)
        for row in [row for row in self._open_updates() if row.lane == lane]:
            blank(row, self._clock())
        tables = self._tables
        tables.outbox = {key: row for key, row in tables.outbox.items() if row.lane != lane}
        tables.pace.pop(lane, None)

    def _forget_past(self, lane: str) -> None:
        tables, name = self._tables, self.pseudonym(lane)
        for row in tables.inbox.values():
            if row.lane == lane and row.state != "new":
                blank(row, row.done_at)
        tables.session.pop(lane, None)
        tables.flood = {key: since for key, since in tables.flood.items() if key[0] != lane}
        tables.scheduled = {key: row for key, row in tables.scheduled.items() if row.lane != lane}
        tables.outbox = {
            key: row
            for key, row in tables.outbox.items()
            if row.lane != lane or row.done_at is None
        }
        tables.event = [event for event in tables.event if event.lane != name]
        tables.wish = {key: since for key, since in tables.wish.items() if key[0] != lane}

    async def events(
        self, since: float, until: float = math.inf, *, worded: bool = False
    ) -> tuple[Record, ...]:
        """What happened in a time."""
        kept = (
            row
            for row in self._tables.event
            if since <= row.at < until and (row.text or not worded)
        )
        return tuple(row.to_record() for row in kept)

    async def subscribers(self, topic: str) -> int:
        """How many want a topic."""
        return sum(of == topic for _, of in self._tables.wish)

    async def bulletin(self, key: str) -> Bulletin | None:
        """A draft and what became of it."""
        row = self._tables.bulletin.get(key)
        return None if row is None else Bulletin(row.text, row.published_at, row.people)

    async def deeds(self, limit: int) -> tuple[Done, ...]:
        """What admins did last."""
        return tuple(self._tables.deed[: -limit - 1 : -1])

    async def announce(self, key: str, calls: tuple[Call, ...]) -> bool:
        """Sends calls unless somebody has told the same before."""
        if key in self._tables.announced:
            return False
        self._tables.announced[key] = self._clock()
        self._enqueue("", calls)
        return True

    async def probe(self) -> None:
        """Memory takes everything."""

    async def depth(self) -> Depth:
        """Counts what waits."""
        updates = list(self._open_updates())
        closed = [row.state for row in self._tables.outbox.values() if row.done_at is not None]
        return Depth(
            inbox=len(updates),
            oldest=min((row.received_at for row in updates), default=None),
            outbox=len(self._tables.outbox) - len(closed),
            dead_letters=sum(row.state == "dead" for row in self._tables.inbox.values()),
            unsent=closed.count(CallState.DEAD),
            uncertain=closed.count(CallState.UNCERTAIN),
            scheduled=len(self._tables.scheduled),
            refused=len(self._tables.refused),
        )
