"""Several processes on one host: started from one that has loaded everything, restarted when dead.

Linux only. The parent has no threads, no event loop and no database, so that a fork of it is whole;
what it has loaded is shared, and a process that dies is replaced within milliseconds. Each process
has its own listening socket on the same port, which the parent keeps open: connections that arrive
while a process is dead wait for its successor.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

if TYPE_CHECKING:
    import socket

_SIGNALS: Final = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})
_STOP_WITHIN: Final = 22.0
"""Seconds; the processes stop by themselves within 20."""
_SOON: Final = 5.0
"""A process that ends by itself within so many seconds is restarted ever more slowly."""
_LONGEST_PAUSE: Final = 30.0
UNUSABLE: Final = 78
"""Exit status (EX_CONFIG of sysexits.h) of a process that would fail again."""

_LOG = structlog.get_logger("web.workers")


@dataclass(frozen=True, slots=True)
class Birth:
    """What a new process is told."""

    number: int
    listener: socket.socket
    owner: str
    """Its name in leases."""
    dead: tuple[str, ...]
    """Owners before it in this place, whose leases it ends."""
    alive: int
    """A pipe that closes when the parent dies."""


Work: TypeAlias = Callable[[Birth], int]
"""What a process does; returns its exit status."""


@dataclass(slots=True)
class _Place:
    number: int
    listener: socket.socket
    pid: int = 0
    owner: str = ""
    dead: list[str] = field(default_factory=list)
    born: float = 0.0
    pause: float = 0.0
    again_at: float = 0.0


class Supervisor:
    """Keeps one process running for each listener."""

    def __init__(self, listeners: list[socket.socket], work: Work) -> None:
        self._places = [_Place(number, listener) for number, listener in enumerate(listeners)]
        self._work = work
        self._alive = os.pipe()
        self._stopping = False
        self._status = 0

    def run(self) -> int:
        """Works until SIGINT or SIGTERM; returns the exit status."""
        before = set(signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS))
        try:
            while not self._stopping:
                self._start_due(before)
                self._wait(self._until_next_start())
            return self._stop()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            for end in self._alive:
                os.close(end)

    def _start_due(self, mask: set[int | signal.Signals]) -> None:
        now = time.monotonic()
        for place in self._places:
            if not place.pid and place.again_at <= now:
                self._start(place, mask)

    def _start(self, place: _Place, mask: set[int | signal.Signals]) -> None:
        place.owner = secrets.token_hex(8)
        place.born = time.monotonic()
        pid = os.fork()
        if not pid:
            self._be_born(place, mask)
        place.pid = pid
        _LOG.info("worker_started", worker=place.number, pid=pid)

    def _be_born(self, place: _Place, mask: set[int | signal.Signals]) -> None:
        """In the new process; never returns."""
        status = 1
        try:
            os.close(self._alive[1])
            for other in self._places:
                if other is not place:
                    other.listener.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            status = self._work(
                Birth(place.number, place.listener, place.owner, tuple(place.dead), self._alive[0])
            )
        except BaseException:  # noqa: BLE001 - the boundary of the process
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(status)  # not the parent's clean-up

    def _until_next_start(self) -> float:
        starts = [place.again_at for place in self._places if not place.pid]
        return max(0.0, min(starts) - time.monotonic()) if starts else 3600.0

    def _wait(self, seconds: float) -> None:
        news = signal.sigtimedwait(_SIGNALS, seconds)
        if news is not None and news.si_signo != signal.SIGCHLD:
            self._stopping = True
        self._bury()

    def _bury(self) -> None:
        """Notes which processes have ended; one signal may stand for several."""
        for place in self._places:
            if not place.pid:
                continue
            pid, status = os.waitpid(place.pid, os.WNOHANG)
            if pid:
                self._note_death(place, os.waitstatus_to_exitcode(status))

    def _note_death(self, place: _Place, code: int) -> None:
        lived = time.monotonic() - place.born
        place.pid = 0
        place.dead = [*place.dead[-9:], place.owner]
        if self._stopping:
            self._status = self._status or max(code, 0)
            return
        _LOG.error("worker_died", worker=place.number, code=code, lived=round(lived, 1))
        if code == UNUSABLE:
            self._stopping, self._status = True, code
        if code < 0 or lived > _SOON:  # killed, not broken: the next may well live
            place.pause = 0.0
        else:
            place.pause = min(_LONGEST_PAUSE, place.pause * 2 or 0.5)
        place.again_at = time.monotonic() + place.pause

    def _stop(self) -> int:
        self._tell(signal.SIGTERM)
        give_up = time.monotonic() + _STOP_WITHIN
        while any(place.pid for place in self._places):
            left = give_up - time.monotonic()
            if left <= 0:
                _LOG.error("workers_killed", workers=sum(bool(p.pid) for p in self._places))
                self._tell(signal.SIGKILL)
                left = 5.0
            self._wait(left)
        return self._status

    def _tell(self, number: signal.Signals) -> None:
        for place in self._places:
            if place.pid:
                os.kill(place.pid, number)
