"""One matrix product for all taps of a few images, channels first: the products of a tap are planes, added shifted.

Must not know: when it is the best form.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import grid_shape, interleaved, phase_length, single_taps
from reference.geometry import Axis

# Enough for a large product; the planes of more would not stay in the cache. An image that is alone in its product is
# not copied where its channels come first in memory.
PIXELS = 1024


def by_planes(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. With few output channels, rows of an image are what is long enough to add quickly."""
    batch, *inputs, channels = value.shape
    rank, out = len(axes), filter.shape[-2]
    grid = np.empty(grid_shape(batch, axes, out), dtype=value.dtype)
    # Where in the planes the products of a tap lie, and where in the phases they go.
    shifts = [
        (
            (*[tap.taps.start for tap in taps], ..., *[tap.source for tap in taps]),
            (*[tap.phases.start for tap in taps], ..., *[tap.target for tap in taps]),
        )
        for taps in product(*(single_taps(axis) for axis in axes))
    ]
    # From (*stride, out, batch, *length) to (batch, length, stride, length, stride, ..., out).
    shuffle = (rank + 1, *[part for axis in range(rank) for part in (rank + 2 + axis, axis)], rank)
    taps = filter.reshape(-1, channels)
    images = max(1, min(batch, PIXELS // max(1, prod(inputs))))
    memory = np.empty(taps.shape[0] * images * prod(inputs), dtype=value.dtype)
    strides, lengths = [axis.stride for axis in axes], [phase_length(axis) for axis in axes]
    for first in range(0, batch, images):
        pixels = value[first : first + images].reshape(-1, channels)
        products = memory[: taps.shape[0] * len(pixels)].reshape(taps.shape[0], len(pixels))
        np.matmul(taps, pixels.T, out=products)
        planes = products.reshape(*filter.shape[:-1], min(images, batch - first), *inputs)
        total = np.zeros((*strides, out, min(images, batch - first), *lengths), dtype=value.dtype)
        for source, target in shifts:
            total[target] += planes[source]
        grid[first : first + images] = total.transpose(shuffle)
    return interleaved(grid, axes)
