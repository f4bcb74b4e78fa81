"""S and T, what an error bound is made of."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import magnitude as module
from reference.geometry import Axis
from reference.magnitude import magnitude, magnitude_ceiling, tap_counts
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


AXES = (Axis(9, 5, 2, 1, 2, 18), Axis(8, 3, 2, 1, 1, 16))


def _real_operands(seed: int, channels: tuple[int, int] = (40, 3)) -> tuple[NDArray[Any], NDArray[Any]]:
    """value, filter; what float32 cannot hold"""
    random = np.random.default_rng(seed)
    value = random.standard_normal((2, 9, 8, channels[0]))
    filter = random.standard_normal((5, 3, *channels[::-1]))
    return value, filter


def _exactly(array: NDArray[Any]) -> NDArray[Any]:
    exact: NDArray[Any] = np.vectorize(Fraction, otypes=[object])(np.abs(array))
    return exact


def test_the_ceiling_is_not_below_the_exact_sum_of_the_exact_products() -> None:
    for seed in range(3):
        value, filter = _real_operands(seed, (40, 1))
        exact = transposed(_exactly(value), _exactly(filter), AXES)
        ceiling = _exactly(magnitude_ceiling(value, filter, AXES))
        assert (ceiling >= exact).all()


def test_the_ceiling_is_as_close_as_its_rounding_allows() -> None:
    value, filter = _real_operands(0)
    most = 40 * 15 + 4
    sums = magnitude(value, filter, AXES)
    assert (magnitude_ceiling(value, filter, AXES) <= sums * (1 + 3 * most * module.ROUNDOFF)).all()


def test_the_ceiling_is_zero_where_no_product_is() -> None:
    axes = (Axis(2, 1, 3, 1, 0, 6),)
    value, filter = np.ones((1, 2, 1)), np.full((1, 1, 1), 3.0)
    assert (magnitude_ceiling(value, filter, axes) == 0).ravel().tolist() == [False, True, True, False, True, True]


def test_the_ceiling_is_computed_in_float32() -> None:
    assert magnitude_ceiling(*_real_operands(0), AXES).dtype == np.float32


@pytest.mark.parametrize("operand", [0, 1], ids=["value", "filter"])
@pytest.mark.parametrize("special", [1e-60, 1e-30, 1e30, 1e60, np.inf, np.nan])
def test_where_float32_could_under_or_overflow_the_ceiling_is_the_magnitude(operand: int, special: float) -> None:
    operands = _real_operands(0)
    operands[operand].flat[7] = special
    ceiling = magnitude_ceiling(*operands, AXES)
    assert ceiling.dtype == np.float64
    assert np.array_equal(ceiling, magnitude(*operands, AXES), equal_nan=True)


@pytest.mark.parametrize("operand", [0, 1], ids=["value", "filter"])
def test_a_number_out_of_range_is_found_in_every_block(monkeypatch: pytest.MonkeyPatch, operand: int) -> None:
    monkeypatch.setattr(module, "BLOCK", 64)
    operands = _real_operands(0)
    operands[operand].flat[-1] = 1e-30
    assert magnitude_ceiling(*operands, AXES).dtype == np.float64


def test_zeros_are_in_the_range() -> None:
    value, filter = _real_operands(0)
    value[:, ::2] = 0
    assert magnitude_ceiling(value, filter, AXES).dtype == np.float32


def test_sums_of_too_many_products_are_not_computed_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROUNDINGS", 100)
    assert magnitude_ceiling(*_real_operands(0), AXES).dtype == np.float64


@pytest.mark.parametrize("dtype", [np.int64, np.complex128])
def test_the_ceiling_of_other_than_real_floats_is_the_magnitude(dtype: type) -> None:
    value, filter = (np.rint(9 * array).astype(dtype) for array in _real_operands(0))
    assert np.array_equal(magnitude_ceiling(value, filter, AXES), magnitude(value, filter, AXES))
