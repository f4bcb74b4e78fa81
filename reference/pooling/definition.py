"""The definition, read aloud: slow, and obviously right. The engine is held to it."""

from collections.abc import Iterator
from itertools import product
from math import nan
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.pooling.geometry import Pooling

Array: TypeAlias = NDArray[Any]
Place: TypeAlias = tuple[int, ...]


def max_pool_by_definition(value: Array, geometry: Pooling, lowest: float) -> Array:
    """Of each window the largest element, NaN where there is one, `lowest` where there is none."""
    result = np.full(geometry.result_shape, lowest, value.dtype)
    for place, channel, window in _windows(geometry):
        chosen = _first_maximum(value, window, channel)
        if chosen is not None:
            result[(*place, channel)] = value[(*chosen, channel)]
    return result


def max_pool_indices_by_definition(value: Array, geometry: Pooling, *, last: bool) -> NDArray[np.int64]:
    """Of each window how many numbers lie in memory before its first maximum, in its image or in all; -1 for none."""
    result = np.full(geometry.result_shape, -1, np.int64)
    memory = np.arange(value.size).reshape(value.shape if last else np.moveaxis(value, -1, 1).shape)
    numbered = memory if last else np.moveaxis(memory, 1, -1)
    for place, channel, window in _windows(geometry):
        chosen = _first_maximum(value, window, channel)
        if chosen is not None:
            before = 0 if geometry.include_batch else place[0] * value.size // geometry.batch
            result[(*place, channel)] = numbered[(*chosen, channel)] - before
    return result


def max_unpool_by_definition(value: Array, indices: NDArray[np.int64], geometry: Pooling) -> Array:
    """Each element at row index // width and column index % width of the result, zero elsewhere."""
    result, width = np.zeros(geometry.result_shape, value.dtype), geometry.axes[1].output
    for image, row, column, channel in np.ndindex(*value.shape):
        index = indices[image, row, column, channel]
        result[image, index // width, index % width, channel] = value[image, row, column, channel]
    return result


def max_pool_gradient_by_definition(value: Array, cotangent: Array, geometry: Pooling) -> Array:
    """Every cotangent goes to the first maximum of its window, in the order of the value's axes."""
    gradient = np.zeros_like(cotangent, shape=value.shape)
    for place, channel, window in _windows(geometry):
        chosen = _first_maximum(value, window, channel)
        if chosen is not None:
            gradient[(*chosen, channel)] += cotangent[(*place, channel)]
    return gradient


def avg_pool_by_definition(value: Array, geometry: Pooling) -> Array:
    """Of each window the sum of its elements over its divisor; NaN, 0 / 0, where no element is there to divide by."""
    result = np.zeros(geometry.result_shape, value.dtype)
    for place, channel, window in _windows(geometry):
        total, divisor = sum(value[(*element, channel)] for element in window), _divisor(geometry, place)
        result[(*place, channel)] = total / divisor if divisor else nan
    return result


def avg_pool_gradient_by_definition(cotangent: Array, geometry: Pooling) -> Array:
    """Every cotangent over its window's divisor goes to each of the window's elements."""
    gradient = np.zeros(geometry.value_shape, cotangent.dtype)
    for place, channel, window in _windows(geometry):
        for element in window:
            gradient[(*element, channel)] += cotangent[(*place, channel)] / _divisor(geometry, place)
    return gradient


def lp_pool_by_definition(value: Array, geometry: Pooling) -> Array:
    """Of each window the p-th root of the sum of its elements' absolute values to the power p; 0 where none is."""
    assert geometry.norm_type is not None
    result = np.zeros(geometry.result_shape, value.dtype)
    for place, channel, window in _windows(geometry):
        powers = sum(abs(value[(*element, channel)]) ** geometry.norm_type for element in window)
        result[(*place, channel)] = powers ** (1 / geometry.norm_type)
    return result


def lp_pool_gradient_by_definition(value: Array, cotangent: Array, geometry: Pooling) -> Array:
    """Every cotangent goes to its window's elements, times sign(x) (abs(x) / norm) ** (p - 1); of a norm of 0 none."""
    assert geometry.norm_type is not None
    gradient, norms = np.zeros_like(cotangent, shape=value.shape), lp_pool_by_definition(value, geometry)
    for place, channel, window in _windows(geometry):
        norm = norms[(*place, channel)]
        for element in window if norm else []:
            number = value[(*element, channel)]
            share = np.sign(number) * (abs(number) / norm) ** (geometry.norm_type - 1)
            gradient[(*element, channel)] += cotangent[(*place, channel)] * share
    return gradient


def _windows(geometry: Pooling) -> Iterator[tuple[Place, int, list[Place]]]:
    """Each place of the result and channel, with the places of its window's elements in the order of the axes."""
    axes = geometry.axes
    for place in product(range(geometry.batch), *(range(axis.output) for axis in axes)):
        taps = product(*(axis.places(at) for axis, at in zip(axes, place[1:], strict=True)))
        inside = [tap for tap in taps if all(0 <= at < axis.input for at, axis in zip(tap, axes, strict=True))]
        for channel in range(geometry.channels):
            yield place, channel, [(place[0], *tap) for tap in inside]


def _first_maximum(value: Array, window: list[Place], channel: int) -> Place | None:
    """None for a window without elements; NaN is larger than any number."""
    chosen: Place | None = None
    for element in window:
        number, largest = value[(*element, channel)], -np.inf if chosen is None else value[(*chosen, channel)]
        if chosen is None or number > largest or (np.isnan(number) and not np.isnan(largest)):
            chosen = element
    return chosen


def _divisor(geometry: Pooling, place: Place) -> int:
    if geometry.divisor_override is not None:
        return geometry.divisor_override
    divisor = 1
    for axis, at in zip(geometry.axes, place[1:], strict=True):
        padded = (-axis.pad_before, axis.input + axis.pad_after) if geometry.count_include_pad else (0, axis.input)
        divisor *= sum(padded[0] <= tap < padded[1] for tap in axis.places(at))
    return divisor
