"""One lane and its worker, asked trial by trial: plan, ask, judge.

Knows: one lane and its worker. Must not know: runs, waivers, journals. `conformance.running.lane_run` asks a run's
trials through it, `conformance.pytest_plugin` those of a pytest session.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from time import perf_counter
from typing import Literal, TypeAlias

from conformance.adapters.lane import Lane
from conformance.adapters.protocol import ComputesTogether
from conformance.adapters.reply import Answer, Reply
from conformance.journal import LaneEntry, Record
from conformance.journal.records import CLOCK_DIGITS, failed_record, record
from conformance.judging.arithmetic import SIXTEEN_BIT, declared_values
from conformance.judging.judge import judge
from conformance.judging.question import Question
from conformance.judging.verdict import Flag, Outcome, Verdict, suite_failure
from conformance.operators.kind import Operands
from conformance.protocol.hello import NoWorker
from conformance.running.examination import Examination
from conformance.running.probing import Asking, Prober, advance, drive
from conformance.running.scrutiny import SeriesClient, scrutinise
from conformance.suite.case import Call, RightCall, RightTrial, Trial
from conformance.workers.client import Client
from conformance.workers.environment import instruction_sets

# Of a call that is asked with others; a larger one costs more than its compilation.
MOST_MULTIPLY_ADDS_TOGETHER = 2**20
REPEATED = 16
"""of 256 trials, so many are asked twice"""
# Of 256 trials, so many are asked the second time by themselves: of a compilation of their own, where others were in
# the module of the first answer.
REPEATED_ALONE = 4
# Of 256 trials, so many right ones are asked again among other calls, where not all are (`--thorough`).
SCRUTINISED = 8

Unit: TypeAlias = Sequence[Sequence[Trial]]
"""What is asked in one go: the trials of one call, or of several that are asked together, call by call."""


class LaneSession:
    """One lane and its worker, used from one thread at a time."""

    def __init__(
        self, lane: Lane, examination: Examination, timeout: float, threads: int, *, thorough: bool = False
    ) -> None:
        """A lane whose worker is not started yet; raises UsageError for one whose adapter cannot be loaded.

        `thorough`: every right answer is asked again among other calls, in memory that is never blank.
        """
        self.lane = lane
        self.client = Client(lane, timeout, threads, poisons=thorough)
        adapter = self.client.adapter
        self.together = adapter.together if isinstance(adapter, ComputesTogether) else 0
        """how many calls the adapter takes at once; 0 where each is asked alone"""
        self._threads = threads
        self._thorough = thorough
        self._examination = examination
        self.values = True
        """whether the lane computes values; one that declares none is judged by shapes and dtypes alone"""
        self.prober = Prober(
            lambda call, question: self.client.reply(call, question.operands), self._examination.probes
        )

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
        here = {} if lane.command else instruction_sets()
        flags = {"threads": str(self._threads), **here, **hello.flags}
        # Under another interpreter the adapter is that of the plain lane.
        plain = {lane.spelling: hello.version} if lane.spelling not in ("", lane.text) else {}
        return LaneEntry(
            lane.text, "ready", hello.framework, hello.version, hello.versions, flags,
            runs_on={**hello.runs_on, **plain},
        )  # fmt: skip

    def units(
        self, trials: Iterable[Trial], apart: Callable[[Trial], bool] = lambda trial: False, *, beside: bool = False
    ) -> Iterator[Unit]:
        """All that is to be asked, cut as the adapter takes it; what stands apart is asked by itself, and last: it may
        take the process with it. `beside`: in the order of lanes that take calls together, whether this one does or
        not.
        """
        return units(trials, self.together, apart, beside=beside)

    def ask(self, trial: Trial) -> Record:
        """The record of one trial, which no waiver has seen. Whatever the worker does is an outcome of it, and so is a
        failure of the suite itself.
        """
        started = perf_counter()
        found = self._series(trial) if trial.calls > 1 else drive(self._inquiry(trial), self._asked(trial.call))
        return replace(found, elapsed=round(perf_counter() - started, CLOCK_DIGITS))

    def ask_all(self, trials: Iterable[Trial]) -> Iterator[Record]:
        """The records of all trials, in the order of their units."""
        for unit in self.units(trials):
            yield from self.ask_unit(unit)

    def ask_unit(self, unit: Unit) -> Iterator[Record]:
        """The records of a unit's trials: of several calls their questions, probes and repetitions are asked in rounds,
        a question of each call at a time, so that what was compiled for the first round answers all of them.
        """
        if len(unit) == 1:
            yield from map(self.ask, unit[0])
            return
        started = perf_counter()
        records: list[Record] = []
        asking = [(trials[0].call, self._inquiries(trials, records)) for trials in unit]
        questions = [next(inquiries, None) for _, inquiries in asking]
        waiting = {place: question for place, question in enumerate(questions) if question is not None}
        last, sound = dict(waiting), True
        while waiting:
            answered: Mapping[int, Answer | None] = {}
            # A call with nothing left to ask is asked its last question again: what is compiled is for all of them.
            with suppress(Exception):  # each is asked alone next, and what fails is its own
                if sound:
                    asked = [(asking[place][0], question.operands) for place, question in last.items()]
                    answered = dict(zip(last, self.client.ask_together(asked), strict=True))
            sound = any(answered.values())
            for place, question in tuple(waiting.items()):
                call, inquiries = asking[place]
                try:
                    last[place] = waiting[place] = advance(inquiries, question, self._asked(call, answered.get(place)))
                except StopIteration:
                    del waiting[place]
        seconds = (perf_counter() - started) / len(records)
        yield from (replace(each, elapsed=round(seconds, CLOCK_DIGITS)) for each in records)

    def _inquiries(self, trials: Sequence[Trial], records: list[Record]) -> Asking[None]:
        """Trial after trial of one call: what is known of the call is not asked again."""
        for trial in trials:
            found = yield from self._inquiry(trial)
            records.append(found)

    def _asked(self, call: Call, first: Reply | None = None) -> Callable[[Question], Reply]:
        """Answers questions of a call: the first one by the reply that came already, if one did."""
        came = [] if first is None else [first]
        return lambda question: came.pop() if came else self.client.reply(call, question.operands)

    def _series(self, trial: Trial) -> Record:
        """All its calls in one process before any is judged: what is measured for a judgement are calls as well.

        The record is that of the first call that is wrong, or of the first of all.
        """
        try:
            calls = trial.each_call()
            questions = [self._examination.question(call) for call in calls]
            replies = self.client.ask_series(trial.call, [each.operands for each in questions], trial.at_once)
        except Exception as error:
            return failed_record(trial, self.lane.text, error)
        records: list[Record] = []
        for call, question, reply in zip(calls, questions, replies, strict=False):
            records.append(drive(self._inquiry(call, question), self._asked(call.call, reply)))
            if not records[-1].conforms:
                at_once = f", made {trial.at_once} at once" if trial.at_once > 1 else ""
                detail = f"call {len(records)} of {trial.calls}{at_once}: {records[-1].detail}"
                return replace(records[-1], trial=trial.id, detail=detail)
        unsaid = records[0].outcome == Outcome.UNSUPPORTED
        detail = records[0].detail if unsaid else f"each of {trial.calls} calls: {records[0].detail}"
        return replace(records[0], trial=trial.id, detail=detail)

    def _inquiry(self, trial: Trial, made: Question | None = None) -> Asking[Record]:
        """The record of a trial, from the replies to its question, its probes and its repetition."""
        plan = seconds = accumulation = None
        try:
            question = made or self._examination.question(trial)
            plan = self.client.plan(trial.call)
            reply = yield question
            verdict = yield from self._verdict(trial, question, reply)
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

    def _verdict(self, trial: Trial, question: Question, reply: Reply) -> Asking[Verdict]:
        """The verdict under the measured arithmetic, with what a second look adds to an answer."""
        if not self.values or not isinstance(reply, Answer) or not isinstance(trial, RightTrial):
            return judge(trial, reply, question.expected, values=self.values)
        yield from self.prober.inquire(trial, question)
        measured = self.prober.measured(trial, question)
        verdict = self._examination.verdict(trial, question, reply, measured.arithmetic)
        if measured.unknown:
            detail = "; ".join((verdict.detail, *measured.unknown))
            verdict = replace(verdict, detail=detail, flags=(*verdict.flags, Flag.UNPROBED))
        if is_repeated(trial, REPEATED):
            again = self._asked(trial.call)(question) if is_repeated(trial, REPEATED_ALONE) else (yield question)
            # An answer that does not come back does not count.
            if isinstance(again, Answer) and again.array.tobytes() != reply.array.tobytes():
                verdict = replace(verdict, flags=(*verdict.flags, Flag.NOT_REPEATABLE))
        # Where calls are compiled together, those that were compiled alone for the repetition: others would have to be.
        sample = REPEATED_ALONE if self.together > 1 else SCRUTINISED
        if verdict.conforms and (self._thorough or is_repeated(trial, sample)):
            client = SeriesClient(self._ask_on, self.client.reply, self._examination.question, self._judged)
            verdict = scrutinise(trial, reply, verdict, client, thorough=self._thorough)
        return verdict

    def _ask_on(self, call: Call, operands: Operands, number: int) -> Reply:
        """The reply to a call of a series that has that number in it."""
        return self.client.ask_series(call, [operands], 1, number)[0]

    def _judged(self, trial: RightTrial, question: Question, reply: Reply) -> Verdict:
        """The verdict on a call that was made again."""
        if not isinstance(reply, Answer):
            return judge(trial, reply, question.expected)
        return self._examination.verdict(trial, question, reply, self.prober.measured(trial, question).arithmetic)

    def close(self) -> None:
        """End the worker."""
        self.client.close()


def is_repeated(trial: Trial, of_256: int) -> bool:
    """Whether the trial is one of so many in 256, chosen by its id: the same ones in any shard."""
    return sha256(trial.id.encode()).digest()[0] < of_256


def units(
    trials: Iterable[Trial], together: int, apart: Callable[[Trial], bool], *, beside: bool = False
) -> Iterator[Unit]:
    """Large calls, each by itself; small right calls, up to so many a unit, each with all its trials; then what is
    wrong on purpose, of several calls, or apart, each by itself.

    Where not even two calls go together, all trials by themselves, in their order; `beside` lanes where they do, in
    that one's, with nothing apart: so a question that is made for one lane is still kept when the others ask it.
    """
    if together < 2 and not beside:
        yield from ([[trial]] for trial in trials)
        return
    large: list[RightTrial] = []
    calls: dict[RightCall, list[RightTrial]] = {}
    others: list[Trial] = []
    for trial in trials:
        if not isinstance(trial, RightTrial) or trial.calls > 1 or (together > 1 and apart(trial)):
            others.append(trial)
        elif trial.call.work > MOST_MULTIPLY_ADDS_TOGETHER:
            large.append(trial)
        else:
            calls.setdefault(trial.call, []).append(trial)
    # What takes longest comes first, so that nobody has to wait for it at the end.
    yield from ([[trial]] for trial in sorted(large, key=lambda trial: -trial.call.work))
    # Calls with as many questions side by side, or all would be asked again for the sake of one.
    ordered = sorted(calls.values(), key=lambda same: (same[0].call.dtype in SIXTEEN_BIT, len(same)))
    most = max(together, 1)
    yield from (ordered[first : first + most] for first in range(0, len(ordered), most))
    yield from ([[trial]] for trial in others)
