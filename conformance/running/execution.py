"""How a run gets its lanes' shares done: by threads of its own here, or by a cluster (`conformance.running.cluster`).

Knows: the two ends of the bargain, what lanes share and what an execution owes. Must not know: how trials are asked.
"""

from collections.abc import Callable, Collection
from threading import Event, Thread
from time import sleep
from typing import Protocol, TypeAlias

from conformance.running.assignment import Assignment
from conformance.running.examination import Examination
from conformance.running.journal import Convention, ConventionFact, Grade, LaneEntry, Record
from conformance.suite.case import Trial

GLANCE_SECONDS = 0.02
"""how often it is looked whether a lane's thread still runs"""


class Shared(Protocol):
    """What the lanes of a run share; every method may be called from any of their threads."""

    assignment: Assignment
    examination: Examination
    stop: Event
    incomplete: list[str]
    """why the run could not judge all that it was asked to"""

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
        threads = [Thread(target=share.run, name=share.lane) for share in self._shares]
        for thread in threads:
            thread.start()
        try:
            # Not by `join`: an exception that interrupts it in Python 3.11 marks the thread as stopped, though it runs.
            while any(thread.is_alive() for thread in threads) and not self._shared.stop.is_set():
                sleep(GLANCE_SECONDS)
        except KeyboardInterrupt:
            self._end(threads)
            return True
        self._end(threads)
        return False

    def _end(self, threads: Collection[Thread]) -> None:
        """Stop what still runs, and wait for it."""
        if any(thread.is_alive() for thread in threads):
            self._shared.stop.set()
            for share in self._shares:
                share.interrupt()
        for thread in threads:
            thread.join()
