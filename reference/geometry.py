"""The integers that fix a transposed convolution.

Knows: lengths, kernels, strides, dilations, crops. Must not know: arrays, frameworks, argument spellings
(`reference.arguments` turns a framework-style call into these integers; `reference.transposed` computes with them).

Per spatial axis a transposed convolution is

    y[p] = sum over (j, t) with p = stride*j + dilation*t - crop_before of x[j] * w[t],   0 <= p < output

and it is the adjoint of the convolution that maps a length `output` to a length `input`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Literal, TypeAlias

Target: TypeAlias = Literal["output", "input", "filter"]
"""What a map of the geometry yields from the other two: the transposed convolution yields the output."""
AxisPadding: TypeAlias = Literal["SAME", "VALID"] | tuple[int, int]
"""How a call names the crop of one axis: a rule's name, or what is cut off (before, after)."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the products of one tap land on one axis: inputs `first_input, ..., first_input + count - 1` reach
    the outputs `first_output, first_output + stride, ...`.
    """

    first_input: int
    first_output: int
    count: int


@dataclass(frozen=True, slots=True)
class Axis:
    """One spatial axis of a transposed convolution."""

    input: int
    kernel: int
    stride: int
    dilation: int
    crop_before: int
    output: int

    @property
    def extent(self) -> int:
        """Length of the dilated kernel."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def full(self) -> int:
        """Length of the uncropped result."""
        return self.stride * (self.input - 1) + self.extent

    @property
    def crop_after(self) -> int:
        """What is cut off after it; negative where the output runs on beyond the full result, with zeros."""
        return self.full - self.crop_before - self.output

    def landing(self, tap: int) -> Landing:
        """Where tap number `tap` lands once the output's two ends have been cut."""
        shift = self.dilation * tap - self.crop_before
        # Floor division rounds down, so this is -shift / stride rounded up.
        first = max(0, -(shift // self.stride))
        last = min(self.input - 1, (self.output - 1 - shift) // self.stride)
        return Landing(first, self.stride * first + shift, max(0, last - first + 1))

    def taps(self) -> list[int]:
        """How many (input, tap) pairs reach each of the `output` positions."""
        return _counted([(each.first_output, each.count) for each in self._landings()], self.output, self.stride)

    def reads(self) -> list[int]:
        """How many taps of each of the `input` positions lie within the output: what the adjoint sums there."""
        return _counted([(each.first_input, each.count) for each in self._landings()], self.input, 1)

    def meetings(self) -> list[int]:
        """How many inputs each of the `kernel` taps brings to the output: what a filter's gradient sums there."""
        return [each.count for each in self._landings()]

    def _landings(self) -> Iterator[Landing]:
        return map(self.landing, range(self.kernel))

    def terms(self, target: Target) -> list[int]:
        """How many pairs meet at each position of what a map yields: `taps`, `reads` or `meetings`."""
        match target:
            case "output":
                return self.taps()
            case "input":
                return self.reads()
            case "filter":
                return self.meetings()


@dataclass(frozen=True, slots=True)
class TransposedConvolution:
    """The geometry of one call, in the order batch, spatial axes, channels, whatever the call's own layout.

    A forward convolution has the geometry of its adjoint: it maps what is called the output here to the input.
    """

    batch: int
    channels_in: int
    channels_out: int
    axes: tuple[Axis, ...]
    groups: int = 1
    """channels in and out are split the same way, and the g-th part of the one is led to the g-th of the other alone"""

    @property
    def value_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, in)"""
        return (self.batch, *(axis.input for axis in self.axes), self.channels_in)

    @property
    def filter_shape(self) -> tuple[int, ...]:
        """(*kernel, out / groups, in)"""
        return (*(axis.kernel for axis in self.axes), self.channels_out // self.groups, self.channels_in)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, out)"""
        return (self.batch, *(axis.output for axis in self.axes), self.channels_out)

    @property
    def most_products(self) -> int:
        """The largest number of products that are summed into one output (K)."""
        return self.most_terms("output")

    def most_terms(self, target: Target) -> int:
        """The largest number of products that are summed into one element of what a map yields."""
        return self.terms_per_pair(target) * prod(_most_pairs(axis, target) for axis in self.axes)

    def terms_per_pair(self, target: Target) -> int:
        """How many products a pair of pixels that meet adds: one per channel of a group; to a filter, one per image."""
        match target:
            case "output":
                return self.channels_in // self.groups
            case "input":
                return self.channels_out // self.groups
            case "filter":
                return self.batch

    @property
    def multiply_adds(self) -> int:
        """An upper limit of the work: every input meets every tap."""
        return prod(self.value_shape) * prod(self.filter_shape[:-1])


def _counted(runs: Iterable[tuple[int, int]], length: int, step: int) -> list[int]:
    """How many of the runs reach each of `length` positions; a run is its first position, and how many it reaches from
    there on, `step` apart.

    As many operations as there are runs and positions, not as the runs reach: their ends are marked, and summed.
    """
    reached = [0] * length
    for first, count in runs:
        over = first + step * count
        if count:
            reached[first] += 1
            if over < length:
                reached[over] -= 1
    for place in range(step, length):
        reached[place] += reached[place - step]
    return reached


@lru_cache(maxsize=4096)  # a trial's generator, its oracle and its budget all ask
def _most_pairs(axis: Axis, target: Target) -> int:
    return max(axis.terms(target), default=0)


def legal_output_lengths(length: int, kernel: int, stride: int, dilation: int, padding: AxisPadding) -> range:
    """The output lengths o whose forward convolution leads back to `length`; `stride` of them, less the negative ones.

    Source: TensorFlow's forward convolution gives ceil(o / s) for SAME, ceil((o - d(k-1)) / s) for VALID and
    floor((o + before + after - d(k-1) - 1) / s) + 1 for explicit pads; these are its inverse images.
    """
    full = stride * (length - 1) + dilation * (kernel - 1) + 1
    match padding:
        case "SAME":
            shortest = stride * (length - 1) + 1
        case "VALID":
            shortest = full
        case (before, after):
            shortest = full - before - after
    return range(max(shortest, 0), max(shortest + stride, 0))


def convolved_length(length: int, kernel: int, stride: int, dilation: int, padding: AxisPadding) -> int:
    """The length of a forward convolution's result, of which `legal_output_lengths` is the inverse; negative where the
    kernel reaches beyond all there is.

    Source: as there.
    """
    extent = dilation * (kernel - 1) + 1
    match padding:
        case "SAME":
            return -(-length // stride)
        case "VALID":
            return -(-(length - extent + 1) // stride)
        case (before, after):
            return (length + before + after - extent) // stride + 1


def transposed_axis(length: int, kernel: int, stride: int, dilation: int, padding: AxisPadding, output: int) -> Axis:
    """The axis that TensorFlow's rule for `padding` means, for an output length that is legal."""
    match padding:
        case "SAME":
            full = stride * (length - 1) + dilation * (kernel - 1) + 1
            crop_before = max(full - output, 0) // 2
        case "VALID":
            crop_before = 0
        case (before, _):
            crop_before = before
    return Axis(length, kernel, stride, dilation, crop_before, output)
