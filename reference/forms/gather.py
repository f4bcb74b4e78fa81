"""One matrix product for all taps and pixels, whose rows an index gathers; the index is made once for a geometry.

Must not know: when it is the best form.
"""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis

GEOMETRIES = 512
"""How many indices are kept; those of tiny geometries are some 10 KB each."""


def by_gather(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says: four calls of NumPy once the geometry is known."""
    out, channels = filter.shape[-2:]
    index, pixels, taps = gathering(value.shape[0], axes)
    products = np.zeros((pixels + 1, taps * out), value.dtype)
    np.matmul(value.reshape(pixels, channels), filter.reshape(-1, channels).T, out=products[:pixels])
    result: NDArray[Any] = np.add.reduce(products.reshape(-1, out).take(index, 0), 0)
    return result


@lru_cache(maxsize=GEOMETRIES)
def gathering(batch: int, axes: tuple[Axis, ...]) -> tuple[NDArray[np.intp], int, int]:
    """The rows (pixel, tap) that each output sums, (most taps, batch, *output); how many pixels and taps there are.

    Outputs with fewer taps than the most sum the row after the last pixel's, which holds zeros.
    """
    rank = len(axes)
    image, taps = prod([axis.input for axis in axes]), prod([axis.kernel for axis in axes])
    row, tap = image * taps, taps
    rows = np.zeros((1,) * (2 * rank), np.intp)
    for number, axis in enumerate(axes):
        row, tap = row // max(1, axis.input), tap // axis.kernel
        per_axis = _pairs(axis, row, tap)
        shape = [1] * (2 * rank)
        shape[number], shape[rank + number] = per_axis.shape
        rows = rows + per_axis.reshape(shape)
    rows = rows.reshape(prod(rows.shape[:rank]), 1, *rows.shape[rank:])
    images = np.arange(batch).reshape(1, -1, *[1] * rank)
    index = np.where(rows < 0, batch * image * taps, rows + images * (image * taps))
    return index, batch * image, taps


def _pairs(axis: Axis, row: int, tap: int) -> NDArray[np.intp]:
    """(most taps, output): what each pair of one axis adds to the number of its row; very negative for none."""
    reaching: list[list[int]] = [[] for _ in range(axis.output)]
    for number in range(axis.kernel):
        landing = axis.landing(number)
        for step in range(landing.count):
            place = landing.first_output + axis.stride * step
            reaching[place].append((landing.first_input + step) * row + number * tap)
    most = max(map(len, reaching), default=0)
    padded = [pairs + [_NONE] * (most - len(pairs)) for pairs in reaching]
    return np.array(padded, np.intp).reshape(axis.output, most).T


_NONE = -(2**40)
