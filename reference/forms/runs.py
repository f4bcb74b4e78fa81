"""One matrix product per run of taps: no position is multiplied by a zero that a stride or a crop put there.

Must not know: when it is the best form.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import Run, grid_shape, interleaved, runs, single_taps
from reference.geometry import Axis

# Enough rows for a large product; more would not stay in the cache from the product to the sum.
ROWS = 512
# Columns from which a product gains little by having more of them.
WIDE = 512
# Channels in from which the gain of a wider product is more than what reading it in pieces loses.
DEEP = 128


def by_runs(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. Adds each product onto the output: what a run adds to a position is one piece of memory.

    Each product is one large one, of inputs side by side, copied where a crop leaves some out: `matmul` of a cropped
    view would be one small product per row of the image.
    """
    batch, channels, out = value.shape[0], value.shape[-1], filter.shape[-2]
    grid = np.empty(grid_shape(batch, axes, out), dtype=value.dtype)
    pixels, kernel = prod([axis.input for axis in axes]), axes[-1].kernel
    images = max(1, ROWS // max(1, pixels))
    # What of the last axis is one product: each run by itself, or all of them where that is too narrow a product.
    pieces = runs(axes[-1])
    narrow = max([piece.taps.stop - piece.taps.start for piece in pieces], default=0) * out < WIDE
    spans = [pieces] if narrow and channels >= DEEP and pieces else [[piece] for piece in pieces]
    outer = list(product(*(single_taps(axis) for axis in axes[:-1])))
    memory = np.empty(min(images, batch) * pixels * kernel * out, dtype=value.dtype)
    for first in range(0, batch, images):
        block, place = value[first : first + images], grid[first : first + images]
        place.fill(0)
        for taps in outer:
            rows = block[:, *[tap.source for tap in taps]]
            weights = filter[tuple([tap.taps.start for tap in taps])]
            target = place[:, *[part for tap in taps for part in (tap.target, tap.phases.start)]]
            for span in spans:
                _add_products(target, rows, weights, span, memory)
    return interleaved(grid, axes)


def _add_products(
    target: NDArray[Any], rows: NDArray[Any], weights: NDArray[Any], span: list[Run], memory: NDArray[Any]
) -> None:
    """Adds the products of one span; target (batch, *length, stride, out), rows (batch, ..., input, in)."""
    first, last = span[0].taps.start, span[-1].taps.stop
    start, stop = min(run.source.start for run in span), max(run.source.stop for run in span)
    reaching = rows[..., start:stop, :]
    shape = (*reaching.shape[:-1], last - first, weights.shape[-2])
    products = memory[: prod(shape)].reshape(shape)
    left, right = reaching.reshape(-1, rows.shape[-1]), weights[first:last].reshape(-1, rows.shape[-1]).T
    np.matmul(left, right, out=products.reshape(left.shape[0], right.shape[1]))
    for run in span:
        piece = products[..., run.source.start - start : run.source.stop - start, :, :]
        target[..., run.target, run.phases, :] += piece[..., run.taps.start - first : run.taps.stop - first, :]
