"""One lane's share of a run, in a thread of its own: record after record, then its grade and conventions.

Knows: one lane, and what its share is. Must not know: the other lanes; what all share is behind `Shared`.
"""

import traceback
from collections.abc import Collection, Iterator
from threading import Event
from typing import Protocol

from conformance.adapters.lane import Lane
from conformance.adapters.protocol import SpeaksNominally
from conformance.judging.arithmetic import SIXTEEN_BIT
from conformance.judging.verdict import Verdict, Waived
from conformance.running.assignment import Assignment
from conformance.running.conventions import measure_conventions
from conformance.running.examination import Examination
from conformance.running.grading import measure_grades
from conformance.running.journal import Convention, ConventionFact, Grade, JournalWriter, LaneEntry, Record
from conformance.running.lane_session import LaneSession
from conformance.suite.case import Trial


class Shared(Protocol):
    """What the lanes of a run share; every method may be called from any of their threads."""

    assignment: Assignment
    examination: Examination
    stop: Event
    incomplete: list[str]
    """why the run could not judge all that it was asked to"""

    @property
    def writer(self) -> JournalWriter: ...

    def pending(self, lane: str) -> Collection[Trial]:
        """The trials that have no record of this lane yet."""

    def excuse(self, trial: Trial, lane: str, verdict: Verdict) -> Waived | None:
        """The waiver of a verdict, if it has one."""

    def announce(self, entry: LaneEntry) -> None:
        """Tell journal and listener what answers behind a lane."""

    def keep(self, kept: Record) -> None:
        """Tell journal and listener a record."""


class LaneRun:
    """One lane's share of the run, in a thread of its own."""

    def __init__(self, lane: Lane, shared: Shared) -> None:
        self.lane = lane
        self.finished = False
        self._shared = shared
        self._session = LaneSession(lane, shared.examination, shared.assignment.timeout, shared.assignment.threads)
        self.worker = self._session.worker

    def run(self) -> None:
        try:
            self._run()
        except Exception:
            self._shared.incomplete.append(f"lane {self.lane.text}: the harness failed: {traceback.format_exc()}")
        finally:
            self._session.close()

    def _run(self) -> None:
        entry = self._session.start()
        self._shared.announce(entry)
        if entry.status != "ready":
            self._shared.incomplete.append(f"lane {self.lane.text} did not start: {entry.message}")
            return
        for trial in self._shared.pending(self.lane.text):
            if not self._ask(trial):
                return
        if self._shared.assignment.measures and not self._measure():
            return
        self.finished = True

    def _measure(self) -> bool:
        """What the run tells of the lane beside its records: grade and conventions; False when it has been stopped.

        A lane without values has neither.
        """
        for entry in self._measurements():
            if self._shared.stop.is_set():
                return False
            self._shared.writer.write(entry)
        return True

    def _measurements(self) -> Iterator[Grade | Convention | ConventionFact]:
        if not self._session.values:
            return
        trials = self._shared.assignment.trials
        used = dict.fromkeys(trial.call.dtype for trial in trials)
        yield from measure_grades(self._session, [dtype for dtype in used if dtype in SIXTEEN_BIT])
        adapter = self._session.adapter
        if isinstance(adapter, SpeaksNominally) and not self.lane.modes:
            timeout = self._shared.assignment.timeout
            yield from measure_conventions(self.lane.text, adapter, self.worker, timeout)

    def _ask(self, trial: Trial) -> bool:
        """One trial to its record; False when the run has been stopped meanwhile."""
        examined = self._session.ask(trial)
        if self._shared.stop.is_set():
            return False  # the reply, a probe's or the repetition's may be that of a worker that was just killed
        waived = self._shared.excuse(trial, self.lane.text, examined.verdict)
        self._shared.keep(examined.record(waived))
        return True
