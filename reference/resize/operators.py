"""The operators of resizing, in the words of `reference.resize.arguments`.

Knows: layouts and dtypes. Next stage: `reference.resize.engine` computes on canonical arrays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.arguments import check_cotangent
from reference.arrays import check_value_dtype, from_layout, rounded, to_layout
from reference.resize import engine
from reference.resize.arguments import Scales, resize_geometry
from reference.resize.family import OPERATORS
from reference.resize.geometry import Resize
from reference.spelling import PerAxis, channels_last

Array: TypeAlias = NDArray[Any]


class Resizes(Protocol):
    """A value at other coordinates.

    value: (batch, *spatial, channels), or (batch, channels, *spatial) where data_format has the channels first
    other arguments: as `reference.resize.arguments.resize_geometry`

    Returns an array of value's dtype. The nearest element is a copy, of real numbers and integers. Linear and cubic
    sums are of real numbers, taken in float64, and rounded once.

    Raises a subclass of ArgumentError (a ValueError) that says what was given and what is legal.
    """

    def __call__(
        self,
        value: ArrayLike,
        output_size: PerAxis | None = None,
        method: str = "linear",
        data_format: str | None = None,
        *,
        scales: Scales | None = None,
        recompute_scale_factor: bool = False,
        coordinate_transformation_mode: str = "half_pixel",
        nearest_mode: str | None = None,
        cubic_coeff_a: float | None = None,
        exclude_outside: bool | None = None,
        antialias: bool = False,
    ) -> Array: ...


@dataclass(frozen=True, slots=True)
class Resized:
    """One call of an operator on arrays in the layout of the call."""

    geometry: Resize
    last: bool
    """the value and the result have their channels last"""

    def result(self, value: Array, absolute: bool = False) -> Array:
        """The result: of the nearest elements in the dtype of the value, else in float64."""
        canonical = from_layout(value, self.last)
        if self.geometry.rule.method == "nearest":
            return to_layout(engine.nearest(canonical, self.geometry), self.last)
        return to_layout(engine.resized(canonical, self.geometry, absolute), self.last)

    def gradient(self, cotangent: Array, absolute: bool = False) -> Array:
        """The derivative of <result, cotangent> for the value, in float64."""
        return to_layout(engine.gradient(from_layout(cotangent, self.last), self.geometry, absolute), self.last)


def vector_jacobian_product(operator: str, value: ArrayLike, cotangent: ArrayLike, **keywords: Any) -> Array:
    """The derivative of <operator(value, **keywords), cotangent> for the value.

    cotangent: as the result of the operator. Raises as the operator does, RankError or SizeError for a cotangent of
    another shape than the result, and DtypeError for numbers that are not real.
    """
    given = {"value": np.asarray(value), "cotangent": np.asarray(cotangent)}
    check_value_dtype(given, "fV")
    resized = _called(operator, given["value"], keywords)
    batch, *spatial, channels = resized.geometry.result_shape
    shape = (batch, *spatial, channels) if resized.last else (batch, channels, *spatial)
    check_cotangent(given["cotangent"].shape, shape)
    return rounded(resized.gradient(given["cotangent"].astype(np.float64)), given["value"].dtype)


def _resize(operator: str, value: ArrayLike, *arguments: Any, **keywords: Any) -> Array:
    array = np.asarray(value)
    named = dict(zip(("output_size", "method", "data_format"), arguments, strict=False))
    resized = _called(operator, array, {**named, **keywords})
    if resized.geometry.rule.method == "nearest":
        check_value_dtype({"value": array}, "fiuV")
        return np.ascontiguousarray(resized.result(array))
    check_value_dtype({"value": array}, "fV")
    return rounded(resized.result(array.astype(np.float64)), array.dtype)


def _called(operator: str, value: Array, keywords: Mapping[str, Any]) -> Resized:
    definition = OPERATORS[operator]
    geometry = resize_geometry(definition, value.shape, **keywords)
    return Resized(geometry, channels_last(keywords.get("data_format"), definition.rank))


resize1d: Resizes = partial(_resize, "resize1d")
resize2d: Resizes = partial(_resize, "resize2d")
resize3d: Resizes = partial(_resize, "resize3d")
