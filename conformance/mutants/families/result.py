"""What comes back: of another dtype, or with elements that are no numbers.

Knows: the finished result. The last stage of a mutant.
"""

from collections.abc import Callable

import numpy as np

from conformance.mutants.fault import Fault, Write
from conformance.mutants.problem import Array, Problem, write


def _as_dtype(given: str, returned: str) -> Write:
    """Results of one dtype come back in another."""

    def convert(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        return written.astype(returned) if written.dtype == given else written

    return convert


def _with(number: float, place: Callable[[Array], slice]) -> Write:
    """A number in one element, in memory order."""

    def spoil(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        flat = np.ascontiguousarray(written).ravel().copy()
        flat[place(flat)] = number
        return flat.reshape(written.shape)

    return spoil


def _nan_in_gaps(result: Array, problem: Problem) -> Array:
    """Normalised by the number of taps and back, which is 0 / 0 where no tap reaches."""
    height, width = (np.array(axis.taps(), dtype=np.int64) for axis in problem.axes)
    changed = result.copy()
    changed[:, np.multiply.outer(height, width) == 0] = np.nan
    return changed


FAULTS = (
    Fault(
        "float32-for-float64",
        "float64 comes back as float32.",
        "dtype",
        ("wrong_dtype",),
        ("result_dtype",),
        dtypes=("float64",),
        write=_as_dtype("float64", "float32"),
    ),
    Fault(
        "float64-for-float32",
        "float32 comes back as float64.",
        "dtype",
        ("wrong_dtype",),
        ("result_dtype",),
        dtypes=("float32",),
        write=_as_dtype("float32", "float64"),
    ),
    Fault(
        "nan-in-last-element",
        "The last element is NaN.",
        "nonfinite",
        ("differs",),
        ("last_element_nan",),
        write=_with(np.nan, lambda flat: slice(-1, None)),
    ),
    Fault(
        "infinity-in-first-element",
        "The first element is infinite.",
        "nonfinite",
        ("differs",),
        ("first_element_infinite",),
        write=_with(np.inf, lambda flat: slice(0, 1)),
    ),
    Fault(
        "nan-in-gaps",
        "Outputs that no tap reaches are NaN.",
        "nonfinite",
        ("differs",),
        ("nan_in_gaps",),
        finish=_nan_in_gaps,
    ),
)
