"""A small window around the worst wrong element: what a report draws as heat maps.

Knows: an answer, the oracle, the errors. Must not know: formats, verdicts. `conformance.judging.metrics` keeps it in
the record of a value nonconformance. Numbers are text, since a journal's JSON has neither NaN nor complex numbers.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Of the window; what is larger is cut around the worst element.
LONGEST_SIDE = 24

Unit: TypeAlias = Literal["bound", "spacing"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A two-dimensional window of the answer and of what was expected; each row is numbers separated by spaces."""

    axes: tuple[int, int]
    """the answer's axes that run down and across"""
    start: tuple[int, ...]
    """index of the window's first element in the answer"""
    shape: tuple[int, int]
    """elements down and across"""
    expected: tuple[str, ...]
    observed: tuple[str, ...]
    error: tuple[str, ...]
    """in units of the element's error bound, or where none applies of the spacing of the dtype's numbers"""
    unit: Unit
    wrong: tuple[str, ...]
    """a row is one character an element: x for a wrong one, . for a right one"""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """The elementwise errors that an excerpt is cut from."""

    units: NDArray[np.float64]
    unit: Unit
    wrong: NDArray[np.bool_]


def excerpt(answer: NDArray[Any], values: NDArray[Any], errors: Errors, spatial: tuple[int, ...]) -> Excerpt | None:
    """The window around the worst wrong element; None where nothing is wrong, or there are not two axes."""
    if answer.ndim < 2 or not errors.wrong.any():
        return None
    axes = two_axes(answer.shape, spatial)
    # The first of the largest wrong errors; what is not a number is worse than any number.
    size = np.where(np.isnan(errors.units), np.inf, errors.units)
    flat = int(np.argmax(np.where(errors.wrong, size, -1.0)))
    worst = tuple(int(position) for position in np.unravel_index(flat, errors.units.shape))
    window: list[int | slice] = list(worst)
    start = list(worst)
    for axis in axes:
        start[axis] = max(0, min(worst[axis] - LONGEST_SIDE // 2, answer.shape[axis] - LONGEST_SIDE))
        window[axis] = slice(start[axis], start[axis] + LONGEST_SIDE)
    cut = tuple(window)
    return Excerpt(
        axes=axes,
        start=tuple(start),
        shape=answer[cut].shape,
        expected=rows_of(values[cut]),
        observed=rows_of(answer[cut]),
        error=rows_of(errors.units[cut], 3),
        unit=errors.unit,
        wrong=tuple("".join("x" if each else "." for each in row) for row in errors.wrong[cut]),
    )


def two_axes(shape: tuple[int, ...], spatial: tuple[int, ...]) -> tuple[int, int]:
    """The last two spatial axes, or the last two of all; where every axis is spatial, as of results that are chosen and
    not computed, the neighbours with the most elements.
    """
    if len(spatial) == len(shape) > 2:
        sizes = [one * other for one, other in pairwise(shape)]
        first = sizes.index(max(sizes))
        return first, first + 1
    return (spatial[-2], spatial[-1]) if len(spatial) > 1 else (len(shape) - 2, len(shape) - 1)


def rows_of(window: NDArray[Any], digits: int = 7) -> tuple[str, ...]:
    """The numbers of a two-dimensional window as text."""
    return tuple(" ".join(_text(number, digits) for number in row) for row in window)


def _text(number: Any, digits: int) -> str:
    if np.iscomplexobj(number):
        return f"{number.real:.{digits}g}{number.imag:+.{digits}g}j"
    return f"{float(number):.{digits}g}"
