"""What is right about a resize, and what a wrong answer behaves like.

Knows: the reference's values and weights, the diagnosis. Must not know: lanes.

A result of linear or cubic weights is judged by the forward error of its sum and by that of its weights, which are
computed from coordinates that are rounded. Both are bounded from the geometry; where all weights have few binary digits
and the numbers are whole and short, nothing is rounded and the result is judged bit for bit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.arithmetic import Arithmetic
from conformance.judging.expected import Expected
from conformance.judging.overlay import Explanation
from conformance.operators.answers import is_whole
from conformance.operators.kind import Operands
from conformance.operators.resize.call import RightResize, right_resize
from conformance.operators.resize.diagnosis import explain
from conformance.operators.resize.generators import TIES
from conformance.suite.case import Generated, Inputs, RightCall
from conformance.suite.dtypes import FORMATS
from reference.resize import engine
from reference.resize.geometry import ResizeAxis, ResizeRule, coordinate_error, reached_near, rows_of, weight_bits
from reference.resize.operators import Resized

# Sums are exact in the operands' own dtype, or bounded as sums in it: no accumulator need be measured.
PROBES = None
# Of each axis: its weight is rounded to the operands' dtype, multiplied, and what is summed is rounded to storage.
AXIS_ROUNDINGS = 3
# Of a cubic's weight: it is a polynomial of the third degree by Horner's rule, whose coefficients are computed too.
KERNEL_ROUNDINGS = 8
# Coordinates are computed in 32 bits where the operands have 16.
COORDINATES_IN = {"float64": "float64"}

Matrix = NDArray[np.float64]


def expect(call: RightCall, inputs: Inputs, operands: Operands) -> Expected:
    """What the reference says of a right call with these operands."""
    asked, form = right_resize(call), FORMATS[call.dtype]
    resized, forward = Resized(asked.geometry, asked.last), asked.direction == "forward"
    if asked.method == "nearest" and forward:
        value = operands["value"].astype(form.wide)
        expected = Expected.of_chosen(resized.result(value), call.dtype)
        # Unless that is what is asked, an engine may take either side of what 32 bits cannot tell.
        strict = isinstance(inputs, Generated) and inputs.generator == TIES
        return expected if strict else replace(expected, alternatives=tuple(_other_sides(asked, value)))
    numbers = operands["value" if forward else "cotangent"].astype(np.float64)
    compute = resized.result if forward else resized.gradient
    with np.errstate(invalid="ignore", over="ignore"):
        values, magnitude = compute(numbers), compute(np.abs(numbers), absolute=True)
    terms = engine.counts(asked.geometry.rows() if forward else asked.geometry.columns())
    if not asked.last:
        terms = terms[..., 0]
    rank, first = asked.definition.rank, 1 if asked.last else 2
    roundings = np.where(terms > 0, terms + AXIS_ROUNDINGS * rank * (asked.method != "nearest"), 0)
    digits = weight_bits(asked.geometry)
    quantum = 2.0**-digits if digits is not None and is_whole(numbers) else None
    finite = magnitude[np.isfinite(magnitude)]
    if quantum is None or float(finite.max(initial=0.0)) > quantum * 2.0**form.significand:
        # What weights are off is written as more of what is summed, since the bound is a multiple of that.
        unit = FORMATS[COORDINATES_IN.get(call.dtype, "float32")].unit_roundoff
        off = _of_coordinates(asked, numbers, unit) / form.unit_roundoff
        # A computed weight may reach an element that the exact one, 0, does not.
        reached = off.max(axis=(0, off.ndim - 1 if asked.last else 1), initial=0.0) > 0
        roundings = np.maximum(roundings, reached[..., np.newaxis] if asked.last else reached)
        quantum, magnitude = None, magnitude + off / np.maximum(roundings, 1)
    return Expected(
        format=form,
        values=values,
        magnitude_when_asked=lambda: magnitude,
        taps=terms,
        products=roundings,
        quantum=quantum,
        spatial=tuple(range(first, first + rank)),
        strides=(1,) * rank,
        added=None,
        coarse_magnitude=lambda: np.full_like(magnitude, float(finite.max(initial=0.0))),
        undefined=None if np.isfinite(numbers).all() else _reached(asked, numbers),
        polluted=not np.isfinite(numbers).all(),
    )


def _other_sides(call: RightResize, value: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The results with the other element near a tie, along each axis and any of them together."""
    rule, sides = call.geometry.rule, list[tuple[list[int], ...]]()
    for axis in call.geometry.axes:
        right = [row[0][0] for row in rows_of(axis, rule)]
        other = [reached_near(axis, rule, output) for output in range(axis.output)]
        sides.append((right, other) if other != right else (right,))
    first = 1 if call.last else 2
    for chosen in list(product(*sides))[1:]:
        result = value
        for number, elements in enumerate(chosen, start=first):
            result = np.take(result, elements, axis=number)
        yield result


def diagnose(
    call: RightCall, operands: Operands, answer: NDArray[Any], arithmetic: Arithmetic | None = None
) -> Sequence[Explanation]:
    """What a wrong answer behaves like; empty for a call that is too large to be diagnosed."""
    return explain(right_resize(call), operands, answer)


def _of_coordinates(call: RightResize, numbers: NDArray[Any], unit: float) -> NDArray[np.float64]:
    """By how much errors of weights may change each element: those of one axis meet the weights of the others."""
    sizes = np.nan_to_num(np.abs(numbers), nan=0.0, posinf=0.0)
    weights = [_weights(axis, call.geometry.rule) for axis in call.geometry.axes]
    errors = [weight_errors(axis, call.geometry.rule) * unit for axis in call.geometry.axes]
    whole = _along_axes(call, sizes, [weight + error for weight, error in zip(weights, errors, strict=True)])
    return np.asarray(np.maximum(whole - _along_axes(call, sizes, weights), 0.0))


def _reached(call: RightResize, numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a number that is not finite may come out as NaN: within reach of its kernel, even with the weight 0."""
    matrices = [_reach(axis, call.geometry.rule) for axis in call.geometry.axes]
    return np.asarray(_along_axes(call, (~np.isfinite(numbers)).astype(np.float64), matrices) > 0)


def _along_axes(call: RightResize, numbers: NDArray[np.float64], matrices: list[Matrix]) -> NDArray[np.float64]:
    """Numbers with (output, input) matrices applied along each axis, or their transposes for a gradient."""
    first = 1 if call.last else 2
    for number, matrix in enumerate(matrices, start=first):
        used = matrix if call.direction == "forward" else matrix.T
        numbers = np.moveaxis(np.tensordot(used, numbers, axes=(1, number)), 0, number)
    return numbers


@lru_cache(maxsize=512)
def _weights(axis: ResizeAxis, rule: ResizeRule) -> Matrix:
    """(output, input): the weights' absolute values."""
    matrix = np.zeros((axis.output, axis.input))
    for output, row in enumerate(rows_of(axis, rule)):
        for element, weight in row:
            matrix[output, element] = abs(float(weight))
    return matrix


@lru_cache(maxsize=512)
def weight_errors(axis: ResizeAxis, rule: ResizeRule) -> Matrix:
    """(output, input): how far off each weight may be, in units of a unit roundoff.

    A weight f((k - c) / stretch) is off by f's steepest slope times what its argument is off, and by the rounding of
    the polynomial; what is divided by the sum of all weights has the errors of all in it.
    """
    matrix = np.zeros((axis.output, axis.input))
    if rule.method == "nearest":
        return matrix
    slope, size, stretch = _steepest(rule), _polynomial(rule), axis.stretch(rule)
    last = axis.input - 1
    for output in range(axis.output):
        coordinate = axis.coordinate(output, rule)
        off = float(coordinate_error(axis, rule, output) / stretch) + 2.0 * rule.radius
        each = slope * off + KERNEL_ROUNDINGS * size
        # As far as a computed coordinate may reach: to the elements just beyond the exact one's.
        reach = rule.radius * stretch + Fraction(1, 1000)
        taken = range(ceil(coordinate - reach), floor(coordinate + reach) + 1)
        inside = [element for element in taken if not rule.exclude_outside or 0 <= element <= last]
        total = sum(float(rule.kernel((element - coordinate) / stretch)) for element in inside)
        for element in inside:
            matrix[output, min(max(element, 0), last)] += each / abs(total)
        if rule.antialias or len(inside) < len(taken):  # weights are divided by their sum
            matrix[output] += _weights(axis, rule)[output] * each * len(inside) / abs(total)
    return matrix


@lru_cache(maxsize=512)
def _reach(axis: ResizeAxis, rule: ResizeRule) -> Matrix:
    """(output, input): 1 for elements that an engine may multiply by 0: at the end of the kernel, or next to the
    border's where coordinates beyond it are moved to it.
    """
    matrix = np.zeros((axis.output, axis.input))
    reach = rule.radius * axis.stretch(rule)
    for output in range(axis.output):
        coordinate = axis.coordinate(output, rule)
        for at in (coordinate, min(max(coordinate, Fraction(0)), Fraction(axis.input - 1))):
            matrix[output, max(ceil(at - reach), 0) : max(floor(at + reach) + 1, 0)] = 1.0
    return matrix


def _steepest(rule: ResizeRule) -> float:
    """The largest slope of the kernel: of Keys' cubic at (a + 3) / (3 (a + 2)), or a itself at 1."""
    if rule.method == "linear":
        return 1.0
    a = float(rule.cubic_coeff_a)
    return max((a + 3) ** 2 / (3 * (a + 2)), abs(a))


def _polynomial(rule: ResizeRule) -> float:
    """The sum of the absolute values of what the kernel's polynomial sums, at its largest."""
    if rule.method == "linear":
        return 2.0
    a = float(rule.cubic_coeff_a)
    return max(48 * abs(a), 2 * a + 6)
