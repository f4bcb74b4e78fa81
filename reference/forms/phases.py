"""An output axis as `stride` interleaved phases, in each of which a tap is a plain shift.

Knows: the integers of one axis, and the grid of the output that forms write into. Must not know: products.

Counted from where the output begins, u = p = s j + d t - b: u = s q + r with 0 <= r < s. A tap belongs to one phase,
r = (d t - b) mod s, and takes input j to q = j + floor((d t - b) / s), one after the other and without gaps.
"""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from reference.geometry import Axis


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring taps in neighbouring phases: the inputs `source` reach `target` in each of `phases`."""

    taps: slice
    phases: slice
    source: slice
    target: slice


def phase_length(axis: Axis) -> int:
    """How many positions each phase has; together they are the output and what is short of a whole stride."""
    return -(-axis.output // axis.stride)


def single_taps(axis: Axis) -> list[Run]:
    """The taps of an axis that reach its output, one by one."""
    length = phase_length(axis)
    taps = []
    for tap in range(axis.kernel):
        ahead, phase = divmod(axis.dilation * tap - axis.crop_before, axis.stride)
        start, stop = max(0, -ahead), min(axis.input, length - ahead)
        if start < stop:
            taps.append(
                Run(
                    slice(tap, tap + 1), slice(phase, phase + 1), slice(start, stop), slice(start + ahead, stop + ahead)
                )
            )
    return taps


def runs(axis: Axis) -> list[Run]:
    """The same taps in as few runs as there are: what one of them adds to an output lies side by side."""
    merged: list[Run] = []
    for tap in single_taps(axis):
        last = merged[-1] if merged else None
        if last and last.target == tap.target and last.source == tap.source and last.phases.stop == tap.phases.start:
            merged[-1] = Run(
                slice(last.taps.start, tap.taps.stop), slice(last.phases.start, tap.phases.stop), tap.source, tap.target
            )
        else:
            merged.append(tap)
    return merged


def interleaved(grid: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """(batch, length, stride, length, stride, ..., out) -> (batch, *output, out), a view."""
    lengths = [phase_length(axis) * axis.stride for axis in axes]
    return grid.reshape(grid.shape[0], *lengths, grid.shape[-1])[:, *[slice(axis.output) for axis in axes]]


def grid_shape(batch: int, axes: tuple[Axis, ...], channels: int) -> tuple[int, ...]:
    """(batch, length, stride, length, stride, ..., out)"""
    return (batch, *[number for axis in axes for number in (phase_length(axis), axis.stride)], channels)
