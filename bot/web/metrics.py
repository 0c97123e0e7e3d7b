"""Figures for Prometheus: counted in each process, added up over all of them when asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from prometheus_client import Metric

    from bot.store.port import Depth, EventLike, Receipt

_ACKNOWLEDGE: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_WAIT: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_GAUGES: Final = (
    ("bot_inbox_updates", "Updates that wait to be handled", "inbox"),
    ("bot_outbox_calls", "Calls that wait to be sent", "outbox"),
    ("bot_dead_letters", "Updates that could not be handled, kept for the admins", "dead_letters"),
    ("bot_refused_bodies", "What came in and was no update, kept for the admins", "refused"),
    ("bot_unsent_calls", "Calls that Telegram refused for good", "unsent"),
    ("bot_uncertain_calls", "Calls of which nobody knows whether they arrived", "uncertain"),
    ("bot_scheduled_timers", "Reminders and other work for later", "scheduled"),
)


def share_figures(folder: Path, number: int) -> None:
    """Keeps this process's figures in a file, so that any process can add up those of all.

    Args:
        folder: the same for all.
        number: of the process; its successor goes on counting where it ended.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]


class Metrics:
    """Counts for the delivery (a ``Meter``) and for the webhook, and writes the page.

    Args:
        shared: the folder given to ``share_figures`` when there are several processes.
    """

    def __init__(self, *, shared: Path | None = None) -> None:
        own = CollectorRegistry()
        self._shared = shared
        self._own = own
        self._updates = Counter("bot_updates", "Updates that came in", ["receipt"], registry=own)
        self._handled = Counter(
            "bot_handled_updates", "Updates by what became of them", ["outcome"], registry=own
        )
        self._events = Counter("bot_events", "What happened in turns", ["kind"], registry=own)
        self._calls = Counter(
            "bot_calls", "Calls to the Bot API", ["method", "outcome"], registry=own
        )
        self._waited = Histogram(
            "bot_call_wait_seconds",
            "From the commit of an answer to Telegram's reply",
            registry=own,
            buckets=_WAIT,
        )
        self._acknowledged = Histogram(
            "bot_webhook_seconds",
            "From a request at the webhook to its answer",
            ["status"],
            registry=own,
            buckets=_ACKNOWLEDGE,
        )

    def received(self, receipt: Receipt) -> None:
        """An update came."""
        self._updates.labels(receipt.value).inc()

    def handled(self, outcome: str, events: Iterable[EventLike]) -> None:
        """An update was handled."""
        self._handled.labels(outcome).inc()
        for event in events:
            self._events.labels(event.kind).inc()

    def called(self, method: str, outcome: str, waited: float) -> None:
        """A call went out."""
        self._calls.labels(method, outcome).inc()
        self._waited.observe(max(0.0, waited))

    def acknowledged(self, status: int, seconds: float) -> None:
        """The webhook answered."""
        self._acknowledged.labels(str(status)).observe(seconds)

    def page(self, depth: Depth | None, knowledge: str, now: float) -> bytes:
        """All figures as text.

        Args:
            depth: what waits; None when the storage cannot be read.
            knowledge: version of the content that serves.
            now: by the clock of the storage.
        """
        registry = self._own
        if self._shared is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self._shared))  # type: ignore[no-untyped-call]
        moment = CollectorRegistry()
        moment.register(_Moment(depth, knowledge, now))
        return generate_latest(registry) + generate_latest(moment)


class _Moment:
    """Figures that are looked up when somebody asks."""

    def __init__(self, depth: Depth | None, knowledge: str, now: float) -> None:
        self._depth = depth
        self._now = now
        self._knowledge = knowledge

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        version: Any = GaugeMetricFamily(
            "bot_knowledge_info", "Version of the content that serves", labels=["version"]
        )
        version.add_metric([self._knowledge], 1.0)
        yield version
        readable = float(self._depth is not None)
        yield GaugeMetricFamily("bot_storage_up", "Whether the storage can be read", readable)
        if self._depth is not None:
            for name, words, field in _GAUGES:
                yield GaugeMetricFamily(name, words, float(getattr(self._depth, field)))
            oldest = self._depth.oldest
            age = 0.0 if oldest is None else max(0.0, self._now - oldest)
            yield GaugeMetricFamily(
                "bot_inbox_age_seconds", "How long the oldest update has waited", age
            )
