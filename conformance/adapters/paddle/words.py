"""Paddle's words: what the functions of `paddle.nn.functional` take, and which dtypes their documents name.

Must not know: paddle.
"""

from collections.abc import Mapping

from conformance.adapters.function import REQUIRED, Function, Role, Takes
from conformance.adapters.plan import Argument
from conformance.adapters.toolkit import Limit
from conformance.suite.case import RightCall

MODULE = "paddle.nn.functional"
FORMATS: Mapping[str, str] = {
    "NCW": "NCL", "NWC": "NLC", "NCHW": "NCHW", "NHWC": "NHWC", "NCDHW": "NCDHW", "NDHWC": "NDHWC",
}  # fmt: skip
"""the suite's words for layouts -> Paddle's; of one axis the L is the length"""


_VALUE, _NAME = Takes("x", REQUIRED, "value"), Takes("name", None, "nothing")


def _layout(rank: int) -> Takes:
    return Takes("data_format", {1: "NCL", 2: "NCHW", 3: "NCDHW"}[rank], "data_format")


def _convolution(rank: int, transposed: bool) -> Function:
    counts = (0, rank)
    dilation, groups = Takes("dilation", 1, "dilations", counts), Takes("groups", 1, "groups")
    # Of two spatial axes the transposed one has dilation and groups the other way round.
    last = (dilation, groups) if rank == 2 or not transposed else (groups, dilation)
    scattered = (Takes("output_padding", 0, "output_padding", counts),) if transposed else ()
    sized = (Takes("output_size", None, "output_size", counts),) if transposed else ()
    operator = f"conv{rank}d{'_transpose' * transposed}"
    parameters = (
        _VALUE,
        Takes("weight", REQUIRED, "filter"),
        Takes("bias", None, "bias"),
        Takes("stride", 1, "strides", counts),
        Takes("padding", 0, "padding"),
        *scattered,
        *last,
        *sized,
        _layout(rank),
        _NAME,
    )
    return Function(f"{MODULE}.{operator}", operator, parameters)


def _convolution_layer(rank: int, transposed: bool) -> Function:
    counts = (0, rank)
    groups, dilation = Takes("groups", 1, "groups"), Takes("dilation", 1, "dilations", counts)
    numbers = (Takes("stride", 1, "strides", counts), Takes("padding", 0, "padding"))
    # Of one axis, the transposed one has the two the other way round.
    last = (groups, dilation) if rank == 1 and transposed else (dilation, groups)
    scattered = (Takes("output_padding", 0, "output_padding", counts),) if transposed else ()
    rest = (
        Takes("bias", True, "has_bias"),
        Takes("padding_mode", "zeros", "only_default"),
        Takes("device", None, "only_default"),
        Takes("dtype", None, "only_default"),
    )
    return Function(
        f"paddle.nn.Conv{rank}D{'Transpose' * transposed}",
        f"conv{rank}d{'_transpose' * transposed}",
        (
            Takes("in_channels", REQUIRED, "channels_in"),
            Takes("out_channels", REQUIRED, "channels_out"),
            Takes("kernel_size", REQUIRED, "kernel", counts),
            *numbers,
            *scattered,
            *last,
            *(() if transposed else rest),
            Takes("weight_attr", None, "nothing"),
            Takes("bias_attr", None, "has_bias"),
            _layout(rank),
        ),
    )


CONVOLUTIONS: Mapping[str, Function] = {
    each.operator: each for each in (_convolution(rank, way) for rank in (1, 2, 3) for way in (False, True))
}
"""by operator; a depthwise convolution is said as groups"""
CONVOLUTION_LAYERS: Mapping[Function, Function] = {
    _convolution_layer(rank, way): CONVOLUTIONS[f"conv{rank}d{'_transpose' * way}"]
    for rank in (1, 2, 3)
    for way in (False, True)
}
"""with the function that each calls"""


def _pooling(operator: str) -> Function:
    """One with windows that have a length and strides."""
    rank = int(operator[-2])
    counts = (0, rank)
    windows = (
        Takes("kernel_size", REQUIRED, "kernel", counts),
        Takes("stride", None, "strides", counts),
        Takes("padding", 0, "padding"),
    )
    mask = Takes("return_mask", False, "return_indices" if rank == 2 else "only_default")
    ceil = Takes("ceil_mode", False, "ceil_mode")
    exclusive = Takes("exclusive", True, "count_include_pad")
    divisor = Takes("divisor_override", None, "divisor_override")
    # What has one spatial axis has its own order, and fewer parameters.
    rest = {
        "max": (mask, ceil),
        "avg": (exclusive, ceil) if rank == 1 else (ceil, exclusive, divisor),
        "lp": (ceil,),
    }[operator.partition("_")[0]]
    norm = (Takes("norm_type", REQUIRED, "norm_type"),) if operator.startswith("lp") else ()
    layout = (_layout(rank),) if rank > 1 or norm else ()
    return Function(f"{MODULE}.{operator}", operator, (_VALUE, *norm, *windows, *rest, *layout, _NAME))


def _adaptive(operator: str) -> Function:
    rank, maximum = int(operator[-2]), "max" in operator
    size = Takes("output_size", REQUIRED, "output_size", (0, rank))
    last = (Takes("return_mask", False, "only_default"),) if maximum else (_layout(rank),) * (rank > 1)
    return Function(f"{MODULE}.{operator}", operator, (_VALUE, size, *last, _NAME))


_UNPOOL = Function(
    f"{MODULE}.max_unpool2d",
    "max_unpool2d",
    (
        _VALUE,
        Takes("indices", REQUIRED, "indices"),
        Takes("kernel_size", REQUIRED, "kernel", (0, 2)),
        Takes("stride", None, "strides", (0, 2)),
        Takes("padding", 0, "padding", (0, 2)),
        Takes("data_format", "NCHW", "only_default"),
        Takes("output_size", None, "output_size", (2,)),
        _NAME,
    ),
)
POOLINGS: Mapping[str, Function] = {
    **{f"{word}_pool{rank}d": _pooling(f"{word}_pool{rank}d") for word in ("max", "avg") for rank in (1, 2, 3)},
    **{f"lp_pool{rank}d": _pooling(f"lp_pool{rank}d") for rank in (1, 2)},
    **{
        f"adaptive_{word}_pool{rank}d": _adaptive(f"adaptive_{word}_pool{rank}d")
        for word in ("max", "avg")
        for rank in (1, 2, 3)
    },
    "max_pool_with_argmax": _pooling("max_pool2d"),
    "max_unpool2d": _UNPOOL,
}
"""by operator"""


def _named(operator: str) -> str:
    """The layer of a pooling: `adaptive_avg_pool2d` is AdaptiveAvgPool2D."""
    words = operator[:-2].split("_")
    return f"{''.join('LP' if word == 'lp' else word.capitalize() for word in words)}{operator[-2]}D"


POOLING_LAYERS: Mapping[Function, Function] = {
    Function(f"paddle.nn.{_named(operator)}", operator, function.parameters[1:]): function
    for operator, function in POOLINGS.items()
    if operator[-1] == "d" and operator != "max_unpool2d"
} | {Function("paddle.nn.MaxUnPool2D", "max_unpool2d", _UNPOOL.parameters[2:], applied=("value", "indices")): _UNPOOL}
"""with the function that each calls"""

_WINDOWS = (
    Takes("kernel_sizes", REQUIRED, "kernel", (0, 2)),
    Takes("strides", 1, "strides", (0, 2)),
    Takes("paddings", 0, "padding"),
    Takes("dilations", 1, "dilations", (0, 2)),
)
_OUTPUTS, _NCHW = Takes("output_sizes", REQUIRED, "output_size", (0, 2)), Takes("data_format", "NCHW", "data_format")
_LEFT = Takes("pad_from_left_axis", True, "only_default")
PAD = Function(
    f"{MODULE}.pad",
    "pad",
    (
        _VALUE, Takes("pad", REQUIRED, "paddings"), Takes("mode", "constant", "mode"),
        Takes("value", 0.0, "constant_values"), Takes("data_format", None, "data_format"), _LEFT, _NAME,
    ),
)  # fmt: skip
_UP, _DOWN = Takes("upscale_factor", REQUIRED, "block_size"), Takes("downscale_factor", REQUIRED, "block_size")
PIXEL_SHUFFLE = Function(f"{MODULE}.pixel_shuffle", "depth_to_space", (_VALUE, _UP, _NCHW, _NAME))
PIXEL_UNSHUFFLE = Function(f"{MODULE}.pixel_unshuffle", "space_to_depth", (_VALUE, _DOWN, _NCHW, _NAME))
UNFOLD = Function(f"{MODULE}.unfold", "extract_patches", (_VALUE, *_WINDOWS, _NAME))
FOLD = Function(f"{MODULE}.fold", "fold", (_VALUE, _OUTPUTS, *_WINDOWS, _NAME))
_AROUND, _MODED = Takes("padding", REQUIRED, "paddings"), Takes("mode", "constant", "mode")
PAD_LAYERS: Mapping[Function, int] = {
    Function(f"paddle.nn.{name}{rank}D", "pad", (_AROUND, *more, _layout(rank), _NAME)): rank
    for rank in (1, 2, 3)
    for name, more in (("Pad", (_MODED, Takes("value", 0.0, "constant_values"))), ("ZeroPad", ()))
}
"""how many spatial axes each has"""
# The layers have the last three in another order.
_OF_LAYERS = (_WINDOWS[0], _WINDOWS[3], _WINDOWS[2], _WINDOWS[1], _NAME)
INDEX_MAP_LAYERS: Mapping[Function, Function] = {
    Function("paddle.nn.PixelShuffle", "depth_to_space", (_UP, _NCHW, _NAME)): PIXEL_SHUFFLE,
    Function("paddle.nn.PixelUnshuffle", "space_to_depth", (_DOWN, _NCHW, _NAME)): PIXEL_UNSHUFFLE,
    Function("paddle.nn.Unfold", "extract_patches", _OF_LAYERS): UNFOLD,
    Function("paddle.nn.Fold", "fold", (_OUTPUTS, *_OF_LAYERS)): FOLD,
}
"""with the function that each calls"""

_SIZES = (Takes("size", None, "output_size"), Takes("scale_factor", None, "scales"))
_MODES = (
    *_SIZES,
    Takes("mode", "nearest", "method"),
    Takes("align_corners", False, "align_corners"),
    Takes("align_mode", 0, "align_mode"),
    Takes("data_format", None, "data_format"),
)
_RECOMPUTED = Takes("recompute_scale_factor", None, "recompute_scale_factor")
INTERPOLATE = Function(
    f"{MODULE}.interpolate", "", (_VALUE, *_MODES, _RECOMPUTED, Takes("antialias", False, "antialias"), _NAME)
)
UPSAMPLE = Function(f"{MODULE}.upsample", "", (_VALUE, *_MODES, _NAME))
_OF_IMAGES = (*_SIZES, Takes("data_format", "NCHW", "data_format"), _NAME)
_CORNERS: Mapping[Role, Argument] = {"method": "bilinear", "align_corners": True}
RESIZE_LAYERS: Mapping[Function, Mapping[Role, Argument]] = {
    Function("paddle.nn.Upsample", "", (*_MODES, _RECOMPUTED, _NAME)): {},
    Function("paddle.nn.UpsamplingNearest2D", "resize2d", _OF_IMAGES): {"method": "nearest"},
    Function("paddle.nn.UpsamplingBilinear2D", "resize2d", _OF_IMAGES): _CORNERS,
}
"""with what each says to `interpolate`"""

_FLOATS, _WITH_HALF = ("float32", "float64"), ("float16", "float32", "float64")
DTYPES: Mapping[str, tuple[str, ...]] = {
    **{f"conv{rank}d": _WITH_HALF for rank in (1, 2, 3)},
    "depthwise_conv2d": _WITH_HALF,
    **{f"conv{rank}d_transpose": _FLOATS for rank in (1, 2, 3)},
    **dict.fromkeys(POOLINGS, _FLOATS),
    "avg_pool1d": _WITH_HALF,
    "lp_pool1d": _WITH_HALF,
    "adaptive_max_pool2d": (*_WITH_HALF, "int32", "int64"),
    "max_unpool2d": (*_FLOATS, "int64"),
    "pad": (*_FLOATS, "int32", "int64", "complex64", "complex128"),
    **dict.fromkeys(("depth_to_space", "space_to_depth", "extract_patches"), _FLOATS),
    "fold": (*_FLOATS, "complex64", "complex128"),
    **dict.fromkeys(("resize1d", "resize2d", "resize3d"), (*_FLOATS, "uint8")),
}
"""those that the documents of the function name, by operator; Paddle 3.3"""


def _limit(operator: str, named: tuple[str, ...]) -> Limit:
    return Limit(
        f"of {operator} Paddle's documents name the dtypes {', '.join(named)}",
        lambda call: call.operator == operator and isinstance(call, RightCall) and call.dtype not in named,
    )


LIMITS = tuple(_limit(operator, named) for operator, named in DTYPES.items())
