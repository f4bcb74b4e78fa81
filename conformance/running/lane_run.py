"""A lane's share of a run: trials to records, then what is measured beside them; all shares, in threads.

Knows: one lane's session, and the run in progress. A cluster's worker (`conformance.distributed.batches`) does the same
to a part of a share.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from time import perf_counter
from typing import TypeAlias

from conformance.adapters.lane import Lane, speaks_plainly
from conformance.conventions.lane import quick_facts
from conformance.errors import ConformanceError, traceback_text
from conformance.journal import Convention, ConventionFact, Grade, Record
from conformance.running.grading import measure_grades, measured_dtypes
from conformance.running.progress import Progress
from conformance.running.session import LaneSession
from conformance.suite.case import Trial

GLANCE_SECONDS = 0.1

Measurement: TypeAlias = Grade | Convention | ConventionFact


class LaneRun:
    """One lane's share of the run, in a thread of its own."""

    def __init__(self, lane: Lane, progress: Progress) -> None:
        self.lane = lane.text
        self.finished = False
        self._progress = progress
        self._session = LaneSession(
            lane, progress.examination, progress.assignment.timeout, progress.assignment.threads
        )

    def run(self) -> None:
        """Do the share. Nobody looks at what a thread raises: whatever fails is a reason why the run is incomplete."""
        try:
            self._run()
        except ConformanceError as error:  # the journal cannot be written: no lane has anything left to do
            self._progress.incomplete.append(str(error))
            self._progress.stop.set()
        except BaseException as error:
            self._progress.incomplete.append(f"lane {self.lane}: the suite itself failed: {traceback_text(error)}")
        finally:
            self._session.close()
            self._progress.notes.extend(self._session.notes)

    def interrupt(self) -> None:
        """End it from another thread."""
        self._session.client.worker.interrupt()

    def _run(self) -> None:
        trials, stopped = self._progress.assignment.trials, self._progress.stop.is_set
        entry = self._session.start()
        self._progress.announce(entry)
        if entry.status != "ready":
            self._progress.incomplete.append(f"lane {self.lane} did not start: {entry.message}")
            return
        for trial, record in examine(self._session, self._progress.pending(self.lane), stopped):
            self._progress.keep(trial, record)
        if self._progress.assignment.measures and not stopped():
            for each in measure(self._session, measured_dtypes(trials), stopped):
                self._progress.note(each)
        self.finished = not stopped()


class Threads:
    """Each lane's share in a thread of this process; each lane has its worker process."""

    def __init__(self, progress: Progress) -> None:
        """Raises UsageError for a lane whose adapter cannot be loaded."""
        self._stop = progress.stop
        self._shares = [LaneRun(lane, progress) for lane in progress.assignment.lanes]

    @property
    def finished(self) -> Collection[str]:
        """The lanes whose share is done."""
        return [share.lane for share in self._shares if share.finished]

    def work(self) -> bool:
        """Do all shares to their end; True where the user interrupted it."""
        # A pool's futures, not Thread.join: a KeyboardInterrupt in the middle of join takes a running thread for ended.
        with ThreadPoolExecutor(max(len(self._shares), 1)) as pool:
            running = [pool.submit(share.run) for share in self._shares]
            interrupted = False
            try:
                while wait(running, GLANCE_SECONDS).not_done and not self._stop.is_set():
                    pass
            except KeyboardInterrupt:
                interrupted = True
                self._stop.set()
            if self._stop.is_set():
                for share in self._shares:
                    share.interrupt()
        return interrupted


def examine(
    session: LaneSession, trials: Sequence[Trial], stopped: Callable[[], bool]
) -> Iterator[tuple[Trial, Record]]:
    """Each trial with its record, which no waiver has seen yet; ends early when the run has been stopped."""
    started = perf_counter()
    for trial, record in zip(trials, session.ask_all(trials), strict=False):
        if stopped():
            return  # the reply, a probe's or the repetition's may be that of a worker that was just killed
        ended = perf_counter()
        yield trial, replace(record, elapsed=ended - started)
        started = ended


def measure(session: LaneSession, dtypes: Sequence[str], stopped: Callable[[], bool]) -> Iterator[Measurement]:
    """What a run tells of the lane beside its records: grade and conventions; ends early as `examine` does."""
    if not session.values:
        return  # a lane without values has neither
    measurements: list[Iterator[Measurement]] = [measure_grades(session, dtypes)]
    if speaks_plainly(session.lane):
        measurements.append(quick_facts(session.client))
    for each in measurements:
        for entry in each:
            if stopped():
                return
            yield entry
