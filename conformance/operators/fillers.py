"""Functions that fill an operand, which generators of several kinds of operator call.

Knows: words and shapes. Must not know: calls, what an array is filled for. They need no module but their words and
NumPy: a script prints them as they stand.
"""

from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.generating import Words

Array: TypeAlias = NDArray[Any]


def odd(words: Words, shape: tuple[int, ...], bits: int) -> Array:
    """Odd whole numbers of at most `bits` bits with random signs."""
    count = prod(shape)
    magnitude = 2 * words.below(2 ** (bits - 1), count) + 1
    return (magnitude * words.signs(count)).astype(np.float64).reshape(shape)


def ones(_: Words, shape: tuple[int, ...]) -> Array:
    """Ones, whose mean with any weights is 1 as long as these are divided by their sum."""
    return np.ones(shape)


def normal(words: Words, shape: tuple[int, ...]) -> Array:
    """Nearly normal numbers."""
    return words.normal(prod(shape)).reshape(shape)


def special(words: Words, shape: tuple[int, ...]) -> Array:
    """-1, -2, -3 and -4 with one NaN, one infinity of either sign and one -0, as far apart as there is room."""
    places = -1.0 - words.below(4, prod(shape)).astype(np.float64)
    if places.size:
        start = int(words.below(2**32, 1)[0]) % places.size
        for step, number in enumerate((np.nan, np.inf, -np.inf, -0.0)[: places.size]):
            places[(start + step * max(places.size // 4, 1)) % places.size] = number
    return places.reshape(shape)
