"""What an error bound needs: how large the summed products are, and how many of them there are."""

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis
from reference.transposed import transposed


def magnitude(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """S = sum of abs(x) abs(w) over the products of each output; shapes as `reference.transposed.transposed`."""
    return transposed(np.abs(value), np.abs(filter), axes)


def tap_counts(axes: tuple[Axis, ...]) -> NDArray[np.int64]:
    """T: how many (input, tap) pairs reach each output position, (*output), the same for every batch and channel."""
    per_axis = [np.array(axis.taps(), dtype=np.int64) for axis in axes]
    return reduce(np.multiply.outer, per_axis)
