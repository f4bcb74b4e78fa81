"""Memory: buffers that were not cleared, and elements that nobody wrote.

Knows: the scratch buffers that live as long as the adapter. The first call of a shape is right, where what was left
from an earlier one is the fault.
"""

from typing import Any

import numpy as np

from conformance.mutants.engine import PLAIN, Scratch
from conformance.mutants.fault import Fault
from conformance.mutants.problem import Array, Problem

_GARBAGE = -12345.0


def _fault(name: str, summary: str, diagnosis: str, known_bug: str | None = None, **stages: Any) -> Fault:
    return Fault(name, summary, "memory", ("differs",), tuple(diagnosis.split()), known_bug, **stages)


def _stale(problem: Problem, scratch: Scratch) -> Array:
    """Sums onto what the last call of this shape left in the buffer."""
    result = PLAIN(problem, scratch)
    buffer = scratch.setdefault((result.shape, result.dtype.name), np.zeros_like(result))
    answer = buffer + result
    buffer[...] = result
    return np.asarray(answer)


def _cached(problem: Problem, scratch: Scratch) -> Array:
    """The answer to the last call with the same shapes and numbers, if there was one."""
    key = (problem.value.shape, problem.filter.shape, problem.axes, problem.value.dtype.name)
    return scratch.setdefault(key, PLAIN(problem, scratch)).copy()


def _cached_weights(problem: Problem, scratch: Scratch) -> Array:
    """The weights were packed at the first call with a filter of this shape."""
    packed = scratch.setdefault((problem.filter.shape, problem.filter.dtype.name), problem.filter.copy())
    return PLAIN(Problem(problem.value, packed, problem.axes, problem.keywords), scratch)


def _unreached(problem: Problem) -> Array:
    """Which outputs no tap reaches, (height, width)."""
    height, width = (np.array(axis.taps(), dtype=np.int64) for axis in problem.axes)
    return np.asarray(np.multiply.outer(height, width) == 0)


def _gaps_uninitialised(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    changed[:, _unreached(problem)] = _GARBAGE
    return changed


def _without_last_element(result: Array, _: Problem) -> Array:
    changed = np.ascontiguousarray(result).ravel().copy()
    changed[-1:] = 0
    return changed.reshape(result.shape)


FAULTS = (
    _fault("stale-output", "Sums begin with what the last call of this shape left.", "", compute=_stale),
    _fault("cached-by-shape", "A call of known shapes gets the first one's answer.", "", compute=_cached),
    _fault(
        "cached-weights",
        "A filter of known shape is taken for the one before.",
        "",
        compute=_cached_weights,
    ),
    _fault(
        "uninitialised-gaps",
        "Outputs that no tap reaches hold garbage.",
        "gaps_uninitialised last_element_uninitialised",
        "https://github.com/pytorch/pytorch/issues/99519",
        finish=_gaps_uninitialised,
    ),
    _fault(
        "last-element-missing",
        "The last element stays zero.",
        "last_element_zero last_element_uninitialised",
        finish=_without_last_element,
    ),
)
