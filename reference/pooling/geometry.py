"""The integers that fix a pooling: which elements of the value each window reads, and what is made of them.

Knows: lengths, kernels, strides, dilations, pads. Must not know: arrays, frameworks, argument spellings
(`reference.pooling.arguments`).

Per spatial axis the window of output j has the places stride*j + dilation*t - pad_before, 0 <= t < kernel. Those from 0
to input - 1 are elements of the value, the others pads; a pad is no number, and no part of a maximum or a sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from reference.geometry import AxisPadding


@dataclass(frozen=True, slots=True)
class Overlap:
    """The outputs `first, ..., first + count - 1` whose windows have an element under one tap: that of the first at
    `element`, the others a stride apart.
    """

    first: int
    element: int
    count: int


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
        return Overlap(first, self.stride * first + shift, max(0, last - first + 1))

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
        counts = [0] * self.input
        for overlap in map(self.overlap, range(self.kernel)):
            for place in range(overlap.count):
                counts[overlap.element + self.stride * place] += 1
        return counts

    def _counted(self, start: int, stop: int) -> list[int]:
        """How many places of each output's window are at `start` or after it and before `stop`."""
        first, d = -self.pad_before, self.dilation
        starts = range(first, first + self.stride * self.output, self.stride)
        ends = ((-(-(start - at) // d), -(-(stop - at) // d)) for at in starts)
        return [max(0, min(above, self.kernel) - max(below, 0)) for below, above in ends]


@dataclass(frozen=True, slots=True)
class Pooling:
    """The geometry of one call, in the order batch, spatial axes, channels, whatever the call's own layout."""

    batch: int
    channels: int
    axes: tuple[WindowAxis, ...]
    count_include_pad: bool = False
    """an average is divided by the places within the padded value, otherwise by the elements alone"""
    divisor_override: int | None = None
    """what every sum is divided by instead"""
    norm_type: int | None = None
    """p of the norm (sum abs(x)**p) ** (1 / p)"""

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
def elements_of(axis: WindowAxis) -> tuple[int, ...]:
    """`Axis.elements`, kept."""
    return tuple(axis.elements())


@lru_cache(maxsize=4096)
def windows_of(axis: WindowAxis) -> tuple[int, ...]:
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
