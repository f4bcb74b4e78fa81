"""Generators of NaN, infinity and overflow in operands other than the value."""

from collections.abc import Callable

import numpy as np
import pytest

from conformance.operators.convolution.call import ConvolutionTrial, convolution
from conformance.operators.convolution.expectation import expect
from conformance.operators.convolution.generators import GENERATORS
from conformance.operators.convolution.inputs import check_fit, generate
from conformance.suite.case import Trial
from conformance.suite.generating import Unfit

Family = Callable[..., ConvolutionTrial]


def _operands(trial: Trial) -> dict[str, np.ndarray]:
    return dict(generate(trial.id, convolution(trial.call), trial.inputs))


def _not_finite(array: np.ndarray) -> list[float]:
    return sorted(np.abs(array[~np.isfinite(array)]).tolist(), key=np.isnan)


def test_a_special_filter_has_a_nan_an_infinity_and_a_negative_zero_of_a_channel_each(family: Family) -> None:
    filter = _operands(family("conv2d", channels=[2, 3], inputs="special_w"))["filter"]
    nan, infinite, zero = np.isnan(filter), np.isposinf(filter), np.signbit(filter) & (filter == 0)
    assert [int(each.sum()) for each in (nan, infinite, zero)] == [1, 1, 1]
    assert len({int(np.argwhere(each)[0][-1]) for each in (nan, infinite, zero)}) == 3


def test_of_a_filters_gradient_it_is_the_cotangent_that_is_special(family: Family) -> None:
    operands = _operands(family("conv2d", channels=[2, 3], inputs="special_w", direction="filter_gradient"))
    assert np.isfinite(operands["value"]).all()
    assert int(np.isnan(operands["cotangent"]).sum()) == 1


def test_a_special_bias_leaves_value_and_filter_finite(family: Family) -> None:
    operands = _operands(family("conv2d", channels=[2, 4], bias=True, inputs="special_bias"))
    assert np.isfinite(operands["value"]).all()
    assert np.isfinite(operands["filter"]).all()
    assert int(np.isnan(operands["bias"]).sum()) == 1
    assert int(np.isinf(operands["bias"]).sum()) == 1
    assert int((operands["bias"] == 0).sum()) == 1


@pytest.mark.parametrize("keys", [{}, {"bias": True, "direction": "bias_gradient"}])
def test_a_special_bias_needs_a_bias_that_is_added(family: Family, keys: dict[str, object]) -> None:
    call = family("conv2d", **keys).call
    with pytest.raises(Unfit, match="this generator is about a bias, and goes with `bias: true`"):
        check_fit(GENERATORS["special_bias"], call)


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_sums_that_overflow_are_infinite_in_every_order_and_the_others_exact(family: Family, dtype: str) -> None:
    trial = family("conv2d", channels=[2, 2], dtype=dtype, inputs="overflow")
    operands = _operands(trial)
    expected = expect(trial.call, trial.inputs, operands)
    with np.errstate(over="ignore"):
        infinite = np.isinf(expected.rounded)
    assert all(np.isfinite(array).all() for array in operands.values())
    assert infinite.any()
    assert len({float(sign) for sign in np.sign(operands["value"]).ravel()}) == 1, "no sum can come back"
    assert expected.exact_in(expected.format), "bitwise: nothing is left free"
