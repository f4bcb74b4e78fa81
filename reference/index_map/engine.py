"""One engine for all index maps: an array of indices, a gather along it, and its adjoint, a sum by scatter.

Knows: geometries. Must not know: argument spellings, layouts (`reference.index_map.operators`).
"""

from collections.abc import Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.index_map.geometry import Blocks, IndexMap, Padded, Patches

Array: TypeAlias = NDArray[Any]
Indices: TypeAlias = NDArray[np.int64]


def indices_of(of: IndexMap) -> Indices:
    """(target's shape): of each element of the target the number of its source in the flat source; -1 for none."""
    match of:
        case Padded():
            places = [
                [-1 if (at := axis.source(place, of.mode)) is None else at for place in range(axis.output)]
                for axis in of.axes
            ]
            coordinates: Sequence[Array] = np.ix_(*(np.array(each, np.int64) for each in places))
        case Blocks():
            batch, y, x, channel = _coordinates(of.target_shape)
            row, column = y % of.block, x % of.block
            if of.mode == "DCR":
                depth = (row * of.block + column) * of.channels + channel
            else:
                depth = (channel * of.block + row) * of.block + column
            coordinates = (batch, y // of.block, x // of.block, depth)
        case Patches():
            vertical, horizontal = of.axes
            batch, y, x, depth = _coordinates(of.target_shape)
            if of.order == "HWC":
                taps, channel = depth // of.channels, depth % of.channels
            else:
                area = vertical.kernel * horizontal.kernel
                channel, taps = depth // area, depth % area
            places_y = vertical.stride * y + vertical.dilation * (taps // horizontal.kernel) - vertical.pad_before
            places_x = horizontal.stride * x + horizontal.dilation * (taps % horizontal.kernel) - horizontal.pad_before
            coordinates = (batch, places_y, places_x, channel)
    flat, inside = np.zeros((), np.int64), np.ones((), bool)
    for length, along in zip(of.source_shape, coordinates, strict=True):
        flat, inside = flat * length + along, inside & (along >= 0) & (along < length)
    return np.broadcast_to(np.where(inside, flat, -1), of.target_shape)


def gather(source: Array, indices: Indices, constant: Any = 0) -> Array:
    """The target: copies, bit for bit, and the constant."""
    target = np.full(indices.shape, constant, source.dtype)
    inside = indices >= 0
    target[inside] = source.ravel()[indices[inside]]
    return target


def scatter(target: Array, indices: Indices, shape: tuple[int, ...]) -> Array:
    """The adjoint of `gather`: each element of a source of this shape is the sum of what was copied from it."""
    inside = indices >= 0
    to, numbers = indices[inside], target[inside]
    source = np.zeros(prod(shape), target.dtype)
    if len(np.unique(to)) == to.size:  # nothing is added, and every bit of a copy survives
        source[to] = numbers
    else:
        np.add.at(source, to, numbers)
    return source.reshape(shape)


def copies(indices: Indices, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """How often each element of a source of this shape is copied."""
    return np.bincount(indices[indices >= 0], minlength=prod(shape)).reshape(shape)


def _coordinates(shape: tuple[int, ...]) -> Sequence[Array]:
    return np.ix_(*(np.arange(length) for length in shape))
