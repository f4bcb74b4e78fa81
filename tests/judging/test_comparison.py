"""An answer against the oracle: dtype, shape, emptiness, then values, and how each is told."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging import comparison
from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.metrics import has_no_error
from conformance.judging.verdict import Metrics, Outcome, Verdict
from conformance.suite.dtypes import SUMMED

Made = Callable[..., Expected]
Right = Callable[[Expected], NDArray[Any]]
UPSAMPLE: dict[str, Any] = {"batch": 1, "size": 4, "channels": 1, "kernel": 3, "strides": 2, "output": 8}
"""the tutorial's first example"""


def compared(answer: NDArray[Any], wanted: Expected) -> Verdict:
    return compare(answer, wanted, CLASSICAL)


def measured(verdict: Verdict) -> Metrics:
    assert verdict.metrics is not None
    return verdict.metrics


def test_the_dtype_is_looked_at_first(expected: Made) -> None:
    verdict = compared(np.zeros((2, 2), np.float64), expected(**UPSAMPLE))
    assert (verdict.outcome, verdict.conforms) == (Outcome.WRONG_DTYPE, False)
    assert verdict.detail == "dtype float64; expected float32"
    assert (verdict.observed_dtype, verdict.observed_shape, verdict.metrics) == ("float64", (2, 2), None)


def test_the_shape_is_looked_at_before_the_values(expected: Made, right: Right) -> None:
    verdict = compared(right(expected(**UPSAMPLE))[:, :7], expected(**UPSAMPLE))
    assert (verdict.outcome, verdict.conforms, verdict.metrics) == (Outcome.WRONG_SHAPE, False, None)
    assert verdict.detail == "shape [1, 7, 8, 1]; expected [1, 8, 8, 1]"


def test_values_that_would_broadcast_are_a_wrong_shape(expected: Made) -> None:
    wanted = expected(**{**UPSAMPLE, "inputs": "ones", "kernel": 1, "strides": 1, "output": 4})
    assert compared(np.ones((1, 1, 1, 1), np.float32), wanted).outcome is Outcome.WRONG_SHAPE


def test_an_empty_answer_agrees_in_shape_only(expected: Made) -> None:
    verdict = compared(np.zeros((0, 8, 8, 1), np.float32), expected(**{**UPSAMPLE, "batch": 0}))
    assert (verdict.outcome, verdict.conforms, verdict.flags) == (Outcome.AGREES, True, ("shape_only",))
    assert verdict.detail == "agrees in shape and dtype; there are no elements"
    assert verdict.metrics is None


def test_an_empty_answer_where_elements_are_expected_is_a_wrong_shape(expected: Made) -> None:
    assert compared(np.zeros((0, 8, 8, 1), np.float32), expected(**UPSAMPLE)).outcome is Outcome.WRONG_SHAPE


def test_a_bitwise_agreement_says_how_many_elements_were_compared(expected: Made, right: Right) -> None:
    wanted = expected(**UPSAMPLE)
    verdict = compared(right(wanted), wanted)
    assert (verdict.outcome, verdict.conforms, verdict.flags) == (Outcome.AGREES, True, ())
    assert verdict.detail == "all 64 elements are bitwise right"
    metrics = measured(verdict)
    assert (metrics.compared, metrics.wrong, metrics.exact, metrics.bitwise_equal) == (64, 0, True, 1.0)
    assert (metrics.worst_error_over_bound, metrics.max_abs, metrics.max_ulp) == (None, 0.0, 0.0)


def test_an_agreement_within_the_bound_says_how_much_of_it_was_used(product: Made) -> None:
    wanted = product(0.5, 0.5)
    verdict = compared(np.full((1, 1, 1, 1), 0.25, np.float32), wanted)
    assert verdict.detail == "all 1 elements lie within the error bound; the worst uses 0 of it"
    assert measured(verdict).worst_error_over_bound == 0.0


def test_one_unit_in_the_last_place_is_wrong_where_the_result_is_exact(expected: Made, right: Right) -> None:
    wanted = expected(**UPSAMPLE)
    answer = right(wanted)
    answer[0, 2, 3, 0] = np.nextafter(answer[0, 2, 3, 0], np.float32(np.inf))
    verdict = compared(answer, wanted)
    assert (verdict.outcome, verdict.conforms) == (Outcome.DIFFERS, False)
    assert verdict.detail == (
        "1 of 64 elements differ bitwise; first at [0, 2, 3, 0] (interior, phase 0x1): "
        f"expected {wanted.rounded[0, 2, 3, 0]!s}, observed {answer[0, 2, 3, 0]!s}"
    )
    assert (measured(verdict).bitwise_equal, measured(verdict).max_ulp) == (63 / 64, 1.0)


def test_the_sign_of_zero_is_no_difference(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "kernel": 1})
    answer = right(wanted)
    assert (answer == 0).any()
    answer[answer == 0] = -0.0
    assert compared(answer, wanted).outcome is Outcome.AGREES


@pytest.mark.parametrize("inputs", ["mix", "normal64"])
@pytest.mark.parametrize(("bad", "told"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_a_number_that_is_not_finite_is_wrong_at_every_level(
    expected: Made, right: Right, inputs: str, bad: float, told: str
) -> None:
    wanted = expected(**UPSAMPLE, inputs=inputs)
    answer = right(wanted)
    answer[0, 7, 7, 0] = bad
    verdict = compared(answer, wanted)
    assert (verdict.outcome, measured(verdict).wrong) == (Outcome.DIFFERS, 1)
    assert [(each.index, each.observed) for each in measured(verdict).differences] == [((0, 7, 7, 0), told)]
    assert (measured(verdict).max_abs, measured(verdict).max_ulp) == (None, None)


def test_a_number_where_no_tap_reaches_is_wrong_at_the_bound_level_too(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "kernel": 1}, inputs="normal64")
    answer = right(wanted)
    answer[0, 1, 1, 0] = np.finfo(np.float32).smallest_subnormal
    verdict = compared(answer, wanted)
    assert (verdict.outcome, measured(verdict).wrong) == (Outcome.DIFFERS, 1)
    assert measured(verdict).worst_error_over_bound is None


def test_the_first_eight_differences_are_told_in_order_with_both_values(expected: Made, right: Right) -> None:
    wanted = expected(**UPSAMPLE)
    answer = right(wanted) + np.float32(1)
    told = measured(compared(answer, wanted)).differences
    assert [each.index for each in told] == [(0, 0, column, 0) for column in range(8)]
    assert [(each.expected, each.observed) for each in told] == [
        (str(wanted.rounded[each.index]), str(answer[each.index])) for each in told
    ]


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize(
    ("place", "region"),
    [
        ((0, 0), "border, phase 0x0"),
        ((0, 1), "border, phase 0x1"),
        ((1, 1), "interior, phase 1x1"),
        ((2, 3), "interior, phase 0x1"),
        ((7, 6), "interior, phase 1x0"),
    ],
)
def test_a_difference_tells_its_region_and_stride_phase(
    expected: Made, right: Right, data_format: str, place: tuple[int, int], region: str
) -> None:
    wanted = expected(**UPSAMPLE, data_format=data_format)
    answer = right(wanted)
    answer[(0, *place, 0) if data_format == "NHWC" else (0, 0, *place)] += 1
    assert [each.region for each in measured(compared(answer, wanted)).differences] == [region]


@pytest.mark.parametrize(("zeros", "flags"), [(7, ()), (8, ("mistrusted",))])
def test_an_agreement_is_mistrusted_where_more_than_seven_tenths_are_zero(
    expected: Made, right: Right, zeros: int, flags: tuple[str, ...]
) -> None:
    numbers = [[0]] * zeros + [[3]] * (10 - zeros)
    keys: dict[str, Any] = {"value": [1, 1, 10, 1], "output_shape": [1, 1, 10, 1]}
    wanted = expected(**keys, inputs={"value": [[numbers]], "filter": [[[[1]]]]})
    verdict = compared(right(wanted), wanted)
    assert (verdict.outcome, verdict.flags) == (Outcome.AGREES, flags)


def test_zeros_that_no_tap_reaches_are_no_reason_for_mistrust(expected: Made, right: Right) -> None:
    wanted = expected(**{**UPSAMPLE, "kernel": 1, "strides": 4, "output": 16})
    answer = right(wanted)
    assert int((answer == 0).sum()) == 240
    assert compared(answer, wanted).flags == ()


def test_an_output_that_no_tap_reaches_at_all_is_mistrusted(expected: Made, right: Right) -> None:
    keys: dict[str, Any] = {"batch": 1, "size": 1, "channels": 1, "kernel": 1, "strides": 3, "padding": [[1, 0]] * 2}
    wanted = expected(**keys, output=2)
    assert not wanted.products.any()
    assert compared(right(wanted), wanted).flags == ("mistrusted",)


@pytest.mark.parametrize(
    "keys",
    [
        *({"dtype": dtype} for dtype in SUMMED),
        {"dtype": "bfloat16", "inputs": "ones"},
        {"inputs": "overflow"},
        {"inputs": "special"},
        {"inputs": "normal64"},
    ],
    ids=str,
)
def test_what_is_found_without_measuring_is_what_measuring_finds(
    expected: Made, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = expected(**UPSAMPLE, **keys)
    verdicts = [compared(wanted.rounded, wanted)]
    monkeypatch.setattr(comparison, "has_no_error", lambda answer, expected: False)
    assert [compared(wanted.rounded, wanted)] == verdicts


def test_the_sign_of_a_zero_is_an_error() -> None:
    wanted = Expected.of_chosen(np.zeros((2, 2)), "float32", signed=True)
    assert has_no_error(wanted.rounded, wanted)
    assert not has_no_error(-wanted.rounded, wanted)
