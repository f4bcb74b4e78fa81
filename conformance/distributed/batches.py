"""What a cluster's worker does: a batch of one lane's trials, through a session that it keeps for the next batch.

Knows: sessions. Must not know: the engine that carries batches here (`conformance.distributed.cluster`), waivers,
journals. The lane's framework runs in a worker process of the session's, here as anywhere: expected values stay in
this one.
"""

import os
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic

from conformance import __version__
from conformance.adapters.lane import Lane
from conformance.journal import LaneEntry, Record
from conformance.running.examination import Examination
from conformance.running.lane_run import Measurement, examine, measurements
from conformance.running.session import LaneSession
from conformance.suite.case import Trial
from conformance.workers.environment import environment_flags

# After which a session is closed that nobody came back to: its run may be dead.
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of a lane's share of a run."""

    run: str
    """names the run: sessions are not shared with others"""
    lane: Lane
    """its modules and files are found where the worker sees the folder in which the run was started"""
    timeout: float
    threads: int
    trials: tuple[Trial, ...]
    grades: tuple[str, ...] | None = None
    """dtypes to be graded; None for a batch that measures nothing beside its trials"""
    thorough: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What has to be the same wherever batches of a run are done."""

    suite_version: str = __version__
    environment: tuple[tuple[str, str], ...] = ()


def site() -> Site:
    """That of this process."""
    return Site(environment=tuple(sorted(environment_flags().items())))


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a batch."""

    lane: LaneEntry
    records: tuple[tuple[Trial, Record], ...]
    measurements: tuple[Measurement, ...]
    site: Site
    place: str
    """host and process, for the user"""
    notes: tuple[str, ...] = ()
    """what a reader should know of the lane"""


def do(batch: Batch) -> Done:
    """Ask the batch's trials; a lane that does not start has no records."""
    with _SESSIONS.of(batch) as (session, entry):
        ready = entry.status == "ready"
        trials = batch.trials if ready else ()
        records = tuple(examine(session, session.units(trials), lambda: _SESSIONS.is_over(batch.run)))
        grades = batch.grades if ready else None
        measuring = [] if grades is None else measurements(session, grades)
        measured = tuple(entry for each in measuring for entry in each(session))
        notes = session.notes
    return Done(entry, records, measured, site(), f"{socket.gethostname()} (process {os.getpid()})", notes)


def end(run: str) -> None:
    """Close the run's sessions, also those at work: what they would still find out, nobody waits for."""
    _SESSIONS.end(run)


@dataclass(slots=True)
class _StartedSession:
    """A session that has been started."""

    session: LaneSession
    entry: LaneEntry
    used: float = 0.0


class _Sessions:
    """Those of this process: one for each batch at work, and those that wait for a next one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._examinations: dict[str, Examination] = {}
        self._idle: dict[tuple[str, str], list[_StartedSession]] = defaultdict(list)
        self._busy: dict[str, list[LaneSession]] = defaultdict(list)
        self._over: set[str] = set()

    @contextmanager
    def of(self, batch: Batch) -> Iterator[tuple[LaneSession, LaneEntry]]:
        """A started session of the batch's lane, for it alone."""
        with self._lock:
            waiting = self._idle[batch.run, batch.lane.text]
            kept = waiting.pop() if waiting else None
            examination = self._examinations.setdefault(batch.run, Examination())
            session = (
                kept.session
                if kept
                else LaneSession(batch.lane, examination, batch.timeout, batch.threads, thorough=batch.thorough)
            )
            self._busy[batch.run].append(session)
        # Without the lock: a framework takes seconds to start, and `end` may interrupt it meanwhile.
        kept = kept or _StartedSession(session, session.start())
        try:
            yield kept.session, kept.entry
        except BaseException:
            kept.session.close()
            raise
        finally:
            with self._lock:
                self._busy[batch.run].remove(kept.session)
        self._give_back(batch, kept)

    def is_over(self, run: str) -> bool:
        return run in self._over

    def end(self, run: str) -> None:
        with self._lock:
            self._over.add(run)
            self._examinations.pop(run, None)
            idle = [kept for key in list(self._idle) if key[0] == run for kept in self._idle.pop(key)]
            busy = list(self._busy[run])
        # A session at work is for its own thread to close; to interrupt its worker ends what that thread waits for.
        for session in busy:
            session.client.worker.interrupt()
        for kept in idle:
            kept.session.close()

    def _give_back(self, batch: Batch, kept: _StartedSession) -> None:
        kept.used = monotonic()
        with self._lock:
            wanted = kept.entry.status == "ready" and batch.run not in self._over
            if wanted:
                self._idle[batch.run, batch.lane.text].append(kept)
        if not wanted:
            kept.session.close()
            return
        timer = Timer(IDLE_SECONDS, self._close_forgotten)
        # It must not keep a process alive whose work has ended.
        timer.daemon = True
        timer.start()

    def _close_forgotten(self) -> None:
        limit = monotonic() - IDLE_SECONDS
        with self._lock:
            forgotten = [kept for waiting in self._idle.values() for kept in waiting if kept.used <= limit]
            for waiting in self._idle.values():
                waiting[:] = [kept for kept in waiting if kept.used > limit]
        for kept in forgotten:
            kept.session.close()


_SESSIONS = _Sessions()
