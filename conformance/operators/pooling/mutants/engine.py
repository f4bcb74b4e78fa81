"""An engine that pools window by window, right unless something is set, behind the suite's interface.

Knows: calls and their integers. Must not know: the judge that must catch it, the reference's values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.adapters.plan import Argument, Invoke, Operands, Plan, Unsupported, perform
from conformance.adapters.protocol import Call, Description, calling
from conformance.operators.pooling.call import RightPooling, pooling
from conformance.operators.pooling.mutants.axes import AxesOf, SpansOf, spans
from reference.arrays import to_layout
from reference.family import Direction
from reference.pooling.family import OPERATORS, PoolingOperator, Reduction
from reference.pooling.geometry import Axis

Array: TypeAlias = NDArray[Any]
Place: TypeAlias = tuple[int, ...]
Divisor: TypeAlias = Callable[["WindowCounts"], int]


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """How many places of a window are what."""

    elements: int
    places: int
    """elements and pads; not what hangs over"""
    front: int
    """elements and the pads before them"""
    whole: int
    longest: int
    """of all windows"""
    count_include_pad: bool
    override: int | None


def asked_divisor(window: WindowCounts) -> int:
    """What the call divides by."""
    if window.override is not None:
        return window.override
    return window.places if window.count_include_pad else window.elements


@dataclass(frozen=True, slots=True, eq=False)
class MaximumAt:
    """Where maxima are; arrays (batch, channels) or broadcastable to it."""

    tap: Array
    y: Array
    x: Array
    image: Array
    channel: Array
    lengths: tuple[int, int, int]
    """height, width, channels"""
    pads: tuple[tuple[int, int], tuple[int, int]]
    last: bool
    include_batch: bool

    def place(self, y: Array, x: Array, height: int, width: int, *, last: bool, batch: bool) -> Array:
        """In the memory of an image of these lengths, or of all."""
        channels = self.lengths[2]
        within = (y * width + x) * channels + self.channel if last else (self.channel * height + y) * width + x
        return within + self.image * height * width * channels if batch else within

    def counted(self, *, last: bool | None = None, batch: bool | None = None) -> Array:
        """As the call asks, but for what is given."""
        height, width, _ = self.lengths
        layout = self.last if last is None else last
        return self.place(
            self.y, self.x, height, width, last=layout, batch=self.include_batch if batch is None else batch
        )

    @property
    def asked(self) -> Array:
        """As the call asks."""
        return self.counted()


_RIGHT_SPANS = spans()


@dataclass(frozen=True, slots=True)
class PoolingEngine:
    """An engine that does as it is asked, but for what is set."""

    axes: AxesOf = lambda call: call.geometry.sliding
    spans: SpansOf = _RIGHT_SPANS
    """windows of adaptive poolings"""
    pad: Literal["nothing", "zero", "copy"] = "nothing"
    held: Callable[[np.dtype[Any]], int | None] = lambda dtype: None
    """a number that pads hold, of a dtype; None for what `pad` says"""
    divisor: Divisor = asked_divisor
    divides: Literal["quotient", "reciprocal"] = "quotient"
    routed: Literal["first", "last", "all", "shared"] = "first"
    keeps_nan: bool = True
    of_nothing: float | None = None
    compared: Callable[[Array], Array] = lambda numbers: numbers
    power: Callable[[Array, int], Array] = lambda numbers, norm: np.abs(numbers) ** norm
    slope: Callable[[Array, int], Array] = lambda numbers, norm: np.sign(numbers) * np.abs(numbers) ** (norm - 1)
    """what is summed of a norm, and its derivative over p"""
    root: Callable[[Array, int], Array] = lambda sums, norm: sums ** (1 / norm)
    norm: Callable[[int], int] = lambda norm: norm
    scale: Callable[["WindowCounts"], float] = lambda window: 1.0
    """by which the sum of a norm is multiplied"""
    index: Callable[["MaximumAt"], Array] = lambda at: at.asked
    index_dtype: str = "int64"
    backwards: bool = False
    """sums begin at the last place"""
    only: Literal["both", "forward", "gradient"] = "both"
    """what the fault is in"""
    accepts: bool = False
    """wrong calls are answered"""


class PoolingMutant:
    """An engine behind the suite's interface."""

    features: tuple[str, ...] = ()
    dtypes = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "int8", "uint8")
    directions: tuple[Direction, ...] = ("forward", "value_gradient")

    def __init__(self, engine: PoolingEngine, has: Callable[[PoolingOperator], bool] = lambda operator: True) -> None:
        """has: which operators the engine has, those that its fault is about."""
        self._engine = engine
        self.operators = tuple(
            name for name, operator in OPERATORS.items() if operator.reduction != "unpooled" and has(operator)
        )

    def describe(self) -> Description:
        return Description("engine", np.__version__)

    def plan(self, call: Call) -> Plan | Unsupported:
        asked = pooling(call)
        operands = tuple((name, name) for name in asked.operands)
        if not isinstance(asked, RightPooling):
            refusal: tuple[tuple[str, Argument], ...] = (("refusal", asked.fault.message),)
            return Plan((Invoke("pooling", operands, refusal),))
        keywords: tuple[tuple[str, Argument], ...] = (
            ("axes", tuple(axis.written() for axis in self._axes(asked))),
            ("reduction", asked.definition.reduction),
            ("last", asked.last),
            ("count_include_pad", asked.count_include_pad),
            ("override", asked.divisor_override),
            ("norm_type", asked.norm_type),
            ("include_batch", asked.include_batch_in_index),
        )
        return Plan((Invoke("pooling", operands, keywords),))

    def _axes(self, call: RightPooling) -> list["_Axis"]:
        """Those of the engine, unless a cotangent would have another shape."""
        axes = call.geometry.axes
        if call.definition.adaptive:
            windows = self._engine.spans(tuple((axis.input, axis.output) for axis in axes))
            made = [_Axis(axis.input, 0, 0, of) for axis, of in zip(axes, windows, strict=True)]
        else:
            made = list(map(_Axis.of, self._engine.axes(call)))
        if call.direction == "forward" or [len(axis.windows) for axis in made] == [axis.output for axis in axes]:
            return made
        return list(map(_Axis.of, axes))

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
        axes = tuple(
            _Axis(length, before, after, tuple(range(*window) for window in windows))
            for length, before, after, windows in asked["axes"]
        )
        forward = cotangent is None
        engine = PoolingEngine() if self._engine.only == ("gradient" if forward else "forward") else self._engine
        run = _PoolingRun(
            engine, axes, asked["reduction"], asked["count_include_pad"], asked["override"], asked["norm_type"] or 1,
            last, asked["include_batch"],
        )  # fmt: skip
        with np.errstate(all="ignore"):
            result = run.forward(value) if cotangent is None else run.gradient(value, cotangent)
        return np.ascontiguousarray(to_layout(result, last))


@dataclass(frozen=True, slots=True)
class _Axis:
    """One spatial axis, as a plan writes it."""

    input: int
    pad_before: int
    pad_after: int
    windows: tuple[range, ...]
    """the places of each output's window"""

    @classmethod
    def of(cls, axis: Axis) -> "_Axis":
        """The axis with its windows listed."""
        return cls(axis.input, axis.pad_before, axis.pad_after, tuple(map(axis.places, range(axis.output))))

    def written(self) -> Argument:
        """As a plan has it."""
        windows = tuple((places.start, places.stop, places.step) for places in self.windows)
        return (self.input, self.pad_before, self.pad_after, windows)

    def within(self, output: int, behind: int | None = None) -> int:
        """How many places of the window are elements or pads, of which there are so many behind the value."""
        end = self.input + (self.pad_after if behind is None else behind)
        return sum(-self.pad_before <= at < end for at in self.windows[output])


@dataclass(frozen=True, slots=True)
class _PoolingRun:
    """One call, window by window."""

    engine: PoolingEngine
    axes: tuple[_Axis, ...]
    reduction: Reduction
    count_include_pad: bool
    override: int | None
    norm_type: int
    last: bool
    include_batch: bool

    def indices(self, value: Array) -> Array:
        """(batch, *output, channels), of two spatial axes."""
        outputs = (len(axis.windows) for axis in self.axes)
        result = np.zeros((len(value), *outputs, value.shape[-1]), self.engine.index_dtype)
        pads = [(axis.pad_before, axis.pad_after) for axis in self.axes]
        for place, pixels, _ in self._windows():
            inside = [(tap, pixel) for tap, pixel in enumerate(pixels) if self._is_inside(pixel)]
            if not inside:
                result[_of_all_images(place)] = -1 if self.engine.of_nothing is None else self.engine.of_nothing
                continue
            read = self.engine.compared(np.array([value[_of_all_images(pixel)] for _, pixel in inside]))
            if read.dtype.kind not in "iu":
                read = read.astype(np.float64)
                read = np.where(np.isnan(read), np.inf if self.engine.keeps_nan else -np.inf, read)
            first = read.argmax(axis=0)
            chosen = len(read) - 1 - read[::-1].argmax(axis=0) if self.engine.routed == "last" else first
            taps, ys, xs = (
                np.array(each)[chosen] for each in zip(*((tap, *pixel) for tap, pixel in inside), strict=True)
            )
            images, channels = np.arange(len(value))[:, np.newaxis], np.arange(value.shape[-1])
            lengths = (value.shape[1], value.shape[2], value.shape[3])
            at = MaximumAt(taps, ys, xs, images, channels, lengths, (pads[0], pads[1]), self.last, self.include_batch)
            result[_of_all_images(place)] = self.engine.index(at)
        return result

    def forward(self, value: Array) -> Array:
        if self.reduction == "index":
            return self.indices(value)
        result = np.zeros((len(value), *(len(axis.windows) for axis in self.axes), value.shape[-1]), value.dtype)
        for place, pixels, window in self._windows():
            result[_of_all_images(place)] = self._reduced(self._read(value, pixels), window, value)
        return result

    def _reduced(self, read: Array, window: WindowCounts, value: Array) -> Array:
        match self.reduction:
            case "maximum" | "index" | "unpooled":
                lowest = np.iinfo(value.dtype).min if value.dtype.kind in "iu" else -np.inf
                if not len(read):
                    nothing = lowest if self.engine.of_nothing is None else self.engine.of_nothing
                    return np.full(read.shape[1:], nothing, value.dtype)
                wide = self.engine.compared(read if value.dtype.kind in "iu" else read.astype(np.float64))
                return np.asarray(wide.max(axis=0) if self.engine.keeps_nan else np.fmax.reduce(wide, axis=0))
            case "average":
                numbers = self._wide(read)
                divisor = numbers.dtype.type(self.engine.divisor(window))
                if not len(read) and self.engine.of_nothing is not None:
                    return np.full(read.shape[1:], self.engine.of_nothing, numbers.dtype)
                total = _summed(numbers)
                if self.engine.divides == "reciprocal":
                    return np.asarray(total * (numbers.dtype.type(1) / divisor))
                return np.asarray(total / divisor)
            case "norm":
                numbers, norm = self._wide(read), self.engine.norm(self.norm_type)
                total = _summed(self.engine.power(numbers, norm)) * numbers.dtype.type(self.engine.scale(window))
                if self.engine.divides == "reciprocal":  # as who averages first
                    total = total * (numbers.dtype.type(1) / window.whole) * window.whole
                return np.asarray(self.engine.root(total, norm))

    def gradient(self, value: Array, cotangent: Array) -> Array:
        wide = np.zeros(value.shape, np.float64)
        for place, pixels, window in self._windows():
            given = cotangent[_of_all_images(place)].astype(np.float64)
            inside = [pixel for pixel in pixels if self._is_inside(pixel)]
            if self.reduction == "average":
                for pixel in inside:
                    wide[_of_all_images(pixel)] += given / max(self.engine.divisor(window), 1)
            elif inside and self.reduction == "norm":
                for pixel, slope in zip(inside, self._slopes(self._read(value, inside), window), strict=True):
                    wide[_of_all_images(pixel)] += given * slope
            elif inside:
                read = self._read(value, inside)
                largest = read == read.max(axis=0)
                for pixel, share in zip(inside, self._shares(largest), strict=True):
                    wide[_of_all_images(pixel)] += given * share
        return wide.astype(value.dtype)

    def _windows(self) -> Iterator[tuple[Place, list[Place], WindowCounts]]:
        longest = prod(max(map(len, axis.windows), default=0) for axis in self.axes)
        for place in product(*(range(len(axis.windows)) for axis in self.axes)):
            pixels = list(product(*(axis.windows[at] for axis, at in zip(self.axes, place, strict=True))))
            places = prod(axis.within(at) for axis, at in zip(self.axes, place, strict=True))
            front = prod(axis.within(at, behind=0) for axis, at in zip(self.axes, place, strict=True))
            elements = sum(map(self._is_inside, pixels))
            yield (
                place,
                pixels,
                WindowCounts(elements, places, front, len(pixels), longest, self.count_include_pad, self.override),
            )

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
            elif (held := self.engine.held(value.dtype)) is not None:
                read.append(np.full_like(value[_of_all_images(nearest)], held))
        return np.array(read, value.dtype).reshape(len(read), len(value), value.shape[-1])

    def _slopes(self, read: Array, window: WindowCounts) -> Array:
        """(numbers, batch, channels): the derivative of the window's norm for each of its elements."""
        norm, scale = self.engine.norm(self.norm_type), self.engine.scale(window)
        numbers = read.astype(np.float64)
        slopes = self.engine.slope(numbers, norm) * scale
        sums = self.engine.power(numbers, norm).sum(axis=0) * scale
        rooted = self.engine.root(sums, norm)
        return np.asarray(np.where(sums != 0, rooted / sums, 0) * slopes if norm > 1 else slopes)

    def _wide(self, read: Array) -> Array:
        numbers = read.astype(read.dtype if read.dtype == np.float64 else np.float32)
        return numbers if self.engine.keeps_nan else np.nan_to_num(numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)

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


def _summed(numbers: Array) -> Array:
    """One after the other, in their order."""
    total = np.zeros(numbers.shape[1:], numbers.dtype)
    for number in numbers:
        total = total + number
    return total


def _of_all_images(pixel: Place) -> Any:
    return (slice(None), *pixel)
