"""One matrix product for all taps and phases: windows of neighbouring inputs times a filter sorted by phase.

Must not know: when it is the best form.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis

# Products are stored from the cache before it forgets them.
BLOCK_BYTES = 8 * 2**20


class Reach(NamedTuple):
    """What the windows of one axis see. A tuple, which is quicker to make than a dataclass: many are used only once."""

    length: int
    """positions q of each phase, one window each"""
    reach: int
    """inputs in a window"""
    stride: int
    source: slice
    """the inputs that any window sees"""
    target: slice
    """their place among the inputs from the first window's first one on, of which there are `padded`"""
    padded: int
    slots: slice
    """the places of the taps among the inputs of a window, the last input first, times phases; `slotted` of them"""
    slotted: int
    kept: slice
    """the output's place among the positions of all phases, of which there are `positions`"""
    positions: int


class Reaches(NamedTuple):
    """The same of all axes."""

    length: tuple[int, ...]
    reach: tuple[int, ...]
    stride: tuple[int, ...]
    source: tuple[slice, ...]
    target: tuple[slice, ...]
    padded: tuple[int, ...]
    slots: tuple[slice, ...]
    slotted: tuple[int, ...]
    kept: tuple[slice, ...]
    positions: tuple[int, ...]
    pairs: tuple[int, ...]
    """reach, stride, reach, stride, ..."""


@lru_cache(maxsize=1024)  # the same geometry comes back, at least for the magnitudes
def _reaches(axes: tuple[Axis, ...]) -> Reaches:
    each = [reach_of(axis) for axis in axes]
    pairs = [number for reach in each for number in (reach.reach, reach.stride)]
    return Reaches._make([*zip(*each, strict=True), tuple(pairs)])


@lru_cache(maxsize=1024)  # the height is often as the width
def reach_of(axis: Axis) -> Reach:
    """Phases may be counted from where the output begins, or from a multiple of the stride before it: what is shorter.

    Counted from an origin of the uncropped result, tap t takes input j to q = j + floor((d t - origin) / s).
    """
    stride, crop = axis.stride, axis.crop_before
    last_tap = axis.dilation * (axis.kernel - 1)
    origin, ahead, length = crop, -crop // stride, -(-axis.output // stride)
    reach = (last_tap - crop) // stride - ahead + 1
    aligned = -((crop // stride * stride - crop - axis.output) // stride)
    if aligned * (last_tap // stride + 1) < length * reach:
        ahead, length, reach = -(crop // stride), aligned, last_tap // stride + 1
        origin = -ahead * stride
    begin = 1 - reach - ahead
    start = max(0, begin)
    stop = max(start, min(axis.input, length - ahead))
    first = -origin - ahead * stride
    return Reach(
        length,
        reach,
        stride,
        slice(start, stop),
        slice(start - begin, stop - begin),
        length + reach - 1,
        slice(first, first + last_tap + 1, axis.dilation),
        reach * stride,
        slice(crop - origin, crop - origin + axis.output),
        length * stride,
    )


def by_windows(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """As the package says, for finite numbers: windows at the border hold zeros, and so do phases without a tap.

    Each position of all phases is a row of one product, (reach * in) long; each output is written once.
    """
    reaches = _reaches(axes)
    batch, out = value.shape[0], filter.shape[-2]
    windows, weights = _windows(value, reaches), _weights(filter, reaches)
    shape = (batch, *reaches.length, *reaches.stride, out)
    interleave = _interleave(len(axes))
    if prod(shape) * value.itemsize <= BLOCK_BYTES:
        grid = (windows.reshape(-1, weights.shape[0]) @ weights).reshape(shape).transpose(interleave)
    else:
        grid = np.empty([shape[axis] for axis in interleave], dtype=value.dtype)
        _store(windows, weights, grid.transpose(_separate(len(axes))))
    result: NDArray[Any] = grid.reshape(batch, *reaches.positions, out)[:, *reaches.kept]
    return result


def _windows(value: NDArray[Any], reaches: Reaches) -> NDArray[Any]:
    """(batch, *length, *reach, in), a view: at each position of the phases the inputs that meet there, in order."""
    batch, *inputs, channels = value.shape
    shape = (batch, *reaches.length, *reaches.reach, channels)
    if inputs == list(reaches.padded) and reaches.source == reaches.target and max(reaches.reach) == 1:
        return value.reshape(shape)
    padded = np.zeros((batch, *reaches.padded, channels), value.dtype)
    padded[:, *reaches.target] = value[:, *reaches.source]
    batch_step, *steps, channel_step = padded.strides
    return np.ndarray(shape, padded.dtype, padded, 0, (batch_step, *steps, *steps, channel_step))


def _weights(filter: NDArray[Any], reaches: Reaches) -> NDArray[Any]:
    """(*reach * in, *stride * out): the taps in the order of the windows, zeros where a phase has none."""
    rank, channels = len(reaches.reach), filter.shape[-1]
    slots = filter
    if filter.shape[:rank] != reaches.slotted:
        slots = np.zeros(reaches.slotted + filter.shape[rank:], filter.dtype)
        slots[reaches.slots] = filter
    pairs = slots.reshape(reaches.pairs + filter.shape[rank:])
    forwards = pairs[_BACKWARDS * rank].transpose(_reach_then_phase(rank))
    return forwards.reshape(prod(reaches.reach) * channels, -1)


# (reach, stride) of one axis: tap number 0 takes the last input of a window
_BACKWARDS = (slice(None, None, -1), slice(None))


def _store(windows: NDArray[Any], weights: NDArray[Any], by_phase: NDArray[Any]) -> None:
    """Writes the products into a view (batch, *length, *stride, out) of the output, block by block."""
    memory: NDArray[Any] = np.empty(0, weights.dtype)
    for block in _blocks(by_phase):
        rows = windows[block].reshape(-1, weights.shape[0])
        place = by_phase[block]
        if memory.size < place.size:
            memory = np.empty(place.size, weights.dtype)
        products = memory[: place.size].reshape(-1, weights.shape[1])
        place[...] = np.matmul(rows, weights, out=products).reshape(place.shape)


def _blocks(by_phase: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """Slices of (batch, first axis) that hold about BLOCK_BYTES of the output each."""
    batch, length = by_phase.shape[:2]
    images = min(batch, max(1, BLOCK_BYTES * batch // by_phase.nbytes))
    rows = min(length, max(1, BLOCK_BYTES * batch * length // (by_phase.nbytes * images)))
    for image in range(0, batch, images):
        for row in range(0, length, rows):
            yield slice(image, image + images), slice(row, row + rows)


@cache
def _interleave(rank: int) -> tuple[int, ...]:
    """From (batch, *length, *stride, out) to (batch, length, stride, length, stride, ..., out)."""
    return (0, *[part for axis in range(1, rank + 1) for part in (axis, rank + axis)], 2 * rank + 1)


@cache
def _separate(rank: int) -> tuple[int, ...]:
    """From (batch, length, stride, length, stride, ..., out) to (batch, *length, *stride, out)."""
    return (0, *range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2), 2 * rank + 1)


@cache
def _reach_then_phase(rank: int) -> tuple[int, ...]:
    """From (reach, stride, reach, stride, ..., out, in) to (*reach, in, *stride, out)."""
    return (*range(0, 2 * rank, 2), 2 * rank + 1, *range(1, 2 * rank, 2), 2 * rank)
