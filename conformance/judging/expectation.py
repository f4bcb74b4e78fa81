"""What is right about a kind of operator, and what a wrong answer is like: the part `expectation` of its package."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL, Arithmetic, required_arithmetic
from conformance.judging.expected import Expected
from conformance.operators.kind import Operands
from conformance.operators.registry import part
from conformance.suite.case import Call, Inputs, RightCall

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
    ) -> Sequence[str]:
        """What a wrong answer behaves like, a sentence for each explanation, the closest first."""


def required_of(call: Call) -> Arithmetic:
    """The weakest profile that a lane may have for a call: what its dtype asks for, or where the kind has no probes,
    that of sums in the operands' own dtype.
    """
    return CLASSICAL if expectation(call.operator).PROBES is None else required_arithmetic(call.dtype)


def expectation(operator: str) -> Expectation:
    """That of the operator's kind."""
    return cast(Expectation, part(operator, "expectation"))
