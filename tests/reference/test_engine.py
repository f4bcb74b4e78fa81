"""The engine against the definition, bitwise on integers."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.definition import transposed_by_definition
from reference.geometry import Axis
from reference.transposed import transposed

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]


def _integers(random: np.random.Generator, *shape: int) -> NDArray[np.int64]:
    return random.integers(-99, 100, shape)


def _both(axes: tuple[Axis, ...], seed: int = 0, batch: int = 2, channels: tuple[int, int] = (2, 3)) -> list[Any]:
    random = np.random.default_rng(seed)
    value = _integers(random, batch, *(axis.input for axis in axes), channels[0])
    filter = _integers(random, *(axis.kernel for axis in axes), channels[1], channels[0])
    return [transposed(value, filter, axes), transposed_by_definition(value, filter, axes)]


@pytest.mark.parametrize(("rank", "count", "channels"), [(1, 4000, (2, 3)), (2, 2500, (2, 3)), (3, 700, (1, 2))])
def test_the_engine_equals_the_definition_over_random_geometries(
    random_axes: RandomAxes, rank: int, count: int, channels: tuple[int, int]
) -> None:
    different = []
    for number, axes in enumerate(random_axes(rank, rank, count)):
        engine, definition = _both(axes, seed=number, batch=1 + number % 2, channels=channels)
        if engine.dtype != definition.dtype or not np.array_equal(engine, definition):
            different.append(axes)
    assert different == []


@pytest.mark.parametrize(
    ("feature", "holds"),
    [
        ("stride beyond the kernel", lambda axis: axis.stride > axis.kernel),
        ("kernel beyond the input", lambda axis: axis.kernel > axis.input > 0),
        ("crop beyond the kernel", lambda axis: axis.crop_before > axis.extent and axis.output > 0),
        ("output beyond the full result", lambda axis: axis.crop_after < 0),
        ("overlapping kernels", lambda axis: max(axis.taps(), default=0) > 1),
        ("empty input", lambda axis: axis.input == 0),
        ("empty output", lambda axis: axis.output == 0),
        ("dilated and strided", lambda axis: axis.dilation > 1 and axis.stride > 1 and axis.kernel > 1),
    ],
)
def test_the_random_geometries_hold_each_feature_at_least_fifty_times(
    random_axes: RandomAxes, feature: str, holds: Callable[[Axis], bool]
) -> None:
    assert sum(holds(axis) for (axis,) in random_axes(1, 1, 4000)) >= 50, feature


@pytest.mark.parametrize(
    "axis",
    [
        pytest.param(Axis(3, 2, 5, 1, 0, 15), id="stride-beyond-kernel"),
        pytest.param(Axis(2, 7, 2, 1, 3, 4), id="kernel-beyond-input"),
        pytest.param(Axis(6, 2, 1, 1, 4, 3), id="crop-beyond-kernel"),
        pytest.param(Axis(4, 3, 2, 3, 2, 11), id="dilation-and-stride-share-no-divisor"),
        pytest.param(Axis(0, 3, 2, 1, 0, 1), id="no-input"),
        pytest.param(Axis(3, 3, 2, 1, 2, 0), id="no-output"),
        pytest.param(Axis(1, 1, 1, 1, 0, 4), id="zeros-behind"),
    ],
)
def test_the_engine_equals_the_definition_where_geometry_is_extreme(axis: Axis) -> None:
    engine, definition = _both((axis, Axis(3, 2, 2, 1, 1, 5)))
    assert np.array_equal(engine, definition)


def test_a_batch_of_none_gives_an_empty_result_of_the_right_shape() -> None:
    engine, _ = _both((Axis(3, 2, 2, 1, 0, 6), Axis(4, 3, 1, 1, 1, 4)), batch=0)
    assert engine.shape == (0, 6, 4, 3)


def test_a_zero_length_input_gives_zeros() -> None:
    engine, _ = _both((Axis(0, 3, 2, 1, 0, 2),))
    assert np.array_equal(engine, np.zeros((2, 2, 3), dtype=np.int64))


def test_two_inputs_a_stride_apart_paint_the_kernel_side_by_side() -> None:
    value = np.array([1, 3]).reshape(1, 2, 1)
    filter = np.array([1, 10]).reshape(2, 1, 1)
    assert transposed(value, filter, (Axis(2, 2, 2, 1, 0, 4),)).ravel().tolist() == [1, 10, 3, 30]


def test_overlapping_kernels_are_added() -> None:
    value = np.array([1, 2]).reshape(1, 2, 1)
    filter = np.array([1, 10, 100]).reshape(3, 1, 1)
    assert transposed(value, filter, (Axis(2, 3, 1, 1, 0, 4),)).ravel().tolist() == [1, 12, 120, 200]


def test_a_dilated_kernel_leaves_holes() -> None:
    value = np.array([1, 2]).reshape(1, 2, 1)
    filter = np.array([1, 10]).reshape(2, 1, 1)
    assert transposed(value, filter, (Axis(2, 2, 1, 3, 0, 5),)).ravel().tolist() == [1, 2, 0, 10, 20]


def test_the_crop_takes_the_first_outputs_away() -> None:
    value = np.array([1, 3]).reshape(1, 2, 1)
    filter = np.array([1, 10]).reshape(2, 1, 1)
    assert transposed(value, filter, (Axis(2, 2, 2, 1, 1, 2),)).ravel().tolist() == [10, 3]


def test_the_filters_last_axis_is_summed_over_the_values_channels() -> None:
    value = np.array([1, 2]).reshape(1, 1, 2)
    filter = np.array([[3, 5], [7, 11], [13, 17]]).reshape(1, 3, 2)
    assert transposed(value, filter, (Axis(1, 1, 1, 1, 0, 1),)).ravel().tolist() == [13, 29, 47]


def test_the_engine_computes_in_the_dtype_of_the_value() -> None:
    value, filter = np.ones((1, 2, 1), dtype=np.float32), np.ones((2, 1, 1), dtype=np.float32)
    assert transposed(value, filter, (Axis(2, 2, 1, 1, 0, 3),)).dtype == np.float32
