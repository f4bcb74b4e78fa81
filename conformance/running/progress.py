"""A run in progress: what its lanes share, and who does their shares.

Knows: trials, waivers, the journal. Must not know: how trials are asked.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock
from typing import Protocol, TypeAlias

from conformance.errors import ConformanceError
from conformance.journal import Convention, ConventionFact, Footer, Grade, Journal, JournalWriter, LaneEntry, Record
from conformance.journal.records import failed_record
from conformance.judging.verdict import Waived
from conformance.judging.waivers import WaiverBook
from conformance.running.assignment import Assignment, Listener, is_sampled, sample, sample_note
from conformance.running.examination import Examination
from conformance.suite.case import Trial


class Progress:
    """What the lanes of a run share; every method may be called from any of their threads."""

    def __init__(self, assignment: Assignment, writer: JournalWriter, listener: Listener) -> None:
        self.assignment = assignment
        self.examination = Examination(len(assignment.lanes))
        self.stop = Event()
        self.incomplete: list[str] = []
        """why the run could not judge all that it was asked to"""
        self.notes: list[str] = []
        """what a reader should know of a lane, and nothing fails by"""
        self._writer = writer
        self._listener = listener
        self._book = WaiverBook(assignment.waivers)
        self._book_lock = Lock()
        self._failures = 0
        self._before: dict[str, LaneEntry] = {}
        """what was behind each lane when the journal that is resumed was written"""
        self._done: set[tuple[str, str]] = set()
        self._samples = {
            lane.text: sample(assignment.trials) for lane in assignment.lanes if assignment.samples and is_sampled(lane)
        }

    def remember(self, previous: Journal) -> None:
        """Take over the records of the journal that is resumed."""
        trials = {trial.id: trial for trial in self.assignment.trials}
        for entry in previous.lanes.values():
            self._before[entry.lane] = entry
            self._book.answers(entry.lane, entry.version, {**entry.flags, **entry.versions}, entry.runs_on)
        for old in previous.records:
            if old.trial in trials:
                self._done.add((old.trial, old.lane))
                self._excuse(trials[old.trial], old)

    def pending(self, lane: str) -> Sequence[Trial]:
        """The trials that have no record of this lane yet."""
        return [trial for trial in self._share(lane) if (trial.id, lane) not in self._done]

    def announce(self, entry: LaneEntry) -> None:
        """Tell journal and listener what answers behind a lane, and note where a run that is resumed finds something
        else behind it than the records before.
        """
        if entry.status == "ready":
            before = self._before.get(entry.lane, entry)
            said = [(each.framework, each.version, each.versions, each.flags) for each in (before, entry)]
            if before.status == "ready" and said[0] != said[1]:
                self.notes.append(
                    f"lane {entry.lane}: its first records are of {_answering(before)}, "
                    f"those after --resume of {_answering(entry)}"
                )
            with self._book_lock:
                self._book.answers(entry.lane, entry.version, {**entry.flags, **entry.versions}, entry.runs_on)
        self._writer.write(entry)
        self._listener.lane_ready(entry)

    def keep(self, trial: Trial, record: Record) -> None:
        """Tell journal and listener a record, with its waiver if it has one."""
        try:
            waived = self._excuse(trial, record)
            kept = record if waived is None else replace(record, waived=waived)
            self._writer.write(kept)
        except ConformanceError:  # the journal cannot be written
            raise
        except Exception as error:
            kept = failed_record(trial, record.lane, error)
            self._writer.write(kept)
        self._listener.recorded(kept)
        if not kept.conforms and kept.waived is None:
            self._count_failure()

    def note(self, entry: Grade | Convention | ConventionFact) -> None:
        """Tell the journal what was measured beside the records."""
        self._writer.write(entry)

    def asks_alone(self, trial: Trial, lane: str) -> bool:
        """Whether the trial is known to be refused in the lane, or to take its process with it."""
        with self._book_lock:
            return self._book.asks_alone(trial, lane)

    def footer(self, finished: Collection[str], interrupted: bool) -> Footer:
        """How the run ended."""
        incomplete = list(self.incomplete)
        if interrupted:
            incomplete.append("interrupted; the same command with --resume goes on where it stopped")
        lanes, total = self.assignment.lanes, len(self.assignment.trials)
        whole = [lane for lane in finished if self.assignment.whole_corpus and lane not in self._samples]
        samples = [(lane, len(self._samples[lane.text])) for lane in lanes if lane.text in self._samples]
        notes = (*self._book.notes(), *(sample_note(lane, taken, total) for lane, taken in samples), *self.notes)
        asked = {lane.text: len(self._share(lane.text)) for lane in lanes}
        problems = tuple(self._book.problems(whole))
        return Footer(now(), not incomplete, problems, tuple(incomplete), interrupted, notes, asked)

    def _count_failure(self) -> None:
        with self._book_lock:
            self._failures += 1
            if self._failures == self.assignment.most_failures:
                records = "1 nonconformance" if self._failures == 1 else f"{self._failures:,} nonconformances"
                self.incomplete.append(f"stopped after {records}; the same command with --resume goes on")
                self.stop.set()

    def _share(self, lane: str) -> Sequence[Trial]:
        return self._samples.get(lane, self.assignment.trials)

    def _excuse(self, trial: Trial, record: Record) -> Waived | None:
        with self._book_lock:
            return self._book.excuse(trial, record.lane, record)


class Execution(Protocol):
    """The shares of all lanes, being done."""

    @property
    def finished(self) -> Collection[str]:
        """The lanes whose share is done."""

    def work(self) -> bool:
        """Do all shares to their end; True where `--resume` would go on, for the user interrupted it."""


Executor: TypeAlias = Callable[[Progress], Execution]
"""Has the shares done by threads here (`conformance.running.lane_run`), or by a cluster (`conformance.distributed`).
Raises UsageError for a lane whose adapter cannot be loaded, before anything is done.
"""


def _answering(lane: LaneEntry) -> str:
    said = " ".join(f"{name}={text}" for name, text in {**lane.versions, **lane.flags}.items())
    return f"{lane.framework} {lane.version} ({said})" if said else f"{lane.framework} {lane.version}"


def now() -> str:
    """The time of day as journals write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
