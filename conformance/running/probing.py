"""The arithmetic of a lane, measured through its own worker.

Knows: probes, and how to ask one question. Must not know: verdicts and journals (`conformance.running.runner`).
"""

from collections.abc import Callable
from typing import TypeAlias

from conformance.adapters.reply import Answer, Reply
from conformance.judging.arithmetic import CLASSICAL, SIXTEEN_BIT, Accumulation, Arithmetic, required_arithmetic
from conformance.judging.probes import (
    accumulation,
    is_exact,
    one_pixel_call,
    single_tap_questions,
    subnormal_question,
    wide_questions,
)
from conformance.judging.question import Question
from conformance.suite.case import Call, Generated, Trial
from conformance.suite.generators import GENERATORS

Ask: TypeAlias = Callable[[Call, Question], Reply]

NEAR_UNDERFLOW = ("subnormal", "graded", "special")
"""generators whose verdict depends on what becomes of subnormal numbers"""


class Prober:
    """Asks what it has to, once per kind of call, and only when a trial depends on it."""

    def __init__(self, ask: Ask) -> None:
        self.operand_roundoff = 0.0
        """declared by the lane, where it is not measured: a probe could not tell it from a fault"""
        self.fast = False
        self._ask = ask
        self._accumulation: dict[Call, Accumulation] = {}
        self._flushes: dict[str, bool] = {}

    def arithmetic(self, trial: Trial) -> Arithmetic:
        """The profile under which the trial is judged in this lane."""
        dtype = trial.call.dtype
        if isinstance(trial.inputs, Generated) and GENERATORS[trial.inputs.generator].judged == "profile":
            return required_arithmetic(dtype)
        near_underflow = isinstance(trial.inputs, Generated) and trial.inputs.generator in NEAR_UNDERFLOW
        flushes = self.flushes(dtype) if near_underflow else False
        roundoff = self.operand_roundoff if dtype == "float32" else 0.0
        return Arithmetic(self.accumulation(trial.call), flushes, roundoff, self.fast)

    def accumulation(self, call: Call) -> Accumulation:
        """Where calls of these shapes and arguments keep their sums."""
        if call.dtype not in SIXTEEN_BIT:
            return CLASSICAL.accumulation
        if call not in self._accumulation:
            self._accumulation[call] = self._measure(call)
        return self._accumulation[call]

    def flushes(self, dtype: str) -> bool:
        """Whether subnormal numbers of the dtype become zero."""
        if dtype not in self._flushes:
            reply = self._ask(one_pixel_call(dtype), subnormal_question(dtype))
            self._flushes[dtype] = isinstance(reply, Answer) and reply.array.size == 1 and not reply.array.any()
        return self._flushes[dtype]

    def _measure(self, call: Call) -> Accumulation:
        kept = self._all_exact(call, wide_questions(call))
        if kept is None:
            return required_arithmetic(call.dtype).accumulation
        return accumulation(kept, kept or bool(self._all_exact(call, single_tap_questions(call))))

    def _all_exact(self, call: Call, questions: list[Question]) -> bool | None:
        """Whether every answer is exact; None where there is nothing to ask, or no answer."""
        exact: bool | None = None
        for question in questions:
            reply = self._ask(call, question)
            if not isinstance(reply, Answer):
                return None
            exact = is_exact(question, reply.array)
            if not exact:
                return False
        return exact
