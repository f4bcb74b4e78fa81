"""The bias: missing, doubled, or added to what it does not belong to; and its gradient, which misses some of its sum.

Knows: the result in the accumulator's dtype, before it is rounded, and the cotangent. Nothing here changes a call
without a bias, or another gradient.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from conformance.operators.convolution.mutants.engine import PLAIN, Compute, accumulator, add_bias
from conformance.operators.convolution.mutants.fault import Fault, Finish, asked_for, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem


def _fault(name: str, summary: str, diagnosis: str, add: Finish) -> Fault:
    def where(problem: Problem) -> bool:
        return problem.bias is not None and problem.direction == "forward"

    return wrong(name, summary, diagnosis, where=where, add_bias=add)


def _of(change: Callable[[Array, int], Array]) -> Finish:
    """Another bias is added, made of it and the number of groups."""

    def add(result: Array, problem: Problem) -> Array:
        assert problem.bias is not None
        return add_bias(result, replace(problem, bias=change(problem.bias, problem.groups)))

    return add


def _times(reached: Callable[[Problem], Array]) -> Finish:
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
        return np.ones([1] * len(problem.axes))
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


def _gradient(name: str, summary: str, diagnosis: str, outcomes: str, compute: Compute) -> Fault:
    return wrong(name, summary, diagnosis, outcomes, where=asked_for("bias_gradient"), compute=compute)


def _summed(change: Callable[[Array], Array], given: bool = False) -> Compute:
    """What is made of the cotangent, canonical or as it was given, instead of its sum."""

    def compute(problem: Problem, _: object) -> Array:
        cotangent = problem.asked.cotangent if given else problem.cotangent
        assert cotangent is not None
        return np.asarray(change(cotangent.astype(accumulator(cotangent.dtype))))

    return compute


FAULTS = (
    _fault("bias-ignored", "The bias is not added.", "bias_ignored", lambda result, problem: result),
    _fault("bias-twice", "The bias is added twice.", "bias_twice", _of(lambda bias, _: bias + bias)),
    _fault("bias-subtracted", "The bias is subtracted.", "bias_subtracted", _of(lambda bias, _: -bias)),
    _fault("bias-within-full-extent",
           "The bias is added before the crop, so that zeros beyond the full extent get none.",
           "bias_within_full_extent", _times(_within_full_extent)),
    _fault("bias-where-reached", "Pixels that no tap reaches get no bias.", "bias_where_reached",
           _times(lambda problem: np.minimum(_overlap(problem), 1))),
    _fault("bias-for-every-tap", "Each tap that reaches a pixel adds the bias.", "bias_for_every_tap",
           _times(_overlap)),
    _fault("bias-along-last-axis", "The bias is added along the last axis of a result whose channels come first.",
           "bias_along_last_axis", _along_last_axis),
    _fault("bias-first-image", "Only the first image gets the bias.", "bias_first_image", _to_first_image),
    _fault("bias-of-first-channel", "Every channel gets the first one's bias.", "first_bias_for_all",
           _of(lambda bias, _: np.resize(bias[:1], bias.shape))),
    _fault("bias-of-one-group", "Every group gets the first one's bias.", "first_group_bias",
           _of(lambda bias, groups: np.resize(bias[: len(bias) // groups], bias.shape))),
    _fault("bias-reversed", "The channels get the bias in the other order.", "bias_reversed",
           _of(lambda bias, _: bias[::-1])),
    _fault("bias-of-next-channel", "Each channel gets the next one's bias.", "bias_rolled",
           _of(lambda bias, _: np.roll(bias, 1))),
    _gradient("bias-gradient-last-axis",
              "The bias's gradient keeps the last axis of a result whose channels come first.",
              "channels_in_last_axis", "wrong_shape differs",
              _summed(lambda cotangent: cotangent.sum(axis=tuple(range(cotangent.ndim - 1))), given=True)),
    _gradient("bias-gradient-last-row", "The bias's gradient sums the last row of pixels alone.", "only_last_row",
              "differs", _summed(lambda cotangent: cotangent[:, -1:].sum(axis=tuple(range(cotangent.ndim - 1))))),
    _gradient("bias-gradient-of-every-pixel", "The bias's gradient is summed over images and not over pixels.",
              "unsummed_pixels", "wrong_shape", _summed(lambda cotangent: cotangent.sum(axis=0))),
)  # fmt: skip
