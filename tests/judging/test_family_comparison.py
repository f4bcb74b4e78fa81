"""Answers of every kind of number and direction: what is held bitwise, what under which bound, and where it lies."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL, Accumulation, Arithmetic
from conformance.judging.comparison import compare, exact_level
from conformance.judging.expected import Expected
from conformance.judging.question import make_question
from conformance.judging.tolerance import error_bound
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.oracle import expect_call

Family = Callable[..., ConvolutionTrial]
WIDE, TAP = Arithmetic(Accumulation.WIDE), Arithmetic(Accumulation.TAP)
PART = st.floats(-1e3, 1e3, width=32)
NUMBERS = st.builds(complex, PART, PART)


def pixel(family: Family, dtype: str, value: list[Any], weights: list[Any], bias: list[Any] | None = None) -> Expected:
    """What is expected of one pixel whose products are summed, and of a bias for it."""
    call = family(
        "conv1d", batch=1, size=1, kernel=1, channels=[len(value), 1], strides=1, dtype=dtype, bias=bias is not None,
        inputs="ones",
    ).call  # fmt: skip
    numpy = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    operands = {"value": np.array(value).reshape(1, 1, -1), "filter": np.array(weights).reshape(1, -1, 1)}
    if bias is not None:
        operands["bias"] = np.array(bias)
    return expect_call(call, {name: array.astype(numpy) for name, array in operands.items()})


def answered(expected: Expected, number: Any, arithmetic: Arithmetic = CLASSICAL) -> Verdict:
    return compare(np.full((1, 1, 1), number, expected.format.numpy), expected, arithmetic)


def test_the_complex_bound_is_twice_gamma_of_four_terms_more(family: Family) -> None:
    expected = pixel(family, "complex64", [0.5 + 0.25j], [0.5 - 0.5j])
    size = Fraction(3, 4)
    worked = 2 * size * Fraction(5, 2**24 - 5) + Fraction(1, 2**149) + size * Fraction(1, 2**53 - 1)
    assert error_bound(expected, CLASSICAL).item() == float(worked)


def _four(x: Any, w: Any) -> complex:
    """A complex product by four multiplications of its parts, rounded to float32 after every operation."""
    a, b, c, d = (np.float32(part) for part in (x.real, x.imag, w.real, w.imag))
    return complex(a * c - b * d, a * d + b * c)


def _three(x: Any, w: Any) -> complex:
    """By three: sums of parts first, whose product is larger than what is left of it."""
    a, b, c, d = (np.float32(part) for part in (x.real, x.imag, w.real, w.imag))
    first, second, whole = a * c, b * d, (a + b) * (c + d)
    return complex(first - second, whole - first - second)


@pytest.mark.parametrize("multiply", [_four, _three])
@settings(max_examples=150, deadline=None)
@given(terms=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=16))
def test_a_complex_sum_of_either_way_to_multiply_is_never_flagged(
    family: Family, multiply: Callable[[Any, Any], complex], terms: Any
) -> None:
    expected = pixel(family, "complex64", *(list(numbers) for numbers in zip(*terms, strict=True)))
    total = np.complex64(0)
    for x, w in terms:
        total = np.complex64(total + np.complex64(multiply(x, w)))
    assert exact_level(expected, CLASSICAL) or answered(expected, total).outcome is Outcome.AGREES


@pytest.mark.parametrize("off", [1, 1j])
def test_a_part_beyond_the_complex_bound_is_flagged(family: Family, off: complex) -> None:
    expected = pixel(family, "complex64", [0.5 + 0.25j], [0.5 - 0.5j])
    bound = error_bound(expected, CLASSICAL).item()
    verdict = answered(expected, expected.values.item() + 2 * bound * off)
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.metrics is not None
    assert verdict.metrics.quality is None


@pytest.mark.parametrize("off", [1, 1j])
def test_whole_complex_numbers_are_held_bitwise_in_both_parts(family: Family, off: complex) -> None:
    expected = pixel(family, "complex64", [3 - 4j], [-1 + 2j])
    assert answered(expected, 5 + 10j).detail == "all 1 elements are bitwise right"
    assert answered(expected, 5 + 10j + off).outcome is Outcome.DIFFERS


def test_a_conjugate_is_told_with_both_numbers(family: Family) -> None:
    verdict = answered(pixel(family, "complex64", [3 - 4j], [-1 + 2j]), 5 - 10j)
    assert verdict.detail.endswith("expected (5+10j), observed (5-10j)")


@pytest.mark.parametrize("arithmetic", [CLASSICAL, Arithmetic(Accumulation.CLASSICAL, fast=True)])
def test_integers_are_bitwise_whatever_the_lane_declares(family: Family, arithmetic: Arithmetic) -> None:
    expected = pixel(family, "int64", [2**40, 1], [2**15, 1])
    assert answered(expected, 2**55 + 1, arithmetic).outcome is Outcome.AGREES
    verdict = answered(expected, 2**55, arithmetic)
    assert (verdict.outcome, verdict.metrics and verdict.metrics.wrong) == (Outcome.DIFFERS, 1)


def test_integers_are_right_modulo_their_range_and_saturated_ones_wrong(family: Family) -> None:
    expected = pixel(family, "int32", [2**30, 2**30], [1, 1])
    assert answered(expected, -(2**31)).outcome is Outcome.AGREES
    verdict = answered(expected, 2**31 - 1)
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.metrics is not None
    assert (verdict.metrics.max_abs, verdict.metrics.max_ulp) == (2.0**32 - 1, 2.0**32 - 1)


def test_integers_of_another_width_are_a_wrong_dtype(family: Family) -> None:
    expected = pixel(family, "int32", [2], [3])
    verdict = compare(np.full((1, 1, 1), 6, np.int64), expected, CLASSICAL)
    assert (verdict.outcome, verdict.detail) == (Outcome.WRONG_DTYPE, "dtype int64; expected int32")


@pytest.mark.parametrize(
    ("number", "outcome"), [(258, Outcome.AGREES), (256, Outcome.AGREES), (260, Outcome.AGREES), (254, Outcome.DIFFERS)]
)
def test_a_bias_in_sixteen_bits_may_be_added_to_what_has_been_rounded(
    family: Family, number: int, outcome: Outcome
) -> None:
    # 255 + 2 is rounded to 256, and 256 + 1 to 256 again, where a sum in one go is 258
    expected = pixel(family, "bfloat16", [255, 2], [1, 1], [1])
    assert not exact_level(expected, WIDE)
    assert answered(expected, number, WIDE).outcome is outcome


def test_the_bound_of_a_bias_in_sixteen_bits_is_two_roundings(family: Family) -> None:
    expected = pixel(family, "bfloat16", [255, 2], [1, 1], [1])
    u, eta = Fraction(1, 2**8), Fraction(float(ml_dtypes.finfo(ml_dtypes.bfloat16).smallest_subnormal))
    summed = Fraction(3, 2**24 - 3) * 258 + 3 * Fraction(1, 2**149)
    once = u * (258 + summed) + eta / 2
    assert error_bound(expected, WIDE).item() == float(summed + 2 * once + u * (1 + once))


@pytest.mark.parametrize("arithmetic", [WIDE, TAP])
def test_a_bias_in_sixteen_bits_is_bitwise_where_every_sum_fits_the_storage(
    family: Family, arithmetic: Arithmetic
) -> None:
    expected = pixel(family, "bfloat16", [100, 20], [1, 1], [7])
    assert exact_level(expected, arithmetic)
    assert answered(expected, 127, arithmetic).outcome is Outcome.AGREES
    assert answered(expected, 126, arithmetic).outcome is Outcome.DIFFERS


def regions(family: Family, **keys: Any) -> list[str]:
    """Where each element of the result lies, when all are wrong."""
    trial = family("conv2d", size=4, kernel=3, strides=1, batch=1, channels=1, inputs="ones", bias=True, **keys)
    expected = make_question(trial).expected
    assert expected is not None
    found = []
    for place in np.ndindex(expected.values.shape):
        answer: NDArray[Any] = np.array(expected.rounded)
        answer[place] += 1
        metrics = compare(answer, expected, CLASSICAL).metrics
        assert metrics is not None
        found += [difference.region for difference in metrics.differences]
    return found


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_the_middle_tap_of_a_filter_gradient_is_its_interior(family: Family, data_format: str) -> None:
    found = regions(family, direction="filter_gradient", data_format=data_format)
    assert found == [f"{'interior' if number == 4 else 'border'}, phase 0x0" for number in range(9)]


def test_an_element_of_a_bias_gradient_is_a_channel(family: Family) -> None:
    assert regions(family, direction="bias_gradient") == ["channel"]


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_a_value_s_gradient_has_a_border_where_windows_end(family: Family, data_format: str) -> None:
    found = regions(family, direction="value_gradient", data_format=data_format)
    inside = (5, 6, 9, 10)
    assert found == [f"{'interior' if number in inside else 'border'}, phase 0x0" for number in range(16)]


@pytest.mark.parametrize("number", [0.0, 15.0, np.nan])
def test_a_lane_without_values_is_judged_by_shape_and_dtype(family: Family, number: float) -> None:
    expected = pixel(family, "float32", [3], [5])
    verdict = compare(np.full((1, 1, 1), number, np.float32), expected, CLASSICAL, values=False)
    assert (verdict.outcome, verdict.conforms, verdict.flags) == (Outcome.AGREES, True, ("shape_only",))
    assert (verdict.detail, verdict.metrics) == ("agrees in shape and dtype; this lane computes no values", None)


def test_a_lane_without_values_may_still_get_shape_and_dtype_wrong(family: Family) -> None:
    expected = pixel(family, "float32", [3], [5])
    shape = compare(np.zeros((1, 2, 1), np.float32), expected, CLASSICAL, values=False)
    dtype = compare(np.zeros((1, 1, 1), np.float64), expected, CLASSICAL, values=False)
    assert (shape.outcome, dtype.outcome) == (Outcome.WRONG_SHAPE, Outcome.WRONG_DTYPE)
