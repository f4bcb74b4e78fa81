"""The operators that are index maps: TensorFlow's names, PyTorch's for `fold`, and the arguments that each takes."""

from collections.abc import Mapping

from reference.family import Operator

OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("pad", 0, transposed=False),  # of every axis: none is spatial
        Operator("depth_to_space", 2, transposed=False),
        Operator("space_to_depth", 2, transposed=False),
        Operator("extract_patches", 2, transposed=False),
        Operator("fold", 2, transposed=True),
    )
}

_BLOCKS = ("block_size", "data_format", "mode")
_PATCHES = ("ksize", "strides", "padding", "data_format", "dilations", "patch_order")
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "pad": ("paddings", "mode", "constant_values"),
    "depth_to_space": _BLOCKS,
    "space_to_depth": _BLOCKS,
    "extract_patches": _PATCHES,
    "fold": ("output_size", *_PATCHES),
}
"""of each operator, beside its value"""
DEFAULTS: Mapping[str, object] = {
    "mode": None,
    "constant_values": 0,
    "data_format": None,
    "dilations": None,
    "patch_order": "HWC",
}
"""of those that may be left out; a `mode` of None is the first of the operator's"""
MODES: Mapping[str, tuple[str, ...]] = {
    "pad": ("CONSTANT", "REFLECT", "SYMMETRIC", "EDGE", "WRAP"),
    "depth_to_space": ("DCR", "CRD"),
    "space_to_depth": ("DCR", "CRD"),
}
PATCH_ORDERS = ("HWC", "CHW")
