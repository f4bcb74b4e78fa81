"""S and T, what an error bound is made of."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from reference.geometry import Axis
from reference.magnitude import magnitude, tap_counts
from reference.transposed import transposed

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]


@pytest.mark.parametrize(("rank", "count"), [(1, 1000), (2, 400), (3, 100)])
def test_tap_counts_are_what_the_engine_makes_of_ones(random_axes: RandomAxes, rank: int, count: int) -> None:
    different = []
    for axes in random_axes(300 + rank, rank, count):
        value = np.ones((1, *(axis.input for axis in axes), 1), dtype=np.int64)
        filter = np.ones((*(axis.kernel for axis in axes), 1, 1), dtype=np.int64)
        if not np.array_equal(tap_counts(axes), transposed(value, filter, axes)[0, ..., 0]):
            different.append(axes)
    assert different == []


def test_the_taps_of_two_axes_multiply() -> None:
    counts = tap_counts((Axis(2, 2, 1, 1, 0, 3), Axis(2, 3, 1, 1, 0, 4)))
    assert counts.tolist() == [[1, 2, 2, 1], [2, 4, 4, 2], [1, 2, 2, 1]]


def test_the_magnitude_adds_the_products_without_their_signs() -> None:
    value = np.array([1.0, -2.0]).reshape(1, 2, 1)
    filter = np.array([10.0, -3.0]).reshape(2, 1, 1)
    axes = (Axis(2, 2, 1, 1, 0, 3),)
    assert magnitude(value, filter, axes).ravel().tolist() == [10.0, 23.0, 6.0]


def test_the_magnitude_of_products_that_cancel_is_not_zero() -> None:
    value = np.array([1.0, 1.0]).reshape(1, 2, 1)
    filter = np.array([5.0, -5.0]).reshape(2, 1, 1)
    axes = (Axis(2, 2, 1, 1, 1, 1),)
    assert (transposed(value, filter, axes).item(), magnitude(value, filter, axes).item()) == (0.0, 10.0)
