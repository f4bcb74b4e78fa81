"""Groups and depthwise convolutions: against their parts, split by hand, and against a literal loop."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import conv2d, conv2d_transpose, conv3d_transpose, depthwise_conv2d, vector_jacobian_product

RANDOM = np.random.default_rng(11)


def _integers(*shape: int) -> NDArray[Any]:
    return RANDOM.integers(-99, 100, shape)


@pytest.mark.parametrize("groups", [2, 3])
def test_groups_of_a_transposed_convolution_are_as_many_convolutions_of_parts(groups: int) -> None:
    value, filter = _integers(2, 4, 3, 2 * groups), _integers(3, 2, 5, 2 * groups)
    parts = [
        conv2d_transpose(value[..., 2 * g : 2 * g + 2], filter[..., 2 * g : 2 * g + 2], [2, 8, 5, 5], 2)
        for g in range(groups)
    ]
    whole = conv2d_transpose(value, filter, [2, 8, 5, 5 * groups], 2, groups=groups)
    assert np.array_equal(whole, np.concatenate(parts, axis=-1))


@pytest.mark.parametrize("groups", [2, 3])
def test_groups_of_a_convolution_are_as_many_convolutions_of_parts(groups: int) -> None:
    value, filter = _integers(2, 5, 4, 3 * groups), _integers(3, 2, 3, 2 * groups)
    parts = [
        conv2d(value[..., 3 * g : 3 * g + 3], filter[..., 2 * g : 2 * g + 2], [2, 1], "VALID") for g in range(groups)
    ]
    assert np.array_equal(conv2d(value, filter, [2, 1], "VALID", groups=groups), np.concatenate(parts, axis=-1))


def test_groups_are_split_along_channels_that_come_first_too() -> None:
    value, filter = _integers(1, 2, 2, 3, 4), _integers(1, 2, 2, 3, 4)
    last = conv3d_transpose(value, filter, [1, 2, 3, 4, 6], 1, "VALID", groups=2)
    first = conv3d_transpose(np.moveaxis(value, -1, 1), filter, [1, 6, 2, 3, 4], 1, "VALID", "NCDHW", groups=2)
    assert np.array_equal(np.moveaxis(first, 1, -1), last)


def test_the_filter_gradient_of_groups_is_that_of_their_parts() -> None:
    value, cotangent = _integers(2, 5, 4, 4), _integers(2, 5, 4, 6)
    filter = _integers(3, 2, 2, 6)
    parts = [
        vector_jacobian_product(
            "filter_gradient", "conv2d", value[..., 2 * g : 2 * g + 2], filter[..., 3 * g : 3 * g + 3],
            cotangent[..., 3 * g : 3 * g + 3], strides=1,
        )
        for g in range(2)
    ]  # fmt: skip
    whole = vector_jacobian_product("filter_gradient", "conv2d", value, filter, cotangent, strides=1, groups=2)
    assert np.array_equal(whole, np.concatenate(parts, axis=-1))


def test_a_depthwise_convolution_equals_a_literal_one() -> None:
    value, filter = _integers(2, 6, 5, 3), _integers(2, 3, 3, 2)
    result = np.zeros((2, 3, 2, 6), dtype=np.int64)
    for n, y, x, c, m, dy, dx in product(*map(range, (2, 3, 2, 3, 2, 2, 3))):
        row, column = 2 * y + dy, 2 * x + dx  # stride 2, VALID
        result[n, y, x, c * 2 + m] += value[n, row, column, c] * filter[dy, dx, c, m]
    assert np.array_equal(depthwise_conv2d(value, filter, 2, "VALID"), result)


def test_a_depthwise_filter_gradient_has_the_filter_s_shape_and_sums_a_channel_alone() -> None:
    value, filter, cotangent = _integers(1, 2, 2, 3), _integers(1, 1, 3, 2), _integers(1, 2, 2, 6)
    gradient = vector_jacobian_product("filter_gradient", "depthwise_conv2d", value, filter, cotangent, strides=1)
    expected = np.einsum("nyxc,nyxcm->cm", value, cotangent.reshape(1, 2, 2, 3, 2))
    assert gradient.shape == filter.shape
    assert np.array_equal(gradient[0, 0], expected)
