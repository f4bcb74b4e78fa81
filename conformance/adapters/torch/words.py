"""PyTorch's words: what its functions and layers take, and the axis that their numbers mean.

Knows: the parameters of `torch.nn.functional.conv*` and of the layers of `torch.nn`; the integers of an axis. Must not
know: torch.

An axis is that of a transposed convolution; a forward one is said by its adjoint, whose `output` is the value's length
and whose `input` is the result's.
"""

from collections.abc import Mapping

from conformance.adapters.axes import (
    NoAxis,
    Numbers,
    check_output_padding,
    convolved_axis,
    same_pads,
    scattered_axis,
)
from conformance.adapters.function import REQUIRED, Function, Takes
from reference.geometry import Axis

DTYPES = ("float16", "bfloat16", "float32", "float64", "int64", "int8", "uint8", "complex64", "complex128")


def _functional(rank: int, transposed: bool) -> Function:
    operands = (
        Takes("input", REQUIRED, "value"),
        Takes("weight", REQUIRED, "filter"),
        Takes("bias", None, "bias"),
    )
    name = f"torch.nn.functional.conv{'_transpose' if transposed else ''}{rank}d"
    return Function(name, _operator(rank, transposed), (*operands, *_numbers(rank, transposed, ())))


def _layer(rank: int, transposed: bool) -> Function:
    channels = (
        Takes("in_channels", REQUIRED, "channels_in"),
        Takes("out_channels", REQUIRED, "channels_out"),
        Takes("kernel_size", REQUIRED, "kernel", (0, rank)),  # a tuple of one makes a filter of one axis
    )
    has_bias = Takes("bias", True, "has_bias")
    rest = tuple(
        Takes(name, default, "only_default")
        for name, default in (("padding_mode", "zeros"), ("device", None), ("dtype", None))
    )
    name = f"torch.nn.Conv{'Transpose' if transposed else ''}{rank}d"
    numbers = _numbers(rank, transposed, (has_bias,))
    return Function(name, _operator(rank, transposed), (*channels, *numbers, *rest))


def _numbers(rank: int, transposed: bool, after_groups: tuple[Takes, ...]) -> tuple[Takes, ...]:
    counts = (0, 1, rank)
    stride = (Takes("stride", 1, "strides", counts), Takes("padding", 0, "padding", counts))
    dilation = Takes("dilation", 1, "dilations", counts)
    groups = (Takes("groups", 1, "groups"), *after_groups)
    if transposed:
        return (*stride, Takes("output_padding", 0, "output_padding", counts), *groups, dilation)
    return (*stride, dilation, *groups)


def _operator(rank: int, transposed: bool) -> str:
    return f"conv{rank}d{'_transpose' if transposed else ''}"


FUNCTIONALS: Mapping[str, Function] = {
    each.operator: each for each in (_functional(rank, way) for rank in (1, 2, 3) for way in (False, True))
}
"""`torch.nn.functional`, by operator; a depthwise convolution is said as groups"""
LAYERS: Mapping[str, Function] = {
    each.operator: each for each in (_layer(rank, way) for rank in (1, 2, 3) for way in (False, True))
}
"""`torch.nn`, by operator"""


def output_paddings(axis: Axis) -> range:
    """Those that torch takes for an axis."""
    return range(max(axis.stride, axis.dilation))


def torch_transposed_axis(numbers: Numbers, padding: int, output_padding: int) -> Axis:
    """The axis of torch's `conv_transpose`: the same crop on both sides, and a longer end.

    Source: the formula in the documentation of `torch.nn.ConvTranspose2d`. Raises NoAxis for what torch refuses.
    """
    if padding < 0:
        raise NoAxis("padding", f"padding is {padding}; it must be at least 0")
    check_output_padding(numbers, output_padding)
    return scattered_axis(numbers, (padding, padding), output_padding)


def torch_same_axis(numbers: Numbers) -> Axis:
    """The adjoint's axis of a forward convolution whose padding is `same`. Raises NoAxis for a stride above 1."""
    stride = numbers[2]
    if stride != 1:
        raise NoAxis("padding", f"PyTorch takes 'same' beside stride 1 only, and stride is {stride}")
    return convolved_axis(numbers, same_pads(numbers))
