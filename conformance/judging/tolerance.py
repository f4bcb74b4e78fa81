"""How far a right answer may be from the reference: forward error bounds, nothing by feel.

Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, chapter 3: a sum of n products
computed in any order with unit roundoff u differs from the exact one by at most gamma_n(u) times the sum of the
products' absolute values, where gamma_n(u) = n u / (1 - n u). Underflow adds at most eta a product.
"""

import numpy as np
from numpy.typing import NDArray

from conformance.judging.oracle import Expected
from conformance.suite.dtypes import FORMATS

ORACLE_ROUNDOFF = FORMATS["float64"].unit_roundoff


def gamma(products: NDArray[np.int64], unit_roundoff: float) -> NDArray[np.float64]:
    """gamma_n(u); infinite where n u >= 1, where the bound says nothing."""
    scaled = products * unit_roundoff
    with np.errstate(divide="ignore"):
        return np.where(scaled < 1.0, scaled / np.maximum(1.0 - scaled, 0.0), np.inf)


def error_bound(expected: Expected) -> NDArray[np.float64]:
    """The largest error of a right answer in float64 or float32 arithmetic, per element.

    gamma_n(u) S + n eta, and gamma_n(2^-53) S for the reference's own rounding unless its values are exact.
    """
    form = expected.format
    bound = gamma(expected.products, form.unit_roundoff) * expected.magnitude
    bound = bound + expected.products * form.smallest_subnormal
    if not expected.exact:
        bound = bound + gamma(expected.products, ORACLE_ROUNDOFF) * expected.magnitude
    return bound
