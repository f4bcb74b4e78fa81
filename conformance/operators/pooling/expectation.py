"""What is right about a pooling, and what a wrong answer behaves like.

Knows: the reference's values and counts, the diagnosis. Must not know: lanes.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation
from conformance.operators.answers import is_whole
from conformance.operators.kind import Operands
from conformance.operators.pooling.call import RightPooling, right_pooling
from conformance.operators.pooling.diagnosis import explain
from conformance.suite.case import Inputs, RightCall
from conformance.suite.dtypes import FORMATS, FloatFormat
from reference.arrays import from_layout
from reference.pooling import engine
from reference.pooling.operators import Pooled

# Sums are exact in the operands' own dtype, or bounded as sums in it: no accumulator need be measured.
PROBES = None
DIVIDED = 2
"""roundings of a sum that is divided, or multiplied by a rounded reciprocal, or divided and multiplied again"""
FUNCTION = 2
"""of a function whose results are right to one unit in the last place"""


def expect(call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
    """What the reference says of a right call with these operands."""
    asked, form = right_pooling(call), FORMATS[call.dtype]
    wide = {name: array.astype(form.wide) for name, array in operands.items() if name != "indices"}
    pooled = Pooled(asked.definition.reduction, asked.geometry, asked.last, operands.get("indices"))
    if asked.definition.reduction == "unpooled":
        if asked.direction != "forward":
            return Expected.of_chosen(pooled.gradient(**wide), call.dtype)
        expected = Expected.of_chosen(pooled.result(wide["value"]), call.dtype)
        filled = pooled.result(np.ones(asked.value_shape, np.int64))  # the others are zero, and prove nothing
        return replace(expected, taps=filled, products=filled)
    if asked.definition.reduction == "index":
        return Expected.of_chosen(pooled.result(wide["value"]), "int64")
    with np.errstate(invalid="ignore", over="ignore"):
        if asked.direction != "forward":
            return _gradient(asked, pooled, wide)
        match asked.definition.reduction:
            case "average":
                return _average(asked, pooled, wide["value"], form)
            case "norm":
                return _norm(asked, pooled, wide["value"], form)
    lowest = -np.inf if form.kind == "real" else form.lowest
    return Expected.of_chosen(pooled.result(wide["value"], lowest), call.dtype)


def diagnose(
    call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None = None
) -> Sequence[Explanation]:
    """What a wrong answer behaves like; empty for a call that is too large to be diagnosed."""
    return explain(right_pooling(call), operands, answer)


def _average(call: RightPooling, pooled: Pooled, value: NDArray[Any], form: FloatFormat) -> Expected:
    """Sums that the dtype holds are judged with their division alone; others with every term."""
    geometry, values, magnitude = call.geometry, pooled.result(value), pooled.result(np.abs(value))
    elements, divisors = engine.elements_read(geometry), engine.divisors_of(geometry)
    roundings, quantum = elements + DIVIDED, None
    if is_whole(value):
        quantum = _quantum(divisors)
        if _largest(from_layout(magnitude, pooled.last) * divisors) <= 2.0**form.significand:
            roundings = np.full_like(elements, DIVIDED)
            magnitude = np.abs(values) if quantum is None else magnitude
    return _summed(call, values, magnitude, elements, np.where(elements > 0, roundings, 0), quantum)


def _norm(call: RightPooling, pooled: Pooled, value: NDArray[Any], form: FloatFormat) -> Expected:
    """Sums of first powers are judged as such; other norms within the roundings of their sums and of their root."""
    values, elements = pooled.result(value), engine.elements_read(call.geometry)
    roundings = np.where(elements > 0, _roundings_of_norms(call, values, value), 0)
    expected = _summed(call, values, values, elements, roundings, _quantum_of_norms(call, value))
    left = _out_of_range(call, values)
    return replace(expected, overflowed=left) if left.any() else expected


def _out_of_range(call: RightPooling, norms: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a sum of powers is beyond the dtype's numbers, or so small that they lose digits, though its root is not:
    7 ** 61 is no float32. Nobody has to scale numbers before.
    """
    p, form = call.geometry.norm_type, FORMATS[call.dtype]
    assert p is not None
    if p == 1:
        return np.zeros(norms.shape, dtype=bool)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        sums = np.abs(norms).astype(np.float64) ** p
    small = (sums < call.geometry.most_elements * form.smallest_normal) & (norms != 0)
    return np.asarray(np.isfinite(norms) & (small | (sums > form.largest)))


def _roundings_of_norms(call: RightPooling, norms: NDArray[Any], value: NDArray[Any]) -> int:
    """Of s ** (1 / p), s being a sum of powers: those of s over p, and those of the root.

    Whoever takes the root as exp(log(s) / p) rounds the logarithm, 1 / p and their product: abs(log(s)) / p times that,
    in 32 bits or more. Source: the derivative of s ** q is q s ** (q - 1) for s, s ** q log(s) for q.
    """
    p, form = call.geometry.norm_type, FORMATS[call.dtype]
    assert p is not None
    exact = is_whole(value) and _largest(norms) ** p <= 2.0**form.significand
    of_sum = DIVIDED if exact else call.geometry.most_elements + p + DIVIDED
    if p == 1:
        return of_sum
    positive = norms[np.isfinite(norms) & (norms > 0)]
    logarithm = float(np.abs(np.log(positive)).max(initial=0.0))
    narrow = min(FORMATS["float32"].unit_roundoff / form.unit_roundoff, 1.0)
    return ceil(of_sum / p) + FUNCTION + ceil((FUNCTION + 2) * logarithm * narrow)


def _quantum_of_norms(call: RightPooling, terms: NDArray[Any]) -> float | None:
    """Whole numbers that are summed, and maybe divided by the window's area and multiplied by it again."""
    area = prod(axis.kernel for axis in call.geometry.axes)
    return 1.0 if call.geometry.norm_type == 1 and is_whole(terms) and not area & (area - 1) else None


def _gradient(call: RightPooling, pooled: Pooled, wide: Operands) -> Expected:
    value, cotangent, geometry = wide["value"], wide["cotangent"], call.geometry
    values, magnitude = pooled.gradient(value, cotangent), pooled.gradient(value, np.abs(cotangent))
    windows, whole = engine.windows_reading(geometry), is_whole(cotangent)
    if call.averages:
        quantum = _quantum(engine.divisors_of(geometry)) if whole else None
        return _summed(call, values, magnitude, windows, np.where(windows > 0, windows + DIVIDED, 0), quantum)
    if call.definition.reduction == "norm":
        norms, p = pooled.result(value), call.geometry.norm_type
        assert p is not None
        # c sign(x) (abs(x) / norm) ** (p - 1), whoever makes it by the chain rule: of the norm's roundings p - 1 times
        # as many, of the power of x as many as it has factors, and of each of the products on the way one.
        roundings = (p - 1) * (_roundings_of_norms(call, norms, value) + p + 2 * FUNCTION) + DIVIDED
        magnitude = pooled.gradient(np.abs(value), np.abs(cotangent))
        expected = _summed(
            call, values, magnitude, windows, np.where(windows > 0, windows + roundings, 0),
            _quantum_of_norms(call, cotangent),
        )  # fmt: skip
        # An element may be in any of the windows.
        out = bool(_out_of_range(call, norms).any())
        return replace(expected, overflowed=np.ones(values.shape, dtype=bool)) if out else expected
    # Of most elements no window takes its maximum: they are reached by none.
    taken = pooled.gradient(value, np.ones_like(cotangent)).astype(np.int64)
    return _summed(call, values, magnitude, windows, from_layout(taken, pooled.last), 1.0 if whole else None)


def _summed(
    call: RightPooling,
    values: NDArray[Any],
    magnitude: NDArray[Any],
    places: NDArray[np.int64],
    roundings: NDArray[np.int64],
    quantum: float | None,
) -> Expected:
    """places: (*spatial, 1), how many meet in each element. roundings: of these sums, with channels last."""
    rank, sizes = call.definition.rank, np.asarray(magnitude, np.float64)
    if not call.last:
        places = places[..., 0]
        roundings = roundings[..., 0] if roundings.ndim == rank + 1 else np.moveaxis(roundings, -1, 1)
    first = 1 if call.last else 2
    return Expected(
        format=FORMATS[call.dtype],
        values=values,
        magnitude_when_asked=lambda: sizes,
        taps=places,
        products=roundings,
        quantum=quantum,
        spatial=tuple(range(first, first + rank)),
        strides=(1,) * rank,
        added=None,
        coarse_magnitude=lambda: np.full_like(sizes, _largest(sizes)),
        polluted=not np.isfinite(sizes).all(),
    )


def _quantum(divisors: NDArray[Any]) -> float | None:
    """Of which whole numbers over these are multiples; None where one is not a power of two."""
    found = divisors[divisors > 0]
    return 1.0 / float(found.max(initial=1)) if not np.any(found & (found - 1)) else None


def _largest(numbers: NDArray[Any]) -> float:
    return float(numbers[np.isfinite(numbers)].max(initial=0.0))
