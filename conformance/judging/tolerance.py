"""How far a right answer may be from the reference: forward error bounds, nothing by feel.

Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, chapter 3: a sum of n products
computed in any order with unit roundoff u differs from the exact one by at most gamma_n(u) times the sum of the
products' absolute values, where gamma_n(u) = n u / (1 - n u). Underflow adds at most eta a product.

Letters as there: u unit roundoff and eta smallest subnormal of the dtype, n products and T taps of an element,
R its exact value, S the sum of its products' absolute values.
"""

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Accumulation, Arithmetic
from conformance.judging.oracle import Expected
from conformance.suite.dtypes import FORMATS

FLOAT32, FLOAT64 = FORMATS["float32"], FORMATS["float64"]

Bound = NDArray[np.float64]


def gamma(products: NDArray[np.int64], unit_roundoff: float) -> Bound:
    """gamma_n(u); infinite where n u >= 1, where the bound says nothing."""
    scaled = products * unit_roundoff
    with np.errstate(divide="ignore"):
        return np.where(scaled < 1.0, scaled / np.maximum(1.0 - scaled, 0.0), np.inf)


def error_bound(expected: Expected, arithmetic: Arithmetic) -> Bound:
    """The largest error of a right answer under the arithmetic, per element; infinite where nothing is demanded.

    Nothing is demanded where S and the bound together overflow the dtype.
    """
    form, n, S = expected.format, expected.products, expected.magnitude
    with np.errstate(over="ignore", invalid="ignore"):
        bound = _of_algorithm(expected) if arithmetic.fast else _of_accumulation(expected, arithmetic.accumulation)
        if not expected.exact_in(FLOAT64):
            bound = bound + gamma(n, FLOAT64.unit_roundoff) * S
        # Source: the TOSA specification's bound for operands that are rounded first; 0 where none is declared.
        bound = bound + (2.0 + arithmetic.operand_roundoff) * arithmetic.operand_roundoff * S
        if arithmetic.flushes:
            bound = bound + n * form.smallest_normal
        return np.where(S + bound > form.largest, np.inf, bound)


def _of_algorithm(expected: Expected) -> Bound:
    """For algorithms that mix pixels: 16 gamma_n(u) times the sum of max abs(x) abs(w).

    Source: the TOSA specification's bound without local_bound; correct implementations were measured to need 7.4.
    """
    u, eta = expected.format.unit_roundoff, expected.format.smallest_subnormal
    return 16.0 * gamma(expected.products, u) * expected.coarse_magnitude() + expected.products * eta


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
            W = _in_float32(expected)
            once = u * (np.abs(expected.values) + W) + eta / 2
            # A bias is another call's to add in most frameworks: what it is added to has been rounded to storage.
            bound: Bound = W + once if expected.added is None else W + 2 * once + u * (expected.added + once)
            return bound
        case Accumulation.TAP:
            W = _in_float32(expected)
            return W + gamma(T, u) * (S + W) + T * eta
        case Accumulation.NATIVE:
            # Beyond n u = 1/2 an accumulator of the dtype can lose everything; only exact data can still be judged.
            return np.where(n * u < 0.5, gamma(n, u) * S + n * eta, np.inf)


def _in_float32(expected: Expected) -> Bound:
    """W: the error of summing in float32."""
    n = expected.products
    return gamma(n, FLOAT32.unit_roundoff) * expected.magnitude + n * FLOAT32.smallest_subnormal
