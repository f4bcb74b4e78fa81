"""State between calls: what is kept of an earlier call, what belongs to the caller, what two threads share.

Knows: the scratch that lives as long as the adapter, and where arrays lie in memory. The first call in a process is
right, or looks so; `reach` names the operators and directions in which a series of calls must see the rest.
"""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from time import sleep
from typing import Any

import numpy as np

from conformance.mutants.operators.engine import PLAIN, Compute, Scratch
from conformance.mutants.operators.fault import FamilyFault, Reach
from conformance.mutants.operators.problem import Array, Problem, write
from reference.family import Direction, Operator

YIELD_SECONDS = 0.001
"""long enough for another thread to come in between"""

_EVERY: tuple[Direction, ...] = ("forward", "value_gradient", "filter_gradient", "bias_gradient")
_READS: dict[str, tuple[Direction, ...]] = {
    "value": ("forward", "filter_gradient"),
    "filter": ("forward", "value_gradient"),
    "cotangent": ("value_gradient", "filter_gradient", "bias_gradient"),
}
"""the directions whose result depends on an operand"""


def _reach(*directions: Direction) -> Reach:
    def due(_: Operator, direction: Direction) -> bool:
        return direction in directions

    return Reach(lambda problem: problem.direction in directions, due, "state")


def _fault(name: str, summary: str, directions: tuple[Direction, ...], compute: Compute, **stages: Any) -> FamilyFault:
    return FamilyFault(
        name,
        summary,
        "state",
        ("differs",),
        reach=_reach(*directions),
        compute=compute,
        undiagnosed="one answer does not tell what an earlier call has left",
        **stages,
    )


def _shapes(problem: Problem) -> tuple[Any, ...]:
    """What an implementation keeps its plans by: everything about a call but its content."""
    asked = problem.asked
    arrays = (asked.value, asked.filter, asked.bias, asked.cotangent)
    shapes = tuple(None if array is None else array.shape for array in arrays)
    return (asked.operator.name, asked.direction, asked.keywords, asked.value.dtype.name, *shapes)


def _result_kept(problem: Problem, scratch: Scratch) -> Array:
    key = ("result", *_shapes(problem))
    if key not in scratch:
        scratch[key] = PLAIN(problem, scratch)
    return scratch[key]


def _result_of_the_last_call(problem: Problem, scratch: Scratch) -> Array:
    """A pipeline that is one call behind, once it is filled."""
    key, result = ("last", *_shapes(problem)), PLAIN(problem, scratch)
    last = scratch.get(key, result)
    scratch[key] = result
    return last


def _operand_kept(name: str, key_of: Callable[[Array], Any]) -> Compute:
    """The operand as it was when an array of this key was first seen among calls of these shapes."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        array: Array | None = getattr(problem, name)
        if problem.direction not in _READS[name] or array is None:
            return PLAIN(problem, scratch)
        kept = scratch.setdefault((name, key_of(array), *_shapes(problem)), array.copy())
        changed: dict[str, Any] = {name: kept}
        return PLAIN(replace(problem, **changed), scratch)

    return compute


def _by_shape(_: Array) -> Any:
    return None


def _by_address(array: Array) -> Any:
    return array.__array_interface__["data"][0]


def _by_content(array: Array) -> Any:
    return array.tobytes()


def _by_first_elements(array: Array) -> Any:
    """A sample for a checksum: those elements alone that are cheap to read."""
    return array.ravel()[:1].tobytes()


def _wrong_on(number: int) -> Compute:
    """What is freed, recompiled or rotated after so many calls of these shapes."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        count = scratch.setdefault(("count", *_shapes(problem)), np.zeros(1, np.int64))
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
    total = scratch.setdefault(("total", *_shapes(problem)), np.zeros_like(result))
    total += result
    return total.copy()


def _buffer_of_the_result(result: Array, problem: Problem) -> Array:
    """The same memory under each result of a shape and dtype, whoever still reads it."""
    buffer = _BUFFERS.setdefault((*_shapes(problem), result.dtype.name), np.empty_like(result))
    buffer[...] = result
    return buffer


_BUFFERS: dict[Any, Array] = {}


def _through_shared_scratch(problem: Problem, scratch: Scratch) -> Array:
    """The operands are packed into one buffer, and read from it after another thread may have been there."""
    name = "cotangent" if problem.direction == "bias_gradient" else "value"
    name = "filter" if problem.direction in _READS["filter"] else name
    operand: Array = getattr(problem, name)
    buffer = scratch.setdefault(("packed", *_shapes(problem)), np.empty_like(operand))
    buffer[...] = operand
    sleep(YIELD_SECONDS)
    changed: dict[str, Any] = {name: buffer}
    return PLAIN(replace(problem, **changed), scratch)


def _locked(compute: Compute) -> Compute:
    lock = Lock()

    def one_after_another(problem: Problem, scratch: Scratch) -> Array:
        with lock:
            return compute(problem, scratch)

    return one_after_another


def _own_buffer(problem: Problem, scratch: Scratch) -> Array:
    """Sums in a buffer that is kept, and hands out copies."""
    result = PLAIN(problem, scratch)
    buffer = scratch.setdefault(("sums", *_shapes(problem)), np.empty_like(result))
    buffer[...] = result
    return buffer.copy()


def _right(name: str, summary: str, compute: Compute) -> FamilyFault:
    return FamilyFault(name, summary, "faithful", (), compute=compute)


RIGHT = (
    _right(
        "faithful-keeps-filters-by-content",
        "Filters are packed once for each content.",
        _operand_kept("filter", _by_content),
    ),
    _right("faithful-own-buffers", "Sums are taken in buffers that are kept, and copied.", _locked(_own_buffer)),
    _right(
        "faithful-locked-scratch",
        "Operands are packed into one buffer, by one thread at a time.",
        _locked(_through_shared_scratch),
    ),
)

FAULTS = (
    *RIGHT,
    _fault("result-kept-by-shape", "The first result of these shapes is given for all.", _EVERY, _result_kept),
    _fault(
        "result-of-the-last-call",
        "From the second call of these shapes on each gets the result of the one before.",
        _EVERY,
        _result_of_the_last_call,
    ),
    *(
        _fault(
            f"{name}-kept-by-shape",
            f"The {name} of the first call of these shapes is used in all.",
            directions,
            _operand_kept(name, _by_shape),
        )
        for name, directions in _READS.items()
    ),
    *(
        _fault(
            f"{name}-kept-by-address",
            f"A {name} at an address that was seen is taken for the one that was there.",
            directions,
            _operand_kept(name, _by_address),
        )
        for name, directions in _READS.items()
    ),
    _fault(
        "filter-kept-by-first-element",
        "A filter with a first element that was seen is taken for that one.",
        _READS["filter"],
        _operand_kept("filter", _by_first_elements),
    ),
    _fault("third-call-wrong", "The third call of the same shapes has the other sign.", _EVERY, _wrong_on(3)),
    _fault("tenth-call-wrong", "The tenth call of the same shapes has the other sign.", _EVERY, _wrong_on(10)),
    _fault("sums-left-over", "Sums are added to those of the last call of these shapes.", _EVERY, _left_over),
    _fault("value-overwritten", "The value is changed where it lies.", _READS["value"], _overwritten("value")),
    _fault("filter-overwritten", "The filter is changed where it lies.", _READS["filter"], _overwritten("filter")),
    _fault(
        "cotangent-overwritten",
        "The cotangent is changed where it lies.",
        _READS["cotangent"],
        _overwritten("cotangent"),
    ),
    _fault(
        "result-buffer-reused",
        "Each result of these shapes lies in the memory of the one before.",
        _EVERY,
        PLAIN,
        write=lambda result, problem: _buffer_of_the_result(write(result, problem), problem),
    ),
    _fault(
        "scratch-shared-by-threads",
        "Two threads pack their operands into one buffer.",
        _EVERY,
        _through_shared_scratch,
    ),
)
