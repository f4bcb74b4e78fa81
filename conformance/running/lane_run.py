"""The lanes' shares of a run: units to records, then what is measured beside them, by threads with a worker each.

Knows: sessions, and the run in progress. A cluster's worker (`conformance.distributed.batches`) does the same to a part
of a share.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from math import inf
from threading import Lock
from time import perf_counter, sleep
from typing import TypeAlias

from conformance.adapters.lane import Lane, speaks_plainly
from conformance.conventions.lane import quick_facts
from conformance.errors import ConformanceError, traceback_text
from conformance.journal import Convention, ConventionFact, Grade, LaneEntry, Record
from conformance.running.grading import measure_grades, measured_dtypes
from conformance.running.progress import Progress
from conformance.running.session import LaneSession, Unit
from conformance.suite.case import Trial

GLANCE_SECONDS = 0.1

Measurement: TypeAlias = Grade | Convention | ConventionFact
Measuring: TypeAlias = Callable[[LaneSession], Iterator[Measurement]]


class LaneRun:
    """One lane's share of the run: what is left of it, and the workers that do it."""

    def __init__(self, lane: Lane, progress: Progress) -> None:
        """Raises UsageError for a lane whose adapter cannot be loaded."""
        self.lane = lane
        self.sessions = [_session(lane, progress)]
        """of those at work; the first one is not started yet"""
        self.beside = False
        """whether a lane of the run takes calls together"""
        self._progress = progress
        self._stopped = progress.stop.is_set
        self._entry: LaneEntry | None = None
        self._failed = False
        self._left: deque[Unit | Measuring] = deque()
        self._trials_left = 0
        self._trials_done = 0
        self._seconds = 0.0
        """that they took, of all workers"""
        self._start_seconds = 0.0

    @property
    def finished(self) -> bool:
        """Whether the share is done."""
        return self._entry is not None and not (self._failed or self._left or self.sessions)

    @property
    def gain(self) -> float:
        """Seconds by which one more worker would end the share earlier, by what trials took so far.

        A port, or a lane on a device, is never started twice: it may hold what there is one of.
        """
        if not self._trials_done or self.lane.command or self.lane.device:
            return 0.0
        workers = len(self.sessions)
        left = self._trials_left * self._seconds / self._trials_done
        return left / max(workers, 1) - left / (workers + 1) - self._start_seconds

    def add_worker(self) -> LaneSession:
        """One more, to be handed to `run`."""
        self.sessions.append(_session(self.lane, self._progress))
        return self.sessions[-1]

    def run(self, session: LaneSession) -> None:
        """Start the worker, and do units until none is left. Nobody looks at what a thread raises: whatever fails is a
        reason why the run is incomplete.
        """
        try:
            if self._starts(session):
                while self._left and not self._stopped():
                    self._do_next(session)
        except ConformanceError as error:  # the journal cannot be written: no lane has anything left to do
            self._progress.incomplete.append(str(error))
            self._progress.stop.set()
        except BaseException as error:
            self._failed = True
            self._progress.incomplete.append(f"lane {self.lane.text}: the suite itself failed: {traceback_text(error)}")
        finally:
            self._failed |= self._stopped()
            session.close()
            self._progress.notes.extend(note for note in session.notes if note not in self._progress.notes)
            self.sessions.remove(session)

    def _starts(self, session: LaneSession) -> bool:
        """Whether what answers can be asked; the first one is announced, and later ones have to be the same."""
        started = perf_counter()
        entry = session.start()
        if self._entry is not None:
            if entry != self._entry:
                self._start_seconds = inf  # no other one is tried
            return entry == self._entry
        self._start_seconds = perf_counter() - started
        self._progress.announce(entry)
        if entry.status != "ready":
            self._failed = True
            self._progress.incomplete.append(f"lane {self.lane.text} did not start: {entry.message}")
            return False
        assignment, pending = self._progress.assignment, self._progress.pending(self.lane.text)
        self._trials_left = len(pending)
        apart = partial(self._progress.asks_alone, lane=self.lane.text)
        self._left.extend(session.units(pending, apart, beside=self.beside))
        if assignment.measures:
            self._left.extend(measurements(session, measured_dtypes(assignment.trials)))
        self._entry = entry
        return True

    def _do_next(self, session: LaneSession) -> None:
        try:
            unit = self._left.popleft()
        except IndexError:  # another worker has just taken the last one
            return
        if callable(unit):
            for each in unit(session):
                if self._stopped():
                    return
                self._progress.note(each)
            return
        count = sum(map(len, unit))
        self._trials_left -= count
        started = perf_counter()
        for trial, record in examine(session, [unit], self._stopped):
            self._progress.keep(trial, record)
        self._seconds += perf_counter() - started
        self._trials_done += count


class Threads:
    """All shares in threads of this process, each with a worker process: one for each lane, and, where a core would be
    idle, one more for the lane that gains most by it.
    """

    def __init__(self, progress: Progress) -> None:
        """Raises UsageError for a lane whose adapter cannot be loaded."""
        self._stop = progress.stop
        self._shares = [LaneRun(lane, progress) for lane in progress.assignment.lanes]
        beside = any(session.together > 1 for share in self._shares for session in share.sessions)
        for share in self._shares:
            share.beside = beside
        self._cores = available_cores()
        self._choosing = Lock()

    @property
    def finished(self) -> Collection[str]:
        """The lanes whose share is done."""
        return [share.lane.text for share in self._shares if share.finished]

    def work(self) -> bool:
        """Do all shares to their end; True where the user interrupted it."""
        helpers = max(self._cores - len(self._shares), 0)
        # A pool's futures, not Thread.join: a KeyboardInterrupt in the middle of join takes a running thread for ended.
        with ThreadPoolExecutor(len(self._shares) + helpers or 1) as pool:
            running = [pool.submit(self._work, share) for share in self._shares]
            running += [pool.submit(self._help) for _ in range(helpers)]
            interrupted = False
            try:
                while wait(running, GLANCE_SECONDS).not_done and not self._stop.is_set():
                    pass
            except KeyboardInterrupt:
                interrupted = True
                self._stop.set()
            while self._stop.is_set() and wait(running, GLANCE_SECONDS).not_done:
                for share in self._shares:
                    for session in tuple(share.sessions):
                        session.client.worker.interrupt()
        return interrupted

    def _work(self, share: LaneRun) -> None:
        share.run(share.sessions[0])
        self._help()

    def _help(self) -> None:
        """Where a core is idle, be one more worker of a lane, as long as any has something to do."""
        while not self._stop.is_set() and any(share.sessions for share in self._shares):
            with self._choosing:
                idle = self._cores - sum(len(share.sessions) for share in self._shares)
                share = max(self._shares, key=lambda share: share.gain)
                session = share.add_worker() if idle > 0 and share.gain > 0 else None
            if session is None:
                sleep(GLANCE_SECONDS)
            else:
                share.run(session)


def _session(lane: Lane, progress: Progress) -> LaneSession:
    assigned = progress.assignment
    return LaneSession(lane, progress.examination, assigned.timeout, assigned.threads, thorough=assigned.thorough)


def available_cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def examine(session: LaneSession, units: Iterable[Unit], stopped: Callable[[], bool]) -> Iterator[tuple[Trial, Record]]:
    """Each trial with its record, which no waiver has seen yet; ends early when the run has been stopped."""
    for unit in units:
        trials = {trial.id: trial for same in unit for trial in same}
        for record in session.ask_unit(unit):
            if stopped():
                return  # the reply, a probe's or the repetition's may be that of a worker that was just killed
            yield trials[record.trial], record


def measurements(session: LaneSession, dtypes: Sequence[str]) -> list[Measuring]:
    """What a run tells of the lane beside its records: grade and conventions; a lane without values has neither."""
    if not session.values:
        return []
    grades: Measuring = lambda session: measure_grades(session, dtypes)  # noqa: E731
    conventions: Measuring = lambda session: quick_facts(session.client)  # noqa: E731
    return [grades, conventions] if speaks_plainly(session.lane) else [grades]
