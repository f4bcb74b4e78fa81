"""The forward convolution of canonical arrays: the map whose adjoint is `reference.transposed.transposed`.

Knows and must not know: as `reference.transposed`. Written on its own, so that the adjoint identity
<transposed(x, w), y> = <x, convolution(y, w)> is a check of both.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis


def convolution(image: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """x[j] = sum over t of y[s j + d t - b] w[t], with zeros beyond both ends of y.

    image (batch, *output, out), filter (*kernel, out, in) -> (batch, *input, in). The lengths keep their names from
    the transposed convolution: this one reads `output` and writes `input`.

    Pads once, then reads one strided window per tap.
    """
    pads = [(axis.crop_before, max(axis.crop_after, 0)) for axis in axes]
    padded = np.pad(image, [(0, 0), *pads, (0, 0)])
    result = np.zeros((image.shape[0], *(axis.input for axis in axes), filter.shape[-1]), dtype=image.dtype)
    if result.size == 0:
        return result
    for tap in product(*(range(axis.kernel) for axis in axes)):
        windows = tuple(
            slice(axis.dilation * position, axis.dilation * position + axis.stride * (axis.input - 1) + 1, axis.stride)
            for axis, position in zip(axes, tap, strict=True)
        )
        result += padded[:, *windows] @ filter[tap]
    return result
