"""Right engines: whoever flags one of these is wrong.

Knows: the engines. They differ in the order of their sums, in layout, in the precision of accumulators above what is
required, and in the sign of zeros, all of which a right implementation may choose.
"""

from typing import Any

import numpy as np

from conformance.mutants.engine import (
    PLAIN,
    Compute,
    Engine,
    channels_first,
    columns,
    pairwise,
    sequential,
    zero_insertion,
)
from conformance.mutants.fault import Fault
from conformance.mutants.problem import Array, Problem


def _right(name: str, summary: str, compute: Compute, **stages: Any) -> Fault:
    return Fault(name, summary, "faithful", (), compute=compute, **stages)


def _with_negative_zeros(result: Array, _: Problem) -> Array:
    return np.where(result == 0, result.dtype.type(-0.0), result)


def _transposed_in_memory(result: Array, _: Problem) -> Array:
    return np.asfortranarray(result)


FAULTS = (
    _right("faithful", "One product per tap, added onto a strided view.", PLAIN),
    _right("faithful-backwards", "The taps are summed from the last to the first.", Engine(backwards=True)),
    _right("faithful-sequential", "The channels are summed one after the other.", Engine(contract=sequential)),
    _right("faithful-pairwise", "The channels are summed pairwise.", Engine(contract=pairwise)),
    _right("faithful-float64", "Sums are taken in float64 and rounded once.", Engine("float64", "float64")),
    _right("faithful-channels-first", "The engine's own layout has the channels first.", channels_first),
    _right("faithful-columns", "One large matrix product, then col2im.", columns),
    _right("faithful-zero-insertion", "A forward convolution of the input with zeros inserted.", zero_insertion),
    _right("faithful-negative-zeros", "Every zero is negative.", PLAIN, finish=_with_negative_zeros),
    _right("faithful-transposed-memory", "The result is not contiguous.", PLAIN, finish=_transposed_in_memory),
)
