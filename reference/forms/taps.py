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


def tap_by_tap(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. Sums each phase in a contiguous array of its own and stores it once, strided.

    The inputs that reach the output are copied side by side, for one large product: `matmul` of the view would be one
    small product per row of the image.
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
    """The taps of one phase of an axis that reach the output."""
    shifts = ((tap, cut.shift(tap)) for tap in range(cut.axis.kernel))
    return [(tap, shift) for tap, shift in shifts if shift and shift.phase == phase]


def _sum(
    value: NDArray[Any], filter: NDArray[Any], taps: list[tuple[tuple[int, Shift], ...]], shape: tuple[int, ...]
) -> NDArray[Any]:
    """(batch, *length, out): the products of the taps of one phase."""
    total = np.zeros((value.shape[0], *shape), dtype=value.dtype)
    for tap in taps:
        reaching = value[:, *(shift.source for _, shift in tap)]
        weights = filter[tuple(position for position, _ in tap)]
        products = reaching.reshape(-1, value.shape[-1]) @ weights.T
        total[:, *(shift.target for _, shift in tap)] += products.reshape(*reaching.shape[:-1], shape[-1])
    return total
