"""Groups, and depthwise convolutions, whose groups are their channels: parts that are mixed up, shared or lost.

Knows: canonical arrays; channels of group g are a block of neighbours. Nothing here changes a call without groups, but
one fault that makes some.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.changes import kernel, operand
from conformance.operators.convolution.mutants.engine import PLAIN, Scratch
from conformance.operators.convolution.mutants.families.layout import filter_read, filter_written, last_two_exchanged
from conformance.operators.convolution.mutants.fault import Edit, Fault, asked_for, both, wrong
from conformance.operators.convolution.mutants.problem import Array, Problem


def _grouped(problem: Problem) -> bool:
    return problem.groups > 1


def _depthwise(problem: Problem) -> bool:
    return problem.depthwise


def _parts(array: Array, groups: int) -> Array:
    """(..., channels) -> (..., groups, channels of one)"""
    return array.reshape(*array.shape[:-1], groups, array.shape[-1] // groups)


def _results(name: str, summary: str, diagnosis: str, change: Callable[[Array, int], Array]) -> Fault:
    """The channels (..., groups, channels of one) of a result, changed."""

    def finish(result: Array, problem: Problem) -> Array:
        return change(_parts(result, problem.groups), problem.groups).reshape(result.shape)

    return wrong(name, summary, diagnosis, where=both(asked_for("forward"), _grouped), finish=finish)


def _filters(name: str, summary: str, diagnosis: str, change: Callable[[Array], Array], **parts: Any) -> Fault:
    """The filter (*kernel, out / groups, groups, in / groups), changed, where no gradient is asked for."""

    def edit(problem: Problem) -> Problem:
        parted = _parts(problem.filter, problem.groups)
        return replace(problem, filter=change(parted).reshape(problem.filter.shape))

    where = both(asked_for("forward", "value_gradient"), parts.pop("where", _grouped))
    return wrong(name, summary, diagnosis, where=where, edit=edit, **parts)


def _interleaved(array: Array, groups: int) -> Array:
    """Group g gets channels g, g + groups, ..."""
    return array.reshape(*array.shape[:-1], array.shape[-1] // groups, groups).swapaxes(-1, -2).reshape(array.shape)


def _with_interleaved(name: str) -> Edit:
    return lambda problem: operand(name, lambda array: _interleaved(array, problem.groups))(problem)


def _alone(parts: Array, _: int) -> Array:
    changed = parts.copy()
    changed[..., 1:, :] = 0
    return changed


def _ungrouped(problem: Problem, scratch: Scratch) -> Array:
    """The first group's channels of y and all those of x meet, as if there were no groups.

    Of a transposed convolution's result the channels of the other groups are missing.
    """
    if problem.transposed:
        return PLAIN(replace(problem, groups=1, bias=None), scratch)
    share = problem.value[..., : problem.filter.shape[-2]]
    return PLAIN(replace(problem, groups=1, value=share), scratch)


def _bias_as_far_as_it_goes(result: Array, problem: Problem) -> Array:
    assert problem.bias is not None
    return np.asarray(result + problem.bias[: result.shape[-1]].astype(result.dtype))


def _all_channels_meet(value: Array) -> Array:
    """Each channel of the result sums those of all groups, by its own group's filter."""
    return np.broadcast_to(value.sum(axis=-1, keepdims=True, dtype=value.dtype), value.shape)


def _first_of_filter_gradient(result: Array, problem: Problem) -> Array:
    parted = _parts(result, problem.groups)
    return np.broadcast_to(parted[..., :1, :], parted.shape).reshape(result.shape).copy()


def _in_two_groups(filter: Array) -> Array:
    """No weight leads from one half of the channels to the other half, where both counts are even."""
    out, into = filter.shape[-2:]
    if out % 2 or into % 2:
        return filter
    changed = filter.copy()
    changed[..., : out // 2, into // 2 :] = 0
    changed[..., out // 2 :, : into // 2] = 0
    return changed


FAULTS = (
    wrong("two-groups", "Even channels are convolved in two groups.", "two_groups",
          where=lambda problem: problem.groups == 1 and not problem.depthwise and problem.target is not None,
          **kernel(_in_two_groups)),
    wrong("groups-ignored", "Without groups, the filter's channels meet as many of the value as there are.",
          "groups_ignored", "differs wrong_shape",
          where=lambda problem: problem.direction == "forward" and _grouped(problem) and not problem.depthwise,
          compute=_ungrouped, add_bias=_bias_as_far_as_it_goes),
    wrong("groups-interleaved", "Every n-th channel of the value belongs to a group instead of a block of neighbours.",
          "groups_interleaved", where=both(asked_for("forward"), _grouped), edit=_with_interleaved("value")),
    _results("groups-shuffled",
             "The groups' results are interleaved: of a depthwise one channel q in + c instead of c multiplier + q.",
             "groups_shuffled multiplier_first", lambda parts, _: parts.swapaxes(-1, -2)),
    _results("groups-reversed", "The groups' results stand in the other order.", "groups_reversed",
             lambda parts, _: parts[..., ::-1, :]),
    _results("groups-exchanged", "The results of the first two groups change places.", "groups_exchanged",
             lambda parts, groups: parts[..., [1, 0, *range(2, groups)], :]),
    _results("groups-next-result", "Each group's result stands where the next one's belongs.", "next_group",
             lambda parts, _: np.roll(parts, 1, axis=-2)),
    _results("groups-first-alone", "Only the first group is computed.", "first_group_alone", _alone),
    _filters("groups-first-filter", "Every group is convolved with the first one's filter.", "first_filter_for_all",
             lambda parted: np.broadcast_to(parted[..., :1, :], parted.shape)),
    _filters("groups-next-filter", "Every group is convolved with another one's filter.", "next_filter",
             lambda parted: np.roll(parted, 1, axis=-2)),
    wrong("groups-first-filter-gradient", "Every group gets the gradient of the first one's filter.",
          "first_filter_for_all", where=both(asked_for("filter_gradient"), _grouped),
          finish=_first_of_filter_gradient),
    wrong("depthwise-filter-multiplier-first", "The filter's memory is read as [height, width, multiplier, in].",
          "filter_as_hwmi", read=filter_read(last_two_exchanged, lambda asked: asked.operator.depthwise)),
    _filters("depthwise-first-multiplier", "All results of a channel come from its first filter.", "first_multiplier",
             lambda parted: np.broadcast_to(parted[..., :1], parted.shape), where=_depthwise),
    wrong("depthwise-sums-channels", "All channels are summed, as in a full convolution.", "channels_summed",
          where=both(asked_for("forward"), _depthwise), edit=operand("value", _all_channels_meet)),
    wrong("depthwise-filter-gradient-multiplier-first",
          "The filter's gradient comes back as [height, width, multiplier, in] in the shape of the filter.",
          "filter_as_hwmi", where=_depthwise, write=filter_written(last_two_exchanged)),
    wrong("depthwise-cotangent-multiplier-first",
          "Gradients take the cotangent of channel c's q-th result from channel q in + c.", "multiplier_first",
          where=both(asked_for("value_gradient", "filter_gradient"), _depthwise), edit=_with_interleaved("cotangent")),
)  # fmt: skip
