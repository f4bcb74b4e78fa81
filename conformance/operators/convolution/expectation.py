"""What is right about a convolution, and what a wrong answer behaves like.

Knows: the oracle, the diagnosis, the probes. Must not know: lanes.
"""

from collections.abc import Sequence
from typing import Any, cast

from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expectation import Probes
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation
from conformance.operators.convolution import probes
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.diagnosis import search
from conformance.operators.convolution.inputs import quantum_of
from conformance.operators.convolution.oracle import expect_call
from conformance.operators.kind import Operands
from conformance.suite.case import Inputs, RightCall

# Which are asked of right convolutions alone
PROBES = cast(Probes, probes)


def expect(call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
    """What the reference says of a right call with these operands."""
    asked = _right(call)
    return expect_call(asked, operands, quantum_of(asked, inputs))


def diagnose(
    call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None = None
) -> Sequence[Explanation]:
    """What a wrong answer behaves like, the closest first; empty for a call that is too large to be diagnosed."""
    asked = _right(call)
    if asked.work > search.MOST_MULTIPLY_ADDS:
        return ()
    found = search.diagnose(asked, operands, answer, arithmetic).explanations
    return [Explanation(each.sentence, each.answered, each.allowed) for each in found]


def _right(call: RightCall) -> RightConvolution:
    if not isinstance(call, RightConvolution):
        raise TypeError(f"{call.operator} is not a convolution")
    return call
