"""How a run gets its lanes' shares done: by threads of its own here, or by a cluster (`conformance.running.cluster`).

Knows: the two ends of the bargain, what lanes share and what an execution owes. Must not know: how trials are asked.
"""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import Protocol, TypeAlias

from conformance.running.assignment import Assignment
from conformance.running.examination import Examination
from conformance.running.journal import Convention, ConventionFact, Grade, LaneEntry, Record
from conformance.suite.case import Trial

GLANCE_SECONDS = 0.1


class Shared(Protocol):
    """What the lanes of a run share; every method may be called from any of their threads."""

    assignment: Assignment
    examination: Examination
    stop: Event
    incomplete: list[str]
    """why the run could not judge all that it was asked to"""
    notes: list[str]
    """what a reader should know of a lane, and nothing fails by"""

    def pending(self, lane: str) -> Collection[Trial]:
        """The trials that have no record of this lane yet."""

    def announce(self, entry: LaneEntry) -> None:
        """Tell journal and listener what answers behind a lane."""

    def keep(self, trial: Trial, record: Record) -> None:
        """Tell journal and listener a record, with its waiver if it has one."""

    def note(self, entry: Grade | Convention | ConventionFact) -> None:
        """Tell the journal what was measured beside the records."""


class Execution(Protocol):
    """The shares of all lanes, being done."""

    @property
    def finished(self) -> Collection[str]:
        """The lanes whose share is done."""

    def work(self) -> bool:
        """Do all shares to their end; True where `--resume` would go on, for the user interrupted it."""


Executor: TypeAlias = Callable[[Shared], Execution]
"""Raises UsageError for a lane whose adapter cannot be loaded, before anything is done."""


class Share(Protocol):
    """One lane's share, in a thread of its own."""

    @property
    def lane(self) -> str: ...

    @property
    def finished(self) -> bool: ...

    def run(self) -> None: ...

    def interrupt(self) -> None:
        """End it from another thread."""


class Threads:
    """Each share in a thread of this process; each lane has its worker process."""

    def __init__(self, shared: Shared, shares: Collection[Share]) -> None:
        self._shared = shared
        self._shares = shares

    @property
    def finished(self) -> Collection[str]:
        return [share.lane for share in self._shares if share.finished]

    def work(self) -> bool:
        # A pool's futures, not Thread.join: a KeyboardInterrupt in the middle of join takes a running thread for ended.
        with ThreadPoolExecutor(max(len(self._shares), 1)) as pool:
            running = [pool.submit(share.run) for share in self._shares]
            try:
                while wait(running, GLANCE_SECONDS).not_done and not self._shared.stop.is_set():
                    pass
            except KeyboardInterrupt:
                self._stop()
                return True
            if self._shared.stop.is_set():
                self._stop()
        return False

    def _stop(self) -> None:
        """Have every share end at once."""
        self._shared.stop.set()
        for share in self._shares:
            share.interrupt()
