"""The run: every trial in every lane, lanes in parallel, each record into the journal as it comes.

Knows: lanes, workers, questions, waivers, the journal. Next stage: `conformance.report`, from the journal alone.
"""

import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event, Lock, Thread

from conformance.adapters.lane import Lane, load_adapter
from conformance.adapters.plan import Plan, Unsupported
from conformance.adapters.protocol import Adapter, SpeaksNominally
from conformance.adapters.reply import Answer, CannotSay, Reply
from conformance.judging.judge import judge
from conformance.judging.question import Question
from conformance.judging.verdict import Outcome, Verdict, Waived
from conformance.judging.waivers import Waiver, WaiverBook
from conformance.running.conventions import measure_conventions
from conformance.running.entries import port_question, record, trial_entry
from conformance.running.examination import Examination
from conformance.running.journal import Footer, Header, Journal, JournalWriter, LaneEntry, Record
from conformance.running.plan_codec import encode_plan
from conformance.running.probing import Prober
from conformance.running.process import Hello, NoWorker, Worker
from conformance.suite.case import Call, Trial


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a run has to do."""

    trials: Sequence[Trial]
    lanes: Sequence[Lane]
    waivers: Sequence[Waiver]
    timeout: float
    threads: int
    """of each framework: small trials on busy cores are a hundred times slower with several"""
    whole_corpus: bool
    """waivers that meet nothing are stale, and conventions are measured"""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell while it happens; called from the lanes' threads."""

    lane_ready: Callable[[LaneEntry], None] = lambda entry: None
    recorded: Callable[[Record], None] = lambda record: None


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
        self._runs = [_LaneRun(lane, self) for lane in assignment.lanes]

    def remember(self, previous: Journal) -> None:
        """Take over the records of the journal that is resumed."""
        trials = {trial.id: trial for trial in self.assignment.trials}
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
        return Footer(now(), not incomplete, tuple(problems), tuple(incomplete))

    def pending(self, lane: str) -> Collection[Trial]:
        return [trial for trial in self.assignment.trials if (trial.id, lane) not in self._done]

    def excuse(self, trial: Trial, lane: str, verdict: Verdict) -> Waived | None:
        with self._book_lock:
            return self._book.excuse(trial, lane, verdict)

    def announce(self, entry: LaneEntry) -> None:
        self._writer.write(entry)
        self._listener.lane_ready(entry)

    def keep(self, kept: Record) -> None:
        self._writer.write(kept)
        self._listener.recorded(kept)

    @property
    def writer(self) -> JournalWriter:
        return self._writer


class _LaneRun:
    """One lane's share of the run, in a thread of its own."""

    def __init__(self, lane: Lane, shared: _Undertaking) -> None:
        self.lane = lane
        self.worker = Worker(lane, shared.assignment.threads)
        self.finished = False
        self._shared = shared
        self._adapter: Adapter | None = None if lane.command else load_adapter(lane)
        self._prober = Prober(lambda call, question: self._reply(call, question)[1])

    def run(self) -> None:
        try:
            self._run()
        except Exception:
            self._shared.incomplete.append(f"lane {self.lane.text}: the harness failed: {traceback.format_exc()}")
        finally:
            self.worker.kill()

    def _run(self) -> None:
        hello = self.worker.start()
        self._shared.announce(_lane_entry(self.lane, hello))
        if isinstance(hello, NoWorker):
            self._shared.incomplete.append(f"lane {self.lane.text} did not start: {hello.message}")
            return
        for trial in self._shared.pending(self.lane.text):
            if not self._ask(trial):
                return
        if self._shared.assignment.whole_corpus and isinstance(self._adapter, SpeaksNominally) and not self.lane.modes:
            timeout = self._shared.assignment.timeout
            for convention in measure_conventions(self.lane.text, self._adapter, self.worker, timeout):
                if self._shared.stop.is_set():
                    return
                self._shared.writer.write(convention)
        self.finished = True

    def _ask(self, trial: Trial) -> bool:
        """One trial to its record; False when the run has been stopped meanwhile."""
        question = self._shared.examination.question(trial)
        plan, reply = self._reply(trial.call, question)
        arithmetic = accumulation = seconds = None
        if isinstance(reply, Answer) and question.expected is not None:
            arithmetic, seconds = self._prober.arithmetic(trial), reply.seconds
            accumulation = str(self._prober.accumulation(trial.call))
        verdict = judge(trial, reply, question.expected, arithmetic)
        if isinstance(reply, Answer) and _is_repeated(trial) and not self._repeats(trial, question, reply):
            verdict = replace(verdict, flags=(*verdict.flags, "not_repeatable"))
        if self._shared.stop.is_set():
            return False  # the reply, a probe's or the repetition's may be that of a worker that was just killed
        waived = self._shared.excuse(trial, self.lane.text, verdict)
        self._shared.keep(record(trial, self.lane.text, plan, verdict, waived, seconds, accumulation))
        return True

    def _repeats(self, trial: Trial, question: Question, first: Answer) -> bool:
        """Whether the same question gets the same bits again; an answer that does not come back does not count."""
        _, again = self._reply(trial.call, question)
        return not isinstance(again, Answer) or again.array.tobytes() == first.array.tobytes()

    def _reply(self, call: Call, question: Question) -> tuple[Plan | None, Reply]:
        """What came back, and the plan that was sent; a port plans for itself."""
        plan = self._adapter.plan(call) if self._adapter is not None else None
        if isinstance(plan, Unsupported):
            return None, CannotSay(plan.reason)
        header = port_question(call) if plan is None else {"plan": encode_plan(plan)}
        arrays = {"value": question.value, "filter": question.filter}
        return plan, self.worker.ask(header, arrays, self._shared.assignment.timeout)


def _is_repeated(trial: Trial) -> bool:
    """Every sixteenth trial, chosen by its id, is asked twice."""
    return sha256(trial.id.encode()).digest()[0] < 16


def now() -> str:
    """The time of day as journals write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lane_entry(lane: Lane, hello: Hello | NoWorker) -> LaneEntry:
    if isinstance(hello, NoWorker):
        status = "missing" if hello.missing else "failed"
        return LaneEntry(lane.text, status, lane.name, "", message=hello.message)  # type: ignore[arg-type]
    return LaneEntry(lane.text, "ready", hello.framework, hello.version, hello.versions, hello.flags)
