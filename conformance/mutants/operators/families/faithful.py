"""Right engines: whoever flags one of these is wrong.

Knows: the engines. They differ in the order of their sums, in the precision of accumulators above what is required, in
where a bias is added, in how complex numbers are multiplied, and in the sign of zeros and the layout of memory, all of
which a right implementation may choose.
"""

from typing import Any

import numpy as np

from conformance.mutants.operators.engine import Engine, add_bias, sequential, three_multiplications
from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.problem import Array, Problem, write


def _right(name: str, summary: str, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "faithful", (), **stages)


def _bias_to_the_stored(result: Array, problem: Problem) -> Array:
    return add_bias(result.astype(problem.value.dtype), problem)


def _with_negative_zeros(result: Array, _: Problem) -> Array:
    return result if result.dtype.kind in "ic" else np.where(result == 0, result.dtype.type(-0.0), result)


def _transposed_in_memory(result: Array, problem: Problem) -> Array:
    return np.asfortranarray(write(result, problem))


FAULTS = (
    _right("faithful", "One contraction per tap, added where its pixels meet."),
    _right("faithful-backwards", "The taps are summed from the last to the first.", compute=Engine(backwards=True)),
    _right("faithful-sequential", "One product is summed after the other.", compute=Engine(sequential)),
    _right("faithful-widest", "Sums are taken in 64 bits and rounded once.", compute=Engine(width="widest")),
    _right(
        "faithful-three-multiplications",
        "Complex products are made of three real ones.",
        compute=Engine(three_multiplications),
    ),
    _right(
        "faithful-separate-bias",
        "A bias is added to what has been rounded to the dtype already.",
        add_bias=_bias_to_the_stored,
    ),
    _right("faithful-negative-zeros", "Every zero is negative.", finish=_with_negative_zeros),
    _right("faithful-transposed-memory", "The result is not contiguous.", write=_transposed_in_memory),
)
