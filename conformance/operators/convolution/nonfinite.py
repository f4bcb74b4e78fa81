"""Infinities and NaN among the operands: what they make of each element, and where nobody defines what they do.

Knows: bilinear maps, as `reference.operators` computes them. Must not know: lanes, bounds.
Next stage: `conformance.operators.convolution.oracle` keeps both.

A product is one of two numbers that the definition brings together. A pad is not a number: some implementations
multiply it as a zero, and zero times infinity is NaN, others leave it out. `docs/decisions/0013` says why either is
right.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.arrays import from_layout
from reference.geometry import Target
from reference.operators import Linear

Array: TypeAlias = NDArray[Any]
Meet: TypeAlias = Callable[[Array, Array], Array]
"""the sum of products of two factors, in their layouts, to the result's"""


def any_nonfinite(*arrays: Array) -> bool:
    """Whether one of them holds a NaN or an infinity."""
    return any(array.dtype.kind in "fc" and not np.isfinite(array).all() for array in arrays)


def summed(meet: Meet, first: Array, second: Array) -> Array:
    """The sums by IEEE arithmetic of those products alone that the definition names: no pad is multiplied.

    Real factors. NaN, infinities and zeros are counted apart from the finite products, so that nothing depends on how
    the map is computed.
    """

    def count(*pairs: tuple[Array, Array]) -> Array:
        return np.asarray(sum(meet(one.astype(np.float64), other.astype(np.float64)) for one, other in pairs))

    everywhere = np.ones_like(first, dtype=bool), np.ones_like(second, dtype=bool)
    upward = count(
        (first == np.inf, second > 0), (first == -np.inf, second < 0),
        (first > 0, second == np.inf), (first < 0, second == -np.inf),
    )  # fmt: skip
    downward = count(
        (first == np.inf, second < 0), (first == -np.inf, second > 0),
        (first < 0, second == np.inf), (first > 0, second == -np.inf),
    )  # fmt: skip
    undefined = count(
        (np.isnan(first), everywhere[1]), (everywhere[0], np.isnan(second)),
        (np.isinf(first), second == 0), (first == 0, np.isinf(second)),
    )  # fmt: skip
    finite = meet(np.where(np.isfinite(first), first, 0.0), np.where(np.isfinite(second), second, 0.0))
    finite = np.where(upward > 0, np.inf, np.where(downward > 0, -np.inf, finite))
    return np.where((undefined > 0) | ((upward > 0) & (downward > 0)), np.nan, finite)


def meets_padding(linear: Linear, target: Target, meet: Meet, first: Array, second: Array) -> NDArray[np.bool_]:
    """Elements for which a non-finite number meets a pad, or a zero that a stride inserts; broadcastable to the result.

    Of pixels, it is one of the filter; of a filter's gradient, one of the shorter side, which slides over the padded
    one. Every tap of an element meets a number or a pad, so the numbers that it met are counted against all.
    """
    geometry = linear.geometry
    if target == "filter":
        short = first if linear.operator.transposed else second
        other = second if linear.operator.transposed else first
        bad = ~np.isfinite(short)
        ones = np.ones_like(other, dtype=np.float64)
        met = meet(*((bad * 1.0, ones) if linear.operator.transposed else (ones, bad * 1.0)))
        pixels = from_layout(bad, linear.last)
        channels = np.broadcast_to(pixels.sum(axis=tuple(range(pixels.ndim - 1))), linear.geometry.filter_shape)
        return np.asarray(linear.laid_out_filter(channels) > met)
    bad = ~np.isfinite(second)
    met = meet(np.ones_like(first, dtype=np.float64), bad * 1.0)
    by_channels = linear.canonical_filter(bad).sum(axis=tuple(range(linear.operator.rank)))
    if target == "input":
        channels = by_channels.sum(axis=0)
    else:
        channels = np.concatenate([part.sum(axis=1) for part in np.split(by_channels, geometry.groups, axis=1)])
    whole = channels if linear.last else channels.reshape(-1, *(1,) * linear.operator.rank)
    return np.asarray(whole > met)
