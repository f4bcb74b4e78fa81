"""What is right about it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation
from conformance.operators.kind import Operands
from conformance.suite.case import Inputs, RightCall
from tests.operators.running_maximum.call import RightMaximum
from tests.operators.running_maximum.function import running_maximum

PROBES = None


def expect(call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
    assert isinstance(call, RightMaximum)
    return Expected.of_chosen(running_maximum(operands["value"], call.window), call.dtype)


def diagnose(
    call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None = None
) -> Sequence[Explanation]:
    assert isinstance(call, RightMaximum)
    ahead = running_maximum(operands["value"][::-1], call.window)[::-1]
    said = "behaves as if the window began at each position"
    return [Explanation(said, ahead)] if np.array_equal(ahead, answer) else []
