"""TensorFlow's words for index maps: what its functions take. Must not know: tensorflow."""

from conformance.adapters.function import REQUIRED, Function, Takes

_NAME = Takes("name", None, "nothing")
_BLOCKS = (
    Takes("input", REQUIRED, "value"),
    Takes("block_size", REQUIRED, "block_size"),
    Takes("data_format", "NHWC", "data_format"),
    _NAME,
)
FUNCTIONS = (
    Function(
        "tf.pad",
        "pad",
        (
            Takes("tensor", REQUIRED, "value"),
            Takes("paddings", REQUIRED, "paddings"),
            Takes("mode", "CONSTANT", "mode"),
            Takes("constant_values", 0, "constant_values"),
            _NAME,
        ),
    ),
    Function("tf.nn.depth_to_space", "depth_to_space", _BLOCKS),
    Function("tf.nn.space_to_depth", "space_to_depth", _BLOCKS),
    Function(
        "tf.image.extract_patches",
        "extract_patches",
        (
            Takes("images", REQUIRED, "value"),
            Takes("sizes", REQUIRED, "kernel"),
            Takes("strides", REQUIRED, "strides"),
            Takes("rates", REQUIRED, "dilations"),
            Takes("padding", REQUIRED, "padding"),
            _NAME,
        ),
    ),
)
