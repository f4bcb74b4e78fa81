"""What a call means, whoever says it: its geometry, TensorFlow's words for it, and the notation in between.

Knows: integers, TensorFlow's rules through `reference.arguments`. Must not know: other frameworks' words (that is
`jax.py` and its neighbours), arrays.

TensorFlow's words crop the full result of a transposed convolution, or let it run on by less than a stride. What other
frameworks put around it beyond that (JAX's wide pads, PyTorch's output_padding under dilation) comes of zeros around
the value; what JAX's negative pads leave out of a convolution's value is cut off it. `fit` does either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from conformance.adapters.plan import Crop, Pad
from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.calls import right_call
from conformance.translation.notation import Notation, Shape
from reference.family import Operator
from reference.geometry import Axis, AxisPadding, TransposedConvolution, legal_output_lengths, transposed_axis


class Unsayable(ValueError):
    """A geometry for which TensorFlow has no words, with its value padded or cut too; the message says why."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One call, and how to get from the operands of the given call to TensorFlow's and back."""

    geometry: TransposedConvolution
    call: RightConvolution
    """TensorFlow's, of the value as it is after `fit`"""
    given: Mapping[str, Shape]
    """the shapes of the given call's operands, by name, in order"""
    value: Notation = ()
    """from the given value to TensorFlow's layout"""
    filter: Notation = ()
    result: Notation = ()
    """from the layout of `call` to that of the given call's result"""
    fit: Pad | Crop | None = None
    """what becomes of the value, in TensorFlow's layout, so that `call` has the geometry"""

    @property
    def judged(self) -> RightConvolution:
        """The call whose oracle is the given call's, for judging: without `fit`, no TensorFlow would take it."""
        if self.fit is None:
            return self.call
        value, _ = _ends(self.call.definition, self.geometry)
        return replace(self.call, value_shape=value, geometry=self.geometry)


def meaning_of(call: RightConvolution) -> Meaning:
    """The meaning of a right call in TensorFlow's own words and layouts."""
    return Meaning(call.geometry, call, call.operands)


def mean(
    operator: Operator,
    geometry: TransposedConvolution,
    dtype: str,
    given: Mapping[str, Shape],
    value: Notation = (),
    filter: Notation = (),
    result: Notation = (),
) -> Meaning:
    """The meaning of a geometry in TensorFlow's words, channels last; raises Unsayable where there are none."""
    fitted = [_fitted(axis, operator.transposed) for axis in geometry.axes]
    core = replace(geometry, axes=tuple(axis for axis, _ in fitted))
    ends = tuple(end for _, end in fitted)
    call = _call(operator, core, dtype, "bias" in given)
    fit: Pad | Crop | None = None
    if any(number for end in ends for number in end):
        fit = Pad("value", ((0, 0), *ends, (0, 0)))
        if not operator.transposed:
            fit = Crop("value", (0, *(before for before, _ in ends), 0), call.value_shape)
    return Meaning(geometry, call, given, value, filter, result, fit)


def is_same(axis: Axis) -> bool:
    """Whether TensorFlow's SAME means the axis; for a transposed convolution, asked for this output."""
    return _is_said_by(axis, "SAME")


def _is_said_by(axis: Axis, padding: AxisPadding) -> bool:
    rule = (axis.input, axis.kernel, axis.stride, axis.dilation, padding)
    return axis.output in legal_output_lengths(*rule) and transposed_axis(*rule, axis.output) == axis


def _fitted(axis: Axis, transposed: bool) -> tuple[Axis, tuple[int, int]]:
    """An axis that TensorFlow can say, and by how much the value is longer or, of a convolution, shorter then."""
    # TensorFlow's result may run on by less than a stride; what is further away needs a longer value.
    beyond = -axis.crop_after
    before, after = max(-axis.crop_before, 0), beyond if beyond >= axis.stride else 0
    if not transposed:
        within = replace(axis, crop_before=axis.crop_before + before, output=axis.output - before - after)
        if within.output < 1:
            raise Unsayable("the pads leave nothing of the value: no product reaches the result")
        return within, (before, after)
    first, last = -(-before // axis.stride), after // axis.stride
    longer = replace(axis, input=axis.input + first + last, crop_before=axis.crop_before + first * axis.stride)
    return longer, (first, last)


def _call(operator: Operator, geometry: TransposedConvolution, dtype: str, bias: bool) -> RightConvolution:
    strides = _compact(tuple(axis.stride for axis in geometry.axes))
    dilations = _compact(tuple(axis.dilation for axis in geometry.axes))
    value, result = _ends(operator, geometry)
    call = right_call(
        operator.name,
        (value, geometry.filter_shape, result),
        strides=strides,
        padding=_padding(geometry.axes),
        dilations=None if dilations == 1 else dilations,
        dtype=dtype,
        groups=geometry.groups,
        bias=bias,
    )
    assert call.geometry == geometry, (call.geometry, geometry)
    return call


def _ends(operator: Operator, geometry: TransposedConvolution) -> tuple[Shape, Shape]:
    """The shapes of value and result, channels last."""
    ends = (geometry.value_shape, geometry.output_shape)
    return ends if operator.transposed else (ends[1], ends[0])


def _padding(axes: tuple[Axis, ...]) -> str | tuple[tuple[int, int], ...]:
    # Words before pairs: some of TensorFlow's functions take no pairs.
    for word in ("SAME", "VALID"):
        if all(_is_said_by(axis, word) for axis in axes):
            return word
    return ((0, 0), *((axis.crop_before, max(axis.crop_after, 0)) for axis in axes), (0, 0))


def _compact(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(set(numbers)) == 1 else numbers
