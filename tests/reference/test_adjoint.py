"""The second derivation: the transposed convolution is the adjoint of a forward convolution written on its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import convolution as module
from reference.convolution import convolution
from reference.geometry import Axis
from reference.transposed import transposed

RandomAxes = Callable[[int, int, int], Iterator[tuple[Axis, ...]]]


def _arrays(
    axes: tuple[Axis, ...], seed: int, channels_in: int, channels_out: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """value, filter, image"""
    random = np.random.default_rng(seed)
    return (
        random.integers(-99, 100, (2, *(axis.input for axis in axes), channels_in)),
        random.integers(-99, 100, (*(axis.kernel for axis in axes), channels_out, channels_in)),
        random.integers(-99, 100, (2, *(axis.output for axis in axes), channels_out)),
    )


def _correlated(image: NDArray[Any], filter: NDArray[Any], axes: tuple[Axis, ...]) -> NDArray[Any]:
    """The forward convolution as a sum over what each input's window reads, with zeros outside the image."""
    result: NDArray[Any] = np.zeros((image.shape[0], *(axis.input for axis in axes), filter.shape[-1]), dtype=np.int64)
    for j in product(*(range(axis.input) for axis in axes)):
        for t in product(*(range(axis.kernel) for axis in axes)):
            p = tuple(a.stride * j_a + a.dilation * t_a - a.crop_before for a, j_a, t_a in zip(axes, j, t, strict=True))
            if all(0 <= p_a < axis.output for p_a, axis in zip(p, axes, strict=True)):
                read: Any = (slice(None), *p)
                written: Any = (slice(None), *j)
                result[written] += image[read] @ filter[t]
    return result


@pytest.mark.parametrize(("rank", "count"), [(1, 1500), (2, 600), (3, 150)])
def test_the_transposed_convolution_is_the_adjoint_of_the_convolution(
    random_axes: RandomAxes, rank: int, count: int
) -> None:
    different = []
    for number, axes in enumerate(random_axes(100 + rank, rank, count)):
        value, filter, image = _arrays(axes, number, 2, 3)
        there = int(np.sum(transposed(value, filter, axes) * image))
        back = int(np.sum(value * convolution(image, filter, axes)))
        if there != back:
            different.append(axes)
    assert different == []


@pytest.mark.parametrize(("rank", "count"), [(1, 500), (2, 100), (3, 30)])
def test_the_convolution_equals_a_literal_one(random_axes: RandomAxes, rank: int, count: int) -> None:
    different = []
    for number, axes in enumerate(random_axes(200 + rank, rank, count)):
        _, filter, image = _arrays(axes, number, 2, 3)
        if not np.array_equal(convolution(image, filter, axes), _correlated(image, filter, axes)):
            different.append(axes)
    assert different == []


@pytest.mark.parametrize(("rank", "count"), [(1, 500), (2, 100), (3, 30)])
def test_both_maps_begin_within_the_image_where_the_crop_is_negative(
    random_axes: RandomAxes, rank: int, count: int
) -> None:
    different = []
    for number, drawn in enumerate(random_axes(220 + rank, rank, count)):
        axes = tuple(replace(axis, input=axis.input or 1, crop_before=axis.crop_before - 4) for axis in drawn)
        value, filter, image = _arrays(axes, number, 2, 3)
        back = convolution(image, filter, axes)
        there = int(np.sum(transposed(value, filter, axes) * image))
        if there != int(np.sum(value * back)) or not np.array_equal(back, _correlated(image, filter, axes)):
            different.append(axes)
    assert different == []


@pytest.mark.parametrize("block_bytes", [1, 300, 1000, 5000])
def test_the_size_of_a_block_of_windows_changes_nothing(
    random_axes: RandomAxes, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    different = []
    for number, axes in enumerate(random_axes(250, 2, 100)):
        _, filter, image = _arrays(axes, number, 2, 3)
        whole = convolution(image, filter, axes)
        with monkeypatch.context() as patch:
            patch.setattr(module, "BLOCK_BYTES", block_bytes)
            if not np.array_equal(convolution(image, filter, axes), whole):
                different.append(axes)
    assert different == []


def test_the_convolution_reads_one_window_per_input() -> None:
    image = np.array([1, 2, 3, 4]).reshape(1, 4, 1)
    filter = np.array([1, 10]).reshape(2, 1, 1)
    assert convolution(image, filter, (Axis(2, 2, 2, 1, 0, 4),)).ravel().tolist() == [21, 43]


def test_the_convolution_skips_what_a_negative_crop_leaves_out() -> None:
    image = np.array([1, 2, 3, 4, 5]).reshape(1, 5, 1)
    filter = np.array([1, 10]).reshape(2, 1, 1)
    assert convolution(image, filter, (Axis(3, 2, 1, 1, -2, 5),)).ravel().tolist() == [43, 54, 5]


def test_the_convolution_reads_zeros_before_a_crop() -> None:
    image = np.array([1, 2, 3]).reshape(1, 3, 1)
    filter = np.array([1, 10, 100]).reshape(3, 1, 1)
    assert convolution(image, filter, (Axis(3, 3, 1, 1, 1, 3),)).ravel().tolist() == [210, 321, 32]
