"""Generators: named ways to fill a pooling's operands, each with a promise that a verdict can rest on.

Knows: shapes, what a sum may hold, a dtype's arithmetic. Must not know: trials and ids
(`conformance.operators.pooling.inputs` seeds the words), results.

The functions that fill need no module but their words and NumPy: a script prints them as they stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.fillers import normal, odd, ones
from conformance.operators.filling import Filling, normal_filling, special_filling
from conformance.operators.pooling.call import RightPooling
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words, bits_of_count

Array: TypeAlias = NDArray[Any]
Numbers: TypeAlias = Literal["whole", "real", "special", "tied"]
# Of a whole number: enough to tell any two apart, and few enough to read.
MOST_BITS = 8
# Of a number whose power is summed: with fewer all norms of a plane would be nearly the same.
LEAST_BITS = 3


@dataclass(frozen=True, slots=True)
class PoolingGenerator:
    """A named way to make the value, or the cotangent of a gradient."""

    value: Callable[[RightPooling], Filling]
    """raises Unfit where the promise cannot be kept, before any array exists"""
    numbers: Numbers
    purpose: str
    cotangent: Callable[[RightPooling], Filling] = lambda call: _summable(call, call.output_shape)


def distinct(
    words: Words, shape: tuple[int, ...], channel_axis: int, lowest: int | None = None, highest: int = 0
) -> Array:
    """In each plane the whole numbers from -3 n / 4 on, n of them, in any order: a pad of 0 is larger than most. Of a
    dtype that has a lowest and a highest number 3 n / 4 of them begin there, and the others end here.
    """
    plane = prod(length for axis, length in enumerate(shape) if axis not in (0, channel_axis))
    planes = shape[0] * shape[channel_axis]
    order = np.argsort(words.below(2**62, plane * planes).reshape(planes, plane), axis=1, kind="stable")
    low = 3 * plane // 4
    numbers = (order - low).astype(np.float64)
    if lowest is not None:
        numbers = np.where(order < low, lowest + order, highest + 1 - plane + order).astype(np.float64)
    spatial = [length for axis, length in enumerate(shape) if axis not in (0, channel_axis)]
    return np.moveaxis(numbers.reshape(shape[0], shape[channel_axis], *spatial), 1, channel_axis)


def tied(words: Words, shape: tuple[int, ...], highest: int = -1) -> Array:
    """The highest number and one less, -1 and -2: every window of a few elements has its maximum several times, and
    a pad of 0 is larger than any.
    """
    return float(highest) - words.below(2, prod(shape)).astype(np.float64).reshape(shape)


def places(words: Words, shape: tuple[int, ...], channel_axis: int, length: int) -> Array:
    """Of each plane's elements the places that they come from, in any order, no two alike: of `length` places."""
    elements = prod(number for axis, number in enumerate(shape) if axis not in (0, channel_axis))
    planes = shape[0] * shape[channel_axis]
    order = np.argsort(words.below(2**62, planes * length).reshape(planes, length), axis=1, kind="stable")
    spatial = [number for axis, number in enumerate(shape) if axis not in (0, channel_axis)]
    chosen = order[:, :elements].reshape(shape[0], shape[channel_axis], *spatial)
    return np.moveaxis(chosen, 1, channel_axis)


def places_of(call: RightPooling) -> Filling:
    """Where maxima are put back."""
    length = prod(axis.output for axis in call.geometry.axes)
    return Filling(places, {"shape": call.value_shape, "channel_axis": _channel_axis(call), "length": length})


def _channel_axis(call: RightPooling) -> int:
    return len(call.value_shape) - 1 if call.last else 1


def _whole(call: RightPooling) -> Filling:
    """What tells one mistake from another is what the reduction is of."""
    match call.definition.reduction:
        case "maximum" | "index" | "unpooled":
            form = FORMATS[call.dtype]
            plane, most = prod(axis.input for axis in call.geometry.axes), 2**form.significand
            whole: dict[str, Any] = {"shape": call.value_shape, "channel_axis": _channel_axis(call)}
            if form.narrow:
                lowest, highest = form.lowest, int(form.largest)
                if plane > highest - lowest:
                    raise Unfit(f"a plane of {plane} elements; {call.dtype} has {highest - lowest + 1} whole numbers")
                return Filling(distinct, {**whole, "lowest": lowest, "highest": highest})
            if 3 * plane // 4 > most:
                raise Unfit(f"a plane of {plane} elements; {call.dtype} has {most} distinct negative whole numbers")
            return Filling(distinct, whole)
        case "average":
            return _summable(call, call.value_shape)
        case "norm":
            geometry, significand = call.geometry, FORMATS[call.dtype].significand
            assert geometry.norm_type is not None
            # Odd numbers whose sums of powers stay within the significand where that leaves them LEAST_BITS.
            bits = (significand - bits_of_count(geometry.most_elements)) // geometry.norm_type
            return Filling(odd, {"shape": call.value_shape, "bits": min(max(bits, LEAST_BITS), MOST_BITS)})


def _tied(call: RightPooling) -> Filling:
    """Of 8 bits the two lowest numbers, so that a pad of any other than the lowest is larger."""
    form = FORMATS[call.dtype]
    return Filling(tied, {"shape": call.value_shape, **({"highest": form.lowest + 1} if form.narrow else {})})


def _summable(call: RightPooling, shape: tuple[int, ...]) -> Filling:
    """Odd numbers whose sums stay within the significand; where all divisors are powers of two, so do their quotients,
    in parts of the smallest.
    """
    geometry, significand = call.geometry, FORMATS[call.dtype].significand
    terms = geometry.most_elements if call.direction == "forward" else geometry.most_windows
    if bits_of_count(terms) > significand:
        raise Unfit(f"sums of {terms} numbers do not fit into {significand} bits exactly")
    spread = 0
    if call.averages:
        divisors = [[number for number in axis if number] or [1] for axis in geometry.divisors()]
        if not any(number & (number - 1) for axis in divisors for number in axis):  # exact beyond the sums
            spread = bits_of_count(prod(map(max, divisors)) // prod(map(min, divisors)))
    bits = significand - bits_of_count(terms) - spread
    return Filling(odd, {"shape": shape, "bits": min(max(bits, 1), MOST_BITS)})


def _normal(call: RightPooling) -> Filling:
    if call.definition.reduction == "maximum" and call.direction != "forward":
        raise Unfit("normal numbers may be equal once they are rounded, and the gradient of a maximum depends on that")
    return normal_filling(call)


GENERATORS: Mapping[str, PoolingGenerator] = {
    "mix": PoolingGenerator(
        _whole,
        "whole",
        "of maxima distinct whole numbers, mostly negative or low; of averages and norms odd ones with exact sums",
    ),
    "ones": PoolingGenerator(
        lambda call: Filling(ones, {"shape": call.value_shape}),
        "whole",
        "readable: an average of ones tells its divisor",
    ),
    "normal": PoolingGenerator(
        _normal,
        "real",
        "nearly normal numbers: precision",
        lambda call: Filling(normal, {"shape": call.output_shape}),
    ),
    "tied": PoolingGenerator(
        _tied, "tied", "-1 and -2, of 8 bits the two lowest numbers: which of equal maxima is taken"
    ),
    "special": PoolingGenerator(
        special_filling, "special", "NaN, infinities and -0 among negative numbers: where they come out"
    ),
}
