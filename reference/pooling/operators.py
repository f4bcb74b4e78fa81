"""The operators of pooling, with TensorFlow's argument meanings.

Knows: layouts and dtypes. Next stage: `reference.pooling.engine` computes on canonical arrays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arguments import check_cotangent
from reference.arrays import check_value_dtype, from_layout, rounded, to_layout
from reference.errors import DtypeError, IndicesError
from reference.pooling import engine
from reference.pooling.arguments import adaptive_geometry, pooling_geometry
from reference.pooling.family import OPERATORS, Reduction
from reference.pooling.geometry import Pooling
from reference.spelling import Padding, PerAxis, channels_last

Array: TypeAlias = NDArray[Any]


class Pool(Protocol):
    """A maximum, an average or a norm over windows, or where the maximum is.

    value: (batch, *spatial, channels), or (batch, channels, *spatial) where data_format has the channels first
    other arguments: as `reference.pooling.arguments.pooling_geometry`

    Returns an array of value's dtype. Maxima are taken of real numbers and integers; that of no elements is -inf, of
    integers the lowest number. Averages and norms are taken of real numbers, in float64, and rounded once; an average
    that is divided by no elements is NaN, the norm of none 0. Indices are int64, places in memory of first maxima,
    and -1 for no elements.

    Raises a subclass of ArgumentError (a ValueError) that says what was given and what is legal.
    """

    def __call__(
        self,
        value: ArrayLike,
        ksize: PerAxis,
        strides: PerAxis,
        padding: Padding,
        data_format: str | None = None,
        dilations: PerAxis | None = None,
        *,
        ceil_mode: bool = False,
        count_include_pad: bool = False,
        divisor_override: int | None = None,
        norm_type: int | None = None,
        include_batch_in_index: bool = False,
    ) -> Array: ...


class AdaptivePool(Protocol):
    """A maximum or an average over windows of which the caller says how many there are.

    value, result, errors: as of `Pool`
    output_size: as of `reference.pooling.arguments.adaptive_geometry`
    """

    def __call__(self, value: ArrayLike, output_size: PerAxis, data_format: str | None = None) -> Array: ...


class Unpool(Protocol):
    """Maxima put back where they came from.

    value, result, errors: as of `Pool`; zero where none comes from
    indices: of value's shape, int64: of each element the place in the plane of the result, y * width + x. Of several
        elements of one place nobody says which one is left.
    output_size: as of `reference.pooling.arguments.adaptive_geometry`, at least the lengths of the value

    Raises IndicesError for an index that is not a place of the result, too.
    """

    def __call__(
        self, value: ArrayLike, indices: ArrayLike, output_size: PerAxis, data_format: str | None = None
    ) -> Array: ...


@dataclass(frozen=True, slots=True)
class Pooled:
    """One call of an operator on arrays in the layout of the call."""

    reduction: Reduction
    geometry: Pooling
    last: bool
    """the value and the result have their channels last"""
    indices: NDArray[np.int64] | None = None
    """in the layout of the call: where maxima are put back"""

    def result(self, value: Array, lowest: float = -np.inf) -> Array:
        """The result in the dtype of the value; `lowest` is the maximum of no elements."""
        return to_layout(self._result(from_layout(value, self.last), lowest), self.last)

    def gradient(self, value: Array, cotangent: Array) -> Array:
        """The derivative of <result, cotangent> for the value, in the dtype of the cotangent."""
        return to_layout(self._gradient(from_layout(value, self.last), from_layout(cotangent, self.last)), self.last)

    def _result(self, value: Array, lowest: float) -> Array:
        match self.reduction:
            case "maximum":
                return engine.max_pool(value, self.geometry, lowest)
            case "average":
                return engine.avg_pool(value, self.geometry)
            case "norm":
                return engine.lp_pool(value, self.geometry)
            case "index":
                return engine.max_pool_indices(value, self.geometry, last=self.last)
            case "unpooled":
                return engine.max_unpool(value, self._indices, self.geometry)

    def _gradient(self, value: Array, cotangent: Array) -> Array:
        match self.reduction:
            case "maximum":
                return engine.max_pool_gradient(value, cotangent, self.geometry)
            case "average":
                return engine.avg_pool_gradient(cotangent, self.geometry)
            case "norm":
                return engine.lp_pool_gradient(value, cotangent, self.geometry)
            case "index":
                raise DtypeError("indices are whole numbers, which have no derivative")
            case "unpooled":
                return engine.max_unpool_gradient(cotangent, self._indices)

    @property
    def _indices(self) -> NDArray[np.int64]:
        assert self.indices is not None
        return from_layout(self.indices, self.last)


def vector_jacobian_product(
    operator: str, value: ArrayLike, cotangent: ArrayLike, *, indices: ArrayLike | None = None, **keywords: Any
) -> Array:
    """The derivative of <operator(value, **keywords), cotangent> for the value, which for a maximum is that of the
    first element that is the largest of its window, in the order of the axes.

    cotangent: as the result of the operator. Raises as the operator does, RankError or SizeError for a cotangent of
    another shape than the result, and DtypeError for numbers that are not real.
    """
    given = {"value": np.asarray(value), "cotangent": np.asarray(cotangent)}
    check_value_dtype(given, "fV")
    pooled = _with_indices(_called(operator, given["value"], keywords), given["value"], indices)
    batch, *spatial, channels = pooled.geometry.result_shape
    shape = (batch, *spatial, channels) if pooled.last else (batch, channels, *spatial)
    check_cotangent(given["cotangent"].shape, shape)
    wide = {name: array.astype(np.float64) for name, array in given.items()}
    return rounded(pooled.gradient(wide["value"], wide["cotangent"]), given["value"].dtype)


def _pool(operator: str, value: ArrayLike, *arguments: Any, **keywords: Any) -> Array:
    array = np.asarray(value)
    adaptive = OPERATORS[operator].adaptive
    names = ("output_size", "data_format") if adaptive else ("ksize", "strides", "padding", "data_format", "dilations")
    named = dict(zip(names, arguments, strict=False))
    pooled = _called(operator, array, {**named, **keywords})
    check_value_dtype({"value": array}, "fiuV" if pooled.reduction in ("maximum", "index") else "fV")
    if pooled.reduction == "index":
        numbers = array if array.dtype.kind in "iu" else array.astype(np.float64)
        return np.ascontiguousarray(pooled.result(numbers))
    if array.dtype.kind in "iu":
        return rounded(pooled.result(array, np.iinfo(array.dtype).min), array.dtype)
    return rounded(pooled.result(array.astype(np.float64)), array.dtype)


def _unpool(value: ArrayLike, indices: ArrayLike, output_size: PerAxis, data_format: str | None = None) -> Array:
    array = np.asarray(value)
    words = {"output_size": output_size, "data_format": data_format}
    pooled = _with_indices(_called("max_unpool2d", array, words), array, indices)
    check_value_dtype({"value": array}, "fiuV")
    return np.ascontiguousarray(pooled.result(array))


def _with_indices(pooled: Pooled, value: Array, indices: ArrayLike | None) -> Pooled:
    """Raises IndicesError for indices that are not as many places of the result as the value has elements."""
    if (indices is not None) != (pooled.reduction == "unpooled"):
        raise IndicesError("max_unpool2d needs indices, and no other pooling takes any")
    if indices is None:
        return pooled
    array, places = np.asarray(indices), prod(axis.output for axis in pooled.geometry.axes)
    if array.shape != value.shape or array.dtype.kind != "i":
        raise IndicesError(f"indices are {array.dtype} {list(array.shape)}; they must be integers {list(value.shape)}")
    if array.size and not 0 <= array.min() <= array.max() < places:
        raise IndicesError(f"indices are {array.min()} to {array.max()}; the places of a plane are 0 to {places - 1}")
    return replace(pooled, indices=array)


def _called(operator: str, value: Array, keywords: Mapping[str, Any]) -> Pooled:
    definition = OPERATORS[operator]
    read = adaptive_geometry if definition.adaptive else pooling_geometry
    geometry = read(definition, value.shape, **keywords)
    return Pooled(definition.reduction, geometry, channels_last(keywords.get("data_format"), definition.rank))


max_pool1d: Pool = partial(_pool, "max_pool1d")
max_pool2d: Pool = partial(_pool, "max_pool2d")
max_pool3d: Pool = partial(_pool, "max_pool3d")
avg_pool1d: Pool = partial(_pool, "avg_pool1d")
avg_pool2d: Pool = partial(_pool, "avg_pool2d")
avg_pool3d: Pool = partial(_pool, "avg_pool3d")
lp_pool1d: Pool = partial(_pool, "lp_pool1d")
lp_pool2d: Pool = partial(_pool, "lp_pool2d")
lp_pool3d: Pool = partial(_pool, "lp_pool3d")
adaptive_max_pool1d: AdaptivePool = partial(_pool, "adaptive_max_pool1d")
adaptive_max_pool2d: AdaptivePool = partial(_pool, "adaptive_max_pool2d")
adaptive_max_pool3d: AdaptivePool = partial(_pool, "adaptive_max_pool3d")
adaptive_avg_pool1d: AdaptivePool = partial(_pool, "adaptive_avg_pool1d")
adaptive_avg_pool2d: AdaptivePool = partial(_pool, "adaptive_avg_pool2d")
adaptive_avg_pool3d: AdaptivePool = partial(_pool, "adaptive_avg_pool3d")
max_pool_with_argmax: Pool = partial(_pool, "max_pool_with_argmax")
max_unpool2d: Unpool = _unpool
