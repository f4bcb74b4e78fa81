"""What a wrong answer behaves like: calls that differ from what was asked in one word, and engines with one mistake.

Knows: matrices of weights, what can be mistaken about them. Must not know: the mutants that it must name.

Each explanation is rendered as a matrix for each axis and held against the answer; what changes nothing on the trial's
own data explains nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations
from math import floor
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.judging.overlay import Explanation
from conformance.operators.answers import explanations
from conformance.operators.kind import Operands
from conformance.operators.narrow import MISTAKES
from conformance.operators.resize.call import RightResize
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout, to_layout
from reference.family import SPATIAL_NAMES
from reference.resize.family import COORDINATES, METHODS, NEAREST_MODES
from reference.resize.geometry import HALF, ResizeAxis, ResizeRule, rounded, rows_of

# Larger calls are of published layers, and small trials ask the same.
MOST_WORK = 1_000_000
ROUNDINGS = 64
"""by which an answer may differ from what is rendered in float64: weights are computed from rounded coordinates, which
are of 32 bits where the operands are of 16"""
STORED_ROUNDINGS = 4
"""the same of numbers in the operands' own dtype: along each axis, and of what is stored"""
# Keys' own for the smallest error, the usual one of image libraries, and the slope of sinc at 1.
COEFFICIENTS = (-0.5, -0.75, -1.0)
TABLE = 1024
"""steps between two elements of the table from which some engines take their weights"""

Array: TypeAlias = NDArray[Any]
Matrix: TypeAlias = NDArray[np.float64]
Border: TypeAlias = Literal["rule", "zero", "extrapolated"]
Added: TypeAlias = Literal["sum", "last", "mean"]


@dataclass(frozen=True, slots=True)
class AxisRendition:
    """How one axis is computed: as asked, or as it may have been instead."""

    axis: ResizeAxis
    rule: ResizeRule
    border: Border = "rule"
    steps: int = 0
    """into how many steps the way between two elements is cut, to which coordinates are rounded; 0 for no rounding"""
    single: bool = False
    """coordinates are computed in 32 bits"""
    alike: bool = False
    """every output has the weights of the first one"""

    def is_plain(self) -> bool:
        """Whether the definition computes so."""
        return not (self.border != "rule" or self.steps or self.single or self.alike)


@dataclass(frozen=True, slots=True)
class ResizeRendition:
    """One engine for one call: what is asked, or what may have been computed instead."""

    axes: tuple[AxisRendition, ...]
    added: Added = "sum"
    """what becomes of cotangents that meet in one element"""
    last: bool = True
    """the memory is read with the channels last"""


@dataclass(frozen=True, slots=True)
class ResizeEdit:
    """One mistake; the sentence is what an answer behaves like that makes it."""

    sentence: str
    apply: Callable[[ResizeRendition], ResizeRendition]


def explain(call: RightResize, operands: Operands, answer: Array) -> list[Explanation]:
    """Every explanation of a wrong answer; none for a call that is too large."""
    if call.work > MOST_WORK:
        return []
    form = FORMATS[call.dtype]
    if answer.dtype != form.numpy:
        return [Explanation(f"behaves as if the result's dtype were {answer.dtype.name} instead of {call.dtype}")]
    asked, slack = rendition_of(call), 0.0 if form.kind == "integer" else slack_of(call.dtype)
    observed = answer.astype(np.float64)
    renditions = ((edit.sentence, edit.apply(asked)) for edit in edits_of(call))
    edited = ((said, rendered(rendition, call, operands)) for said, rendition in renditions if rendition != asked)
    right = rendered(asked, call, operands)
    found = list(explanations(edited, observed, right, slack))
    if form.narrow:
        value = operands["value"].astype(form.wide)
        held = ((said, rendered(asked, call, {"value": change(value)})) for said, change in MISTAKES.items())
        found += explanations(held, observed, right, slack)
    return found


def slack_of(dtype: str) -> float:
    """By which share of its largest element an answer may differ from what is rendered in float64."""
    own = FORMATS[dtype].unit_roundoff
    return STORED_ROUNDINGS * own + ROUNDINGS * min(own, FORMATS["float32"].unit_roundoff)


def rendition_of(call: RightResize) -> ResizeRendition:
    """What is asked."""
    geometry = call.geometry
    return ResizeRendition(tuple(AxisRendition(axis, geometry.rule) for axis in geometry.axes), last=call.last)


def edits_of(call: RightResize) -> Iterator[ResizeEdit]:
    """Every mistake that can be made about the call; some change nothing."""
    # First what hardly ever shows: where it explains an answer, other words that do so as well are farther from it.
    if call.method == "nearest":
        yield ResizeEdit("coordinates were computed in 32 bits", _each(lambda axis: replace(axis, single=True)))
    yield ResizeEdit("a result as long as the value were a copy of it", _each(_copied))
    if call.geometry.rule.antialias:
        for number, name in enumerate(SPATIAL_NAMES[call.definition.rank]):
            yield ResizeEdit(
                f"every output along the {name} had the weights of the first one",
                _along(number, lambda axis: replace(axis, alike=True)),
            )
    yield from _edits_of_words(call)
    yield from _edits_of_scales(call)
    yield from _edits_of_weights(call)
    if call.direction != "forward":
        yield ResizeEdit("cotangents that meet overwrote one another", lambda old: replace(old, added="last"))
        yield ResizeEdit("cotangents that meet were averaged", lambda old: replace(old, added="mean"))
    layouts = ("first", "last") if call.last else ("last", "first")
    yield ResizeEdit(
        f"the memory were read with the channels {layouts[0]} instead of {layouts[1]}",
        lambda old: replace(old, last=not old.last),
    )


def _each(change: Callable[[AxisRendition], AxisRendition]) -> Callable[[ResizeRendition], ResizeRendition]:
    return lambda old: replace(old, axes=tuple(map(change, old.axes)))


def _ruled(**words: Any) -> Callable[[ResizeRendition], ResizeRendition]:
    return _each(lambda axis: replace(axis, rule=replace(axis.rule, **words)))


def _edits_of_words(call: RightResize) -> Iterator[ResizeEdit]:
    """One word of the call were another."""
    rule = call.geometry.rule
    for word in COORDINATES:
        yield ResizeEdit(f"coordinate_transformation_mode were {word}", _ruled(coordinates=word))
    for method in METHODS:
        yield ResizeEdit(f"method were {method}", _ruled(method=method))
    if rule.method == "nearest":
        for mode in NEAREST_MODES:
            yield ResizeEdit(f"nearest_mode were {mode}", _ruled(nearest_mode=mode))
        # What torch's nearest says where nearest-exact is asked, and the other way round.
        yield ResizeEdit(
            "coordinate_transformation_mode were asymmetric and nearest_mode floor",
            _ruled(coordinates="asymmetric", nearest_mode="floor"),
        )
        yield ResizeEdit(
            "coordinate_transformation_mode were half_pixel and nearest_mode round_prefer_ceil",
            _ruled(coordinates="half_pixel", nearest_mode="round_prefer_ceil"),
        )
        return
    yield ResizeEdit("exclude_outside were True", _ruled(exclude_outside=True))
    yield ResizeEdit("exclude_outside were False", _ruled(exclude_outside=False))
    yield ResizeEdit("antialias were True", _ruled(antialias=True))
    yield ResizeEdit("antialias were False", _ruled(antialias=False))
    if rule.method == "cubic":
        for number in COEFFICIENTS:
            yield ResizeEdit(f"cubic_coeff_a were {number}", _ruled(cubic_coeff_a=Fraction(number)))


def _edits_of_scales(call: RightResize) -> Iterator[ResizeEdit]:
    """The coordinates were scaled otherwise."""

    def scaled(scale: Callable[[ResizeAxis], Fraction]) -> Callable[[ResizeRendition], ResizeRendition]:
        return _each(lambda each: replace(each, axis=replace(each.axis, scale=scale(each.axis))))

    lengths = scaled(lambda axis: Fraction(axis.output, axis.input))
    yield ResizeEdit("scales were recomputed from the lengths", lengths)
    if call.recompute_scale_factor and call.scales is not None:
        given = call.scales if isinstance(call.scales, tuple) else (call.scales,)
        numbers = [Fraction(repr(float(scale))) for scale in given] * (1 if len(given) > 1 else len(call.geometry.axes))
        yield ResizeEdit(
            "scales were used as they are given",
            lambda old: replace(
                old,
                axes=tuple(
                    replace(each, axis=replace(each.axis, scale=scale))
                    for each, scale in zip(old.axes, numbers, strict=True)
                ),
            ),
        )
    yield ResizeEdit("the ratio of the lengths were rounded to a whole number", scaled(_whole_ratio))
    names = SPATIAL_NAMES[call.definition.rank]
    for first, second in combinations(range(len(names)), 2):
        yield ResizeEdit(f"{names[first]} and {names[second]} were exchanged in the scales", _exchanged(first, second))


def _whole_ratio(axis: ResizeAxis) -> Fraction:
    if axis.output >= axis.input:
        return Fraction(max(floor(axis.scale), 1))
    return 1 / Fraction(max(floor(1 / axis.scale), 1))


def _exchanged(first: int, second: int) -> Callable[[ResizeRendition], ResizeRendition]:
    def apply(old: ResizeRendition) -> ResizeRendition:
        axes = list(old.axes)
        for to, of in ((first, second), (second, first)):
            axes[to] = replace(old.axes[to], axis=replace(old.axes[to].axis, scale=old.axes[of].axis.scale))
        return replace(old, axes=tuple(axes))

    return apply


def _edits_of_weights(call: RightResize) -> Iterator[ResizeEdit]:
    """The weights were others."""
    if call.method == "nearest":
        return
    yield ResizeEdit("zeros lay beyond the border", _each(lambda axis: replace(axis, border="zero")))
    if call.method == "linear":
        yield ResizeEdit("the border were extrapolated", _each(lambda axis: replace(axis, border="extrapolated")))
    yield ResizeEdit(
        f"coordinates were rounded to {TABLE}ths, as for a table of weights",
        _each(lambda axis: replace(axis, steps=TABLE)),
    )
    yield ResizeEdit("coordinates were rounded to whole numbers", _each(lambda axis: replace(axis, steps=1)))
    for number, name in enumerate(SPATIAL_NAMES[call.definition.rank]):
        yield ResizeEdit(
            f"{name} were read by the nearest element",
            _along(number, lambda axis: replace(axis, rule=replace(axis.rule, method="nearest"))),
        )


def _copied(old: AxisRendition) -> AxisRendition:
    """An axis that is as long as before is not computed, whatever its scale."""
    if old.axis.input != old.axis.output:
        return old
    plain = replace(old.rule, method="nearest", coordinates="half_pixel")
    return replace(old, rule=plain, axis=replace(old.axis, scale=Fraction(1)))


def _along(
    number: int, change: Callable[[AxisRendition], AxisRendition]
) -> Callable[[ResizeRendition], ResizeRendition]:
    def apply(old: ResizeRendition) -> ResizeRendition:
        axes = list(old.axes)
        axes[number] = change(axes[number])
        return replace(old, axes=tuple(axes))

    return apply


def rendered(rendition: ResizeRendition, call: RightResize, operands: Operands) -> Array:
    """What the rendition answers, in the layout of the call."""
    forward = call.direction == "forward"
    numbers = operands["value" if forward else "cotangent"].astype(np.float64)
    batch, channels = call.geometry.batch, call.geometry.channels
    inputs = [each.axis.input if forward else each.axis.output for each in rendition.axes]
    if rendition.last != call.last:  # the same memory, its axes taken for others
        shape = (batch, *inputs, channels) if rendition.last else (batch, channels, *inputs)
        numbers = numbers.reshape(shape)
    canonical = from_layout(numbers, rendition.last)
    with np.errstate(all="ignore"):
        for place, each in enumerate(rendition.axes, start=1):
            canonical = _applied(canonical, place, matrix_of(each), rendition.added, forward)
    result = to_layout(canonical, rendition.last)
    if rendition.last == call.last:
        return np.asarray(result)
    return np.ascontiguousarray(result).reshape(call.result_shape)


def _applied(numbers: Array, place: int, matrix: Matrix, added: Added, forward: bool) -> Array:
    """(output, input) weights along one axis, or their transpose."""
    used = matrix if forward else matrix.T.copy()
    if not forward and added == "mean":
        used /= np.maximum((used != 0).sum(axis=1, keepdims=True), 1)
    if not forward and added == "last":
        behind = np.cumsum((used != 0)[:, ::-1], axis=1)[:, ::-1]
        used = np.where(behind == 1, used, 0.0)
    if np.isfinite(numbers).all():
        return np.moveaxis(np.tensordot(used, numbers, axes=(1, place)), 0, place)
    moved = np.moveaxis(numbers, place, 0)
    # Zero times infinity is NaN: what has no weight is not multiplied.
    rows = [sum((row[at] * moved[at] for at in np.flatnonzero(row)), np.zeros(moved.shape[1:])) for row in used]
    return np.moveaxis(np.array(rows), 0, place)


@lru_cache(maxsize=2048)
def matrix_of(rendition: AxisRendition) -> Matrix:
    """(output, input)"""
    axis, rule = rendition.axis, rendition.rule
    matrix = np.zeros((axis.output, axis.input))
    rows = rows_of(axis, rule) if rendition.is_plain() else map(partial(_row, rendition), range(axis.output))
    for output, row in enumerate(rows):
        for element, weight in row:
            matrix[output, element] += float(weight)
    return matrix


def _row(rendition: AxisRendition, output: int) -> list[tuple[int, Fraction]]:
    """(element, weight) of one output; an element may come several times."""
    axis, rule, output = rendition.axis, rendition.rule, 0 if rendition.alike else output
    last, stretch, coordinate = axis.input - 1, axis.stretch(rule), axis.coordinate(output, rule)
    if rendition.single:
        return [(min(max(rounded(_in_32_bits(axis, rule, output), rule.nearest_mode), 0), last), Fraction(1))]
    if rendition.steps:
        coordinate = Fraction(floor(coordinate * rendition.steps + HALF), rendition.steps)
    if rendition.border == "extrapolated" and last:
        # The line through the two outermost elements goes on.
        left = min(max(floor(coordinate), 0), last - 1)
        return [(left, 1 - (coordinate - left)), (left + 1, coordinate - left)]
    first, reach = floor(coordinate), floor(rule.radius * stretch) + 1
    span = range(first - reach, first + reach + 1)
    weights = {element: rule.kernel((element - coordinate) / stretch) for element in span}
    inside = {element: weight for element, weight in weights.items() if 0 <= element <= last}
    if rendition.border != "zero" and not rule.exclude_outside:
        inside = weights
    total = sum(weights.values() if rendition.border == "zero" else inside.values())
    return [(min(max(element, 0), last), weight / total) for element, weight in inside.items() if weight]


def _in_32_bits(axis: ResizeAxis, rule: ResizeRule, output: int) -> Fraction:
    """The coordinate as kernels find it that round the ratio of the lengths before they multiply by it."""
    ratio = np.float32(float(axis.step(rule)))
    if rule.coordinates in ("asymmetric", "align_corners"):
        return Fraction(float(np.float32(output) * ratio))
    if rule.coordinates != "half_pixel":
        return axis.coordinate(output, rule)
    scaled = np.float32(output + 0.5) * ratio
    if rule.nearest_mode == "round_prefer_ceil":  # kernels round the product down, and subtract nothing
        return Fraction(float(scaled)) - HALF
    return Fraction(float(scaled - np.float32(0.5)))
