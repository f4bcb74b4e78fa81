"""How a node's attributes are spelled, whatever the kind of operator.

Knows: names and numbers. Must not know: onnx, calls.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from conformance.adapters.plan import Argument

Keywords: TypeAlias = tuple[tuple[str, Argument], ...]
Spelling: TypeAlias = Literal["pads", "auto_pad", "output_shape"]
"""of the ways to say where windows begin, the one that is asked"""

WORDS = {"SAME": "SAME_UPPER", "VALID": "VALID"}
"""nominal words -> of auto_pad"""
OPSET = 22
"""the newest that the runtimes of this version's constraints all read, and the first whose nodes take bfloat16"""
CONSTANTS = {
    "Pad": ("pads", "constant_value"),
    "Resize": ("roi", "scales", "sizes"),
    "Col2Im": ("image_shape", "block_shape"),
}
"""by kind of node: what ONNX takes as inputs, in their order, and plans as keywords: constants of the model"""


def begins_and_ends(pads: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Pads (before, after) per axis as ONNX writes them: all that come before, then all that come after."""
    before, after = zip(*pads, strict=True)
    return (*before, *after)
