"""Who is wrong about resizing on purpose, and who is right in another way than the reference.

Knows: calls and their numbers; an engine of its own, in floating-point numbers, output by output. Must not know: the
judge that must catch them, the words in which it explains them, the reference's values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.mutants.kinds import KindMutant
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


def _each(**words: Any) -> ResizeEngine:
    """Every axis is read with these words."""
    return ResizeEngine(lambda axes: [replace(axis, **words) for axis in axes])


def _where(method: str, /, **words: Any) -> ResizeEngine:
    """The same of one method."""
    return ResizeEngine(lambda axes: [replace(axis, **words) if axis.method == method else axis for axis in axes])


def _scaled(scale: Callable[[AskedAxis], float]) -> ResizeEngine:
    return ResizeEngine(lambda axes: [replace(axis, scale=scale(axis)) for axis in axes])


def _exchanged(axes: list[AskedAxis]) -> list[AskedAxis]:
    """The last two axes have one another's scales."""
    if len(axes) < 2:
        return axes
    scales = [axis.scale for axis in axes]
    scales[-2:] = scales[:-3:-1]
    return [replace(axis, scale=scale) for axis, scale in zip(axes, scales, strict=True)]


def _whole(axis: AskedAxis) -> float:
    return max(axis.scale // 1, 1.0) if axis.output >= axis.input else 1 / max((1 / axis.scale) // 1, 1.0)


def _last_nearest(axes: list[AskedAxis]) -> list[AskedAxis]:
    if axes[-1].method == "nearest":
        return axes
    return [*axes[:-1], replace(axes[-1], method="nearest", nearest_mode="round_prefer_ceil")]


def _copied(axes: list[AskedAxis]) -> list[AskedAxis]:
    """As torch does where every length stays as it is, but for nearest elements."""
    if axes[0].method == "nearest" or any(axis.input != axis.output for axis in axes):
        return axes
    return [replace(axis, method="nearest", coordinates="half_pixel", scale=1.0) for axis in axes]


def _torch_nearest(axes: list[AskedAxis]) -> list[AskedAxis]:
    return [replace(axis, coordinates="asymmetric", nearest_mode="floor") for axis in axes]


def _in_127ths(numbers: Array) -> Array:
    scale = np.float32(1) / np.float32(127)
    return (numbers * scale * np.float32(127)).astype(numbers.dtype)


_SHAPES: tuple[Literal["differs"], ...] = ("differs",)
_COORDINATES = "coordinate_transformation_mode were {}"
_WORDS: Mapping[str, tuple[str, ResizeEngine, tuple[str, ...]]] = {
    "nearest-without-its-half": (
        "Every nearest element is torch's nearest: the half pixel is left out.",
        ResizeEngine(lambda axes: _torch_nearest(axes) if axes[0].method == "nearest" else axes),
        ("coordinate_transformation_mode were asymmetric and nearest_mode floor",),
    ),
    "nearest-with-a-half": (
        "Every nearest element is that of half pixels.",
        _where("nearest", coordinates="half_pixel", nearest_mode="round_prefer_ceil"),
        ("coordinate_transformation_mode were half_pixel and nearest_mode round_prefer_ceil",),
    ),
    "uint8-as-int8": (
        "Numbers of uint8 beyond 127 are 127.",
        ResizeEngine(held=lambda numbers: np.minimum(numbers, 127) if numbers.dtype == np.uint8 else numbers),
        ("numbers beyond 127 were 127",),
    ),
    "int8-in-127ths": (
        "Numbers of int8 become fractions, and whole again by what is cut off.",
        ResizeEngine(held=lambda numbers: _in_127ths(numbers) if numbers.dtype == np.int8 else numbers),
        ("numbers passed through 127ths in float32, and were cut off",),
    ),
    "always-floor": ("Coordinates are rounded down.", _where("nearest", nearest_mode="floor"),
                     ("nearest_mode were floor",)),
    "always-ceil": ("Coordinates are rounded up.", _where("nearest", nearest_mode="ceil"), ("nearest_mode were ceil",)),
    "ties-up": ("Ties go up.", _where("nearest", nearest_mode="round_prefer_ceil"),
                ("nearest_mode were round_prefer_ceil",)),
    "ties-down": ("Ties go down.", _where("nearest", nearest_mode="round_prefer_floor"),
                  ("nearest_mode were round_prefer_floor",)),
    **{
        f"always-{word.replace('_', '-')}": (
            f"Coordinates are those of {word}.", _each(coordinates=word), (_COORDINATES.format(word),),
        )
        for word in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")
    },
    "cubic-of-tensorflow": ("The cubic's coefficient is -0.5.", _where("cubic", a=-0.5), ("cubic_coeff_a were -0.5",)),
    "cubic-of-torch": ("The cubic's coefficient is -0.75.", _where("cubic", a=-0.75), ("cubic_coeff_a were -0.75",)),
    "border-repeated": ("The border's element has the weights beyond it.", _each(exclude_outside=False),
                        ("exclude_outside were False",)),
    "outside-excluded": ("Weights beyond the border are dropped, and the others divided by their sum.",
                         _each(exclude_outside=True), ("exclude_outside were True",)),
    "zeros-outside": ("Weights beyond the border are dropped, and nothing is divided.", ResizeEngine(border="zero"),
                      ("zeros lay beyond the border",)),
    "line-outside": (
        "Beyond the border the line through the outermost elements goes on.",
        ResizeEngine(border="line"),
        ("the border were extrapolated",),
    ),
    "never-antialias": ("antialias is ignored.", _each(antialias=False), ("antialias were False",)),
    "always-antialias": ("The kernel is always stretched.", _each(antialias=True), ("antialias were True",)),
    "antialias-of-one-column": (
        "Of a result of one column antialias weighs every row as the first one.",
        ResizeEngine(one_column=True),
        ("every output along the height had the weights of the first one",),
    ),
    "copied-at-its-own-length": (
        "A result as long as the value is a copy of it, whatever the scale.",
        ResizeEngine(_copied),
        ("a result as long as the value were a copy of it",),
    ),
    "scale-recomputed": (
        "Coordinates are scaled by the ratio of the lengths.",
        _scaled(lambda axis: axis.output / axis.input),
        ("scales were recomputed from the lengths",),
    ),
    "scale-as-given": (
        "recompute_scale_factor is ignored.",
        _scaled(lambda axis: axis.given),
        ("scales were used as they are given",),
    ),
    "whole-ratios": ("Ratios are rounded down to whole numbers.", _scaled(_whole),
                     ("the ratio of the lengths were rounded to a whole number",)),
    "scales-turned": ("The last two axes have one another's scales.", ResizeEngine(_exchanged),
                      ("height and width were exchanged in the scales",)),
    "linear-for-cubic": ("Cubic weights are linear ones.", _where("cubic", method="linear"), ("method were linear",)),
    "cubic-for-linear": ("Linear weights are cubic ones.", _where("linear", method="cubic", a=-0.5),
                         ("method were cubic",)),
    "nearest-for-linear": (
        "Linear weights are those of the nearest element.",
        _where("linear", method="nearest", nearest_mode="round_prefer_ceil"),
        ("method were nearest", "coordinates were rounded to whole numbers"),
    ),
    "last-axis-nearest": (
        "The last axis is read by its nearest element.", ResizeEngine(_last_nearest),
        ("width were read by the nearest element",),
    ),
    "table": ("Weights are taken from a table of 1024 steps.", ResizeEngine(steps=1024),
              ("coordinates were rounded to 1024ths, as for a table of weights",)),
    "gradient-of-the-last": ("Cotangents that meet overwrite one another.", ResizeEngine(adds="last"),
                             ("cotangents that meet overwrote one another",)),
    "gradient-averaged": ("Cotangents that meet are averaged.", ResizeEngine(adds="mean"),
                          ("cotangents that meet were averaged",)),
    "channels-last": ("The memory is read with the channels last.", ResizeEngine(first=False),
                      ("the memory were read with the channels last instead of first",)),
}  # fmt: skip
"""name -> what it does, how, and what an answer of its behaves like"""

MUTANTS = (
    KindMutant("resize", "Each output on its own.", (), lambda: ResizeMutant(ResizeEngine())),
    KindMutant(
        "resize-backwards",
        "The last axis first, and sums from their last element on.",
        (),
        lambda: ResizeMutant(ResizeEngine(order="backwards")),
    ),
    KindMutant("resize-lerp", "Two elements are mixed as a + t (b - a).", (),
               lambda: ResizeMutant(ResizeEngine(lerps=True))),
    *(
        KindMutant(
            f"resize-{name}",
            summary,
            _SHAPES,
            lambda engine=engine: ResizeMutant(engine),  # type: ignore[misc]
            tuple(f"behaves as if {sentence}" for sentence in sentences),
            family="resize",
        )
        for name, (summary, engine, sentences) in _WORDS.items()
    ),
    KindMutant(
        "resize-coordinates-in-32-bits",
        "The ratio is rounded to 32 bits before it is multiplied.",
        _SHAPES,
        lambda: ResizeMutant(ResizeEngine(precise=False, dtypes=("float32",))),
        ("behaves as if coordinates were computed in 32 bits",),
        family="resize",
    ),
    KindMutant(
        "resize-accepts",
        "Wrong calls are answered.",
        ("accepted",),
        lambda: ResizeMutant(ResizeEngine(accepts=True)),
        family="refusals",
    ),
)  # fmt: skip
