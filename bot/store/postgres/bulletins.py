"""Messages that nobody asked for: who wants them, what is drafted, what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.store.codec import dump
from bot.store.port import Bulletin

if TYPE_CHECKING:
    from bot.store.port import Draft, Publish, Wish
    from bot.store.postgres.connection import Connection

# Marked in the same transaction in which the timers are set: who asks again changes no row.
_PUBLISH: Final = """
UPDATE bulletin SET published_at = moment(%(now)s),
    people = (SELECT count(*) FROM subscription WHERE topic = %(topic)s)
WHERE key = %(key)s AND published_at IS NULL
RETURNING text
"""

_SPREAD: Final = """
INSERT INTO scheduled (lane, key, not_before, payload)
SELECT lane, %(timer)s,
    moment(%(now)s) + %(gap)s * (row_number() OVER (ORDER BY since, lane) - 1), %(payload)s
FROM subscription WHERE topic = %(topic)s
ON CONFLICT (lane, key) DO NOTHING
"""

_WANT: Final = """
INSERT INTO subscription (lane, topic, since)
VALUES (%(lane)s, %(topic)s, moment(%(now)s))
ON CONFLICT (lane, topic) DO UPDATE SET since = excluded.since
"""

# A timer that fell due while the person's "no" waited before it in the lane.
_STOP: Final = """
UPDATE inbox SET state = 'done', timer = NULL, done_at = moment(%(now)s)
WHERE lane = %(lane)s AND state = 'new' AND owner IS NULL
  AND timer IS NOT NULL AND timer::json ->> 'topic' = %(topic)s
"""


def wish(connection: Connection, now: float | None, lane: str, item: Wish) -> None:
    """Keeps what a lane wants; what it does not want is also taken off its way."""
    values = {"now": now, "lane": lane, "topic": item.topic, "keys": f"{item.topic}:%"}
    if item.wanted:
        connection.execute(_WANT, values)
        return
    connection.execute(
        "DELETE FROM subscription WHERE lane = %(lane)s AND topic = %(topic)s", values
    )
    connection.execute("DELETE FROM scheduled WHERE lane = %(lane)s AND key LIKE %(keys)s", values)
    connection.execute(_STOP, values)


def draft(connection: Connection, now: float | None, item: Draft) -> None:
    """Keeps a draft; the first with a key stays."""
    connection.execute(
        """
        INSERT INTO bulletin (key, text, drafted_at) VALUES (%s, %s, moment(%s))
        ON CONFLICT (key) DO NOTHING
        """,
        (item.key, item.text, now),
    )


def publish(connection: Connection, now: float | None, item: Publish) -> None:
    """Sets a timer for everybody who wants the topic; nothing the second time."""
    values = {"now": now, "key": item.key, "topic": item.topic}
    row = connection.execute(_PUBLISH, values).fetchone()
    if row is None:
        return
    payload = dump({"action": item.action, "text": row["text"], "topic": item.topic})
    spread = {"timer": f"{item.topic}:{item.key}", "gap": item.gap, "payload": payload}
    connection.execute(_SPREAD, {**values, **spread})


def subscribers(connection: Connection, topic: str) -> int:
    """How many lanes want a topic."""
    sql = "SELECT count(*) AS people FROM subscription WHERE topic = %s"
    row = connection.execute(sql, (topic,)).fetchone()
    return row["people"] if row else 0


def find(connection: Connection, key: str) -> Bulletin | None:
    """A bulletin by its key."""
    sql = "SELECT text, published_at, people FROM bulletin WHERE key = %s"
    row = connection.execute(sql, (key,)).fetchone()
    return None if row is None else Bulletin(**row)
