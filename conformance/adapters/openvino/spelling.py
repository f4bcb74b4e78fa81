"""How an operation's attributes are spelled, whatever the kind of operator.

Knows: names and numbers. Must not know: openvino, calls.
"""

from collections.abc import Iterable
from typing import TypeAlias

from conformance.adapters.plan import Argument

Keywords: TypeAlias = tuple[tuple[str, Argument], ...]
WORDS = {"SAME": "same_upper", "VALID": "valid"}
"""nominal words -> of auto_pad"""
MODULE = "openvino.opset16"
"""the newest set of operations of the version that constraints name"""


def pads_of(pads: Iterable[tuple[int, int]]) -> Keywords:
    """Pads (before, after) per axis as two attributes."""
    before, after = zip(*pads, strict=True)
    return ("pads_begin", tuple(before)), ("pads_end", tuple(after))
