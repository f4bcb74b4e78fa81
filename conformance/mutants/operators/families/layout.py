"""Layouts: memory that is reshaped where its axes should be moved, in what is given and in what is returned.

Knows: arrays in the layouts of the call. Every fault holds for every operator and direction: pixels are the value, the
cotangent and what comes back, and the filter's gradient is a filter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.problem import Array, Asked, Problem, read, write

Change = Callable[[Array, bool], Array]


def _fault(
    name: str,
    summary: str,
    *outcomes: Outcome,
    read: Callable[[Asked], Problem] = read,
    write: Callable[[Array, Problem], Array] = write,
    diagnosis: tuple[str, ...],
) -> FamilyFault:
    due = outcomes or ("differs",)
    return FamilyFault(name, summary, "layout", due, read=read, write=write, diagnosis=diagnosis)


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


def _pixels_read(*names: str) -> Callable[[Asked], Problem]:
    """Some of the operands, as they lie in memory."""

    def reading(asked: Asked) -> Problem:
        given = {name: getattr(asked, name) for name in names}
        changed: dict[str, Any] = {
            name: _reshaped(array, asked.last) for name, array in given.items() if array is not None
        }
        return read(replace(asked, **changed))

    return reading


def _pixels_written(change: Change) -> Callable[[Array, Problem], Array]:
    def writing(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        of_pixels = problem.target in ("input", "output")
        return change(written, problem.asked.last) if of_pixels else written

    return writing


def _filter_read(order: Callable[[int], list[int]]) -> Callable[[Asked], Problem]:
    """The filter's memory read with its axes in another order, whose lengths they keep."""

    def reading(asked: Asked) -> Problem:
        filter = np.ascontiguousarray(asked.filter)
        axes = order(filter.ndim)
        memory = filter.reshape([filter.shape[axis] for axis in axes])
        return read(replace(asked, filter=np.ascontiguousarray(np.moveaxis(memory, range(filter.ndim), axes))))

    return reading


def _channels_before_taps(rank: int) -> list[int]:
    return [rank - 1, rank - 2, *range(rank - 2)]


def _last_two_exchanged(rank: int) -> list[int]:
    return [*range(rank - 2), rank - 1, rank - 2]


def _filter_written(order: Callable[[int], list[int]]) -> Callable[[Array, Problem], Array]:
    def writing(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        if problem.target != "filter":
            return written
        return np.ascontiguousarray(written.transpose(order(written.ndim))).reshape(written.shape)

    return writing


_ORDERS_OF_FRAMEWORKS = (
    "filter_as_iow", "filter_as_oiw", "filter_as_iohw", "filter_as_oihw", "filter_as_iodhw", "filter_as_oidhw",
    "filter_as_mihw",
)  # fmt: skip
_EXCHANGED_CHANNELS = (
    "filter_as_wio", "filter_as_woi", "filter_as_hwio", "filter_as_hwoi", "filter_as_dhwio", "filter_as_dhwoi",
    "filter_as_hwmi",
)  # fmt: skip

FAULTS = (
    _fault(
        "value-reshaped",
        "The value's memory is reshaped to the other layout where its axes should be moved.",
        read=_pixels_read("value"),
        diagnosis=("value_in_other_layout",),
    ),
    _fault(
        "cotangent-reshaped",
        "The cotangent's memory is reshaped to the other layout where its axes should be moved.",
        read=_pixels_read("cotangent"),
        diagnosis=("cotangent_in_other_layout",),
    ),
    _fault(
        "layout-forgotten",
        "All pixels that are given are read in the other layout, and what comes back is written in it.",
        read=_pixels_read("value", "cotangent"),
        write=_pixels_written(_squashed),
        diagnosis=("other_layout_throughout", "cotangent_in_other_layout"),
    ),
    _fault(
        "pixels-reshaped-back",
        "What comes back is reshaped from the other layout where its axes should be moved.",
        write=_pixels_written(_squashed),
        diagnosis=("result_in_other_layout",),
    ),
    _fault(
        "pixels-unmoved",
        "What comes back has the shape of the other layout.",
        "wrong_shape",
        "differs",
        write=_pixels_written(_unmoved),
        diagnosis=("result_in_other_layout",),
    ),
    _fault(
        "filter-read-channels-first",
        "The filter's memory is read with its channels, exchanged, before its taps.",
        read=_filter_read(_channels_before_taps),
        diagnosis=_ORDERS_OF_FRAMEWORKS,
    ),
    _fault(
        "filter-read-channels-exchanged",
        "The filter's memory is read with its two axes of channels exchanged.",
        read=_filter_read(_last_two_exchanged),
        diagnosis=_EXCHANGED_CHANNELS,
    ),
    _fault(
        "filter-gradient-written-channels-first",
        "The filter's gradient is written with its channels, exchanged, before its taps, in the shape of the filter.",
        write=_filter_written(_channels_before_taps),
        diagnosis=_ORDERS_OF_FRAMEWORKS,
    ),
)
