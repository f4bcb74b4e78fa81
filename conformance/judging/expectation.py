"""What is right about a kind of operator, and what a wrong answer is like: the part `expectation` of its package."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL, Arithmetic, required_arithmetic
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation, overlay
from conformance.judging.verdict import Verdict
from conformance.operators.kind import Operands
from conformance.operators.registry import part
from conformance.suite.case import Call, Inputs, RightCall, RightTrial

if TYPE_CHECKING:
    from conformance.judging.question import Question


class Probes(Protocol):
    """Questions whose answers tell where a lane keeps its sums, and what becomes of subnormal numbers."""

    def wide_questions(self, call: RightCall) -> "list[Question]":
        """Sums that only a wide accumulator gets right; none where the shapes leave no bits."""

    def thinned_questions(self, call: RightCall) -> "list[Question]":
        """Sums of few products, whose operands take all the bits of their dtype."""

    def single_tap_questions(self, call: RightCall) -> "list[Question]":
        """Sums over channels alone; none where there are no others."""

    def subnormal_questions(self, call: RightCall) -> "list[Question]":
        """A subnormal result, then results of normal size; none where no element is reached."""

    def depends_on_subnormals(self, call: RightCall, operands: Operands) -> bool:
        """Whether the answer to these operands depends on what becomes of subnormal numbers."""

    def asks_required(self, inputs: Inputs) -> bool:
        """Whether these inputs are judged under the required arithmetic, whatever was measured."""


class Expectation(Protocol):
    """The module `expectation` of a kind's package."""

    PROBES: Probes | None
    """None for a kind in which nothing is summed, or whose bounds hold whatever the accumulator."""

    def expect(self, call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
        """What the reference says of a right call with these operands."""

    def diagnose(
        self, call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None
    ) -> Sequence[Explanation]:
        """What a wrong answer behaves like, the closest explanation first."""


def required_of(call: Call) -> Arithmetic:
    """The weakest profile that a lane may have for a call: what its dtype asks for, or where the kind has no probes,
    that of sums in the operands' own dtype.
    """
    return CLASSICAL if expectation(call.operator).PROBES is None else required_arithmetic(call.dtype)


def diagnosed(
    verdict: Verdict, trial: RightTrial, question: "Question", answer: NDArray[Any], arithmetic: Arithmetic
) -> Verdict:
    """The verdict on a wrong answer with what that behaves like, of which one explanation is held against it."""
    told = expectation(trial.call.operator).diagnose(trial.call, question.operands, answer, arithmetic)
    window = verdict.metrics.excerpt if verdict.metrics is not None else None
    spatial = question.expected.spatial if question.expected is not None else ()
    return replace(
        verdict,
        diagnosis=tuple(each.sentence for each in told),
        overlay=overlay(told, answer, window, spatial),
    )


def expectation(operator: str) -> Expectation:
    """That of the operator's kind."""
    return cast(Expectation, part(operator, "expectation"))
