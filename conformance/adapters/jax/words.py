"""JAX's words: what its functions take, and the axis that their pads mean.

Knows: the parameters of `jax.lax.conv*`; the integers of an axis of a transposed convolution. Must not know: jax.
"""

from conformance.adapters.axes import NoAxis, Numbers
from conformance.adapters.function import REQUIRED, Function, Takes
from reference.family import DATA_FORMATS
from reference.geometry import Axis, transposed_axis

DEFAULT_NUMBERS = {1: ("NHC", "HIO", "NHC"), 2: ("NHWC", "HWIO", "NHWC"), 3: ("NHWDC", "HWDIO", "NHWDC")}
"""what dimension_numbers are where `conv_transpose` is given none, by the number of spatial axes"""

_PADDING = (Takes("strides", REQUIRED, "strides"), Takes("padding", REQUIRED, "padding"))
_OPERANDS = (Takes("lhs", REQUIRED, "value"), Takes("rhs", REQUIRED, "filter"))
_WINDOW = (Takes("window_strides", REQUIRED, "strides"), _PADDING[1])
_NUMBERS = Takes("dimension_numbers", None, "dimension_numbers")
_RHS_DILATION = Takes("rhs_dilation", None, "dilations")
_PRECISION = (
    Takes("precision", None, "only_default"),
    Takes("preferred_element_type", None, "only_default"),
)

CONV_TRANSPOSE = Function(
    "jax.lax.conv_transpose",
    "",
    (
        *_OPERANDS, *_PADDING, _RHS_DILATION, _NUMBERS, Takes("transpose_kernel", False, "transpose_kernel"),
        *_PRECISION, Takes("use_consistent_padding", False, "consistent_padding"),
    ),
)  # fmt: skip
CONV_GENERAL_DILATED = Function(
    "jax.lax.conv_general_dilated",
    "",
    (
        *_OPERANDS, *_WINDOW, Takes("lhs_dilation", None, "value_dilation"), _RHS_DILATION, _NUMBERS,
        Takes("feature_group_count", 1, "groups"), Takes("batch_group_count", 1, "only_default"), *_PRECISION,
        Takes("out_sharding", None, "only_default"),
    ),
)  # fmt: skip
CONV = Function("jax.lax.conv", "", (*_OPERANDS, *_WINDOW, *_PRECISION))
CONV_WITH_GENERAL_PADDING = Function(
    "jax.lax.conv_with_general_padding",
    "",
    (
        *_OPERANDS, *_WINDOW, Takes("lhs_dilation", REQUIRED, "value_dilation"),
        Takes("rhs_dilation", REQUIRED, "dilations"), *_PRECISION,
    ),
)  # fmt: skip


def dimension_numbers(rank: int, last: bool) -> tuple[str, str, str]:
    """The letters of value, filter and result, the filter's in TensorFlow's order."""
    data_format = DATA_FORMATS[rank][0 if last else 1]
    return data_format, {1: "WIO", 2: "HWIO", 3: "DHWIO"}[rank], data_format


def jax_pads(axis: Axis) -> tuple[int, int]:
    """JAX's pads around the zero-dilated input that make the axis."""
    before = axis.extent - 1 - axis.crop_before
    after = axis.output + axis.crop_before - axis.stride * (axis.input - 1) - 1
    return before, after


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


def jax_word_axis(numbers: Numbers, word: str) -> Axis:
    """The axis that SAME or VALID means in JAX's `conv_transpose`.

    Source: `jax/_src/lax/convolution.py`, `_conv_transpose_padding`; conventions hold it against the installed version.
    """
    longest = numbers[2] * numbers[0]
    if word == "SAME":
        return transposed_axis(*numbers, "SAME", longest)
    return transposed_axis(*numbers, "VALID", max(longest, Axis(*numbers, 0, 0).full))
