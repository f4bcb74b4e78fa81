"""Numbers that a case writes out, as arrays.

Knows: nested numbers, shapes and dtypes. Must not know: calls.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Literal, Nested
from conformance.suite.generating import Unfit

Array = NDArray[Any]


def literal_operands(inputs: Literal, shapes: Mapping[str, tuple[int, ...]], dtype: np.dtype[Any]) -> dict[str, Array]:
    """The operands that a case writes out, in the order of their shapes; raises Unfit for one too many or too few, and
    as `literal_array` does.
    """
    written = {field.name: getattr(inputs, field.name) for field in fields(inputs)}
    given = {name: numbers for name, numbers in written.items() if numbers is not None}
    if given.keys() != shapes.keys():
        raise Unfit(f"literal inputs give {', '.join(given)}; the call takes {', '.join(shapes)}")
    return {name: literal_array(given[name], shape, dtype) for name, shape in shapes.items()}


def literal_array(numbers: Nested, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Nested numbers as an array; raises Unfit when they are not nested as `shape`, or lose digits in `dtype`."""
    _check_numbers(numbers, dtype)
    try:
        wide = np.array(numbers, dtype=np.float64)
    except ValueError as error:
        raise Unfit(f"literal numbers are not nested as {list(shape)}: {error}") from error
    if wide.size == 0 and 0 in shape:
        # Nested lists do not say the lengths after an empty axis.
        wide = wide.reshape(shape)
    if wide.shape != shape:
        raise Unfit(f"literal numbers have shape {list(wide.shape)}; the call has {list(shape)}")
    with np.errstate(invalid="ignore"):
        array = wide.astype(dtype)
    if not np.array_equal(array.astype(np.complex128), wide.astype(np.complex128), equal_nan=True):
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
