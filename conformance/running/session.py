"""One lane and its worker, asked trial by trial: plan, ask, judge.

Knows: one lane and its worker. Must not know: runs, waivers, journals. `conformance.running.lane_run` asks a run's
trials through it, `conformance.pytest_plugin` those of a pytest session.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Literal

from conformance.adapters.lane import Lane
from conformance.adapters.protocol import ComputesTogether
from conformance.adapters.reply import Answer, Reply
from conformance.journal import LaneEntry, Record
from conformance.journal.records import failed_record, record
from conformance.judging.arithmetic import declared_values
from conformance.judging.expectation import expectation
from conformance.judging.judge import judge
from conformance.judging.question import Question
from conformance.judging.verdict import Flag, Outcome, Verdict, suite_failure
from conformance.protocol.hello import NoWorker
from conformance.running.examination import Examination
from conformance.running.probing import Prober
from conformance.suite.case import RightTrial, Trial
from conformance.workers.client import Answered, Client
from conformance.workers.environment import instruction_sets

MOST_MULTIPLY_ADDS_TOGETHER = 2**20
"""of a call that is asked with others; a larger one costs more than its compilation"""


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
        lane, hello = self.lane, self.client.start()
        if isinstance(hello, NoWorker):
            status: Literal["missing", "failed"] = "missing" if hello.missing else "failed"
            return LaneEntry(lane.text, status, lane.name, "", message=hello.message, traceback=hello.traceback)
        try:
            self.prober.declare(hello.flags)
            self.values = declared_values(hello.flags.get("values"))
        except ValueError as error:
            return LaneEntry(lane.text, "failed", hello.framework, hello.version, message=str(error))
        # A port may run anywhere, so it tells of its processor itself where that matters.
        flags = hello.flags if lane.command else {**instruction_sets(), **hello.flags}
        return LaneEntry(lane.text, "ready", hello.framework, hello.version, hello.versions, flags)

    def ask(self, trial: Trial) -> Record:
        """The record of one trial, which no waiver has seen. Whatever the worker does is an outcome of it, and so is a
        failure of the suite itself.
        """
        return self._record(trial, None) if trial.calls == 1 else self._series(trial)

    def ask_all(self, trials: Sequence[Trial]) -> Iterator[Record]:
        """Ask trial after trial; those that the adapter computes together in one exchange."""
        adapter = self.client.adapter
        if not isinstance(adapter, ComputesTogether) or adapter.together < 2:
            yield from map(self.ask, trials)
            return
        for batch in batches(trials, adapter.together):
            answered: Mapping[int, Answered] = {}
            if len(batch) > 1:
                # Where one of the trials fails, each is asked alone next, and the failure is that trial's own.
                with suppress(Exception):
                    asked = [(trial.call, self._examination.question(trial).operands) for trial in batch]
                    answered = self.client.ask_together(asked)
            for place, trial in enumerate(batch):
                yield self._record(trial, answered[place]) if place in answered else self.ask(trial)

    def _series(self, trial: Trial) -> Record:
        """All its calls in one process before any is judged: what is measured for a judgement are calls as well.

        The record is that of the first call that is wrong, or of the first of all.
        """
        try:
            calls = trial.each_call()
            operands = [self._examination.question(call).operands for call in calls]
            plan, replies = self.client.ask_series(trial.call, operands, trial.at_once)
        except Exception as error:
            return failed_record(trial, self.lane.text, error)
        records: list[Record] = []
        for call, reply in zip(calls, replies, strict=False):
            records.append(self._record(call, (plan, reply)))
            if not records[-1].conforms:
                at_once = f", made {trial.at_once} at once" if trial.at_once > 1 else ""
                detail = f"call {len(records)} of {trial.calls}{at_once}: {records[-1].detail}"
                return replace(records[-1], trial=trial.id, detail=detail)
        unsaid = records[0].outcome == Outcome.UNSUPPORTED
        detail = records[0].detail if unsaid else f"each of {trial.calls} calls: {records[0].detail}"
        return replace(records[0], trial=trial.id, detail=detail)

    def _record(self, trial: Trial, answered: Answered | None) -> Record:
        """That of the trial, asked unless it was answered with others."""
        plan = seconds = accumulation = None
        try:
            question = self._examination.question(trial)
            plan, reply = answered or self.client.ask(trial.call, question.operands)
            verdict = self._verdict(trial, question, reply)
            if isinstance(reply, Answer):
                seconds = reply.seconds
                if self.values and isinstance(trial, RightTrial):
                    accumulation = str(self.prober.accumulation(trial.call))
        except Exception as error:
            verdict, seconds = suite_failure(error), None
        try:
            return record(trial, self.lane.text, plan, verdict, None, seconds, accumulation)
        except Exception as error:  # a plan that cannot be printed
            return failed_record(trial, self.lane.text, error)

    def close(self) -> None:
        """End the worker."""
        self.client.close()

    def _verdict(self, trial: Trial, question: Question, reply: Reply) -> Verdict:
        """The verdict under the measured arithmetic, with what a second look adds to an answer."""
        if not self.values or not isinstance(reply, Answer) or not isinstance(trial, RightTrial):
            return judge(trial, reply, question.expected, values=self.values)
        measured = self.prober.measured(trial, question)
        verdict = judge(trial, reply, question.expected, measured.arithmetic)
        if measured.unknown:
            detail = "; ".join((verdict.detail, *measured.unknown))
            verdict = replace(verdict, detail=detail, flags=(*verdict.flags, Flag.UNPROBED))
        if _is_repeated(trial):
            # Asked alone: where others were in the module of the first answer, this compares with a compilation of its
            # own. An answer that does not come back does not count.
            again = self.client.reply(trial.call, question.operands)
            if isinstance(again, Answer) and again.array.tobytes() != reply.array.tobytes():
                verdict = replace(verdict, flags=(*verdict.flags, Flag.NOT_REPEATABLE))
        # However many were wrong before: a record does not depend on what else was asked, in this shard or before it.
        if verdict.conforms:
            return verdict
        kind = expectation(trial.call.operator)
        found = kind.diagnose(trial.call, question.operands, reply.array, measured.arithmetic)
        return replace(verdict, diagnosis=tuple(found))


def _is_repeated(trial: Trial) -> bool:
    """Every sixteenth trial, chosen by its id, is asked twice."""
    return sha256(trial.id.encode()).digest()[0] < 16


def batches(trials: Sequence[Trial], together: int) -> Iterator[list[Trial]]:
    """The trials in their order, neighbours together as far as they are small and right calls, the others alone."""
    batch: list[Trial] = []
    for trial in trials:
        small = isinstance(trial, RightTrial) and trial.call.work <= MOST_MULTIPLY_ADDS_TOGETHER
        if batch and (not small or trial.calls > 1 or len(batch) >= max(together, 1)):
            yield batch
            batch = []
        if small and trial.calls == 1:
            batch.append(trial)
        else:
            yield [trial]
    if batch:
        yield batch
