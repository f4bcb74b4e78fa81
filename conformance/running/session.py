"""One lane and its worker, asked trial by trial: plan, ask, judge.

Knows: one lane and its worker. Must not know: runs, waivers, journals. `conformance.running.lane_run` asks a run's
trials through it, `conformance.pytest_plugin` those of a pytest session.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from conformance.adapters.lane import Lane
from conformance.adapters.plan import Plan
from conformance.adapters.protocol import ComputesTogether
from conformance.adapters.reply import Answer, Reply
from conformance.journal import LaneEntry, Record
from conformance.journal.records import failed_record, record
from conformance.judging.arithmetic import Arithmetic, declared_values
from conformance.judging.diagnosis import MOST_MULTIPLY_ADDS, diagnose
from conformance.judging.judge import judge
from conformance.judging.question import Question
from conformance.judging.verdict import Flag, Outcome, Verdict, Waived, suite_failure
from conformance.protocol.hello import Hello, NoWorker
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.suite.case import RightTrial, Trial
from conformance.workers.client import Answered, Client
from conformance.workers.environment import instruction_sets

MOST_MULTIPLY_ADDS_TOGETHER = 2**20
"""of a call that is asked with others; a larger one costs more than its compilation"""


@dataclass(frozen=True, slots=True)
class Examined:
    """A trial as a lane answered it, with the verdict."""

    trial: Trial
    lane: str
    plan: Plan | None
    verdict: Verdict
    seconds: float | None
    accumulation: str | None

    def record(self, waived: Waived | None) -> Record:
        """The record of it, and of the suite's failure where it cannot be made: a plan that cannot be printed."""
        try:
            return record(self.trial, self.lane, self.plan, self.verdict, waived, self.seconds, self.accumulation)
        except Exception as error:
            return failed_record(self.trial, self.lane, error)


class LaneSession:
    """One lane and its worker, used from one thread at a time."""

    def __init__(self, lane: Lane, examination: Examination, timeout: float, threads: int) -> None:
        """A lane whose worker is not started yet; raises UsageError for one whose adapter cannot be loaded."""
        self.lane = lane
        self.client = Client(lane, timeout, threads)
        self._examination = examination
        self.values = True
        """whether the lane computes values; one that declares none is judged by shapes and dtypes alone"""
        self.prober = Prober(lambda call, question: self.client.reply(call, question.operands))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the lane: that a process of it came back as another."""
        return tuple(f"lane {self.lane.text}: {note}" for note in self.client.worker.notes)

    def start(self) -> LaneEntry:
        """Start the worker; what answers behind the lane, or why nothing does."""
        hello = self.client.start()
        if isinstance(hello, Hello):
            try:
                self.prober.declare(hello.flags)
                self.values = declared_values(hello.flags.get("values"))
            except ValueError as error:
                return LaneEntry(self.lane.text, "failed", hello.framework, hello.version, message=str(error))
            # A port may run anywhere, so it tells of its processor itself where that matters.
            flags = hello.flags if self.lane.command else {**instruction_sets(), **hello.flags}
            return LaneEntry(self.lane.text, "ready", hello.framework, hello.version, hello.versions, flags)
        return LaneEntry(
            self.lane.text, _status(hello), self.lane.name, "", message=hello.message, traceback=hello.traceback
        )

    def ask(self, trial: Trial) -> Examined:
        """Ask one trial. Whatever the worker does is an outcome of it, and so is a failure of the suite itself."""
        return self._examined(trial, None) if trial.calls == 1 else self._series(trial)

    def ask_all(self, trials: Sequence[Trial]) -> Iterator[Examined]:
        """Ask trial after trial; those that the adapter computes together in one exchange."""
        adapter = self.client.adapter
        if not isinstance(adapter, ComputesTogether) or adapter.together < 2:
            yield from map(self.ask, trials)
            return
        for batch in batches(trials, adapter.together):
            together = self._together(batch) if len(batch) > 1 else {}
            for place, trial in enumerate(batch):
                yield self._examined(trial, together[place]) if place in together else self.ask(trial)

    def _series(self, trial: Trial) -> Examined:
        """All its calls in one process before any is judged: what is measured for a judgement are calls as well.

        The verdict is that on the first call that is wrong.
        """
        try:
            calls = trial.each_call()
            operands = [self._examination.question(call).operands for call in calls]
            plan, replies = self.client.ask_series(trial.call, operands, trial.at_once)
        except Exception as error:
            return Examined(trial, self.lane.text, None, suite_failure(error), None, None)
        judged: list[Examined] = []
        for call, reply in zip(calls, replies, strict=False):
            judged.append(self._examined(call, (plan, reply)))
            if not judged[-1].verdict.conforms:
                break
        number, found = (1, judged[0]) if judged[-1].verdict.conforms else (len(judged), judged[-1])
        return replace(found, trial=trial, verdict=of_series(trial, number, found.verdict))

    def _together(self, batch: Sequence[Trial]) -> Mapping[int, Answered]:
        """What one exchange answered, by place in the batch; what is not among it is asked alone."""
        try:
            return self.client.ask_together(
                [(trial.call, self._examination.question(trial).operands) for trial in batch]
            )
        except Exception:  # one of the trials fails: each is asked alone next, where the failure is that trial's own
            return {}

    def _examined(self, trial: Trial, answered: Answered | None) -> Examined:
        """The trial, asked unless it was answered with others."""
        plan = None
        try:
            question = self._examination.question(trial)
            plan, reply = answered or self.client.ask(trial.call, question.operands)
            verdict = self._verdict(trial, question, reply)
            accumulation = None
            if self.values and isinstance(reply, Answer) and isinstance(trial, RightTrial):
                accumulation = str(self.prober.accumulation(trial.call))
            seconds = reply.seconds if isinstance(reply, Answer) else None
            return Examined(trial, self.lane.text, plan, verdict, seconds, accumulation)
        except Exception as error:
            return Examined(trial, self.lane.text, plan, suite_failure(error), None, None)

    def close(self) -> None:
        """End the worker."""
        self.client.close()

    def _verdict(self, trial: Trial, question: Question, reply: Reply) -> Verdict:
        """The verdict under the measured arithmetic, with what a second look adds to an answer."""
        if not self.values or not isinstance(reply, Answer) or not isinstance(trial, RightTrial):
            return judge(trial, reply, question.expected, values=self.values)
        measured = self.prober.measured(trial, question)
        arithmetic = measured.arithmetic
        verdict = judge(trial, reply, question.expected, arithmetic)
        if measured.unknown:
            detail = "; ".join((verdict.detail, *measured.unknown))
            verdict = replace(verdict, detail=detail, flags=(*verdict.flags, Flag.UNPROBED))
        # Asked alone: where others were in the module of the first answer, this compares with a compilation of its own.
        if _is_repeated(trial) and not self._repeats(trial, question, reply):
            verdict = replace(verdict, flags=(*verdict.flags, Flag.NOT_REPEATABLE))
        return verdict if verdict.conforms else self._diagnosed(trial, question, reply, verdict, arithmetic)

    def _diagnosed(
        self, trial: Trial, question: Question, reply: Answer, verdict: Verdict, arithmetic: Arithmetic
    ) -> Verdict:
        """The verdict with its explanations, for a call that is not too large.

        However many were wrong before: a record does not depend on what else was asked, in this shard or before it.
        """
        if not isinstance(trial, RightTrial) or trial.call.geometry.multiply_adds > MOST_MULTIPLY_ADDS:
            return verdict
        found = diagnose(trial.call, question.operands, reply.array, arithmetic)
        return replace(verdict, diagnosis=tuple(each.sentence for each in found.explanations))

    def _repeats(self, trial: Trial, question: Question, first: Answer) -> bool:
        """Whether the same question gets the same bits again; an answer that does not come back does not count."""
        again = self.client.reply(trial.call, question.operands)
        return not isinstance(again, Answer) or again.array.tobytes() == first.array.tobytes()


def _is_repeated(trial: Trial) -> bool:
    """Every sixteenth trial, chosen by its id, is asked twice."""
    return sha256(trial.id.encode()).digest()[0] < 16


def _status(absent: NoWorker) -> Literal["missing", "failed"]:
    return "missing" if absent.missing else "failed"


def batches(trials: Sequence[Trial], together: int) -> Iterator[list[Trial]]:
    """The trials in their order, neighbours together as far as they are small and right calls, the others alone."""
    batch: list[Trial] = []
    for trial in trials:
        if not _goes_together(trial):
            yield from ([batch] if batch else [])
            yield [trial]
            batch = []
            continue
        batch.append(trial)
        if len(batch) >= max(together, 1):
            yield batch
            batch = []
    if batch:
        yield batch


def _goes_together(trial: Trial) -> bool:
    if not isinstance(trial, RightTrial) or trial.calls > 1:
        return False
    return trial.call.geometry.multiply_adds <= MOST_MULTIPLY_ADDS_TOGETHER


def of_series(trial: Trial, number: int, verdict: Verdict) -> Verdict:
    """The verdict on call `number` as that of the trial: of the first that is wrong, or of the first of all."""
    if not verdict.conforms:
        together = f", made {trial.at_once} at once" if trial.at_once > 1 else ""
        return replace(verdict, detail=f"call {number} of {trial.calls}{together}: {verdict.detail}")
    if verdict.outcome is Outcome.UNSUPPORTED:
        return verdict
    return replace(verdict, detail=f"each of {trial.calls} calls: {verdict.detail}")
