"""What a call means, whoever says it: its geometry, TensorFlow's words for it, and the notation in between.

Knows: integers, TensorFlow's rules through `reference.arguments`. Must not know: other frameworks' words (that is
`conformance.translation.readings`), arrays.

TensorFlow's words crop the full result, or let it run on by less than a stride. What other frameworks put around it
beyond that (JAX's wide pads, PyTorch's output_padding under dilation) is `margins`: zeros around TensorFlow's result.
"""

from dataclasses import dataclass, replace

from conformance.adapters.plan import Flip, Plan, Transpose
from conformance.suite.case import Call
from reference.arguments import conv2d_transpose_geometry
from reference.geometry import Axis, AxisPadding, TransposedConvolution, legal_output_lengths, transposed_axis

OPERATOR = "conv2d_transpose"
SPATIAL = ("height", "width")
"""of the calls that are read from code; those of a trial are named by its operator"""

Notation = tuple[Transpose | Flip, ...]
Margins = tuple[tuple[int, int], ...]


class Unsayable(ValueError):
    """A geometry for which TensorFlow has no words, zeros around its result included; the message says why."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One call, and how to get from the operands of the given call to TensorFlow's and back."""

    geometry: TransposedConvolution
    call: Call
    """TensorFlow's, whose result lies within the margins"""
    margins: Margins
    """zeros (before, after) of height and width around the result of `call`"""
    value: Notation = ()
    """from the given value to the one of `call`"""
    filter: Notation = ()
    result: Notation = ()
    """from the layout of `call` to that of the given call's result"""

    @property
    def judged(self) -> Call:
        """The call whose oracle is the given call's, margins included: for judging, no TensorFlow would take it."""
        if not has_margins(self.margins):
            return self.call
        return replace(self.call, output_shape=self.geometry.output_shape, geometry=self.geometry)


@dataclass(frozen=True, slots=True)
class Reading:
    """A call as it was read."""

    text: str
    lane: str
    """who is asked to run it as it was given"""
    plan: Plan
    """the call as it was given, for that lane"""
    filter_layout: tuple[str, ...]
    """what each axis of the given filter is"""
    meaning: Meaning
    remarks: tuple[str, ...] = ()
    """what a reader of the call may not expect of it"""


def no_margins(rank: int) -> Margins:
    """Nothing around the result."""
    return ((0, 0),) * rank


def has_margins(margins: Margins) -> bool:
    """Whether there is anything around TensorFlow's result."""
    return any(number for pair in margins for number in pair)


def mean(
    geometry: TransposedConvolution, dtype: str, value: Notation = (), filter: Notation = (), result: Notation = ()
) -> Meaning:
    """The meaning of a geometry in TensorFlow's words, channels last; raises Unsayable where there are none."""
    margins = tuple(_margins(axis) for axis in geometry.axes)
    core = replace(
        geometry, axes=tuple(_within(axis, around) for axis, around in zip(geometry.axes, margins, strict=True))
    )
    return Meaning(geometry, _call(core, dtype), margins, value, filter, result)


def is_same(axis: Axis) -> bool:
    """Whether TensorFlow's SAME, asked for this output, means the axis."""
    return _is_said_by(axis, "SAME")


def _is_said_by(axis: Axis, padding: AxisPadding) -> bool:
    rule = (axis.input, axis.kernel, axis.stride, axis.dilation, padding)
    return axis.output in legal_output_lengths(*rule) and transposed_axis(*rule, axis.output) == axis


def _margins(axis: Axis) -> tuple[int, int]:
    """The zeros that no crop and no output_shape of TensorFlow's reach."""
    beyond = -axis.crop_after
    return max(-axis.crop_before, 0), beyond if beyond >= axis.stride else 0


def _within(axis: Axis, margins: tuple[int, int]) -> Axis:
    before, after = margins
    within = replace(axis, crop_before=axis.crop_before + before, output=axis.output - before - after)
    if within.output < 0 or (within.output == 0 and axis.output > 0):
        raise Unsayable("the pads leave zeros only: no product reaches the result")
    return within


def _call(geometry: TransposedConvolution, dtype: str) -> Call:
    strides = _compact(tuple(axis.stride for axis in geometry.axes))
    dilations = _compact(tuple(axis.dilation for axis in geometry.axes))
    call = Call(
        OPERATOR, geometry.value_shape, geometry.filter_shape, geometry.output_shape, strides, _padding(geometry.axes),
        None, None if dilations == 1 else dilations, dtype, geometry, None,
    )  # fmt: skip
    said = conv2d_transpose_geometry(
        call.value_shape, call.filter_shape, call.output_shape, strides, call.padding, None, call.dilations
    )
    assert said == geometry, (said, geometry)
    return call


def _padding(axes: tuple[Axis, ...]) -> str | tuple[tuple[int, int], ...]:
    for word in ("SAME", "VALID"):
        if all(_is_said_by(axis, word) for axis in axes):
            return word
    return ((0, 0), *((axis.crop_before, max(axis.crop_after, 0)) for axis in axes), (0, 0))


def _compact(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(set(numbers)) == 1 else numbers
