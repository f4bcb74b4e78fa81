"""The public operators: TensorFlow's names, arguments and meaning on NumPy arrays, and their derivatives.

Knows: which of the three maps (`reference.maps`) each operator and each derivative is. Must not know: how they compute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arguments import (
    Padding,
    PerAxis,
    channels_last,
    check_bias,
    check_cotangent,
    check_dtypes,
    convolution_geometry,
    transposed_geometry,
)
from reference.arrays import along_channels, from_layout, rounded, to_layout
from reference.family import OPERATORS, Direction, Operator
from reference.geometry import TransposedConvolution
from reference.maps import evaluate

Array = NDArray[Any]


def conv2d_transpose(
    value: ArrayLike,
    filter: ArrayLike,
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    name: str | None = None,
    *,
    dilations: PerAxis | None = None,
    groups: int = 1,
) -> Array:
    """What `tf.nn.conv2d_transpose` is defined to return.

    value: (batch, height, width, in) for NHWC, the default; (batch, in, height, width) for NCHW
    filter: (height, width, out / groups, in), for both data formats
    output_shape: the four lengths of the result, in the order of data_format
    strides, dilations: an int, one or two ints for height and width, or four with 1 for batch and channels
    padding: SAME, VALID, or [[0, 0], [top, bottom], [left, right], [0, 0]] in the order of data_format
    name: accepted and unused, as the graph node's name it is in TensorFlow
    groups: said here, where TensorFlow infers them from output_shape's channels

    Returns an array of value's dtype. Floating-point sums are taken in float64 (float64 itself included) and rounded
    once, complex ones in complex128; integer sums are exact modulo the dtype's range.

    Raises a subclass of ArgumentError (a ValueError) that says what was given and what is legal.
    """
    return _transposed(
        OPERATORS["conv2d_transpose"], value, filter, output_shape, strides, padding, data_format, name,
        dilations=dilations, groups=groups,
    )  # fmt: skip


class Transposed(Protocol):
    """A transposed convolution; arguments as those of `conv2d_transpose`, with other numbers of spatial axes."""

    def __call__(
        self,
        value: ArrayLike,
        filter: ArrayLike,
        output_shape: Sequence[int],
        strides: PerAxis,
        padding: Padding = "SAME",
        data_format: str | None = None,
        name: str | None = None,
        *,
        dilations: PerAxis | None = None,
        groups: int = 1,
    ) -> Array: ...


class Convolution(Protocol):
    """A forward convolution; filter (*kernel, in / groups, out), depthwise (*kernel, in, multiplier), the other
    arguments as those of `conv2d_transpose`.
    """

    def __call__(
        self,
        value: ArrayLike,
        filter: ArrayLike,
        strides: PerAxis = 1,
        padding: Padding = "SAME",
        data_format: str | None = None,
        dilations: PerAxis | None = None,
        name: str | None = None,
        *,
        groups: int = 1,
    ) -> Array: ...


def bias_add(value: ArrayLike, bias: ArrayLike, data_format: str | None = None) -> Array:
    """What `tf.nn.bias_add` is defined to return: one number added to each channel of a value.

    Raises DtypeError for other dtypes than value's, and RankError or SizeError unless it is one number per channel.
    """
    value, bias = np.asarray(value), np.asarray(bias)
    last = channels_last(data_format, value.ndim - 2)
    _check_dtypes(value=value, bias=bias)
    check_bias(bias.shape, value.shape[-1 if last else 1])
    return rounded(_wide(value) + along_channels(_wide(bias), value.ndim - 2, last), value.dtype)


@dataclass(frozen=True, slots=True)
class Linear:
    """One call of an operator as what it is: bilinear in value and filter, whatever their numbers."""

    operator: Operator
    geometry: TransposedConvolution
    last: bool
    """the value and the result have their channels last"""

    def compute(self, direction: Direction, operands: Mapping[str, Array]) -> Array:
        """The result, or the derivative of <result, cotangent> for the operand that the direction names.

        operands: `value`, `filter` and `cotangent`, as far as the direction needs them, in the layouts of the call and
        in the dtype to sum in. Returns an array in the layout of the call.
        """
        target = self.operator.target(direction)
        if target is None:
            total: Array = from_layout(operands["cotangent"], self.last).sum(axis=tuple(range(self.operator.rank + 1)))
            return total
        result = evaluate(target, *self.factors(direction, operands), self.geometry)
        return self.laid_out_filter(result) if target == "filter" else to_layout(result, self.last)

    def factors(self, direction: Direction, operands: Mapping[str, Array]) -> tuple[Array, Array]:
        """The two canonical arrays whose products are summed, in the order that `reference.maps.evaluate` takes."""
        match direction:
            case "forward":
                return from_layout(operands["value"], self.last), self.canonical_filter(operands["filter"])
            case "value_gradient":
                return from_layout(operands["cotangent"], self.last), self.canonical_filter(operands["filter"])
            case _:
                pixels = from_layout(operands["value"], self.last), from_layout(operands["cotangent"], self.last)
                return pixels if self.operator.transposed else (pixels[1], pixels[0])

    def canonical_filter(self, filter: Array) -> Array:
        """(*kernel, out / groups, in) of the geometry: only a depthwise filter has another shape."""
        return filter.reshape(self.geometry.filter_shape)

    def laid_out_filter(self, canonical: Array) -> Array:
        """A filter in the shape of the call."""
        if not self.operator.depthwise:
            return canonical
        return canonical.reshape(*canonical.shape[:-2], self.geometry.groups, -1)


def vector_jacobian_product(
    direction: Direction,
    operator: str,
    value: ArrayLike,
    filter: ArrayLike,
    cotangent: ArrayLike,
    **keywords: Any,
) -> Array:
    """The derivative of <operator(value, filter, **keywords), cotangent> for value, filter, or a bias that is added.

    cotangent: as the result of the operator. Returns an array like the operand that the direction names, in its dtype.
    Raises as the operator does, and RankError or SizeError for a cotangent of another shape than the result.
    """
    given = {"value": np.asarray(value), "filter": np.asarray(filter), "cotangent": np.asarray(cotangent)}
    _check_dtypes(**given)
    linear = linear_call(OPERATORS[operator], given["value"].shape, given["filter"].shape, **keywords)
    check_cotangent(given["cotangent"].shape, result_shape(linear))
    wide = {name: _wide(array) for name, array in given.items()}
    return rounded(linear.compute(direction, wide), given["value"].dtype)


def linear_call(operator: Operator, value: Sequence[int], filter: Sequence[int], **keywords: Any) -> Linear:
    """The call of an operator with these shapes and keywords; raises as the operator does."""
    read = transposed_geometry if operator.transposed else convolution_geometry
    last = channels_last(keywords.get("data_format"), operator.rank)
    return Linear(operator, read(operator, value, filter, **keywords), last)


def result_shape(linear: Linear) -> tuple[int, ...]:
    """The shape of the operator's result, in the layout of the call."""
    geometry = linear.geometry
    batch, *spatial, channels = geometry.output_shape if linear.operator.transposed else geometry.value_shape
    return (batch, *spatial, channels) if linear.last else (batch, channels, *spatial)


def _transposed(
    operator: Operator,
    value: ArrayLike,
    filter: ArrayLike,
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    name: str | None = None,  # noqa: ARG001
    *,
    dilations: PerAxis | None = None,
    groups: int = 1,
) -> Array:
    keywords = {"output_shape": output_shape, "strides": strides, "padding": padding}
    return _forward(operator, value, filter, keywords, data_format, dilations, groups)


def _convolution(
    operator: Operator,
    value: ArrayLike,
    filter: ArrayLike,
    strides: PerAxis = 1,
    padding: Padding = "SAME",
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    name: str | None = None,  # noqa: ARG001
    *,
    groups: int = 1,
) -> Array:
    return _forward(operator, value, filter, {"strides": strides, "padding": padding}, data_format, dilations, groups)


def _forward(
    operator: Operator,
    value: ArrayLike,
    filter: ArrayLike,
    keywords: Mapping[str, Any],
    data_format: str | None,
    dilations: PerAxis | None,
    groups: int,
) -> Array:
    value, filter = np.asarray(value), np.asarray(filter)
    linear = linear_call(
        operator, value.shape, filter.shape, **keywords, data_format=data_format, dilations=dilations, groups=groups
    )
    _check_dtypes(value=value, filter=filter)
    result = linear.compute("forward", {"value": _wide(value), "filter": _wide(filter)})
    return rounded(result, value.dtype)


def _check_dtypes(**arrays: Array) -> None:
    """Raise DtypeError unless all have one dtype that the operators are defined for."""
    (_, first), *_ = arrays.items()
    dtype = first.dtype
    defined = dtype.kind in "ficV" and not issubclass(dtype.type, np.void)
    check_dtypes({name: str(array.dtype) for name, array in arrays.items()}, defined=defined)


def _wide(array: Array) -> Array:
    """The array in the dtype in which its sums are taken."""
    return array.astype({"i": np.int64, "c": np.complex128}.get(array.dtype.kind, np.float64))


conv1d_transpose: Transposed = partial(_transposed, OPERATORS["conv1d_transpose"])
conv3d_transpose: Transposed = partial(_transposed, OPERATORS["conv3d_transpose"])
conv1d: Convolution = partial(_convolution, OPERATORS["conv1d"])
conv2d: Convolution = partial(_convolution, OPERATORS["conv2d"])
conv3d: Convolution = partial(_convolution, OPERATORS["conv3d"])
depthwise_conv2d: Convolution = partial(_convolution, OPERATORS["depthwise_conv2d"])
