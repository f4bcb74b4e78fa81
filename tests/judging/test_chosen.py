"""A result that is chosen among the operands: nothing is rounded, so that nothing but the bits will do."""

import numpy as np
import pytest

from conformance.judging.arithmetic import required_arithmetic
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.verdict import Outcome
from conformance.suite.dtypes import FORMATS

VALUES = np.array([[0.1, -2.5], [3.0, 1e30]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_themselves_agree_and_the_next_ones_do_not(dtype: str) -> None:
    chosen = VALUES.astype(FORMATS[dtype].numpy)
    expected = Expected.of_chosen(chosen, dtype)
    assert compare(chosen, expected, required_arithmetic(dtype)).outcome is Outcome.AGREES
    beside = np.nextafter(chosen, np.inf, dtype=chosen.dtype)
    verdict = compare(beside, expected, required_arithmetic(dtype))
    assert verdict.outcome is Outcome.DIFFERS
    assert "4 of 4 elements differ bitwise" in verdict.detail


def test_infinities_and_nan_that_were_chosen_have_to_come_out() -> None:
    chosen = np.array([np.inf, np.nan, 1.0], np.float32)
    expected = Expected.of_chosen(chosen, "float32")
    arithmetic = required_arithmetic("float32")
    assert compare(chosen, expected, arithmetic).outcome is Outcome.AGREES
    assert compare(np.array([np.inf, 2.0, 1.0], np.float32), expected, arithmetic).outcome is Outcome.DIFFERS


def test_a_result_without_elements_may_be_chosen_too() -> None:
    nothing = np.zeros((0, 3), np.float32)
    expected = Expected.of_chosen(nothing, "float32")
    assert compare(nothing, expected, required_arithmetic("float32")).conforms
