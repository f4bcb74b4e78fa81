"""Each framework's numbers for one axis, both ways: what an axis is said by, and which axis is meant by what is said.

Planners write by them, `conformance.translation` reads by them, and conventions hold them against measurements.
Knows: the integers of an axis. Must not know: calls, plans, frameworks.

An axis is that of a transposed convolution (`reference.geometry`); a forward convolution is said by its adjoint, whose
`output` is the value's length and whose `input` is the result's.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reference.geometry import Axis, convolved_length, transposed_axis

Numbers: TypeAlias = tuple[int, int, int, int]
"""the value's length, kernel, stride, dilation"""


class NoAxis(ValueError):
    """Numbers that mean no axis: what was found and what is accepted. `says` is the role of the argument at fault."""

    def __init__(self, says: Literal["padding", "output_padding"], message: str) -> None:
        super().__init__(message)
        self.says = says


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


def torch_transposed_axis(numbers: Numbers, padding: int, output_padding: int) -> Axis:
    """The axis of torch's `conv_transpose`: the same crop on both sides, and a longer end.

    Source: the formula in the documentation of `torch.nn.ConvTranspose2d`. Raises NoAxis for what torch refuses.
    """
    length, kernel, stride, dilation = numbers
    if padding < 0:
        raise NoAxis("padding", f"padding is {padding}; it must be at least 0")
    if not 0 <= output_padding < max(stride, dilation):
        accepted = f"it must be at least 0 and less than max(stride, dilation) = {max(stride, dilation)}"
        raise NoAxis("output_padding", f"output_padding is {output_padding}; {accepted}")
    bare = Axis(length, kernel, stride, dilation, padding, 0)
    output = bare.full - 2 * padding + output_padding
    if output < 1:
        raise NoAxis("padding", f"padding {padding} leaves a result of length {output}; it must be at least 1")
    return Axis(length, kernel, stride, dilation, padding, output)


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


def jax_word_axis(numbers: Numbers, word: str) -> Axis:
    """The axis that SAME or VALID means in JAX's `conv_transpose`.

    Source: `jax/_src/lax/convolution.py`, `_conv_transpose_padding`; conventions hold it against the installed version.
    """
    longest = numbers[2] * numbers[0]
    if word == "SAME":
        return transposed_axis(*numbers, "SAME", longest)
    return transposed_axis(*numbers, "VALID", max(longest, Axis(*numbers, 0, 0).full))


def jax_padded_axis(numbers: Numbers, pads: tuple[int, int]) -> Axis:
    """The axis that pads (before, after) of the zero-dilated input mean: `jax_pads` inverts it.

    Raises NoAxis where they leave a negative length.
    """
    length, kernel, stride, dilation = numbers
    around = dilation * (kernel - 1)
    dilated = stride * (length - 1) + 1
    if dilated + sum(pads) < 0:
        raise NoAxis("padding", f"pads {pads} crop more than the {dilated} elements of the dilated value")
    output = dilated + sum(pads) - around
    return Axis(length, kernel, stride, dilation, around - pads[0], max(output, 0))


def consistent_pads(numbers: Numbers, pads: tuple[int, int]) -> tuple[int, int]:
    """JAX's pads around the dilated input for those of the forward convolution (use_consistent_padding)."""
    _, kernel, _, dilation = numbers
    return dilation * (kernel - 1) - pads[0], dilation * (kernel - 1) - pads[1]


def keras_length(numbers: Numbers, output_padding: int | None, *, same: bool) -> int:
    """The length that Keras' transposed layers ask TensorFlow for, under SAME or VALID.

    Source: `_get_output_shape_given_tf_padding` of `keras/src/backend/common/backend_utils.py`. Raises NoAxis for an
    output_padding that Keras refuses.
    """
    length, kernel, stride, dilation = numbers
    extent = dilation * (kernel - 1) + 1
    if output_padding is None:
        return length * stride if same else (length - 1) * stride + max(extent, stride)
    if output_padding >= stride:
        raise NoAxis("output_padding", f"output_padding is {output_padding}; it must be less than the stride, {stride}")
    return (length - 1) * stride + (extent % 2 if same else extent) + output_padding
