"""The named facts of a pooling's call: the one table for waivers, coverage, journals and the page's queries.

Knows: arguments as they are written, axes as integers. Must not know: who asks. A wrong call has no axes: what would
follow from them is false, or None where it is not a yes or no.
"""

from math import prod

from conformance.operators import spatial
from conformance.operators.kind import Fact, PlainCall
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import AdaptiveAxis, Axis, UnpooledAxis, WindowAxis, elements_of


def _axes(call: PlainCall) -> list[Axis]:
    told = AdaptiveAxis if OPERATORS[call.operator].reduction != "unpooled" else UnpooledAxis
    return [WindowAxis(**axis) if "stride" in axis else told(**axis) for axis in call.axes]


def _divisor(call: PlainCall) -> str | None:
    """What an average is divided by."""
    if OPERATORS[call.operator].reduction != "average":
        return None
    if call.arguments.get("divisor_override") is not None:
        return "override"
    return "places" if call.arguments.get("count_include_pad") else "elements"


def _index(call: PlainCall) -> str | None:
    """Where the index of a maximum counts from."""
    if OPERATORS[call.operator].reduction != "index":
        return None
    return "batch" if call.arguments.get("include_batch_in_index") else "image"


FACTS = (
    *spatial.LAYOUT_FACTS,
    spatial.PADDING_FACT,
    # Whether a window reads a pad.
    Fact(
        "padded", lambda call: any(axis.kernel != count for axis in _axes(call) for count in elements_of(axis)), False
    ),
    Fact("uneven_pads", lambda call: any(axis.pad_before != axis.pad_after for axis in _axes(call)), False),
    *spatial.WINDOW_FACTS,
    # Whether an element lies in two windows, so that its gradient is a sum.
    Fact("overlapping", lambda call: prod(max(axis.windows(), default=0) for axis in _axes(call)) > 1, False),
    # Whether a window holds pads alone: frameworks say -inf, the lowest number, 0 or NaN there, or refuse.
    Fact("empty_window", lambda call: any(0 in elements_of(axis) for axis in _axes(call)), False),
    Fact("ceil_mode", lambda call: call.arguments.get("ceil_mode", False), False),
    # Whether windows of an adaptive pooling differ in length or in how far they are apart, so that no strides say them.
    Fact(
        "uneven_windows",
        lambda call: any(isinstance(axis, AdaptiveAxis) and axis.as_window() is None for axis in _axes(call)),
        False,
    ),
    # Whether there are more windows than elements.
    Fact(
        "upsampled",
        lambda call: any(axis.output > axis.input for axis in _axes(call) if isinstance(axis, AdaptiveAxis)),
        False,
    ),
    # Whether the last window reaches beyond the padded value, whose divisor frameworks disagree about.
    Fact("overhang", lambda call: any(axis.overhang for axis in _axes(call)), False),
    Fact("divisor", _divisor),
    Fact("index", _index),
    Fact("norm_type", lambda call: call.arguments.get("norm_type")),
    Fact("input", spatial.each("input")),
    Fact("output", spatial.each("output")),
    Fact("batch", spatial.batch),
    Fact("channels_in", spatial.channels),
    Fact("empty", spatial.empty, False),
)
