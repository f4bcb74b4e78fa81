"""What the oracle says of a trial: values, exactness, and how recorded expectations drift from it."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from conformance.errors import CaseFileError
from conformance.judging.expected import Expected, checksum, recorded_problem
from conformance.judging.question import check_recorded, make_question
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.suite.case import Trial

Trials = Callable[..., Trial]
LITERAL = {"value": [[[[3]]]], "filter": [[[[-5]]]]}
OTHER_DIGEST = "sha256:" + "0" * 64


def drift(trial: Trial) -> str | None:
    assert isinstance(trial, ConvolutionTrial)
    expected = make_question(trial).expected
    assert expected is not None
    return recorded_problem(trial, expected)


@pytest.mark.parametrize(
    ("value", "weight", "dtype", "exact"),
    [
        (2**12, 2**12, "float32", True),
        (2**12, 2**12 + 1, "float32", False),
        (2**12, 2**12 + 1, "float64", True),
        (2**26, 2**27, "float64", True),
        (2**26, 2**27 + 2, "float64", False),
        (0.5, 1, "float32", False),
        (1, 0.5, "float64", False),
    ],
)
def test_a_result_is_exact_while_integers_fit_the_significand(
    product: Callable[..., Expected], value: float, weight: float, dtype: str, exact: bool
) -> None:
    wanted = product(value, weight, dtype=dtype)
    assert wanted.exact_in(wanted.format) is exact


def test_terms_that_cancel_count_with_their_magnitude(expected: Callable[..., Expected]) -> None:
    inputs = {"value": [[[[2**12, 1]]]], "filter": [[[[2**12, -(2**24)]]]]}
    wanted = expected(value=[1, 1, 1, 2], filter=[1, 1, 1, 2], inputs=inputs)
    assert (wanted.values.item(), wanted.magnitude.item(), wanted.exact_in(wanted.format)) == (0.0, 2.0**25, False)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("inputs", "exact"), [("mix", True), ("wide_x", True), ("wide_w", True), ("codes", True), ("normal64", False)]
)
def test_exact_generators_give_exact_results_and_real_numbers_do_not(
    expected: Callable[..., Expected], inputs: str, dtype: str, exact: bool
) -> None:
    wanted = expected(
        batch=1, size=4, channels=[2, 3], kernel=3, strides=2, output="largest", inputs=inputs, dtype=dtype
    )
    assert wanted.exact_in(wanted.format) is exact


def test_expected_values_stand_in_the_layout_of_the_call(expected: Callable[..., Expected]) -> None:
    keys: dict[str, Any] = {"batch": 2, "size": [3, 4], "channels": [2, 5], "kernel": 2, "output": "largest"}
    assert expected(**keys, data_format="NHWC").values.shape == (2, 3, 4, 5)
    assert expected(**keys, data_format="NCHW").values.shape == (2, 5, 3, 4)


def test_products_are_counted_per_element_in_the_layout_of_the_call(expected: Callable[..., Expected]) -> None:
    keys: dict[str, Any] = {"batch": 1, "size": [1, 2], "channels": [2, 1], "kernel": [1, 2], "output": [1, 3]}
    assert expected(**keys, padding="VALID").products[..., 0].tolist() == [[2, 4, 2]]
    assert expected(**keys, padding="VALID", data_format="NCHW").products.tolist() == [[2, 4, 2]]


def test_recorded_values_that_are_the_reference_s_are_no_problem(trial: Trials) -> None:
    assert drift(trial(inputs=LITERAL, expect={"values": [[[[-15]]]]})) is None


def test_recorded_values_that_drifted_are_told_with_the_first_of_them(trial: Trials) -> None:
    assert drift(trial(inputs=LITERAL, expect={"values": [[[[-14]]]]})) == (
        "recorded values differ from the reference in 1 of 1 elements, "
        "first at [0, 0, 0, 0]: recorded -14.0, reference -15.0"
    )


def test_recorded_values_of_another_shape_are_told(trial: Trials) -> None:
    problem = drift(trial(inputs=LITERAL, expect={"values": [[[[-15, -15]]]]}))
    assert problem is not None
    assert problem.startswith("recorded values: ")
    assert "[1, 1, 1, 2]" in problem


@pytest.mark.parametrize("expect", [{"values": [[[[0.25]]]]}, {"checksum": OTHER_DIGEST}])
def test_recorded_values_need_exact_inputs(trial: Trials, expect: dict[str, Any]) -> None:
    halves = {"value": [[[[0.5]]]], "filter": [[[[0.5]]]]}
    assert drift(trial(inputs=halves, expect=expect)) == (
        "recorded values need exact inputs: these sums depend on the order of their terms"
    )


def test_a_checksum_is_the_digest_of_the_little_endian_bytes(trial: Trials) -> None:
    digest = "sha256:" + sha256(np.array([-15], "<f4").tobytes()).hexdigest()
    assert drift(trial(inputs=LITERAL, expect={"checksum": digest})) is None
    assert drift(trial(inputs=LITERAL, expect={"checksum": OTHER_DIGEST})) == (
        f"recorded checksum {OTHER_DIGEST}, reference {digest}"
    )


def test_a_checksum_does_not_see_the_sign_of_zero(product: Callable[..., Expected]) -> None:
    zero = product(0, 1)
    assert checksum(replace(zero, values=-np.abs(zero.values))) == checksum(zero)


def test_every_drift_is_told_at_once_with_file_and_trial(trial: Trials) -> None:
    drifted = [trial(name, inputs=LITERAL, expect={"values": [[[[0]]]]}) for name in ("first", "second")]
    good = trial("good", inputs=LITERAL, expect={"values": [[[[-15]]]]})
    with pytest.raises(CaseFileError) as raised:
        check_recorded([drifted[0], good, drifted[1]])
    starts = [problem.split(": recorded values")[0] for problem in raised.value.problems]
    assert starts == [f"{each.location}: {each.id}" for each in drifted]
    assert check_recorded([good]) is None  # type: ignore[func-returns-value]


def test_a_wrong_call_has_arrays_and_no_expectation(trial: Trials) -> None:
    question = make_question(trial(output_shape=[1, 2, 1, 1], expect={"refusal": "output_shape"}))
    assert question.expected is None
    assert (question.value.shape, question.filter.shape) == ((1, 1, 1, 1), (1, 1, 1, 1))
