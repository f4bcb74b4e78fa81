"""Layouts: memory that is reshaped where its axes should be moved, in what is given and in what is returned.

Knows: arrays in the layouts of the call. Every fault holds for every operator and direction: pixels are the value, the
cotangent and what comes back, and the filter's gradient is a filter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from conformance.operators.convolution.mutants.changes import operand
from conformance.operators.convolution.mutants.fault import Read, asked_for, wrong
from conformance.operators.convolution.mutants.problem import Array, GivenCall, Problem, read, write

Order: TypeAlias = Callable[[int], list[int]]
"""of the axes of a filter, by their number"""


def _reshaped(pixels: Array, last: bool) -> Array:
    """The elements in their order in memory, taken for those of the other layout, in the layout of the call."""
    batch, *rest = pixels.shape
    if last:
        *lengths, channels = rest
        return np.moveaxis(np.ascontiguousarray(pixels).reshape(batch, channels, *lengths), 1, -1)
    channels, *lengths = rest
    return np.moveaxis(np.ascontiguousarray(pixels).reshape(batch, *lengths, channels), -1, 1)


def _unmoved(result: Array, last: bool) -> Array:
    """In the shape of the other layout."""
    return np.ascontiguousarray(np.moveaxis(result, -1, 1) if last else np.moveaxis(result, 1, -1))


def _squashed(result: Array, last: bool) -> Array:
    """In the order of the other layout, and the shape of the call's."""
    return _unmoved(result, last).reshape(result.shape)


def _pixels_read(*names: str) -> Read:
    """Some of the operands, as they lie in memory."""

    def reading(asked: GivenCall) -> Problem:
        given = {name: getattr(asked, name) for name in names}
        changed: dict[str, Any] = {
            name: _reshaped(array, asked.last) for name, array in given.items() if array is not None
        }
        return read(replace(asked, **changed))

    return reading


def _pixels_written(change: Callable[[Array, bool], Array]) -> Callable[[Array, Problem], Array]:
    def writing(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        return change(written, problem.asked.last) if problem.of_pixels else written

    return writing


def filter_read(order: Order, where: Callable[[GivenCall], bool] = lambda asked: True) -> Read:
    """The filter's memory read with its axes in another order, whose lengths they keep."""

    def reading(asked: GivenCall) -> Problem:
        if not where(asked):
            return read(asked)
        filter = np.ascontiguousarray(asked.filter)
        axes = order(filter.ndim)
        memory = filter.reshape([filter.shape[axis] for axis in axes])
        return read(replace(asked, filter=np.ascontiguousarray(np.moveaxis(memory, range(filter.ndim), axes))))

    return reading


def filter_written(order: Order) -> Callable[[Array, Problem], Array]:
    """The filter's gradient with its axes in another order, in the shape of the filter."""

    def writing(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        if problem.target != "filter":
            return written
        return np.ascontiguousarray(written.transpose(order(written.ndim))).reshape(written.shape)

    return writing


def channels_before_taps(rank: int) -> list[int]:
    """[*kernel, a, b] as [b, a, *kernel]"""
    return [rank - 1, rank - 2, *range(rank - 2)]


def last_two_exchanged(rank: int) -> list[int]:
    """[*kernel, a, b] as [*kernel, b, a]"""
    return [*range(rank - 2), rank - 1, rank - 2]


def _of_another_framework(result: Array, problem: Problem) -> Array:
    written = write(result, problem)
    return np.ascontiguousarray(written.transpose(channels_before_taps(written.ndim)))


def _lengths_exchanged(value: Array) -> Array:
    """Read with its last two spatial lengths exchanged, each of which keeps its place."""
    *outer, height, width, channels = value.shape
    return np.ascontiguousarray(value).reshape(*outer, width, height, channels).swapaxes(-3, -2)


_ORDERS_OF_FRAMEWORKS = (
    "filter_as_iow filter_as_oiw filter_as_iohw filter_as_oihw filter_as_iodhw filter_as_oidhw filter_as_mihw"
)
_EXCHANGED_CHANNELS = (
    "filter_as_wio filter_as_woi filter_as_hwio filter_as_hwoi filter_as_dhwio filter_as_dhwoi filter_as_hwmi"
)

FAULTS = (
    wrong("value-reshaped", "The value's memory is reshaped to the other layout where its axes should be moved.",
          "value_in_other_layout", read=_pixels_read("value")),
    wrong("cotangent-reshaped",
          "The cotangent's memory is reshaped to the other layout where its axes should be moved.",
          "cotangent_in_other_layout", read=_pixels_read("cotangent")),
    wrong("layout-forgotten",
          "All pixels that are given are read in the other layout, and what comes back is written in it.",
          "other_layout_throughout cotangent_in_other_layout", read=_pixels_read("value", "cotangent"),
          write=_pixels_written(_squashed)),
    wrong("pixels-reshaped-back", "What comes back is reshaped from the other layout where its axes should be moved.",
          "result_in_other_layout", write=_pixels_written(_squashed)),
    wrong("pixels-unmoved", "What comes back has the shape of the other layout.", "result_in_other_layout",
          "wrong_shape differs", write=_pixels_written(_unmoved)),
    wrong("exchanged-lengths", "The value is read with its last two spatial lengths exchanged.", "transpose_value",
          where=lambda problem: len(problem.axes) > 1, edit=operand("value", _lengths_exchanged)),
    wrong("column-major", "The value is read in column-major order.", "value_column_major",
          edit=operand("value", lambda value: np.ascontiguousarray(value).ravel().reshape(value.shape, order="F"))),
    wrong("squeezes", "Axes of length 1 are dropped from what comes back.", "squeeze", "wrong_shape",
          write=lambda result, problem: write(result, problem).squeeze()),
    wrong("filter-read-channels-first", "The filter's memory is read with its channels, exchanged, before its taps.",
          _ORDERS_OF_FRAMEWORKS, read=filter_read(channels_before_taps)),
    wrong("nchw-filter-reshaped",
          "Where channels come first, the filter's memory is read with its channels, exchanged, before its taps.",
          _ORDERS_OF_FRAMEWORKS, read=filter_read(channels_before_taps, lambda asked: not asked.last)),
    wrong("filter-read-channels-exchanged", "The filter's memory is read with its two axes of channels exchanged.",
          _EXCHANGED_CHANNELS, read=filter_read(last_two_exchanged)),
    wrong(
        "filter-gradient-written-channels-first",
        "The filter's gradient is written with its channels, exchanged, before its taps, in the shape of the filter.",
        _ORDERS_OF_FRAMEWORKS,
        write=filter_written(channels_before_taps),
    ),
    wrong("filter-gradient-of-another-framework",
          "The filter's gradient comes back with its channels before its taps.", "channels_before_taps",
          "wrong_shape differs", where=asked_for("filter_gradient"), write=_of_another_framework),
)  # fmt: skip
