"""A clock for the stand-in that moves only when the test says so, and wakes who sleeps on it."""

import asyncio


class ManualClock:
    """Seconds since 1970; ``sleep`` returns when ``forward`` has passed its time."""

    def __init__(self, now=1_800_000_000.0):
        self._now = now
        self._sleepers = []

    def now(self):
        """The time."""
        return self._now

    async def sleep(self, seconds):
        """Waits for the hands to move so far."""
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, woken))
        await woken

    @property
    def alarms(self):
        """How many seconds those who sleep have left, shortest first."""
        return sorted(round(at - self._now, 3) for at, woken in self._sleepers if not woken.done())

    async def forward(self, seconds):
        """Moves the hands and lets those who wake do their work."""
        self._now += seconds
        due = [woken for at, woken in self._sleepers if at <= self._now]
        self._sleepers = [(at, woken) for at, woken in self._sleepers if at > self._now]
        for woken in due:
            if not woken.done():
                woken.set_result(None)
        await settle()


async def settle():
    """Gives way until tasks that need no time of their own have come to rest."""
    for _ in range(60):
        await asyncio.sleep(0)
