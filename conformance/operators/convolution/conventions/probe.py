"""One call that shows the whole index maps of all axes: a batch with a one at every pixel, and a kernel of codes.

Knows: layouts, workers' replies. Must not know: formulas (`sweep.py` holds them against maps).
"""

from collections.abc import Sequence
from math import prod
from typing import Protocol, TypeAlias

import numpy as np

from conformance.adapters.dialect import AxisWords, Phrasing
from conformance.adapters.reply import Answer
from conformance.conventions.asking import Array, Ask, Trouble, trouble
from conformance.operators.convolution.conventions.axis_map import AxisMap

# The order in which arrays of two spatial axes are made and read here
VALUE_AXES, FILTER_AXES = "NHWC", "HWOI"


class Layouts(Protocol):
    """In which order a lane takes the axes of its operands."""

    @property
    def value_layout(self) -> str: ...

    @property
    def filter_layout(self) -> str: ...


Observation: TypeAlias = AxisMap | Trouble


def laid_out(array: Array, made: str, wanted: str) -> Array:
    """The array with its axes in the order wanted."""
    return np.ascontiguousarray(np.transpose(array, [made.index(axis) for axis in wanted]))


def channels_last(layout: str) -> str:
    """The axes of a layout of pixels, such as NHWC, in the order in which arrays are made and read here."""
    return f"N{''.join(axis for axis in layout if axis not in 'NC')}C"


def observe(ask: Ask, layouts: Layouts, phrasing: Phrasing, *axes: AxisWords) -> tuple[AxisMap, ...] | Trouble:
    """The maps of all spatial axes, from one call: words of each, in their order."""
    made = channels_last(layouts.value_layout)
    # A one at another pixel in each image of the batch, and another number at each tap: every element of the answer is
    # one product, and its number says which.
    pixels: Array = np.eye(prod(_given(phrasing, axes)), dtype=np.float32).reshape(-1, *_given(phrasing, axes), 1)
    kernel = tuple(words.kernel for words in axes)
    codes: Array = np.arange(1.0, prod(kernel) + 1, dtype=np.float32).reshape(*kernel, 1, 1)
    operands = {
        "value": laid_out(pixels, made, layouts.value_layout),
        "filter": laid_out(codes, f"{made[1:-1]}OI", layouts.filter_layout),
    }
    reply = ask(phrasing.plan(*axes), operands)
    if not isinstance(reply, Answer):
        return trouble(reply)
    if reply.array.ndim != len(made):
        return Trouble("garbled", f"a result of shape {list(reply.array.shape)}")
    return _read(laid_out(reply.array, layouts.value_layout, made), phrasing, axes)


def predicted_answer(
    value: Array, filter: Array, maps: Sequence[AxisMap], results: Sequence[int] | None = None
) -> Array:
    """What the maps make of pixels (n, *lengths, 1) and a filter (*kernel, 1, 1): (n, *outputs, 1).

    More channels are those of a filter (*kernel, out, in). `results` are the lengths of a forward convolution's result,
    which leads the maps' outputs back to their inputs; None for a transposed one.
    """
    rank = len(maps)
    outputs, inputs, taps = "pqr"[:rank], "jkl"[:rank], "stu"[:rank]
    lengths = value.shape[1:-1] if results is None else results
    incidences = [
        _incidence(each, length, kernel) for each, length, kernel in zip(maps, lengths, filter.shape, strict=False)
    ]
    terms = [f"{p}{j}{t}" for p, j, t in zip(outputs, inputs, taps, strict=True)]
    ends = (inputs, outputs) if results is None else (outputs, inputs)
    letters = f"{','.join(terms)},n{ends[0]}i,{taps}oi->n{ends[1]}o"
    operands = (each.astype(np.float64) for each in (value, filter))
    answer: Array = np.einsum(letters, *incidences, *operands, optimize=True)
    return answer


def _incidence(axis: AxisMap, length: int, kernel: int) -> Array:
    """1 where (output, input, tap) is a product."""
    found = np.zeros((axis.output, length, kernel))
    for j, t, p in axis.products:
        found[p, j, t] = 1
    return found


def _given(phrasing: Phrasing, axes: Sequence[AxisWords]) -> tuple[int, ...]:
    """The lengths of the array given."""
    if not phrasing.gathers:
        return tuple(words.length for words in axes)
    return tuple(words.asked for words in axes if words.asked is not None)


def _read(answer: Array, phrasing: Phrasing, axes: Sequence[AxisWords]) -> tuple[AxisMap, ...] | Trouble:
    """Every nonzero element names a tap by its code; where and in which image it stands are the rest of a product."""
    given, kernel = _given(phrasing, axes), tuple(words.kernel for words in axes)
    batch, *lengths, channels = answer.shape
    due = tuple(words.length for words in axes) if phrasing.gathers else tuple(lengths)
    if batch != prod(given) or channels != 1 or tuple(lengths) != due:
        return Trouble("garbled", f"a result of shape {list(answer.shape)}")
    image, *places, _ = np.nonzero(answer)
    numbers = answer[np.nonzero(answer)].astype(np.complex128)
    if not np.isin(numbers, np.arange(1, prod(kernel) + 1)).all():  # NaN and infinities neither
        return Trouble("garbled", "outputs that no single weight explains")
    codes = numbers.real.astype(int) - 1
    ends = zip(np.unravel_index(image, given), np.unravel_index(codes, kernel), places, strict=True)
    products = [_products(there, taps, here) if phrasing.gathers else _products(here, taps, there)
                for here, taps, there in ends]  # fmt: skip
    if prod(map(len, products)) != len(codes):
        return Trouble("garbled", "the axes are not independent of one another")
    outputs = given if phrasing.gathers else lengths
    return tuple(AxisMap(output, found) for output, found in zip(outputs, products, strict=True))


def _products(inputs: Array, taps: Array, outputs: Array) -> frozenset[tuple[int, int, int]]:
    return frozenset(zip(inputs.tolist(), taps.tolist(), outputs.tolist(), strict=True))
