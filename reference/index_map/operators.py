"""The operators that are index maps, with TensorFlow's argument meanings.

Knows: layouts and dtypes. Next stage: `reference.index_map.engine` computes on canonical arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arguments import check_cotangent, check_dtypes
from reference.arrays import from_layout, to_layout
from reference.errors import DtypeError
from reference.index_map import engine
from reference.index_map.arguments import index_geometry
from reference.index_map.family import OPERATORS
from reference.index_map.geometry import IndexGeometry
from reference.spelling import Padding, PerAxis, channels_last

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """One call: its geometry, and the layout of its value and result."""

    geometry: IndexGeometry
    last: bool
    """the value and the result have their channels last, or no channels"""
    constant: Any = 0

    def result(self, value: Array) -> Array:
        """The result in the dtype of the value."""
        return self._gone(value, backwards=False, constant=self.constant)

    def gradient(self, cotangent: Array) -> Array:
        """The derivative of <result, cotangent> for the value, whatever that is."""
        return self._gone(cotangent, backwards=True)

    def terms(self, *, backwards: bool = False) -> NDArray[np.int64]:
        """How many elements each element of the result, or of the gradient, sums, constants left out."""
        of, indices = self.geometry.map, engine.indices_of(self.geometry.map)
        scatters = self.geometry.adjoint != backwards
        counts = engine.copies(indices, of.source_shape) if scatters else (indices >= 0).astype(np.int64)
        return self._laid_out(counts)

    def _gone(self, array: Array, *, backwards: bool, constant: Any = 0) -> Array:
        of, canonical = self.geometry.map, from_layout(array, self.last)
        indices = engine.indices_of(of)
        if self.geometry.adjoint != backwards:
            return self._laid_out(engine.scatter(canonical, indices, of.source_shape))
        return self._laid_out(engine.gather(canonical, indices, constant))

    def _laid_out(self, canonical: Array) -> Array:
        return np.ascontiguousarray(to_layout(canonical, self.last))


def pad(
    value: ArrayLike, paddings: Sequence[Sequence[int]], mode: str = "CONSTANT", constant_values: float | str = 0
) -> Array:
    """The value between pads, in the dtype of the value.

    paddings: one pair [before, after] for each axis of the value, which may have any number of them
    mode: what a pad holds: CONSTANT, `constant_values`; REFLECT, the elements from the border inwards without the
        border, at most length - 1; SYMMETRIC, with it, at most length; EDGE, the border; WRAP, those of the other end.
        Pads of CONSTANT may be negative, and cut elements off.

    Raises a subclass of ArgumentError (a ValueError) that says what was given and what is legal.
    """
    return _called("pad", value, paddings=paddings, mode=mode, constant_values=constant_values)


def depth_to_space(value: ArrayLike, block_size: int, data_format: str | None = None, mode: str = "DCR") -> Array:
    """The channels of each pixel as a block of block_size * block_size pixels, in the dtype of the value.

    value: (batch, height, width, channels), or (batch, channels, height, width) where data_format is NCHW
    mode: DCR, a channel of the value is (row, column, channel) of its block, or CRD, (channel, row, column)

    Raises as `pad`.
    """
    return _called("depth_to_space", value, block_size=block_size, data_format=data_format, mode=mode)


def space_to_depth(value: ArrayLike, block_size: int, data_format: str | None = None, mode: str = "DCR") -> Array:
    """The inverse of `depth_to_space` with the same arguments."""
    return _called("space_to_depth", value, block_size=block_size, data_format=data_format, mode=mode)


def extract_patches(
    value: ArrayLike,
    ksize: PerAxis,
    strides: PerAxis,
    padding: Padding,
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    patch_order: str = "HWC",
) -> Array:
    """The places of each window side by side in the channels, zeros for pads, in the dtype of the value.

    value: (batch, height, width, channels), or (batch, channels, height, width) where data_format is NCHW
    ksize, strides, padding, dilations: as `reference.pooling.arguments.pooling_geometry`
    patch_order: HWC, a channel of the result is (row, column, channel) of its window, or CHW, (channel, row, column)

    Raises as `pad`.
    """
    return _called(
        "extract_patches", value, ksize=ksize, strides=strides, padding=padding, data_format=data_format,
        dilations=dilations, patch_order=patch_order,
    )  # fmt: skip


def fold(
    value: ArrayLike,
    output_size: Sequence[int],
    ksize: PerAxis,
    strides: PerAxis,
    padding: Padding,
    data_format: str | None = None,
    dilations: PerAxis | None = None,
    patch_order: str = "HWC",
) -> Array:
    """The adjoint of `extract_patches` of a value of height and width `output_size`: each element is the sum of its
    copies, computed in 64 bits and rounded once.

    Raises as `pad`.
    """
    return _called(
        "fold", value, output_size=output_size, ksize=ksize, strides=strides, padding=padding, data_format=data_format,
        dilations=dilations, patch_order=patch_order,
    )  # fmt: skip


def vector_jacobian_product(operator: str, value: ArrayLike, cotangent: ArrayLike, **words: Any) -> Array:
    """The derivative of <operator(value, **words), cotangent> for the value.

    cotangent: as the result of the operator. Raises as the operator does, RankError or SizeError for a cotangent of
    another shape than the result, and DtypeError for integers.
    """
    given = {"value": np.asarray(value), "cotangent": np.asarray(cotangent)}
    dtype = given["value"].dtype
    check_dtypes({name: str(array.dtype) for name, array in given.items()})
    _check_numbers(dtype, "fcV")
    mapped = _mapped(operator, given["value"].shape, words)
    check_cotangent(given["cotangent"].shape, mapped.result(np.zeros(given["value"].shape, np.int8)).shape)
    return mapped.gradient(given["cotangent"].astype(_wide(dtype))).astype(dtype)


def _called(operator: str, value: ArrayLike, **words: Any) -> Array:
    array = np.asarray(value)
    _check_numbers(array.dtype, "fcbiuV")
    mapped = _mapped(operator, array.shape, words)
    if operator == "fold":
        return mapped.result(array.astype(_wide(array.dtype))).astype(array.dtype)
    constant = float(mapped.constant) if isinstance(mapped.constant, str) else mapped.constant
    with np.errstate(invalid="ignore", over="ignore"):
        exact = np.asarray(constant).astype(array.dtype)
    if exact.item() != constant and constant == constant:  # a NaN is none of its own
        raise DtypeError(f"constant_values is {constant}, which {array.dtype} does not have")
    return Mapped(mapped.geometry, mapped.last, exact).result(array)


def _mapped(operator: str, shape: tuple[int, ...], words: Any) -> Mapped:
    geometry = index_geometry(operator, shape, **words)
    last = operator == "pad" or channels_last(words.get("data_format"), OPERATORS[operator].rank)
    return Mapped(geometry, last, words.get("constant_values", 0))


def _check_numbers(dtype: np.dtype[Any], kinds: str) -> None:
    if dtype.kind not in kinds or issubclass(dtype.type, np.void):
        legal = "numbers" if "i" in kinds else "real or complex numbers"
        raise DtypeError(f"value is {dtype}; it must hold {legal}")


def _wide(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype({"i": np.int64, "u": np.int64, "b": np.int64, "c": np.complex128}.get(dtype.kind, np.float64))
