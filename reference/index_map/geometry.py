"""The integers that fix an index map: which element of its source each element of its target is a copy of.

Knows: lengths, pads, blocks, windows. Must not know: arrays, frameworks, argument spellings
(`reference.index_map.arguments`).

There are three maps. `pad`, `depth_to_space` and `extract_patches` copy along them; `space_to_depth` and `fold` are the
adjoints of the last two, which add up all that was copied from an element. Shapes are (batch, *spatial, channels).
"""

from collections import Counter
from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

from reference.pooling.geometry import WindowAxis, windows_of

PadMode: TypeAlias = Literal["CONSTANT", "REFLECT", "SYMMETRIC", "EDGE", "WRAP"]
BlockMode: TypeAlias = Literal["DCR", "CRD"]
PatchOrder: TypeAlias = Literal["HWC", "CHW"]


@dataclass(frozen=True, slots=True)
class PaddedLength:
    """One axis between pads; negative ones, of constants alone, cut elements off."""

    input: int
    pad_before: int
    pad_after: int

    @property
    def output(self) -> int:
        """Length of the target."""
        return self.input + self.pad_before + self.pad_after

    def source(self, place: int, mode: PadMode) -> int | None:
        """The element of which that at `place` is a copy; None where it is the constant, or there is none to copy.

        Source: the modes of NumPy's `pad`, of which TensorFlow, PyTorch and ONNX have some.
        """
        n, p = self.input, place - self.pad_before
        if 0 <= p < n:
            return p
        if n == 0:
            return None
        match mode:
            case "CONSTANT":
                return None
            case "REFLECT":  # the border itself is not repeated
                return -p if p < 0 else 2 * (n - 1) - p
            case "SYMMETRIC":
                return -1 - p if p < 0 else 2 * n - 1 - p
            case "EDGE":
                return 0 if p < 0 else n - 1
            case "WRAP":
                return p % n


@dataclass(frozen=True, slots=True)
class Padded:
    """A value of any rank between pads."""

    axes: tuple[PaddedLength, ...]
    mode: PadMode

    @property
    def source_shape(self) -> tuple[int, ...]:
        return tuple(axis.input for axis in self.axes)

    @property
    def target_shape(self) -> tuple[int, ...]:
        return tuple(axis.output for axis in self.axes)

    @property
    def most_copies(self) -> int:
        """How often the element that is copied most often is."""
        counts = (Counter(axis.source(place, self.mode) for place in range(axis.output)) for axis in self.axes)
        return prod(max((count for at, count in of_axis.items() if at is not None), default=0) for of_axis in counts)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The channels of each pixel of the source, laid out as a block of pixels of the target."""

    batch: int
    size: tuple[int, ...]
    """spatial lengths of the source"""
    channels: int
    """of the target"""
    block: int
    mode: BlockMode
    """a source channel is (row, column, channel) of its block, or (channel, row, column), as in ONNX's DepthToSpace"""

    @property
    def source_shape(self) -> tuple[int, ...]:
        return (self.batch, *self.size, self.channels * self.block ** len(self.size))

    @property
    def target_shape(self) -> tuple[int, ...]:
        return (self.batch, *(length * self.block for length in self.size), self.channels)

    @property
    def most_copies(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Patches:
    """The places of each window, side by side in the channels of the target; a pad is a zero."""

    batch: int
    channels: int
    """of the source"""
    axes: tuple[WindowAxis, ...]
    order: PatchOrder
    """a target channel is (row, column, channel) of the window, or (channel, row, column)"""

    @property
    def source_shape(self) -> tuple[int, ...]:
        return (self.batch, *(axis.input for axis in self.axes), self.channels)

    @property
    def target_shape(self) -> tuple[int, ...]:
        taps = prod(axis.kernel for axis in self.axes)
        return (self.batch, *(axis.output for axis in self.axes), taps * self.channels)

    @property
    def most_copies(self) -> int:
        return prod(max(windows_of(axis), default=0) for axis in self.axes)


IndexMap: TypeAlias = Padded | Blocks | Patches


@dataclass(frozen=True, slots=True)
class IndexGeometry:
    """The geometry of one call: a map, and which way it is gone."""

    map: IndexMap
    adjoint: bool
    """the value is the map's target, and the result its source"""

    @property
    def value_shape(self) -> tuple[int, ...]:
        return self.map.target_shape if self.adjoint else self.map.source_shape

    @property
    def result_shape(self) -> tuple[int, ...]:
        return self.map.source_shape if self.adjoint else self.map.target_shape

    def terms(self, *, backwards: bool) -> int:
        """How many elements an element of the result, or of the gradient where it is gone backwards, sums at most."""
        return self.map.most_copies if self.adjoint != backwards else 1
