"""The definition, read aloud: slow, and obviously right. The engine is held to it.

Each output is the sum of the elements that it reads along every axis, each with the product of its weights along these.
"""

from fractions import Fraction
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.resize.geometry import Resize

Array: TypeAlias = NDArray[Any]


def resize_by_definition(value: Array, geometry: Resize) -> Array:
    """Of whole numbers, in exact arithmetic, as an array of fractions; canonical arrays."""
    result = np.full(geometry.result_shape, Fraction(0), object)
    rows = list(geometry.rows())
    for place in product(*map(range, geometry.result_shape)):
        batch, *spatial, channel = place
        read = (row[at] for row, at in zip(rows, spatial, strict=True))
        for taps in product(*read):
            weight = prod((weight for _, weight in taps), start=Fraction(1))
            result[place] += weight * int(value[(batch, *(element for element, _ in taps), channel)])
    return result


def resize_gradient_by_definition(cotangent: Array, geometry: Resize) -> Array:
    """Every cotangent goes to the elements that its output reads, with the same weights."""
    gradient = np.full(geometry.value_shape, Fraction(0), object)
    rows = list(geometry.rows())
    for place in product(*map(range, geometry.result_shape)):
        batch, *spatial, channel = place
        for taps in product(*(row[at] for row, at in zip(rows, spatial, strict=True))):
            weight = prod((weight for _, weight in taps), start=Fraction(1))
            gradient[(batch, *(element for element, _ in taps), channel)] += weight * int(cotangent[place])
    return gradient
