"""Inputs: named generators, seeded by the trial's id, with the same bytes on every machine.

Knows: shapes, dtypes, the number of products per output. Must not know: results (`conformance.judging.oracle`).

A generator turns raw words of a counter-seeded bit generator into numbers with IEEE basic operations only, because
NumPy promises the streams of bit generators but not those of its distributions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Call, Generated, Inputs, Nested
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS

Array: TypeAlias = NDArray[Any]


class Unfit(ValueError):
    """A generator that cannot keep its promise for this call; the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a generator has to fill."""

    value_shape: tuple[int, ...]
    filter_shape: tuple[int, ...]
    products: int
    """K, the largest number of products summed into one output"""
    significand: int
    """p, the bits within which every sum must stay to be exact"""


@dataclass(frozen=True, slots=True)
class Generator:
    """A named way to make inputs."""

    fill: Callable[["Words", Request], tuple[Array, Array]]
    """value and filter, in float64"""
    judged: Literal["exact", "bound"]
    purpose: str
    most_products: int | None = None


class Words:
    """A stream of uniformly random 64-bit words."""

    def __init__(self, seed: str) -> None:
        digest = sha256(seed.encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "little"))

    def below(self, limit: int, count: int) -> NDArray[np.int64]:
        """Integers 0 <= n < limit, limit a power of two: the words' upper bits."""
        if limit == 1:
            return np.zeros(count, dtype=np.int64)
        shift = np.uint64(64 - (limit.bit_length() - 1))
        return (self._take(count) >> shift).astype(np.int64)

    def signs(self, count: int) -> NDArray[np.int64]:
        """+1 or -1, evenly."""
        return 2 * self.below(2, count) - 1

    def normal(self, count: int) -> NDArray[np.float64]:
        """Mean 0, variance 1, nearly normal: the sum of twelve uniform numbers less six (Irwin-Hall), exact in float64.

        Twelve 32-bit uniforms need no logarithm, whose last bit differs between C libraries.
        """
        halves = self._take(6 * count).view("<u4").reshape(count, 12)
        sums: NDArray[np.float64] = halves.sum(axis=1, dtype=np.uint64).astype(np.float64)
        return sums * 2.0**-32 - 6.0

    def _take(self, count: int) -> NDArray[np.uint64]:
        return np.asarray(self._bits.random_raw(count), dtype="<u8")


def _odd(words: Words, bits: int, shape: tuple[int, ...]) -> Array:
    """Odd integers of at most `bits` bits with random signs; never zero, so that no product can hide."""
    count = prod(shape)
    magnitude = 2 * words.below(2 ** (bits - 1), count) + 1
    return (magnitude * words.signs(count)).astype(np.float64).reshape(shape)


def _budget(request: Request) -> int:
    """Bits that value and filter share so that every sum of K products stays within p bits."""
    budget = request.significand - max(request.products - 1, 0).bit_length()
    if budget < 0:
        raise Unfit(
            f"{request.products} products per output do not fit into {request.significand} bits exactly; "
            f"at most {2**request.significand} do"
        )
    return budget


def _mix(words: Words, request: Request) -> tuple[Array, Array]:
    budget = _budget(request)
    value_bits = max(budget // 2, 1)
    filter_bits = max(budget - value_bits, 1)
    return _odd(words, value_bits, request.value_shape), _odd(words, filter_bits, request.filter_shape)


def _wide_x(words: Words, request: Request) -> tuple[Array, Array]:
    bits = max(_budget(request), 1)
    return _odd(words, bits, request.value_shape), _odd(words, 1, request.filter_shape)


def _wide_w(words: Words, request: Request) -> tuple[Array, Array]:
    bits = max(_budget(request), 1)
    return _odd(words, 1, request.value_shape), _odd(words, bits, request.filter_shape)


def _ones(_: Words, request: Request) -> tuple[Array, Array]:
    return np.ones(request.value_shape), np.ones(request.filter_shape)


def _codes(words: Words, request: Request) -> tuple[Array, Array]:
    """One input is 1, the others 0, and the filter counts 1, 2, 3, ...: the result is the index map of that input."""
    count = prod(request.filter_shape)
    if count > 2**request.significand:
        raise Unfit(f"a filter of {count} elements has more codes than {request.significand} bits can tell apart")
    value = np.zeros(prod(request.value_shape))
    if value.size:
        value[int(words.below(2**32, 1)[0]) % value.size] = 1.0
    return value.reshape(request.value_shape), np.arange(1.0, count + 1).reshape(request.filter_shape)


def _normal(words: Words, request: Request) -> tuple[Array, Array]:
    value = words.normal(prod(request.value_shape)).reshape(request.value_shape)
    return value, words.normal(prod(request.filter_shape)).reshape(request.filter_shape)


GENERATORS: Mapping[str, Generator] = {
    "mix": Generator(_mix, "exact", "odd integers of both operands share the exact bits: structure"),
    "wide_x": Generator(_wide_x, "exact", "the value has all exact bits, the filter is +-1: the value's precision"),
    "wide_w": Generator(_wide_w, "exact", "the filter has all exact bits, the value is +-1: the filter's precision"),
    "codes": Generator(_codes, "exact", "one input, counted taps: the index map, readable by eye"),
    "ones": Generator(_ones, "exact", "readable, and nearly blind: proves shapes and tap counts"),
    "normal64": Generator(_normal, "bound", "nearly normal numbers, at most 64 products: precision", 64),
}


def generate(trial_id: str, call: Call, inputs: Inputs) -> tuple[Array, Array]:
    """The trial's value and filter, in the call's dtype and layouts, contiguous.

    A call that is wrong on purpose gets ones: nothing is computed from them.

    Raises Unfit for a generator that cannot keep its promise for this geometry.
    """
    dtype = FORMATS[call.dtype].numpy
    match inputs:
        case LiteralInputs(value, filter):
            return literal_array(value, call.value_shape, dtype), literal_array(filter, call.filter_shape, dtype)
        case Generated(name):
            if call.geometry is None:
                shapes = (call.value_shape, call.filter_shape)
                return np.ones(shapes[0], dtype=dtype), np.ones(shapes[1], dtype=dtype)
            generator = GENERATORS[name]
            check_fit(generator, call)
            request = _request(call)
            filled = generator.fill(Words(f"{trial_id}/{name}"), request)
            return filled[0].astype(dtype), filled[1].astype(dtype)


def check_fit(generator: Generator, call: Call) -> None:
    """Raise Unfit where the generator's limit on K is exceeded, before any array exists."""
    request = _request(call)
    limit = generator.most_products
    if limit is not None and request.products > limit:
        raise Unfit(f"{request.products} products per output; this generator takes at most {limit}")
    if generator.judged == "exact" and generator.fill not in (_ones, _codes):
        _budget(request)


def literal_array(numbers: Nested, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Nested numbers as an array; raises Unfit when they are not nested as `shape`, or lose digits in `dtype`."""
    try:
        wide = np.array(numbers, dtype=np.float64)
    except ValueError as error:
        raise Unfit(f"literal numbers are not nested as {list(shape)}: {error}") from error
    if wide.size == prod(shape) == 0:
        wide = wide.reshape(shape)  # nested lists cannot tell the lengths behind an empty axis
    if wide.shape != shape:
        raise Unfit(f"literal numbers have shape {list(wide.shape)}; the call has {list(shape)}")
    array = wide.astype(dtype)
    if not np.array_equal(array.astype(np.float64), wide, equal_nan=True):
        raise Unfit(f"literal numbers are not exact in {dtype.name}")
    return array


def _request(call: Call) -> Request:
    assert call.geometry is not None
    return Request(call.value_shape, call.filter_shape, call.geometry.most_products, FORMATS[call.dtype].significand)
