"""How a run gets its lanes' shares done: by threads here (`conformance.running.lane_run`), or by a cluster
(`conformance.distributed.cluster`).

Knows: the two ends of the bargain, what lanes share and what an execution owes. Must not know: how trials are asked.
"""

from collections.abc import Callable, Collection
from threading import Event
from typing import Protocol, TypeAlias

from conformance.journal import Convention, ConventionFact, Grade, LaneEntry, Record
from conformance.running.assignment import Assignment
from conformance.running.examination import Examination
from conformance.suite.case import Trial


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
