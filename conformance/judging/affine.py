"""The affine map p = s j + d t - b of each axis, fitted to the products that were seen, and how it departs from a call.

Knows: integers. Must not know: arrays, who was asked. `conformance.judging.footprint` sees the products.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from conformance.judging.footprint import Footprint, Seen, one_hot_places
from reference.geometry import Axis, TransposedConvolution

AXES = ("height", "width", "out", "in")
_REACH = 4
"""how far beyond the numbers asked for strides and dilations are looked for"""


@dataclass(frozen=True, slots=True)
class AxisFit:
    """The map of one axis; None for a number that the products do not determine."""

    stride: int | None
    dilation: int | None
    flipped: bool
    crop_before: int | None
    explained: float
    """share of the products that the map explains"""

    def differences(self, name: str, asked: Axis) -> Iterator[str]:
        """What is not as asked."""
        if self.stride is not None and self.stride != asked.stride:
            yield f"stride on {name} is {self.stride} instead of {asked.stride}"
        if self.dilation is not None and self.dilation != asked.dilation:
            yield f"dilation on {name} is {self.dilation} instead of {asked.dilation}"
        if self.flipped:
            yield f"the kernel is flipped along {name}"
        if self.crop_before is not None and self.crop_before != asked.crop_before:
            yield f"crop_before on {name} is {self.crop_before} instead of {asked.crop_before}"


@dataclass(frozen=True, slots=True)
class Map:
    """What the products show of one call."""

    height: AxisFit
    width: AxisFit
    filter_layout: tuple[str, ...]
    """the order in which the filter's memory is read; [height, width, out, in] is right"""
    kernel_transposed: bool
    missing: tuple[tuple[int, int], ...]
    """(height, width) of taps that the fitted map leads to an output, and that are never or not always seen there"""
    missing_products: int
    extra_products: int
    """products that lie off the map"""


@dataclass(frozen=True, slots=True)
class _Line:
    """One axis's fit with its integers: p = s j + d t - b."""

    stride: int
    dilation: int
    offset: int
    stride_known: bool
    dilation_known: bool
    explained: float


def fit_map(footprint: Footprint, asked: TransposedConvolution) -> Map | None:
    """The map that explains most products, of all the orders in which the filter may have been read.

    None where nothing was seen.
    """
    if not footprint.seen:
        return None
    candidates = (_candidate(footprint.seen, asked, order, swap) for order in _orders() for swap in (False, True))
    _, order, swap, indices, lines = max(candidates, key=lambda candidate: candidate[0])
    kernel = (asked.axes[1].kernel, asked.axes[0].kernel) if swap else (asked.axes[0].kernel, asked.axes[1].kernel)
    missing, missing_products, extra = _departures(footprint.seen, set(_predicted(asked, kernel, lines)), indices)
    height, width = (_axis_fit(line, length) for line, length in zip(lines, kernel, strict=True))
    return Map(height, width, tuple(AXES[axis] for axis in order), swap, missing, missing_products, extra)


def _orders() -> Iterator[tuple[int, ...]]:
    """The right one first: what explains no more does not replace it."""
    yield from permutations(range(4))


_Indices = NDArray[np.int64]
_Candidate = tuple[float, tuple[int, ...], bool, _Indices, tuple[_Line, _Line]]


def _candidate(seen: Sequence[Seen], asked: TransposedConvolution, order: tuple[int, ...], swap: bool) -> _Candidate:
    """How many products the filter's memory read in this order explains, and by which lines."""
    indices = _decoded(seen, asked.filter_shape, order)
    taps = indices[:, [1, 0] if swap else [0, 1]]
    channels = (indices[:, 2] == [each.channel_out for each in seen]) & (
        indices[:, 3] == [each.channel_in for each in seen]
    )
    lines = []
    for at, axis in enumerate(asked.axes):
        inputs = np.array([each.input[at] for each in seen])
        outputs = np.array([each.output[at] for each in seen])
        lines.append(_fitted(inputs, taps[:, at], outputs, axis))
    score = float(channels.mean()) + sum(line.explained for line in lines)
    return score, order, swap, np.column_stack([taps, indices[:, 2:]]), (lines[0], lines[1])


def _decoded(seen: Sequence[Seen], shape: tuple[int, ...], order: tuple[int, ...]) -> _Indices:
    """The (height, width, out, in) of every code in a memory whose axes come in `order`."""
    unravelled = np.unravel_index([each.code for each in seen], [shape[axis] for axis in order])
    indices = np.empty((len(seen), 4), dtype=np.int64)
    for position, axis in enumerate(order):
        indices[:, axis] = unravelled[position]
    return indices


def _fitted(inputs: _Indices, taps: _Indices, outputs: _Indices, asked: Axis) -> _Line:
    """The s, d, b that most products agree on; of equal ones that nearest to what was asked.

    Voting, not least squares: a few products that lie elsewhere must not bend the line.
    """
    best: tuple[float, int] | None = None
    chosen: tuple[int, int, int] = (asked.stride, asked.dilation, asked.crop_before)
    for stride, dilation in _near(asked):
        offsets, counts = np.unique(stride * inputs + dilation * taps - outputs, return_counts=True)
        score = (float(counts.max() / len(outputs)), -abs(stride - asked.stride) - abs(dilation - asked.dilation))
        if best is None or score > best:
            best, chosen = score, (stride, dilation, int(offsets[counts.argmax()]))
    assert best is not None
    stride_known, dilation_known = len(set(inputs.tolist())) > 1, len(set(taps.tolist())) > 1
    return _Line(*chosen, stride_known, dilation_known, best[0])


def _near(asked: Axis) -> Iterable[tuple[int, int]]:
    furthest = max(asked.stride, asked.dilation) + _REACH
    for stride in range(furthest + 1):
        for dilation in range(-furthest, furthest + 1):
            if dilation:
                yield stride, dilation


def _axis_fit(line: _Line, kernel: int) -> AxisFit:
    """A flipped kernel's taps run backwards: t counts from the other end, p = s j + d (k - 1 - t) - b."""
    flipped = line.dilation < 0 and line.dilation_known
    crop = line.offset - line.dilation * (kernel - 1) if flipped else line.offset
    known = line.dilation_known or kernel == 1
    return AxisFit(
        line.stride if line.stride_known else None,
        abs(line.dilation) if line.dilation_known else None,
        flipped,
        crop if known and line.stride_known else None,
        line.explained,
    )


_Pair = tuple[int, int]
_Product = tuple[_Pair, _Pair, _Pair, int, int]
"""input, output, tap, channel in, channel out"""


def _departures(
    seen: Sequence[Seen], predicted: set[_Product], indices: _Indices
) -> tuple[tuple[_Pair, ...], int, int]:
    """Taps and products that the map predicts and nobody saw, and products off the map."""
    observed = {
        (each.input, each.output, (int(row), int(column)), each.channel_in, each.channel_out)
        for each, (row, column, _, _) in zip(seen, indices, strict=True)
    }
    absent = predicted - observed
    return tuple(sorted({tap for _, _, tap, _, _ in absent})), len(absent), len(observed - predicted)


def _predicted(asked: TransposedConvolution, kernel: _Pair, lines: tuple[_Line, _Line]) -> Iterator[_Product]:
    """Every product of the one-hot inputs that the map leads to an output."""
    height, width = asked.axes
    for place, channel in one_hot_places(asked):
        for tap in product(range(kernel[0]), range(kernel[1])):
            row, column = (
                line.stride * j + line.dilation * t - line.offset for line, j, t in zip(lines, place, tap, strict=True)
            )
            if 0 <= row < height.output and 0 <= column < width.output:
                for out in range(asked.channels_out):
                    yield place, (row, column), tap, channel, out
