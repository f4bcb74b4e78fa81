"""The right engines of all operators on numbers worked by hand."""

from typing import Any

import numpy as np
import pytest

from conformance.mutants import FAMILY_FAULTS
from conformance.mutants.operators.problem import Array, Asked, Keywords
from reference.errors import FilterChannelsError, GroupsError
from reference.family import OPERATORS, Direction

RIGHT = [name for name, fault in FAMILY_FAULTS.items() if fault.family == "faithful"]

X, W, Y = [[[1], [10]]], [[[1]], [[2]], [[3]]], [[[1], [10], [100], [1000]]]
"""of one axis: an input of two pixels, three taps, and a cotangent of four pixels"""


def array(numbers: Any, dtype: str = "float32") -> Array:
    return np.array(numbers, dtype=dtype)


def asked(operator: str, direction: Direction = "forward", **given: Any) -> Asked:
    arrays = {name: given.pop(name) for name in ("value", "filter", "bias", "cotangent") if name in given}
    return Asked(OPERATORS[operator], direction, Keywords(**{"strides": 1, "padding": "SAME", **given}), **arrays)


def transposed(direction: Direction) -> Asked:
    """x = 1, 10 and w = 1, 2, 3 with stride 2: the full result is 1, 2, 3 + 10, 20, 30, and SAME crops the end."""
    arrays = {"value": array(X), "filter": array(W), "cotangent": array(Y)}
    return asked("conv1d_transpose", direction, output_shape=(1, 4, 1), strides=2, **arrays)


def answer(name: str, call: Asked) -> Array:
    fault = FAMILY_FAULTS[name]
    problem = fault.edit(fault.read(call))
    result = fault.compute(problem, {})
    if problem.bias is not None and call.direction == "forward":
        result = fault.add_bias(result, problem)
    return fault.write(fault.finish(fault.store(result, problem), problem), problem)


@pytest.mark.parametrize("name", RIGHT)
def test_two_inputs_meet_between_them(name: str) -> None:
    np.testing.assert_array_equal(answer(name, transposed("forward")), [[[1], [2], [13], [20]]])


@pytest.mark.parametrize("name", RIGHT)
def test_the_values_gradient_reads_what_each_input_reached(name: str) -> None:
    """The first input reached 1 + 2 x 10 + 3 x 100, the second 100 + 2 x 1000."""
    np.testing.assert_array_equal(answer(name, transposed("value_gradient")), [[[321], [2100]]])


@pytest.mark.parametrize("name", RIGHT)
def test_the_filters_gradient_sums_what_each_tap_brought_together(name: str) -> None:
    """The first tap led 1 to 1 and 10 to 100, the second 1 to 10 and 10 to 1000, the third 1 to 100."""
    np.testing.assert_array_equal(answer(name, transposed("filter_gradient")), [[[1001]], [[10010]], [[100]]])


@pytest.mark.parametrize("name", RIGHT)
def test_the_biass_gradient_is_the_sum_of_the_cotangent(name: str) -> None:
    np.testing.assert_array_equal(answer(name, transposed("bias_gradient")), [1111])


@pytest.mark.parametrize("name", RIGHT)
def test_a_forward_convolution_reads_its_kernel_unflipped(name: str) -> None:
    call = asked("conv1d", value=array(Y), filter=array(W), padding="VALID")

    np.testing.assert_array_equal(answer(name, call), [[[321], [3210]]])


@pytest.mark.parametrize("name", RIGHT)
def test_groups_are_blocks_of_channels(name: str) -> None:
    """Channels 1, 10 by 1, 1 give 11, and channels 100, 1000 by 2, 3 give 3200."""
    call = asked("conv1d", value=array([[[1, 10, 100, 1000]]]), filter=array([[[1, 2], [1, 3]]]), groups=2)

    np.testing.assert_array_equal(answer(name, call), [[[11, 3200]]])


@pytest.mark.parametrize("name", RIGHT)
def test_a_depthwise_channel_is_followed_by_its_own_multiples(name: str) -> None:
    call = asked("depthwise_conv2d", value=array([[[[1, 10]]]]), filter=array([[[[2, 3], [4, 5]]]]))

    np.testing.assert_array_equal(answer(name, call), [[[[2, 3, 40, 50]]]])


@pytest.mark.parametrize("name", RIGHT)
def test_a_bias_is_added_to_its_channel_where_channels_come_first(name: str) -> None:
    call = asked(
        "conv1d", value=array([[[1, 2, 3]]]), filter=array([[[1, 1]]]), bias=array([10, 20]), data_format="NCW"
    )

    np.testing.assert_array_equal(answer(name, call), [[[11, 12, 13], [21, 22, 23]]])


@pytest.mark.parametrize("name", RIGHT)
def test_each_of_three_axes_has_its_own_numbers(name: str) -> None:
    """A filter of depth 2: the second tap lands one stride of depth further, and nowhere else."""
    filter = array([1, 2]).reshape(2, 1, 1, 1, 1)
    call = asked(
        "conv3d_transpose", value=array([[[[[5]]]]]), filter=filter, output_shape=(1, 2, 1, 3, 1),
        strides=(2, 1, 3), padding="VALID",
    )  # fmt: skip

    np.testing.assert_array_equal(answer(name, call)[0, ..., 0], [[[5, 0, 0]], [[10, 0, 0]]])


@pytest.mark.parametrize("name", RIGHT)
def test_integers_wrap(name: str) -> None:
    call = asked("conv1d", value=array([[[65536]]], "int32"), filter=array([[[32768]]], "int32"))

    assert answer(name, call).item() == -(2**31)


@pytest.mark.parametrize("name", RIGHT)
def test_complex_products_have_both_parts(name: str) -> None:
    call = asked("conv1d", value=array([[[1 + 2j]]], "complex64"), filter=array([[[3 + 5j]]], "complex64"))

    assert answer(name, call).item() == -7 + 11j


@pytest.mark.parametrize("name", RIGHT)
def test_no_images_have_gradients_of_zero(name: str) -> None:
    call = asked(
        "conv1d", "filter_gradient",
        value=array(np.ones((0, 4, 1))), filter=array(np.ones((3, 1, 2))), cotangent=array(np.ones((0, 4, 2))),
    )  # fmt: skip

    np.testing.assert_array_equal(answer(name, call), np.zeros((3, 1, 2)))


def test_a_wrong_call_of_any_operator_is_refused_as_the_definition_says() -> None:
    with pytest.raises(FilterChannelsError):
        answer("faithful", asked("conv1d", value=array(np.ones((1, 4, 4))), filter=array(np.ones((3, 8, 4)))))
    with pytest.raises(GroupsError):
        answer("faithful", asked("conv1d", value=array(np.ones((1, 4, 4))), filter=array(np.ones((3, 1, 4))), groups=3))
