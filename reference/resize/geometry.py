"""The numbers that fix a resize: per axis, at which coordinate each output lies, and with which weights it reads.

Knows: lengths, scales, exact rational arithmetic. Must not know: arrays, frameworks, argument spellings
(`reference.resize.arguments`).

A resize is separable: along each axis it is a matrix of rational weights, a row per output. An output at coordinate c
of the input reads element k with the weight f((k - c) / stretch), where f is a triangle or Keys' cubic; or it is the
element that c is rounded to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, prod
from typing import TypeAlias

Row: TypeAlias = tuple[tuple[int, Fraction], ...]
"""(element, weight) of one output, in the order of the elements; no weight is 0"""

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class ResizeRule:
    """How every axis of a call is read."""

    method: str
    coordinates: str
    nearest_mode: str
    cubic_coeff_a: Fraction
    """Keys' parameter: the slope of the cubic's kernel at 1"""
    exclude_outside: bool
    """weights beyond the border are dropped and the others divided by their sum; otherwise the border's element has
    them"""
    antialias: bool
    """where the input is longer, the kernel is stretched by the distance of the coordinates"""

    @property
    def radius(self) -> int:
        """How far the kernel reaches, unstretched."""
        return 2 if self.method == "cubic" else 1

    def kernel(self, distance: Fraction) -> Fraction:
        """The weight at a distance.

        Source: R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on
        Acoustics, Speech, and Signal Processing 29(6), 1981; ONNX's Resize has its parameter as cubic_coeff_a.
        """
        x, a = abs(distance), self.cubic_coeff_a
        if self.method == "linear":
            return max(1 - x, Fraction(0))
        if x <= 1:
            return ((a + 2) * x - (a + 3)) * x * x + 1
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a if x < 2 else Fraction(0)


@dataclass(frozen=True, slots=True)
class ResizeAxis:
    """One spatial axis of a resize."""

    input: int
    output: int
    scale: Fraction
    """the coordinates' scale: output / input, unless the call gives another"""

    def step(self, rule: ResizeRule) -> Fraction:
        """The distance of the coordinates of two neighbours."""
        if rule.coordinates != "align_corners":
            return 1 / self.scale
        return Fraction(self.input - 1, self.output - 1) if self.output > 1 else Fraction(0)

    def coordinate(self, output: int, rule: ResizeRule) -> Fraction:
        """Where in the input an output lies; elements lie at whole numbers.

        Source: the table of coordinate_transformation_mode in ONNX's Resize, whose lengths are the rounded ones.
        """
        centre = (output + HALF) / self.scale - HALF
        match rule.coordinates:
            case "half_pixel":
                return centre
            case "pytorch_half_pixel":
                return centre if self.output > 1 else Fraction(0)
            case "half_pixel_symmetric":
                # What rounding takes from the scaled length is taken from both ends alike.
                return centre + Fraction(self.input, 2) * (1 - self.output / (self.scale * self.input))
            case _:  # align_corners, asymmetric
                return output * self.step(rule)

    def stretch(self, rule: ResizeRule) -> Fraction:
        """By which the kernel is stretched."""
        return max(Fraction(1), self.step(rule)) if rule.antialias else Fraction(1)


@dataclass(frozen=True, slots=True)
class Resize:
    """The geometry of one call, in the order batch, spatial axes, channels, whatever the call's own layout."""

    batch: int
    channels: int
    axes: tuple[ResizeAxis, ...]
    rule: ResizeRule

    @property
    def value_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, channels)"""
        return (self.batch, *(axis.input for axis in self.axes), self.channels)

    @property
    def result_shape(self) -> tuple[int, ...]:
        """(batch, *spatial, channels)"""
        return (self.batch, *(axis.output for axis in self.axes), self.channels)

    @property
    def work(self) -> int:
        """An upper limit of it: every output reads all that its kernel spans."""
        taps = (min(2 * self.rule.radius * ceil(axis.stretch(self.rule)), axis.input) for axis in self.axes)
        return prod(self.result_shape) * (1 if self.rule.method == "nearest" else prod(taps))

    def rows(self) -> Iterator[tuple[Row, ...]]:
        """The matrix of each axis."""
        return (rows_of(axis, self.rule) for axis in self.axes)

    def columns(self) -> Iterator[tuple[Row, ...]]:
        """The transposed matrix of each axis: what a gradient applies."""
        return (columns_of(axis, self.rule) for axis in self.axes)


@lru_cache(maxsize=4096)  # a trial's generator, its expectation, its facts and its engine all ask
def rows_of(axis: ResizeAxis, rule: ResizeRule) -> tuple[Row, ...]:
    """A row for each output of the axis."""
    make = _nearest if rule.method == "nearest" else _weighted
    return tuple(make(axis, rule, output) for output in range(axis.output))


@lru_cache(maxsize=4096)
def columns_of(axis: ResizeAxis, rule: ResizeRule) -> tuple[Row, ...]:
    """A row for each element of the axis: the outputs that read it, with their weights."""
    columns: list[list[tuple[int, Fraction]]] = [[] for _ in range(axis.input)]
    for output, row in enumerate(rows_of(axis, rule)):
        for element, weight in row:
            columns[element].append((output, weight))
    return tuple(map(tuple, columns))


def rounded(coordinate: Fraction, nearest_mode: str) -> int:
    """The element that a coordinate is rounded to, which may lie beyond the border."""
    match nearest_mode:
        case "floor":
            return floor(coordinate)
        case "ceil":
            return ceil(coordinate)
        case "round_prefer_floor":
            return ceil(coordinate - HALF)
        case _:  # round_prefer_ceil
            return floor(coordinate + HALF)


# Of 2^-24 each, and in units of the numbers that meet: the scale, its inverse, the product with the place, the one with
# a translation, and two differences.
COORDINATE_ROUNDINGS = 6
SINGLE = Fraction(1, 2**24)


def coordinate_error(axis: ResizeAxis, rule: ResizeRule, output: int) -> Fraction:
    """How far off a coordinate may be, in units of a unit roundoff."""
    return COORDINATE_ROUNDINGS * (abs(axis.coordinate(output, rule)) + axis.step(rule) + 1)


def is_exact(axis: ResizeAxis, rule: ResizeRule) -> bool:
    """Whether any arithmetic finds the coordinates exactly: the scale is a power of two, or never used."""
    step = axis.step(rule)
    return step == 0 or (is_power_of_two(step.numerator) and is_power_of_two(step.denominator))


def reached_near(axis: ResizeAxis, rule: ResizeRule, output: int) -> int:
    """The other element that the nearest one of an output may be, where its coordinate lies so near to where its
    rounding jumps that arithmetic in 32 bits may miss the side; otherwise that element itself.
    """
    coordinate = axis.coordinate(output, rule)
    error = coordinate_error(axis, rule, output) * SINGLE
    at, *sides = (
        min(max(rounded(each, rule.nearest_mode), 0), axis.input - 1)
        for each in (coordinate, coordinate - error, coordinate + error)
    )
    # The first coordinate of these is 0, which anyone finds, and so is any multiple of a power of two.
    exact = (output == 0 and rule.coordinates in ("align_corners", "asymmetric")) or is_exact(axis, rule)
    return at if exact else next((side for side in sides if side != at), at)


@lru_cache(maxsize=4096)
def is_near_tie(axis: ResizeAxis, rule: ResizeRule) -> bool:
    """Whether the nearest element of an output may be another in 32 bits."""
    if rule.method != "nearest":
        return False
    return any(reached_near(axis, rule, output) != row[0][0] for output, row in enumerate(rows_of(axis, rule)))


@lru_cache(maxsize=4096)
def coordinate_bits(axis: ResizeAxis, rule: ResizeRule) -> int | None:
    """How many binary digits after the point the coordinates need; None where one needs infinitely many."""
    return _digits(axis.coordinate(output, rule) for output in range(axis.output))


def weight_bits(geometry: Resize) -> int | None:
    """How many binary digits after the point the products of weights need; None where one needs infinitely many, or the
    coordinate does from which it is computed, or the stretched distance from that: 5/6 and 1/2 are 5/8 and 3/8 of their
    sum, which no binary sum of them is.
    """
    coordinates = (coordinate_bits(axis, geometry.rule) for axis in geometry.axes)
    stretches = (axis.stretch(geometry.rule).numerator for axis in geometry.axes)
    if geometry.rule.method != "nearest" and (None in coordinates or not all(map(is_power_of_two, stretches))):
        return None
    found = [_digits(weight for row in rows for _, weight in row) for rows in geometry.rows()]
    known = [bits for bits in found if bits is not None]
    return sum(known) if len(known) == len(found) else None


def largest_sum(geometry: Resize, *, forward: bool = True) -> Fraction:
    """By which the absolute values of weights multiply the largest number: of a result, or of a gradient."""
    matrices = geometry.rows() if forward else geometry.columns()
    return prod(
        (max((sum((abs(weight) for _, weight in row), Fraction(0)) for row in rows)) for rows in matrices),
        start=Fraction(1),
    )


def is_power_of_two(number: int) -> bool:
    """Whether the positive number is one."""
    return number & (number - 1) == 0


def _digits(numbers: Iterable[Fraction]) -> int | None:
    denominators = {number.denominator for number in numbers}
    if not all(map(is_power_of_two, denominators)):
        return None
    return max(denominators, default=1).bit_length() - 1


def _nearest(axis: ResizeAxis, rule: ResizeRule, output: int) -> Row:
    element = rounded(axis.coordinate(output, rule), rule.nearest_mode)
    return ((min(max(element, 0), axis.input - 1), Fraction(1)),)


def _weighted(axis: ResizeAxis, rule: ResizeRule, output: int) -> Row:
    coordinate, stretch = axis.coordinate(output, rule), axis.stretch(rule)
    reach, last = rule.radius * stretch, axis.input - 1
    weights: dict[int, Fraction] = {}
    for element in range(ceil(coordinate - reach), floor(coordinate + reach) + 1):
        if not rule.exclude_outside or 0 <= element <= last:
            inside = min(max(element, 0), last)
            weights[inside] = weights.get(inside, Fraction(0)) + rule.kernel((element - coordinate) / stretch)
    total = sum(weights.values())  # 1, unless the kernel is stretched or something is left out
    return tuple((element, weight / total) for element, weight in sorted(weights.items()) if weight)
