"""How large a call may be that is examined or explained.

Knows: what the diagnosis of a call costs. Must not know: where the call came from.
"""

from math import prod

from conformance.errors import UsageError
from conformance.operators.convolution.call import RightConvolution
from conformance.suite.size import excess

# multiply-adds of a call that is explained: its some hundred edits cost about as much each, a second or so
MOST_DIAGNOSED = 10**9
# Each costs every edit a loop's turn, however few products it has
MOST_TAPS = 4096


def check_size(call: RightConvolution) -> None:
    """Raise UsageError for a call whose diagnosis would take more than a machine has; every edit costs as much."""
    geometry = call.geometry
    too_large, taps = excess(call), prod(axis.kernel for axis in geometry.axes)
    if too_large is None and geometry.multiply_adds > MOST_DIAGNOSED:
        too_large = f"{geometry.multiply_adds:.2g} multiply-adds; at most {MOST_DIAGNOSED:.2g} are diagnosed"
    if too_large is None and taps > MOST_TAPS:
        too_large = f"{taps:,} taps; at most {MOST_TAPS:,} are diagnosed"
    if too_large is not None:
        raise UsageError(f"{call.operator}: {too_large}; a smaller call with the same fault is explained as well")
