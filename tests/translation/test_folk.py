"""The folk recipe: what it computes, counted by hand and held to FACTS' count."""

from dataclasses import replace
from itertools import product

import pytest

from conformance.operators.convolution.readings.folk import folk_axis, remark_on_same, remark_on_torch
from conformance.operators.convolution.readings.meaning import is_same
from reference.geometry import Axis, transposed_axis

NAMES = ("height", "width")


def same(kernel: int, stride: int, output: int | None = None) -> Axis:
    """SAME for 4 inputs, at TensorFlow's usual output length unless told."""
    return transposed_axis(4, kernel, stride, 1, "SAME", 4 * stride if output is None else output)


def test_the_recipe_is_one_pixel_off_on_the_tutorial_s_first_example() -> None:
    assert remark_on_same((same(3, 2),) * 2, NAMES) == (
        "the folk recipe padding=(1, 1), output_padding=(1, 1) has the right shape and is shifted by 1 pixel on height "
        "and width"
    )


def test_the_recipe_is_further_off_for_a_kernel_of_five_and_stride_four() -> None:
    remark = remark_on_same((same(5, 4), same(3, 2)), NAMES) or ""
    assert remark.endswith("shifted by 2 pixels on height, 1 pixel on width")


def test_the_recipe_is_right_for_stride_one_and_odd_kernels() -> None:
    assert remark_on_same((same(3, 1), same(5, 1)), NAMES) == (
        "the folk recipe padding=(1, 2), output_padding=(0, 0) is right here"
    )


def test_the_recipe_has_the_wrong_shape_for_even_kernels() -> None:
    assert remark_on_same((same(4, 2), same(3, 2)), NAMES) == (
        "the folk recipe padding=(1, 1), output_padding=(1, 1) has the wrong shape: height 9 instead of 8"
    )


def test_nothing_is_said_of_calls_that_same_does_not_mean() -> None:
    valid = transposed_axis(4, 3, 2, 1, "VALID", 9)
    assert remark_on_same((valid, same(3, 2)), NAMES) is None


def test_a_torch_call_that_is_the_recipe_is_told_by_how_much_it_misses_same() -> None:
    assert remark_on_torch((folk_axis(same(3, 2)),) * 2, NAMES) == (
        "this is the folk recipe for SAME, padding=(k-1)//2, output_padding=stride-1; it crops 1 before and 0 after on "
        "height and width, which has the shape of TensorFlow's SAME and is shifted by 1 pixel on height and width"
    )


def test_a_torch_call_that_is_the_recipe_and_right_is_told_so() -> None:
    remark = remark_on_torch((folk_axis(same(1, 2)), folk_axis(same(3, 1))), NAMES)
    assert remark is not None
    assert remark.endswith("which equals TensorFlow's SAME here")


def test_a_torch_call_that_is_the_recipe_with_another_shape_is_told_so() -> None:
    remark = remark_on_torch((folk_axis(same(4, 2)),) * 2, NAMES)
    assert remark is not None
    assert remark.endswith("which is not SAME at all: its height is 9, and SAME gives 7 to 8")


@pytest.mark.parametrize("axes", [(same(3, 2), folk_axis(same(3, 2))), (folk_axis(same(3, 1)),) * 2, (same(2, 2),) * 2])
def test_other_torch_calls_are_told_nothing(axes: tuple[Axis, ...]) -> None:
    assert remark_on_torch(axes, NAMES) is None


def convolved(length: int, kernel: int, stride: int) -> Axis:
    """The axis of a forward convolution with SAME: the adjoint's."""
    return transposed_axis(-(-length // stride), kernel, stride, 1, "SAME", length)


def test_resnet_s_first_convolution_is_one_pixel_off_in_torch() -> None:
    """224 -> 112, kernel 7, stride 2: SAME needs 111 * 2 + 7 - 224 = 5 zeros, 2 before; torch has 3 on each side."""
    assert remark_on_same((convolved(224, 7, 2),) * 2, NAMES, transposed=False) == (
        "the folk recipe padding=(3, 3) has the right shape and is shifted by 1 pixel on height and width"
    )
    remark = remark_on_torch((folk_axis(convolved(224, 7, 2), transposed=False),) * 2, NAMES, transposed=False)
    assert remark == (
        "this is the folk recipe for SAME, padding=(k-1)//2; it needs 3 before and 2 after on height and width, which "
        "has the shape of TensorFlow's SAME and is shifted by 1 pixel on height and width"
    )


def test_the_recipe_is_right_for_an_odd_length_and_has_another_shape_for_an_even_kernel() -> None:
    """Of 5 with kernel 3 and stride 2, SAME needs 2 zeros; of 6 with kernel 4 and stride 1 it needs 3, of 6 results."""
    assert remark_on_same((convolved(5, 3, 2),), ("width",), transposed=False) == (
        "the folk recipe padding=(1,) is right here"
    )
    assert remark_on_same((convolved(6, 4, 1),), ("width",), transposed=False) == (
        "the folk recipe padding=(1,) has the wrong shape: width 5 instead of 6"
    )
    other = folk_axis(convolved(6, 4, 2), transposed=False)
    assert (remark_on_torch((replace(other, output=5, input=2),), ("width",), transposed=False) or "").endswith(
        "which is not SAME at all: its width is 2, and SAME gives 3"
    )


def test_the_recipe_is_same_only_where_its_shape_and_crop_are() -> None:
    """k 1-5, s 1-4, d 1-2, i 4 and 5: the axes are compared one by one with TensorFlow's rule."""
    for length, kernel, stride, dilation in product((4, 5), range(1, 6), range(1, 5), (1, 2)):
        axis = transposed_axis(length, kernel, stride, dilation, "SAME", length * stride)
        full, folk = axis.full, folk_axis(axis)
        crop = ((kernel - 1) * dilation) // 2
        right = full - 2 * crop + stride - 1 == length * stride and crop == max(full - length * stride, 0) // 2
        assert (folk == axis) is right
        assert is_same(axis)
