"""The operators that are index maps: TensorFlow's names, PyTorch's for `fold`, and the arguments that each takes."""

from collections.abc import Mapping

from reference.family import Operator
from reference.index_map.geometry import BlockMode, PadMode, PatchOrder

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
PAD_MODES: tuple[PadMode, ...] = ("CONSTANT", "REFLECT", "SYMMETRIC", "EDGE", "WRAP")
BLOCK_MODES: tuple[BlockMode, ...] = ("DCR", "CRD")
PATCH_ORDERS: tuple[PatchOrder, ...] = ("HWC", "CHW")
MODES: Mapping[str, tuple[str, ...]] = {
    "pad": PAD_MODES,
    "depth_to_space": BLOCK_MODES,
    "space_to_depth": BLOCK_MODES,
}
