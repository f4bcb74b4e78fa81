"""Who is wrong about pooling on purpose, and who is right in another way than the reference.

Knows: calls and their integers; an engine of its own, window by window. Must not know: the judge that must catch them,
the words in which it explains them, the reference's values.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.mutants.kinds import KindMutant
from conformance.operators.pooling.call import RightPooling, pooling
from reference.family import Direction
from reference.pooling.family import OPERATORS
from reference.pooling.geometry import WindowAxis, pooling_axis

Array: TypeAlias = NDArray[Any]
Place: TypeAlias = tuple[int, ...]
AxesOf: TypeAlias = Callable[[RightPooling], tuple[WindowAxis, ...]]
Divisor: TypeAlias = Callable[["WindowCounts"], int]


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """How many places of a window are what."""

    elements: int
    places: int
    """elements and pads; not what hangs over"""
    whole: int
    count_include_pad: bool
    override: int | None


def _asked_divisor(window: WindowCounts) -> int:
    if window.override is not None:
        return window.override
    return window.places if window.count_include_pad else window.elements


@dataclass(frozen=True, slots=True)
class PoolingEngine:
    """An engine that does as it is asked, but for what is set."""

    axes: AxesOf = lambda call: call.geometry.axes
    pad: Literal["nothing", "zero", "copy"] = "nothing"
    divisor: Divisor = _asked_divisor
    divides: Literal["quotient", "reciprocal"] = "quotient"
    routed: Literal["first", "last", "all", "shared"] = "first"
    keeps_nan: bool = True
    of_nothing: float | None = None
    compared: Callable[[Array], Array] = lambda numbers: numbers
    backwards: bool = False
    """sums begin at the last place"""
    only: Literal["both", "forward", "gradient"] = "both"
    """what the fault is in"""
    accepts: bool = False
    """wrong calls are answered"""


class PoolingMutant:
    """An engine behind the suite's door."""

    operators = tuple(OPERATORS)
    features: tuple[str, ...] = ()
    dtypes = ("float16", "bfloat16", "float32", "float64", "int32", "int64")
    directions: tuple[Direction, ...] = ("forward", "value_gradient")

    def __init__(self, engine: PoolingEngine) -> None:
        self._engine = engine

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        asked = pooling(call)
        operands = tuple((name, name) for name in asked.operands)
        if not isinstance(asked, RightPooling):
            refusal: tuple[tuple[str, Argument], ...] = (("refusal", asked.fault.message),)
            return Plan((Invoke("pooling", operands, refusal),))
        axes = self._engine.axes(asked)
        if asked.direction != "forward" and any(
            axis.output != right.output for axis, right in zip(axes, asked.geometry.axes, strict=True)
        ):
            axes = asked.geometry.axes  # its cotangent would have another shape
        keywords: tuple[tuple[str, Argument], ...] = (
            (
                "axes",
                tuple((a.input, a.kernel, a.stride, a.dilation, a.pad_before, a.pad_after, a.output) for a in axes),
            ),
            ("averages", asked.averages),
            ("last", asked.last),
            ("count_include_pad", asked.count_include_pad),
            ("override", asked.divisor_override),
        )
        return Plan((Invoke("pooling", operands, keywords),))

    def execute(self, plan: Plan, arrays: Operands) -> Array:
        def invoke(step: Invoke, operands: Operands) -> Array:
            result: Array = calling(self._pooled, operands, **dict(step.keywords))
            return result

        return perform(plan, arrays, invoke)

    def _pooled(self, operands: Operands, refusal: str = "", **asked: Any) -> Array:
        if refusal:
            if self._engine.accepts:
                return operands["value"].copy()
            raise ValueError(refusal)
        last, value = asked["last"], operands["value"]
        cotangent = operands.get("cotangent")
        if not last:
            value = np.moveaxis(value, 1, -1)
            cotangent = None if cotangent is None else np.moveaxis(cotangent, 1, -1)
        axes = tuple(WindowAxis(*numbers) for numbers in asked["axes"])
        forward = cotangent is None
        engine = PoolingEngine() if self._engine.only == ("gradient" if forward else "forward") else self._engine
        run = _Run(engine, axes, asked["averages"], asked["count_include_pad"], asked["override"])
        with np.errstate(all="ignore"):
            result = run.forward(value) if cotangent is None else run.gradient(value, cotangent)
        return np.ascontiguousarray(result if last else np.moveaxis(result, -1, 1))


@dataclass(frozen=True, slots=True)
class _Run:
    """One call, window by window."""

    engine: PoolingEngine
    axes: tuple[WindowAxis, ...]
    averages: bool
    count_include_pad: bool
    override: int | None

    def forward(self, value: Array) -> Array:
        result = np.zeros((len(value), *(axis.output for axis in self.axes), value.shape[-1]), value.dtype)
        for place, pixels, window in self._windows():
            read = self._read(value, pixels)
            result[_of_all_images(place)] = self._average(read, window) if self.averages else self._maximum(read, value)
        return result

    def gradient(self, value: Array, cotangent: Array) -> Array:
        wide = np.zeros(value.shape, np.float64)
        for place, pixels, window in self._windows():
            given = cotangent[_of_all_images(place)].astype(np.float64)
            inside = [pixel for pixel in pixels if self._is_inside(pixel)]
            if self.averages:
                for pixel in inside:
                    wide[_of_all_images(pixel)] += given / max(self.engine.divisor(window), 1)
            elif inside:
                read = self._read(value, inside)
                largest = read == read.max(axis=0)
                for pixel, share in zip(inside, self._shares(largest), strict=True):
                    wide[_of_all_images(pixel)] += given * share
        return wide.astype(value.dtype)

    def _windows(self) -> Iterator[tuple[Place, list[Place], WindowCounts]]:
        for place in product(*(range(axis.output) for axis in self.axes)):
            pixels = list(product(*(axis.places(at) for axis, at in zip(self.axes, place, strict=True))))
            places = prod(axis.clipped()[at] for axis, at in zip(self.axes, place, strict=True))
            elements = sum(map(self._is_inside, pixels))
            yield place, pixels, WindowCounts(elements, places, len(pixels), self.count_include_pad, self.override)

    def _is_inside(self, pixel: Place) -> bool:
        return all(0 <= at < axis.input for at, axis in zip(pixel, self.axes, strict=True))

    def _read(self, value: Array, pixels: list[Place]) -> Array:
        """(numbers, batch, channels)"""
        read = list[Array]()
        for pixel in reversed(pixels) if self.engine.backwards else pixels:
            nearest = tuple(min(max(at, 0), axis.input - 1) for at, axis in zip(pixel, self.axes, strict=True))
            if self._is_inside(pixel) or self.engine.pad == "copy":
                read.append(value[_of_all_images(nearest)])
            elif self.engine.pad == "zero":
                read.append(np.zeros_like(value[_of_all_images(nearest)]))
        return np.array(read, value.dtype).reshape(len(read), len(value), value.shape[-1])

    def _maximum(self, read: Array, value: Array) -> Array:
        lowest = np.iinfo(value.dtype).min if value.dtype.kind == "i" else -np.inf
        if not len(read):
            nothing = lowest if self.engine.of_nothing is None else self.engine.of_nothing
            return np.full(read.shape[1:], nothing, value.dtype)
        wide = self.engine.compared(read if value.dtype.kind == "i" else read.astype(np.float64))
        return np.asarray(wide.max(axis=0) if self.engine.keeps_nan else np.fmax.reduce(wide, axis=0))

    def _average(self, read: Array, window: WindowCounts) -> Array:
        wide = read.dtype if read.dtype == np.float64 else np.dtype(np.float32)
        numbers = read.astype(wide)
        if not self.engine.keeps_nan:
            numbers = np.nan_to_num(numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)
        total, divisor = np.zeros(read.shape[1:], wide), wide.type(self.engine.divisor(window))
        for number in numbers:
            total = total + number
        if not len(read) and self.engine.of_nothing is not None:
            return np.full(read.shape[1:], self.engine.of_nothing, wide)
        return np.asarray(total * (wide.type(1) / divisor) if self.engine.divides == "reciprocal" else total / divisor)

    def _shares(self, largest: Array) -> Array:
        match self.engine.routed:
            case "all":
                return largest
            case "shared":
                return np.asarray(largest / largest.sum(axis=0))
            case "last":
                return np.asarray((largest[::-1] & (np.cumsum(largest[::-1], axis=0) == 1))[::-1])
            case "first":
                return np.asarray(largest & (np.cumsum(largest, axis=0) == 1))


def _of_all_images(pixel: Place) -> Any:
    return (slice(None), *pixel)


def _again(
    change: Callable[[WindowAxis], WindowAxis] = lambda axis: axis, padding: Any = None, ceil_mode: bool | None = None
) -> AxesOf:
    """The axes of the call with other numbers, another padding, other lengths."""

    def axes(call: RightPooling) -> tuple[WindowAxis, ...]:
        mode = call.ceil_mode if ceil_mode is None else ceil_mode
        changed = [change(axis) for axis in call.geometry.axes]
        made = [_made(axis, call, mode, padding) for axis in changed]
        return tuple(axis if axis.output >= 0 else asked for axis, asked in zip(made, changed, strict=True))

    return axes


def _each(change: Callable[[WindowAxis], WindowAxis]) -> AxesOf:
    return lambda call: tuple(map(change, call.geometry.axes))


def _turned(*fields: str) -> AxesOf:
    """The last two axes exchange these numbers."""

    def axes(call: RightPooling) -> tuple[WindowAxis, ...]:
        order = [*range(call.definition.rank - 2), *(range(call.definition.rank)[:-3:-1])]
        taken = zip(call.geometry.axes, (call.geometry.axes[number] for number in order), strict=True)
        turned = [replace(to, **{field: getattr(of, field) for field in fields}) for to, of in taken]
        made = [_made(axis, call, call.ceil_mode) for axis in turned]
        return tuple(axis if axis.output >= 0 else asked for axis, asked in zip(made, turned, strict=True))

    return axes


def _made(axis: WindowAxis, call: RightPooling, ceil_mode: bool, padding: Any = None) -> WindowAxis:
    """The axis of these numbers and pads, or of the call's word."""
    rule: Any = padding or (call.padding if isinstance(call.padding, str) else (axis.pad_before, axis.pad_after))
    return pooling_axis(axis.input, axis.kernel, axis.stride, axis.dilation, rule, ceil_mode=ceil_mode)


def _one_more(axis: WindowAxis) -> WindowAxis:
    room = axis.input + axis.pad_before + axis.pad_after - axis.extent
    return replace(axis, output=max(axis.output, -(-room // axis.stride) + 1))


def _kept(call: RightPooling) -> tuple[WindowAxis, ...]:
    return (
        tuple(map(_one_more, call.geometry.axes)) if call.ceil_mode and call.padding != "SAME" else call.geometry.axes
    )


def _one_later(axis: WindowAxis) -> WindowAxis:
    return replace(axis, pad_before=axis.pad_before - 1, pad_after=axis.pad_after + 1)


def _sides(axis: WindowAxis) -> WindowAxis:
    return replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before)


def _same_lower(call: RightPooling) -> tuple[WindowAxis, ...]:
    return tuple(map(_sides, call.geometry.axes)) if call.padding == "SAME" else call.geometry.axes


_SHAPES: tuple[Literal["differs", "wrong_shape"], ...] = ("differs", "wrong_shape")
_WORDS: Mapping[str, tuple[str, PoolingEngine, tuple[str, ...]]] = {
    "zero-pads": ("A pad is compared as 0.", PoolingEngine(pad="zero"), ("pads held 0",)),
    "copied-pads": (
        "Pads are copies of the border, and are averaged.",
        PoolingEngine(pad="copy", divisor=lambda window: window.whole, only="forward"),
        ("pads held copies of the border", "averages were divided by the whole window"),
    ),
    "whole-window": (
        "Every sum is divided by the whole window.",
        PoolingEngine(divisor=lambda window: window.override or window.whole),
        ("averages were divided by the whole window",),
    ),
    "elements": (
        "count_include_pad is ignored.",
        PoolingEngine(divisor=lambda window: window.override or window.elements),
        ("averages were divided by their elements",),
    ),
    "places": (
        "Pads always count.",
        PoolingEngine(divisor=lambda window: window.override or window.places),
        ("averages were divided by their places, pads included",),
    ),
    "no-override": (
        "divisor_override is ignored.",
        PoolingEngine(divisor=lambda window: _asked_divisor(replace(window, override=None))),
        ("averages were divided by their elements", "averages were divided by their places, pads included"),
    ),
    "sums": ("Nothing is divided.", PoolingEngine(divisor=lambda window: 1), ("windows were summed and not divided",)),
    "overhang-counts": (
        "A window that hangs over is divided by all of it.",
        PoolingEngine(divisor=lambda window: window.whole if window.places < window.whole else _asked_divisor(window)),
        ("averages were divided by the whole window",),
    ),
    "one-later": (
        "Windows begin one element later.", PoolingEngine(_each(_one_later)), ("windows began one element later",),
    ),
    "same-lower": (
        "SAME puts the odd element before.", PoolingEngine(_same_lower), ("SAME put the odd element before",),
    ),
    "sides": (
        "The pads of the two sides are exchanged.",
        PoolingEngine(_each(_sides)),
        ("pads before and behind were exchanged", "SAME put the odd element before"),
    ),
    "valid": ("Nothing is padded.", PoolingEngine(_again(padding="VALID")), ("padding were VALID",)),
    "always-ceil": ("Lengths are rounded up.", PoolingEngine(_again(ceil_mode=True)), ("ceil_mode were True",)),
    "never-ceil": ("Lengths are rounded down.", PoolingEngine(_again(ceil_mode=False)), ("ceil_mode were False",)),
    "last-window": (
        "A last window that begins behind the value is kept.",
        PoolingEngine(_kept),
        ("a last window that begins behind the value were kept",),
    ),
    "window-turned": (
        "The last two axes are exchanged in ksize.",
        PoolingEngine(_turned("kernel")),
        ("height and width were exchanged in ksize",),
    ),
    "strides-turned": (
        "The last two axes are exchanged in strides.",
        PoolingEngine(_turned("stride")),
        ("height and width were exchanged in strides",),
    ),
    "pads-turned": (
        "The last two axes are exchanged in padding.",
        PoolingEngine(_turned("pad_before", "pad_after")),
        ("height and width were exchanged in padding",),
    ),
    "strides-of-one": (
        "Strides are ignored.", PoolingEngine(_again(lambda axis: replace(axis, stride=1))), ("strides were 1",),
    ),
    "strides-of-the-window": (
        "Strides are those of the window.",
        PoolingEngine(_again(lambda axis: replace(axis, stride=axis.kernel))),
        ("strides were ksize",),
    ),
    "no-dilations": (
        "Dilations are ignored.", PoolingEngine(_again(lambda axis: replace(axis, dilation=1))), ("dilations were 1",),
    ),
    "longer-window": (
        "The window is one element longer.",
        PoolingEngine(_again(lambda axis: replace(axis, kernel=axis.kernel + 1))),
        ("the window were one element longer",),
    ),
    "minimum": (
        "The smallest is taken.",
        PoolingEngine(compared=lambda numbers: numbers.min(axis=0, keepdims=True), only="forward"),
        ("the minimum were taken",),
    ),
    "absolute": (
        "Absolute values are compared, and returned.",
        PoolingEngine(compared=np.abs, only="forward"),
        ("absolute values were compared",),
    ),
    "nan-dropped": ("A NaN is left out.", PoolingEngine(keeps_nan=False), ("NaN were left out",)),
    "nothing-is-zero": (
        "A window without an element gives 0.", PoolingEngine(of_nothing=0.0), ("windows without an element gave 0",),
    ),
    "gradient-to-the-last": (
        "The last of equal maxima takes the cotangent.",
        PoolingEngine(routed="last"),
        ("the last of equal maxima took the cotangent",),
    ),
    "gradient-to-all": (
        "Each of equal maxima takes the cotangent.",
        PoolingEngine(routed="all"),
        ("each of equal maxima took the cotangent",),
    ),
    "gradient-shared": (
        "Equal maxima share the cotangent.", PoolingEngine(routed="shared"), ("equal maxima shared the cotangent",),
    ),
    "gradient-undivided": (
        "The gradient of an average is not divided.",
        PoolingEngine(divisor=lambda window: 1, only="gradient"),
        ("windows were summed and not divided",),
    ),
}  # fmt: skip
"""name -> what it does, how, and what an answer of its behaves like"""

MUTANTS = (
    KindMutant("pool", "Each window on its own.", (), lambda: PoolingMutant(PoolingEngine())),
    KindMutant(
        "pool-backwards",
        "Sums begin at the last place.",
        (),
        lambda: PoolingMutant(PoolingEngine(backwards=True, only="forward")),
    ),
    KindMutant(
        "pool-reciprocal",
        "Sums are multiplied by a reciprocal.",
        (),
        lambda: PoolingMutant(PoolingEngine(divides="reciprocal")),
    ),
    *(
        KindMutant(
            f"pool-{name}",
            summary,
            _SHAPES,
            lambda engine=engine: PoolingMutant(engine),  # type: ignore[misc]
            tuple(f"behaves as if {sentence}" for sentence in sentences),
            family="pooling",
        )
        for name, (summary, engine, sentences) in _WORDS.items()
    ),
    KindMutant(
        "pool-accepts",
        "Wrong calls are answered.",
        ("accepted",),
        lambda: PoolingMutant(PoolingEngine(accepts=True)),
        family="refusals",
    ),
)
