"""The three maps of a geometry, with its groups: to the output, back to the input, and to the filter.

Knows: which map yields what, and how many terms each element sums. Must not know: argument spellings, how a map is
computed without groups (`reference.transposed`, `reference.convolution`, `reference.filter_gradient`).

x[input], w[filter] and y[output] make one trilinear form, the sum of x[j] w[t] y[s j + d t - b]; each map is its
derivative for one of them. So the gradients of every operator of the family are members of the family.
"""

from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.convolution import convolution
from reference.filter_gradient import filter_gradient
from reference.geometry import Target, TransposedConvolution
from reference.transposed import transposed

Array: TypeAlias = NDArray[Any]


def evaluate(target: Target, first: Array, second: Array, geometry: TransposedConvolution) -> Array:
    """The map to `target` of canonical arrays.

    output: x (batch, *input, in) and w (*kernel, out / groups, in) -> (batch, *output, out)
    input: y (batch, *output, out) and w -> (batch, *input, in)
    filter: x and y -> (*kernel, out / groups, in)
    """
    compute = _MAPS[target]
    if geometry.groups == 1:
        return compute(first, second, geometry.axes)
    parts = zip(_split(first, geometry.groups), _split(second, geometry.groups), strict=True)
    return np.concatenate([compute(x, w, geometry.axes) for x, w in parts], axis=-1)


def magnitude_of(target: Target, first: Array, second: Array, geometry: TransposedConvolution) -> Array:
    """S: the sum of the products' absolute values, of real and imaginary parts apart; shapes as `evaluate`."""
    return evaluate(target, absolute(first), absolute(second), geometry)


def absolute(numbers: Array) -> Array:
    """What a number adds to S: its absolute value, of a complex one the sum of those of its parts."""
    sizes: Array = np.abs(numbers.real) + np.abs(numbers.imag) if numbers.dtype.kind == "c" else np.abs(numbers)
    return sizes


@lru_cache(maxsize=4096)  # sweeps over dtypes and inputs come back to the same geometry
def taps_of(target: Target, geometry: TransposedConvolution) -> NDArray[np.int64]:
    """T: how many pairs of pixels meet in each element, before channels (of a filter: images) are summed.

    (*output, 1), (*input, 1) or (*kernel, 1, 1): alike for all images and channels. Not to be written to.
    """
    per_axis = [np.array(axis.terms(target), dtype=np.int64) for axis in geometry.axes]
    counts: NDArray[np.int64] = reduce(np.multiply.outer, per_axis)
    counts.flags.writeable = False
    return counts[..., np.newaxis, np.newaxis] if target == "filter" else counts[..., np.newaxis]


_MAPS: dict[Target, Callable[..., Array]] = {"output": transposed, "input": convolution, "filter": filter_gradient}


def _split(array: Array, groups: int) -> list[Array]:
    """The groups' parts: of pixels their channels, of a filter its `in`, are the last axis."""
    width = array.shape[-1] // groups  # np.split takes longer than many a sum
    return [array[..., group * width : (group + 1) * width] for group in range(groups)]
