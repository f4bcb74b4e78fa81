"""The public operator: TensorFlow's words and what they mean."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from reference import conv2d_transpose
from reference.arguments import Padding, PerAxis

VALUE = np.random.default_rng(1).integers(-9, 10, (2, 4, 5, 3))
FILTER = np.random.default_rng(2).integers(-9, 10, (3, 2, 6, 3))


def _nchw(array: NDArray[Any]) -> NDArray[Any]:
    return np.transpose(array, (0, 3, 1, 2))


def test_the_tutorials_first_example_counts_the_taps_that_meet() -> None:
    per_axis = [1, 1, 2, 1, 2, 1, 2, 1]  # 2 j + t with 9 positions, the last of them cropped
    result = conv2d_transpose(
        np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), [1, 8, 8, 1], strides=[1, 2, 2, 1], padding="SAME"
    )
    assert np.array_equal(result[0, ..., 0], np.outer(per_axis, per_axis))


def test_the_other_legal_output_of_the_first_example_crops_one_before() -> None:
    per_axis = [1, 2, 1, 2, 1, 2, 1]  # the same nine, without the first and the last
    result = conv2d_transpose(np.ones((1, 4, 4, 1)), np.ones((3, 3, 1, 1)), [1, 7, 7, 1], [1, 2, 2, 1])
    assert np.array_equal(result[0, ..., 0], np.outer(per_axis, per_axis))


def test_the_tutorials_second_example_corrected_sums_its_four_channels() -> None:
    per_axis = [1, 1, 2, 1, 2, 1, 2, 1]
    result = conv2d_transpose(np.ones((1, 4, 4, 4)), np.ones((3, 3, 8, 4)), [1, 8, 8, 8], [1, 2, 2, 1])
    assert np.array_equal(result, np.broadcast_to(4 * np.outer(per_axis, per_axis)[:, :, np.newaxis], (1, 8, 8, 8)))


def test_valid_paints_the_kernel_beside_itself() -> None:
    value, filter = np.array([[1, 3], [5, 7]]), np.array([[1, 10], [100, 1000]])
    result = conv2d_transpose(
        value.reshape(1, 2, 2, 1), filter.reshape(2, 2, 1, 1), [1, 4, 4, 1], strides=2, padding="VALID"
    )
    assert np.array_equal(result[0, ..., 0], np.kron(value, filter))


def test_explicit_padding_cuts_the_result_of_valid() -> None:
    whole = conv2d_transpose(VALUE, FILTER, [2, 9, 10, 6], 2, "VALID")
    cut = conv2d_transpose(VALUE, FILTER, [2, 7, 7, 6], 2, [[0, 0], [2, 0], [1, 2], [0, 0]])
    assert np.array_equal(cut, whole[:, 2:, 1:8])


def test_an_output_beyond_the_full_result_ends_in_zeros() -> None:
    result = conv2d_transpose(VALUE, FILTER, [2, 10, 10, 6], 2, "VALID")
    assert np.array_equal(result[:, 9], np.zeros((2, 10, 6)))


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_channels_first_is_channels_last_transposed(padding: str) -> None:
    output = {"SAME": (8, 15), "VALID": (9, 15)}[padding]
    last = conv2d_transpose(VALUE, FILTER, [2, *output, 6], [2, 3], padding)
    first = conv2d_transpose(_nchw(VALUE), FILTER, [2, 6, *output], [2, 3], padding, data_format="NCHW")
    assert np.array_equal(first, _nchw(last))


def test_nhwc_is_the_default_data_format() -> None:
    given = conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2, data_format="NHWC")
    assert np.array_equal(given, conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2))


def test_same_is_the_default_padding() -> None:
    given = conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2, "SAME")
    assert np.array_equal(given, conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2))


@pytest.mark.parametrize("strides", [2, [2], (2,), [2, 2], [1, 2, 2, 1], np.int64(2), np.array([2, 2])])
def test_each_spelling_of_the_strides_means_the_same(strides: PerAxis) -> None:
    spelled = conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], strides)
    assert np.array_equal(spelled, conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], (1, 2, 2, 1)))


@pytest.mark.parametrize("dilations", [2, [2], [2, 2], [1, 2, 2, 1]])
def test_each_spelling_of_the_dilations_means_the_same(dilations: PerAxis) -> None:
    holes = np.zeros((5, 3, 6, 3), dtype=np.int64)
    holes[::2, ::2] = FILTER
    dilated = conv2d_transpose(VALUE, FILTER, [2, 11, 11, 6], 2, "VALID", dilations=dilations)
    assert np.array_equal(dilated, conv2d_transpose(VALUE, holes, [2, 11, 11, 6], 2, "VALID"))


@pytest.mark.parametrize(
    ("strides", "data_format", "output_shape"),
    [([1, 2, 3, 1], "NHWC", [2, 8, 15, 6]), ([1, 1, 2, 3], "NCHW", [2, 6, 8, 15])],
)
def test_four_strides_follow_the_data_format(strides: list[int], data_format: str, output_shape: list[int]) -> None:
    value = VALUE if data_format == "NHWC" else _nchw(VALUE)
    four = conv2d_transpose(value, FILTER, output_shape, strides, data_format=data_format)
    assert np.array_equal(four, conv2d_transpose(value, FILTER, output_shape, [2, 3], data_format=data_format))


@pytest.mark.parametrize("padding", [[[0, 0], [0, 0], [0, 0], [0, 0]], ((0, 0), (0, 0), (0, 0), (0, 0))])
def test_explicit_padding_of_nothing_is_valid(padding: Padding) -> None:
    explicit = conv2d_transpose(VALUE, FILTER, [2, 9, 10, 6], 2, padding)
    assert np.array_equal(explicit, conv2d_transpose(VALUE, FILTER, [2, 9, 10, 6], 2, "VALID"))


def test_explicit_padding_follows_the_data_format() -> None:
    last = conv2d_transpose(VALUE, FILTER, [2, 8, 8, 6], 2, [[0, 0], [1, 0], [0, 2], [0, 0]])
    first = conv2d_transpose(
        _nchw(VALUE), FILTER, [2, 6, 8, 8], 2, [[0, 0], [0, 0], [1, 0], [0, 2]], data_format="NCHW"
    )
    assert np.array_equal(first, _nchw(last))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", ml_dtypes.bfloat16, "int8", "int32", "int64"])
def test_the_dtype_of_the_value_is_kept(dtype: Any) -> None:
    result = conv2d_transpose(np.ones((1, 2, 2, 1), dtype), np.ones((1, 1, 1, 1), dtype), [1, 2, 2, 1], 1)
    assert result.dtype == np.dtype(dtype)


def test_sums_of_narrow_floats_are_rounded_once() -> None:
    value = np.array([2048, 1, 1], dtype=np.float16).reshape(1, 1, 1, 3)  # in float16, 2048 + 1 is 2048
    result = conv2d_transpose(value, np.ones((1, 1, 1, 3), np.float16), [1, 1, 1, 1], 1)
    assert result.item() == 2050


def test_integer_sums_wrap_around_as_their_dtype_does() -> None:
    value = np.array([100, 100], dtype=np.int8).reshape(1, 1, 1, 2)
    result = conv2d_transpose(value, np.ones((1, 1, 1, 2), np.int8), [1, 1, 1, 1], 1)
    assert result.item() == 200 - 256


def test_a_sum_beyond_the_dtype_is_infinite_without_a_warning() -> None:
    value = np.full((1, 1, 1, 2), 60000, dtype=np.float16)
    result = conv2d_transpose(value, np.ones((1, 1, 1, 2), np.float16), [1, 1, 1, 1], 1)
    assert result.item() == np.inf


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_a_batch_of_none_gives_none(data_format: str) -> None:
    value_shape, output_shape = (
        ((0, 4, 5, 3), [0, 8, 10, 6]) if data_format == "NHWC" else ((0, 3, 4, 5), [0, 6, 8, 10])
    )
    result = conv2d_transpose(np.ones(value_shape, np.int64), FILTER, output_shape, 2, data_format=data_format)
    assert result.shape == tuple(output_shape)


def test_nested_lists_are_taken_as_arrays() -> None:
    result = conv2d_transpose([[[[2]]]], [[[[3]]]], [1, 1, 1, 1], 1)
    assert result.tolist() == [[[[6]]]]


def test_the_output_shape_may_be_an_array() -> None:
    assert conv2d_transpose(VALUE, FILTER, np.array([2, 8, 10, 6]), 2).shape == (2, 8, 10, 6)  # type: ignore[arg-type]


def test_the_name_changes_nothing() -> None:
    named = conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2, name="upsample")
    assert np.array_equal(named, conv2d_transpose(VALUE, FILTER, [2, 8, 10, 6], 2))
