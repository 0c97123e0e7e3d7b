"""A small process of our own over the real store and delivery, with a lease that runs out soon.

``python durability_worker.py ADDRESS OUT``: handles what is in the inbox; OUT receives a line for
each text sent.
"""

import asyncio
import os
import sys
from pathlib import Path

from bot.delivery.faultpoints import VARIABLE, FaultPoints
from bot.delivery.limits import Limits
from bot.delivery.service import build_delivery
from bot.store.opening import open_store
from bot.store.port import Call, Handled
from bot.store.rules import Pace


class FileTransport:
    """Writes down what it is asked to send."""

    def __init__(self, path):
        self._path = path

    async def call(self, call):
        """Appends a line."""
        with self._path.open("a") as out:
            out.write(call.params["text"] + "\n")
        return {"message_id": 1}


def handle(item, session):
    """Counts, so that a change made twice shows."""
    count = session.get("count", 0) + 1
    text = f"{item.lane} {count} {item.body.get('text')}"
    return Handled(session={"count": count}, calls=(Call("sendMessage", {"text": text}),))


async def main():
    """Works until it is killed."""
    limits = Limits(
        pace=Pace(lane_per_second=None, per_second=None), update_lease=1.0, poll=0.02, failures=2
    )
    async with open_store(sys.argv[1]) as store:
        delivery = build_delivery(
            store,
            FileTransport(Path(sys.argv[2])),
            handle,
            limits=limits,
            faults=FaultPoints(os.environ.get(VARIABLE, "")),
        )
        await delivery.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
