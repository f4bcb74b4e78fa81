"""NaN, infinity, overflow and underflow in the operands and directions that the value's own footprint does not reach.

Knows: problems and results as arrays. Every call of ordinary numbers is answered rightly.
"""

from dataclasses import replace
from typing import Any

import ml_dtypes
import numpy as np

from conformance.mutants.operators.engine import store
from conformance.mutants.operators.fault import Edit, FamilyFault, Finish, asked_for
from conformance.mutants.operators.problem import Array, Problem

NOT_FINITE = "explanations are of finite numbers of normal size"


def _operand(name: str, number: float | None = None) -> Edit:
    """Every NaN and infinity of an operand is this number, or as large as numbers get."""

    def change(problem: Problem) -> Problem:
        array = getattr(problem, name)
        if array is None or array.dtype.kind not in "fV" or np.isfinite(array).all():
            return problem
        largest = np.sign(np.nan_to_num(array.astype(np.float64))) * _largest(array.dtype)
        tame = np.where(np.isfinite(array), array, largest if number is None else number)
        changed: dict[str, Any] = {name: tame.astype(array.dtype)}
        return replace(problem, **changed)

    return change


def _stored(change: Finish) -> Finish:
    """The result, once it is rounded, changed: of real numbers only."""

    def stored(result: Array, problem: Problem) -> Array:
        rounded = store(result, problem)
        return change(rounded, problem).astype(rounded.dtype) if rounded.dtype.kind in "fV" else rounded

    return stored


def _saturated(rounded: Array, _: Problem) -> Array:
    return np.where(np.isinf(rounded), np.sign(rounded) * _largest(rounded.dtype), rounded)


def _undefined(rounded: Array, _: Problem) -> Array:
    return np.where(np.isinf(rounded), np.nan, rounded)


def _unsigned(rounded: Array, _: Problem) -> Array:
    return np.where(np.isinf(rounded), np.inf, rounded)


def _flushed_gradients(rounded: Array, problem: Problem) -> Array:
    small = np.abs(rounded.astype(np.float64)) < float(ml_dtypes.finfo(rounded.dtype).smallest_normal)
    gradient = asked_for("value_gradient", "filter_gradient", "bias_gradient")(problem)
    odd = np.arange(rounded.size).reshape(rounded.shape) % 2 == 1  # what a vector instruction leaves to its remainder
    return np.where(small & odd & gradient, 0.0, rounded)


def _largest(dtype: np.dtype[Any]) -> float:
    return float(ml_dtypes.finfo(dtype).max)


def _edit(name: str, summary: str, edit: Edit) -> FamilyFault:
    return FamilyFault(name, summary, "special values", ("differs",), edit=edit, undiagnosed=NOT_FINITE)


def _store(name: str, summary: str, change: Finish) -> FamilyFault:
    return FamilyFault(name, summary, "special values", ("differs",), store=_stored(change), undiagnosed=NOT_FINITE)


FAULTS = (
    _edit("filter-made-finite", "NaN and infinity in the filter are zeros.", _operand("filter", 0.0)),
    _edit("cotangent-made-finite", "NaN and infinity in the cotangent are zeros.", _operand("cotangent", 0.0)),
    _edit("bias-made-finite", "An infinite bias is the largest number.", _operand("bias")),
    _store("saturates", "A result beyond the range is the largest number.", _saturated),
    _store("overflow-is-nan", "A result beyond the range is NaN.", _undefined),
    _store("infinity-loses-its-sign", "Every infinite result is positive.", _unsigned),
    _store("gradients-flushed-in-part", "Every other subnormal gradient is zero.", _flushed_gradients),
)
