"""The maps of poolings on canonical arrays (batch, *spatial, channels): axis by axis, tap by tap.

Knows: geometries. Must not know: argument spellings, layouts (`reference.pooling.operators`).

A maximum over a box is a maximum of maxima along one axis, and so is a sum. Along an axis each tap is one slice of the
value, a stride apart, that meets the outputs for which it is an element: pads are never made.
"""

from functools import reduce
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.pooling.geometry import Overlap, Pooling

Array: TypeAlias = NDArray[Any]
# Of a value that is reduced at once: half of a second-level cache, beside what is left of it
BLOCK_BYTES = 2**20


def max_pool(value: Array, geometry: Pooling, lowest: float) -> Array:
    """Of each window the largest element, NaN where there is one, `lowest` where there is none."""
    return _reduced(value, geometry, np.maximum, lowest)


def avg_pool(value: Array, geometry: Pooling) -> Array:
    """Of each window the sum of its elements over its divisor; NaN, 0 / 0, where no element is there to divide by."""
    with np.errstate(invalid="ignore"):
        return _reduced(value, geometry, np.add, 0, divisors_of(geometry))


def lp_pool(value: Array, geometry: Pooling) -> Array:
    """Of each window the norm (sum abs(x)**p) ** (1 / p); 0 where no element is."""
    assert geometry.norm_type is not None
    powers = _reduced(np.abs(value) ** geometry.norm_type, geometry, np.add, 0)
    if geometry.norm_type < 3:
        return powers if geometry.norm_type == 1 else np.sqrt(powers)
    return np.asarray(powers ** (1 / geometry.norm_type))


def first_maxima(value: Array, geometry: Pooling) -> NDArray[np.int64]:
    """Of each window where its first maximum is, as an index into the flat value; -1 for a window without elements.

    First in the order of the value's axes: the last axis is reduced first, and what is found first stays unless a
    larger number, or a NaN after numbers, follows.
    """
    best, where = value, np.arange(value.size).reshape(value.shape)
    for number, axis in reversed(list(enumerate(geometry.axes, start=1))):
        shape = (*best.shape[:number], axis.output, *best.shape[number + 1 :])
        found, chosen = np.zeros(shape, value.dtype), np.full(shape, -1)
        for overlap in axis.overlaps():
            to, of = _slices(number, overlap)
            # A comparison with NaN is false: a NaN that has been found is never replaced.
            with np.errstate(invalid="ignore"):
                new = (chosen[to] < 0) | (best[of] > found[to]) | (np.isnan(best[of]) & ~np.isnan(found[to]))
            new &= where[of] >= 0
            found[to] = np.where(new, best[of], found[to])
            chosen[to] = np.where(new, where[of], chosen[to])
        best, where = found, chosen
    return where


def max_pool_indices(value: Array, geometry: Pooling, *, last: bool) -> NDArray[np.int64]:
    """Of each window where its first maximum is: a place in the memory of its image, or of the whole value; -1 for one
    without elements. value: canonical; `last` says whether its memory has the channels last, or else first.
    """
    where = first_maxima(value, geometry)
    if not value.size:
        return where
    image, *spatial, channel = np.unravel_index(np.maximum(where, 0), value.shape)
    _, *lengths, channels = value.shape
    axes = [*zip(spatial, lengths, strict=True)]
    axes.insert(len(axes) if last else 0, (channel, channels))
    place = image if geometry.include_batch else np.zeros_like(where)
    for at, length in axes:
        place = place * length + at
    return np.where(where >= 0, place, -1)


def max_unpool(value: Array, indices: NDArray[np.int64], geometry: Pooling) -> Array:
    """Zeros, but for the elements of the value, each at the place in its plane that its index says."""
    result = np.zeros((*value.shape[:1], prod(geometry.result_shape[1:-1]), *value.shape[-1:]), value.dtype)
    result[_in_planes(indices)] = value
    return result.reshape(geometry.result_shape)


def max_unpool_gradient(cotangent: Array, indices: NDArray[np.int64]) -> Array:
    """Of each element the cotangent at its place."""
    images, *lengths, channels = cotangent.shape
    planes = cotangent.reshape(images, prod(lengths), channels)
    return np.asarray(planes[_in_planes(indices)])


def _in_planes(indices: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    batch, *inner, channels = indices.shape
    ones = (1,) * len(inner)
    return np.arange(batch).reshape(-1, *ones, 1), indices, np.arange(channels)


def max_pool_gradient(value: Array, cotangent: Array, geometry: Pooling) -> Array:
    """Every cotangent goes to the first maximum of its window; shape of value, dtype of cotangent, float64."""
    where = first_maxima(value, geometry)
    reached = where >= 0
    # Several windows may send to one element: bincount adds them up, an indexed assignment would keep the last.
    gradient = np.bincount(where[reached], cotangent[reached], minlength=value.size)
    return gradient.reshape(value.shape).astype(cotangent.dtype, copy=False)


def avg_pool_gradient(cotangent: Array, geometry: Pooling) -> Array:
    """Every cotangent over its window's divisor goes to each of the window's elements; of the value's shape."""
    # A window without an element divides by 0. Its infinities may meet along the axes on which it has elements; on the
    # other one they reach nothing.
    with np.errstate(divide="ignore", invalid="ignore"):
        return _spread(cotangent / divisors_of(geometry), geometry)


def lp_pool_gradient(value: Array, cotangent: Array, geometry: Pooling) -> Array:
    """Each element gets sign(x) abs(x)**(p - 1) of what its windows send, cotangent / norm**(p - 1); of a window whose
    norm is 0 nothing. Shape of value, dtype of cotangent.
    """
    assert geometry.norm_type is not None
    power = geometry.norm_type - 1
    scale = lp_pool(value, geometry) ** power
    sent = np.divide(cotangent, scale, out=np.zeros_like(cotangent), where=scale != 0)
    return np.asarray(np.sign(value) * np.abs(value) ** power * _spread(sent, geometry))


def divisors_of(geometry: Pooling) -> NDArray[np.int64]:
    """(*output, 1): what each window's sum is divided by, alike for all images and channels."""
    per_axis = [np.array(counts, dtype=np.int64) for counts in geometry.divisors()]
    return np.asarray(reduce(np.multiply.outer, per_axis))[..., np.newaxis]


def elements_read(geometry: Pooling) -> NDArray[np.int64]:
    """(*output, 1): how many elements each window reads."""
    per_axis = [np.array(axis.elements(), dtype=np.int64) for axis in geometry.axes]
    return np.asarray(reduce(np.multiply.outer, per_axis))[..., np.newaxis]


def windows_reading(geometry: Pooling) -> NDArray[np.int64]:
    """(*input, 1): how many windows read each element."""
    per_axis = [np.array(axis.windows(), dtype=np.int64) for axis in geometry.axes]
    return np.asarray(reduce(np.multiply.outer, per_axis))[..., np.newaxis]


def _spread(sent: Array, geometry: Pooling) -> Array:
    """(batch, *input, channels): of each element the sum of what the windows that read it send."""
    for number, axis in enumerate(geometry.axes, start=1):
        wider = np.zeros((*sent.shape[:number], axis.input, *sent.shape[number + 1 :]), sent.dtype)
        for overlap in axis.overlaps():
            to, of = _slices(number, overlap)
            wider[of] += sent[to]
        sent = wider
    return sent


def _reduced(
    value: Array, geometry: Pooling, combine: np.ufunc, nothing: float, divisors: Array | None = None
) -> Array:
    outputs = tuple(axis.output for axis in geometry.axes)
    result = np.empty((value.shape[0], *outputs, value.shape[-1]), value.dtype)
    # Images are taken few at a time, so that what one axis leaves is in the cache when the next one reads it.
    together = max(1, BLOCK_BYTES * len(value) // max(value.nbytes, 1))
    for start in range(0, len(value), together):
        block = slice(start, start + together)
        _reduce_axes(value[block], geometry, combine, nothing, result[block])
        if divisors is not None:
            result[block] += 0  # a sum that begins with 0 is never -0
            result[block] /= divisors
    return result


def _reduce_axes(value: Array, geometry: Pooling, combine: np.ufunc, nothing: float, result: Array) -> None:
    """Into `result`: along one axis after the other, which takes k + k steps a window instead of k * k."""
    for number, axis in enumerate(geometry.axes, start=1):
        shape = (*value.shape[:number], axis.output, *value.shape[number + 1 :])
        reduced = result if number == len(geometry.axes) else np.empty(shape, value.dtype)
        overlaps = list(axis.overlaps())
        # A tap that has an element for every output needs nothing to be combined with.
        whole = [each for each in overlaps if each.count == axis.output and each.every == 1]
        first = [value[_slices(number, overlap)[1]] for overlap in whole[:2]]
        match first:
            case [one, other]:
                combine(one, other, out=reduced)
            case [one]:
                reduced[...] = one
            case _:
                reduced[...] = nothing
        for overlap in overlaps:
            if overlap not in whole[:2]:
                to, of = _slices(number, overlap)
                combine(reduced[to], value[of], out=reduced[to])
        value = reduced


def _slices(number: int, overlap: Overlap) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Along axis `number`: the outputs that a tap has elements for, and these elements."""
    before = (slice(None),) * number
    outputs = slice(overlap.first, overlap.first + overlap.every * overlap.count, overlap.every)
    elements = slice(overlap.element, overlap.element + overlap.step * overlap.count, overlap.step)
    return (*before, outputs), (*before, elements if overlap.count else slice(0, 0))
