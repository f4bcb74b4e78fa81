"""The gradient for the bias: one sum of the cotangent over images and pixels, and ways to miss some of it.

Knows: the cotangent. Nothing here changes the result itself, or another gradient.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Compute, Scratch, accumulator
from conformance.mutants.operators.fault import FamilyFault, asked_for, edit_where, finish_where
from conformance.mutants.operators.problem import Array, Problem

_APPLIES = asked_for("bias_gradient")


def _fault(name: str, summary: str, *outcomes: Outcome, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "bias gradient", outcomes or ("differs",), **stages)


def _summed(change: Callable[[Array, Problem], Array]) -> Compute:
    """What is made of the cotangent instead of its sum."""

    def compute(problem: Problem, scratch: Scratch) -> Array:
        if not _APPLIES(problem):
            return PLAIN(problem, scratch)
        assert problem.cotangent is not None
        return change(problem.cotangent.astype(accumulator(problem.cotangent.dtype)), problem)

    return compute


def _first_image(problem: Problem) -> Problem:
    assert problem.cotangent is not None
    return replace(problem, cotangent=problem.cotangent[:1])


def _divided(by: Callable[[tuple[int, ...]], int]) -> Callable[[Array, Problem], Array]:
    def change(result: Array, problem: Problem) -> Array:
        assert problem.cotangent is not None
        return (result / max(by(problem.cotangent.shape), 1)).astype(result.dtype)

    return finish_where(_APPLIES, change)


def _over_last_axis(_: Array, problem: Problem) -> Array:
    """The channels are looked for in the last axis, wherever the call has them."""
    given = problem.asked.cotangent
    assert given is not None
    return np.asarray(given.astype(accumulator(given.dtype)).sum(axis=tuple(range(given.ndim - 1))))


def _over_pixels_of_last_row(cotangent: Array, _: Problem) -> Array:
    return np.asarray(cotangent[:, -1:].sum(axis=tuple(range(cotangent.ndim - 1))))


def _over_batch_alone(cotangent: Array, _: Problem) -> Array:
    return np.asarray(cotangent.sum(axis=0))


FAULTS = (
    _fault(
        "bias-gradient-mean-over-batch",
        "The bias's gradient is divided by the number of images.",
        finish=_divided(lambda shape: shape[0]),
        diagnosis=("mean_over_batch",),
    ),
    _fault(
        "bias-gradient-mean-over-pixels",
        "The bias's gradient is divided by the number of pixels.",
        finish=_divided(lambda shape: prod(shape[1:-1])),
        diagnosis=("mean_over_pixels",),
    ),
    _fault(
        "bias-gradient-first-image",
        "The bias's gradient is that of the first image alone.",
        edit=edit_where(_APPLIES, _first_image),
        diagnosis=("only_first_image",),
    ),
    _fault(
        "bias-gradient-last-axis",
        "The bias's gradient keeps the last axis of a result whose channels come first.",
        "wrong_shape",
        "differs",
        compute=_summed(_over_last_axis),
        diagnosis=("channels_in_last_axis",),
    ),
    _fault(
        "bias-gradient-last-row",
        "The bias's gradient sums the last row of pixels alone.",
        compute=_summed(_over_pixels_of_last_row),
        diagnosis=("only_last_row",),
    ),
    _fault(
        "bias-gradient-of-every-pixel",
        "The bias's gradient is summed over images and not over pixels.",
        "wrong_shape",
        compute=_summed(_over_batch_alone),
        diagnosis=("unsummed_pixels",),
    ),
)
