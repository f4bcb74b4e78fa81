"""How closely a rendition explains an answer: bit for bit, within the error bound, or by the size of its errors.

Knows: the answer, renditions, the bounds of `conformance.judging.tolerance`. Must not know: edits.
Next stage: `conformance.operators.convolution.diagnosis.search`.

An explanation must fit the answer's own digits. Sums that were rounded to a narrow format are simulated, in two orders:
whoever sums like that makes errors of that size, neither far larger (a fault that is not a rounding) nor far smaller (a
finer format). What passed through a format can be read back from it without loss.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.comparison import allowed_error, exact_level
from conformance.judging.expected import Expected
from conformance.judging.tolerance import error_bound
from conformance.operators.convolution.diagnosis.explanation import Closeness, Fit
from conformance.operators.convolution.diagnosis.renderer import Renderer, products, through
from conformance.operators.convolution.diagnosis.rendition import Array, Rendition
from conformance.suite.dtypes import FORMATS, FloatFormat

# A narrow accumulator's error is taken to stay within this times sqrt(n) u S, where gamma_n(u) is wider: the hard bound
# of many products would explain any answer
NATIVE_SPREAD = 4.0
# Errors of two orders of the same sum differ by less than this factor, in their root mean square and their largest; the
# next finer and the next coarser format differ by 8 at least
LIKE = 4.0
# What was never written is hardly ever so close to the right sum, in relation to its terms; a rounding to the narrowest
# format is closer
STRANGE = 2.0**-6


class Agreement:
    """One answer, held against many renditions."""

    def __init__(self, answer: NDArray[Any], expected: Expected, arithmetic: Arithmetic) -> None:
        self.shape = answer.shape
        self.wide: Array = answer.astype(expected.format.wide)
        self._expected = expected
        self._arithmetic = arithmetic
        self._right = _rounded(expected.values, expected.format)
        self._coarse: dict[tuple[int, float], float] = {}
        self._passes: dict[str, bool] = {}

    def fit(self, rendition: Rendition, renderer: Renderer) -> Fit | None:
        """How closely the rendition explains the answer; None where it does not, or is just what is right here."""
        if rendition.stored is not None and not self._passes_through(rendition.stored):
            return None
        values = renderer.values(rendition)
        if values.shape != self.shape:
            return None
        if rendition.accumulator is not None:
            return self._of_sums(rendition, values, renderer, rendition.accumulator)
        rounded = _rounded(values, rendition.form)
        if rendition.free is not None:
            return self._beside(renderer.free(rendition), values)
        if _same(rounded, self._right):
            return None
        equal = _equal(rounded, self.wide)
        if equal.all():
            return Fit(Closeness.BITWISE, values)
        if rendition.form.kind == "integer":
            return None
        error = np.where(equal, 0.0, _distance(self.wide, values))
        if not float(error.max()) <= self._coarse_bound(rendition, values):
            return None
        bound = self._bound(values, rendition, renderer)
        return Fit(Closeness.BOUNDED, values, bound) if bool(np.all(equal | (error <= bound))) else None

    def _passes_through(self, form: FloatFormat) -> bool:
        """Whether the answer's numbers are numbers of the format."""
        if form.name not in self._passes:
            self._passes[form.name] = _same(through(form, self.wide), self.wide)
        return self._passes[form.name]

    def _of_sums(self, rendition: Rendition, values: Array, renderer: Renderer, form: FloatFormat) -> Fit | None:
        """Whether sums that are rounded to the format make the answer, or errors of its size."""
        found = list(renderer.simulated(rendition, form))
        for simulated in found:
            rounded = _rounded(simulated, rendition.form)
            if _same(rounded, self.wide) and not _same(rounded, self._right):
                return Fit(Closeness.BITWISE, simulated)
        if rendition.stored is None:
            # What was rounded on the way leaves no digits to read back: only what was rendered itself is explained.
            return None
        error = _distance(self.wide, values)
        known = np.isfinite(error)
        overflowed = np.abs(values) > form.largest / 2
        if not bool(np.all(known | overflowed)):
            return None
        for simulated in found:
            comparable = known & np.isfinite(_distance(simulated, values))
            if comparable.any() and _alike(error[comparable], _distance(simulated, values)[comparable]):
                return Fit(Closeness.ALIKE)
        return None

    def _bound(self, values: Array, rendition: Rendition, renderer: Renderer) -> Array:
        expected = self._expecting(values, renderer.magnitude(rendition), rendition)
        if expected.quantum is not None and rendition.stored is None and exact_level(expected, self._arithmetic):
            return np.zeros(values.shape)
        bound = self._demanded(expected)
        return bound + _roundings(rendition) * (np.abs(values) + bound)

    def _beside(self, free: NDArray[np.bool_], values: Array) -> Fit | None:
        """Whether the answer is right but for some elements, at least one of which is not what is right, rounded."""
        bound = allowed_error(self._expected, self._arithmetic)
        error = np.where(_equal(_rounded(values, self._expected.format), self.wide), 0.0, _distance(self.wide, values))
        allowed = 0.0 if bound is None else bound
        right = error <= allowed
        strange = ~(error <= STRANGE * self._expected.magnitude) & free
        return Fit(Closeness.PARTLY, values, allowed) if bool(np.all(right | free)) and bool(strange.any()) else None

    def _demanded(self, expected: Expected) -> Array:
        """The bound, narrowed where many narrow sums make it as large as S: what demands nothing explains nothing."""
        bound = error_bound(expected, self._arithmetic)
        is_narrow = expected.products * expected.format.unit_roundoff >= 0.5
        nothing = np.isinf(bound) | ((bound >= expected.magnitude) & is_narrow)
        n, u = expected.products, expected.format.unit_roundoff
        limit = np.where(n * u < 0.5, n * u / np.maximum(1 - n * u, 0.5), np.inf)
        spread = np.minimum(limit, NATIVE_SPREAD * np.sqrt(n) * u)
        native = spread * expected.magnitude + n * expected.format.smallest_subnormal
        return np.where(nothing, native, bound)

    def _expecting(self, values: Array, magnitude: Array, rendition: Rendition) -> Expected:
        taps, n = products(rendition)
        coarse = np.full(magnitude.shape, self._most(rendition, values))
        return replace(
            self._expected,
            values=values,
            magnitude_when_asked=lambda: magnitude,
            most=np.inf,
            taps=np.asarray(taps),
            products=np.asarray(n),
            quantum=self._expected.quantum if bool(np.all(np.rint(values) == values)) else None,
            added=None if self._expected.added is None else np.asarray(float(self._expected.added.max(initial=0.0))),
            coarse_magnitude=lambda: coarse,
        )

    def _coarse_bound(self, rendition: Rendition, values: Array) -> float:
        """No element's bound is larger; cheap, and enough to tell most edits off."""
        _, n = products(rendition)
        most = self._most(rendition, values)
        if (n, most) not in self._coarse:
            expected = replace(self._expecting(np.asarray(most), np.asarray(most), rendition), quantum=None)
            self._coarse[n, most] = float(self._demanded(expected))
        bound = self._coarse[n, most]
        return bound + _roundings(rendition) * (most + bound)

    def _most(self, rendition: Rendition, values: Array) -> float:
        """At least S."""
        _, n = products(rendition)
        sizes = {name: _largest(array) for name, array in rendition.operands.items()}
        factors = [*rendition.pixel_operands, *(("filter",) if rendition.has_filter else ())]
        most = 2.0 * n * float(np.prod([sizes[name] for name in factors])) + sizes.get("bias", 0.0)
        return max(most, _largest(values))


def _alike(error: NDArray[np.float64], simulated: NDArray[np.float64]) -> bool:
    """Whether errors are of the size that was simulated."""
    pairs = ((_root_mean_square(error), _root_mean_square(simulated)), (float(error.max()), float(simulated.max())))
    return all(0.0 < mine <= LIKE * other and other <= LIKE * mine for mine, other in pairs)


def _root_mean_square(numbers: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(numbers))))


def _roundings(rendition: Rendition) -> float:
    """What the roundings may add that come after the sum's own: of a stored result, and of what is done to it."""
    stored = 0.0 if rendition.stored is None else 2 * rendition.stored.unit_roundoff
    return stored + (rendition.form.unit_roundoff if rendition.finish else 0.0)


def _rounded(values: Array, form: FloatFormat) -> Array:
    """In the dtype that the reference sums in; of integers modulo their range."""
    if form is FORMATS["float64"]:
        return values
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(form.numpy).astype(form.wide)


def _distance(answer: Array, values: Array) -> NDArray[np.float64]:
    """The absolute error, of complex numbers the larger of the parts'."""
    error = answer - values
    if error.dtype.kind == "c":
        return np.asarray(np.maximum(np.abs(error.real), np.abs(error.imag)))
    return np.asarray(np.abs(error), dtype=np.float64)


def _equal(left: Array, right: Array) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_] = (left == right) | (np.isnan(left) & np.isnan(right))
    return equal


def _same(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool(_equal(left, right).all())


def _largest(array: Array) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max(initial=0.0))
