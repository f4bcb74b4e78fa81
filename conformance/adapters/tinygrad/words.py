"""tinygrad's words: what the methods of `tinygrad.Tensor` take, whatever the number of spatial axes.

Must not know: tinygrad.
"""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Takes

CLASS = "tinygrad.Tensor"
_VALUE = Takes("self", REQUIRED, "value")
_FILTER = (_VALUE, Takes("weight", REQUIRED, "filter"), Takes("bias", None, "bias"))
_ANY = (0, 1, 2, 3)
_GEOMETRY = (
    Takes("stride", 1, "strides", _ANY), Takes("dilation", 1, "dilations", _ANY), Takes("padding", 0, "padding", _ANY),
)  # fmt: skip
_GROUPS = Takes("groups", 1, "groups")

_CONV = Function(f"{CLASS}.conv2d", "conv{}d", (*_FILTER, _GROUPS, *_GEOMETRY, Takes("dtype", None, "only_default")))
_OUTPUT_PADDING = Takes("output_padding", 0, "output_padding", _ANY)
_CONV_TRANSPOSE = Function(
    f"{CLASS}.conv_transpose2d", "conv{}d_transpose", (*_FILTER, _GROUPS, *_GEOMETRY, _OUTPUT_PADDING)
)
CONVOLUTIONS: Mapping[str, Function] = {
    **{f"conv{rank}d": _CONV for rank in (1, 2, 3)},
    **{f"conv{rank}d_transpose": _CONV_TRANSPOSE for rank in (1, 2, 3)},
}
"""by operator; a depthwise convolution is said as groups"""


def _layer(rank: int, transposed: bool) -> Function:
    stride, dilation, padding = _GEOMETRY
    return Function(
        f"tinygrad.nn.Conv{'Transpose' * transposed}{rank}d",
        f"conv{rank}d{'_transpose' * transposed}",
        (
            Takes("in_channels", REQUIRED, "channels_in"),
            Takes("out_channels", REQUIRED, "channels_out"),
            Takes("kernel_size", REQUIRED, "kernel", (0, rank)),
            stride,
            padding,
            *((_OUTPUT_PADDING,) if transposed else ()),
            dilation,
            _GROUPS,
            Takes("bias", True, "has_bias"),
        ),
    )


CONVOLUTION_LAYERS: Mapping[Function, Function] = {
    _layer(rank, way): _CONV_TRANSPOSE if way else _CONV for rank in (1, 2) for way in (False, True)
}
"""with the function that each calls"""

_WINDOWS = (
    Takes("kernel_size", (2, 2), "kernel", _ANY),
    Takes("stride", None, "strides", _ANY),
    Takes("dilation", 1, "dilations", _ANY),
    Takes("padding", 0, "padding"),
    Takes("ceil_mode", False, "ceil_mode"),
)
_MAXIMUM = (_VALUE, *_WINDOWS, Takes("return_indices", False, "return_indices"))
_AVERAGE = (_VALUE, *_WINDOWS, Takes("count_include_pad", True, "count_include_pad"))
_MAX_POOL = Function(f"{CLASS}.max_pool2d", "max_pool{}d", _MAXIMUM)
_AVG_POOL = Function(f"{CLASS}.avg_pool2d", "avg_pool{}d", _AVERAGE)
POOLINGS: Mapping[str, Function] = {
    **{f"max_pool{rank}d": _MAX_POOL for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": _AVG_POOL for rank in (1, 2, 3)},
    "max_pool_with_argmax": _MAX_POOL,
    "max_unpool2d": Function(
        f"{CLASS}.max_unpool2d",
        "max_unpool2d",
        (
            _VALUE,
            Takes("indices", REQUIRED, "indices"),
            *_WINDOWS[:-1],
            Takes("output_size", None, "output_size", (2,)),
        ),
    ),
}
"""by operator"""
INTERPOLATE = Function(
    f"{CLASS}.interpolate",
    "",
    (
        _VALUE,
        Takes("size", REQUIRED, "output_size"),
        Takes("mode", "linear", "method"),
        Takes("align_corners", False, "align_corners"),
    ),
)
PAD = Function(
    f"{CLASS}.pad",
    "pad",
    (
        _VALUE,
        Takes("padding", REQUIRED, "paddings"),
        Takes("mode", "constant", "mode"),
        Takes("value", 0.0, "constant_values"),
    ),
)
