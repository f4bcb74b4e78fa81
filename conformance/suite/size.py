"""How large a call may be, from its numbers alone: before an array, or a list as long as an axis, exists.

Knows: calls and their geometry. Must not know: who asks; a case is refused, a translation is not run.
"""

from math import prod

from conformance.suite.case import Call, WrongCall
from conformance.suite.dtypes import FORMATS

# Of all arrays together; the oracle holds each in float64.
MOST_BYTES = 2**30
MOST_MULTIPLY_ADDS = 2 * 10**11
# Positions of an axis, and taps of a kernel: what meets at each is counted one by one, about a second each time.
LONGEST_AXIS = 10**7


def result_bytes(call: Call) -> int:
    """What the result of a right call takes; 0 of a wrong one."""
    return 0 if isinstance(call, WrongCall) else FORMATS[call.dtype].numpy.itemsize * prod(call.result_shape)


def excess(call: Call) -> str | None:
    """What of the call is too large, and how large it may be; None where nothing is.

    An empty axis counts as one: what lies beside it still costs tap counts and strides.
    """
    shapes = (*call.operands.values(), call.result_shape)
    needed = sum(8 * prod(max(length, 1) for length in shape) for shape in shapes)
    if needed > MOST_BYTES:
        return f"the arrays would take {needed:,} bytes; at most {MOST_BYTES:,} are accepted"
    if isinstance(call, WrongCall):
        return None
    if call.work > MOST_MULTIPLY_ADDS:
        return f"{call.work:.2g} multiply-adds; at most {MOST_MULTIPLY_ADDS:.2g} are accepted"
    longest = call.longest
    return f"an axis of length {longest:,}; at most {LONGEST_AXIS:,} are accepted" if longest > LONGEST_AXIS else None
