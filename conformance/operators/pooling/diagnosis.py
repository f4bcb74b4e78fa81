"""What a wrong answer behaves like: calls that differ from what was asked in one word, and engines with one mistake.

Knows: windows, what can be mistaken about them. Must not know: the mutants that it must name.

Each explanation is rendered window by window and held against the answer; what changes nothing on the trial's own data
explains nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.kind import Operands
from conformance.operators.pooling.call import RightPooling
from conformance.suite.dtypes import FORMATS
from reference.family import SPATIAL_NAMES
from reference.pooling.geometry import WindowAxis, pooling_axis

# Larger calls are of published layers, and small trials ask the same.
MOST_WORK = 1_000_000
ROUNDINGS = 4
"""by which an answer may differ from what is rendered in float64"""

Array: TypeAlias = NDArray[Any]
Axes: TypeAlias = tuple[WindowAxis, ...]
Taken: TypeAlias = Literal["maximum", "minimum", "average", "sum"]
Pads: TypeAlias = Literal["nothing", "zeros", "copies"]
Divisor: TypeAlias = Literal["elements", "places", "window", "given"]
Routed: TypeAlias = Literal["first", "last", "all", "shared"]


@dataclass(frozen=True, slots=True)
class PoolingRendition:
    """One engine for one call: what is asked, or what may have been computed instead."""

    axes: Axes
    taken: Taken
    divisor: Divisor
    given: int = 1
    """the divisor that is given"""
    pads: Pads = "nothing"
    routed: Routed = "first"
    keeps_nan: bool = True
    sizes: bool = False
    """absolute values are compared"""
    of_nothing: float | None = None
    """what a window without an element gives; None for what the definition says"""
    last: bool = True
    """the memory is read with the channels last"""


@dataclass(frozen=True, slots=True)
class PoolingEdit:
    """One mistake; the sentence is what an answer behaves like that makes it."""

    sentence: str
    apply: Callable[[PoolingRendition], PoolingRendition]


def explain(call: RightPooling, operands: Operands, answer: Array) -> list[str]:
    """A sentence for each explanation of a wrong answer; none for a call that is too large."""
    if call.work > MOST_WORK:
        return []
    form = FORMATS[call.dtype]
    if answer.dtype != form.numpy:
        return [f"behaves as if the result's dtype were {answer.dtype.name} instead of {call.dtype}"]
    asked = rendition_of(call)
    wide = {name: array.astype(form.wide) for name, array in operands.items()}
    observed = answer.astype(form.wide)
    right, found = rendered(asked, call, wide), []
    for edit in edits_of(call):
        rendition = edit.apply(asked)
        if rendition == asked or not is_possible(rendition, call):
            continue
        answered = rendered(rendition, call, wide)
        if _alike(answered, observed, form.unit_roundoff) and not _alike(answered, right, form.unit_roundoff):
            found.append(f"behaves as if {edit.sentence}")
    return found


def rendition_of(call: RightPooling) -> PoolingRendition:
    """What is asked."""
    divisor: Divisor = (
        "given" if call.divisor_override is not None else "places" if call.count_include_pad else "elements"
    )
    taken: Taken = "average" if call.averages else "maximum"
    return PoolingRendition(call.geometry.axes, taken, divisor, call.divisor_override or 1, last=call.last)


def edits_of(call: RightPooling) -> Iterator[PoolingEdit]:
    """Every mistake that can be made about the call; some change nothing."""
    axes = call.geometry.axes
    yield from _edits_of_words(call)
    yield from _edits_of_axes(call)
    for names in combinations(range(len(axes)), 2):
        yield from _exchanges(call, *names)
    yield from _edits_of_numbers(call)


def _edits_of_words(call: RightPooling) -> Iterator[PoolingEdit]:
    """One argument of the call were another."""

    def read(
        padding: Any = None, ceil_mode: bool | None = None, **numbers: Callable[[WindowAxis], int]
    ) -> Callable[[PoolingRendition], PoolingRendition]:
        def apply(old: PoolingRendition) -> PoolingRendition:
            new = []
            for axis in old.axes:
                rule: Any = padding or (
                    call.padding if isinstance(call.padding, str) else (axis.pad_before, axis.pad_after)
                )
                mode = call.ceil_mode if ceil_mode is None else ceil_mode
                changed = replace(axis, **{name: number(axis) for name, number in numbers.items()})
                new.append(
                    pooling_axis(changed.input, changed.kernel, changed.stride, changed.dilation, rule, ceil_mode=mode)
                )
            return replace(old, axes=tuple(new))

        return apply

    yield PoolingEdit("ceil_mode were True", read(ceil_mode=True))
    yield PoolingEdit("ceil_mode were False", read(ceil_mode=False))
    yield PoolingEdit("padding were VALID", read("VALID"))
    yield PoolingEdit("padding were SAME", read("SAME"))
    yield PoolingEdit("strides were 1", read(stride=lambda axis: 1))
    yield PoolingEdit("strides were ksize", read(stride=lambda axis: axis.kernel))
    yield PoolingEdit("dilations were 1", read(dilation=lambda axis: 1))
    yield PoolingEdit("dilations were strides", read(dilation=lambda axis: axis.stride))
    yield PoolingEdit("the window were one element longer", read(kernel=lambda axis: axis.kernel + 1))
    yield PoolingEdit("the window were one element shorter", read(kernel=lambda axis: max(axis.kernel - 1, 1)))


def _edits_of_axes(call: RightPooling) -> Iterator[PoolingEdit]:
    """Pads were elsewhere."""

    def each(change: Callable[[WindowAxis], WindowAxis]) -> Callable[[PoolingRendition], PoolingRendition]:
        return lambda old: replace(old, axes=tuple(map(change, old.axes)))

    exchanged = each(lambda axis: replace(axis, pad_before=axis.pad_after, pad_after=axis.pad_before))
    yield PoolingEdit(
        "SAME put the odd element before" if call.padding == "SAME" else "pads before and behind were exchanged",
        exchanged,
    )
    yield PoolingEdit(
        "windows began one element later", each(lambda axis: replace(axis, pad_before=axis.pad_before - 1))
    )
    yield PoolingEdit(
        "windows began one element earlier", each(lambda axis: replace(axis, pad_before=axis.pad_before + 1))
    )
    yield PoolingEdit("a last window that begins behind the value were kept", each(_with_last_window))


def _with_last_window(axis: WindowAxis) -> WindowAxis:
    room = axis.input + axis.pad_before + axis.pad_after - axis.extent
    return replace(axis, output=max(axis.output, -(-room // axis.stride) + 1))


def _exchanges(call: RightPooling, first: int, second: int) -> Iterator[PoolingEdit]:
    """Two axes were taken for one another in one argument, or in all."""
    names = SPATIAL_NAMES[call.definition.rank]
    pair = f"{names[first]} and {names[second]}"

    def exchange(*fields: str) -> Callable[[PoolingRendition], PoolingRendition]:
        def apply(old: PoolingRendition) -> PoolingRendition:
            axes = list(old.axes)
            for to, of in ((first, second), (second, first)):
                axes[to] = replace(old.axes[to], **{field: getattr(old.axes[of], field) for field in fields})
                rule: Any = call.padding if isinstance(call.padding, str) else (axes[to].pad_before, axes[to].pad_after)
                axis = axes[to]
                axes[to] = pooling_axis(
                    axis.input, axis.kernel, axis.stride, axis.dilation, rule, ceil_mode=call.ceil_mode
                )
            return replace(old, axes=tuple(axes))

        return apply

    yield PoolingEdit(f"{pair} were exchanged in ksize", exchange("kernel"))
    yield PoolingEdit(f"{pair} were exchanged in strides", exchange("stride"))
    yield PoolingEdit(f"{pair} were exchanged in dilations", exchange("dilation"))
    yield PoolingEdit(f"{pair} were exchanged in padding", exchange("pad_before", "pad_after"))
    everything = exchange("kernel", "stride", "dilation", "pad_before", "pad_after")
    yield PoolingEdit(f"{pair} were exchanged in all arguments", everything)


def _edits_of_numbers(call: RightPooling) -> Iterator[PoolingEdit]:
    """What is made of the numbers were another thing."""
    if call.averages:
        yield PoolingEdit("averages were divided by their elements", lambda old: replace(old, divisor="elements"))
        yield PoolingEdit(
            "averages were divided by their places, pads included", lambda old: replace(old, divisor="places")
        )
        yield PoolingEdit("averages were divided by the whole window", lambda old: replace(old, divisor="window"))
        yield PoolingEdit("windows were summed and not divided", lambda old: replace(old, taken="sum"))
        yield PoolingEdit("pads held copies of the border", lambda old: replace(old, pads="copies", divisor="window"))
        yield PoolingEdit("the maximum were taken", lambda old: replace(old, taken="maximum"))
    else:
        yield PoolingEdit("pads held 0", lambda old: replace(old, pads="zeros"))
        yield PoolingEdit("the minimum were taken", lambda old: replace(old, taken="minimum"))
        yield PoolingEdit("windows were averaged", lambda old: replace(old, taken="average"))
        yield PoolingEdit("absolute values were compared", lambda old: replace(old, sizes=True))
        lowest = -FORMATS[call.dtype].largest
        yield PoolingEdit("the lowest finite number stood for -inf", lambda old: replace(old, of_nothing=lowest))
    if call.direction != "forward":
        yield PoolingEdit("the last of equal maxima took the cotangent", lambda old: replace(old, routed="last"))
        yield PoolingEdit("each of equal maxima took the cotangent", lambda old: replace(old, routed="all"))
        yield PoolingEdit("equal maxima shared the cotangent", lambda old: replace(old, routed="shared"))
    yield PoolingEdit("NaN were left out", lambda old: replace(old, keeps_nan=False))
    yield PoolingEdit("windows without an element gave 0", lambda old: replace(old, of_nothing=0.0))
    layouts = ("first", "last") if call.last else ("last", "first")
    yield PoolingEdit(
        f"the memory were read with the channels {layouts[0]} instead of {layouts[1]}",
        lambda old: replace(old, last=not old.last),
    )


def is_possible(rendition: PoolingRendition, call: RightPooling) -> bool:
    """Whether there are such windows, and not too many; of a gradient, as many as cotangents."""
    outputs = [axis.output for axis in rendition.axes]
    if call.direction != "forward" and outputs != [axis.output for axis in call.geometry.axes]:
        return False
    return min(outputs) >= 0 and prod(outputs) * prod(axis.kernel for axis in rendition.axes) <= MOST_WORK


def rendered(rendition: PoolingRendition, call: RightPooling, wide: Operands) -> Array:
    """What the rendition answers, in the layout of the call."""
    value, batch, channels = wide["value"], call.geometry.batch, call.geometry.channels
    if rendition.last != call.last:  # the same memory, its axes taken for others
        lengths = tuple(axis.input for axis in rendition.axes)
        value = value.reshape(batch, *lengths, channels) if rendition.last else value.reshape(batch, channels, *lengths)
    canonical = value if rendition.last else np.moveaxis(value, 1, -1)
    windows = _Windows.of(rendition, canonical)
    with np.errstate(all="ignore"):
        if call.direction == "forward":
            result = windows.reduced()
        else:
            outputs = tuple(axis.output for axis in rendition.axes)
            cotangent = wide["cotangent"]
            shape = (batch, *outputs, channels) if rendition.last else (batch, channels, *outputs)
            cotangent = cotangent.reshape(shape)
            result = windows.spread(cotangent if rendition.last else np.moveaxis(cotangent, 1, -1))
    laid_out = result if rendition.last else np.moveaxis(result, -1, 1)
    if rendition.last == call.last:
        return laid_out
    inner = laid_out.shape[1:-1] if rendition.last else laid_out.shape[2:]
    return np.ascontiguousarray(laid_out).reshape((batch, *inner, channels) if call.last else (batch, channels, *inner))


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    """Every window of a canonical value, its places side by side."""

    rendition: PoolingRendition
    shape: tuple[int, ...]
    """of the value"""
    numbers: Array
    """(batch, *output, places, channels); of pads what they hold"""
    where: NDArray[np.int64]
    """(*output, places): the pixel's number in the value; -1 for a pad"""
    within: NDArray[np.bool_]
    """(*output, places): not beyond the pads"""

    @classmethod
    def of(cls, rendition: PoolingRendition, value: Array) -> "_Windows":
        axes, rank = rendition.axes, len(rendition.axes)
        indices, inside, within = list[Array](), list[Array](), list[Array]()
        for number, axis in enumerate(axes):
            places = np.array([list(axis.places(output)) for output in range(axis.output)], np.int64)
            shape = [1] * (2 * rank)
            shape[number], shape[rank + number] = axis.output, axis.kernel
            places = places.reshape(shape)
            inside.append((places >= 0) & (places < axis.input))
            within.append((places >= -axis.pad_before) & (places < axis.input + axis.pad_after))
            indices.append(np.clip(places, 0, max(axis.input - 1, 0)))
        outputs = tuple(axis.output for axis in axes)
        taps = prod(axis.kernel for axis in axes)
        if 0 in value.shape:
            empty = np.zeros((value.shape[0], *outputs, taps, value.shape[-1]), value.dtype)
            return cls(rendition, value.shape, empty, np.full((*outputs, taps), -1), np.zeros((*outputs, taps), bool))
        flat = np.ravel_multi_index(np.broadcast_arrays(*indices), value.shape[1:-1]).reshape(*outputs, taps)
        read = value.reshape(value.shape[0], -1, value.shape[-1])[:, flat]
        real = np.broadcast_to(_all(inside), (*outputs, *(axis.kernel for axis in axes))).reshape(*outputs, taps)
        padded = np.broadcast_to(_all(within), (*outputs, *(axis.kernel for axis in axes))).reshape(*outputs, taps)
        numbers = np.where(real[..., np.newaxis], read, 0) if rendition.pads != "copies" else read
        return cls(rendition, value.shape, numbers, np.where(real, flat, -1), padded)

    def reduced(self) -> Array:
        """(batch, *output, channels)"""
        match self.rendition.taken:
            case "sum":
                return np.asarray(self._counted().sum(axis=-2))
            case "average":
                averages = self._counted().sum(axis=-2) / self._divisors()[..., np.newaxis]
                return self._of_nothing(averages)
        return self._of_nothing(self._chosen().max(axis=-2, initial=self._lowest)) * self._sign

    def spread(self, cotangent: Array) -> Array:
        """(batch, *input, channels): what each element gets of a cotangent (batch, *output, channels)."""
        share = cotangent[..., np.newaxis, :] * self._shares()
        places = np.broadcast_to(self.where[..., np.newaxis], share.shape[1:])
        pixels, channels = prod(self.shape[1:-1]), self.shape[-1]
        gradient = np.zeros((self.shape[0], pixels + 1, channels), cotangent.dtype)  # the last one is of pads
        channel = np.broadcast_to(np.arange(channels), share.shape[1:])
        for image, of_image in enumerate(share):
            np.add.at(gradient[image], (places, channel), of_image)
        return gradient[:, :pixels].reshape(self.shape)

    @property
    def _sign(self) -> int:
        return -1 if self.rendition.taken == "minimum" else 1

    @property
    def _lowest(self) -> float:
        return -np.inf if self.numbers.dtype.kind == "f" else np.iinfo(self.numbers.dtype).min

    @property
    def _there(self) -> NDArray[np.bool_]:
        """(*output, places, 1): what takes part."""
        real = self.where[..., np.newaxis] >= 0
        return real if self.rendition.pads == "nothing" else np.ones_like(real)

    def _counted(self) -> Array:
        numbers = np.where(self._there, self.numbers, 0)
        return numbers if self.rendition.keeps_nan else np.where(np.isnan(numbers), 0, numbers)

    def _chosen(self) -> Array:
        """What is compared, the lowest number for what takes no part."""
        numbers = np.abs(self.numbers) if self.rendition.sizes else self.numbers * self._sign
        chosen = np.where(self._there, numbers, self._lowest)
        return chosen if self.rendition.keeps_nan else np.where(np.isnan(chosen), self._lowest, chosen)

    def _of_nothing(self, result: Array) -> Array:
        if self.rendition.of_nothing is None:
            return result
        if self.rendition.of_nothing == 0.0:
            return np.where(self._there.any(axis=-2), result, 0)
        return np.where(result == -np.inf, self.rendition.of_nothing, result)

    def _divisors(self) -> Array:
        """(*output)"""
        match self.rendition.divisor:
            case "elements":
                return np.asarray((self.where >= 0).sum(axis=-1))
            case "places":
                return np.asarray(self.within.sum(axis=-1))
            case "window":
                return np.full(self.where.shape[:-1], self.where.shape[-1])
            case "given":
                return np.full(self.where.shape[:-1], self.rendition.given)

    def _shares(self) -> Array:
        """(batch, *output, places, channels): of each window's cotangent, what each place gets."""
        there = np.broadcast_to(self._there, self.numbers.shape).astype(np.float64)
        match self.rendition.taken:
            case "sum":
                return there
            case "average":
                return np.asarray(there / np.maximum(self._divisors(), 1)[..., np.newaxis, np.newaxis])
        chosen = self._chosen()
        largest = (chosen == chosen.max(axis=-2, keepdims=True, initial=self._lowest)) & self._there
        match self.rendition.routed:
            case "all":
                return np.asarray(largest, np.float64)
            case "shared":
                return np.asarray(largest / np.maximum(largest.sum(axis=-2, keepdims=True), 1))
            case "last":
                largest = largest[..., ::-1, :]
        first = largest & (np.cumsum(largest, axis=-2) == 1)
        return np.asarray(first[..., ::-1, :] if self.rendition.routed == "last" else first, np.float64)


def _all(conditions: Sequence[Array]) -> Array:
    result = conditions[0]
    for each in conditions[1:]:
        result = result & each
    return np.asarray(result)


def _alike(one: Array, other: Array, unit_roundoff: float) -> bool:
    """Whether two results are the same up to roundings of the larger of them."""
    if one.shape != other.shape:
        return False
    finite = np.isfinite(one) & np.isfinite(other)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    slack = ROUNDINGS * unit_roundoff * np.abs(one[finite]).max(initial=0.0) if one.dtype.kind == "f" else 0.0
    return bool(np.all(np.abs(one[finite] - other[finite]) <= slack))
