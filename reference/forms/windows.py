"""One matrix product for all taps and phases: windows of neighbouring inputs times a filter sorted by phase.

Must not know: when it is the best form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import Phases, grid_shape, interleaved, phases
from reference.geometry import Axis

BLOCK_BYTES = 4 * 2**20
"""Products are stored from the cache before it forgets them."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the windows of one axis see: `length` inputs, the last of them input q - `ahead` at position q."""

    cut: Phases
    ahead: int
    length: int

    @property
    def slots(self) -> slice:
        """The places of the taps among the windows' inputs, the last input first, times phases."""
        first = -self.cut.origin - self.ahead * self.cut.axis.stride
        return slice(first, first + self.cut.axis.extent, self.cut.axis.dilation)

    @property
    def overlap(self) -> tuple[slice, slice]:
        """Which inputs the windows see, and their place among the inputs from the first window's first one on."""
        begin = 1 - self.length - self.ahead
        start = max(0, begin)
        stop = max(start, min(self.cut.axis.input, self.cut.length - self.ahead))
        return slice(start, stop), slice(start - begin, stop - begin)


@lru_cache(maxsize=1024)  # the same axis comes back: for the width, and for the magnitudes
def _reach(axis: Axis) -> Reach:
    """The shorter of two ways to count phases: from where the output begins, or from where a kernel does."""
    candidates = []
    for origin in {axis.crop_before, axis.crop_before // axis.stride * axis.stride}:
        ahead = -origin // axis.stride
        last = (axis.extent - 1 - origin) // axis.stride
        candidates.append(Reach(phases(axis, origin), ahead, last - ahead + 1))
    return min(candidates, key=lambda reach: reach.cut.length * reach.length)


def by_windows(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says, for finite numbers: windows at the border hold zeros, and so do phases without a tap.

    Each position of all phases is a row of one product, (reach * in) long; each output is written once.
    """
    reaches = [_reach(axis) for axis in axes]
    cuts = [reach.cut for reach in reaches]
    windows, weights = _windows(value, reaches), _weights(filter, reaches)
    grid = np.empty(grid_shape(value.shape[0], cuts, filter.shape[-2]), dtype=value.dtype)
    by_phase = grid.transpose(_position_then_phase(len(axes)))
    for block in _blocks(by_phase):
        rows = windows[block].reshape(-1, weights.shape[0])
        place = by_phase[block]
        place[...] = (rows @ weights).reshape(place.shape)
    return interleaved(grid, cuts)


def _windows(value: NDArray[Any], reaches: list[Reach]) -> NDArray[Any]:
    """(batch, *length, *reach, in), a view: at each position of the phases the inputs that meet there, in order."""
    batch, *inputs, channels = value.shape
    lengths = [reach.cut.length for reach in reaches]
    shape = (batch, *lengths, *[reach.length for reach in reaches], channels)
    if lengths == inputs and all(reach.length == 1 and reach.ahead == 0 for reach in reaches):
        return value.reshape(shape)
    padded = np.zeros((batch, *[reach.cut.length + reach.length - 1 for reach in reaches], channels), value.dtype)
    sources, targets = zip(*[reach.overlap for reach in reaches], strict=True)
    padded[:, *targets] = value[:, *sources]
    batch_step, *steps, channel_step = padded.strides
    return np.ndarray(shape, padded.dtype, padded, 0, (batch_step, *steps, *steps, channel_step))


def _weights(filter: NDArray[Any], reaches: list[Reach]) -> NDArray[Any]:
    """(*reach * in, *stride * out): the taps in the order of the windows, zeros where a phase has none."""
    *kernel, out, channels = filter.shape
    lengths = [reach.length * reach.cut.axis.stride for reach in reaches]
    slots = filter
    if kernel != lengths:
        slots = np.zeros((*lengths, out, channels), dtype=filter.dtype)
        slots[tuple([reach.slots for reach in reaches])] = filter
    pairs = slots.reshape([n for reach in reaches for n in (reach.length, reach.cut.axis.stride)] + [out, channels])
    by_phase = pairs[_BACKWARDS * len(reaches)].transpose(_phase_then_reach(len(reaches)))
    return by_phase.reshape(-1, prod([reach.length for reach in reaches]) * channels).T


_BACKWARDS = (slice(None, None, -1), slice(None))
"""(reach, stride) of one axis: tap number 0 takes the last input of a window"""


@cache
def _position_then_phase(rank: int) -> tuple[int, ...]:
    """From (batch, length, stride, length, stride, ..., out) to (batch, *length, *stride, out)."""
    return (0, *range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2), 2 * rank + 1)


@cache
def _phase_then_reach(rank: int) -> tuple[int, ...]:
    """From (reach, stride, reach, stride, ..., out, in) to (*stride, out, *reach, in)."""
    return (*range(1, 2 * rank, 2), 2 * rank, *range(0, 2 * rank, 2), 2 * rank + 1)


def _blocks(by_phase: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """Slices of (batch, first axis) that hold about BLOCK_BYTES of the output each."""
    batch, length = by_phase.shape[:2]
    if not by_phase.size:
        return
    images = min(batch, max(1, BLOCK_BYTES * batch // by_phase.nbytes))
    rows = min(length, max(1, BLOCK_BYTES * batch * length // (by_phase.nbytes * images)))
    for image in range(0, batch, images):
        for row in range(0, length, rows):
            yield slice(image, image + images), slice(row, row + rows)
