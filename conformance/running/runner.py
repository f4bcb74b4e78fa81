"""The run: every trial in every lane, lanes in parallel, each record into the journal as it comes.

Knows: lanes, workers, questions, waivers, the journal. Next stage: `conformance.report`, from the journal alone.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from threading import Event, Lock, Thread

from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import WaiverBook
from conformance.running.assignment import Assignment, Listener
from conformance.running.entries import trial_entry
from conformance.running.examination import Examination
from conformance.running.journal import Footer, Header, Journal, JournalWriter, LaneEntry, Record
from conformance.running.lane_run import LaneRun
from conformance.suite.case import Trial


def run(
    assignment: Assignment, header: Header, writer: JournalWriter, previous: Journal | None, listener: Listener
) -> Footer:
    """Run what the previous journal (the one that is resumed) does not hold yet, and write the footer.

    Raises UsageError for a lane whose adapter cannot be loaded, before anything is written.
    """
    undertaking = _Undertaking(assignment, writer, listener)
    if previous is None:
        writer.write(header)
    else:
        undertaking.remember(previous)
    for trial in assignment.trials:
        if previous is None or trial.id not in previous.trials:
            writer.write(trial_entry(trial))
    interrupted = undertaking.work()
    footer = undertaking.footer(interrupted)
    writer.write(footer)
    return footer


class _Undertaking:
    """One run in progress: what its lanes share."""

    def __init__(self, assignment: Assignment, writer: JournalWriter, listener: Listener) -> None:
        self.assignment = assignment
        self.examination = Examination()
        self.stop = Event()
        self.incomplete: list[str] = []
        self._writer = writer
        self._listener = listener
        self._book = WaiverBook(assignment.waivers)
        self._book_lock = Lock()
        self._done: set[tuple[str, str]] = set()
        self._runs = [LaneRun(lane, self) for lane in assignment.lanes]

    def remember(self, previous: Journal) -> None:
        """Take over the records of the journal that is resumed."""
        trials = {trial.id: trial for trial in self.assignment.trials}
        for entry in previous.lanes.values():
            self._book.answers(entry.lane, entry.version, entry.versions)
        for old in previous.records:
            if old.trial in trials:
                self._done.add((old.trial, old.lane))
                self._book.excuse(trials[old.trial], old.lane, Verdict(Outcome(old.outcome), old.conforms, old.detail))

    def work(self) -> bool:
        """Run all lanes to their end; True when the user interrupted them."""
        threads = [Thread(target=run.run, name=run.lane.text) for run in self._runs]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.1)
        except KeyboardInterrupt:
            self.stop.set()
            for run in self._runs:
                run.worker.interrupt()
            for thread in threads:
                thread.join()
            return True
        return False

    def footer(self, interrupted: bool) -> Footer:
        incomplete = list(self.incomplete)
        if interrupted:
            incomplete.append("interrupted; the same command with --resume goes on where it stopped")
        finished = [run.lane.text for run in self._runs if run.finished]
        problems = self._book.problems(finished if self.assignment.whole_corpus else ())
        notes = tuple(self._book.notes())
        return Footer(now(), not incomplete, tuple(problems), tuple(incomplete), interrupted, notes)

    def pending(self, lane: str) -> Collection[Trial]:
        return [trial for trial in self.assignment.trials if (trial.id, lane) not in self._done]

    def excuse(self, trial: Trial, lane: str, verdict: Verdict) -> Waived | None:
        with self._book_lock:
            return self._book.excuse(trial, lane, verdict)

    def announce(self, entry: LaneEntry) -> None:
        if entry.status == "ready":
            with self._book_lock:
                self._book.answers(entry.lane, entry.version, entry.versions)
        self._writer.write(entry)
        self._listener.lane_ready(entry)

    def keep(self, kept: Record) -> None:
        self._writer.write(kept)
        self._listener.recorded(kept)

    @property
    def writer(self) -> JournalWriter:
        return self._writer


def now() -> str:
    """The time of day as journals write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
