"""Which axis of the filter is which, and which way the kernel lies: one pixel per input channel, a kernel of codes.

Knows: layouts, probes. Must not know: journals.

The filter is offered with its four sizes in every order. Where the framework takes it, the whole kernel comes out
around the pixel, and the place of each code tells what the axis of its memory stands for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from conformance.adapters.dialect import Dialect, Layout
from conformance.adapters.reply import Answer
from conformance.conventions.asking import Array, Ask
from conformance.operators.convolution.conventions.probe import VALUE_AXES, laid_out

# All distinct, so that no order of them is taken for another
SIZES = {"H": 2, "W": 3, "O": 5, "I": 7}
# Orders of four axes
OFFERED = 24


@dataclass(frozen=True, slots=True)
class LayoutFound:
    """What one layout claim's probes showed."""

    layouts: tuple[str, ...]
    """every order in which some filter was read"""
    flipped: tuple[bool, ...]
    """orientations seen"""
    answered: int
    """of the 24 orders of sizes"""
    unread: int
    """of those answered: results that hold not every weight once, each where one order of axes puts it"""


def find_layout(ask: Ask, dialect: Dialect, layout: Layout) -> LayoutFound:
    """Offer the filter in every order."""
    value = np.eye(SIZES["I"], dtype=np.float32).reshape(SIZES["I"], 1, 1, SIZES["I"])
    plan = layout.plan(value.shape, (SIZES["H"], SIZES["W"], SIZES["O"]))
    read: list[tuple[str, bool]] = []
    answered = 0
    # A framework that checks shapes takes few of the orders; one that does not shows what it reads them as.
    for order in permutations("HWOI"):
        shape = tuple(SIZES[axis] for axis in order)
        filter = np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)
        reply = ask(plan, {"value": laid_out(value, VALUE_AXES, dialect.value_layout), "filter": filter})
        if isinstance(reply, Answer):
            answered += 1
            read += _decoded(reply.array, dialect.value_layout, shape)
    layouts, flipped = (tuple(dict.fromkeys(column)) for column in zip(*read, strict=True)) if read else ((), ())
    return LayoutFound(layouts, flipped, answered, answered - len(read))


def _decoded(result: Array, value_layout: str, shape: tuple[int, ...]) -> Iterator[tuple[str, bool]]:
    """The layout as letters, if each axis of the filter's memory follows exactly one axis of the answer."""
    if result.ndim != 4:
        return
    answer = laid_out(result, value_layout, VALUE_AXES)  # (channel in, height, width, channel out)
    codes = answer.real.astype(np.float64)
    count = int(np.prod(shape))
    if sorted(codes.ravel().tolist()) != list(range(1, count + 1)):
        return
    positions = np.unravel_index(codes.astype(int) - 1, shape)
    letters, flips = "", set()
    for position, size in zip(positions, shape, strict=True):
        for axis, letter in enumerate("IHWO"):
            steps = np.arange(answer.shape[axis]).reshape([-1 if each == axis else 1 for each in range(4)])
            for flipped, expected in ((False, steps), (True, size - 1 - steps)):
                if size == answer.shape[axis] and np.array_equal(position, np.broadcast_to(expected, answer.shape)):
                    letters += letter
                    flips |= {flipped} if letter in "HW" else set()
    if sorted(letters) == sorted("HWOI") and len(flips) == 1:
        yield letters, flips.pop()
