"""The family's operators: bias, complex numbers, integers, and the forward convolutions of one to three axes."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

import reference
from reference.errors import DataFormatError, DtypeError, SizeError
from reference.family import OPERATORS

RANDOM = np.random.default_rng(12)


def _integers(*shape: int) -> NDArray[Any]:
    return RANDOM.integers(-99, 100, shape)


def test_a_convolution_is_the_correlation_of_its_windows() -> None:
    value, filter = np.array([1, 2, 3, 4, 5]).reshape(1, 5, 1), np.array([1, 10, 100]).reshape(3, 1, 1)
    assert reference.conv1d(value, filter, 1, "VALID").ravel().tolist() == [321, 432, 543]
    assert reference.conv1d(value, filter, 2, "VALID").ravel().tolist() == [321, 543]


def test_same_gives_a_convolution_s_odd_zero_to_the_end() -> None:
    value, filter = np.array([1, 2, 3, 4]).reshape(1, 4, 1), np.array([1, 10, 100]).reshape(3, 1, 1)
    # stride 2: one zero in all, behind the value
    assert reference.conv1d(value, filter, 2, "SAME").ravel().tolist() == [321, 43]


@pytest.mark.parametrize("rank", [1, 3])
def test_other_ranks_are_conv2d_where_their_other_axes_have_length_one(rank: int) -> None:
    value, filter = _integers(2, 5, 3), _integers(3, 3, 4)
    lone = (1,) * (rank - 1)
    result = getattr(reference, f"conv{rank}d")(
        value.reshape(2, *lone, 5, 3), filter.reshape(*lone, 3, 3, 4), 2, "SAME"
    )
    expected = reference.conv2d(value[:, np.newaxis], filter[np.newaxis], 2, "SAME")
    assert np.array_equal(result.ravel(), expected.ravel())


@pytest.mark.parametrize("rank", [1, 3])
def test_other_ranks_are_conv2d_transpose_where_their_other_axes_have_length_one(rank: int) -> None:
    value, filter = _integers(2, 4, 3), _integers(3, 5, 3)
    lone = (1,) * (rank - 1)
    strides = (2,) if rank == 1 else (1, 1, 2)
    result = getattr(reference, f"conv{rank}d_transpose")(
        value.reshape(2, *lone, 4, 3), filter.reshape(*lone, 3, 5, 3), [2, *lone, 8, 5], strides
    )
    expected = reference.conv2d_transpose(value[:, np.newaxis], filter[np.newaxis], [2, 1, 8, 5], (1, 2))
    assert np.array_equal(result.ravel(), expected.ravel())


@pytest.mark.parametrize("operator", [name for name, each in OPERATORS.items() if not each.transposed])
def test_a_convolution_with_channels_first_is_the_same_with_its_axes_moved(operator: str) -> None:
    rank = OPERATORS[operator].rank
    value, filter = _integers(2, *(5, 4, 3)[:rank], 2), _integers(*(3, 2, 1)[:rank], 2, 3)
    function, layout = getattr(reference, operator), OPERATORS[operator].data_formats[1]
    last, first = function(value, filter, 2), function(np.moveaxis(value, -1, 1), filter, 2, data_format=layout)
    assert np.array_equal(np.moveaxis(first, 1, -1), last)


def test_a_result_without_length_is_legal_and_empty() -> None:
    assert reference.conv1d(np.ones((2, 2, 1)), np.ones((3, 1, 4)), 1, "VALID").shape == (2, 0, 4)


@pytest.mark.parametrize(("data_format", "channel"), [(None, -1), ("NWC", -1), ("NCW", 1)])
def test_a_bias_is_added_to_every_pixel_of_its_channel(data_format: str | None, channel: int) -> None:
    value = np.moveaxis(np.zeros((2, 3, 2), np.int32), -1, channel)
    result = reference.bias_add(value, np.array([5, -7], np.int32), data_format)
    assert result.dtype == np.int32
    assert np.moveaxis(result, channel, -1).reshape(-1, 2).tolist() == [[5, -7]] * 6


def test_the_sum_with_a_bias_is_rounded_once_more() -> None:
    value, bias = np.full((1, 1, 1), 256, ml_dtypes.bfloat16), np.ones(1, ml_dtypes.bfloat16)
    assert float(reference.bias_add(value, bias).item()) == 256.0  # 257 lies half-way to 258, and rounds to even


def test_another_number_of_biases_than_channels_is_refused() -> None:
    with pytest.raises(SizeError) as refusal:
        reference.bias_add(np.zeros((1, 2, 2, 3)), np.zeros(2))
    assert str(refusal.value) == "bias has 2 numbers; the result has 3 channels"


def test_a_bias_of_another_dtype_is_refused() -> None:
    with pytest.raises(DtypeError) as refusal:
        reference.bias_add(np.zeros((1, 2, 2, 3)), np.zeros(3, np.int64))
    assert str(refusal.value).startswith("value is float64 and bias is int64; all must have one ")


def test_a_bias_of_another_layout_is_refused() -> None:
    with pytest.raises(DataFormatError, match="'NHWC' or 'NCHW'"):
        reference.bias_add(np.zeros((1, 2, 2, 3)), np.zeros(3), "NCW")


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_sums_are_those_of_their_real_parts_put_together(dtype: str) -> None:
    parts = {name: _integers(2, 4, 3, 2) for name in ("xr", "xi")} | {
        name: _integers(3, 2, 5, 2) for name in ("wr", "wi")
    }
    there = {
        a + b: reference.conv2d_transpose(parts[a], parts[b], [2, 8, 6, 5], 2)
        for a in ("xr", "xi")
        for b in ("wr", "wi")
    }
    value = (parts["xr"] + 1j * parts["xi"]).astype(dtype)
    filter = (parts["wr"] + 1j * parts["wi"]).astype(dtype)
    result = reference.conv2d_transpose(value, filter, [2, 8, 6, 5], 2)
    assert result.dtype == dtype
    assert np.array_equal(result.real, there["xrwr"] - there["xiwi"])
    assert np.array_equal(result.imag, there["xrwi"] + there["xiwr"])


def test_a_complex_product_by_hand() -> None:
    value, weight = np.full((1, 1, 1), 3 - 4j), np.full((1, 1, 1), -1 + 2j)
    assert reference.conv1d(value, weight, 1).item() == 5 + 10j  # -3 + 8 and 6 + 4


@pytest.mark.parametrize("operator", ["conv1d", "conv1d_transpose"])
def test_integers_beyond_float64_s_significand_are_exact(operator: str) -> None:
    value, filter = np.array([2**53, 1]).reshape(1, 1, 2), np.ones((1, 1, 2), np.int64)
    named = {"output_shape": [1, 1, 1]} if operator == "conv1d_transpose" else {}
    filter = filter if named else filter.reshape(1, 2, 1)
    assert getattr(reference, operator)(value, filter, strides=1, **named).item() == 2**53 + 1


def test_a_filter_gradient_of_integers_beyond_float64_s_significand_is_exact() -> None:
    value, cotangent = np.array([2**53, 1]).reshape(1, 2, 1), np.ones((1, 2, 1), np.int64)
    weight = np.ones((1, 1, 1), np.int64)
    found = reference.vector_jacobian_product("filter_gradient", "conv1d", value, weight, cotangent, strides=1)
    assert found.item() == 2**53 + 1


def test_int32_sums_wrap_around_once_at_the_end() -> None:
    value, filter = np.full((1, 1, 2), 2**30, np.int32), np.full((1, 2, 1), 1, np.int32)
    assert reference.conv1d(value, filter, 1).item() == -(2**31)
    assert reference.conv1d(value, 4 * filter, 1).item() == 0
