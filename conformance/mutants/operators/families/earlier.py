"""Operands of an earlier call: a filter or a bias that was prepared once, and is taken again for every call like it.

Knows: the scratch that lives as long as the adapter. What one answer shows of such a fault is that it would be right
with other operands than the ones given.
"""

from dataclasses import replace
from typing import Any

from conformance.mutants.operators.engine import PLAIN, Scratch
from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.problem import Array, Problem


def _kept(name: str, array: Array, problem: Problem, scratch: Scratch) -> Array:
    """As it was in the first call of this operator, direction, shape and dtype."""
    key: tuple[Any, ...] = (name, problem.asked.operator.name, problem.direction, array.shape, array.dtype.name)
    return scratch.setdefault(key, array.copy())


def _with_first_filter(problem: Problem, scratch: Scratch) -> Array:
    if problem.direction not in ("forward", "value_gradient"):
        return PLAIN(problem, scratch)
    return PLAIN(replace(problem, filter=_kept("filter", problem.filter, problem, scratch)), scratch)


FAULTS = (
    FamilyFault(
        "filter-of-first-call",
        "The filter of the first call of its shape is taken for all of them.",
        "earlier calls",
        ("differs",),
        compute=_with_first_filter,
        diagnosis=("another_filter",),
    ),
)
