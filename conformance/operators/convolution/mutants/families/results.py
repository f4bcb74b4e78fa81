"""What comes back, whatever was asked for: nothing, half of it, of another dtype, with elements that are no numbers.

Knows: the result, channels last, in the dtype of the call, and operands that are not finite.
"""

from typing import Any

import ml_dtypes
import numpy as np

from conformance.operators.convolution.mutants.changes import Change, operand, overlap, result
from conformance.operators.convolution.mutants.engine import store
from conformance.operators.convolution.mutants.families.numbers import real
from conformance.operators.convolution.mutants.fault import GRADIENT, Fault, Finish, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem, write

# What memory that nobody wrote might hold
GARBAGE = -12345.0
NOT_FINITE = "explanations are of finite numbers of normal size"


def _spoiled(number: float, at: int) -> Change:
    def change(result: Array) -> Array:
        changed = np.ascontiguousarray(result).copy()
        if changed.size:
            changed[(at,) * changed.ndim] = number
        return changed

    return change


def _written(number: float, at: slice) -> Finish:
    """A number in one element of real results, in memory order."""

    def spoil(result: Array, problem: Problem) -> Array:
        written = write(result, problem)
        flat = np.ascontiguousarray(written).ravel().copy()
        flat[at] = number
        return flat.reshape(written.shape)

    return spoil


def _in_gaps(number: float) -> Finish:
    """Normalised by the number of taps and back, which is 0 / 0 where no tap reaches; or never written."""

    def finish(result: Array, problem: Problem) -> Array:
        changed = result.copy()
        gaps = overlap(problem) == 0
        changed[gaps if problem.target == "filter" else (slice(None), gaps)] = number
        return changed

    return finish


def _with_gaps(problem: Problem) -> bool:
    return real(problem) and problem.target is not None


def _returned_as(given: str, dtype: str, change: Change = lambda array: array) -> dict[str, Any]:
    return {
        "finish": lambda result, problem: change(result).astype(dtype),
        "where": lambda problem: problem.value.dtype == given,
    }


def _largest(dtype: np.dtype[Any]) -> float:
    return float(ml_dtypes.finfo(dtype).max)


def _tame(number: float | None = None) -> Change:
    """Every NaN and infinity is this number, or as large as numbers get."""

    def change(array: Array) -> Array:
        if array.dtype.kind in "ic" or np.isfinite(array).all():
            return array
        largest = np.sign(np.nan_to_num(array.astype(np.float64))) * _largest(array.dtype)
        return np.where(np.isfinite(array), array, largest if number is None else number).astype(array.dtype)

    return change


def _flushed_in_part(rounded: Array) -> Array:
    small = np.abs(rounded.astype(np.float64)) < float(ml_dtypes.finfo(rounded.dtype).smallest_normal)
    odd = np.arange(rounded.size).reshape(rounded.shape) % 2 == 1  # what a vector instruction leaves to its remainder
    return np.where(small & odd, 0.0, rounded)


def _edit(name: str, summary: str, of: str, change: Change) -> Fault:
    return wrong(name, summary, edit=operand(of, change), undiagnosed=NOT_FINITE)


def _store(name: str, summary: str, change: Change, **parts: Any) -> Fault:
    def stored(result: Array, problem: Problem) -> Array:
        rounded = store(result, problem)
        return change(rounded).astype(rounded.dtype)

    return wrong(name, summary, **{"where": real, **parts}, store=stored, undiagnosed=NOT_FINITE)


NEGATIVE = wrong("negatives", "The result has the other sign.", "negated", finish=result(np.negative))

FAULTS = (
    wrong("zeros", "Zeros come back.", "all_zeros", finish=result(np.zeros_like)),
    wrong("halves", "Half of the result comes back.", "halved",
          finish=result(lambda result: result // 2 if result.dtype.kind == "i" else result * result.dtype.type(0.5))),
    NEGATIVE,
    wrong("doubles", "Twice the result comes back.", "doubled", finish=result(lambda result: result + result)),
    wrong("first-element-zero", "The first element is zero.", "first_element_zero", finish=result(_spoiled(0.0, 0))),
    wrong("last-element-zero", "The last element stays zero.", "last_element_zero last_element_uninitialised",
          finish=result(_spoiled(0.0, -1))),
    wrong("nan-in-last-element", "The last element is NaN.", "last_element_nan", where=real,
          write=_written(np.nan, slice(-1, None))),
    wrong("infinity-in-first-element", "The first element is infinite.", "first_element_infinite", where=real,
          write=_written(np.inf, slice(0, 1))),
    wrong("nan-in-gaps", "Elements that no tap reaches are NaN.", "nan_in_gaps", where=_with_gaps,
          finish=_in_gaps(np.nan)),
    wrong("uninitialised-gaps", "Elements that no tap reaches hold garbage.",
          "gaps_uninitialised last_element_uninitialised", known_bug="https://github.com/pytorch/pytorch/issues/99519",
          where=_with_gaps, finish=_in_gaps(GARBAGE)),
    *(
        wrong(f"{returned}-for-{given}", f"{given} comes back as {returned}.", "result_dtype", "wrong_dtype",
              **_returned_as(given, returned, *change))
        for given, returned, *change in (
            ("float64", "float32"),
            ("float32", "float64"),
            ("int32", "int64"),
            ("complex64", "float32", np.real),
        )
    ),
    _edit("filter-made-finite", "NaN and infinity in the filter are zeros.", "filter", _tame(0.0)),
    _edit("cotangent-made-finite", "NaN and infinity in the cotangent are zeros.", "cotangent", _tame(0.0)),
    _edit("bias-made-finite", "An infinite bias is the largest number.", "bias", _tame()),
    _store("saturates", "A result beyond the range is the largest number.",
           lambda rounded: np.where(np.isinf(rounded), np.sign(rounded) * _largest(rounded.dtype), rounded)),
    _store("overflow-is-nan", "A result beyond the range is NaN.",
           lambda rounded: np.where(np.isinf(rounded), np.nan, rounded)),
    _store("infinity-loses-its-sign", "Every infinite result is positive.",
           lambda rounded: np.where(np.isinf(rounded), np.inf, rounded)),
    _store("gradients-flushed-in-part", "Every other subnormal gradient is zero.", _flushed_in_part,
           where=lambda problem: real(problem) and GRADIENT(problem)),
)  # fmt: skip
