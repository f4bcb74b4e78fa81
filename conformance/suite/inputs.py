"""Inputs: the arrays of a trial, seeded by its id, with the same bytes on every machine.

Knows: trials' calls and generators. Must not know: results (`conformance.judging.oracle`).
"""

from typing import Any

import numpy as np

from conformance.suite.case import Call, Generated, Inputs, Nested
from conformance.suite.case import Literal as LiteralInputs
from conformance.suite.dtypes import FORMATS
from conformance.suite.generators import GENERATORS, Array, Filled, Generator, Request, Unfit, Words
from reference.arguments import channels_last


def generate(trial_id: str, call: Call, inputs: Inputs) -> Filled:
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
            return fill(GENERATORS[name], call, f"{trial_id}/{name}")


def fill(generator: Generator, call: Call, seed: str) -> Filled:
    """A right call's operands from a generator and a seed, in the call's dtype.

    Raises Unfit for a generator that cannot keep its promise for this geometry.
    """
    request = _request(call)
    generator.check(request)
    value, filter = generator.fill(Words(seed), request)
    dtype = request.format.numpy
    return value.astype(dtype), filter.astype(dtype)


def check_fit(generator: Generator, call: Call) -> None:
    """Raise Unfit where the generator cannot keep its promise for a right call, before any array exists."""
    generator.check(_request(call))


def literal_array(numbers: Nested, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Nested numbers as an array; raises Unfit when they are not nested as `shape`, or lose digits in `dtype`."""
    _check_numbers(numbers, dtype)
    try:
        wide = np.array(numbers, dtype=np.float64)
    except ValueError as error:
        raise Unfit(f"literal numbers are not nested as {list(shape)}: {error}") from error
    if wide.size == 0 and 0 in shape:
        wide = wide.reshape(shape)  # nested lists cannot tell the lengths behind an empty axis
    if wide.shape != shape:
        raise Unfit(f"literal numbers have shape {list(wide.shape)}; the call has {list(shape)}")
    array = wide.astype(dtype)
    if not np.array_equal(array.astype(np.float64), wide, equal_nan=True):
        raise Unfit(f"literal numbers are not exact in {dtype.name}")
    return array


def _check_numbers(numbers: object, dtype: np.dtype[Any]) -> None:
    """NumPy would read null, words and booleans as numbers, and round integers beyond float64 without a word."""
    if isinstance(numbers, tuple | list):
        for each in numbers:
            _check_numbers(each, dtype)
    elif isinstance(numbers, bool) or not isinstance(numbers, int | float):
        raise Unfit(f"literal numbers hold {numbers!r}, which is not a number")
    elif float(numbers) != numbers and numbers == numbers:
        raise Unfit(f"literal numbers are not exact in {dtype.name}: {numbers}")


def _request(call: Call) -> Request:
    assert call.geometry is not None
    channel_axis = len(call.value_shape) - 1 if channels_last(call.data_format) else 1
    products = call.geometry.most_products
    return Request(call.value_shape, call.filter_shape, channel_axis, products, FORMATS[call.dtype])
