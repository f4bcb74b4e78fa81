"""What an answer to a resize is held to: which numbers have to be right bit for bit, and how far others may be off."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.judging.comparison import compare
from conformance.judging.expectation import required_of
from conformance.judging.verdict import Flag, Outcome, Verdict
from conformance.operators.filling import filled_operands
from conformance.operators.resize.call import RightResize
from conformance.operators.resize.expectation import expect, weight_errors
from conformance.operators.resize.generators import steps_of
from conformance.suite.case import Generated
from conformance.suite.dtypes import FORMATS
from reference.resize.arguments import resize_rule
from reference.resize.geometry import ResizeAxis, rows_of
from tests.operators.resize.calls import resize_call

DTYPES = ("float16", "bfloat16", "float32", "float64")


def _judged(call: RightResize, answer: NDArray[Any], name: str = "mix") -> Verdict:
    inputs = Generated(name)
    return compare(answer, expect(call, inputs, filled_operands("t", call, inputs, steps_of)), required_of(call))


def _right(call: RightResize, name: str = "mix") -> NDArray[Any]:
    inputs = Generated(name)
    return expect(call, inputs, filled_operands("t", call, inputs, steps_of)).rounded


@pytest.mark.parametrize("name", ["mix", "normal", "ramp", "special"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_nearest_element_is_judged_bitwise_whatever_the_numbers(dtype: str, name: str) -> None:
    call = resize_call(method="nearest", dtype=dtype)
    verdict = _judged(call, _right(call, name), name)
    assert verdict.metrics is not None
    assert (verdict.outcome, verdict.metrics.exact) == (Outcome.AGREES, True)


def test_near_a_tie_either_element_is_right_unless_ties_are_what_is_asked() -> None:
    """The coordinate of the sixth output of 26 -> 11 is 12 1/2."""
    call = resize_call("resize1d", value=(1, 26, 1), output_size=11, method="nearest")
    other, wrong = _right(call, "ramp"), _right(call, "ramp")
    assert other[0, 5, 0] == 13
    other[0, 5, 0], wrong[0, 5, 0] = 12, 14
    assert _judged(call, other, "ramp").outcome is Outcome.AGREES
    assert _judged(call, wrong, "ramp").outcome is Outcome.DIFFERS
    assert _judged(call, other, "ties").outcome is Outcome.DIFFERS


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("lengths", [(10, 14), (8, 4), (20, 28)])
def test_linear_weights_of_few_digits_are_judged_bitwise(lengths: tuple[int, int], direction: Any) -> None:
    call = resize_call(output_size=lengths, direction=direction)
    verdict = _judged(call, _right(call))
    assert verdict.metrics is not None
    assert verdict.metrics.exact
    assert _judged(call, np.nextafter(_right(call), np.float32(np.inf))).outcome is Outcome.DIFFERS


def test_cubic_weights_of_2x_are_judged_bitwise_where_the_border_is_repeated() -> None:
    words: dict[str, Any] = {"method": "cubic", "value": (1, 4, 5, 2), "output_size": (8, 10)}
    for excluded in (False, True):
        call = resize_call(**words, exclude_outside=excluded)
        verdict = _judged(call, _right(call))
        assert verdict.metrics is not None
        assert verdict.metrics.exact is not excluded


@pytest.mark.parametrize("direction", ["forward", "value_gradient"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_other_weights_may_be_off_by_roundings_and_no_more(method: str, dtype: str, direction: Any) -> None:
    call = resize_call(method=method, dtype=dtype, direction=direction)
    numpy, roundoff = FORMATS[dtype].numpy, FORMATS[dtype].unit_roundoff
    right = _right(call).astype(np.float64)
    assert _judged(call, (right * (1 + roundoff)).astype(numpy)).outcome is Outcome.AGREES
    assert _judged(call, (right * (1 + 20_000 * roundoff)).astype(numpy)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_coordinates_that_are_rounded_to_1024ths_are_beyond_the_bound(method: str) -> None:
    call = resize_call("resize1d", method=method)
    value = filled_operands("t", call, Generated("mix"), steps_of)["value"].astype(np.float64)
    (axis,), rule = call.geometry.axes, call.geometry.rule
    weights = np.zeros((7, 5))
    for output in range(7):
        coordinate = Fraction(round(axis.coordinate(output, rule) * 1024), 1024)
        kernel = np.array([float(rule.kernel(element - coordinate)) for element in range(5)])
        weights[output] = kernel / kernel.sum()
    assert _judged(call, np.einsum("oi,bic->boc", weights, value).astype(np.float32)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize("length", [5, 26, 700])
@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_weights_that_32_bits_compute_lie_within_their_errors(method: str, length: int) -> None:
    """As kernels do: a ratio, a product, a difference, and a polynomial, each rounded."""
    single = np.float32
    output = length * 7 // 5
    rule, axis = resize_rule(method), ResizeAxis(length, output, Fraction(output, length))
    ratio, errors = single(length) / single(output), weight_errors(axis, rule) * 2.0**-24
    for at, row in enumerate(rows_of(axis, rule)):
        coordinate = single(at + 0.5) * ratio - single(0.5)
        elements = np.arange(max(int(coordinate) - 3, 0), min(int(coordinate) + 4, length))
        x = np.abs(elements.astype(single) - coordinate)
        if method == "linear":
            kernel = np.maximum(single(1) - x, single(0))
        else:
            near = (single(1.5) * x - single(2.5)) * x * x + single(1)
            far = ((single(-0.5) * x + single(2.5)) * x - single(4)) * x + single(2)
            kernel = np.where(x <= 1, near, np.where(x < 2, far, single(0)))
        computed = dict(zip(elements.tolist(), (kernel / kernel.sum()).tolist(), strict=True))
        exact = {element: float(weight) for element, weight in row}
        for element in computed:
            assert abs(computed[element] - exact.get(element, 0.0)) <= errors[at, element] + 2.0**-22


def test_a_nan_next_to_a_weight_of_zero_may_come_out_and_elsewhere_may_not() -> None:
    call = resize_call("resize1d", value=(1, 4, 1), output_size=8)
    inputs = Generated("ones")
    value = np.ones((1, 4, 1), np.float32)
    value[0, 1] = np.nan
    expected = expect(call, inputs, {"value": value})
    answer = expected.rounded.copy()
    assert np.isnan(answer).ravel().tolist() == [False, True, True, True, True, False, False, False]
    answer[0, 0] = np.nan  # its coordinate, -1/4, moved to the border: the second element has the weight 0
    assert compare(answer, expected, required_of(call)).outcome is Outcome.AGREES
    answer[0, 7] = np.nan
    assert compare(answer, expected, required_of(call)).outcome is Outcome.DIFFERS


def test_a_gradient_of_elements_that_nobody_reads_is_zero() -> None:
    call = resize_call("resize1d", value=(2, 13, 2), output_size=4, direction="value_gradient")
    right = _right(call)
    assert (right == 0).any()
    verdict = _judged(call, right)
    assert verdict.outcome is Outcome.AGREES
    wrong = right.copy()
    wrong[right == 0] = 1e-3
    assert _judged(call, wrong).outcome is Outcome.DIFFERS


@pytest.mark.parametrize("operator", ["resize1d", "resize2d", "resize3d"])
def test_channels_first_is_judged_in_its_own_layout(operator: str) -> None:
    rank = int(operator[-2])
    words = {"data_format": ("NCW", "NCHW", "NCDHW")[rank - 1], "value": (2, 3, *(5, 7, 4)[:rank])}
    for direction in ("forward", "value_gradient"):
        call = resize_call(operator, direction=direction, **words)
        verdict = _judged(call, _right(call))
        assert verdict.outcome is Outcome.AGREES
        assert Flag.MISTRUSTED not in verdict.flags
