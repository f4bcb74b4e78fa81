"""The forward convolution of canonical arrays: the map whose adjoint is `reference.transposed.transposed`.

Knows and must not know: as `reference.transposed`. Written on its own, so that the adjoint identity
<transposed(x, w), y> = <x, convolution(y, w)> is a check of both.
"""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis

# Windows are multiplied from the cache before it forgets them.
BLOCK_BYTES = 4 * 2**20


def convolution(image: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """x[j] = sum over t of y[s j + d t - b] w[t], with zeros beyond both ends of y.

    image (batch, *output, out), filter (*kernel, out, in) -> (batch, *input, in). The lengths keep their names from
    the transposed convolution: this one reads `output` and writes `input`.

    Each position's window is a row of one product, (*kernel, out) long; a block of rows is copied at a time.
    """
    weights = filter.reshape(-1, filter.shape[-1])
    result = np.zeros((image.shape[0], *[axis.input for axis in axes], filter.shape[-1]), dtype=image.dtype)
    if result.size == 0:
        return result
    windows = _windows(image, axes)
    batch, length = result.shape[:2]
    row_bytes = prod(result.shape[2:-1]) * weights.shape[0] * image.itemsize
    rows = min(length, max(1, BLOCK_BYTES // row_bytes))
    images = max(1, BLOCK_BYTES // (row_bytes * length))
    for first in range(0, batch, images):
        for row in range(0, length, rows):
            block = slice(first, first + images), slice(row, row + rows)
            place = result[block]
            place[...] = (windows[block].reshape(-1, weights.shape[0]) @ weights).reshape(place.shape)
    return result


def _windows(image: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """(batch, *input, *kernel, out), a view of the image between zeros: what each input's taps read."""
    batch, channels = image.shape[0], image.shape[-1]
    padded = np.zeros((batch, *[axis.full for axis in axes], channels), dtype=image.dtype)
    inside, read = [], []
    for axis in axes:
        start, skipped = max(axis.crop_before, 0), max(-axis.crop_before, 0)  # a negative crop begins within the image
        count = max(0, min(axis.output - skipped, axis.full - start))
        inside.append(slice(start, start + count))
        read.append(slice(skipped, skipped + count))
    padded[:, *inside] = image[:, *read]
    batch_step, *steps, channel_step = padded.strides
    by_position = [axis.stride * step for axis, step in zip(axes, steps, strict=True)]
    by_tap = [axis.dilation * step for axis, step in zip(axes, steps, strict=True)]
    shape = (batch, *[axis.input for axis in axes], *[axis.kernel for axis in axes], channels)
    return np.ndarray(shape, padded.dtype, padded, 0, (batch_step, *by_position, *by_tap, channel_step))
