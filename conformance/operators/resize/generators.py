"""Generators: named ways to fill a resize's operands, each with a promise that a verdict can rest on.

Knows: shapes, what a sum of weights times numbers may hold, a dtype's arithmetic. Must not know: trials, results.

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
from conformance.operators.resize.call import RightResize
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words, bits_of_count
from reference.resize.geometry import largest_sum, weight_bits

Array: TypeAlias = NDArray[Any]
Numbers: TypeAlias = Literal["whole", "real", "special"]
TIES = "ties"
"""the generator whose nearest elements are judged as exact arithmetic has them"""
# Of a whole number: enough to tell any two apart, and few enough to read; of a copy, which has no sum to fit.
MOST_BITS, COPIED_BITS = 8, 16


@dataclass(frozen=True, slots=True)
class ResizeGenerator:
    """A named way to make the value, or the cotangent of a gradient."""

    value: Callable[[RightResize], Filling]
    """raises Unfit where the promise cannot be kept, before any array exists"""
    numbers: Numbers
    purpose: str
    cotangent: Callable[[RightResize], Filling] = lambda call: _summable(call, call.output_shape)


def ramp(_: Words, shape: tuple[int, ...], channel_axis: int) -> Array:
    """The place of each element: 0, 1, 2 along the last spatial axis, 100 and 10000 times that along the others."""
    result = np.zeros(shape)
    spatial = [axis for axis in range(1, len(shape)) if axis != channel_axis]
    for factor, axis in zip((1, 100, 10000), reversed(spatial), strict=False):
        result += factor * np.arange(shape[axis]).reshape([-1 if each == axis else 1 for each in range(len(shape))])
    return result


def of_8_bits(words: Words, shape: tuple[int, ...], lowest: int) -> Array:
    """Any of the 256 numbers from the lowest on."""
    return (lowest + words.below(256, prod(shape))).astype(np.float64).reshape(shape)


def steps_of(name: str, call: RightResize) -> Mapping[str, Filling]:
    """How a generator fills each operand; raises Unfit where it cannot keep its promise, before any array exists."""
    generator = GENERATORS[name]
    steps = {"value": generator.value(call)}
    return steps if call.direction == "forward" else {**steps, "cotangent": generator.cotangent(call)}


def _ramp(call: RightResize) -> Filling:
    form, lengths = FORMATS[call.dtype], [axis.input - 1 for axis in call.geometry.axes]
    last = sum(number * factor for number, factor in zip(reversed(lengths), (1, 100, 10000), strict=False))
    if form.narrow and last > form.largest:
        raise Unfit(f"places are numbered up to {last}; {call.dtype} ends at {int(form.largest)}")
    return Filling(ramp, {"shape": call.value_shape, "channel_axis": len(call.value_shape) - 1 if call.last else 1})


def _summable(call: RightResize, shape: tuple[int, ...]) -> Filling:
    """Odd numbers that sums with weights of few binary digits hold exactly; of other weights, numbers as short."""
    significand, forward = FORMATS[call.dtype].significand, call.direction == "forward"
    if FORMATS[call.dtype].narrow:
        return Filling(of_8_bits, {"shape": shape, "lowest": FORMATS[call.dtype].lowest})
    if call.method == "nearest" and forward:
        return Filling(odd, {"shape": shape, "bits": min(significand, COPIED_BITS)})
    digits, sums = weight_bits(call.geometry), largest_sum(call.geometry, forward=forward)
    bits = MOST_BITS if digits is None else significand - digits - bits_of_count(int(-(-sums // 1)))
    # Where not even short numbers fit, the result is judged by its bound.
    return Filling(odd, {"shape": shape, "bits": min(max(bits, 3), MOST_BITS)})


GENERATORS: Mapping[str, ResizeGenerator] = {
    "mix": ResizeGenerator(
        lambda call: _summable(call, call.value_shape),
        "whole",
        "odd whole numbers, of 8 bits any; their sums are exact where weights have few binary digits",
    ),
    "ones": ResizeGenerator(
        lambda call: Filling(ones, {"shape": call.value_shape}),
        "whole",
        "readable: weights that are divided by their sum give 1 everywhere",
    ),
    "ramp": ResizeGenerator(
        _ramp,
        "whole",
        "readable: of nearest and linear the result is the coordinate that was read",
    ),
    TIES: ResizeGenerator(
        _ramp,
        "whole",
        "as ramp; a coordinate on a tie, or near one, has to be found exactly",
    ),
    "normal": ResizeGenerator(
        normal_filling,
        "real",
        "nearly normal numbers: precision",
        lambda call: Filling(normal, {"shape": call.output_shape}),
    ),
    "special": ResizeGenerator(
        special_filling, "special", "NaN, infinities and -0 among negative numbers: where they come out"
    ),
}
