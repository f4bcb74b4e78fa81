"""One matrix product for all taps and pixels, each product summed where it lands.

Must not know: when it is the best form.

Where products land is written down once a geometry has been asked about OFTEN: an index of what each output sums.
Until then they are spread out with zeros between them. Both add the same products in the same order, tap by tap, so
that an answer does not depend on what was asked before.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis

# To make an index takes about as long as it saves in twice as many calls.
OFTEN = 3
# How many are remembered; the index of one is some 10 KB, at most 128.
GEOMETRIES = 512


def by_sums(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says."""
    landings = _landings(value.shape[0], axes)
    landings.asked += 1
    if landings.asked <= OFTEN:
        return _spread(value, filter, axes)
    if landings.rows is None:
        # (most taps, batch, *output): the rows (pixel, tap) of the products that each output sums. Outputs with fewer
        # taps than the most sum the row after the last pixel's, which holds zeros.
        rank = len(axes)
        taps = prod([axis.kernel for axis in axes])
        image = taps * prod([axis.input for axis in axes])
        per_input, per_tap = image, taps
        rows = np.zeros((1,) * (2 * rank), np.intp)
        for number, axis in enumerate(axes):
            per_input, per_tap = per_input // max(1, axis.input), per_tap // axis.kernel
            # (most taps, output): what each pair of one axis adds to the number of its row; very negative for none.
            reaching: list[list[int]] = [[] for _ in range(axis.output)]
            for tap in range(axis.kernel):
                landing = axis.landing(tap)
                for step in range(landing.count):
                    place = landing.first_output + axis.stride * step
                    reaching[place].append((landing.first_input + step) * per_input + tap * per_tap)
            most = max(map(len, reaching), default=0)
            padded = [pairs + [_NONE] * (most - len(pairs)) for pairs in reaching]
            pairs = np.array(padded, np.intp).reshape(axis.output, most).T
            shape = [1] * (2 * rank)
            shape[number], shape[rank + number] = pairs.shape
            rows = rows + pairs.reshape(shape)
        rows = rows.reshape(prod(rows.shape[:rank]), 1, *rows.shape[rank:])
        images = np.arange(value.shape[0]).reshape(1, -1, *[1] * rank)
        landings.rows = np.where(rows < 0, value.shape[0] * image, rows + images * image)
    out, channels = filter.shape[-2:]
    left, right = value.reshape(-1, channels), filter.reshape(-1, channels).T
    products = np.zeros((left.shape[0] + 1, right.shape[1]), value.dtype)
    np.matmul(left, right, out=products[:-1])
    result: NDArray[Any] = np.add.reduce(products.reshape(-1, out).take(landings.rows, 0), 0)
    return result


def spread_positions(batch: int, axes: tuple[Axis, ...]) -> int:
    """How many positions the products take up when they are spread out: each tap has an output of its own."""
    return batch * prod([axis.kernel * _spread_length(axis) for axis in axes])


@dataclass(slots=True)
class _Landings:
    """What is remembered of a geometry."""

    asked: int = 0
    rows: NDArray[np.intp] | None = None


@lru_cache(maxsize=GEOMETRIES)
def _landings(batch: int, axes: tuple[Axis, ...]) -> _Landings:  # noqa: ARG001
    return _Landings()


def _spread(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """Writes tap t's product of input j to (t, s j + d t), through a view whose strides say so; sums over the taps."""
    *kernel, out, channels = filter.shape
    batch, *inputs, _ = value.shape
    products = value.reshape(-1, channels) @ filter.reshape(-1, channels).T
    spread = np.zeros((*kernel, batch, *[_spread_length(axis) for axis in axes], out), value.dtype)
    rank, steps = len(axes), spread.strides
    by_tap = [steps[a] + axis.dilation * steps[rank + 1 + a] for a, axis in enumerate(axes)]
    by_input = [axis.stride * steps[rank + 1 + a] for a, axis in enumerate(axes)]
    strides = (steps[rank], *by_input, *by_tap, steps[-1])
    first = sum(_before(axis) * steps[rank + 1 + a] for a, axis in enumerate(axes)) if spread.size else 0
    np.ndarray((batch, *inputs, *kernel, out), spread.dtype, spread, first, strides)[...] = products.reshape(
        batch, *inputs, *kernel, out
    )
    whole = np.add.reduce(spread.reshape(prod(kernel), *spread.shape[rank:]), 0)
    starts = [axis.crop_before + _before(axis) for axis in axes]
    result: NDArray[Any] = whole[
        :, *[slice(start, start + axis.output) for start, axis in zip(starts, axes, strict=True)]
    ]
    return result


def _spread_length(axis: Axis) -> int:
    """All that any tap reaches, and the output, which may begin before it and run on beyond it."""
    reached = axis.stride * (axis.input - 1) + axis.dilation * (axis.kernel - 1) + 1
    return _before(axis) + max(reached, axis.crop_before + axis.output)


def _before(axis: Axis) -> int:
    """The zeros of an output that begins before what any tap reaches: JAX's wide pads."""
    return max(-axis.crop_before, 0)


# Less than what all other axes together can add: a sum with it stays negative, and is known by that.
_NONE = -(2**40)
