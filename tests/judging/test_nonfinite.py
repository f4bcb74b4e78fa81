"""NaN and infinities of the filter: where a product has them, and where only a pad does."""

from collections.abc import Callable

import numpy as np
import pytest

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.verdict import Outcome
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.oracle import expect_call

Family = Callable[..., ConvolutionTrial]


def same_padded(family: Family, weights: list[float], numbers: tuple[float, ...] = (2.0, 3.0, 5.0)) -> Expected:
    """Three pixels under a kernel of three: the first and the last output have one tap on a pad."""
    call = family(
        "conv1d", batch=1, size=3, kernel=3, channels=1, strides=1, padding="SAME", dtype="float32", inputs="ones"
    ).call
    return expect_call(
        call,
        {
            "value": np.array(numbers, np.float32).reshape(1, 3, 1),
            "filter": np.array(weights, np.float32).reshape(3, 1, 1),
        },
    )


def outcome(expected: Expected, numbers: list[float]) -> Outcome:
    return compare(np.array(numbers, np.float32).reshape(1, 3, 1), expected, CLASSICAL).outcome


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("border", [np.nan, 2 * 1 + 3 * 1])
def test_a_pad_may_be_multiplied_or_left_out(family: Family, bad: float, border: float) -> None:
    expected = same_padded(family, [bad, 1, 1])
    assert outcome(expected, [border, bad, bad]) is Outcome.AGREES


@pytest.mark.parametrize("border", [0.0, 6.0, np.inf])
def test_nothing_else_is_right_at_a_pad(family: Family, border: float) -> None:
    assert outcome(same_padded(family, [np.inf, 1, 1]), [border, np.inf, np.inf]) is Outcome.DIFFERS


@pytest.mark.parametrize("answer", [[5.0, 10.0, np.inf], [5.0, np.inf, 8.0], [5.0, np.nan, np.inf]])
def test_where_a_number_meets_it_the_infinity_is_demanded(family: Family, answer: list[float]) -> None:
    assert outcome(same_padded(family, [np.inf, 1, 1]), answer) is Outcome.DIFFERS


def test_a_zero_of_the_value_is_a_number_and_makes_nan(family: Family) -> None:
    expected = same_padded(family, [np.inf, 1, 1], (0.0, 3.0, 5.0))
    assert np.isnan(expected.values[0, 1, 0])
    assert outcome(expected, [3.0, np.nan, np.inf]) is Outcome.AGREES
    assert outcome(expected, [3.0, 8.0, np.inf]) is Outcome.DIFFERS


def test_a_number_of_the_value_meets_no_pad(family: Family) -> None:
    expected = same_padded(family, [1, 1, 1], (np.inf, 3.0, 5.0))
    assert expected.undefined is None
    assert outcome(expected, [np.inf, np.inf, np.nan]) is Outcome.DIFFERS


def test_without_a_pad_nothing_is_left_open(family: Family) -> None:
    call = family(
        "conv1d", batch=1, size=3, kernel=1, channels=1, strides=1, padding="VALID", dtype="float32", inputs="ones"
    ).call
    filter = np.full((1, 1, 1), np.nan, np.float32)
    assert expect_call(call, {"value": np.ones((1, 3, 1), np.float32), "filter": filter}).undefined is None
