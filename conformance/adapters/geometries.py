"""The geometries over which formulas are held against measurements, in a fixed order.

Knows: integers. Must not know: whose words they become.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from typing import TypeVar

from conformance.adapters.dialect import AxisWords
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

LENGTHS, KERNELS, STRIDES, DILATIONS = range(1, 7), range(1, 6), range(1, 5), range(1, 4)
PADS = (0, 1, 2)

Drawn = TypeVar("Drawn")


def kernels_and_strides() -> Iterator[tuple[int, int, int, int]]:
    """(input, kernel, stride, dilation), all 360."""
    yield from product(LENGTHS, KERNELS, STRIDES, DILATIONS)


def small_kernels_and_strides() -> Iterator[tuple[int, int, int, int]]:
    """The 96 smaller ones, for questions that take many calls each."""
    yield from product(range(1, 5), range(1, 5), range(1, 4), range(1, 3))


def padded(word: str) -> tuple[AxisPadding, ...]:
    """The paddings of a word; 'explicit' has nine."""
    if word == "explicit":
        return tuple(product(PADS, PADS))
    return ("SAME",) if word == "SAME" else ("VALID",)


def legal_words(word: str) -> Iterator[AxisWords]:
    """Every legal output length of every geometry, in TensorFlow's words."""
    for numbers in kernels_and_strides():
        for padding in padded(word):
            for output in legal_output_lengths(*numbers, padding):
                if output > 0:
                    yield AxisWords(*numbers, padding, output)


def asked_words(word: str) -> Iterator[AxisWords]:
    """Output lengths from 0 to a stride beyond the uncropped result, legal or not, in TensorFlow's words."""
    for numbers in small_kernels_and_strides():
        length, kernel, stride, dilation = numbers
        for padding in padded(word):
            for output in range(stride * (length - 1) + dilation * (kernel - 1) + 2 + stride):
                yield AxisWords(*numbers, padding, output)


def definition_axes() -> Iterator[Axis]:
    """The axes that TensorFlow's words mean, over all paddings and legal output lengths."""
    for word in ("SAME", "VALID", "explicit"):
        for words in legal_words(word):
            assert words.asked is not None
            yield transposed_axis(
                words.length,
                words.kernel,
                words.stride,
                words.dilation,
                "SAME" if word == "SAME" else "VALID" if word == "VALID" else (words.before, words.after),
                words.asked,
            )


def drawn(population: Iterator[Drawn], number: int) -> list[Drawn]:
    """At most `number` of them, the same on every machine: those whose text has the smallest digests."""
    ranked = sorted(set(population), key=lambda each: sha256(repr(each).encode()).digest())
    return ranked[:number]
