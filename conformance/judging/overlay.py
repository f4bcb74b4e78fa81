"""What a wrong answer behaves like, and the proof: what the call would answer then, laid over what came back.

Knows: answers, windows. Must not know: which explanations there are (the part `expectation` of a kind finds them).
Next stage: `conformance.journal` keeps the overlay, and the page of a report draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.excerpt import LONGEST_SIDE, Excerpt, rows_of, two_axes


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One thing that a wrong answer behaves like."""

    sentence: str
    answered: NDArray[Any] | None = None
    """what the call would answer then, of the answer's shape; None where that says nothing of single elements"""
    allowed: float | NDArray[np.float64] = 0.0
    """how far an element of the answer may be from it, where it is not the same number"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """The answer beside what one explanation makes of the call. Rows are as those of an Excerpt."""

    sentence: int
    """which of the diagnosis' sentences, from 0"""
    compared: int
    agreeing: int
    """elements of the answer that are what is explained, within what the explanation allows"""
    equal: int
    """elements that are so bit for bit, in the answer's dtype"""
    explained: tuple[str, ...] = ()
    """what the call would answer then; empty where these are the digits of the observed ones"""
    observed: tuple[str, ...] = ()
    """the answer's first elements, where no excerpt of the record has them: of a wrong shape"""


def overlay(
    explanations: Sequence[Explanation], answer: NDArray[Any], window: Excerpt | None, spatial: tuple[int, ...] = ()
) -> Overlay | None:
    """That of the first explanation which says what would have been answered; None where none does.

    window: that of the record, which an overlay shares; None of a wrong shape, whose first elements are taken.
    """
    for number, each in enumerate(explanations):
        if each.answered is not None and each.answered.shape == answer.shape:
            return _laid_over(number, each.answered, each.allowed, answer, window, spatial)
    return None


def _laid_over(
    number: int,
    explained: NDArray[Any],
    allowed: float | NDArray[np.float64],
    answer: NDArray[Any],
    window: Excerpt | None,
    spatial: tuple[int, ...],
) -> Overlay:
    with np.errstate(all="ignore"):
        rounded = explained.astype(answer.dtype)
        equal = (rounded == answer) | (np.isnan(rounded) & np.isnan(answer))
        agreeing = equal
        if np.any(allowed):
            error = answer.astype(np.result_type(explained, np.float64)) - explained
            # Of a complex number the larger of its parts' errors.
            agreeing = equal | (np.maximum(np.abs(error.real), np.abs(error.imag)) <= allowed)
    cut = _cut(answer, window, spatial)
    rows, observed = ((), ()) if cut is None else (rows_of(rounded[cut]), rows_of(answer[cut]))
    return Overlay(
        sentence=number,
        compared=answer.size,
        agreeing=int(agreeing.sum()),
        equal=int(equal.sum()),
        explained=() if rows == observed else rows,
        observed=() if window is not None else observed,
    )


def _cut(answer: NDArray[Any], window: Excerpt | None, spatial: tuple[int, ...]) -> tuple[int | slice, ...] | None:
    """The window's elements; without one the first of all, along two axes."""
    if window is None and (answer.ndim < 2 or 0 in answer.shape):
        return None
    axes = window.axes if window is not None else two_axes(answer.shape, spatial)
    start = window.start if window is not None else (0,) * answer.ndim
    return tuple(slice(at, at + LONGEST_SIDE) if axis in axes else at for axis, at in enumerate(start))
