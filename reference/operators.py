"""The public operators: TensorFlow's names, arguments and meaning on NumPy arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arguments import Padding, PerAxis, channels_last, conv2d_transpose_geometry
from reference.errors import DtypeError
from reference.transposed import transposed


def conv2d_transpose(
    value: ArrayLike,
    filter: ArrayLike,
    output_shape: Sequence[int],
    strides: PerAxis,
    padding: Padding = "SAME",
    data_format: str | None = None,
    name: str | None = None,  # noqa: ARG001
    *,
    dilations: PerAxis | None = None,
) -> NDArray[Any]:
    """What `tf.nn.conv2d_transpose` is defined to return.

    value: (batch, height, width, in) for NHWC, the default; (batch, in, height, width) for NCHW
    filter: (height, width, out, in), for both data formats
    output_shape: the four lengths of the result, in the order of data_format
    strides, dilations: an int, one or two ints for height and width, or four with 1 for batch and channels
    padding: SAME, VALID, or [[0, 0], [top, bottom], [left, right], [0, 0]] in the order of data_format
    name: accepted and unused, as the graph node's name it is in TensorFlow

    Returns an array of value's dtype. Floating-point sums are taken in float64 (float64 itself included) and rounded
    once; integer sums are exact modulo the dtype's range.

    Raises a subclass of ArgumentError (a ValueError) that says what was given and what is legal.
    """
    value, filter = np.asarray(value), np.asarray(filter)
    geometry = conv2d_transpose_geometry(
        value.shape, filter.shape, output_shape, strides, padding, data_format, dilations
    )
    if value.dtype != filter.dtype or value.dtype.kind not in "fiV" or issubclass(value.dtype.type, np.void):
        raise DtypeError(
            f"value is {value.dtype} and filter is {filter.dtype}; both must have one floating-point or integer dtype"
        )
    last = channels_last(data_format)
    wide = np.int64 if value.dtype.kind == "i" else np.float64
    canonical = value if last else np.moveaxis(value, 1, -1)
    with np.errstate(over="ignore"):
        result = transposed(canonical.astype(wide), filter.astype(wide), geometry.axes).astype(value.dtype)
    return result if last else np.ascontiguousarray(np.moveaxis(result, -1, 1))
