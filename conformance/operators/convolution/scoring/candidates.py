"""Which trials a mutant is asked: those that can show its fault, found by their shapes.

Knows: faults, trials. Must not know: how a mutant is asked, how verdicts are counted.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from conformance.adapters.notation import given_keywords
from conformance.judging.question import Question, make_question
from conformance.mutants import KindMutant
from conformance.operators.convolution.call import ConvolutionTrial, RightConvolution, SpelledConvolution, convolution
from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.engine import BFLOAT16
from conformance.operators.convolution.mutants.fault import Fault
from conformance.operators.convolution.mutants.problem import GivenCall, Keywords, Problem, read
from conformance.scoring.rounds import Round
from conformance.suite.case import Trial
from reference.family import DIRECTIONS, OPERATORS, Direction

Place: TypeAlias = tuple[str, Direction]
"""an operator's name, and what is asked for"""

# The engine is literal, and slow; larger calls catch nothing more, but of a fault that begins at a size
MOST_MULTIPLY_ADDS = 100_000
MOST_OF_SIZES = 5_000_000
# Chapters with what harms a process: each such trial costs a new one, and no operator has another process
ALONE = (
    "conv2d_transpose/layouts/batch", "conv2d_transpose/refusals/", "conv2d_transpose/kernels/kernel-beyond-input",
    "conv2d_transpose/kernels/one-pixel", "conv2d_transpose/regressions/",
)  # fmt: skip


class ConvolutionCandidates:
    """The trials in the order of their ids' digests, so that the first ones are of all operators."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._trials = sorted(trials, key=lambda trial: sha256(trial.id.encode()).digest())
        self._problems: dict[str, Problem] = {}
        self._questions: dict[str, Question] = {}

    @cached_property
    def small(self) -> list[Trial]:
        """Those that a right engine is asked."""
        return [trial for trial in self._trials if _work(trial) <= MOST_MULTIPLY_ADDS]

    @property
    def asked(self) -> int:
        return len(self.small)

    def rounds(self, mutant: KindMutant, enough: int) -> Iterator[Round]:
        fault = FAULTS[mutant.name]
        if fault.alone:
            yield Round(self.alone(), None)
        elif fault.due is None:
            yield Round(self.of(fault), enough if fault.outcomes else None)
        else:
            for place in self.places(fault):
                yield Round(self.at(place, fault), 1, " ".join(place))

    def alone(self) -> Iterator[tuple[Trial, Question]]:
        """Those that trigger what harms a process."""
        return self._with_questions(trial for trial in self.small if trial.id.startswith(ALONE))

    def of(self, fault: Fault) -> Iterator[tuple[Trial, Question]]:
        """Those that may show a fault that is caught anywhere; for a right engine all of them."""
        if not fault.outcomes:
            return self._with_questions(iter(self.small))
        calls = (trial for trial in self.small if trial.calls == 1)
        if fault.outcomes == ("accepted",):
            return self._with_questions(
                trial for trial in calls if _shapes(convolution(trial.call)) in self._shapes_of_wrong_calls
            )
        answered = "accepted" in fault.outcomes
        return self._with_questions(
            trial
            for trial in calls
            if (fault.where(self._problem(trial)) if isinstance(trial, ConvolutionTrial) else answered)
        )

    def places(self, fault: Fault) -> list[Place]:
        """Where a fault with a `due` has to be caught, of the operators that the trials ask."""
        asked = sorted({trial.call.operator for trial in self._trials})
        return [
            (name, direction)
            for name, direction in product(asked, DIRECTIONS)
            if fault.due is not None and fault.due(OPERATORS[name], direction)
        ]

    def at(self, place: Place, fault: Fault) -> Iterator[tuple[Trial, Question]]:
        """The trials of a place that trigger a fault, those of its chapter first."""
        there = [
            trial
            for trial in self._trials
            if (trial.call.operator, trial.call.direction) == place and _work(trial) <= MOST_OF_SIZES
        ]
        return self._with_questions(
            trial
            for trial in sorted(there, key=lambda trial: f"/{fault.chapter}/" not in trial.id)
            if isinstance(trial, ConvolutionTrial) and fault.where(self._problem(trial))
        )

    def _with_questions(self, trials: Iterator[Trial]) -> Iterator[tuple[Trial, Question]]:
        for trial in trials:
            if trial.id not in self._questions:
                self._questions[trial.id] = make_question(trial)
            yield trial, self._questions[trial.id]

    @cached_property
    def _shapes_of_wrong_calls(self) -> set[Any]:
        """Right calls of these shapes may be what a wrong one is taken for."""
        return {_shapes(convolution(trial.call)) for trial in self.small if not isinstance(trial, ConvolutionTrial)}

    def _problem(self, trial: ConvolutionTrial) -> Problem:
        if trial.id not in self._problems:
            self._problems[trial.id] = hollow(trial.call)
        return self._problems[trial.id]


def hollow(call: RightConvolution) -> Problem:
    """The problem of a right call, whose arrays have shapes and take no memory."""
    dtype = BFLOAT16 if call.dtype == "bfloat16" else np.dtype(call.dtype)
    operands = {name: np.broadcast_to(np.zeros((), dtype), shape) for name, shape in call.operands.items()}
    keywords: dict[str, Any] = {**dict(given_keywords(call)), "groups": call.groups}
    return read(GivenCall(OPERATORS[call.operator], call.direction, Keywords(**keywords), **operands))


def _work(trial: Trial) -> int:
    return trial.call.geometry.multiply_adds if isinstance(trial, ConvolutionTrial) else 0


def _shapes(call: SpelledConvolution) -> tuple[Any, ...]:
    return call.operator, tuple(call.value_shape), tuple(call.filter_shape)
