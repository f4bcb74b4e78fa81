"""The relations of a call and their classes: the one table on which the covering array stands.

Knows: calls and geometries. Must not know: which classes exclude one another (`rules`), how they are counted
(`array`).

Each relation divides the right calls: every call, or every spatial axis of one, is of one of its classes. In the names
of classes k is the kernel's length, ke that of the dilated kernel, d(k-1)+1, and s the stride. Pads are those that the
padding means: of a transposed convolution what it cuts off the full result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from conformance.operators.convolution.call import Convolution, RightConvolution
from conformance.suite.dtypes import SUMMED
from reference.family import DIRECTIONS, Operator
from reference.geometry import Axis, AxisPadding, legal_output_lengths
from reference.spelling import axis_paddings

# Vector registers hold 4 to 16 numbers; the blocks of matrix products are of 64 and more
SMALL_CHANNELS, MANY_CHANNELS = 16, 64
LARGE_BATCH = 16
MANY_GROUPS = 8
LONG_KERNEL = 6


@dataclass(frozen=True, slots=True)
class PaddedAxis:
    """One spatial axis of a call, with the pads that its padding means."""

    axis: Axis
    rule: AxisPadding
    before: int
    behind: int
    value: int
    """length of the call's value"""
    result: int
    """length of the operator's result"""

    @property
    def surplus(self) -> int:
        """How many elements the longer side has beyond the shortest that leads to the same shorter side."""
        axis = self.axis
        last = legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, self.rule)[-1]
        return axis.stride - 1 - (last - axis.output)


def padded_axes(call: RightConvolution) -> tuple[PaddedAxis, ...]:
    """The axes of a right call."""
    rules = axis_paddings(call.padding, call.data_format, call.definition.rank)
    return tuple(
        padded_axis(axis, rule, call.definition.transposed)
        for axis, rule in zip(call.geometry.axes, rules, strict=True)
    )


def padded_axis(axis: Axis, rule: AxisPadding, transposed: bool) -> PaddedAxis:
    """The axis with the pads and lengths that a call of that rule has."""
    value, result = (axis.input, axis.output) if transposed else (axis.output, axis.input)
    return PaddedAxis(axis, rule, *_pads(axis, rule), value, result)


def _pads(axis: Axis, rule: AxisPadding) -> tuple[int, int]:
    match rule:
        case "SAME":
            total = max(axis.full - axis.output, 0)
            return total // 2, total - total // 2
        case "VALID":
            return 0, 0
        case pads:
            return pads


OfAxis: TypeAlias = Callable[[PaddedAxis], str]
OfCall: TypeAlias = Callable[[Convolution, Sequence[PaddedAxis]], str]


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: its classes for an operator, none where the operator has no such relation."""

    name: str
    classes: Callable[[Operator], tuple[str, ...]]
    of_axis: OfAxis | None = None
    """the class of one axis"""
    of_call: OfCall | None = None
    """the class of a call, where it is not one of an axis"""
    in_triples: bool = False
    """whether triples range over it"""


def _pad_class(pad: int, axis: Axis) -> str:
    most = axis.extent - 1
    if pad == 0:
        return "none"
    return "< ke-1" if pad < most else "= ke-1" if pad == most else "> ke-1"


def _ends(axis: PaddedAxis) -> str:
    if axis.before == axis.behind:
        return "equal" if axis.before else "none"
    return "different"


def _number(number: int) -> str:
    return str(number) if number < 3 else "3+"


def _kernel(axis: PaddedAxis) -> str:
    kernel = axis.axis.kernel
    if kernel == 1:
        return "1"
    return f"{LONG_KERNEL}+" if kernel >= LONG_KERNEL else "odd" if kernel % 2 else "even"


def _kernel_stride(axis: PaddedAxis) -> str:
    kernel, stride = axis.axis.kernel, axis.axis.stride
    if kernel != stride:
        return "k < s" if kernel < stride else "k > s"
    exact = axis.axis.output + axis.before + axis.behind == axis.axis.full
    return "k = s, exact fit" if exact else "k = s, inexact"


def _kernel_value(axis: PaddedAxis) -> str:
    extent, length = axis.axis.extent, axis.value
    return "ke < value" if extent < length else "ke = value" if extent == length else "ke > value"


def _range(axis: PaddedAxis) -> str:
    most = axis.axis.stride - 1
    if most == 0:
        return "only"
    return "shortest" if axis.surplus == 0 else "longest" if axis.surplus == most else "between"


def _length(axis: PaddedAxis) -> str:
    length = axis.value
    if length <= 1:
        return "1"
    return "2 to 16" if length <= 16 else "17 to 32" if length <= 32 else "33 to 64" if length <= 64 else "65+"


def _pads_over_axes(_: Convolution, axes: Sequence[PaddedAxis]) -> str:
    pads = {(axis.before, axis.behind) for axis in axes}
    if pads == {(0, 0)}:
        return "none"
    if (0, 0) in pads:
        return "a bare axis"
    if len(pads) > 1:
        return "different"
    ((before, behind),) = pads
    return "the same at all ends" if before == behind else "the same on all axes"


def _over_axes(measure: Callable[[Axis], int]) -> OfCall:
    return lambda _, axes: "equal" if len({measure(each.axis) for each in axes}) == 1 else "different"


def _ones_over_axes(_: Convolution, axes: Sequence[PaddedAxis]) -> str:
    """A point; a row or column: longer axes beside some of length 1, in the value or in the result; or neither."""
    if all(axis.value == 1 for axis in axes):
        return "a point"
    several = ([axis.value for axis in axes], [axis.result for axis in axes])
    return "one row or column" if any(min(lengths) == 1 < max(lengths) for lengths in several) else "several"


def _channels(call: Convolution) -> tuple[int, int]:
    """Of the value and of the result."""
    axis = -1 if call.last else 1
    return call.value_shape[axis], call.output_shape[axis]


def _channel_class(channels: int) -> str:
    if channels == 1:
        return "1"
    if channels > SMALL_CHANNELS:
        return f"{MANY_CHANNELS + 1}+" if channels > MANY_CHANNELS else f"{SMALL_CHANNELS + 1} to {MANY_CHANNELS}"
    return "odd" if channels % 2 else "even"


def _in_against_out(call: Convolution, _: Sequence[PaddedAxis]) -> str:
    channels_in, channels_out = _channels(call)
    return "in = out" if channels_in == channels_out else "in < out" if channels_in < channels_out else "in > out"


def _groups(call: Convolution, _: Sequence[PaddedAxis]) -> str:
    if call.definition.depthwise:
        return f"multiplier {_number(call.filter_shape[-1])}"
    if call.groups == 1:
        return "1"
    if call.groups == _channels(call)[0]:
        return "as many as channels in"
    return f"2 to {MANY_GROUPS - 1}" if call.groups < MANY_GROUPS else f"{MANY_GROUPS}+"


def _batch(call: Convolution, _: Sequence[PaddedAxis]) -> str:
    batch = call.value_shape[0]
    if batch >= LARGE_BATCH:
        return f"{LARGE_BATCH}+"
    return str(batch) if batch < 2 else "odd" if batch % 2 else "even"


def _always(*classes: str) -> Callable[[Operator], tuple[str, ...]]:
    return lambda operator: classes


def _over_several(*classes: str) -> Callable[[Operator], tuple[str, ...]]:
    return lambda operator: classes if operator.rank > 1 else ()


_PADS = _always("none", "< ke-1", "= ke-1", "> ke-1")
_NUMBERS = _always("1", "2", "3+")
_CHANNELS = _always("1", "odd", "even", f"{SMALL_CHANNELS + 1} to {MANY_CHANNELS}", f"{MANY_CHANNELS + 1}+")

RELATIONS: tuple[Relation, ...] = (
    Relation(
        "padding",
        _always("SAME", "VALID", "explicit"),
        of_call=lambda call, axes: call.padding if isinstance(call.padding, str) else "explicit",
        in_triples=True,
    ),
    Relation("pad before", _PADS, of_axis=lambda axis: _pad_class(axis.before, axis.axis), in_triples=True),
    Relation("pad behind", _PADS, of_axis=lambda axis: _pad_class(axis.behind, axis.axis), in_triples=True),
    Relation("pads at both ends", _always("none", "equal", "different"), of_axis=_ends),
    Relation("stride", _NUMBERS, of_axis=lambda axis: _number(axis.axis.stride), in_triples=True),
    Relation("dilation", _NUMBERS, of_axis=lambda axis: _number(axis.axis.dilation), in_triples=True),
    Relation("kernel", _always("1", "odd", "even", f"{LONG_KERNEL}+"), of_axis=_kernel),
    Relation(
        "kernel against stride",
        _always("k < s", "k = s, exact fit", "k = s, inexact", "k > s"),
        of_axis=_kernel_stride,
        in_triples=True,
    ),
    Relation(
        "dilated kernel against value",
        _always("ke < value", "ke = value", "ke > value"),
        of_axis=_kernel_value,
        in_triples=True,
    ),
    Relation(
        "length in its legal range",
        _always("only", "shortest", "between", "longest"),
        of_axis=_range,
        in_triples=True,
    ),
    Relation(
        "end",
        _always("within the taps", "beyond the last tap"),
        of_axis=lambda axis: "beyond the last tap" if axis.axis.crop_after < 0 else "within the taps",
    ),
    Relation("length", _always("1", "2 to 16", "17 to 32", "33 to 64", "65+"), of_axis=_length),
    Relation(
        "pads over axes",
        _over_several("none", "the same at all ends", "the same on all axes", "a bare axis", "different"),
        of_call=_pads_over_axes,
    ),
    Relation("strides over axes", _over_several("equal", "different"), of_call=_over_axes(lambda axis: axis.stride)),
    Relation(
        "dilations over axes", _over_several("equal", "different"), of_call=_over_axes(lambda axis: axis.dilation)
    ),
    Relation("kernels over axes", _over_several("equal", "different"), of_call=_over_axes(lambda axis: axis.kernel)),
    Relation("lengths over axes", _over_several("a point", "one row or column", "several"), of_call=_ones_over_axes),
    Relation("batch", _always("1", "even", "odd", f"{LARGE_BATCH}+"), of_call=_batch),
    Relation("channels in", _CHANNELS, of_call=lambda call, axes: _channel_class(_channels(call)[0])),
    Relation("channels out", _CHANNELS, of_call=lambda call, axes: _channel_class(_channels(call)[1])),
    Relation(
        "channels in against out",
        lambda operator: ("in = out", "in < out") if operator.depthwise else ("in = out", "in < out", "in > out"),
        of_call=_in_against_out,
    ),
    Relation(
        "groups",
        lambda operator: (
            ("multiplier 1", "multiplier 2", "multiplier 3+")
            if operator.depthwise
            else ("1", f"2 to {MANY_GROUPS - 1}", f"{MANY_GROUPS}+", "as many as channels in")
        ),
        of_call=_groups,
    ),
    Relation("bias", _always("without", "with"), of_call=lambda call, axes: "with" if call.bias else "without"),
    Relation(
        "layout",
        _always("channels last", "channels first"),
        of_call=lambda call, axes: "channels last" if call.last else "channels first",
    ),
    Relation("dtype", _always(*SUMMED), of_call=lambda call, axes: call.dtype),
    Relation("direction", _always(*DIRECTIONS), of_call=lambda call, axes: call.direction),
)
