"""The bias: missing, doubled, or added to what it does not belong to.

Knows: the result in the accumulator's dtype, before it is rounded. Nothing here changes a call without a bias.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from conformance.mutants.operators.engine import PLAIN, add_bias
from conformance.mutants.operators.fault import FamilyFault, Finish
from conformance.mutants.operators.problem import Array, Problem


def _fault(name: str, summary: str, add: Finish, diagnosis: tuple[str, ...] = ()) -> FamilyFault:
    return FamilyFault(name, summary, "bias", ("differs",), add_bias=add, diagnosis=diagnosis)


def _of(change: Callable[[Array, Problem], Array]) -> Finish:
    """Another bias is added."""

    def add(result: Array, problem: Problem) -> Array:
        assert problem.bias is not None
        return add_bias(result, replace(problem, bias=change(problem.bias, problem)))

    return add


def _where(reached: Callable[[Problem], Array]) -> Finish:
    """The bias times a number for each pixel (*spatial)."""

    def add(result: Array, problem: Problem) -> Array:
        assert problem.bias is not None
        times = reached(problem)[..., np.newaxis].astype(result.dtype)
        return np.asarray(result + times * problem.bias.astype(result.dtype))

    return add


def _overlap(problem: Problem) -> Array:
    """How many products reach each pixel of the result, before channels are summed."""
    ones = np.ones((1, *problem.value.shape[1:-1], 1))
    filter = np.ones((*problem.filter.shape[:-2], 1, 1))
    counted = PLAIN(replace(problem, value=ones, filter=filter, groups=1), {})
    return np.asarray(counted[0, ..., 0])


def _within_full_extent(problem: Problem) -> Array:
    """Pixels of a transposed convolution's result that lie within what its strides and kernel reach."""
    if not problem.transposed:
        return np.ones(_lengths(problem))
    within = [np.arange(axis.output) + axis.crop_before < max(axis.full, 0) for axis in problem.axes]
    return np.asarray(reduce(np.multiply.outer, [each.astype(np.float64) for each in within]))


def _along_last_axis(result: Array, problem: Problem) -> Array:
    """To the last axis of the call's layout, as often as it fits."""
    assert problem.bias is not None
    if problem.asked.last:
        return add_bias(result, problem)
    added = np.resize(problem.bias, result.shape[-2]).astype(result.dtype)
    return np.asarray(result + added[:, np.newaxis])


def _to_first_image(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    changed[:1] = add_bias(result[:1], problem)
    return changed


def _of_one_group(bias: Array, problem: Problem) -> Array:
    return np.resize(bias[: len(bias) // problem.groups], bias.shape)


def _lengths(problem: Problem) -> list[int]:
    """The spatial lengths of the operator's result."""
    return [axis.output if problem.transposed else axis.input for axis in problem.axes]


FAULTS = (
    _fault("bias-ignored", "The bias is not added.", lambda result, problem: result, diagnosis=("bias_ignored",)),
    _fault(
        "bias-twice",
        "The bias is added twice.",
        _where(lambda problem: 2 * np.ones(_lengths(problem))),
        diagnosis=("bias_twice",),
    ),
    _fault(
        "bias-subtracted",
        "The bias is subtracted.",
        _where(lambda problem: -np.ones(_lengths(problem))),
        diagnosis=("bias_subtracted",),
    ),
    _fault(
        "bias-within-full-extent",
        "The bias is added before the crop, so that zeros beyond the full extent get none.",
        _where(_within_full_extent),
        diagnosis=("bias_within_full_extent",),
    ),
    _fault(
        "bias-where-reached",
        "Pixels that no tap reaches get no bias.",
        _where(lambda problem: np.minimum(_overlap(problem), 1)),
        diagnosis=("bias_where_reached",),
    ),
    _fault(
        "bias-for-every-tap",
        "Each tap that reaches a pixel adds the bias.",
        _where(_overlap),
        diagnosis=("bias_for_every_tap",),
    ),
    _fault(
        "bias-along-last-axis",
        "The bias is added along the last axis of a result whose channels come first.",
        _along_last_axis,
        diagnosis=("bias_along_last_axis",),
    ),
    _fault("bias-first-image", "Only the first image gets the bias.", _to_first_image, diagnosis=("bias_first_image",)),
    _fault(
        "bias-of-first-channel",
        "Every channel gets the first one's bias.",
        _of(lambda bias, problem: np.resize(bias[:1], bias.shape)),
        diagnosis=("first_bias_for_all",),
    ),
    _fault(
        "bias-of-one-group",
        "Every group gets the first one's bias.",
        _of(_of_one_group),
        diagnosis=("first_group_bias",),
    ),
    _fault(
        "bias-reversed",
        "The channels get the bias in the other order.",
        _of(lambda bias, problem: bias[::-1].copy()),
        diagnosis=("bias_reversed",),
    ),
    _fault(
        "bias-of-next-channel",
        "Each channel gets the next one's bias.",
        _of(lambda bias, problem: np.roll(bias, 1)),
        diagnosis=("bias_rolled",),
    ),
)
