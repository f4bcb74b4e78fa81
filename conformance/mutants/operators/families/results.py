"""What comes back, whatever was asked for: nothing, half of it, too much of it.

Knows: the result, channels last, in the dtype of the call.
"""

from collections.abc import Callable

import numpy as np

from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.problem import Array


def _fault(name: str, summary: str, change: Callable[[Array], Array], diagnosis: str) -> FamilyFault:
    return FamilyFault(
        name,
        summary,
        "result",
        ("differs",),
        finish=lambda result, problem: change(result).astype(result.dtype),
        diagnosis=(diagnosis,),
    )


def _half(result: Array) -> Array:
    return result // 2 if result.dtype.kind == "i" else result * result.dtype.type(0.5)


def _spoiled(number: float, at: int) -> Callable[[Array], Array]:
    def change(result: Array) -> Array:
        changed = np.ascontiguousarray(result).copy()
        if changed.size:
            changed[(at,) * changed.ndim] = number
        return changed

    return change


FAULTS = (
    _fault("zeros", "Zeros come back.", np.zeros_like, "all_zeros"),
    _fault("halves", "Half of the result comes back.", _half, "halved"),
    _fault("negatives", "The result has the other sign.", np.negative, "negated"),
    _fault("doubles", "Twice the result comes back.", lambda result: result + result, "doubled"),
    _fault("first-element-zero", "The first element is zero.", _spoiled(0.0, 0), "first_element_zero"),
    _fault("last-element-zero", "The last element is zero.", _spoiled(0.0, -1), "last_element_zero"),
    FamilyFault(
        "images-reversed",
        "The images of a result come back in the other order.",
        "result",
        ("differs",),
        finish=lambda result, problem: result[::-1] if problem.target in ("input", "output") else result,
        diagnosis=("reverse_batch",),
    ),
)
