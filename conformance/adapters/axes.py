"""What frameworks share of one axis: its numbers, and what pads and SAME mean of a forward convolution.

Each framework's own numbers for an axis stand in its `words`, both ways: planners write by them,
`conformance.translation` reads by them, and conventions hold them against measurements.
Knows: the integers of an axis. Must not know: calls, plans, frameworks.

An axis is that of a transposed convolution (`reference.geometry`); a forward convolution is said by its adjoint, whose
`output` is the value's length and whose `input` is the result's.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reference.geometry import Axis, convolved_length

Numbers: TypeAlias = tuple[int, int, int, int]
"""the value's length, kernel, stride, dilation"""


class NoAxis(ValueError):
    """Numbers that mean no axis: what was found and what is accepted. `says` is the role of the argument at fault."""

    def __init__(self, says: Literal["padding", "output_padding", "output_size", "kernel"], message: str) -> None:
        super().__init__(message)
        self.says = says


def convolved_axis(numbers: Numbers, pads: tuple[int, int]) -> Axis:
    """The adjoint's axis of a forward convolution with zeros (before, after) around the value; negative ones cut it.

    Raises NoAxis where the kernel finds no place.
    """
    length, kernel, stride, dilation = numbers
    result = convolved_length(length, kernel, stride, dilation, pads)
    if result < 1:
        extent, there = dilation * (kernel - 1) + 1, length + sum(pads)
        raise NoAxis("padding", f"the dilated kernel has {extent} elements, and the value with its pads has {there}")
    return Axis(result, kernel, stride, dilation, pads[0], length)


def same_pads(numbers: Numbers, *, lower: bool = False) -> tuple[int, int]:
    """The zeros (before, after) that SAME means for a forward convolution; `lower` puts the odd one in front.

    Source: `jax.lax.padtype_to_pads`. TensorFlow's SAME is the same, and so is torch's `same`, which has stride 1.
    """
    length, kernel, stride, dilation = numbers
    result = -(-length // stride)
    total = max((result - 1) * stride + dilation * (kernel - 1) + 1 - length, 0)
    smaller = total // 2
    return (total - smaller, smaller) if lower else (smaller, total - smaller)


@dataclass(frozen=True, slots=True)
class ScatteredArguments:
    """What a transposed convolution is given for one axis, and where the wanted output begins in what it returns."""

    pads: tuple[int, int]
    """what is cut off (before, after)"""
    output_padding: int
    start: int
    length: int
    """of what the framework returns"""


def scattered_axis(numbers: Numbers, pads: tuple[int, int], output_padding: int) -> Axis:
    """The axis of a transposed convolution with (before, after) cut off its full result, and a longer end.

    Raises NoAxis where nothing is left.
    """
    bare = Axis(*numbers, pads[0], 0)
    output = bare.full - sum(pads) + output_padding
    if output < 1:
        shown = pads[0] if pads[0] == pads[1] else pads
        raise NoAxis("padding", f"padding {shown} leaves a result of length {output}; it must be at least 1")
    return Axis(*numbers, pads[0], output)


def check_output_padding(numbers: Numbers, output_padding: int) -> None:
    """Raise NoAxis for one that PyTorch, Paddle and ONNX refuse: it is less than the stride or the dilation."""
    _, _, stride, dilation = numbers
    if not 0 <= output_padding < max(stride, dilation):
        accepted = f"it must be at least 0 and less than max(stride, dilation) = {max(stride, dilation)}"
        raise NoAxis("output_padding", f"output_padding is {output_padding}; {accepted}")


def symmetric_arguments(axis: Axis, output_paddings: range) -> ScatteredArguments:
    """Of a framework that crops both sides alike and lengthens the end by one of `output_paddings`: padding and
    output_padding with the least around the call.
    """
    before, after = axis.crop_before, axis.crop_after
    if before - after in output_paddings:
        # What is cropped too much at the end comes back as output_padding.
        padding, output_padding = before, before - after
    elif after > before:
        # It cannot crop more at the end: it returns more there, which the plan crops.
        padding, output_padding = before, 0
    else:
        # No output_padding reaches so far: both sides are cropped as little as the end, and the plan crops the front.
        padding, output_padding = max(after, 0), max(-after, 0)
    length = axis.full - 2 * padding + output_padding
    return ScatteredArguments((padding, padding), output_padding, before - padding, length)


def pairwise_arguments(axis: Axis) -> ScatteredArguments:
    """Of a framework that crops each side by a number of its own: whatever the axis is, in one call."""
    before, after = axis.crop_before, axis.crop_after
    return ScatteredArguments((before, max(after, 0)), max(-after, 0), 0, axis.output)


def symmetric_padding(axis: Axis) -> int | None:
    """The padding, the same on both sides, of the forward convolution whose adjoint has this axis; None where that in
    front gives another number of results.
    """
    padded = axis.output + 2 * axis.crop_before - axis.extent
    return axis.crop_before if padded >= 0 and padded // axis.stride + 1 == axis.input else None
