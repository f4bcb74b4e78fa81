"""Whether an answer is what a rendition renders: bitwise on integers whose sums are exact, else under the bound.

Knows: the answer, renditions, the bounds of `conformance.judging.tolerance`. Must not know: edits.
Next stage: `conformance.judging.diagnosis.search`.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.comparison import exact_level
from conformance.judging.diagnosis.rendition import Array, Renderer, Rendition, products
from conformance.judging.oracle import Expected
from conformance.judging.tolerance import error_bound
from conformance.suite.dtypes import FORMATS, FloatFormat

NATIVE_SPREAD = 4.0
"""a narrow accumulator's error is taken to stay within this times sqrt(n) u S, where gamma_n(u) is wider: the hard
bound of many products would explain any answer"""


class Agreement:
    """One answer, held against many renditions."""

    def __init__(self, answer: NDArray[Any], expected: Expected, arithmetic: Arithmetic) -> None:
        self.shape = answer.shape
        self._answer = answer.astype(np.float64)
        self._expected = expected
        self._arithmetic = arithmetic
        self._right = _rounded(expected.values, expected.format)
        self._coarse: dict[tuple[int, float], float] = {}

    def holds(self, rendition: Rendition, renderer: Renderer) -> bool:
        """Whether the rendition explains the answer: it renders it, and is not just what is right on this data."""
        values = renderer.values(rendition)
        return values.shape == self.shape and self._renders(values, rendition, renderer)

    def _renders(self, values: Array, rendition: Rendition, renderer: Renderer) -> bool:
        rounded = _rounded(values, rendition.form)
        special = rendition.accumulator is not None or rendition.free is not None
        if not special and _same(rounded, self._right):
            return False
        if rendition.stored is not None and not _same(_rounded(self._answer, rendition.stored), self._answer):
            return False
        free = renderer.free(rendition)
        equal = _equal(rounded, self._answer) | free
        if equal.all():
            return True
        error = np.where(equal, 0.0, np.abs(self._answer - values))
        if not special and not float(error.max()) <= self._coarse_bound(rendition, values):
            return False
        bound = self._bound(values, rendition, renderer)
        return bool(np.all(equal | (error <= bound) | np.isinf(bound)))

    def _bound(self, values: Array, rendition: Rendition, renderer: Renderer) -> Array:
        expected = self._expecting(values, renderer.magnitude(rendition), rendition)
        form = rendition.accumulator
        if form is not None:
            overflows = (expected.magnitude > form.largest) & ~np.isfinite(self._answer)
            bound = _accumulator_bound(expected, form) + self._demanded(expected)
            return np.where(overflows, np.inf, bound)
        if expected.quantum is not None and rendition.stored is None and exact_level(expected, self._arithmetic):
            return np.zeros(values.shape)
        bound = self._demanded(expected)
        return bound + _roundings(rendition) * (np.abs(values) + bound)

    def _demanded(self, expected: Expected) -> Array:
        """The bound, narrowed where it is infinite: what demands nothing explains nothing."""
        bound = error_bound(expected, self._arithmetic)
        return np.where(np.isinf(bound), _accumulator_bound(expected, expected.format), bound)

    def _expecting(self, values: Array, magnitude: Array, rendition: Rendition) -> Expected:
        taps, n = products(rendition)
        whole = self._expected.quantum if bool(np.all(np.rint(values) == values)) else None
        return replace(
            self._expected,
            values=values,
            magnitude=magnitude,
            taps=np.asarray(taps),
            products=np.asarray(n),
            quantum=whole,
        )

    def _coarse_bound(self, rendition: Rendition, values: Array) -> float:
        """No element's bound is larger; cheap, and enough to tell most edits off."""
        _, n = products(rendition)
        most = n * _largest(rendition.value) * _largest(rendition.filter)
        most = max(most, _largest(values))
        if (n, most) not in self._coarse:
            most_array = np.asarray(most)
            expected = replace(self._expecting(most_array, most_array, rendition), quantum=None)
            self._coarse[n, most] = float(error_bound(expected, self._arithmetic))
        bound = self._coarse[n, most]
        return bound + _roundings(rendition) * (most + bound)


def _roundings(rendition: Rendition) -> float:
    """What the roundings may add that come after the sum's own: of a stored result, and of what is done to it."""
    stored = 0.0 if rendition.stored is None else 2 * rendition.stored.unit_roundoff
    return stored + (rendition.form.unit_roundoff if rendition.finish else 0.0)


def _accumulator_bound(expected: Expected, form: FloatFormat) -> Array:
    n, u = expected.products, form.unit_roundoff
    limit = np.where(n * u < 0.5, n * u / np.maximum(1 - n * u, 0.5), np.inf)
    spread = np.minimum(limit, NATIVE_SPREAD * np.sqrt(n) * u)
    return np.asarray(spread * expected.magnitude + n * form.smallest_subnormal)


def _rounded(values: Array, form: FloatFormat) -> Array:
    if form is FORMATS["float64"]:
        return values
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(form.numpy).astype(np.float64)


def _equal(left: Array, right: Array) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_] = (left == right) | (np.isnan(left) & np.isnan(right))
    return equal


def _same(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool(_equal(left, right).all())


def _largest(array: Array) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max(initial=0.0))
