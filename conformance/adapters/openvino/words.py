"""OpenVINO's words: what the functions of its opsets take. Must not know: openvino."""

from conformance.adapters.function import REQUIRED, Function, Required, Takes
from conformance.adapters.openvino.spelling import MODULE
from conformance.adapters.plan import Argument

_NAME = Takes("name", None, "nothing")
_OPERANDS = (Takes("data", REQUIRED, "value"), Takes("filters", REQUIRED, "filter"))


def _pads(default: Argument | Required) -> tuple[Takes, ...]:
    return Takes("pads_begin", default, "padding"), Takes("pads_end", default, "pads_after")


def _convolution(prefix: str) -> Function:
    numbers = (Takes("strides", REQUIRED, "strides"), *_pads(REQUIRED), Takes("dilations", REQUIRED, "dilations"))
    auto_pad = Takes("auto_pad", "EXPLICIT", "auto_pad")
    return Function(f"{MODULE}.{prefix}convolution", "conv{}d", (*_OPERANDS, *numbers, auto_pad, _NAME))


def _backprop(prefix: str) -> Function:
    return Function(
        f"{MODULE}.{prefix}convolution_backprop_data",
        "conv{}d_transpose",
        (
            *_OPERANDS,
            Takes("strides", REQUIRED, "strides"),
            Takes("output_shape", None, "output_size"),
            *_pads(None),
            Takes("dilations", None, "dilations"),
            Takes("auto_pad", "EXPLICIT" if prefix else None, "auto_pad"),
            Takes("output_padding", None, "output_padding"),
            _NAME,
        ),
    )


CONVOLUTIONS = (_convolution(""), _backprop(""))
GROUPED = (_convolution("group_"), _backprop("group_"))
"""whose filter has an axis for groups in front"""

_KERNEL, _STRIDES = Takes("kernel_shape", REQUIRED, "kernel"), Takes("strides", REQUIRED, "strides")
_ROUNDING, _AUTO_PAD = Takes("rounding_type", "floor", "ceil_mode"), Takes("auto_pad", None, "auto_pad")
_ELEMENTS = Takes("index_element_type", "i64", "nothing")


def _adaptive(name: str, *rest: Takes) -> Function:
    lengths = Takes("output_shape", REQUIRED, "output_size")
    return Function(f"{MODULE}.{name}", f"{name}{{}}d", (_OPERANDS[0], lengths, *rest, _NAME))


POOLINGS = (
    Function(
        f"{MODULE}.max_pool",
        "max_pool{}d",
        (
            _OPERANDS[0], _STRIDES, Takes("dilations", REQUIRED, "dilations"), *_pads(REQUIRED), _KERNEL, _ROUNDING,
            _AUTO_PAD, _ELEMENTS, Takes("axis", 0, "nothing"), _NAME,
        ),
    ),
    Function(
        f"{MODULE}.avg_pool",
        "avg_pool{}d",
        (
            Takes("data_batch", REQUIRED, "value"), _STRIDES, *_pads(REQUIRED), _KERNEL,
            Takes("exclude_pad", REQUIRED, "count_include_pad"), _ROUNDING, _AUTO_PAD,
            Takes("dilations", None, "dilations"), _NAME,
        ),
    ),
    _adaptive("adaptive_max_pool", _ELEMENTS),
    _adaptive("adaptive_avg_pool"),
)  # fmt: skip

INTERPOLATE = Function(
    f"{MODULE}.interpolate",
    "",
    (
        Takes("image", REQUIRED, "value"),
        Takes("scales_or_sizes", REQUIRED, "output_size"),
        Takes("mode", REQUIRED, "method"),
        Takes("shape_calculation_mode", REQUIRED, "counted_by"),
        Takes("pads_begin", None, "only_default"),
        Takes("pads_end", None, "only_default"),
        Takes("coordinate_transformation_mode", "half_pixel", "coordinates"),
        Takes("nearest_mode", "round_prefer_floor", "nearest_mode"),
        Takes("antialias", False, "antialias"),
        Takes("cube_coeff", -0.75, "cubic_coeff_a"),
        Takes("axes", None, "axes"),
        _NAME,
    ),
)

_BLOCK = (Takes("mode", REQUIRED, "mode"), Takes("block_size", 1, "block_size"), _NAME)
PAD = Function(
    f"{MODULE}.pad",
    "pad",
    (
        Takes("arg", REQUIRED, "value"),
        Takes("pads_begin", REQUIRED, "paddings"),
        Takes("pads_end", REQUIRED, "pads_after"),
        Takes("pad_mode", REQUIRED, "mode"),
        Takes("arg_pad_value", None, "constant_values"),
        _NAME,
    ),
)
DEPTH_TO_SPACE = Function(f"{MODULE}.depth_to_space", "depth_to_space", (Takes("node", REQUIRED, "value"), *_BLOCK))
SPACE_TO_DEPTH = Function(f"{MODULE}.space_to_depth", "space_to_depth", (_OPERANDS[0], *_BLOCK))
PATCHES = Function(
    f"{MODULE}.extract_image_patches",
    "extract_patches",
    (
        Takes("image", REQUIRED, "value"),
        Takes("sizes", REQUIRED, "kernel", (2,)),
        Takes("strides", REQUIRED, "strides", (2,)),
        Takes("rates", REQUIRED, "dilations", (2,)),
        Takes("auto_pad", REQUIRED, "padding"),
        _NAME,
    ),
)
COL2IM = Function(
    f"{MODULE}.col2im",
    "fold",
    (
        _OPERANDS[0],
        Takes("output_size", REQUIRED, "output_size", (2,)),
        Takes("kernel_size", REQUIRED, "kernel", (2,)),
        Takes("strides", None, "strides", (2,)),
        Takes("dilations", None, "dilations", (2,)),
        *_pads(None),
        _NAME,
    ),
)
