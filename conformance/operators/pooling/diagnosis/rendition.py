"""An engine for a call, as it was asked or with one mistake, and what it answers, window by window.

Knows: windows. Must not know: which mistakes are looked for (`.edits`), the mutants that make them.
"""

from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.kind import Operands
from conformance.operators.pooling.call import RightPooling
from conformance.suite.dtypes import FORMATS
from reference.arrays import from_layout, to_layout
from reference.pooling.geometry import Axis

# Larger calls are of published layers, and small trials ask the same.
MOST_WORK = 1_000_000
# The highest number of 8 bits with a sign
SIGNED = 127

Array: TypeAlias = NDArray[Any]
Taken: TypeAlias = Literal["maximum", "minimum", "average", "sum", "norm"]
Pads: TypeAlias = Literal["nothing", "zeros", "copies"]
Divisor: TypeAlias = Literal["elements", "places", "front", "window", "given"]
Routed: TypeAlias = Literal["first", "last", "all", "shared"]


Counted: TypeAlias = Literal["image", "batch", "plane", "window", "padded", "columns", "other layout"]


@dataclass(frozen=True, slots=True)
class ListedAxis:
    """A spatial axis whose windows are listed, all of them of elements."""

    input: int
    listed: tuple[range, ...]

    pad_before = pad_after = 0

    @property
    def kernel(self) -> int:
        """Length of the longest window."""
        return max(map(len, self.listed), default=0)

    @property
    def output(self) -> int:
        """How many windows there are."""
        return len(self.listed)

    def places(self, output: int) -> range:
        """The places of an output's window."""
        return self.listed[output]


Axes: TypeAlias = tuple[Axis | ListedAxis, ...]


@dataclass(frozen=True, slots=True)
class PoolingRendition:
    """One engine for one call: what is asked, or what may have been computed instead."""

    axes: Axes
    taken: Taken
    divisor: Divisor
    given: int = 1
    """the divisor that is given"""
    overhang: bool = False
    """a window that hangs over the padded value is divided by all its places"""
    pads: Pads = "nothing"
    held: int = 0
    """what `zeros` hold"""
    wraps: bool = False
    """numbers of 8 bits beyond 127 are compared as negative ones"""
    routed: Routed = "first"
    keeps_nan: bool = True
    sizes: bool = False
    """absolute values are compared"""
    norm: int = 1
    """p of a norm"""
    signed: bool = False
    """its powers keep the signs of what they are of"""
    rooted: bool = True
    of_window: Literal["sum", "mean", "whole"] = "sum"
    """its powers are summed, averaged, or averaged by the divisor of their places and multiplied by the whole window"""
    index: Counted | None = None
    """where the maximum is is returned, and not what it is: a place counted so"""
    of_batch: bool = False
    """such a place is asked in the whole value, and not in its image"""
    of_nothing: float | None = None
    """what a window without an element gives; None for what the definition says"""
    last: bool = True
    """the memory is read with the channels last"""


def rendition_of(call: RightPooling) -> PoolingRendition:
    """What is asked."""
    divisor: Divisor = (
        "given" if call.divisor_override is not None else "places" if call.count_include_pad else "elements"
    )
    norm = call.norm_type or 1
    reduction = call.definition.reduction
    taken: Taken = "maximum" if reduction == "index" or reduction == "unpooled" else reduction
    index: Counted | None = None
    if reduction == "index":
        index = "batch" if call.include_batch_in_index else "image"
    return PoolingRendition(
        call.geometry.axes,
        taken,
        divisor,
        call.divisor_override or 1,
        norm=norm,
        index=index,
        of_batch=call.include_batch_in_index,
        last=call.last,
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
    if rendition.wraps:
        value = np.where(value > SIGNED, value - 2 * (SIGNED + 1), value)
    canonical = from_layout(value, rendition.last)
    windows = _Windows.of(rendition, canonical)
    with np.errstate(all="ignore"):
        if call.direction == "forward":
            result = windows.reduced()
        else:
            outputs = tuple(axis.output for axis in rendition.axes)
            cotangent = wide["cotangent"]
            shape = (batch, *outputs, channels) if rendition.last else (batch, channels, *outputs)
            cotangent = cotangent.reshape(shape)
            result = windows.spread(from_layout(cotangent, rendition.last))
    laid_out = to_layout(result, rendition.last)
    if rendition.wraps and rendition.index is None:
        laid_out = laid_out % (2 * (SIGNED + 1))
    if FORMATS[call.dtype].kind == "integer" and rendition.index is None:  # the lowest number is that of the dtype
        limits = np.iinfo(call.dtype)
        laid_out = np.clip(laid_out, limits.min, limits.max)
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
    front: NDArray[np.bool_]
    """(*output, places): not behind the value"""

    @classmethod
    def of(cls, rendition: PoolingRendition, value: Array) -> "_Windows":
        axes, rank = rendition.axes, len(rendition.axes)
        indices, inside, within, front = list[Array](), list[Array](), list[Array](), list[Array]()
        for number, axis in enumerate(axes):
            # Windows of an adaptive axis may be shorter than its longest: they are filled up with what nobody pads.
            beyond = axis.input + axis.pad_after
            places = np.full((axis.output, axis.kernel), beyond, np.int64)
            for output in range(axis.output):
                window = axis.places(output)
                places[output, : len(window)] = window
            shape = [1] * (2 * rank)
            shape[number], shape[rank + number] = axis.output, axis.kernel
            places = places.reshape(shape)
            inside.append((places >= 0) & (places < axis.input))
            within.append((places >= -axis.pad_before) & (places < axis.input + axis.pad_after))
            front.append((places >= -axis.pad_before) & (places < axis.input))
            indices.append(np.clip(places, 0, max(axis.input - 1, 0)))
        outputs = tuple(axis.output for axis in axes)
        taps = prod(axis.kernel for axis in axes)
        if 0 in value.shape:
            empty = np.zeros((value.shape[0], *outputs, taps, value.shape[-1]), value.dtype)
            none = np.zeros((*outputs, taps), bool)
            return cls(rendition, value.shape, empty, np.full((*outputs, taps), -1), none, none)
        flat = np.ravel_multi_index(np.broadcast_arrays(*indices), value.shape[1:-1]).reshape(*outputs, taps)
        read = value.reshape(value.shape[0], -1, value.shape[-1])[:, flat]
        whole = (*outputs, *(axis.kernel for axis in axes))
        real, padded, before = (
            np.broadcast_to(reduce(np.logical_and, each), whole).reshape(*outputs, taps)
            for each in (inside, within, front)
        )
        numbers = np.where(real[..., np.newaxis], read, rendition.held) if rendition.pads != "copies" else read
        return cls(rendition, value.shape, numbers, np.where(real, flat, -1), padded, before)

    def reduced(self) -> Array:
        """(batch, *output, channels)"""
        if self.rendition.index is not None:
            return self._indices(self.rendition.index)
        match self.rendition.taken:
            case "sum":
                return np.asarray(self._counted().sum(axis=-2))
            case "average":
                averages = self._counted().sum(axis=-2) / self._divisors()[..., np.newaxis]
                return self._of_nothing(averages)
            case "norm":
                sums = self._powers().sum(axis=-2)
                return np.asarray(sums ** (1 / self.rendition.norm) if self.rendition.rooted else sums)
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

    def _indices(self, counted: Counted) -> Array:
        """(batch, *output, channels): where each window's maximum is; for rank 2."""
        chosen = self._chosen()
        chosen = np.where(np.isnan(chosen), np.inf, chosen) if chosen.dtype.kind == "f" else chosen
        number = chosen.shape[-2]
        if number == 0:
            return np.full(self._there.any(axis=-2).shape, -1)
        last = number - 1 - chosen[..., ::-1, :].argmax(axis=-2)
        tap = last if self.rendition.routed == "last" else chosen.argmax(axis=-2)
        where = np.broadcast_to(self.where[..., np.newaxis], chosen.shape)
        pixel = np.take_along_axis(where, tap[..., np.newaxis, :], axis=-2)[..., 0, :]
        there = np.broadcast_to(self._there.any(axis=-2), pixel.shape)
        images, height, width, channels = self.shape
        channel = np.arange(channels)
        image = np.arange(images).reshape(-1, 1, 1, 1)
        rows, columns = self.rendition.axes
        y, x = pixel // max(width, 1), pixel % max(width, 1)
        last_layout = self.rendition.last != (counted == "other layout")
        place = pixel * channels + channel if last_layout else channel * height * width + pixel
        size = height * width * channels
        match counted:
            case "batch":
                place = place + image * size
            case "plane":
                place = pixel
            case "window":
                place = tap
            case "columns":
                place = (
                    (x * height + y) * channels + channel if last_layout else channel * height * width + x * height + y
                )
            case "padded":
                wide, tall = (axis.input + axis.pad_before + axis.pad_after for axis in (columns, rows))
                pixel = (y + rows.pad_before) * wide + x + columns.pad_before
                place = pixel * channels + channel if last_layout else channel * tall * wide + pixel
                size = tall * wide * channels
        if self.rendition.of_batch and counted in ("columns", "padded", "other layout"):
            place = place + image * size
        nothing = -1 if self.rendition.of_nothing is None else int(self.rendition.of_nothing)
        return np.where(there, place, nothing)

    def _powers(self) -> Array:
        """(batch, *output, places, channels): what is summed of a norm."""
        numbers = self._counted()
        return (
            np.asarray((numbers if self.rendition.signed else np.abs(numbers)) ** self.rendition.norm) * self._scale()
        )

    def _scale(self) -> Array:
        """(*output, 1, 1)"""
        places = self.where.shape[-1]
        match self.rendition.of_window:
            case "sum":
                scale = np.ones(self.where.shape[:-1])
            case "mean":
                scale = np.full(self.where.shape[:-1], 1 / places)
            case "whole":
                scale = places / np.maximum(self.within.sum(axis=-1), 1)
        return scale[..., np.newaxis, np.newaxis]

    def _of_nothing(self, result: Array) -> Array:
        if self.rendition.of_nothing is None:
            return result
        if self.rendition.of_nothing == 0.0:
            return np.where(self._there.any(axis=-2), result, 0)
        return np.where(result == -np.inf, self.rendition.of_nothing, result)

    def _divisors(self) -> Array:
        """(*output)"""
        places = self.where.shape[-1]
        hangs = self.rendition.overhang & (self.within.sum(axis=-1) < places)
        return np.where(hangs, places, self._divisors_of_all())

    def _divisors_of_all(self) -> Array:
        """(*output): what is not a matter of windows that hang over."""
        match self.rendition.divisor:
            case "elements":
                return np.asarray((self.where >= 0).sum(axis=-1))
            case "places":
                return np.asarray(self.within.sum(axis=-1))
            case "front":
                return np.asarray(self.front.sum(axis=-1))
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
            case "norm":
                # The derivative of each norm for what it is of.
                p, numbers = self.rendition.norm, self._counted()
                slopes = numbers ** (p - 1) if self.rendition.signed else np.sign(numbers) * np.abs(numbers) ** (p - 1)
                if not self.rendition.rooted:
                    return np.asarray(p * slopes * self._scale())
                powers = self._powers().sum(axis=-2, keepdims=True)
                return np.asarray(np.where(powers != 0, powers ** (1 / p - 1), 0) * slopes * self._scale())
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
