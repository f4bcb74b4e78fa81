"""The geometries over which formulas are held against measurements, in a fixed order.

Knows: integers. Must not know: whose words they become.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import product
from typing import TypeVar

from conformance.adapters.dialect import AxisWords
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

# Small enough for thousands of calls, and large enough that a kernel is shorter and longer than a stride, odd and even,
# and that its dilated extent is beyond the value.
LENGTHS, KERNELS, STRIDES, DILATIONS = range(1, 7), range(1, 6), range(1, 5), range(1, 4)
# Even and uneven pairs; one of 2 is as long as a kernel of 2, and longer than one of 1.
PADS = (0, 1, 2)

Drawn = TypeVar("Drawn")


def kernels_and_strides() -> Iterator[tuple[int, int, int, int]]:
    """(input, kernel, stride, dilation), all 360."""
    yield from product(LENGTHS, KERNELS, STRIDES, DILATIONS)


def small_kernels_and_strides() -> Iterator[tuple[int, int, int, int]]:
    """The 96 smaller ones, for questions that take many calls each."""
    yield from product(range(1, 5), range(1, 5), range(1, 4), range(1, 3))


def paddings(word: str) -> tuple[AxisPadding, ...]:
    """The paddings of a word; 'explicit' has nine."""
    if word == "explicit":
        return tuple(product(PADS, PADS))
    return ("SAME",) if word == "SAME" else ("VALID",)


def legal_words(word: str) -> Iterator[AxisWords]:
    """Every legal output length of every geometry, in TensorFlow's words."""
    return (words for words, _ in _legal(word))


def definition_axes() -> Iterator[Axis]:
    """The axes that TensorFlow's words mean, over all paddings and legal output lengths."""
    return (axis for word in ("SAME", "VALID", "explicit") for _, axis in _legal(word))


def _legal(word: str) -> Iterator[tuple[AxisWords, Axis]]:
    for numbers, padding in product(kernels_and_strides(), paddings(word)):
        for output in legal_output_lengths(*numbers, padding):
            if output > 0:
                yield AxisWords(*numbers, padding, output), transposed_axis(*numbers, padding, output)


def asked_words(word: str) -> Iterator[AxisWords]:
    """Output lengths from 0 to a stride beyond the uncropped result, legal or not, in TensorFlow's words."""
    for numbers, padding in product(small_kernels_and_strides(), paddings(word)):
        length, kernel, stride, dilation = numbers
        for output in range(stride * (length - 1) + dilation * (kernel - 1) + 2 + stride):
            yield AxisWords(*numbers, padding, output)


# By digests, not by a random generator: the sample stays the same when a population gets more members.
def drawn(population: Callable[[], Iterable[Drawn]], number: int) -> Callable[[], list[Drawn]]:
    """At most `number` of them, the same on every machine: those whose text has the smallest digests."""
    return lambda: sorted(set(population()), key=lambda each: sha256(repr(each).encode()).digest())[:number]
