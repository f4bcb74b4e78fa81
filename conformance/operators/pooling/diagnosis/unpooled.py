"""What a wrong answer to maxima that are put back behaves like: each element went to another place.

Knows: indices, places. Must not know: the mutants that it must name, windows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.kind import Operands
from conformance.operators.pooling.call import RightPooling
from reference.arrays import from_layout, to_layout

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """The indices of a call with its lengths; arrays (batch, height, width, channels) or broadcastable to it."""

    plane: Array
    """places in the plane of the result"""
    value: tuple[int, ...]
    result: tuple[int, ...]
    """shapes, with the channels last"""

    def at(self, y: Array, x: Array) -> Array:
        """Row and column of each element's own image and channel, as a place in the memory of the whole result."""
        images, height, width, channels = self.result
        image = np.arange(images).reshape(-1, 1, 1, 1)
        return ((image * height + y) * width + x) * channels + np.arange(channels)

    def within_image(self, place: Array) -> Array:
        """A place in the memory of each element's image."""
        images, *inner = self.result
        return place + np.arange(images).reshape(-1, 1, 1, 1) * int(np.prod(inner))

    def in_planes_of(self, width: int) -> Array:
        """As indices in planes of this width."""
        return self.at(self.plane // max(width, 1), self.plane % max(width, 1))


def _right(found: Indices) -> Array:
    return found.in_planes_of(found.result[2])


def _columns_first(found: Indices) -> Array:
    height = max(found.result[1], 1)
    return found.at(found.plane % height, found.plane // height)


def _beginnings(found: Indices) -> Array:
    _, height, width, _ = found.value
    rows, columns = np.arange(height).reshape(-1, 1, 1), np.arange(width).reshape(-1, 1)
    y, x = rows * (found.result[1] // max(height, 1)), columns * (found.result[2] // max(width, 1))
    return np.broadcast_to(found.at(y, x), found.plane.shape)


def _multiples(found: Indices) -> Array:
    return found.in_planes_of(found.value[2] * (found.result[2] // max(found.value[2], 1)))


def _first_image(found: Indices) -> Array:
    width = found.result[2]
    first = np.broadcast_to(found.plane[:1], found.plane.shape)
    return found.at(first // width, first % width)


MISTAKES: Mapping[str, Callable[[Indices], Array]] = {
    "indices were places in their image": lambda found: found.within_image(found.plane),
    "indices were places in the whole value": lambda found: found.plane,
    "indices were places in a value whose columns lie first": _columns_first,
    "indices were counted from 1": lambda found: _right(found) - found.result[3],
    "indices were places in a plane whose width is a multiple of the value's": _multiples,
    "values went to the beginning of where they may come from": _beginnings,
    "the indices of the first image were those of all": _first_image,
}
"""sentence -> the place in the memory of the result, with its channels last, to which each element went"""


def renditions(call: RightPooling, wide: Operands) -> Mapping[str, Array]:
    """What is right, under the empty sentence, and what each mistake answers instead, in the layout of the call."""
    found = Indices(_last(call, wide["indices"]), call.geometry.value_shape, call.geometry.result_shape)
    if 0 in found.value:
        return {}
    answers = {"": _moved(call, wide, _right(found))}
    return answers | {sentence: _moved(call, wide, place(found)) for sentence, place in MISTAKES.items()}


def _moved(call: RightPooling, wide: Operands, place: Array) -> Array:
    size = int(np.prod(call.geometry.result_shape))
    inside = place % size  # what leaves the memory of the result is not followed
    if call.direction == "forward":
        result = np.zeros(size, wide["value"].dtype)
        result[inside] = _last(call, wide["value"])
        return to_layout(result.reshape(call.geometry.result_shape), call.last)
    return to_layout(np.asarray(_last(call, wide["cotangent"]).ravel()[inside]), call.last)


def _last(call: RightPooling, array: Array) -> Array:
    return np.ascontiguousarray(from_layout(array, call.last))
