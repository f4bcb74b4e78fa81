"""The definition, read aloud: slow, and obviously right. The engine is held to it, bitwise on integers."""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis


def transposed_by_definition(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As `reference.transposed.transposed`, one product at a time: p = s j + d t - b, kept where 0 <= p < o."""
    batch, *_, channels_in = value.shape
    channels_out = filter.shape[-2]
    result = np.zeros((batch, *(axis.output for axis in axes), channels_out), dtype=value.dtype)
    inputs = list(product(*(range(axis.input) for axis in axes)))
    taps = list(product(*(range(axis.kernel) for axis in axes)))
    for j, t in product(inputs, taps):
        p = tuple(
            axis.stride * j_a + axis.dilation * t_a - axis.crop_before
            for axis, j_a, t_a in zip(axes, j, t, strict=True)
        )
        if not all(0 <= p_a < axis.output for axis, p_a in zip(axes, p, strict=True)):
            continue
        for n, c_out, c_in in product(range(batch), range(channels_out), range(channels_in)):
            result[(n, *p, c_out)] += value[(n, *j, c_in)] * filter[(*t, c_out, c_in)]
    return result
