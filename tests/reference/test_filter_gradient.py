"""The third map of a geometry: against a literal triple loop, and in the trilinear identity with the other two."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.convolution import convolution
from reference.filter_gradient import filter_gradient
from reference.geometry import Axis
from reference.transposed import transposed

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]
Integers = NDArray[np.int64]


def _arrays(axes: tuple[Axis, ...], seed: int) -> tuple[Integers, Integers, Integers]:
    """value, filter, image"""
    random = np.random.default_rng(seed)
    return (
        random.integers(-99, 100, (2, *(axis.input for axis in axes), 2)),
        random.integers(-99, 100, (*(axis.kernel for axis in axes), 3, 2)),
        random.integers(-99, 100, (2, *(axis.output for axis in axes), 3)),
    )


def _literal(value: Integers, image: Integers, axes: tuple[Axis, ...]) -> Integers:
    """One product at a time, for every image, input and tap."""
    result = np.zeros((*(axis.kernel for axis in axes), image.shape[-1], value.shape[-1]), dtype=np.int64)
    inputs = list(product(*(range(axis.input) for axis in axes)))
    taps = list(product(*(range(axis.kernel) for axis in axes)))
    for n, j, t in product(range(len(value)), inputs, taps):
        p = tuple(a.stride * j_a + a.dilation * t_a - a.crop_before for a, j_a, t_a in zip(axes, j, t, strict=True))
        if all(0 <= p_a < axis.output for p_a, axis in zip(p, axes, strict=True)):
            result[t] += np.outer(image[(n, *p)], value[(n, *j)])
    return result


@pytest.mark.parametrize(("rank", "count"), [(1, 500), (2, 100), (3, 30)])
def test_the_filter_gradient_equals_a_literal_one(random_axes: RandomAxes, rank: int, count: int) -> None:
    different = []
    for number, axes in enumerate(random_axes(800 + rank, rank, count)):
        value, _, image = _arrays(axes, number)
        if not np.array_equal(filter_gradient(value, image, axes), _literal(value, image, axes)):
            different.append(axes)
    assert different == []


@pytest.mark.parametrize(("rank", "count"), [(1, 1500), (2, 600), (3, 150)])
def test_the_three_maps_are_the_derivatives_of_one_trilinear_form(
    random_axes: RandomAxes, rank: int, count: int
) -> None:
    different = []
    for number, axes in enumerate(random_axes(900 + rank, rank, count)):
        value, filter, image = _arrays(axes, number)
        from_output = int(np.sum(transposed(value, filter, axes) * image))
        from_input = int(np.sum(convolution(image, filter, axes) * value))
        from_filter = int(np.sum(filter_gradient(value, image, axes) * filter))
        if not from_output == from_input == from_filter:
            different.append(axes)
    assert different == []


def test_a_tap_sums_the_products_of_the_pixels_that_it_brings_together() -> None:
    value = np.array([1, 2]).reshape(1, 2, 1)
    image = np.array([10, 100, 1000, 10000]).reshape(1, 4, 1)
    # p = 2 j + t - 1: tap 0 meets output 1 from input 1 alone, tap 1 outputs 0 and 2, tap 2 outputs 1 and 3
    axes = (Axis(input=2, kernel=3, stride=2, dilation=1, crop_before=1, output=4),)
    assert filter_gradient(value, image, axes).ravel().tolist() == [200, 2010, 20100]
