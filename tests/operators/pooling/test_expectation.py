"""What an answer to a pooling is held to: which numbers have to be right bit for bit, and how far others may be off."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.expectation import required_of
from conformance.judging.question import make_question
from conformance.judging.verdict import Flag, Outcome, Verdict
from conformance.operators.pooling.call import RightPooling
from conformance.operators.pooling.diagnosis import rendered, rendition_of
from conformance.operators.pooling.expectation import expect
from conformance.operators.pooling.inputs import generate
from conformance.searching.draft import Draft
from conformance.suite.case import Generated, RightTrial
from conformance.suite.dtypes import FORMATS
from reference.pooling.geometry import Pooling
from reference.pooling.operators import Pooled
from tests.operators.pooling.calls import pooling_call

DTYPES = ("float16", "bfloat16", "float32", "float64")


def _judged(call: RightPooling, answer: NDArray[Any], name: str = "mix") -> Verdict:
    inputs = Generated(name)
    return compare(answer, expect(call, inputs, generate("t", call, inputs)), required_of(call))


def _right(call: RightPooling, name: str = "mix") -> NDArray[Any]:
    inputs = Generated(name)
    return expect(call, inputs, generate("t", call, inputs)).rounded


@pytest.mark.parametrize("name", ["mix", "normal", "tied", "special"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_maximum_is_judged_bitwise_whatever_the_numbers(dtype: str, name: str) -> None:
    call = pooling_call(dtype=dtype)
    verdict = _judged(call, _right(call, name), name)
    assert verdict.metrics is not None
    assert (verdict.outcome, verdict.metrics.exact) == (Outcome.AGREES, True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_average_by_powers_of_two_is_judged_bitwise(dtype: str) -> None:
    call = pooling_call("avg_pool2d", ksize=2, dtype=dtype)
    verdict = _judged(call, _right(call))
    assert verdict.metrics is not None
    assert verdict.metrics.exact


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_average_of_exact_sums_may_be_off_by_two_roundings_and_no_more(dtype: str) -> None:
    call = pooling_call("avg_pool2d", dtype=dtype, padding="VALID")
    numpy, roundoff = FORMATS[dtype].numpy, FORMATS[dtype].unit_roundoff
    value = generate("t", call, Generated("mix"))["value"].astype(np.float64)
    averages = Pooled("average", call.geometry, last=True).result(value)
    reciprocal = numpy.type(1) / numpy.type(9)
    assert _judged(call, np.rint(averages * 9).astype(numpy) * reciprocal).outcome is Outcome.AGREES
    assert _judged(call, (averages * (1 + 8 * roundoff)).astype(numpy)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_other_divisor_fits_the_bound(dtype: str, direction: Any) -> None:
    call = pooling_call("avg_pool2d", dtype=dtype, direction=direction)
    operands = {name: array.astype(np.float64) for name, array in generate("t", call, Generated("mix")).items()}
    geometry = Pooling(call.geometry.batch, call.geometry.channels, call.geometry.axes, count_include_pad=True)
    other = Pooled("average", geometry, last=True)
    answer = other.result(operands["value"]) if direction == "forward" else other.gradient(**operands)
    assert _judged(call, answer.astype(FORMATS[dtype].numpy)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(
    "operator",
    [
        "max_pool1d",
        "max_pool2d",
        "max_pool3d",
        "avg_pool1d",
        "avg_pool2d",
        "avg_pool3d",
        "lp_pool2d",
        "adaptive_avg_pool2d",
    ],
)
def test_the_gradient_that_is_right_agrees_and_is_trusted(operator: str, first: bool) -> None:
    words: dict[str, Any] = {"direction": "value_gradient", "ksize": 3, "strides": 3, "padding": "VALID"}
    if first:
        rank = int(operator[-2])
        words |= {"data_format": ("NCW", "NCHW", "NCDHW")[rank - 1], "value": (2, 3, *(6, 7, 5)[:rank])}
    call = pooling_call(operator, **words)
    verdict = _judged(call, _right(call))
    assert verdict.outcome is Outcome.AGREES
    assert Flag.MISTRUSTED not in verdict.flags


@pytest.mark.parametrize("norm_type", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_norm_may_be_off_by_the_roundings_of_its_root_and_no_more(dtype: str, norm_type: int) -> None:
    call = pooling_call("lp_pool2d", dtype=dtype, padding="VALID", norm_type=norm_type)
    numpy, roundoff = FORMATS[dtype].numpy, FORMATS[dtype].unit_roundoff
    value = np.abs(generate("t", call, Generated("mix"))["value"].astype(np.float64))
    sums = Pooled("average", pooling_call("avg_pool2d", padding="VALID").geometry, last=True).result(value**norm_type)
    working = np.float64 if dtype == "float64" else np.float32
    logarithms = np.log((sums * 9).astype(working))
    assert _judged(call, np.exp(logarithms / working(norm_type)).astype(numpy)).outcome is (
        Outcome.DIFFERS if norm_type == 1 and dtype in ("float32", "float64") else Outcome.AGREES
    )
    assert (
        _judged(call, (_right(call).astype(np.float64) * (1 + 64 * roundoff)).astype(numpy)).outcome is Outcome.DIFFERS
    )


@pytest.mark.parametrize("name", ["mix", "tied", "special"])
def test_indices_are_judged_bitwise_as_whole_numbers_of_64_bits(name: str) -> None:
    call = pooling_call("max_pool_with_argmax", dtype="float16")
    right = _right(call, name)
    verdict = _judged(call, right, name)
    assert verdict.metrics is not None
    assert (right.dtype.name, verdict.outcome, verdict.metrics.exact) == ("int64", Outcome.AGREES, True)
    assert _judged(call, right + 1, name).outcome is Outcome.DIFFERS
    assert _judged(call, right.astype(np.int32), name).outcome is Outcome.WRONG_DTYPE


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
def test_maxima_that_are_put_back_are_judged_bitwise_and_trusted(direction: Any) -> None:
    call = pooling_call("max_unpool2d", value=(1, 2, 2, 3), direction=direction)
    right = _right(call)
    verdict = _judged(call, right)
    assert verdict.metrics is not None
    assert (verdict.outcome, verdict.metrics.exact, verdict.flags) == (Outcome.AGREES, True, ())
    assert _judged(call, right[:, ::-1].copy()).outcome is Outcome.DIFFERS


def test_the_first_norm_is_exact_where_its_window_is_a_power_of_two() -> None:
    call = pooling_call("lp_pool2d", ksize=2, norm_type=1)
    verdict = _judged(call, _right(call))
    assert verdict.metrics is not None
    assert verdict.metrics.exact


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_partial_window_in_proportion_fits_the_bound(dtype: str, direction: Any) -> None:
    call = pooling_call("lp_pool2d", dtype=dtype, padding="VALID", ceil_mode=True, direction=direction)
    wide = {name: array.astype(np.float64) for name, array in generate("t", call, Generated("mix")).items()}
    answer = rendered(replace(rendition_of(call), of_window="whole"), call, wide)
    assert _judged(call, answer.astype(FORMATS[dtype].numpy)).outcome is Outcome.DIFFERS


def test_a_cotangent_that_goes_to_another_element_differs_with_the_place() -> None:
    call = pooling_call("max_pool1d", direction="value_gradient", ksize=2, strides=2, padding="VALID", value=(1, 4, 1))
    verdict = _judged(call, _right(call)[:, ::-1].copy())
    assert verdict.outcome is Outcome.DIFFERS
    assert "first at [0, 0, 0] (interior, phase 0)" in verdict.detail


def test_nan_has_to_be_where_the_arithmetic_has_it() -> None:
    call = pooling_call("avg_pool2d", ksize=2)
    right = _right(call, "special")
    dropped = np.where(np.isnan(right), right.dtype.type(0), right)
    assert _judged(call, right, "special").outcome is Outcome.AGREES
    assert _judged(call, dropped, "special").outcome is Outcome.DIFFERS


def test_integers_have_the_lowest_number_where_nothing_is() -> None:
    words: dict[str, Any] = {"ksize": 1, "strides": 2, "padding": ((0, 0), (1, 0), (0, 0)), "dtype": "int32"}
    call = pooling_call("max_pool1d", value=(1, 2, 1), **words)
    assert _right(call).ravel().tolist()[0] == -(2**31)


@pytest.mark.parametrize(
    ("dtype", "p", "value", "direction", "answer"),
    [
        ("float32", 61, 7.0, "forward", np.inf),
        ("float16", 8, 0.125, "forward", 0.0),
        ("float32", 61, 7.0, "value_gradient", np.nan),
        ("float32", 56, 2.0, "forward", None),
        ("float16", 2, 0.125, "forward", None),
    ],
)
def test_nobody_has_to_keep_powers_in_range_and_all_have_to_be_right_within_it(
    dtype: str, p: int, value: float, direction: str, answer: float | None
) -> None:
    """Found by a search: an engine that raises to a power leaves the dtype's range there."""
    inputs = {"value": (((value,),),), **({"cotangent": (((1.0,),),)} if direction != "forward" else {})}
    given = {"value": (1, 1, 1), "ksize": 1, "strides": 1, "padding": "VALID", "norm_type": p, "dtype": dtype}
    trial = Draft("lp_pool1d", {**given, "direction": direction, "inputs": inputs}).trial
    assert isinstance(trial, RightTrial)
    expected = make_question(trial).expected
    assert expected is not None
    wrong = np.full(expected.values.shape, np.inf if answer is None else answer, expected.format.numpy)
    assert compare(wrong, expected, CLASSICAL).conforms == (answer is not None)
