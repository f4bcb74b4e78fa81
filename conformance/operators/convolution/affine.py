"""The affine map p = s j + d t - b of each axis, fitted to the products that were seen, and how it departs from a call.

Knows: integers. Must not know: arrays, who was asked. `conformance.operators.convolution.footprint` sees the products.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from conformance.operators.convolution.call import RightConvolution
from conformance.operators.convolution.footprint import Footprint, Seen, one_hot_places
from conformance.operators.convolution.subject import ConvolutionSubject
from reference.geometry import Axis, TransposedConvolution

# How far beyond the numbers asked for strides and dilations are looked for
_REACH = 4


@dataclass(frozen=True, slots=True)
class AxisFit:
    """The map of one axis; None for a number that the products do not determine."""

    stride: int | None
    dilation: int | None
    flipped: bool
    crop_before: int | None
    explained: float
    """share of the products that the map explains"""

    def differences(self, name: str, asked: Axis, cut: str) -> Iterator[str]:
        """What is not as asked; `cut` is what the operator calls the crop."""
        if self.stride is not None and self.stride != asked.stride:
            yield f"stride on {name} is {self.stride} instead of {asked.stride}"
        if self.dilation is not None and self.dilation != asked.dilation:
            yield f"dilation on {name} is {self.dilation} instead of {asked.dilation}"
        if self.flipped:
            yield f"the kernel is flipped along {name}"
        if self.crop_before is not None and self.crop_before != asked.crop_before:
            yield f"{cut} on {name} is {self.crop_before} instead of {asked.crop_before}"


@dataclass(frozen=True, slots=True)
class Map:
    """What the products show of one call."""

    axes: tuple[AxisFit, ...]
    """of each spatial axis"""
    filter_layout: tuple[str, ...]
    """the order in which the filter's memory is read; that of the operator's `filter_layout` is right"""
    kernel_axes: tuple[int, ...]
    """which of the kernel's axes each spatial axis takes its taps from; 0, 1, 2 is right"""
    missing: tuple[tuple[int, ...], ...]
    """taps that the fitted map leads somewhere, and that are never or not always seen there"""
    missing_products: int
    extra_products: int
    """products that lie off the map"""

    @property
    def kernel_transposed(self) -> bool:
        """Whether axes of the kernel are exchanged."""
        return self.kernel_axes != tuple(range(len(self.kernel_axes)))


@dataclass(frozen=True, slots=True)
class _Line:
    """One axis's fit with its integers: p = s j + d t - b."""

    stride: int
    dilation: int
    offset: int
    stride_known: bool
    dilation_known: bool
    explained: float

    def meets(self, input: int, output: int, tap: int) -> bool:
        """Whether the tap leads the input to the output."""
        return self.stride * input + self.dilation * tap - self.offset == output


def fit_map(footprint: Footprint, call: RightConvolution) -> Map | None:
    """The map that explains most products, of all the orders in which the filter may have been read.

    None where nothing was seen.
    """
    asked = call.geometry
    if not footprint.seen:
        return None
    best = _best(footprint.seen, asked)
    kernel = tuple(asked.axes[axis].kernel for axis in best.kernel_axes)
    predicted = set(_predicted(call, kernel, best.lines))
    observed = {
        (each.input, each.output, tuple(tap), each.channel_in, each.channel_out)
        for each, tap in zip(footprint.seen, best.taps.tolist(), strict=True)
    }
    absent = predicted - observed
    missing, missing_products, extra = (
        tuple(sorted({tap for _, _, tap, _, _ in absent})),
        len(absent),
        len(observed - predicted),
    )
    fits = tuple(_axis_fit(line, length) for line, length in zip(best.lines, kernel, strict=True))
    # Of the axes of the geometry's filter [*kernel, out / groups, in], of which a depthwise one has no third.
    *spatial, first, second = ((name,) for name in call.definition.filter_layout.split(", "))
    depthwise = call.definition.depthwise
    names = (*spatial, (), (*first, *second)) if depthwise else (*spatial, first, second)
    layout = tuple(name for axis in best.order for name in names[axis])
    return Map(fits, layout, best.kernel_axes, missing, missing_products, extra)


_Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """The filter's memory read in one order, and the lines that explain most products then."""

    score: float
    order: tuple[int, ...]
    kernel_axes: tuple[int, ...]
    taps: _Indices
    lines: tuple[_Line, ...]


def _best(seen: Sequence[Seen], asked: TransposedConvolution) -> _Candidate:
    """The right order first: what explains no more does not replace it, and none explains more than everything."""
    rank = len(asked.axes)
    best: _Candidate | None = None
    for order in permutations(range(rank + 2)):
        indices = _decoded(seen, asked.filter_shape, order)
        fitting = _channels_fit(seen, indices, asked)
        for kernel_axes in permutations(range(rank)):
            if best is not None and best.score >= fitting + rank:
                continue
            taps = indices[:, kernel_axes]
            lines = tuple(
                _fitted(np.array([each.input[at] for each in seen]), taps[:, at],
                        np.array([each.output[at] for each in seen]), axis)
                for at, axis in enumerate(asked.axes)
            )  # fmt: skip
            score = fitting + sum(line.explained for line in lines)
            if best is None or score > best.score:
                best = _Candidate(score, order, kernel_axes, taps, lines)
    assert best is not None
    return best


def _channels_fit(seen: Sequence[Seen], indices: _Indices, asked: TransposedConvolution) -> float:
    """The share of products whose weight is that of their channels, which are of one group."""
    into, out = (np.array([each.channel_in for each in seen]), np.array([each.channel_out for each in seen]))
    of_group = asked.channels_out // asked.groups
    together = out // of_group == into // (asked.channels_in // asked.groups)
    return float((together & (indices[:, -2] == out % of_group) & (indices[:, -1] == into)).mean())


def _decoded(seen: Sequence[Seen], shape: tuple[int, ...], order: tuple[int, ...]) -> _Indices:
    """The (*kernel, out / groups, in) of every code in a memory whose axes come in `order`."""
    unravelled = np.unravel_index([each.code for each in seen], [shape[axis] for axis in order])
    indices = np.empty((len(seen), len(shape)), dtype=np.int64)
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


_Place = tuple[int, ...]
_Product = tuple[_Place, _Place, _Place, int, int]
"""input, output, tap, channel in, channel out"""


def _predicted(call: RightConvolution, kernel: _Place, lines: tuple[_Line, ...]) -> Iterator[_Product]:
    """Every product of the one-hot pixels that the map leads to a result."""
    asked, scatters = call.geometry, ConvolutionSubject.of(call).scatters
    lengths = [axis.output if scatters else axis.input for axis in asked.axes]
    own, others = (asked.channels_in, asked.channels_out) if scatters else (asked.channels_out, asked.channels_in)
    for place, channel in one_hot_places(call):
        group = channel // (own // asked.groups)
        of_group = range(group * others // asked.groups, (group + 1) * others // asked.groups)
        for tap in product(*map(range, kernel)):
            reached = [
                [other for other in range(length) if line.meets(*((at, other) if scatters else (other, at)), t)]
                for line, at, t, length in zip(lines, place, tap, lengths, strict=True)
            ]
            for far, other in product(product(*reached), of_group):
                yield (place, far, tap, channel, other) if scatters else (far, place, tap, other, channel)
