"""ONNX's words: what the nodes take, their inputs first and then their attributes by name. Must not know: onnx.

Source: the operators of opset 22.
"""

from conformance.adapters.function import REQUIRED, Function, Takes

_VALUE, _AUTO_PAD = Takes("X", REQUIRED, "value"), Takes("auto_pad", "NOTSET", "auto_pad")
_FILTER = (_VALUE, Takes("W", REQUIRED, "filter"), Takes("B", None, "bias"))
_NUMBERS = (
    _AUTO_PAD, Takes("dilations", None, "dilations"), Takes("group", 1, "groups"),
    Takes("kernel_shape", None, "kernel"),
)  # fmt: skip
_PADS, _STRIDES = Takes("pads", None, "padding"), Takes("strides", None, "strides")
CONV = Function("onnx.Conv", "conv{}d", (*_FILTER, *_NUMBERS, _PADS, _STRIDES))
CONV_TRANSPOSE = Function(
    "onnx.ConvTranspose",
    "conv{}d_transpose",
    (
        *_FILTER,
        *_NUMBERS,
        Takes("output_padding", None, "output_padding"),
        Takes("output_shape", None, "output_size"),
        _PADS,
        _STRIDES,
    ),
)

_WINDOWS = (
    _AUTO_PAD, Takes("ceil_mode", 0, "ceil_mode"), Takes("dilations", None, "dilations"),
    Takes("kernel_shape", REQUIRED, "kernel"), _PADS, _STRIDES,
)  # fmt: skip
POOLINGS = (
    Function("onnx.MaxPool", "max_pool{}d", (_VALUE, *_WINDOWS, Takes("storage_order", 0, "nothing"))),
    Function(
        "onnx.AveragePool", "avg_pool{}d", (_VALUE, *_WINDOWS, Takes("count_include_pad", 0, "count_include_pad"))
    ),
    Function("onnx.LpPool", "lp_pool{}d", (_VALUE, *_WINDOWS, Takes("p", 2, "norm_type"))),
    Function("onnx.GlobalMaxPool", "adaptive_max_pool{}d", (_VALUE,)),
    Function("onnx.GlobalAveragePool", "adaptive_avg_pool{}d", (_VALUE,)),
)

RESIZE = Function(
    "onnx.Resize",
    "",
    (
        _VALUE,
        Takes("roi", None, "only_default"),
        Takes("scales", None, "scales"),
        Takes("sizes", None, "output_size"),
        Takes("antialias", 0, "antialias"),
        Takes("axes", None, "axes"),
        Takes("coordinate_transformation_mode", "half_pixel", "coordinates"),
        Takes("cubic_coeff_a", -0.75, "cubic_coeff_a"),
        Takes("exclude_outside", 0, "exclude_outside"),
        Takes("extrapolation_value", 0.0, "nothing"),
        Takes("keep_aspect_ratio_policy", "stretch", "only_default"),
        Takes("mode", "nearest", "method"),
        Takes("nearest_mode", "round_prefer_floor", "nearest_mode"),
    ),
)

_BLOCKSIZE = Takes("blocksize", REQUIRED, "block_size")
PAD = Function(
    "onnx.Pad",
    "pad",
    (
        _VALUE,
        Takes("pads", REQUIRED, "paddings"),
        Takes("constant_value", None, "constant_values"),
        Takes("axes", None, "only_default"),
        Takes("mode", "constant", "mode"),
    ),
)
DEPTH_TO_SPACE = Function("onnx.DepthToSpace", "depth_to_space", (_VALUE, _BLOCKSIZE, Takes("mode", "DCR", "mode")))
SPACE_TO_DEPTH = Function("onnx.SpaceToDepth", "space_to_depth", (_VALUE, _BLOCKSIZE))
COL2IM = Function(
    "onnx.Col2Im",
    "fold",
    (
        _VALUE,
        Takes("image_shape", REQUIRED, "output_size", (2,)),
        Takes("block_shape", REQUIRED, "kernel", (2,)),
        Takes("dilations", None, "dilations", (2,)),
        _PADS,
        Takes("strides", None, "strides", (2,)),
    ),
)
