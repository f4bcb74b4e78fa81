"""The right engines on numbers worked by hand, and in 16 bits."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from conformance.mutants import FAULTS
from conformance.mutants.engine import PLAIN, Engine, sequential
from conformance.mutants.problem import Asked, Keywords, read, write
from reference.errors import FilterChannelsError

RIGHT = [name for name, fault in FAULTS.items() if fault.family == "faithful"]


def asked(value: Any, filter: Any, output_shape: tuple[int, ...], **keywords: Any) -> Asked:
    given = {"strides": 2, "padding": "SAME", **keywords}
    return Asked(np.array(value, np.float32), np.array(filter, np.float32), Keywords(output_shape, **given))


def answer(name: str, call: Asked) -> Any:
    fault = FAULTS[name]
    problem = fault.edit(fault.read(call))
    return fault.write(fault.finish(fault.compute(problem, {}), problem), problem)


@pytest.mark.parametrize("name", RIGHT)
def test_two_inputs_meet_between_them(name: str) -> None:
    """x = 1, 10 and w = 1, 2, 3 with stride 2: the full result is 1, 2, 3 + 10, 20, 30, and SAME crops the end."""
    call = asked([[[[1], [10]]]], [[[[1]], [[2]], [[3]]]], (1, 1, 4, 1), strides=(1, 2))

    np.testing.assert_array_equal(answer(name, call), [[[[1], [2], [13], [20]]]])


@pytest.mark.parametrize("name", RIGHT)
def test_what_lies_beyond_the_full_result_is_zero(name: str) -> None:
    call = asked([[[[5]]]], [[[[1]], [[2]]]], (1, 1, 4, 1), strides=(1, 3), padding="VALID")

    np.testing.assert_array_equal(answer(name, call), [[[[5], [10], [0], [0]]]])


@pytest.mark.parametrize("name", RIGHT)
def test_channels_first_is_notation(name: str) -> None:
    call = asked([[[[1, 10]], [[100, 1000]]]], [[[[1, 2]]]], (1, 1, 1, 2), strides=1, data_format="NCHW")

    np.testing.assert_array_equal(answer(name, call), [[[[201, 2010]]]])


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("value_shape", [(0, 2, 3, 1), (1, 0, 3, 1), (1, 2, 0, 1)])
def test_nothing_in_gives_nothing_or_zeros(name: str, value_shape: tuple[int, ...]) -> None:
    batch, height, width, _ = value_shape
    call = asked(np.ones(value_shape), np.ones((3, 3, 2, 1)), (batch, 2 * height, 2 * width, 2))

    assert answer(name, call).shape == (batch, 2 * height, 2 * width, 2)


def test_a_wrong_call_is_refused_as_the_definition_says() -> None:
    with pytest.raises(FilterChannelsError, match="swapped"):
        read(asked(np.ones((1, 4, 4, 4)), np.ones((3, 3, 4, 8)), (1, 8, 8, 8)))


WIDE, TAP, NATIVE = Engine(), Engine(taps="storage"), Engine("storage", "storage", sequential)


@pytest.mark.parametrize(("engine", "sum_"), [(WIDE, 258), (TAP, 258), (NATIVE, 256)])
def test_native_rounds_the_sum_over_channels(engine: Engine, sum_: int) -> None:
    """256 + 1 needs nine bits, and bfloat16 has eight."""
    assert summed_in_bfloat16(engine, [[[[256, 1, 1]]]], [[[[1, 1, 1]]]]) == sum_


@pytest.mark.parametrize(("engine", "sum_"), [(WIDE, 258), (TAP, 256), (NATIVE, 256)])
def test_tap_and_native_round_the_sum_over_taps(engine: Engine, sum_: int) -> None:
    assert summed_in_bfloat16(engine, [[[[1], [1], [256]]]], [[[[1]], [[1]], [[1]]]]) == sum_


def summed_in_bfloat16(engine: Engine, value: Any, filter: Any) -> float:
    """The largest element of the full result."""
    narrow = [np.array(numbers, ml_dtypes.bfloat16) for numbers in (value, filter)]
    width = narrow[0].shape[2] + narrow[1].shape[1] - 1
    result = engine(read(Asked(narrow[0], narrow[1], Keywords((1, 1, width, 1), 1, "VALID"))), {})
    assert result.dtype == ml_dtypes.bfloat16
    return float(result.astype(np.float64).max())


def test_results_are_written_in_the_layout_of_the_call() -> None:
    problem = read(asked(np.ones((1, 2, 3, 4)), np.ones((1, 1, 5, 2)), (1, 5, 3, 4), strides=1, data_format="NCHW"))

    assert write(PLAIN(problem, {}), problem).shape == (1, 5, 3, 4)
