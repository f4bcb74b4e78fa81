"""The arithmetic of a lane, measured through its own worker.

Knows: probes, and how to ask one question. Must not know: verdicts and journals (`conformance.running.runner`).
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from conformance.adapters.reply import Answer, Reply, in_words
from conformance.judging.arithmetic import (
    CLASSICAL,
    SIXTEEN_BIT,
    Accumulation,
    Arithmetic,
    declared_fast,
    declared_roundoff,
)
from conformance.judging.expectation import expectation, required_of
from conformance.judging.question import Question, agrees
from conformance.suite.case import Call, RightCall, RightTrial

Ask: TypeAlias = Callable[[Call, Question], Reply]
Questions: TypeAlias = Callable[[Callable[[RightCall], Sequence[Question]], RightCall], Sequence[Question]]
"""from who makes a kind of probe and the call: the questions, made or kept"""
Told = TypeVar("Told")
# Characters of a reply that is not an answer: enough to know it by, in one line of a report.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """The profile under which a trial is judged, and what no probe could tell of it."""

    arithmetic: Arithmetic
    unknown: tuple[str, ...] = ()
    """sentences: what is demanded instead"""


@dataclass(frozen=True, slots=True)
class _NotMeasured:
    """What no probe tells: an answer that is missing is not one that nothing explains."""

    reason: str


Asking: TypeAlias = Generator[Question, Reply, Told]
"""Yields one question of a call after the other, and is sent the reply to each: who asks several calls at once runs
several of these side by side."""


def drive(asking: Asking[Told], answer: Callable[[Question], Reply]) -> Told:
    """What is found out where each question is asked by itself; what `answer` raises is raised where it was asked."""
    try:
        question = next(asking)
        while True:
            question = advance(asking, question, answer)
    except StopIteration as end:
        told: Told = end.value
        return told


def advance(asking: Asking[Told], question: Question, answer: Callable[[Question], Reply]) -> Question:
    """Ask one question; the next one. Raises StopIteration, with what was found out, where there is none."""
    try:
        reply = answer(question)
    except Exception as error:
        return asking.throw(error)
    return asking.send(reply)


class Prober:
    """Asks what it has to, once per kind of call, and only when a trial depends on it."""

    def __init__(self, ask: Ask, questions: Questions = lambda make, call: make(call)) -> None:
        self._ask = ask
        self._questions = questions
        self._roundoff = 0.0
        self._fast = False
        self._accumulation: dict[RightCall, Accumulation | _NotMeasured] = {}
        self._flushes: dict[RightCall, bool | _NotMeasured] = {}

    def declare(self, flags: Mapping[str, str]) -> None:
        """What the lane declares of itself, where a probe could not tell it from a fault; raises ValueError for a
        declaration that does not exist.
        """
        self._roundoff = declared_roundoff(flags.get("operands"))
        self._fast = declared_fast(flags.get("algorithm"))

    def measured(self, trial: RightTrial, question: Question) -> Measured:
        """The profile under which the trial is judged in this lane."""
        call = trial.call
        required = required_of(call)
        probes = expectation(call.operator).PROBES
        if probes is None or probes.asks_required(trial.inputs):
            return Measured(self._declared(call, required.accumulation))
        unknown = []
        accumulation = self._kept(call)
        if isinstance(accumulation, _NotMeasured):
            reason, accumulation = accumulation.reason, required.accumulation
            if not self._fast:  # whose bound does not ask for it
                unknown.append(f"{reason}: {accumulation} sums are demanded")
        flushes = self._flushing(call) if question.subnormal else False
        if isinstance(flushes, _NotMeasured):
            unknown.append(f"{flushes.reason}: they must be kept")
        declared = self._declared(call, accumulation)
        return Measured(replace(declared, flushes=True) if flushes is True else declared, tuple(unknown))

    def inquire(self, trial: RightTrial, question: Question) -> Asking[None]:
        """Ask what `measured` and `accumulation` will want to know of the trial."""
        call, probes = trial.call, expectation(trial.call.operator).PROBES
        if probes is None:
            return
        if call.dtype in SIXTEEN_BIT and call not in self._accumulation:
            self._accumulation[call] = yield from self._measure_accumulation(call)
        if question.subnormal and call not in self._flushes:
            self._flushes[call] = yield from self._measure_flushing(call)

    def accumulation(self, call: RightCall) -> Accumulation:
        """Where calls of these shapes and arguments keep their sums; where they must, if no probe tells."""
        kept = self._kept(call)
        return required_of(call).accumulation if isinstance(kept, _NotMeasured) else kept

    def flushes(self, call: RightCall) -> bool | None:
        """Whether calls of these shapes and arguments take subnormal numbers for zero; None where no probe tells.

        Zeros alone do not tell: numbers of normal size have to come out right.
        """
        flushes = self._flushing(call)
        return None if isinstance(flushes, _NotMeasured) else flushes

    def _flushing(self, call: RightCall) -> bool | _NotMeasured:
        if call not in self._flushes:
            self._flushes[call] = self._told(call, self._measure_flushing(call))
        return self._flushes[call]

    def _told(self, call: RightCall, asking: Asking[Told]) -> Told:
        return drive(asking, lambda question: self._ask(call, question))

    def _declared(self, call: RightCall, accumulation: Accumulation) -> Arithmetic:
        roundoff = self._roundoff if call.dtype == "float32" else 0.0
        return Arithmetic(accumulation, operand_roundoff=roundoff, fast=self._fast)

    def _kept(self, call: RightCall) -> Accumulation | _NotMeasured:
        if call.dtype not in SIXTEEN_BIT or expectation(call.operator).PROBES is None:
            return CLASSICAL.accumulation
        if call not in self._accumulation:
            self._accumulation[call] = self._told(call, self._measure_accumulation(call))
        return self._accumulation[call]

    def _measure_accumulation(self, call: RightCall) -> Asking[Accumulation | _NotMeasured]:
        """The strictest profile that explains all of its probe's answers; unknown where none does or one is missing."""
        answers, probes = _Answers(), expectation(call.operator).PROBES
        assert probes is not None
        dense = self._questions(probes.wide_questions, call) or self._questions(probes.thinned_questions, call)
        if (yield from answers.agree(dense, Arithmetic(Accumulation.WIDE))):
            return Accumulation.WIDE
        single = self._questions(probes.single_tap_questions, call)
        if single and (yield from answers.agree([*single, *dense], Arithmetic(Accumulation.TAP))):
            return Accumulation.TAP
        narrow = [*dense, *single, *self._questions(probes.thinned_questions, call)]
        if (yield from answers.agree(narrow, Arithmetic(Accumulation.NATIVE))):
            return Accumulation.NATIVE
        return answers.unknown("the probe of sums", "no profile explains the probe's answers")

    def _measure_flushing(self, call: RightCall) -> Asking[bool | _NotMeasured]:
        probes = expectation(call.operator).PROBES
        questions = self._questions(probes.subnormal_questions, call) if probes is not None else []
        if not questions:
            return False  # nothing is summed, or nothing reaches an element
        answers = _Answers()
        arithmetic = self._declared(call, required_of(call).accumulation)
        subnormal, *normal = questions
        if (yield from answers.agree([subnormal], arithmetic)):
            return False
        zeros = yield from answers.agree([subnormal], replace(arithmetic, flushes=True))
        if zeros and (yield from answers.agree(normal, arithmetic)):
            return True
        return answers.unknown("the probe of subnormal numbers", "no probe tells what becomes of subnormal numbers")


class _Answers:
    """A lane's answers to the probes of one call, each asked once."""

    def __init__(self) -> None:
        self._replies: dict[Question, Reply] = {}

    def agree(self, questions: Sequence[Question], arithmetic: Arithmetic) -> Asking[bool]:
        """Whether there are answers, and all of them are right under the arithmetic."""
        for question in questions:
            if question not in self._replies:
                self._replies[question] = yield question
            reply = self._replies[question]
            if not isinstance(reply, Answer) or not agrees(question, reply.array, arithmetic):
                return False
        return bool(questions)

    def unknown(self, probe: str, unexplained: str) -> _NotMeasured:
        """Why the answers tell nothing: one of them did not come, or nothing explains them."""
        missing = [reply for reply in self._replies.values() if not isinstance(reply, Answer)]
        if not missing:
            return _NotMeasured(unexplained)
        said = in_words(missing[0]).partition("\n")[0]
        return _NotMeasured(f"{probe} was not answered ({said[:MOST_SHOWN]})")
