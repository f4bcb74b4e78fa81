"""One call that shows which elements every window reads: a batch with another number at each pixel.

Knows: arrays, workers' replies. Must not know: formulas (`sweep.py` compares them with what is seen), frameworks.

For a maximum every element is -2 but for a -1, so that a pad that holds 0 is seen, and so is a window without elements.
For an average every element is 0 but for a 1, which comes out as one over the divisor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np

from conformance.adapters.pooling_dialect import Divisor
from conformance.adapters.reply import Answer, Reply
from conformance.conventions.asking import Array, Trouble, trouble
from reference.pooling.geometry import Axis, WindowAxis

HOT, COLD = -1.0, -2.0
Reads: TypeAlias = frozenset[tuple[int, int]]
"""(element, window)"""


@dataclass(frozen=True, slots=True)
class Windows:
    """What a call does along every spatial axis."""

    reads: tuple[Reads, ...]
    """of each axis"""
    lengths: tuple[int, ...]
    """how many windows there are along each"""
    divisors: tuple[float, ...]
    """of all windows that have an element, in the order of the axes; empty for maxima"""
    nothing: tuple[float, ...]
    """the different results of windows that have none"""


def probe(lengths: Sequence[int], averages: bool) -> Array:
    """(pixels, *lengths, 1): the one of each image at another pixel."""
    ones = np.eye(prod(lengths), dtype=np.float32).reshape(-1, *lengths, 1)
    return ones if averages else np.where(ones == 1, np.float32(HOT), np.float32(COLD))


def read(reply: Reply, lengths: Sequence[int], averages: bool) -> Windows | Trouble:
    """What an answer to `probe`, with its channels last, shows."""
    if not isinstance(reply, Answer):
        return trouble(reply)
    answer = reply.array
    if answer.ndim != len(lengths) + 2 or answer.shape[0] != prod(lengths) or answer.shape[-1] != 1:
        return Trouble("garbled", f"a result of shape {list(answer.shape)}")
    outputs = answer.shape[1:-1]
    seen = answer.astype(np.float64).reshape(prod(lengths), -1)  # (pixel, window)
    hot = (seen != 0) & ~np.isnan(seen) if averages else seen == HOT
    has_elements = hot.any(axis=0)
    others = np.unique(seen[:, has_elements][~hot[:, has_elements]])
    expected = 0.0 if averages else COLD
    if (others != expected).any():
        strange = next(number for number in others.tolist() if number != expected)
        holds = "0 and 1" if averages else "-2 and -1"
        return Trouble("garbled", f"a window whose elements are {holds} answers {strange:g}")
    divisors: tuple[float, ...] = ()
    if averages:
        largest, smallest = seen.max(axis=0, where=hot, initial=0), seen.min(axis=0, where=hot, initial=1)
        if not np.array_equal(largest[has_elements], smallest[has_elements]):
            return Trouble("garbled", "elements of a window count differently: pads hold copies of some")
        # Quotients are rounded; divisors are small whole numbers
        divisors = tuple(np.round(1 / largest[has_elements], 2).tolist())
    reads, table = _by_axes(hot.reshape(*lengths, *outputs), len(lengths))
    if not np.array_equal(table, hot.reshape(*lengths, *outputs)):
        return Trouble("garbled", "the axes are not independent of one another")
    nothing = tuple(np.unique(seen[:, ~has_elements]).tolist())
    return Windows(reads, tuple(outputs), divisors, nothing)


def predicted(axes: Sequence[Axis], divisor: Divisor | None) -> Windows:
    """What the axes are taken to show; what windows without elements give is left open."""
    reads = tuple(reads_of(axis) for axis in axes)
    lengths = tuple(axis.output for axis in axes)
    return Windows(reads, lengths, divisors_of(axes, divisor) if divisor else (), ())


def reads_of(axis: Axis) -> Reads:
    """Which elements each window reads."""
    return frozenset(
        (element, window)
        for window in range(axis.output)
        for element in axis.places(window)
        if 0 <= element < axis.input
    )


def divisors_of(axes: Sequence[Axis], divisor: Divisor | None) -> tuple[float, ...]:
    """Of all windows with an element, in the order of the axes."""
    elements = [np.array(axis.elements()) for axis in axes]
    counted = [
        np.array(axis.clipped()) if divisor == "places" and isinstance(axis, WindowAxis) else count
        for axis, count in zip(axes, elements, strict=True)
    ]
    has_elements = _product(elements) > 0
    counts = np.ones(has_elements.shape) if divisor == "nothing" else _product(counted)
    return tuple(counts[has_elements].astype(float).tolist())


def _product(counts: Sequence[Array]) -> Array:
    table: Array = np.ones(())
    for count in counts:
        table = np.multiply.outer(table, count)
    return table


def _by_axes(hot: Array, rank: int) -> tuple[tuple[Reads, ...], Array]:
    """What each axis reads, and the table that has an entry where all of them do."""
    found: list[Reads] = []
    table = np.ones(hot.shape, bool)
    for axis in range(rank):
        others = tuple(each for each in range(2 * rank) if each not in (axis, rank + axis))
        own = hot.any(axis=others)
        found.append(frozenset(zip(*(places.tolist() for places in np.nonzero(own)), strict=True)))
        shape = [1] * (2 * rank)
        shape[axis], shape[rank + axis] = own.shape
        table &= own.reshape(shape)
    return tuple(found), table
