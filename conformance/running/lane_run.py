"""A lane's share of a run: trials to records, then its grade and conventions; and the shares of all lanes in threads.

Knows: one lane's session, and what all lanes share (`Shared`). A cluster's worker (`conformance.distributed.batches`)
does the same to a part of a share.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from time import perf_counter
from typing import TypeAlias

from conformance.adapters.lane import Lane, speaks_plainly
from conformance.conventions.lane import quick_facts
from conformance.errors import ConformanceError, traceback_text
from conformance.journal import Convention, ConventionFact, Grade, Record
from conformance.judging.masking import EXPONENTS
from conformance.running.execution import Shared
from conformance.running.grading import measure_grades
from conformance.running.session import LaneSession
from conformance.suite.case import Trial

GLANCE_SECONDS = 0.1

Measurement: TypeAlias = Grade | Convention | ConventionFact


class LaneRun:
    """One lane's share of the run, in a thread of its own."""

    def __init__(self, lane: Lane, shared: Shared) -> None:
        self.lane = lane.text
        self.finished = False
        self._shared = shared
        self._session = LaneSession(lane, shared.examination, shared.assignment.timeout, shared.assignment.threads)

    def run(self) -> None:
        try:
            self._run()
        except ConformanceError as error:  # the journal cannot be written: no lane has anything left to do
            self._shared.incomplete.append(str(error))
            self._shared.stop.set()
        except BaseException as error:  # nobody looks at what a thread raises
            self._shared.incomplete.append(f"lane {self.lane}: the suite itself failed: {traceback_text(error)}")
        finally:
            self._session.close()
            self._shared.notes.extend(self._session.notes)

    def interrupt(self) -> None:
        """End it from another thread."""
        self._session.client.worker.interrupt()

    def _run(self) -> None:
        assignment, stopped = self._shared.assignment, self._shared.stop.is_set
        entry = self._session.start()
        self._shared.announce(entry)
        if entry.status != "ready":
            self._shared.incomplete.append(f"lane {self.lane} did not start: {entry.message}")
            return
        for trial, record in examine(self._session, list(self._shared.pending(self.lane)), stopped):
            self._shared.keep(trial, record)
        if assignment.measures and not stopped():
            for each in measure(self._session, measured_dtypes(assignment.trials), stopped):
                self._shared.note(each)
        self.finished = not stopped()


class Threads:
    """Each share in a thread of this process; each lane has its worker process."""

    def __init__(self, shared: Shared, shares: Collection[LaneRun]) -> None:
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


def local(shared: Shared) -> Threads:
    """All lanes here, beside one another. Raises UsageError for a lane whose adapter cannot be loaded."""
    return Threads(shared, [LaneRun(lane, shared) for lane in shared.assignment.lanes])


def examine(
    session: LaneSession, trials: Sequence[Trial], stopped: Callable[[], bool]
) -> Iterator[tuple[Trial, Record]]:
    """Each trial with its record, which no waiver has seen yet; ends early when the run has been stopped."""
    started = perf_counter()
    for examined in session.ask_all(trials):
        if stopped():
            return  # the reply, a probe's or the repetition's may be that of a worker that was just killed
        ended = perf_counter()
        yield examined.trial, replace(examined.record(None), elapsed=ended - started)
        started = ended


def measured_dtypes(trials: Iterable[Trial]) -> tuple[str, ...]:
    """The dtypes that a run of these trials grades."""
    return tuple(dtype for dtype in dict.fromkeys(trial.call.dtype for trial in trials) if dtype in EXPONENTS)


def measure(session: LaneSession, dtypes: Sequence[str], stopped: Callable[[], bool]) -> Iterator[Measurement]:
    """What a run tells of the lane beside its records: grade and conventions; ends early as `examine` does."""
    for entry in _measurements(session, dtypes):
        if stopped():
            return
        yield entry


def _measurements(session: LaneSession, dtypes: Sequence[str]) -> Iterator[Measurement]:
    if not session.values:
        return  # a lane without values has neither
    yield from measure_grades(session, dtypes)
    if speaks_plainly(session.lane):
        yield from quick_facts(session.client)
