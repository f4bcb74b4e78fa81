"""The named facts of a convolution's call: the one table for waivers, coverage, journals and the page's queries.

Knows: arguments as they are written, axes as integers. Must not know: who asks. A wrong call has no axes: what would
follow from them is false, or None where it is not a yes or no.
"""

from collections.abc import Mapping

from conformance.operators import spatial
from conformance.operators.kind import Fact, PlainCall, frozen
from reference.family import OPERATORS
from reference.geometry import legal_output_lengths
from reference.spelling import axis_paddings


def own_axes(operator: str, axes: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    """Axes in the names of the operator itself; given are, of a forward convolution too, those of a transposed one."""
    if OPERATORS[operator].transposed:
        return axes
    return tuple(
        {
            "input": axis["output"],
            "kernel": axis["kernel"],
            "stride": axis["stride"],
            "dilation": axis["dilation"],
            "pad_before": axis["crop_before"],
            "pad_after": axis["crop_after"],
            "output": axis["input"],
        }
        for axis in axes
    )


def _channels_out(call: PlainCall) -> int | None:
    if not call.axes:
        return None
    operator, (*_, first, last) = OPERATORS[call.operator], call.arguments["filter"]
    if operator.transposed:
        return int(first * call.arguments.get("groups", 1))
    return int(first * last if operator.depthwise else last)


def _output_choice(call: PlainCall) -> str | None:
    """Where a transposed convolution's lengths lie among those that are legal for it."""
    operator = OPERATORS[call.operator]
    if not operator.transposed or not call.axes:
        return None
    rules = axis_paddings(frozen(call.arguments["padding"]), call.arguments["data_format"], operator.rank)
    legal = [
        legal_output_lengths(axis["input"], axis["kernel"], axis["stride"], axis["dilation"], rule)
        for axis, rule in zip(call.axes, rules, strict=True)
    ]
    lengths = [axis["output"] for axis in call.axes]
    if all(len(each) == 1 for each in legal):
        return "only"
    if lengths == [each[0] for each in legal]:
        return "smallest"
    return "largest" if lengths == [each[-1] for each in legal] else "between"


FACTS = (
    *spatial.LAYOUT_FACTS,
    spatial.PADDING_FACT,
    *spatial.WINDOW_FACTS,
    Fact("input", spatial.each("input")),
    Fact("output", spatial.each("output")),
    Fact("output_choice", _output_choice),
    # Whether the result of a transposed convolution ends in zeros, behind all that was computed.
    Fact("beyond_full", lambda call: any(axis.get("crop_after", 0) < 0 for axis in call.axes), False),
    Fact("batch", spatial.batch),
    Fact("channels_in", spatial.channels),
    Fact("channels_out", _channels_out),
    Fact("groups", lambda call: call.arguments.get("groups", 1)),
    Fact("grouped", lambda call: call.arguments.get("groups", 1) > 1, False),
    Fact(
        "multiplier",
        lambda call: call.arguments["filter"][-1] if call.axes and OPERATORS[call.operator].depthwise else None,
    ),
    Fact("bias", lambda call: call.arguments.get("bias", False), False),
    Fact("empty", spatial.empty, False),
)
