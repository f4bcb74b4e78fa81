"""Generators: named ways to fill a call's operands, each with a promise that a verdict can rest on.

Knows: shapes, the number of products per output, a dtype's arithmetic. Must not know: trials and ids
(`conformance.operators.convolution.inputs` seeds the words), results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.dtypes import FloatFormat, Kind
from conformance.suite.generating import Unfit, Words, bits_of_count

Array: TypeAlias = NDArray[Any]
Filled: TypeAlias = tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class Request:
    """What a generator has to fill: the two factors whose products are summed, `value` and `filter` for short.

    Of a gradient they are the cotangent and the filter, or the value and the cotangent.
    """

    value_shape: tuple[int, ...]
    filter_shape: tuple[int, ...]
    channel_axis: int
    """of the value"""
    products: int
    """K, the largest number of terms summed into one element: products, and a bias"""
    format: FloatFormat
    summed_axis: int | None = -1
    """of the filter: the channels that meet those of the value; None where not all of them meet"""


@dataclass(frozen=True, slots=True)
class Generator:
    """A named way to make inputs."""

    fill: Callable[[Words, Request], Filled]
    """value and filter, in float64"""
    judged: Literal["exact", "bound", "footprint", "profile"]
    """bitwise where the sums fit; under the error bound of the lane's measured arithmetic; by where the non-finite
    elements are; or under the arithmetic that is required of every lane, whatever was measured"""
    purpose: str
    check: Callable[[Request], object] = lambda request: None
    """raises Unfit before any array exists"""
    kinds: tuple[Kind, ...] = ("real",)
    """of the dtypes that it fills"""
    bias: Callable[[Words, Request, int], Array] | None = None
    """so many numbers to be added to the channels; None where the promise leaves no room for them"""
    quantum: Callable[[Request], float] = lambda request: 1.0
    """of which every number of the first factor, and so every product, is a whole multiple, where it promises that"""
    needs_bias: bool = False
    """it is about the bias of a result"""


def _odd(words: Words, bits: int, shape: tuple[int, ...]) -> Array:
    """Odd integers of at most `bits` bits with random signs; never zero, so that no product can hide."""
    count = prod(shape)
    magnitude = 2 * words.below(2 ** (bits - 1), count) + 1
    return (magnitude * words.signs(count)).astype(np.float64).reshape(shape)


def _exact_bits(request: Request) -> int:
    """Bits that value and filter share so that every sum of K products stays within the significand."""
    significand = request.format.significand
    budget = significand - bits_of_count(request.products)
    if budget < 0:
        raise Unfit(
            f"{request.products} products per output do not fit into {significand} bits exactly; "
            f"at most {2**significand} do"
        )
    return budget


def _mix(words: Words, request: Request) -> Filled:
    budget = _exact_bits(request)
    value_bits = max(budget // 2, 1)
    filter_bits = max(budget - value_bits, 1)
    return _odd(words, value_bits, request.value_shape), _odd(words, filter_bits, request.filter_shape)


def _wide_x(words: Words, request: Request) -> Filled:
    bits = _all_bits(request)
    return _odd(words, bits, request.value_shape), _odd(words, 1, request.filter_shape)


def _all_bits(request: Request) -> int:
    """The exact bits of one operand alone; int64 has more of them than the numbers that are filled in."""
    return min(max(_exact_bits(request), 1), 52)


def _wide_w(words: Words, request: Request) -> Filled:
    bits = _all_bits(request)
    return _odd(words, 1, request.value_shape), _odd(words, bits, request.filter_shape)


def accumulator_bits(form: FloatFormat, products: int) -> int:
    """Bits that two operands may share so that sums of their products fit into float32's significand, though not into
    the storage's; fewer than 2 where there are too many products.
    """
    terms = bits_of_count(products)
    # float16 ends at 2^16; bfloat16's operands have 8 bits each, and float32 sums 24.
    return (15 if form.name == "float16" else min(24, 16 + terms)) - terms


def _accumulator_bits(request: Request) -> int:
    form = request.format
    if form.significand > 16:
        raise Unfit(f"acc24 is for 16-bit dtypes; the accumulator of {form.name} is {form.name}")
    bits = accumulator_bits(form, request.products)
    if bits < 2:
        raise Unfit(f"{request.products} products per output leave no bits for operands of {form.name}")
    return bits


def _acc24(words: Words, request: Request) -> Filled:
    budget = _accumulator_bits(request)
    value_bits = min(budget // 2, request.format.significand)
    filter_bits = min(budget - value_bits, request.format.significand)
    return _odd(words, value_bits, request.value_shape), _odd(words, filter_bits, request.filter_shape)


def _check_small(request: Request) -> None:
    if 9 * request.products > 2**request.format.significand:
        raise Unfit(f"{request.products} products of 3 x 3 exceed {request.format.significand} bits")


def _small_int(words: Words, request: Request) -> Filled:
    return _odd(words, 2, request.value_shape), _odd(words, 2, request.filter_shape)


def _ones(_: Words, request: Request) -> Filled:
    return np.ones(request.value_shape), np.ones(request.filter_shape)


def _check_codes(request: Request) -> None:
    count, significand = prod(request.filter_shape), request.format.significand
    if count > 2**significand:
        raise Unfit(f"a filter of {count} elements has more codes than {significand} bits can tell apart")


def _codes(words: Words, request: Request) -> Filled:
    """One input is 1, the others 0, and the filter counts 1, 2, 3, ...: the result is the index map of that input."""
    value = np.zeros(prod(request.value_shape))
    if value.size:
        value[int(words.below(2**32, 1)[0]) % value.size] = 1.0
    codes = np.arange(1.0, prod(request.filter_shape) + 1)
    return value.reshape(request.value_shape), codes.reshape(request.filter_shape)


def _at_most(limit: int) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        if request.products > limit:
            raise Unfit(f"{request.products} products per output; this generator takes at most {limit}")

    return check


def _normal(words: Words, request: Request) -> Filled:
    value = words.normal(prod(request.value_shape)).reshape(request.value_shape)
    return value, words.normal(prod(request.filter_shape)).reshape(request.filter_shape)


def _uniform01(words: Words, request: Request) -> Filled:
    value = words.uniform(prod(request.value_shape)).reshape(request.value_shape)
    return value, words.uniform(prod(request.filter_shape)).reshape(request.filter_shape)


def _const(_: Words, request: Request) -> Filled:
    return np.full(request.value_shape, 0.1), np.ones(request.filter_shape)


def _graded(words: Words, request: Request) -> Filled:
    """Normal numbers times 2^e, -12 <= e < 12, one exponent a pixel: fast algorithms mix pixels and lose the small."""
    value, filter = _normal(words, request)
    per_pixel = tuple(1 if a == request.channel_axis else n for a, n in enumerate(request.value_shape))
    exponents = 24.0 * words.uniform(prod(per_pixel)).reshape(per_pixel) - 12.0
    return value * np.ldexp(1.0, np.floor(exponents).astype(np.int64)), filter


def _check_channels(request: Request) -> None:
    if _summed_channels(request) < 2:
        raise Unfit("disjoint supports need at least two channels that are summed")
    _exact_bits(request)


def _summed_channels(request: Request) -> int:
    """How many channels of the value meet as many of the filter; 0 where not all of them do."""
    return 0 if request.summed_axis is None else request.filter_shape[request.summed_axis]


def _zero_product(words: Words, request: Request) -> Filled:
    """The value lives in the even channels, the filter in the odd ones: every product is zero."""
    value, filter = _mix(words, request)
    np.moveaxis(value, request.channel_axis, -1)[..., 1::2] = 0.0
    assert request.summed_axis is not None
    np.moveaxis(filter, request.summed_axis, -1)[..., 0::2] = 0.0
    return value, filter


def _special(words: Words, request: Request) -> Filled:
    """Odd integers with one NaN, one infinity and one negative zero in the value, as far as it has room."""
    value, filter = _mix(words, request)
    places = value.reshape(-1)
    if places.size:
        start = int(words.below(2**32, 1)[0]) % places.size
        for step, number in enumerate((np.nan, np.inf, -0.0)[: places.size]):
            # A third of the array apart, so that their footprints do not cover one another where there is room.
            places[(start + step * max(places.size // 3, 1)) % places.size] = number
    return places.reshape(value.shape), filter


def _special_w(words: Words, request: Request) -> Filled:
    """Odd integers with one NaN, one infinity and one negative zero in the filter, each of another channel of the
    result where there are as many.
    """
    value, filter = _mix(words, request)
    return value, _special_in(filter, words, -2 if request.summed_axis == -1 else -1)


def _special_in(numbers: Array, words: Words, axis: int) -> Array:
    """The numbers with NaN, infinity and -0 at different places of the axis as far as it goes, at a chosen one of the
    others.
    """
    rows = np.moveaxis(numbers, axis, 0).reshape(numbers.shape[axis], -1)
    places = words.below(2**32, 3) % max(rows.shape[1], 1)
    if rows.size:
        for step, number in enumerate((-0.0, np.inf, np.nan)):  # what there is no room for is what the first ones were
            rows[(2 - step) % len(rows), places[2 - step]] = number
    length, *others = np.moveaxis(numbers, axis, 0).shape
    return np.ascontiguousarray(np.moveaxis(rows.reshape(length, *others), 0, axis))


def _special_bias(words: Words, request: Request, count: int) -> Array:
    """NaN, infinity and -0, a channel each, beside odd integers."""
    return _special_in(_odd_bias(words, request, count), words, 0)


def _overflow(words: Words, request: Request) -> Filled:
    """1 and 3 quanta by 1 and 3, all of one sign: a sum of most products leaves the range in every order, a sum of few
    does in none, and what stays within it is exact.
    """
    value, filter = _small_int(words, request)
    return int(words.signs(1)[0]) * np.abs(value) * _overflow_quantum(request), np.abs(filter)


def _overflow_quantum(request: Request) -> float:
    """The smallest product of `overflow`: as many of them as are summed are the range. (Three are within it.)"""
    exponent = int(np.frexp(request.format.largest)[1])
    return float(np.ldexp(1.0, exponent - max(bits_of_count(request.products), 2)))


def _subnormal_quantum(request: Request) -> float:
    return request.format.smallest_subnormal


def _check_subnormal(request: Request) -> None:
    if bits_of_count(request.products) > request.format.significand - 2:
        raise Unfit(f"sums of {request.products} subnormal numbers are normal ones in {request.format.name}")


def _subnormal(words: Words, request: Request) -> Filled:
    """Odd multiples of the smallest subnormal number whose sums are all subnormal, and a filter of +-1."""
    bits = max(request.format.significand - 2 - bits_of_count(request.products), 1)
    value = _odd(words, min(bits, 8), request.value_shape) * request.format.smallest_subnormal
    return value, _odd(words, 1, request.filter_shape)


def _check_masking(request: Request) -> None:
    if request.format.significand > 16:
        raise Unfit(f"masking is for 16-bit dtypes; the accumulator of {request.format.name} is {request.format.name}")
    if request.summed_axis is None:
        raise Unfit("masking is for calls in which all channels meet")
    if _summed_channels(request) < 3 and prod(request.filter_shape[:-2]) < 3:
        raise Unfit("masking needs three channels or three taps: a large term, one, and the large term's negative")


def _masking(_: Words, request: Request) -> Filled:
    """2^e, 1, ..., 1, -2^e along the channels, or along the taps where there are fewer than three channels; the ones
    survive only in an accumulator wider than the storage.

    e is one more than the significand p, since -2^p + 1 is a number of the storage still.
    """
    large = 2.0 ** (request.format.significand + 1)
    value, filter = np.ones(request.value_shape), np.ones(request.filter_shape)
    if _summed_channels(request) >= 3:
        terms = np.moveaxis(value, request.channel_axis, 0)
    else:
        terms = filter.reshape(-1, *request.filter_shape[-2:])
    terms[0], terms[-1] = large, -large
    return value, filter


def _odd_bias(words: Words, request: Request, count: int) -> Array:
    """Odd integers that may be as large as any product."""
    return _odd(words, _all_bits(request), (count,))


def _small_bias(words: Words, _: Request, count: int) -> Array:
    return _odd(words, 2, (count,))


def _normal_bias(words: Words, _: Request, count: int) -> Array:
    return words.normal(count)


def _uniform_bias(words: Words, _: Request, count: int) -> Array:
    return words.uniform(count)


def _ones_bias(_: Words, __: Request, count: int) -> Array:
    return np.ones(count)


EVERY_KIND: tuple[Kind, ...] = ("real", "integer", "complex")
NO_INTEGERS: tuple[Kind, ...] = ("real", "complex")

GENERATORS: Mapping[str, Generator] = {
    "mix": Generator(
        _mix,
        "exact",
        "odd integers of both operands share the exact bits: structure",
        _exact_bits,
        EVERY_KIND,
        _odd_bias,
    ),
    "wide_x": Generator(
        _wide_x, "exact", "all exact bits to the value: its precision", _exact_bits, EVERY_KIND, _odd_bias
    ),
    "wide_w": Generator(
        _wide_w, "exact", "all exact bits to the filter: its precision", _exact_bits, EVERY_KIND, _odd_bias
    ),
    "acc24": Generator(_acc24, "exact", "sums beyond the storage's significand: wide accumulators", _accumulator_bits),
    "small_int": Generator(
        _small_int,
        "exact",
        "+-1 and +-3: structure for engines of low precision",
        _check_small,
        EVERY_KIND,
        _small_bias,
    ),
    "codes": Generator(
        _codes, "exact", "one input, counted taps: the index map, readable by eye", _check_codes, ("real", "integer")
    ),
    "ones": Generator(
        _ones, "exact", "readable, and nearly blind: proves shapes and tap counts", kinds=EVERY_KIND, bias=_ones_bias
    ),
    "normal64": Generator(
        _normal,
        "bound",
        "nearly normal numbers, at most 64 products: precision",
        _at_most(64),
        NO_INTEGERS,
        _normal_bias,
    ),
    "normal_big": Generator(
        _normal, "bound", "nearly normal numbers, up to 16,384 products", _at_most(2**14), NO_INTEGERS, _normal_bias
    ),
    "uniform01": Generator(
        _uniform01, "bound", "numbers of one sign, up to 16,384 products", _at_most(2**14), NO_INTEGERS, _uniform_bias
    ),
    "const": Generator(_const, "bound", "0.1 times 1, up to 16,384 products: errors that add up", _at_most(2**14)),
    "graded": Generator(_graded, "bound", "pixels of very different size: exposes fast algorithms", _at_most(2**14)),
    "zero_product": Generator(_zero_product, "exact", "disjoint supports: exactly zero", _check_channels),
    "special": Generator(_special, "footprint", "NaN, infinity and -0, each once: where they spread", _exact_bits),
    "special_w": Generator(
        _special_w,
        "footprint",
        "NaN, infinity and -0 in the filter (in the cotangent, where a filter's gradient is asked for)",
        _exact_bits,
    ),
    "special_bias": Generator(
        _mix,
        "footprint",
        "NaN, infinity and -0 in the bias, a channel each",
        _exact_bits,
        bias=_special_bias,
        needs_bias=True,
    ),
    "overflow": Generator(
        _overflow,
        "exact",
        "finite numbers of one sign whose sums leave the range in every order",
        _check_small,
        quantum=_overflow_quantum,
    ),
    "subnormal": Generator(
        _subnormal,
        "exact",
        "subnormal sums: kept, or flushed without exception",
        _check_subnormal,
        quantum=_subnormal_quantum,
    ),
    "masking": Generator(_masking, "profile", "what a large term hides: the accumulator's width", _check_masking),
}
