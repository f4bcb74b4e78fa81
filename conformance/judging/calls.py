"""A right call from its numbers, for questions that no case asks: probes, masks, results computed elsewhere."""

from conformance.suite.case import Call
from reference.arguments import conv2d_transpose_geometry


def right_call(
    value_shape: tuple[int, ...],
    filter_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    strides: int | tuple[int, ...],
    padding: str | tuple[tuple[int, int], ...] = "SAME",
    data_format: str | None = None,
    dilations: int | tuple[int, ...] | None = None,
    dtype: str = "float32",
) -> Call:
    """The call of `conv2d_transpose`; raises the reference's ArgumentError where the definition refuses it."""
    geometry = conv2d_transpose_geometry(
        value_shape, filter_shape, output_shape, strides, padding, data_format, dilations
    )
    return Call(
        "conv2d_transpose", value_shape, filter_shape, output_shape, strides, padding, data_format, dilations,
        dtype, geometry, None,
    )  # fmt: skip
