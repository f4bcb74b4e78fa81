"""One matrix product for all taps of an image, channels first: the products of a tap are planes, added shifted.

Must not know: when it is the best form.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import grid_shape, interleaved, phase_length, single_taps
from reference.geometry import Axis


def by_planes(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. With few output channels, rows of an image are what is long enough to add quickly."""
    rank, out, channels = len(axes), filter.shape[-2], value.shape[-1]
    grid = np.empty(grid_shape(value.shape[0], axes, out), dtype=value.dtype)
    strides, lengths = [axis.stride for axis in axes], [phase_length(axis) for axis in axes]
    shifts = [_shift(taps, rank) for taps in product(*(single_taps(axis) for axis in axes))]
    taps, pixels = filter.reshape(-1, channels), prod(value.shape[1:-1])
    products = np.empty((taps.shape[0], pixels), dtype=value.dtype)
    planes = products.reshape(*filter.shape[:-1], *value.shape[1:-1])
    total = np.empty((*strides, out, *lengths), dtype=value.dtype)
    pixel_shuffle = total.transpose(*[part for axis in range(rank) for part in (rank + 1 + axis, axis)], rank)
    for image, place in zip(value, grid, strict=True):
        np.matmul(taps, image.reshape(pixels, channels).T, out=products)
        total.fill(0)
        for source, target in shifts:
            total[target] += planes[source]
        place[...] = pixel_shuffle
    return interleaved(grid, axes)


def _shift(taps: tuple[Any, ...], rank: int) -> tuple[Any, Any]:
    """Where in the planes the products of a tap lie, and where in the phases they go."""
    source = (*[tap.taps.start for tap in taps], slice(None), *[tap.source for tap in taps])
    target = (*[tap.phases.start for tap in taps], slice(None), *[tap.target for tap in taps])
    return source, target
