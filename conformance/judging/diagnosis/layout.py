"""Edits of the layout: which axis of an array's memory is which.

Knows: canonical arrays and the call's data format. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import permutations

import numpy as np

from conformance.judging.diagnosis.edit import Apply, Edit, both_crops
from conformance.judging.diagnosis.rendition import Array, Rendition

_AXES = "HWOI"
_NAMES = {"H": "height", "W": "width", "O": "out", "I": "in"}


def _read_as(order: str, filter: Array) -> Array:
    """The filter's memory read in another order of its axes; the lengths keep their meaning."""
    lengths = [filter.shape[_AXES.index(letter)] for letter in order]
    return np.ascontiguousarray(filter).reshape(lengths).transpose([order.index(letter) for letter in _AXES])


def _filter(change: Callable[[Array], Array]) -> Apply:
    return lambda old: [old.with_filter(change(old.filter))]


def _memory(change: Callable[[Array], Array]) -> Apply:
    return lambda old: [old.rewritten(change)]


def _filter_edits() -> Iterator[Edit]:
    orders = sorted("".join(order) for order in permutations(_AXES) if "".join(order) != _AXES)
    for order in orders:
        named = ", ".join(_NAMES[letter] for letter in order)
        yield Edit(
            f"filter_as_{order.lower()}",
            "filter_layout",
            f"the filter were laid out [{named}] instead of [height, width, out, in]",
            _filter(partial(_read_as, order)),
        )


def _column_major(array: Array) -> Array:
    return np.ascontiguousarray(array).ravel().reshape(array.shape, order="F")


def _in_memory(array: Array, last: bool) -> Array:
    """The canonical array as the call lays it out."""
    return np.ascontiguousarray(array if last else np.moveaxis(array, -1, 1))


def _of_memory(memory: Array, last: bool) -> Array:
    return memory if last else np.moveaxis(memory, 1, -1)


def _value_in_other_layout(old: Rendition) -> Iterator[Rendition]:
    batch, height, width, channels = old.value.shape
    memory = _in_memory(old.value, old.last)
    lengths = (batch, channels, height, width) if old.last else (batch, height, width, channels)
    yield old.with_value(_of_memory(memory.reshape(lengths), not old.last))


def _value_column_major(old: Rendition) -> Iterator[Rendition]:
    yield old.with_value(_of_memory(_column_major(_in_memory(old.value, old.last)), old.last))
    yield old.with_value(_column_major(old.value))


def _value_exchanged(old: Rendition) -> Iterator[Rendition]:
    """Height and width of the value exchanged, in memory alone or by a transposition."""
    batch, height, width, channels = old.value.shape
    yield old.with_value(np.ascontiguousarray(old.value).reshape(batch, width, height, channels).swapaxes(1, 2))
    first = _in_memory(old.value, last=False).reshape(batch, channels, width, height)
    yield old.with_value(np.moveaxis(first.swapaxes(2, 3), 1, -1))
    yield old.with_value(old.value.swapaxes(1, 2))


def _by_memory(memory: Array, last: bool) -> Array:
    """The right shape, and the other layout's memory in it."""
    return _in_memory(_of_memory(memory, last), not last).reshape(memory.shape)


def _unmoved(memory: Array, last: bool) -> Array:
    """The other layout's shape."""
    return _in_memory(_of_memory(memory, last), not last)


def _exchanged(memory: Array, last: bool) -> Array:
    return _in_memory(_of_memory(memory, last).swapaxes(1, 2), last)


def _exchanged_by_memory(memory: Array, last: bool) -> Array:
    return _exchanged(memory, last).reshape(memory.shape)


def _result_in_other_layout(old: Rendition) -> Iterator[Rendition]:
    yield old.rewritten(partial(_by_memory, last=old.last))
    yield old.rewritten(partial(_unmoved, last=old.last))


def _result_transposed(old: Rendition) -> Iterator[Rendition]:
    yield old.rewritten(partial(_exchanged, last=old.last))
    yield old.rewritten(partial(_exchanged_by_memory, last=old.last))


def _other_layout_throughout(old: Rendition) -> Iterator[Rendition]:
    for new in _value_in_other_layout(old):
        yield from _result_in_other_layout(new)


def _crops_of_other_layout(old: Rendition) -> Iterator[Rendition]:
    """Explicit pads read where the other layout has height and width: one of the two is then that of the channels."""
    befores = [rule[0] for rule in old.rules if not isinstance(rule, str)]
    if len(befores) != len(old.axes):
        return
    height, width = befores
    crops = (width, 0) if old.last else (0, height)
    yield old.with_axes(*(replace(axis, crop_before=crop) for axis, crop in zip(old.axes, crops, strict=True)))


def _strides_of_other_layout(old: Rendition) -> Iterator[Rendition]:
    height, width = old.strides
    strides = (width, 1) if old.last else (1, height)
    yield from both_crops(
        old.with_axes(*(replace(axis, stride=stride) for axis, stride in zip(old.axes, strides, strict=True)))
    )


LAYOUT: tuple[Edit, ...] = (
    *_filter_edits(),
    Edit(
        "filter_column_major",
        "filter_layout",
        "the filter's memory were read in column-major order",
        _filter(_column_major),
    ),
    Edit(
        "value_in_other_layout",
        "value_layout",
        "the value's memory were read as {old.other_layout} instead of {old.layout}",
        _value_in_other_layout,
    ),
    Edit(
        "value_column_major", "value_layout", "the value's memory were read in column-major order", _value_column_major
    ),
    Edit("transpose_value", "value_layout", "the value's height and width were exchanged", _value_exchanged),
    Edit(
        "result_in_other_layout",
        "result_layout",
        "the result were left in {old.other_layout} instead of {old.layout}",
        _result_in_other_layout,
    ),
    Edit(
        "other_layout_throughout",
        "value_layout",
        "data_format were {old.other_layout} instead of {old.layout}",
        _other_layout_throughout,
    ),
    Edit("transpose_result", "result_layout", "the result's height and width were exchanged", _result_transposed),
    Edit(
        "result_column_major",
        "result_layout",
        "the result were written in column-major order",
        _memory(_column_major),
    ),
    Edit(
        "strides_of_other_layout",
        "strides",
        "strides were read in the order of {old.other_layout}: {new.strides} instead of {old.strides}",
        _strides_of_other_layout,
    ),
    Edit(
        "pads_of_other_layout",
        "crop",
        "padding were read in the order of {old.other_layout}: crop_before {new.crops} instead of {old.crops}",
        _crops_of_other_layout,
    ),
    Edit("squeeze", "shape", "axes of length 1 were dropped from the result", _memory(np.squeeze)),
)
