"""Right calls from their arguments, for questions that no case asks: probes, masks, results computed elsewhere.

Knows: which geometry and result a call has. Must not know: YAML, arrays, frameworks.
"""

from typing import Any, TypeAlias

from conformance.suite.case import Call
from conformance.suite.parametric import Shapes
from reference.arguments import channels_last, convolution_geometry, transposed_geometry
from reference.family import OPERATORS, Direction
from reference.geometry import TransposedConvolution

Pads: TypeAlias = tuple[tuple[int, int], ...]
Geometry: TypeAlias = tuple[TransposedConvolution, tuple[int, ...]]
"""with the shape of the operator's result"""


def right_call(
    operator: str,
    value_shape: tuple[int, ...],
    filter_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    strides: int | tuple[int, ...],
    padding: str | Pads = "SAME",
    data_format: str | None = None,
    dilations: int | tuple[int, ...] | None = None,
    dtype: str = "float32",
    direction: Direction = "forward",
    groups: int = 1,
) -> Call:
    """The call, whose output_shape is empty for a forward convolution, which has only one.

    Raises the reference's ArgumentError where the definition refuses it.
    """
    shapes = (value_shape, filter_shape, output_shape)
    geometry, result_shape = read_geometry(operator, shapes, (strides, padding, data_format, dilations, groups))
    return Call(
        operator, value_shape, filter_shape, result_shape, strides, padding, data_format, dilations,
        dtype, geometry, None, groups, bias=direction == "bias_gradient", direction=direction,
    )  # fmt: skip


def read_geometry(operator: str, shapes: Shapes, words: tuple[Any, ...]) -> Geometry:
    """The geometry and the shape of the result: the one that a transposed convolution's caller names, or the value of
    the adjoint, which is what a forward convolution yields.

    `words` are strides, padding, data_format, dilations and groups. Raises the reference's ArgumentError where the
    definition refuses the call.
    """
    definition, (value, filter, output_shape) = OPERATORS[operator], shapes
    if definition.transposed:
        return transposed_geometry(definition, value, filter, output_shape, *words), output_shape
    geometry = convolution_geometry(definition, value, filter, *words)
    batch, *spatial, channels = geometry.value_shape
    last = channels_last(words[2], definition.rank)
    return geometry, (batch, *spatial, channels) if last else (batch, channels, *spatial)
