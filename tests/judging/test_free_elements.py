"""What a bound leaves open is counted and said, and is never a silent agreement."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.tolerance import growth
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.oracle import expect_call

Family = Callable[..., ConvolutionTrial]
NATIVE, WIDE = Arithmetic(Accumulation.NATIVE), Arithmetic(Accumulation.WIDE)
CLASSICAL, FAST = Arithmetic(Accumulation.CLASSICAL), Arithmetic(Accumulation.CLASSICAL, fast=True)


def pixels(family: Family, dtype: str, rows: list[list[float]], weights: list[float]) -> Expected:
    """One image a row, of one pixel: its products with the weights are summed."""
    call = family(
        "conv1d", batch=len(rows), size=1, kernel=1, channels=[len(weights), 1], strides=1, dtype=dtype, inputs="ones"
    ).call
    numpy = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    value, filter = np.array(rows, numpy).reshape(len(rows), 1, -1), np.array(weights, numpy).reshape(1, -1, 1)
    return expect_call(call, {"value": value, "filter": filter})


def answered(expected: Expected, numbers: list[float], arithmetic: Arithmetic) -> Verdict:
    answer: NDArray[Any] = np.array(numbers, expected.format.numpy).reshape(expected.values.shape)
    return compare(answer, expected, arithmetic)


def test_growth_is_one_plus_u_to_the_n_less_one_and_finite_where_gamma_is_not() -> None:
    assert growth(np.array([1, 2, 5]), 0.25).tolist() == pytest.approx(
        [float(Fraction(5, 4) ** n - 1) for n in (1, 2, 5)], rel=2.0**-50
    )


def test_zero_for_many_numbers_of_one_sign_differs_in_the_narrowest_accumulator(family: Family) -> None:
    expected = pixels(family, "bfloat16", [[0.7] * 300], [0.9] * 300)
    verdict = answered(expected, [0.0], NATIVE)
    assert (verdict.outcome, verdict.flags) == (Outcome.DIFFERS, ())


def test_a_sum_that_stagnates_is_what_the_narrowest_accumulator_gives(family: Family) -> None:
    total = ml_dtypes.bfloat16(0)
    for _ in range(600):
        total = ml_dtypes.bfloat16(total + ml_dtypes.bfloat16(0.7))
    verdict = answered(pixels(family, "bfloat16", [[0.7] * 600], [1.0] * 600), [float(total)], NATIVE)
    assert float(total) == 256
    assert verdict.outcome is Outcome.AGREES


def test_free_elements_are_counted_and_said(family: Family) -> None:
    row = [0.7, -0.7, 0.3] * 50
    expected = pixels(family, "bfloat16", [row, [0.0] * 149 + [3.0], [0.0] * 149 + [5.0]], [1.0] * 150)
    verdict = answered(expected, [14.0, 3.0, 5.0], NATIVE)
    assert (verdict.outcome, verdict.flags) == (Outcome.AGREES, ("free",))
    assert verdict.metrics is not None
    assert verdict.metrics.free == 1
    assert verdict.detail.endswith(
        "; 1 of 3 elements were free: the bound demands nothing there that zero would not meet"
    )


def test_where_all_elements_are_free_nothing_was_judged(family: Family) -> None:
    expected = pixels(family, "bfloat16", [[0.7, -0.7, 0.3] * 50], [1.0] * 150)
    verdict = answered(expected, [0.0], NATIVE)
    assert (verdict.outcome, verdict.flags) == (Outcome.UNSUPPORTED, ("mistrusted", "free"))
    assert verdict.detail == "nothing was judged: 1 of 1 elements are free, the others are zero"


def test_the_right_number_is_no_free_element_however_wide_the_bound(family: Family) -> None:
    expected = pixels(family, "bfloat16", [[0.7, -0.7, 0.3] * 50], [1.0] * 150)
    verdict = answered(expected, [expected.rounded.item()], NATIVE)
    assert (verdict.outcome, verdict.flags) == (Outcome.AGREES, ())


def test_garbage_differs_in_the_narrowest_accumulator_too(family: Family) -> None:
    expected = pixels(family, "bfloat16", [[0.7, -0.7, 0.3] * 50], [1.0] * 150)
    assert answered(expected, [1e21], NATIVE).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (np.inf, Outcome.AGREES), (-np.inf, Outcome.DIFFERS), (np.nan, Outcome.DIFFERS), (0.0, Outcome.DIFFERS),
        (1e36, Outcome.DIFFERS),
    ],
)  # fmt: skip
def test_a_sum_beyond_the_range_is_the_infinity_of_its_sign(family: Family, number: float, outcome: Outcome) -> None:
    assert answered(pixels(family, "float32", [[3e38, 3e38]], [1.0, 1.0]), [number], CLASSICAL).outcome is outcome


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 0.5])
def test_an_overflow_on_the_way_may_leave_either_infinity_or_neither(family: Family, number: float) -> None:
    expected = pixels(family, "float32", [[3e38, 3e38, -3e38, -3e38, 0.5]], [1.0] * 5)
    assert answered(expected, [number], CLASSICAL).outcome is not Outcome.DIFFERS


def test_float32_accumulators_overflow_float16_at_the_end_alone(family: Family) -> None:
    expected = pixels(family, "float16", [[6e4, 6e4, -6e4]], [1.0] * 3)
    assert answered(expected, [6e4], WIDE).outcome is Outcome.AGREES
    assert answered(expected, [np.inf], WIDE).outcome is Outcome.DIFFERS


def test_an_infinite_operand_leaves_a_declared_algorithm_its_finite_bound(family: Family) -> None:
    expected = pixels(family, "float32", [[np.inf, 1.0], [3.5, 2.25]], [1.5, 2.0])
    right = answered(expected, [np.inf, 9.75], FAST)
    assert (right.outcome, right.flags) == (Outcome.AGREES, ())
    assert answered(expected, [np.inf, 11.0], FAST).outcome is Outcome.DIFFERS
    assert answered(expected, [3.0, 9.75], FAST).outcome is Outcome.DIFFERS
    assert answered(expected, [np.nan, np.nan], FAST).flags == ("free",)


@pytest.mark.parametrize(("number", "outcome"), [(np.inf, Outcome.AGREES), (1e308, Outcome.DIFFERS)])
def test_float64_sums_of_one_sign_overflow_in_every_order(family: Family, number: float, outcome: Outcome) -> None:
    assert answered(pixels(family, "float64", [[1.5e308, 1.5e308]], [1.0, 1.0]), [number], CLASSICAL).outcome is outcome


@pytest.mark.parametrize("number", [np.inf, np.nan, 0.0])
def test_float64_sums_that_overflow_in_some_order_are_not_judged(family: Family, number: float) -> None:
    expected = pixels(family, "float64", [[1.5e308, 1.5e308, -1.5e308, -1.5e308]], [1.0] * 4)
    assert answered(expected, [number], CLASSICAL).outcome is not Outcome.DIFFERS
