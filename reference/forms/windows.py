"""One matrix product for all taps and phases: windows of neighbouring inputs times a filter sorted by phase.

Must not know: when it is the best form.
"""

from collections.abc import Iterator
from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.forms.phases import Phases, grid_shape, interleaved, phases
from reference.geometry import Axis

BLOCK_BYTES = 4 * 2**20
"""Products are stored from the cache before it forgets them."""


def by_windows(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says, for finite numbers: windows at the border hold zeros, and so do phases without a tap.

    Each position of all phases is a row of one product, (reach * in) long; each output is written once.
    """
    cuts = [phases(axis) for axis in axes]
    windows, weights = _windows(value, cuts), _weights(filter, cuts)
    grid = np.empty(grid_shape(value.shape[0], cuts, filter.shape[-2]), dtype=value.dtype)
    by_phase = grid.transpose(_position_then_phase(len(axes)))
    for block in _blocks(by_phase):
        rows = windows[block].reshape(-1, weights.shape[0])
        place = by_phase[block]
        place[...] = (rows @ weights).reshape(place.shape)
    return interleaved(grid, cuts)


def _windows(value: NDArray[Any], cuts: list[Phases]) -> NDArray[Any]:
    """(batch, *length, *reach, in), a view: at each position of the phases the inputs that meet there, in order."""
    batch, *_, channels = value.shape
    lengths, reaches = [cut.length for cut in cuts], [cut.reach for cut in cuts]
    shape = (batch, *lengths, *reaches, channels)
    if all(cut.reach == 1 and cut.first == 0 and cut.length == cut.axis.input for cut in cuts):
        return value.reshape(shape)
    padded = np.zeros((batch, *[cut.length + cut.reach - 1 for cut in cuts], channels), dtype=value.dtype)
    sources, targets = zip(*[_overlap(cut) for cut in cuts], strict=True)
    padded[:, *targets] = value[:, *sources]
    batch_step, *steps, channel_step = padded.strides
    return np.ndarray(shape, padded.dtype, padded, 0, (batch_step, *steps, *steps, channel_step))


def _overlap(cut: Phases) -> tuple[slice, slice]:
    """Which inputs the windows see, and their place in the padded axis, whose first is input `first - reach + 1`."""
    begin = cut.first - cut.reach + 1
    start = max(0, begin)
    stop = max(start, min(cut.axis.input, cut.first + cut.length))
    return slice(start, stop), slice(start - begin, stop - begin)


def _weights(filter: NDArray[Any], cuts: list[Phases]) -> NDArray[Any]:
    """(*reach * in, *stride * out): the taps in the order of the windows, zeros where a phase has none."""
    *kernel, out, channels = filter.shape
    slots = filter
    lengths = [cut.reach * cut.axis.stride for cut in cuts]
    if kernel != lengths:
        slots = np.zeros((*lengths, out, channels), dtype=filter.dtype)
        slots[tuple([slice(0, cut.axis.extent, cut.axis.dilation) for cut in cuts])] = filter
    pairs = slots.reshape([number for cut in cuts for number in (cut.reach, cut.axis.stride)] + [out, channels])
    by_phase = pairs[_BACKWARDS * len(cuts)].transpose(_phase_then_reach(len(cuts)))
    return by_phase.reshape(-1, prod([cut.reach for cut in cuts]) * channels).T


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
