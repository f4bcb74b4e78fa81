"""The forward error bound on real data: never a false alarm, and not an inch more than it says."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conformance.judging.arithmetic import CLASSICAL
from conformance.judging.comparison import compare
from conformance.judging.expected import Expected
from conformance.judging.tolerance import error_bound
from conformance.judging.verdict import Outcome, Verdict
from conformance.operators.convolution.call import ConvolutionTrial
from conformance.operators.convolution.expectation import expect
from conformance.suite.case import Trial

REAL = st.floats(-1e4, 1e4, width=32)
TERMS = st.lists(st.tuples(REAL, REAL), min_size=1, max_size=64)


def one_pixel(trial: Callable[..., Trial], terms: list[tuple[float, float]]) -> tuple[NDArray[Any], Expected]:
    """The products of one output pixel, one a channel, and what is expected of their sum."""
    channels = len(terms)
    made = trial(value=[1, 1, 1, channels], filter=[1, 1, 1, channels])
    value, weights = np.array(terms, np.float32).T
    operands = {"value": value.reshape(1, 1, 1, channels), "filter": weights.reshape(1, 1, 1, channels)}
    assert isinstance(made, ConvolutionTrial)
    wanted = expect(made.call, made.inputs, operands)
    return value * weights, wanted


def compared(answer: NDArray[Any], wanted: Expected) -> Verdict:
    return compare(answer, wanted, CLASSICAL)


def exact(wanted: Expected) -> bool:
    return wanted.exact_in(wanted.format)


def summed(products: NDArray[Any]) -> NDArray[Any]:
    """In float32, one after the other."""
    total = np.float32(0)
    for product in products:
        total = np.float32(total + product)
    return np.full((1, 1, 1, 1), total)


@settings(deadline=None)
@given(TERMS, st.randoms(use_true_random=False))
def test_a_float32_sum_in_any_order_is_never_flagged(trial: Callable[..., Trial], terms: Any, random: Any) -> None:
    products, wanted = one_pixel(trial, terms)
    order = list(range(len(products)))
    random.shuffle(order)
    assert exact(wanted) or compared(summed(products[order]), wanted).outcome is Outcome.AGREES


@settings(deadline=None)
@given(TERMS)
def test_a_pairwise_or_blas_sum_is_never_flagged(trial: Callable[..., Trial], terms: Any) -> None:
    products, wanted = one_pixel(trial, terms)
    ones = np.ones_like(products)
    for total in (products.sum(dtype=np.float32), products @ ones):
        assert exact(wanted) or compared(np.full((1, 1, 1, 1), total), wanted).outcome is Outcome.AGREES


@settings(deadline=None)
@given(TERMS, st.sampled_from([-1.0, 1.0]))
def test_the_first_float32_beyond_the_bound_is_flagged(
    trial: Callable[..., Trial], terms: Any, direction: float
) -> None:
    _, wanted = one_pixel(trial, terms)
    edge = wanted.values.item() + direction * error_bound(wanted, CLASSICAL).item()
    beyond = np.float32(edge)
    while direction * (float(beyond) - edge) <= 0:
        beyond = np.nextafter(beyond, np.float32(direction * np.inf))
    assert compared(np.full((1, 1, 1, 1), beyond), wanted).outcome is Outcome.DIFFERS


def test_a_whole_layer_of_another_summation_order_lies_within_the_bound(expected: Callable[..., Expected]) -> None:
    wanted = expected(batch=2, size=5, channels=[6, 3], kernel=3, strides=1, output=5, inputs="normal64")
    assert compared(wanted.values.astype(np.float32), wanted).outcome is Outcome.AGREES
    off = (wanted.values + 2 * error_bound(wanted, CLASSICAL)).astype(np.float32)
    verdict = compared(off, wanted)
    assert verdict.metrics is not None
    assert verdict.metrics.wrong == verdict.metrics.compared == off.size
    assert verdict.detail.startswith(f"{off.size} of {off.size} elements differ beyond the error bound; first at [0, ")
