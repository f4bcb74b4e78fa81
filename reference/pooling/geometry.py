"""The integers that fix a pooling: which elements of the value each window reads, and what is made of them.

Knows: lengths, kernels, strides, dilations, pads. Must not know: arrays, frameworks, argument spellings
(`reference.pooling.arguments`).

Per spatial axis the window of output j has the places stride*j + dilation*t - pad_before, 0 <= t < kernel. Those from 0
to input - 1 are elements of the value, the others pads; a pad is not a number, and no part of a maximum or a sum. On an
adaptive axis it has the places from j*input/output, rounded down, to (j+1)*input/output, rounded up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import gcd, prod
from typing import TypeAlias

from reference.geometry import AxisPadding


@dataclass(frozen=True, slots=True)
class Overlap:
    """`count` outputs from `first` on, `every` apart, whose windows have an element under one tap: that of the first at
    `element`, the others `step` apart.
    """

    first: int
    element: int
    count: int
    every: int
    step: int


@dataclass(frozen=True, slots=True)
class WindowAxis:
    """One spatial axis of a pooling."""

    input: int
    kernel: int
    stride: int
    dilation: int
    pad_before: int
    pad_after: int
    output: int

    @property
    def extent(self) -> int:
        """Length of the dilated window."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def overhang(self) -> int:
        """How far the last window reaches beyond the padded value; 0 but for `ceil_mode`."""
        reached = self.stride * (self.output - 1) + self.extent - self.pad_before
        return max(reached - self.input - self.pad_after, 0) if self.output else 0

    def overlap(self, tap: int) -> Overlap:
        """Where tap number `tap` has elements."""
        shift = self.dilation * tap - self.pad_before
        # Floor division rounds down, so this is -shift / stride rounded up.
        first = max(0, -(shift // self.stride))
        last = min(self.output - 1, (self.input - 1 - shift) // self.stride)
        return Overlap(first, self.stride * first + shift, max(0, last - first + 1), 1, self.stride)

    def overlaps(self) -> Iterator[Overlap]:
        """Those of each tap, in their order."""
        return map(self.overlap, range(self.kernel))

    def places(self, output: int) -> range:
        """The places of an output's window; those of pads lie outside 0 to input - 1."""
        start = self.stride * output - self.pad_before
        return range(start, start + self.extent, self.dilation)

    def elements(self) -> list[int]:
        """How many elements each output's window reads."""
        return self._counted(0, self.input)

    def clipped(self) -> list[int]:
        """How many places of each output's window lie within the padded value."""
        return self._counted(-self.pad_before, self.input + self.pad_after)

    def windows(self) -> list[int]:
        """How many windows read each element of the value: what a gradient sums there."""
        return _counted_windows(self)

    def _counted(self, start: int, stop: int) -> list[int]:
        """How many places of each output's window are at `start` or after it and before `stop`."""
        first, d = -self.pad_before, self.dilation
        starts = range(first, first + self.stride * self.output, self.stride)
        ends = ((-(-(start - at) // d), -(-(stop - at) // d)) for at in starts)
        return [max(0, min(above, self.kernel) - max(below, 0)) for below, above in ends]


@dataclass(frozen=True, slots=True)
class AdaptiveAxis:
    """One spatial axis of an adaptive pooling: windows that cover the value, overlap, and may differ in length.

    Source: `adaptive_avg_pool2d` of PyTorch, its `start_index` and `end_index`.
    """

    input: int
    output: int

    pad_before = pad_after = overhang = 0

    @property
    def kernel(self) -> int:
        """Length of the longest window."""
        return max(map(len, map(self.places, range(self.period))), default=0)

    @property
    def period(self) -> int:
        """After how many outputs windows have the same lengths again, as far apart as the value is long in as many."""
        return self.output // gcd(self.input, self.output) if self.output else 0

    def places(self, output: int) -> range:
        """The places of an output's window, all of them elements."""
        return range(output * self.input // self.output, -(-(output + 1) * self.input // self.output))

    def as_window(self) -> WindowAxis | None:
        """The axis of strides that has these windows; None where they differ in length or in how far apart they are."""
        starts = [self.places(output).start for output in range(self.output)]
        stride, *others = {later - earlier for earlier, later in pairwise(starts)} or {self.input}
        if others or stride == 0 or len(set(self.elements())) > 1:
            return None
        return WindowAxis(self.input, self.kernel, stride, 1, 0, 0, self.output)

    def overlaps(self) -> Iterator[Overlap]:
        """Those of each tap of each window of a period, the taps of a window in their order."""
        for first in range(self.period):
            count, step = self.output // self.period, self.input * self.period // self.output
            for element in self.places(first):
                yield Overlap(first, element, count, self.period, step)

    def elements(self) -> list[int]:
        """How many elements each output's window reads."""
        return [len(self.places(output)) for output in range(self.output)]

    def clipped(self) -> list[int]:
        """The same: there are no pads."""
        return self.elements()

    def windows(self) -> list[int]:
        """How many windows read each element of the value."""
        return _counted_windows(self)


@dataclass(frozen=True, slots=True)
class UnpooledAxis:
    """One spatial axis along which maxima are put back: which places they come from, indices say."""

    input: int
    output: int

    pad_before = pad_after = overhang = 0
    kernel = 1

    def places(self, output: int) -> range:
        """None: no window says where anything goes."""
        return range(0)

    def overlaps(self) -> Iterator[Overlap]:
        """None."""
        return iter(())

    def elements(self) -> list[int]:
        """One each: what an output holds is one element, or nothing."""
        return [1] * self.output

    def clipped(self) -> list[int]:
        """The same."""
        return self.elements()

    def windows(self) -> list[int]:
        """One each: every element goes to one place."""
        return [1] * self.input


Axis: TypeAlias = WindowAxis | AdaptiveAxis | UnpooledAxis


def _counted_windows(axis: Axis) -> list[int]:
    counts = [0] * axis.input
    for overlap in axis.overlaps():
        for place in range(overlap.count):
            counts[overlap.element + overlap.step * place] += 1
    return counts


@dataclass(frozen=True, slots=True)
class Pooling:
    """The geometry of one call, in the order batch, spatial axes, channels, whatever the call's own layout."""

    batch: int
    channels: int
    axes: tuple[Axis, ...]
    count_include_pad: bool = False
    """an average is divided by the places within the padded value, otherwise by the elements alone"""
    divisor_override: int | None = None
    """what every sum is divided by instead"""
    norm_type: int | None = None
    """p of the norm (sum abs(x)**p) ** (1 / p)"""
    include_batch: bool = False
    """indices are places in the whole value, otherwise in their image"""

    @property
    def sliding(self) -> tuple[WindowAxis, ...]:
        """The axes of windows that move by strides; raises TypeError for adaptive ones."""
        found = tuple(axis for axis in self.axes if isinstance(axis, WindowAxis))
        if len(found) < len(self.axes):
            raise TypeError("the windows of an adaptive pooling have no strides")
        return found

    @property
    def value_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, channels)"""
        return (self.batch, *(axis.input for axis in self.axes), self.channels)

    @property
    def result_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, channels)"""
        return (self.batch, *(axis.output for axis in self.axes), self.channels)

    @property
    def work(self) -> int:
        """An upper limit of it: every window reads all of its places."""
        return prod(self.result_shape) * prod(axis.kernel for axis in self.axes)

    @property
    def most_elements(self) -> int:
        """The most elements that a window reads."""
        return prod(max(elements_of(axis), default=0) for axis in self.axes)

    @property
    def most_windows(self) -> int:
        """The most windows that read one element."""
        return prod(max(windows_of(axis), default=0) for axis in self.axes)

    def divisors(self) -> Iterator[list[int]]:
        """Of each axis what its windows add to the divisor of an average, which is their product."""
        for number, axis in enumerate(self.axes):
            if self.divisor_override is not None:
                yield [self.divisor_override if number == 0 else 1] * axis.output
            else:
                yield axis.clipped() if self.count_include_pad else list(elements_of(axis))


@lru_cache(maxsize=4096)  # a trial's generator, its expectation and its coverage all ask
def elements_of(axis: Axis) -> tuple[int, ...]:
    """`Axis.elements`, kept."""
    return tuple(axis.elements())


@lru_cache(maxsize=4096)
def windows_of(axis: Axis) -> tuple[int, ...]:
    """`Axis.windows`, kept."""
    return tuple(axis.windows())


def pooled_length(
    length: int, kernel: int, stride: int, dilation: int, padding: AxisPadding, *, ceil_mode: bool = False
) -> int:
    """How many windows there are; negative where the window reaches beyond all there is.

    With SAME there are ceil(length / stride). Otherwise as many as fit into the padded value, and in `ceil_mode` one
    more where elements or pads are left over and it begins before the pads behind.

    Source: `pooling_output_shape` of PyTorch, and the output shape of ONNX's MaxPool and AveragePool: ceil in place of
    floor, less a last window that begins at length + pad_before or beyond. For the pads that they take (less than a
    window) this is the same, and it never leaves a window out that fits.
    """
    if padding == "SAME":
        return -(-length // stride)
    before, after = (0, 0) if padding == "VALID" else padding
    room = length + before + after - dilation * (kernel - 1) - 1
    fitting = room // stride + 1
    partial = ceil_mode and room % stride != 0 and fitting * stride < length + before
    return fitting + partial


def pooling_axis(
    length: int, kernel: int, stride: int, dilation: int, padding: AxisPadding, *, ceil_mode: bool = False
) -> WindowAxis:
    """The axis of these numbers; SAME pads as little as its length needs, the odd element behind.

    Source: as there, and for SAME TensorFlow, whose length needs no ceil_mode.
    """
    output = pooled_length(length, kernel, stride, dilation, padding, ceil_mode=ceil_mode)
    match padding:
        case "SAME":
            total = max((output - 1) * stride + dilation * (kernel - 1) + 1 - length, 0)
            before, after = total // 2, total - total // 2
        case "VALID":
            before = after = 0
        case (first, last):
            before, after = first, last
    return WindowAxis(length, kernel, stride, dilation, before, after, output)
