"""The run: every trial in every lane, each record into the journal as it comes.

Knows: trials, waivers, the journal, and an executor that has the lanes' shares done. Next stage: `conformance.report`,
from the journal alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock

from conformance.errors import ConformanceError
from conformance.journal import (
    Convention,
    ConventionFact,
    Footer,
    Grade,
    Header,
    Journal,
    JournalWriter,
    LaneEntry,
    Record,
)
from conformance.journal.records import failed_record, trial_entry
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import WaiverBook
from conformance.running.assignment import Assignment, Listener, is_sampled, sample, sample_note
from conformance.running.examination import Examination
from conformance.running.execution import Executor
from conformance.running.lane_run import local
from conformance.suite.case import Trial


def run(
    assignment: Assignment,
    header: Header,
    writer: JournalWriter,
    previous: Journal | None,
    listener: Listener,
    executor: Executor = local,
) -> Footer:
    """Run what the previous journal (the one that is resumed) does not hold yet, and write the footer.

    Raises UsageError for a lane whose adapter cannot be loaded, before anything is written, and IncompleteError where
    the journal cannot be written.
    """
    undertaking = _Undertaking(assignment, writer, listener)
    execution = executor(undertaking)
    if previous is None:
        writer.write(header)
    else:
        undertaking.remember(previous)
    for trial in assignment.trials:
        if previous is None or trial.id not in previous.trials:
            writer.write(trial_entry(trial))
    interrupted = execution.work()
    footer = undertaking.footer(execution.finished, interrupted)
    writer.write(footer)
    return footer


class _Undertaking:
    """One run in progress: what its lanes share."""

    def __init__(self, assignment: Assignment, writer: JournalWriter, listener: Listener) -> None:
        self.assignment = assignment
        self.examination = Examination()
        self.stop = Event()
        self.incomplete: list[str] = []
        self.notes: list[str] = []
        self._writer = writer
        self._listener = listener
        self._book = WaiverBook(assignment.waivers)
        self._book_lock = Lock()
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
            self._book.answers(entry.lane, entry.version, {**entry.flags, **entry.versions})
        for old in previous.records:
            if old.trial in trials:
                self._done.add((old.trial, old.lane))
                self._excuse(trials[old.trial], old)

    def footer(self, finished: Collection[str], interrupted: bool) -> Footer:
        """How the run ended."""
        incomplete = list(self.incomplete)
        if interrupted:
            incomplete.append("interrupted; the same command with --resume goes on where it stopped")
        whole = [lane for lane in finished if self.assignment.whole_corpus and lane not in self._samples]
        problems = self._book.problems(whole)
        notes = (*self._book.notes(), *self._sample_notes(), *self.notes)
        asked = {lane.text: len(self._share(lane.text)) for lane in self.assignment.lanes}
        return Footer(now(), not incomplete, tuple(problems), tuple(incomplete), interrupted, notes, asked)

    def pending(self, lane: str) -> Collection[Trial]:
        return [trial for trial in self._share(lane) if (trial.id, lane) not in self._done]

    def _share(self, lane: str) -> Sequence[Trial]:
        return self._samples.get(lane, self.assignment.trials)

    def _sample_notes(self) -> list[str]:
        lanes = [lane for lane in self.assignment.lanes if lane.text in self._samples]
        return [sample_note(lane, len(self._samples[lane.text]), len(self.assignment.trials)) for lane in lanes]

    def announce(self, entry: LaneEntry) -> None:
        if entry.status == "ready":
            self._compare(self._before.get(entry.lane, entry), entry)
            with self._book_lock:
                self._book.answers(entry.lane, entry.version, {**entry.flags, **entry.versions})
        self._writer.write(entry)
        self._listener.lane_ready(entry)

    def keep(self, trial: Trial, record: Record) -> None:
        try:
            kept = replace(record, waived=self._excuse(trial, record))
            self._writer.write(kept)
        except ConformanceError:  # the journal cannot be written
            raise
        except Exception as error:
            kept = failed_record(trial, record.lane, error)
            self._writer.write(kept)
        self._listener.recorded(kept)

    def note(self, entry: Grade | Convention | ConventionFact) -> None:
        self._writer.write(entry)

    def _compare(self, before: LaneEntry, after: LaneEntry) -> None:
        """Note where a run that is resumed finds something else behind a lane than the records before it."""
        said = [(each.framework, each.version, each.versions, each.flags) for each in (before, after)]
        if before.status == "ready" and said[0] != said[1]:
            self.notes.append(
                f"lane {after.lane}: its first records are of {_answering(before)}, "
                f"those after --resume of {_answering(after)}"
            )

    def _excuse(self, trial: Trial, record: Record) -> Waived | None:
        verdict = Verdict(Outcome(record.outcome), record.conforms, record.detail)
        with self._book_lock:
            return self._book.excuse(trial, record.lane, verdict)


def _answering(lane: LaneEntry) -> str:
    said = " ".join(f"{name}={text}" for name, text in {**lane.versions, **lane.flags}.items())
    return f"{lane.framework} {lane.version} ({said})" if said else f"{lane.framework} {lane.version}"


def now() -> str:
    """The time of day as journals write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
