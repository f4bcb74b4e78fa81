"""The right engines on numbers worked by hand, and in 16 bits."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from conformance.operators.convolution.mutants import FAULTS
from conformance.operators.convolution.mutants.adapter import answer
from conformance.operators.convolution.mutants.engine import PLAIN, Engine, sequential
from conformance.operators.convolution.mutants.fault import Fault
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Keywords, read
from reference.errors import FilterChannelsError, GroupsError
from reference.family import OPERATORS, Direction

RIGHT = [fault for fault in FAULTS.values() if not fault.outcomes]

X, W, Y = [[[1], [10]]], [[[1]], [[2]], [[3]]], [[[1], [10], [100], [1000]]]
"""of one axis: an input of two pixels, three taps, and a cotangent of four pixels"""


def array(numbers: Any, dtype: str = "float32") -> Array:
    return np.array(numbers, dtype=dtype)


def asked(operator: str, direction: Direction = "forward", **given: Any) -> GivenCall:
    arrays = {name: given.pop(name) for name in ("value", "filter", "bias", "cotangent") if name in given}
    return GivenCall(OPERATORS[operator], direction, Keywords(**{"strides": 1, "padding": "SAME", **given}), **arrays)


def transposed(direction: Direction) -> GivenCall:
    """x = 1, 10 and w = 1, 2, 3 with stride 2: the full result is 1, 2, 3 + 10, 20, 30, and SAME crops the end."""
    arrays = {"value": array(X), "filter": array(W), "cotangent": array(Y)}
    return asked("conv1d_transpose", direction, output_shape=(1, 4, 1), strides=2, **arrays)


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_two_inputs_meet_between_them(right: Fault) -> None:
    np.testing.assert_array_equal(answer(right, transposed("forward"), {}), [[[1], [2], [13], [20]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_the_values_gradient_reads_what_each_input_reached(right: Fault) -> None:
    """The first input reached 1 + 2 x 10 + 3 x 100, the second 100 + 2 x 1000."""
    np.testing.assert_array_equal(answer(right, transposed("value_gradient"), {}), [[[321], [2100]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_the_filters_gradient_sums_what_each_tap_brought_together(right: Fault) -> None:
    """The first tap led 1 to 1 and 10 to 100, the second 1 to 10 and 10 to 1000, the third 1 to 100."""
    np.testing.assert_array_equal(answer(right, transposed("filter_gradient"), {}), [[[1001]], [[10010]], [[100]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_the_biass_gradient_is_the_sum_of_the_cotangent(right: Fault) -> None:
    np.testing.assert_array_equal(answer(right, transposed("bias_gradient"), {}), [1111])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_a_forward_convolution_reads_its_kernel_unflipped(right: Fault) -> None:
    call = asked("conv1d", value=array(Y), filter=array(W), padding="VALID")

    np.testing.assert_array_equal(answer(right, call, {}), [[[321], [3210]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_groups_are_blocks_of_channels(right: Fault) -> None:
    """Channels 1, 10 by 1, 1 give 11, and channels 100, 1000 by 2, 3 give 3200."""
    call = asked("conv1d", value=array([[[1, 10, 100, 1000]]]), filter=array([[[1, 2], [1, 3]]]), groups=2)

    np.testing.assert_array_equal(answer(right, call, {}), [[[11, 3200]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_a_depthwise_channel_is_followed_by_its_own_multiples(right: Fault) -> None:
    call = asked("depthwise_conv2d", value=array([[[[1, 10]]]]), filter=array([[[[2, 3], [4, 5]]]]))

    np.testing.assert_array_equal(answer(right, call, {}), [[[[2, 3, 40, 50]]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_a_bias_is_added_to_its_channel_where_channels_come_first(right: Fault) -> None:
    call = asked(
        "conv1d", value=array([[[1, 2, 3]]]), filter=array([[[1, 1]]]), bias=array([10, 20]), data_format="NCW"
    )

    np.testing.assert_array_equal(answer(right, call, {}), [[[11, 12, 13], [21, 22, 23]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_each_of_three_axes_has_its_own_numbers(right: Fault) -> None:
    """A filter of depth 2: the second tap lands one stride of depth further, and nowhere else."""
    filter = array([1, 2]).reshape(2, 1, 1, 1, 1)
    call = asked(
        "conv3d_transpose", value=array([[[[[5]]]]]), filter=filter, output_shape=(1, 2, 1, 3, 1),
        strides=(2, 1, 3), padding="VALID",
    )  # fmt: skip

    np.testing.assert_array_equal(answer(right, call, {})[0, ..., 0], [[[5, 0, 0]], [[10, 0, 0]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_integers_wrap(right: Fault) -> None:
    call = asked("conv1d", value=array([[[65536]]], "int32"), filter=array([[[32768]]], "int32"))

    assert answer(right, call, {}).item() == -(2**31)


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_integers_have_no_halves(right: Fault) -> None:
    """Three taps of stride 1, which fast algorithms like best: 1 + 2 x 2 + 3 x 4, and 2 + 2 x 4 + 3 x 8."""
    value, filter = array([[[1], [2], [4], [8]]], "int32"), array([[[1]], [[2]], [[3]]], "int32")
    call = asked("conv1d", value=value, filter=filter, padding="VALID")

    np.testing.assert_array_equal(answer(right, call, {}), [[[17], [34]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_complex_products_have_both_parts(right: Fault) -> None:
    call = asked("conv1d", value=array([[[1 + 2j]]], "complex64"), filter=array([[[3 + 5j]]], "complex64"))

    assert answer(right, call, {}).item() == -7 + 11j


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_no_images_have_gradients_of_zero(right: Fault) -> None:
    call = asked(
        "conv1d", "filter_gradient",
        value=array(np.ones((0, 4, 1))), filter=array(np.ones((3, 1, 2))), cotangent=array(np.ones((0, 4, 2))),
    )  # fmt: skip

    np.testing.assert_array_equal(answer(right, call, {}), np.zeros((3, 1, 2)))


def test_a_wrong_call_is_refused_as_the_definition_says() -> None:
    with pytest.raises(FilterChannelsError):
        answer(
            FAULTS["faithful"], asked("conv1d", value=array(np.ones((1, 4, 4))), filter=array(np.ones((3, 8, 4)))), {}
        )
    with pytest.raises(GroupsError):
        answer(
            FAULTS["faithful"],
            asked("conv1d", value=array(np.ones((1, 4, 4))), filter=array(np.ones((3, 1, 4))), groups=3),
            {},
        )


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
def test_what_lies_beyond_the_full_result_is_zero(right: Fault) -> None:
    call = asked(
        "conv2d_transpose", value=array([[[[5]]]]), filter=array([[[[1]], [[2]]]]), output_shape=(1, 1, 4, 1),
        strides=(1, 3), padding="VALID",
    )  # fmt: skip

    np.testing.assert_array_equal(answer(right, call, {}), [[[[5], [10], [0], [0]]]])


@pytest.mark.parametrize("right", RIGHT, ids=lambda fault: fault.name)
@pytest.mark.parametrize("shape", [(0, 2, 3, 1), (1, 0, 3, 1), (1, 2, 0, 1)])
def test_nothing_in_gives_nothing_or_zeros(right: Fault, shape: tuple[int, ...]) -> None:
    result = (shape[0], 2 * shape[1], 2 * shape[2], 2)
    value, filter = array(np.ones(shape)), array(np.ones((3, 3, 2, 1)))
    call = asked("conv2d_transpose", value=value, filter=filter, output_shape=result, strides=2)

    np.testing.assert_array_equal(answer(right, call, {}), np.zeros(result))


WIDE, TAP, NATIVE = PLAIN, Engine(rounded=lambda dtype: dtype), Engine(sequential, "storage")


@pytest.mark.parametrize(("engine", "sum_"), [(WIDE, 258), (TAP, 258), (NATIVE, 256)])
def test_native_rounds_the_sum_over_channels(engine: Engine, sum_: int) -> None:
    """256 + 1 needs nine bits, and bfloat16 has eight."""
    assert summed_in_bfloat16(engine, [[[256, 1, 1]]], [[[1, 1, 1]]]) == sum_


@pytest.mark.parametrize(("engine", "sum_"), [(WIDE, 258), (TAP, 256), (NATIVE, 256)])
def test_tap_and_native_round_the_sum_over_taps(engine: Engine, sum_: int) -> None:
    assert summed_in_bfloat16(engine, [[[1], [1], [256]]], [[[1]], [[1]], [[1]]]) == sum_


def summed_in_bfloat16(engine: Engine, value: Any, filter: Any) -> float:
    """The largest element of the full result."""
    narrow = [np.array(numbers, ml_dtypes.bfloat16) for numbers in (value, filter)]
    width = narrow[0].shape[1] + narrow[1].shape[0] - 1
    call = asked("conv1d_transpose", value=narrow[0], filter=narrow[1], output_shape=(1, width, 1), padding="VALID")
    return float(engine(read(call), {}).astype(np.float64).max())
