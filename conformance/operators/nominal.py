"""Words without geometry: the calls whose output shapes make the first table of conventions.

A nominal call says `SAME`, kernel 3, stride 2 and leaves their meaning to the framework. The suite only records
which output lengths come back.

Knows: numbers and words. Must not know: whose operator they become.
"""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Nominal:
    """One spatial axis, used for both axes of a two-dimensional call with one batch, channel in and channel out."""

    word: str
    """SAME, VALID, or 'default': the padding that the framework assumes when none is given"""
    length: int
    kernel: int
    stride: int
    dilation: int


def nominal_calls() -> tuple[Nominal, ...]:
    """The geometries of the table, every word with each: odd and even kernels, strides around them, a dilation."""
    plain = [(4, *geometry) for geometry in product((1, 2, 3, 4, 5), (1, 2, 3, 4), (1,))]
    dilated = [(4, *geometry) for geometry in product((2, 3, 4, 5), (1, 2, 3, 4), (2,))]
    odd = [(5, *geometry) for geometry in product((2, 3), (2, 3, 4), (1,))]
    geometries = [*plain, *dilated, *odd]
    return tuple(Nominal(word, *geometry) for geometry in geometries for word in ("SAME", "VALID", "default"))
