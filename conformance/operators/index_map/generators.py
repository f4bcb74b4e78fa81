"""Generators: named ways to fill an index map's operands, each with a promise that a verdict can rest on.

Knows: shapes, what a sum may hold, a dtype's arithmetic. Must not know: trials and ids
(`conformance.operators.index_map.inputs` seeds the words), results.

The functions that fill need no module but their words and NumPy: a script prints them as they stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.operators.fillers import ones
from conformance.operators.filling import Filling
from conformance.operators.index_map.call import RightIndexMap
from conformance.suite.dtypes import FORMATS
from conformance.suite.generating import Unfit, Words, bits_of_count

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = tuple[int, ...]
Numbers: TypeAlias = Literal["whole", "real", "special"]
# Of a whole number that is summed: enough to tell any two terms apart, and few enough to read.
MOST_BITS = 8


@dataclass(frozen=True, slots=True)
class IndexMapGenerator:
    """A named way to make the value, or the cotangent of a gradient."""

    fill: Callable[[RightIndexMap, Shape, int], Filling]
    """of a call, an operand's shape, and how many of its elements are summed into one; raises Unfit where the promise
    cannot be kept, before any array exists"""
    numbers: Numbers
    purpose: str


def distinct(words: Words, shape: Shape, parts: int) -> Array:
    """1, -1, 2, -2 and so on in any order: no two are alike, and none is a zero as a pad is. With two parts complex,
    each part in an order of its own.
    """
    count = prod(shape)

    def ordered() -> Array:
        order = np.argsort(words.below(2**62, count), kind="stable")
        return ((order // 2 + 1) * (1 - 2 * (order % 2))).astype(np.float64).reshape(shape)

    return ordered() if parts == 1 else ordered() + 1j * ordered()


def from_both_ends(words: Words, shape: Shape, lowest: int, highest: int) -> Array:
    """The highest number, the lowest but 0, the next to either and so on in any order: no two are alike, and none is a
    zero as a pad is.
    """
    order = np.argsort(words.below(2**62, prod(shape)), kind="stable")
    numbers = np.where(order % 2, lowest + (lowest == 0) + order // 2, highest - order // 2)
    return numbers.astype(np.float64).reshape(shape)


def odd(words: Words, shape: Shape, parts: int, bits: int) -> Array:
    """Odd whole numbers of at most `bits` bits with random signs; with two parts complex ones of them."""
    count = prod(shape)

    def signed() -> Array:
        magnitude = 2 * words.below(2 ** (bits - 1), count) + 1
        return (magnitude * words.signs(count)).astype(np.float64).reshape(shape)

    return signed() if parts == 1 else signed() + 1j * signed()


def normal(words: Words, shape: Shape, parts: int) -> Array:
    """Nearly normal numbers; with two parts complex ones of them."""

    def real() -> Array:
        return words.normal(prod(shape)).reshape(shape)

    return real() if parts == 1 else real() + 1j * real()


def special(words: Words, shape: Shape, subnormal: float) -> Array:
    """1, -1, 2, -2 and so on with a NaN, an infinity of either sign, a -0 and a subnormal number of either sign, as far
    apart as there is room.
    """
    places = distinct(words, shape, 1).ravel()
    if places.size:
        numbers = (np.nan, np.inf, -np.inf, -0.0, subnormal, -subnormal)[: places.size]
        start = int(words.below(2**32, 1)[0]) % places.size
        for step, number in enumerate(numbers):
            places[(start + step * max(places.size // 6, 1)) % places.size] = number
    return places.reshape(shape)


def _whole(call: RightIndexMap, shape: Shape, terms: int) -> Filling:
    """Numbers that all differ, where sums of them are exact; else odd ones whose sums are."""
    form, count, parts = FORMATS[call.dtype], prod(shape), _parts(call)
    if form.narrow:
        if count >= int(form.largest) - form.lowest:
            raise Unfit(f"{call.dtype} has no {count} distinct whole numbers beside 0")
        return Filling(from_both_ends, {"shape": shape, "lowest": form.lowest, "highest": int(form.largest)})
    significand = form.significand - (parts - 1)  # the size of a complex sum is held in its parts' bits
    if (count + 1) // 2 * terms <= 2**significand:
        return Filling(distinct, {"shape": shape, "parts": parts})
    bits = significand - bits_of_count(terms)
    if terms == 1 or bits < 1:
        raise Unfit(f"{call.dtype} has no {count} distinct whole numbers whose sums of {terms} are exact")
    return Filling(odd, {"shape": shape, "parts": parts, "bits": min(bits, MOST_BITS)})


def _normal(call: RightIndexMap, shape: Shape, _: int) -> Filling:
    if FORMATS[call.dtype].kind == "integer":
        raise Unfit(f"normal numbers do not fill {call.dtype}")
    return Filling(normal, {"shape": shape, "parts": _parts(call)})


def _special(call: RightIndexMap, shape: Shape, _: int) -> Filling:
    form = FORMATS[call.dtype]
    if form.kind != "real":
        raise Unfit(f"special numbers do not fill {call.dtype}")
    if call.direction != "forward" or call.operator == "fold":
        raise Unfit("special numbers are copied, and never summed: they go with no gradient and no fold")
    return Filling(special, {"shape": shape, "subnormal": form.smallest_subnormal})


def _parts(call: RightIndexMap) -> int:
    return 2 if FORMATS[call.dtype].kind == "complex" else 1


GENERATORS: Mapping[str, IndexMapGenerator] = {
    "mix": IndexMapGenerator(
        _whole,
        "whole",
        "whole numbers of both signs that all differ, of 8 bits from both ends on; where sums are, exact ones",
    ),
    "ones": IndexMapGenerator(
        lambda call, shape, terms: Filling(ones, {"shape": shape}), "whole", "readable: a sum of ones counts its terms"
    ),
    "normal": IndexMapGenerator(_normal, "real", "nearly normal numbers: all bits of a copy, roundings of a sum"),
    "special": IndexMapGenerator(
        _special, "special", "NaN, infinities, -0 and subnormal numbers among others: copies of them are exact, too"
    ),
}
