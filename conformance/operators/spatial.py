"""Facts of calls that have spatial axes, a padding and a data format, whatever their kind of operator.

Knows: arguments as they are written, axes as integers. Must not know: any kind. A wrong call has no axes: what would
follow from them is false, or None where it is not a yes or no.
"""

from collections.abc import Callable, Mapping

from conformance.operators.kind import Fact, PlainCall
from conformance.operators.registry import operators


def data_format(call: PlainCall) -> str:
    """The default of the rank where the call names none."""
    return str(call.arguments["data_format"] or operators()[call.operator].data_formats[0])


def layout(call: PlainCall) -> str:
    """The data format as the call names it."""
    return str(call.arguments["data_format"] or "default")


def channels_first(call: PlainCall) -> bool:
    """Whether the call names the data format that has the channels first."""
    return bool(call.arguments["data_format"] == operators()[call.operator].data_formats[1])


def padding(call: PlainCall) -> str | None:
    """The word, or EXPLICIT for pairs; None of a call that has none."""
    written = call.arguments.get("padding")
    return written if written is None or isinstance(written, str) else "EXPLICIT"


def _sliding(call: PlainCall) -> list[Mapping[str, int]]:
    """The axes along which a window moves by a stride."""
    return [axis for axis in call.axes if "stride" in axis]


def each(name: str) -> Callable[[PlainCall], int | str | None]:
    """One number where it is that of all axes, else `2x1`."""

    def of(call: PlainCall) -> int | str | None:
        numbers = [axis[name] for axis in call.axes if name in axis]
        if len(set(numbers)) > 1:
            return "x".join(map(str, numbers))
        return numbers[0] if numbers else None

    return of


def strided(call: PlainCall) -> bool:
    """Whether a stride is not 1."""
    return any(axis["stride"] > 1 for axis in _sliding(call))


def unequal_strides(call: PlainCall) -> bool:
    """Whether two axes have other strides."""
    return len({axis["stride"] for axis in _sliding(call)}) > 1


def dilated(call: PlainCall) -> bool:
    """Whether a dilation is not 1."""
    return any(axis["dilation"] > 1 for axis in _sliding(call))


def stride_beside_dilation(call: PlainCall) -> bool:
    """On the same axis."""
    return any(axis["stride"] > 1 and axis["dilation"] > 1 for axis in _sliding(call))


def kernel_beyond_input(call: PlainCall) -> bool:
    """Whether the dilated kernel is longer than the value."""
    return any(axis["dilation"] * (axis["kernel"] - 1) + 1 > axis["input"] for axis in _sliding(call))


def kernel_below_stride(call: PlainCall) -> bool:
    """Whether pixels are left that no tap reaches."""
    return any(axis["kernel"] < axis["stride"] for axis in _sliding(call))


def batch(call: PlainCall) -> int | None:
    """How many images the value has."""
    return call.arguments["value"][0] if call.axes else None


def channels(call: PlainCall) -> int | None:
    """How many channels the value has."""
    return call.arguments["value"][1 if channels_first(call) else -1] if call.axes else None


def empty(call: PlainCall) -> bool:
    """Whether value or result have no elements."""
    lengths = (length for axis in call.axes for length in (axis["input"], axis["output"]))
    return bool(call.axes) and 0 in (call.arguments["value"][0], *lengths)


LAYOUT_FACTS = (
    Fact("data_format", data_format),
    Fact("layout", layout),
    Fact("channels_first", channels_first, False),
)
PADDING_FACT = Fact("padding", padding)
WINDOW_FACTS = (
    Fact("stride", each("stride")),
    Fact("strided", strided, False),
    Fact("unequal_strides", unequal_strides, False),
    Fact("dilation", each("dilation")),
    Fact("dilated", dilated, False),
    Fact("stride_beside_dilation", stride_beside_dilation, False),
    Fact("kernel", each("kernel")),
    Fact("kernel_beyond_input", kernel_beyond_input, False),
    Fact("kernel_below_stride", kernel_below_stride, False),
)
