"""A resize of its own, in floating-point numbers, output by output, and what can be set wrong in it.

Knows: calls and their numbers. Must not know: the faults (`mutants`), the judge that must catch them, the reference's
values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.operators.resize.call import RightResize, resize
from reference.arrays import from_layout, to_layout
from reference.family import Direction
from reference.resize.family import OPERATORS

Array: TypeAlias = NDArray[Any]
Row: TypeAlias = list[tuple[int, float]]
"""(element, weight)"""


@dataclass(frozen=True, slots=True)
class AskedAxis:
    """How one axis is asked."""

    input: int
    output: int
    scale: float
    given: float
    """the scale that the call names, whether it is recomputed or not; the ratio of the lengths where it names none"""
    method: str
    coordinates: str
    nearest_mode: str
    a: float
    exclude_outside: bool
    antialias: bool


@dataclass(frozen=True, slots=True)
class ResizeEngine:
    """An engine that does as it is asked, but for what is set."""

    reads: Callable[[list[AskedAxis]], list[AskedAxis]] = lambda axes: axes
    """how it takes the axes"""
    border: Literal["asked", "zero", "line"] = "asked"
    steps: int = 0
    """of a table from which weights are taken, between two elements"""
    one_column: bool = False
    """antialias weighs all rows of a result of one column as the first of them"""
    held: Callable[[Array], Array] = lambda numbers: numbers
    """what numbers become before anything is read"""
    adds: Literal["sum", "last", "mean"] = "sum"
    """what becomes of cotangents that meet"""
    first: bool | None = None
    """whether the channels are taken to be the first; None for what is asked"""
    precise: bool = True
    """coordinates and weights are computed in 64 bits, otherwise in the operands' precision"""
    order: Literal["forwards", "backwards"] = "forwards"
    """in which the axes follow, and the elements of a sum"""
    lerps: bool = False
    """two elements are mixed as a + t (b - a)"""
    accepts: bool = False
    """wrong calls are answered"""
    dtypes: tuple[str, ...] = field(
        default=("float16", "bfloat16", "float32", "float64", "int32", "int64", "int8", "uint8")
    )


class ResizeMutant:
    """An engine behind the suite's interface."""

    operators = tuple(OPERATORS)
    features: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ("forward", "value_gradient")

    def __init__(self, engine: ResizeEngine) -> None:
        self._engine = engine
        self.dtypes = engine.dtypes

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        asked = resize(call)
        operands = tuple((name, name) for name in asked.operands)
        if not isinstance(asked, RightResize):
            refusal: tuple[tuple[str, Argument], ...] = (("refusal", asked.fault.message),)
            return Plan((Invoke("resize", operands, refusal),))
        rule = asked.geometry.rule
        scales = asked.scales if isinstance(asked.scales, tuple) else (asked.scales,)
        named = scales * (1 if len(scales) > 1 else len(asked.geometry.axes))
        axes = tuple(
            (axis.input, axis.output, float(axis.scale), axis.output / axis.input if given is None else float(given))
            for axis, given in zip(asked.geometry.axes, named, strict=True)
        )
        keywords: tuple[tuple[str, Argument], ...] = (
            ("axes", axes),
            ("method", rule.method),
            ("coordinates", rule.coordinates),
            ("nearest_mode", rule.nearest_mode),
            ("a", float(rule.cubic_coeff_a)),
            ("exclude_outside", rule.exclude_outside),
            ("antialias", rule.antialias),
            ("last", asked.last),
        )
        return Plan((Invoke("resize", operands, keywords),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        def invoke(step: Invoke, operands: Operands) -> Array:
            result: Array = calling(self._resized, operands, **dict(step.keywords))
            return result

        return perform(plan, arrays, invoke)

    def _resized(self, operands: Operands, refusal: str = "", **asked: Any) -> Array:
        if refusal:
            if self._engine.accepts:
                return operands["value"].copy()
            raise ValueError(refusal)
        numbers, last = asked.pop("axes"), asked.pop("last")
        axes = self._engine.reads([AskedAxis(*each, **asked) for each in numbers])
        forward = "cotangent" not in operands
        given = operands["value" if forward else "cotangent"]
        first = not last if self._engine.first is None else self._engine.first
        shape = given.shape
        if first == last:  # the memory is taken for another layout
            outer, inner = (shape[:1] + shape[-1:], shape[1:-1]) if last else (shape[:2], shape[2:])
            given = given.reshape((*outer, *inner) if first else (outer[0], *inner, outer[1]))
        canonical = from_layout(given, not first)
        with np.errstate(all="ignore"):
            result = _ResizeRun(self._engine, forward, given.dtype).along_all(self._engine.held(canonical), axes)
        laid_out = np.ascontiguousarray(to_layout(result, not first))
        if first == last:
            lengths = result.shape[1:-1]
            batch, channels = result.shape[0], result.shape[-1]
            laid_out = laid_out.reshape((batch, *lengths, channels) if last else (batch, channels, *lengths))
        return np.ascontiguousarray(laid_out.astype(operands["value"].dtype))


@dataclass(frozen=True, slots=True)
class _ResizeRun:
    """One call, axis by axis and output by output."""

    engine: ResizeEngine
    forward: bool
    dtype: np.dtype[Any]

    def along_all(self, value: Array, axes: list[AskedAxis]) -> Array:
        places = list(enumerate(axes, start=1))
        copies = all(axis.method == "nearest" for axis in axes) and self.forward
        wide = value.dtype if copies else np.dtype(np.float64 if value.dtype == np.float64 else np.float32)
        value = value.astype(wide)
        column = self.engine.one_column and len(axes) > 1 and axes[-1].output == 1 and axes[-1].antialias
        for place, axis in reversed(places) if self.engine.order == "backwards" else places:
            first = column and place == len(axes) - 1
            rows = [self._row(axis, 0 if first else output) for output in range(axis.output)]
            moved = np.moveaxis(value, place, 0)
            result = self._read(moved, rows) if self.forward else self._spread(moved, rows, axis.input)
            value = np.moveaxis(result, 0, place)
        return value

    def _read(self, value: Array, rows: list[Row]) -> Array:
        result = np.zeros((len(rows), *value.shape[1:]), value.dtype)
        for output, row in enumerate(rows):
            if len(row) == 1 and row[0][1] == 1.0:
                result[output] = value[row[0][0]]
            elif self.engine.lerps and len(row) == 2:
                (left, _), (right, weight) = row
                result[output] = value[left] + value.dtype.type(weight) * (value[right] - value[left])
            else:
                for element, weight in reversed(row) if self.engine.order == "backwards" else row:
                    result[output] += value.dtype.type(weight) * value[element]
        return result

    def _spread(self, cotangent: Array, rows: list[Row], length: int) -> Array:
        result = np.zeros((length, *cotangent.shape[1:]), cotangent.dtype)
        met = [0] * length
        for output, row in enumerate(rows):
            for element, weight in row:
                part = cotangent.dtype.type(weight) * cotangent[output]
                result[element] = part if self.engine.adds == "last" else result[element] + part
                met[element] += 1
        if self.engine.adds == "mean":
            result /= np.maximum(np.array(met), 1).reshape(-1, *[1] * (result.ndim - 1)).astype(result.dtype)
        return result

    def _row(self, axis: AskedAxis, output: int) -> Row:
        coordinate, last = self._coordinate(axis, output), axis.input - 1
        if axis.method == "nearest":
            return [(min(max(_rounded(coordinate, axis.nearest_mode), 0), last), 1.0)]
        if self.engine.steps:
            coordinate = round(coordinate * self.engine.steps) / self.engine.steps
        if self.engine.border == "line" and last and axis.method == "linear" and not axis.antialias:
            left = min(max(floor(coordinate), 0), last - 1)
            return [(left, 1 - (coordinate - left)), (left + 1, coordinate - left)]
        stretch = max(_step(axis), 1.0) if axis.antialias else 1.0
        reach = (2 if axis.method == "cubic" else 1) * stretch
        weights: dict[int, float] = {}
        total = 0.0
        for element in range(ceil(coordinate - reach), floor(coordinate + reach) + 1):
            weight = _kernel(axis, abs(element - coordinate) / stretch)
            outside = not 0 <= element <= last
            if outside and self.engine.border != "zero" and axis.exclude_outside:
                continue
            total += weight
            if not (outside and self.engine.border == "zero"):
                at = min(max(element, 0), last)
                weights[at] = weights.get(at, 0.0) + weight
        return [(element, weight / total) for element, weight in sorted(weights.items()) if weight]

    def _coordinate(self, axis: AskedAxis, output: int) -> float:
        if self.engine.precise or self.dtype == np.float64:
            return _coordinate(axis, output)
        # As kernels of 32 bits do: the ratio first, then a product.
        single = np.float32
        match axis.coordinates:
            case "align_corners" | "asymmetric":
                return float(single(output) * single(_step(axis)))
            case "half_pixel" if axis.method == "nearest" and axis.nearest_mode == "round_prefer_ceil":
                return float(single(output + 0.5) * single(_step(axis))) - 0.5
            case "half_pixel":
                return float(single(output + 0.5) * single(_step(axis)) - single(0.5))
        return _coordinate(axis, output)


def _step(axis: AskedAxis) -> float:
    if axis.coordinates != "align_corners":
        return 1 / axis.scale
    return (axis.input - 1) / (axis.output - 1) if axis.output > 1 else 0.0


def _coordinate(axis: AskedAxis, output: int) -> float:
    match axis.coordinates:
        case "align_corners" if axis.output > 1:
            return output * (axis.input - 1) / (axis.output - 1)
        case "asymmetric" | "align_corners":
            return output / axis.scale if axis.coordinates == "asymmetric" else 0.0
        case "pytorch_half_pixel" if axis.output == 1:
            return 0.0
        case "half_pixel_symmetric":
            scale = Fraction(axis.scale).limit_denominator(10_000)  # floats would be rounded up from whole numbers
            return float(axis.input / Fraction(2) + (output + Fraction(1 - axis.output, 2)) / scale - Fraction(1, 2))
    if axis.scale == axis.output / axis.input:  # no rounding but of the quotient, so that ties are found
        return ((2 * output + 1) * axis.input - axis.output) / (2 * axis.output)
    return (output + 0.5) / axis.scale - 0.5


def _rounded(coordinate: float, mode: str) -> int:
    match mode:
        case "floor":
            return floor(coordinate)
        case "ceil":
            return ceil(coordinate)
        case "round_prefer_floor":
            return ceil(coordinate - 0.5)
    return floor(coordinate + 0.5)


def _kernel(axis: AskedAxis, x: float) -> float:
    if axis.method == "linear":
        return max(1 - x, 0.0)
    a = axis.a
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * (x**3 - 5 * x**2 + 8 * x - 4) if x < 2 else 0.0
