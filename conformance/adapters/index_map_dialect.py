"""What conventions ask of a framework's words for index maps: how they are said, and what the suite holds them to mean.

Knows: plans, integers. Must not know: frameworks (each has its own `index_map_dialect`), what is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.adapters.dialect import Said
from conformance.adapters.notation import to_channels_first, to_channels_last
from conformance.adapters.plan import Plan, Step, Transpose
from reference.index_map.geometry import BlockMode, PadMode, PatchOrder

Limit: TypeAlias = Literal["length - 1", "length", "any length"]
Negative: TypeAlias = Literal["refused", "cut off", "copies of the whole value", "copies of what is left"]
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PadWords:
    """A mode of pads."""

    name: str
    mode: PadMode
    limit: Limit
    """the longest pad that is taken"""
    negative: Negative | None
    """what becomes of negative pads; None where no document says it, and nobody is asked"""
    say: Callable[[int, tuple[int, int]], Said]
    """of a length, and the pads of the last axis of a value (1, length)"""


@dataclass(frozen=True, slots=True)
class BlockWords:
    """An operator of blocks."""

    name: str
    operator: str
    order: BlockMode
    blocks: tuple[int, ...]
    """that are taken"""
    say: Callable[[Shape, int], Said]
    """of a value's shape with channels last, and a block; the result has them last, too"""


@dataclass(frozen=True, slots=True)
class PatchWords:
    """Patches under one word of padding, or under a number for both sides."""

    name: str
    order: PatchOrder
    padding: Literal["SAME", "VALID", "1 on both sides"]
    say: Callable[[Shape, tuple[int, int], tuple[int, int], tuple[int, int]], Said]
    """of an image's shape, ksize, strides and dilations; value and result have their channels last"""


@dataclass(frozen=True, slots=True)
class IndexMapDialect:
    """All words of a framework."""

    pads: tuple[PadWords, ...]
    blocks: tuple[BlockWords, ...] = ()
    patches: tuple[PatchWords, ...] = ()


def channels_first(*steps: Step) -> Plan:
    """Of an image with its channels last, what a framework makes of one that has them first."""
    return Plan((Transpose("value", to_channels_first(2)), *steps, Transpose("result", to_channels_last(2))))
