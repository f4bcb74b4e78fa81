"""The named facts of a convolution's call: the one table for waivers, coverage, journals and the page's queries.

Knows: arguments as they are written, axes as integers. Must not know: who asks. A wrong call has no axes: what would
follow from them is false, or None where it is no yes or no.
"""

from collections.abc import Callable, Mapping

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


def _data_format(call: PlainCall) -> str:
    """The default of the rank where the call names none."""
    return str(call.arguments["data_format"] or OPERATORS[call.operator].data_formats[0])


def _channels_first(call: PlainCall) -> bool:
    return bool(call.arguments["data_format"] == OPERATORS[call.operator].data_formats[1])


def _padding(call: PlainCall) -> str:
    padding = call.arguments["padding"]
    return padding if isinstance(padding, str) else "EXPLICIT"


def _each(name: str) -> Callable[[PlainCall], int | str | None]:
    """One number where it is that of all axes, else `2x1`."""

    def of(call: PlainCall) -> int | str | None:
        numbers = [axis[name] for axis in call.axes]
        if len(set(numbers)) > 1:
            return "x".join(map(str, numbers))
        return numbers[0] if numbers else None

    return of


def _stride_beside_dilation(call: PlainCall) -> bool:
    """On the same axis."""
    return any(axis["stride"] > 1 and axis["dilation"] > 1 for axis in call.axes)


def _kernel_beyond_input(call: PlainCall) -> bool:
    """Whether the dilated kernel is longer than the value."""
    return any(axis["dilation"] * (axis["kernel"] - 1) + 1 > axis["input"] for axis in call.axes)


def _kernel_below_stride(call: PlainCall) -> bool:
    """Whether pixels are left that no tap reaches."""
    return any(axis["kernel"] < axis["stride"] for axis in call.axes)


def _multiplier(call: PlainCall) -> int | None:
    return call.arguments["filter"][-1] if call.axes and OPERATORS[call.operator].depthwise else None


def _channels_in(call: PlainCall) -> int | None:
    return call.arguments["value"][1 if _channels_first(call) else -1] if call.axes else None


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


def _beyond_full(call: PlainCall) -> bool:
    """Whether the result of a transposed convolution ends in zeros, behind all that was computed."""
    return any(axis.get("crop_after", 0) < 0 for axis in call.axes)


def _empty(call: PlainCall) -> bool:
    lengths = (length for axis in call.axes for length in (axis["input"], axis["output"]))
    return bool(call.axes) and 0 in (call.arguments["value"][0], *lengths)


FACTS = (
    Fact("data_format", _data_format),
    Fact("layout", lambda call: call.arguments["data_format"] or "default"),
    Fact("channels_first", _channels_first, False),
    Fact("padding", _padding),
    Fact("stride", _each("stride")),
    Fact("strided", lambda call: any(axis["stride"] > 1 for axis in call.axes), False),
    Fact("unequal_strides", lambda call: len({axis["stride"] for axis in call.axes}) > 1, False),
    Fact("dilation", _each("dilation")),
    Fact("dilated", lambda call: any(axis["dilation"] > 1 for axis in call.axes), False),
    Fact("stride_beside_dilation", _stride_beside_dilation, False),
    Fact("kernel", _each("kernel")),
    Fact("kernel_beyond_input", _kernel_beyond_input, False),
    Fact("kernel_below_stride", _kernel_below_stride, False),
    Fact("input", _each("input")),
    Fact("output", _each("output")),
    Fact("output_choice", _output_choice),
    Fact("beyond_full", _beyond_full, False),
    Fact("batch", lambda call: call.arguments["value"][0] if call.axes else None),
    Fact("channels_in", _channels_in),
    Fact("channels_out", _channels_out),
    Fact("groups", lambda call: call.arguments.get("groups", 1)),
    Fact("grouped", lambda call: call.arguments.get("groups", 1) > 1, False),
    Fact("multiplier", _multiplier),
    Fact("bias", lambda call: call.arguments.get("bias", False), False),
    Fact("empty", _empty, False),
)
