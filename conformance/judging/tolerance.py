"""How far a right answer may be from the reference: forward error bounds, nothing by feel.

Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, chapter 3: a sum of n products
computed in any order with unit roundoff u differs from the exact one by at most gamma_n(u) times the sum of the
products' absolute values, where gamma_n(u) = n u / (1 - n u). Underflow adds at most eta a product. gamma_n(u) is a
round figure for (1 + u)^n - 1 (lemma 3.1 there), which stays finite where n u reaches 1.

Letters as there: u unit roundoff and eta smallest subnormal of the dtype, n products and T taps of an element,
R its exact value, S the sum of its products' absolute values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.expected import Expected
from conformance.suite.dtypes import FORMATS

FLOAT32, FLOAT64 = FORMATS["float32"], FORMATS["float64"]

Bound = NDArray[np.float64]

# How much larger the error, and the numbers on the way, of a fast algorithm may be; 7.4 is what right ones needed.
FAST = 16.0


def gamma(products: NDArray[np.int64], unit_roundoff: float) -> Bound:
    """gamma_n(u); infinite where n u >= 1, where the bound says nothing."""
    scaled = products * unit_roundoff
    with np.errstate(divide="ignore"):
        return np.where(scaled < 1.0, scaled / np.maximum(1.0 - scaled, 0.0), np.inf)


def growth(products: NDArray[np.int64], unit_roundoff: float) -> Bound:
    """(1 + u)^n - 1: no product of n factors 1 + d, abs(d) <= u, is farther from 1. At most gamma_n(u)."""
    with np.errstate(over="ignore"):
        grown: Bound = np.expm1(products * np.log1p(unit_roundoff))
    return grown


@dataclass(frozen=True, slots=True, eq=False)
class ElementLimits:
    """What is demanded of the elements of an answer where R is finite; arrays broadcastable to it."""

    error: Bound
    """the largest error of a right answer; infinite where none is too large"""
    least: Bound | None = None
    """the smallest absolute value of a right answer, where this is more than R less the error; None for 0"""
    positive: NDArray[np.bool_] | None = None
    """where the sums may overflow to infinity; None for nowhere"""
    negative: NDArray[np.bool_] | None = None
    """the same of negative infinity; where both, also to NaN"""


def limits(expected: Expected, arithmetic: Arithmetic, error: Bound) -> ElementLimits:
    """What is demanded under an error bound: the smallest size of one-sided sums, and which infinities are right.

    An overflow leaves an infinity or NaN, never a finite number: a finite answer is held to the bound whatever S is.
    """
    form, R, S = expected.format, expected.values, expected.magnitude
    with np.errstate(over="ignore", invalid="ignore"):
        if arithmetic.fast:
            either = FAST * expected.coarse_magnitude() + error > form.largest
            return ElementLimits(error, None, either, either)
        if not np.any(S + error > form.largest):
            return ElementLimits(error, _least(expected, arithmetic))
        if form.kind == "complex":
            either = S + error > form.largest
            return ElementLimits(error, None, either, either)
        # Partial sums are as large as the products of one sign; a wide accumulator of float16 overflows at its end.
        late = form.name == "float16" and arithmetic.accumulation is Accumulation.WIDE
        upward, downward = (R, -R) if late else ((S + R) / 2, (S - R) / 2)
        return ElementLimits(
            error,
            _least(expected, arithmetic),
            upward + error > form.largest,
            downward + error > form.largest,
        )


def _least(expected: Expected, arithmetic: Arithmetic) -> Bound | None:
    """The larger side's products shrunk by (1 - u)^n, less the smaller side's grown by (1 + u)^n.

    Of use where an accumulator is so narrow that the error bound alone would let zero pass.
    """
    form, n, S = expected.format, expected.products, expected.magnitude
    if arithmetic.accumulation is not Accumulation.NATIVE or arithmetic.declared or form.kind != "real":
        return None
    size = np.abs(expected.values)
    larger, smaller = (S + size) / 2, (S - size) / 2
    shrunk = larger * np.exp(n * np.log1p(-form.unit_roundoff))
    # The reference's own sums, and these lines, are right to a few units of float64.
    underflow = form.smallest_normal if arithmetic.flushes else form.smallest_subnormal
    slack = (n + 8) * FLOAT64.unit_roundoff * S + n * underflow
    least = shrunk - smaller * (1.0 + growth(n, form.unit_roundoff)) - slack
    return np.where(least > 0.0, least, 0.0)


def error_bound(expected: Expected, arithmetic: Arithmetic) -> Bound:
    """The largest error of a right answer under the arithmetic, per element, as long as nothing overflows."""
    form, n, S = expected.format, expected.products, expected.magnitude
    with np.errstate(over="ignore", invalid="ignore"):
        bound = _of_algorithm(expected) if arithmetic.fast else _of_accumulation(expected, arithmetic.accumulation)
        if not expected.exact_in(FLOAT64):
            bound = bound + gamma(n, FLOAT64.unit_roundoff) * S
        # Source: the TOSA specification's bound for operands that are rounded first; 0 where none is declared. What
        # is summed then is (1 + u)^2 times as large.
        rounded = (2.0 + arithmetic.operand_roundoff) * arithmetic.operand_roundoff
        bound = bound * (1.0 + rounded) + rounded * S
        return bound + n * form.smallest_normal if arithmetic.flushes else bound


def _of_algorithm(expected: Expected) -> Bound:
    """For algorithms that mix pixels and taps: FAST gamma_n(u) times the sum of max abs(x) max abs(w).

    Source: the TOSA specification's bound without local_bound, with abs(w) for its largest: a transform of the kernel
    mixes its taps, and where few of them reach an element the others still set its error. Measured, not proven.
    """
    n, form = expected.products, expected.format
    return FAST * (gamma(n, form.unit_roundoff) * expected.coarse_magnitude() + n * form.smallest_subnormal)


def _rounded_once(expected: Expected, summing: Bound) -> Bound:
    """For sums that are `summing` off before they are rounded to storage."""
    form = expected.format
    once = form.unit_roundoff * (np.abs(expected.values) + summing) + form.smallest_subnormal / 2
    if expected.added is None:
        return np.asarray(summing + once)
    # A bias is another call's to add in most frameworks: what it is added to has been rounded to storage.
    return np.asarray(summing + 2 * once + form.unit_roundoff * (expected.added + once))


def _of_accumulation(expected: Expected, accumulation: Accumulation) -> Bound:
    form, n, T, S = expected.format, expected.products, expected.taps, expected.magnitude
    u, eta = form.unit_roundoff, form.smallest_subnormal
    match accumulation:
        case Accumulation.CLASSICAL if form.kind == "complex":
            # Here S has the sums of absolute parts as factors; the parts of a product take some roundings more.
            doubled: Bound = 2.0 * gamma(n + 4, u) * S + n * eta
            return doubled
        case Accumulation.CLASSICAL:
            return gamma(n, u) * S + n * eta
        case Accumulation.WIDE:
            return _rounded_once(expected, _in_float32(expected))
        case Accumulation.TAP:
            W = _in_float32(expected)
            return W + growth(T, u) * (S + W) + T * eta
        case Accumulation.NATIVE:
            return growth(n, u) * S + n * eta


def _in_float32(expected: Expected) -> Bound:
    """W: the error of summing in float32."""
    n = expected.products
    return gamma(n, FLOAT32.unit_roundoff) * expected.magnitude + n * FLOAT32.smallest_subnormal
