"""What an error bound needs: how large the summed products are, and how many of them there are."""

from functools import reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.geometry import Axis
from reference.transposed import transposed

# u of float32, in which the ceiling is computed
ROUNDOFF = 2.0**-24
# k u is at most 1/16 then, and the ceiling at most 7 % above S by it; of more products S itself is computed
MOST_ROUNDINGS = 2**20


def magnitude(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """S = sum of abs(x) abs(w) over the products of each output; shapes as `reference.transposed.transposed`."""
    return transposed(np.abs(value), np.abs(filter), axes)


def magnitude_ceiling(value: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """At least S and at most a few n 2**-24 above it, zero where S is; for bounds, in half the time of `magnitude`.

    Never for deciding that a sum is exact. Computed in float32, and up by 1 + gamma_k where all numbers are such that
    nothing underflows or overflows: k is n - 1 sums, a product, two roundings of its operands and two of the scaling.
    Source of gamma_k = k u / (1 - k u): Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1.
    """
    roundings = value.shape[-1] * prod(min(axis.kernel, axis.input) for axis in axes) + 4
    narrow_value, narrow_filter = _narrowed(value), _narrowed(filter)
    if narrow_value is None or narrow_filter is None or roundings > MOST_ROUNDINGS:
        return magnitude(value, filter, axes)
    sums = transposed(narrow_value, narrow_filter, axes)
    sums *= np.nextafter(np.float32(1 / (1 - roundings * ROUNDOFF)), np.float32(2))
    return sums


def _narrowed(numbers: NDArray[Any]) -> NDArray[np.float32] | None:
    """The absolute values in float32, None where one that is not zero is out of the range that needs no care.

    Block by block, so that it is read from memory once. Positive floats are in the order of their bits.
    """
    if numbers.dtype.kind != "f":
        return None
    narrow = np.empty(numbers.shape, np.float32)
    given, made = numbers.reshape(-1), narrow.reshape(-1)
    for first in range(0, made.size, BLOCK):
        part = made[first : first + BLOCK]
        bits = part.view(np.uint32)
        try:
            with np.errstate(over="raise", under="raise"):
                np.copyto(part, given[first : first + BLOCK], casting="same_kind")
        except FloatingPointError:
            return None
        np.abs(part, out=part)
        if bits.max() > _LARGEST or (bits - _ONE).min() < _SMALLEST - _ONE:  # zero wraps to the largest
            return None
    return narrow


# Elements: 64 KiB of float32, which a cache still holds when they are looked at again
BLOCK = 2**14
_ONE = np.uint32(1)
# Between these nothing underflows or overflows: not a product, and not a sum of fewer than 2**24.
_SMALLEST, _LARGEST = np.float32(2.0**-50).view(np.uint32), np.float32(2.0**50).view(np.uint32)


def tap_counts(axes: tuple[Axis, ...]) -> NDArray[np.int64]:
    """T: how many (input, tap) pairs reach each output position, (*output), the same for every batch and channel."""
    per_axis = [np.array(axis.taps(), dtype=np.int64) for axis in axes]
    return reduce(np.multiply.outer, per_axis)
