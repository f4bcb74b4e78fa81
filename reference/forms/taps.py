"""One matrix product per tap: no position is multiplied by a zero that a stride or a crop put there.

Must not know: when it is the best form.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import Phases, Shift, grid_shape, interleaved, phases
from reference.geometry import Axis

ROWS = 1024
"""Enough rows for a large product; more would not stay in the cache from the product to the sum."""
COPY_CHANNELS = 16
"""To copy a row of inputs takes about as long as its product with this many output channels."""


def tap_by_tap(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. Sums each phase in a contiguous array of its own and stores it once, strided.

    Each product is one large one, of inputs side by side: `matmul` of a cropped view would be one small product per row
    of the image. Where a crop leaves many inputs out, those that reach the output are copied.
    """
    cuts = [phases(axis) for axis in axes]
    batch, out = value.shape[0], filter.shape[-2]
    grid = np.empty(grid_shape(batch, cuts, out), dtype=value.dtype)
    images = max(1, ROWS // max(1, prod(axis.input for axis in axes)))
    for phase in product(*(range(axis.stride) for axis in axes)):
        taps = list(product(*(_taps(cut, at) for cut, at in zip(cuts, phase, strict=True))))
        place = grid[:, *(part for at in phase for part in (slice(None), at))]
        for first in range(0, batch, images):
            block = slice(first, first + images)
            place[block] = _sum(value[block], filter, taps, (*(cut.length for cut in cuts), out))
    return interleaved(grid, cuts)


def _taps(cut: Phases, phase: int) -> list[tuple[int, Shift]]:
    """The taps of one phase of an axis that reach the output, those that reach most of it first."""
    shifts = ((tap, cut.shift(tap)) for tap in range(cut.axis.kernel))
    here = [(tap, shift) for tap, shift in shifts if shift and shift.phase == phase]
    return sorted(here, key=lambda each: each[1].target.start - each[1].target.stop)


def _sum(
    value: NDArray[Any], filter: NDArray[Any], taps: list[tuple[tuple[int, Shift], ...]], shape: tuple[int, ...]
) -> NDArray[Any]:
    """(batch, *length, out): the products of the taps of one phase."""
    total = np.zeros((value.shape[0], *shape), dtype=value.dtype)
    value = np.ascontiguousarray(value)
    for number, tap in enumerate(taps):
        weights = filter[tuple(position for position, _ in tap)]
        sources = tuple(shift.source for _, shift in tap)
        reaching = value[:, *sources]
        if _worth_a_copy(reaching, value, shape[-1]):
            products = _product(reaching, weights)
        else:
            products = _product(value, weights)[:, *sources]
        if number == 0 and products.shape == total.shape:
            total = products
        else:
            total[:, *(shift.target for _, shift in tap)] += products
    return total


def _product(value: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """(..., in), (out, in) -> (..., out), as one product of two matrices."""
    products: NDArray[Any] = value.reshape(-1, value.shape[-1]) @ weights.T
    return products.reshape(*value.shape[:-1], weights.shape[0])


def _worth_a_copy(reaching: NDArray[Any], value: NDArray[Any], out: int) -> bool:
    """Whether copying the inputs that reach the output is quicker than products of the others, to be dropped."""
    return (value.size - reaching.size) * out > COPY_CHANNELS * reaching.size
