"""Keras's words for index maps: what its operations take. Must not know: keras."""

from conformance.adapters.function import REQUIRED, Function, Takes

_X, _BLOCK = Takes("x", REQUIRED, "value"), Takes("block_size", REQUIRED, "block_size")
_LAST, _LAYOUT = Takes("data_format", "channels_last", "data_format"), Takes("data_format", None, "data_format")
_BOTH = (0, 2)
_ROWS = (
    Takes("kernel_size", REQUIRED, "kernel", _BOTH),
    Takes("dilation", 1, "dilations", _BOTH),
    Takes("padding", 0, "padding", _BOTH),
    Takes("stride", 1, "strides", _BOTH),
)
PAD = Function(
    "keras.ops.pad",
    "pad",
    (
        _X,
        Takes("pad_width", REQUIRED, "paddings"),
        Takes("mode", "constant", "mode"),
        Takes("constant_values", None, "constant_values"),
    ),
)
DEPTH_TO_SPACE = Function("keras.ops.depth_to_space", "depth_to_space", (_X, _BLOCK, _LAST))
SPACE_TO_DEPTH = Function("keras.ops.space_to_depth", "space_to_depth", (_X, _BLOCK, _LAST))
PATCHES = Function(
    "keras.ops.image.extract_patches",
    "extract_patches",
    (
        Takes("images", REQUIRED, "value"),
        Takes("size", REQUIRED, "kernel", _BOTH),
        Takes("strides", None, "strides", _BOTH),
        Takes("dilation_rate", 1, "dilations", _BOTH),
        Takes("padding", "valid", "padding"),
        _LAYOUT,
    ),
)
UNFOLD = Function("keras.ops.unfold", "extract_patches", (_X, *_ROWS))
FOLD = Function("keras.ops.fold", "fold", (_X, Takes("output_size", REQUIRED, "output_size", _BOTH), *_ROWS))
