"""Whether an answer is what a mistake would have made of the call, and which mistakes explain it.

Knows: arrays. Must not know: any kind, mistakes.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.judging.overlay import Explanation


def agree(one: NDArray[Any], other: NDArray[Any], relative: float) -> bool:
    """Whether two results are the same up to an error that is relative to the largest number of the first; integers
    are compared exactly, since the difference of two of 64 bits may not have as many.
    """
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "iu" and other.dtype.kind in "iu":
        return bool(np.array_equal(one, other))
    finite = np.isfinite(one) & np.isfinite(other)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    return bool(np.all(np.abs(one[finite] - other[finite]) <= relative * np.abs(one[finite]).max(initial=0.0)))


def is_whole(numbers: NDArray[Any]) -> bool:
    """Whether all finite ones are."""
    finite = numbers[np.isfinite(numbers)]
    return bool(np.all(np.rint(finite) == finite))


def explanations(
    edited: Iterable[tuple[str, NDArray[Any] | None]], observed: NDArray[Any], right: NDArray[Any], relative: float
) -> Iterator[Explanation]:
    """Of mistakes and what each would have answered: those that made the answer, and not what is right as well."""
    for sentence, answered in edited:
        if answered is not None and agree(answered, observed, relative) and not agree(answered, right, relative):
            finite = np.abs(answered[np.isfinite(answered)]).max(initial=0)
            yield Explanation(f"behaves as if {sentence}", answered, relative * float(finite))
