"""Edits of the layout: which axis of an array's memory is which.

Knows: canonical arrays and the call's data format. Must not know: answers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, permutations, product

import numpy as np

from conformance.operators.convolution.diagnosis.edit import Apply, Edit
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition
from reference.arrays import from_layout, to_layout

_NAMES = {"d": "depth", "h": "height", "w": "width", "o": "out", "i": "in", "m": "multiplier"}
_SPATIAL = {1: "w", 2: "hw", 3: "dhw"}


def _read_as(order: str) -> Apply:
    """The filter's memory read in another order of its axes, whose lengths stay; that of its gradient, written."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        channels = "oi" if old.operator.transposed else "im" if old.operator.depthwise else "io"
        own = _SPATIAL[old.operator.rank] + channels
        if sorted(order) != sorted(own) or order == own:
            return
        if old.has_filter:
            memory = np.ascontiguousarray(old.filter).reshape(old.filter_shape)
            read = memory.reshape([memory.shape[own.index(letter)] for letter in order])
            filter = np.ascontiguousarray(read.transpose([order.index(letter) for letter in own]))
            yield old.with_operand("filter", filter.reshape(old.filter.shape))
        elif old.target == "filter":
            moved = partial(np.transpose, axes=[own.index(letter) for letter in order])
            yield old.rewritten(lambda memory: np.ascontiguousarray(moved(memory)).reshape(memory.shape))
            yield old.rewritten(moved)

    return apply


def _orders() -> Iterator[str]:
    """Of three spatial axes those in which they keep theirs, or its mirror image: others are mistakes of two axes."""
    for spatial, channels in product(_SPATIAL.values(), ("oi", "im")):
        for order in sorted(map("".join, permutations(spatial + channels))):
            among = "".join(letter for letter in order if letter in spatial)
            if len(spatial) < 3 or among in (spatial, spatial[::-1]):
                yield order


def _filter_edits() -> Iterator[Edit]:
    for order in dict.fromkeys(_orders()):
        named = ", ".join(_NAMES[letter] for letter in order)
        clause = f"the filter were laid out [{named}] instead of [{{old.operator.filter_layout}}]"
        yield Edit(f"filter_as_{order}", "filter_layout", clause, _read_as(order))


def _column_major(array: Array) -> Array:
    return np.ascontiguousarray(array).ravel().reshape(array.shape, order="F")


def _filter_column_major(old: Rendition) -> Iterator[Rendition]:
    if old.has_filter:
        filter = _column_major(old.filter.reshape(old.filter_shape))
        yield old.with_operand("filter", filter.reshape(old.filter.shape))


def _in_memory(array: Array, last: bool) -> Array:
    """The canonical array as the call lays it out."""
    return np.ascontiguousarray(to_layout(array, last))


def _misread(canonical: Array, last: bool) -> Array:
    """The memory of the call's layout read in the other one; the lengths keep their meaning."""
    batch, *lengths, channels = canonical.shape
    shape = (batch, channels, *lengths) if last else canonical.shape
    return from_layout(_in_memory(canonical, last).reshape(shape), not last)


def _operands_in_other_layout(which: Sequence[str]) -> Apply:
    """The pixels of some operands."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if set(which) <= set(old.pixel_operands):
            yield old.with_operands(which, partial(_misread, last=old.last))

    return apply


def _each_operand(name: str, change: Callable[[Array, Rendition], Iterator[Array]]) -> Apply:
    """An operand's pixels changed in one of several ways."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if name in old.pixel_operands:
            yield from (old.with_operand(name, array) for array in change(old.operands[name], old))

    return apply


def _columns(array: Array, old: Rendition) -> Iterator[Array]:
    yield from_layout(_column_major(_in_memory(array, old.last)), old.last)
    yield _column_major(array)


def _exchanged_pixels(array: Array, old: Rendition) -> Iterator[Array]:
    """Two spatial axes exchanged, in memory alone or by a transposition that leaves the shape as it is."""
    rank = old.operator.rank
    for first, second in combinations(range(1, rank + 1), 2):
        lengths = list(array.shape)
        lengths[first], lengths[second] = lengths[second], lengths[first]
        yield np.ascontiguousarray(array).reshape(lengths).swapaxes(first, second)
        channels_first = [lengths[0], lengths[-1], *lengths[1:-1]]
        memory = _in_memory(array, last=False).reshape(channels_first).swapaxes(first + 1, second + 1)
        yield np.moveaxis(memory, 1, -1)
        if lengths == list(array.shape):
            yield array.swapaxes(first, second)


def _value_exchanged(old: Rendition) -> Iterator[Rendition]:
    """With the lengths exchanged too, where they are free to follow."""
    yield from _each_operand("value", _exchanged_pixels)(old)
    if old.forward and old.operator.transposed:
        for first, second in combinations(range(1, old.operator.rank + 1), 2):
            yield old.with_operand("value", old.operands["value"].swapaxes(first, second))


def _by_memory(memory: Array, last: bool) -> Array:
    """The right shape, and the other layout's memory in it."""
    return _in_memory(from_layout(memory, last), not last).reshape(memory.shape)


def _unmoved(memory: Array, last: bool) -> Array:
    """The other layout's shape."""
    return _in_memory(from_layout(memory, last), not last)


def _result_in_other_layout(old: Rendition) -> Iterator[Rendition]:
    if old.of_pixels:
        yield old.rewritten(partial(_by_memory, last=old.last))
        yield old.rewritten(partial(_unmoved, last=old.last))


def _in_its_shape(change: Change, memory: Array) -> Array:
    return change(memory).reshape(memory.shape)


def _result_transposed(old: Rendition) -> Iterator[Rendition]:
    if not old.of_pixels:
        return
    for first, second in combinations(range(1, old.operator.rank + 1), 2):

        def exchanged(memory: Array, first: int = first, second: int = second) -> Array:
            return _in_memory(from_layout(memory, old.last).swapaxes(first, second), old.last)

        yield old.rewritten(exchanged)
        yield old.rewritten(partial(_in_its_shape, exchanged))


def _other_layout_throughout(old: Rendition) -> Iterator[Rendition]:
    """All that is read, and what is written."""
    read = old.with_operands(old.pixel_operands, partial(_misread, last=old.last))
    if old.of_pixels:
        yield from _result_in_other_layout(read)
    elif len(old.pixel_operands) > 1:
        yield read


def _axis_of_channels_last(old: Rendition) -> Iterator[Rendition]:
    """A bias's gradient keeps the last axis, whatever the layout."""
    if old.target is None and not old.last:
        cotangent = np.moveaxis(old.operands["cotangent"], -1, 1)
        yield replace(old, operands={**old.operands, "cotangent": cotangent})


def _result_memory(change: Change) -> Apply:
    return lambda old: [old.rewritten(change)]


def _channels_before_taps(old: Rendition) -> Iterator[Rendition]:
    if old.target == "filter":
        yield old.rewritten(lambda w: np.moveaxis(w, (-1, -2), (0, 1)))
        yield old.rewritten(lambda w: np.moveaxis(w, (-2, -1), (0, 1)))


def _value_edits() -> Iterator[Edit]:
    for name in ("value", "cotangent"):
        kind = f"{name}_layout"
        clause = f"the {name}'s memory were read as {{old.other_layout}} instead of {{old.layout}}"
        yield Edit(f"{name}_in_other_layout", kind, clause, _operands_in_other_layout([name]))
        clause = f"the {name}'s memory were read in column-major order"
        yield Edit(f"{name}_column_major", kind, clause, _each_operand(name, _columns))
    clause = "two spatial axes of the value were exchanged"
    yield Edit("transpose_value", "value_layout", clause, _value_exchanged)
    clause = "two spatial axes of the cotangent were exchanged"
    yield Edit("transpose_cotangent", "cotangent_layout", clause, _each_operand("cotangent", _exchanged_pixels))


LAYOUT: tuple[Edit, ...] = (
    *_filter_edits(),
    Edit(
        "filter_column_major",
        "filter_layout",
        "the filter's memory were read in column-major order",
        _filter_column_major,
    ),
    *_value_edits(),
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
    Edit(
        "channels_in_last_axis",
        "value_layout",
        "the channels were looked for in the last axis instead of in {old.layout}",
        _axis_of_channels_last,
    ),
    Edit("transpose_result", "result_layout", "two spatial axes of the result were exchanged", _result_transposed),
    Edit(
        "channels_before_taps",
        "result_layout",
        "the gradient's channels came before its taps",
        _channels_before_taps,
    ),
    Edit(
        "result_column_major",
        "result_layout",
        "the result were written in column-major order",
        _result_memory(_column_major),
    ),
    Edit("squeeze", "shape", "axes of length 1 were dropped from the result", _result_memory(np.squeeze)),
)
