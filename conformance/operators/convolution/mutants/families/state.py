"""State between calls: what is kept of an earlier call, what belongs to the caller, what two threads share.

Knows: the scratch that lives as long as the adapter, and where arrays lie in memory. The first call in a process is
right, or looks so; `due` names the operators and directions in which a series of calls must see the rest.
"""

from collections.abc import Callable
from dataclasses import replace
from time import sleep
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.dimensions import Name, replaced
from conformance.operators.convolution.mutants.engine import PLAIN, Compute, Scratch
from conformance.operators.convolution.mutants.fault import Fault, asked_for, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem, write
from reference.family import Direction, Operator

# Long enough for another thread to come in between
YIELD_SECONDS = 0.001

_EVERY: tuple[Direction, ...] = ("forward", "value_gradient", "filter_gradient", "bias_gradient")
# The directions whose result depends on an operand
READS: dict[Name, tuple[Direction, ...]] = {
    "value": ("forward", "filter_gradient"),
    "filter": ("forward", "value_gradient"),
    "cotangent": ("value_gradient", "filter_gradient", "bias_gradient"),
}


def between_calls(*directions: Direction) -> dict[str, Any]:
    """Where a fault of these directions applies, and that a series of calls must see it in each of them."""

    def due(_: Operator, direction: Direction) -> bool:
        return direction in directions

    return {"where": asked_for(*directions), "due": due, "chapter": "state"}


def _fault(name: str, summary: str, directions: tuple[Direction, ...], compute: Compute, **stages: Any) -> Fault:
    why = "one answer does not tell what an earlier call has left"
    return wrong(name, summary, undiagnosed=why, compute=compute, **between_calls(*directions), **stages)


def by_shapes(problem: Problem) -> tuple[Any, ...]:
    """What an implementation keeps its plans by: everything about a call but its content."""
    asked = problem.asked
    arrays = (asked.value, asked.filter, asked.bias, asked.cotangent)
    shapes = tuple(None if array is None else array.shape for array in arrays)
    return (asked.operator.name, asked.direction, asked.keywords, asked.value.dtype.name, *shapes)


def _result_of_the_last_call(problem: Problem, scratch: Scratch) -> Array:
    """A pipeline that is one call behind, once it is filled."""
    key, result = ("last", *by_shapes(problem)), PLAIN(problem, scratch)
    last = scratch.get(key, result)
    scratch[key] = result
    return last


def operand_kept(name: Name, key_of: Callable[[Array], Any]) -> Compute:
    """The operand as it was when an array of this key was first seen among calls of these shapes."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        array: Array = getattr(problem, name)
        kept = scratch.setdefault((name, key_of(array), *by_shapes(problem)), array.copy())
        return PLAIN(replaced(problem, name, kept), scratch)

    return compute


def _wrong_on(number: int) -> Compute:
    """What is freed, recompiled or rotated after so many calls of these shapes."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        count = scratch.setdefault(("count", *by_shapes(problem)), np.zeros(1, np.int64))
        count += 1
        result = PLAIN(problem, scratch)
        return -result if count == number else result

    return compute


def _overwritten(name: str) -> Compute:
    """Negated where it lies, once the result has been computed."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        result = PLAIN(problem, scratch)
        array: Array | None = getattr(problem.asked, name)
        if array is not None:
            np.negative(array, out=array)
        return result

    return compute


def _left_over(problem: Problem, scratch: Scratch) -> Array:
    """The accumulator of these shapes is not set to zero."""
    result = PLAIN(problem, scratch)
    total = scratch.setdefault(("total", *by_shapes(problem)), np.zeros_like(result))
    total += result
    return total.copy()


def _buffer_of_the_result(result: Array, problem: Problem) -> Array:
    """The same memory under each result of a shape and dtype, whoever still reads it."""
    buffer = _BUFFERS.setdefault((*by_shapes(problem), result.dtype.name), np.empty_like(result))
    buffer[...] = result
    return buffer


_BUFFERS: dict[Any, Array] = {}


def through_shared_scratch(problem: Problem, scratch: Scratch) -> Array:
    """The operands are packed into one buffer, and read from it after another thread may have been there."""
    name: Name = "filter" if problem.direction in READS["filter"] else "cotangent"
    operand: Array = getattr(problem, name)
    buffer = scratch.setdefault(("packed", *by_shapes(problem)), np.empty_like(operand))
    buffer[...] = operand
    sleep(YIELD_SECONDS)
    return PLAIN(replaced(problem, name, buffer), scratch)


def _stale(problem: Problem, scratch: Scratch) -> Array:
    """Sums onto what the last call of this shape left in the buffer."""
    result = PLAIN(problem, scratch)
    key = ("stale", problem.asked.operator.name, problem.direction, result.shape, result.dtype.name)
    buffer = scratch.setdefault(key, np.zeros_like(result))
    answer = buffer + result
    buffer[...] = result
    return np.asarray(answer)


def _with_first_filter(problem: Problem, scratch: Scratch) -> Array:
    """As it was packed in the first call of this operator, direction, shape and dtype."""
    filter = problem.filter
    key = ("filter", problem.asked.operator.name, problem.direction, filter.shape, filter.dtype.name)
    return PLAIN(replace(problem, filter=scratch.setdefault(key, filter.copy())), scratch)


STALE = wrong("stale-output", "Sums begin with what the last call of this shape left.", compute=_stale,
              undiagnosed="the result of another call has as many unknown numbers as elements",
              **between_calls(*_EVERY))  # fmt: skip

FAULTS = (
    STALE,
    wrong("filter-of-first-call", "The filter of the first call of its shape is taken for all of them.",
          "another_filter", compute=_with_first_filter, **between_calls(*READS["filter"])),
    _fault("result-kept-by-shape", "The first result of these shapes is given for all.", _EVERY,
           lambda problem, scratch: scratch.setdefault(("result", *by_shapes(problem)), PLAIN(problem, scratch))),
    _fault("result-of-the-last-call",
           "From the second call of these shapes on each gets the result of the one before.", _EVERY,
           _result_of_the_last_call),
    *(
        _fault(f"{name}-kept-by-shape", f"The {name} of the first call of these shapes is used in all.", directions,
               operand_kept(name, lambda array: None))
        for name, directions in READS.items()
    ),
    *(
        _fault(f"{name}-kept-by-address", f"A {name} at an address that was seen is taken for the one that was there.",
               directions, operand_kept(name, lambda array: array.__array_interface__["data"][0]))
        for name, directions in READS.items()
    ),
    _fault("filter-kept-by-first-element", "A filter with a first element that was seen is taken for that one.",
           READS["filter"], operand_kept("filter", lambda array: array.ravel()[:1].tobytes())),
    _fault("third-call-wrong", "The third call of the same shapes has the other sign.", _EVERY, _wrong_on(3)),
    _fault("tenth-call-wrong", "The tenth call of the same shapes has the other sign.", _EVERY, _wrong_on(10)),
    _fault("sums-left-over", "Sums are added to those of the last call of these shapes.", _EVERY, _left_over),
    *(
        _fault(f"{name}-overwritten", f"The {name} is changed where it lies.", directions, _overwritten(name))
        for name, directions in READS.items()
    ),
    _fault("result-buffer-reused", "Each result of these shapes lies in the memory of the one before.", _EVERY, PLAIN,
           write=lambda result, problem: _buffer_of_the_result(write(result, problem), problem)),
    _fault("scratch-shared-by-threads", "Two threads pack their operands into one buffer.", _EVERY,
           through_shared_scratch),
)  # fmt: skip
