"""An output axis as `stride` interleaved phases, in each of which a tap is a plain shift.

Knows: the integers of one axis, and the grid of the output that every form writes into. Must not know: products.

Positions are counted from an origin of the uncropped result, u = s j + d t: u = origin + s q + r with 0 <= r < s. A tap
belongs to one phase, r = (d t - origin) mod s, and takes input j to q = j + floor((d t - origin) / s), one after the
other and without gaps.
"""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from reference.geometry import Axis


@dataclass(frozen=True, slots=True)
class Shift:
    """One tap within its phase: inputs `source` reach the phase's positions `target`, both as long as each other."""

    phase: int
    source: slice
    target: slice


@dataclass(frozen=True, slots=True)
class Phases:
    """The phases of one axis, all of them `length` long; the output is `stride * length` positions less both ends."""

    axis: Axis
    origin: int
    length: int

    @property
    def kept(self) -> slice:
        """The output's place among the positions of the phases."""
        before = self.axis.crop_before - self.origin
        return slice(before, before + self.axis.output)

    def shift(self, tap: int) -> Shift | None:
        """Where tap number `tap` goes, None where no input reaches the output through it."""
        ahead, phase = divmod(self.axis.dilation * tap - self.origin, self.axis.stride)
        start, stop = max(0, -ahead), min(self.axis.input, self.length - ahead)
        return Shift(phase, slice(start, stop), slice(start + ahead, stop + ahead)) if start < stop else None


def phases(axis: Axis, origin: int | None = None) -> Phases:
    """The phases that the output of an axis touches, counted from where the output begins unless told."""
    origin = axis.crop_before if origin is None else origin
    length = -(-(axis.crop_before - origin + axis.output) // axis.stride) if axis.output else 0
    return Phases(axis, origin, length)


def interleaved(grid: NDArray[Any], cuts: list[Phases]) -> NDArray[Any]:
    """(batch, length, stride, length, stride, ..., out) -> (batch, *output, out), a view."""
    lengths = [cut.length * cut.axis.stride for cut in cuts]
    return grid.reshape(grid.shape[0], *lengths, grid.shape[-1])[:, *[cut.kept for cut in cuts]]


def grid_shape(batch: int, cuts: list[Phases], channels: int) -> tuple[int, ...]:
    """(batch, length, stride, length, stride, ..., out)"""
    pairs = [number for cut in cuts for number in (cut.length, cut.axis.stride)]
    return (batch, *pairs, channels)
