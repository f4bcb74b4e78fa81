"""A trial as it is examined: its arrays, and what is expected of them.

Knows: generators and the oracle. Next stage: `conformance.running.runner` sends the arrays and keeps the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.errors import CaseFileError
from conformance.judging.arithmetic import Arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expectation import expectation
from conformance.judging.expected import Expected, recorded_problem
from conformance.operators.kind import Operands
from conformance.operators.registry import signature
from conformance.suite.case import Checksum, Recorded, RightTrial, Trial

# Of a question whose arrays hold next to nothing, as tracemalloc counts it: 5,300 to 6,200.
OBJECT_BYTES = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A trial's arrays and what is expected of them; `expected` is None for a call that is wrong on purpose."""

    operands: Operands
    expected: Expected | None
    subnormal: bool = False
    """whether the answer depends on what becomes of subnormal numbers, as far as somebody asks"""

    @property
    def value(self) -> NDArray[Any]:
        """The operand of that name."""
        return self.operands["value"]

    @property
    def filter(self) -> NDArray[Any]:
        """The operand of that name."""
        return self.operands["filter"]

    @property
    def bytes(self) -> int:
        """What it takes in memory, about: of small arrays the objects take more than the elements."""
        expected = self.expected
        # R twice: S is as large, once it is asked for.
        arrays = [] if expected is None else [expected.values, expected.values, expected.taps, expected.products]
        return OBJECT_BYTES + sum(array.nbytes for array in (*self.operands.values(), *arrays))


def make_question(trial: Trial) -> Question:
    """The trial's arrays and, unless its call is wrong on purpose, its oracle."""
    operands = signature(trial.call.operator).generate(trial.content_id, trial.call, trial.inputs)
    if not isinstance(trial, RightTrial):
        return Question(operands, None)
    right = expectation(trial.call.operator)
    expected = right.expect(trial.call, trial.inputs, operands)
    probes = right.PROBES
    if probes is None or probes.asks_required(trial.inputs):
        return Question(operands, expected)
    return Question(operands, expected, probes.depends_on_subnormals(trial.call, operands))


def check_recorded(trials: Iterable[Trial]) -> None:
    """Hold every recorded expectation against the reference; raises CaseFileError with all that drifted."""
    problems = []
    for trial in trials:
        if isinstance(trial, RightTrial) and isinstance(trial.expectation, Recorded | Checksum):
            expected = make_question(trial).expected
            problem = recorded_problem(trial, expected) if expected is not None else None
            if problem is not None:
                problems.append(f"{trial.location}: {trial.id}: {problem}")
    if problems:
        raise CaseFileError(problems)


def agrees(question: Question, answer: NDArray[Any], arithmetic: Arithmetic) -> bool:
    """Whether an answer to a probe is right under the arithmetic."""
    expected = question.expected
    assert expected is not None
    # Most answers are R rounded once, which every bound allows: abs(R) <= S, and where nothing is summed both are 0.
    # Of numbers below the normal ones that is another R where they are taken for zero.
    same = answer.dtype.name == expected.format.name and answer.shape == expected.values.shape
    if same and not (arithmetic.flushes or expected.signed) and np.array_equal(answer, expected.rounded):
        return answer.size > 0
    verdict = compare(answer, expected, arithmetic)
    return verdict.metrics is not None and not verdict.metrics.wrong
