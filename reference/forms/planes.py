"""One matrix product for all taps of an image, channels first: the products of a tap are planes, added shifted.

Must not know: when it is the best form.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import grid_shape, interleaved, phases
from reference.geometry import Axis


def by_planes(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says. With few output channels, rows of an image are what is long enough to add quickly."""
    cuts = [phases(axis) for axis in axes]
    rank, out, channels = len(axes), filter.shape[-2], value.shape[-1]
    grid = np.empty(grid_shape(value.shape[0], cuts, out), dtype=value.dtype)
    shifts = [[cut.shift(tap) for tap in range(cut.axis.kernel)] for cut in cuts]
    taps = filter.reshape(-1, channels)
    for image, place in zip(value, grid, strict=True):
        planes = (taps @ image.reshape(-1, channels).T).reshape(*filter.shape[:-1], *image.shape[:-1])
        total = np.zeros((*(axis.stride for axis in axes), out, *(cut.length for cut in cuts)), dtype=value.dtype)
        for tap in product(*(range(axis.kernel) for axis in axes)):
            steps = [shift for of, at in zip(shifts, tap, strict=True) if (shift := of[at])]
            if len(steps) == rank:
                sources: tuple[Any, ...] = (*tap, slice(None), *(step.source for step in steps))
                targets: tuple[Any, ...] = (
                    *(step.phase for step in steps),
                    slice(None),
                    *(step.target for step in steps),
                )
                total[targets] += planes[sources]
        place[...] = total.transpose(*(part for axis in range(rank) for part in (rank + 1 + axis, axis)), rank)
    return interleaved(grid, cuts)
