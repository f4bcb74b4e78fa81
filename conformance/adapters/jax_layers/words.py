"""What the convolutions of Flax, Haiku and Equinox take when they are made. Must not know: the libraries."""

from collections.abc import Callable, Mapping

from conformance.adapters.function import REQUIRED, Function, Takes

Functions = Mapping[str, Function]
"""by operator; a depthwise convolution is said as groups"""


def _functions(
    name: Callable[[int, bool], str], parameters: tuple[Takes, ...], scattered: tuple[Takes, ...]
) -> Functions:
    """The layers of one library: their names by rank and whether they are transposed, and what both kinds take."""
    return {
        operator: Function(name(rank, way), operator, scattered if way else parameters)
        for rank in (1, 2, 3)
        for way, operator in ((False, f"conv{rank}d"), (True, f"conv{rank}d_transpose"))
    }


_FLAX = (Takes("features", REQUIRED, "channels_out"), Takes("kernel_size", REQUIRED, "kernel"))
_FLAX_PADDING = Takes("padding", "SAME", "padding")
_FLAX_BIAS = Takes("use_bias", True, "has_bias")
FLAX = _functions(
    lambda rank, way: f"flax.linen.Conv{'Transpose' * way}",
    (
        *_FLAX, Takes("strides", 1, "strides"), _FLAX_PADDING, Takes("input_dilation", 1, "value_dilation"),
        Takes("kernel_dilation", 1, "dilations"), Takes("feature_group_count", 1, "groups"), _FLAX_BIAS,
    ),
    (
        *_FLAX, Takes("strides", None, "strides"), _FLAX_PADDING, Takes("kernel_dilation", None, "dilations"),
        _FLAX_BIAS, Takes("transpose_kernel", False, "transpose_kernel"),
    ),
)  # fmt: skip
_HAIKU = (
    Takes("output_channels", REQUIRED, "channels_out"), Takes("kernel_shape", REQUIRED, "kernel"),
    Takes("stride", 1, "strides"),
)  # fmt: skip
_HAIKU_PADDING = Takes("padding", "SAME", "padding")
_HAIKU_BIAS = (Takes("with_bias", True, "has_bias"), Takes("data_format", "channels_last", "data_format"))
HAIKU = _functions(
    # A layer of Haiku is made where it is called: within what is transformed.
    lambda rank, way: f"lambda: haiku.Conv{rank}D{'Transpose' * way}",
    (*_HAIKU, Takes("rate", 1, "dilations"), _HAIKU_PADDING, *_HAIKU_BIAS, Takes("feature_group_count", 1, "groups")),
    (*_HAIKU, Takes("output_shape", None, "output_shape"), _HAIKU_PADDING, *_HAIKU_BIAS),
)
_EQUINOX = (
    Takes("in_channels", REQUIRED, "channels_in"), Takes("out_channels", REQUIRED, "channels_out"),
    Takes("kernel_size", REQUIRED, "kernel"), Takes("stride", 1, "strides"), Takes("padding", 0, "padding"),
)  # fmt: skip
_EQUINOX_REST = (
    Takes("dilation", 1, "dilations"), Takes("groups", 1, "groups"), Takes("use_bias", True, "has_bias"),
)  # fmt: skip
EQUINOX = _functions(
    lambda rank, way: f"equinox.nn.Conv{'Transpose' * way}{rank}d",
    (*_EQUINOX, *_EQUINOX_REST),
    (*_EQUINOX, Takes("output_padding", 0, "output_padding"), *_EQUINOX_REST),
)
