"""Each framework's numbers for one axis: the formulas that planners use and that conventions hold against measurements.

Knows: the integers of an axis. Must not know: calls, plans, frameworks.
"""

from dataclasses import dataclass

from reference.geometry import Axis


@dataclass(frozen=True, slots=True)
class TorchArguments:
    """What torch is told about one axis, and where the wanted output begins in what it returns."""

    padding: int
    output_padding: int
    start: int
    length: int
    """of what torch returns"""


def torch_arguments(axis: Axis) -> TorchArguments:
    """Torch's padding and output_padding for an axis, with the least around the call."""
    before, after = axis.crop_before, axis.crop_after
    if after > before:
        padding, output_padding = before, 0
    elif before - after < max(axis.stride, axis.dilation):
        padding, output_padding = before, before - after
    else:
        padding, output_padding = max(after, 0), max(-after, 0)
    length = axis.full - 2 * padding + output_padding
    return TorchArguments(padding, output_padding, before - padding, length)


def jax_pads(axis: Axis) -> tuple[int, int]:
    """JAX's pads around the zero-dilated input that make the axis."""
    before = axis.extent - 1 - axis.crop_before
    after = axis.output + axis.crop_before - axis.stride * (axis.input - 1) - 1
    return before, after


def torch_padding(axis: Axis) -> int | None:
    """Torch's padding, of both sides alike, for the forward convolution whose adjoint has this axis; None where the
    padding in front gives another number of results.
    """
    padded = axis.output + 2 * axis.crop_before - axis.extent
    return axis.crop_before if padded >= 0 and padded // axis.stride + 1 == axis.input else None
