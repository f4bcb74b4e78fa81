"""The integers of one axis: legal lengths, crops, taps."""

from itertools import product

import numpy as np
import pytest

from reference.geometry import Axis, AxisPadding, TransposedConvolution, legal_output_lengths, transposed_axis
from reference.transposed import transposed


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)


def _forward_length(output: int, kernel: int, stride: int, dilation: int, padding: AxisPadding) -> int:
    """What TensorFlow's forward convolution makes of a length, as DESIGN.md quotes it."""
    reach = dilation * (kernel - 1)
    match padding:
        case "SAME":
            return _ceil(output, stride)
        case "VALID":
            return _ceil(output - reach, stride)
        case (before, after):
            return (output + before + after - reach - 1) // stride + 1


@pytest.mark.parametrize(
    "padding", ["SAME", "VALID", (0, 0), (1, 1), (0, 2), (3, 0), (5, 4)], ids=lambda padding: str(padding)
)
def test_the_legal_lengths_are_those_from_which_the_forward_convolution_leads_back(padding: AxisPadding) -> None:
    for length, kernel, stride, dilation in product(range(7), range(1, 6), range(1, 6), range(1, 4)):
        leading_back = [
            output for output in range(80) if _forward_length(output, kernel, stride, dilation, padding) == length
        ]
        legal = list(legal_output_lengths(length, kernel, stride, dilation, padding))
        assert legal == leading_back, (length, kernel, stride, dilation)


def test_there_are_as_many_legal_lengths_as_the_stride_is_long() -> None:
    assert list(legal_output_lengths(4, 3, 3, 1, "SAME")) == [10, 11, 12]


def test_no_length_is_legal_where_the_padding_crops_more_than_there_is() -> None:
    assert list(legal_output_lengths(1, 2, 1, 1, (2, 1))) == []


@pytest.mark.parametrize(("output", "crop"), [(7, 1), (8, 0)])
def test_same_crops_half_of_what_is_too_long_rounded_down(output: int, crop: int) -> None:
    assert transposed_axis(4, 3, 2, 1, "SAME", output).crop_before == crop


def test_same_crops_nothing_before_where_the_result_is_too_short() -> None:
    assert transposed_axis(3, 1, 4, 1, "SAME", 12).crop_before == 0


def test_valid_crops_nothing_before() -> None:
    assert transposed_axis(4, 3, 2, 1, "VALID", 10).crop_before == 0


def test_explicit_padding_crops_before_what_it_says() -> None:
    assert transposed_axis(4, 3, 2, 1, (2, 1), 6).crop_before == 2


def test_what_is_cut_off_behind_follows_from_the_other_four_numbers() -> None:
    axis = Axis(input=4, kernel=3, stride=2, dilation=2, crop_before=1, output=8)
    assert (axis.extent, axis.full, axis.crop_after) == (5, 11, 2)


def test_the_crop_behind_is_negative_where_zeros_follow() -> None:
    assert Axis(3, 1, 4, 1, 0, 12).crop_after == -3


def test_the_taps_of_a_stride_of_two_and_a_kernel_of_three_alternate() -> None:
    assert Axis(4, 3, 2, 1, 0, 8).taps() == [1, 1, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize("axis", [Axis(4, 3, 2, 1, 1, 7), Axis(3, 2, 5, 2, 0, 16), Axis(0, 2, 1, 1, 0, 1)])
def test_the_most_products_are_the_largest_sum_of_ones(axis: Axis) -> None:
    geometry = TransposedConvolution(1, 3, 2, (axis, Axis(2, 3, 1, 1, 0, 4)))
    ones = transposed(np.ones(geometry.value_shape), np.ones(geometry.filter_shape), geometry.axes)
    assert geometry.most_products == ones.max(initial=0)


def test_the_shapes_of_a_geometry_are_those_of_canonical_arrays() -> None:
    geometry = TransposedConvolution(2, 3, 5, (Axis(4, 3, 2, 1, 0, 8), Axis(6, 2, 1, 1, 0, 7)))
    assert (geometry.value_shape, geometry.filter_shape, geometry.output_shape) == (
        (2, 4, 6, 3),
        (3, 2, 5, 3),
        (2, 8, 7, 5),
    )


def test_every_input_meets_every_tap_in_the_count_of_multiply_adds() -> None:
    geometry = TransposedConvolution(2, 3, 5, (Axis(4, 3, 2, 1, 0, 8), Axis(6, 2, 1, 1, 0, 7)))
    assert geometry.multiply_adds == 2 * 4 * 6 * 3 * 3 * 2 * 5
