"""Gradients of every operand: of the wrong thing, or of an earlier call.

Knows: what was asked, and the scratch that lives as long as the adapter. Nothing here changes the result itself.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Scratch
from conformance.mutants.operators.fault import FamilyFault, Finish, Read, asked_for, edit_where
from conformance.mutants.operators.problem import Array, Asked, Problem, read

_APPLIES = asked_for("value_gradient", "filter_gradient", "bias_gradient")
_OTHER = {"value_gradient": "filter_gradient", "filter_gradient": "value_gradient"}


def _fault(name: str, summary: str, *outcomes: Outcome, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "gradients", outcomes or ("differs",), **stages)


def _read_as(direction_of: Callable[[Asked], Any]) -> Read:
    """Another direction is answered."""
    return lambda asked: read(replace(asked, direction=direction_of(asked)))


def _cotangent(change: Callable[[Array], Array]) -> Callable[[Problem], Problem]:
    def edit(problem: Problem) -> Problem:
        assert problem.cotangent is not None
        return replace(problem, cotangent=change(problem.cotangent))

    return edit_where(_APPLIES, edit)


def _result_for_gradient(asked: Asked) -> Any:
    return "forward" if asked.direction == "value_gradient" else asked.direction


def _key(problem: Problem, result: Array) -> tuple[Any, ...]:
    return (problem.asked.operator.name, problem.direction, result.shape, result.dtype.name)


def _accumulated(problem: Problem, scratch: Scratch) -> Array:
    """Added to the gradient of the last call of this shape, which nobody set to zero."""
    result = PLAIN(problem, scratch)
    if not _APPLIES(problem):
        return result
    buffer = scratch.setdefault(_key(problem, result), np.zeros_like(result))
    answer = buffer + result
    buffer[...] = result
    return np.asarray(answer)


def _of_saved_operands(problem: Problem, scratch: Scratch) -> Array:
    """Of value and filter as they were in the last call of these shapes."""
    if not _APPLIES(problem):
        return PLAIN(problem, scratch)
    key = (problem.asked.operator.name, problem.value.shape, problem.filter.shape, problem.value.dtype.name)
    value = scratch.setdefault((*key, "value"), problem.value.copy())
    filter = scratch.setdefault((*key, "filter"), problem.filter.copy())
    return PLAIN(replace(problem, value=value, filter=filter), scratch)


def _negated() -> Finish:
    return lambda result, problem: -result if _APPLIES(problem) else result


FAULTS = (
    _fault(
        "gradient-of-other-operand",
        "Asked for the value's gradient it gives the filter's, and the other way round.",
        "wrong_shape",
        "differs",
        read=_read_as(lambda asked: _OTHER.get(asked.direction, asked.direction)),
        diagnosis=("direction",),
    ),
    _fault(
        "result-for-gradient",
        "Asked for the value's gradient it gives the result.",
        "wrong_shape",
        "differs",
        read=_read_as(_result_for_gradient),
        diagnosis=("direction",),
    ),
    _fault(
        "cotangent-ignored",
        "The cotangent counts as ones, as if the result had been summed.",
        edit=_cotangent(np.ones_like),
        diagnosis=("cotangent_ones",),
    ),
    _fault(
        "cotangent-of-first-channel",
        "The first channel's cotangent is that of all channels.",
        edit=_cotangent(lambda cotangent: np.broadcast_to(cotangent[..., :1], cotangent.shape).copy()),
        diagnosis=("first_output_channel_everywhere",),
    ),
    _fault("gradient-negated", "Gradients have the other sign.", finish=_negated(), diagnosis=("negated",)),
    _fault(
        "gradients-accumulate",
        "Gradients are added to those of the last call of this shape.",
        undiagnosed="the gradient of another call has as many unknown numbers as elements",
        compute=_accumulated,
    ),
    _fault(
        "gradient-of-saved-operands",
        "Gradients are those of the first call of these shapes, whose operands were kept.",
        undiagnosed="two operands of another call have more unknown numbers than the gradient has elements",
        compute=_of_saved_operands,
    ),
)
