"""Groups, and depthwise convolutions, whose groups are their channels: parts that are mixed up, shared or lost.

Knows: canonical arrays; channels of group g are a block of neighbours. Nothing here changes a call without groups.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Scratch
from conformance.mutants.operators.fault import Condition, FamilyFault, Finish, edit_where
from conformance.mutants.operators.problem import Array, Problem, read, write


def _fault(name: str, summary: str, *outcomes: Outcome, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "groups", outcomes or ("differs",), **stages)


def _grouped(problem: Problem) -> bool:
    return problem.groups > 1


def _depthwise(problem: Problem) -> bool:
    return problem.asked.operator.depthwise


def _forward(condition: Condition) -> Condition:
    return lambda problem: problem.direction == "forward" and condition(problem)


def _result(change: Callable[[Array, int], Array], condition: Condition = _grouped) -> Finish:
    """The channels of a result, changed."""
    applies = _forward(condition)
    return lambda result, problem: change(result, problem.groups) if applies(problem) else result


def _filter(change: Callable[[Array, int], Array], condition: Condition = _grouped) -> Callable[[Problem], Problem]:
    """The filter (*kernel, out / groups, groups, in / groups), changed, where it is no gradient that is asked for."""

    def edit(problem: Problem) -> Problem:
        shape = problem.filter.shape
        parted = problem.filter.reshape(*shape[:-1], problem.groups, shape[-1] // problem.groups)
        return replace(problem, filter=change(parted, problem.groups).reshape(shape))

    return edit_where(lambda problem: problem.direction != "filter_gradient" and condition(problem), edit)


def _parts(array: Array, groups: int) -> Array:
    """(..., channels) -> (..., groups, channels of one)"""
    return array.reshape(*array.shape[:-1], groups, array.shape[-1] // groups)


def _interleaved(array: Array, groups: int) -> Array:
    """Group g gets channels g, g + groups, ..."""
    return array.reshape(*array.shape[:-1], array.shape[-1] // groups, groups).swapaxes(-1, -2).reshape(array.shape)


def _shuffled(array: Array, groups: int) -> Array:
    return _parts(array, groups).swapaxes(-1, -2).reshape(array.shape)


def _first_group_alone(array: Array, groups: int) -> Array:
    changed = _parts(array, groups).copy()
    changed[..., 1:, :] = 0
    return changed.reshape(array.shape)


def _reversed(array: Array, groups: int) -> Array:
    return _parts(array, groups)[..., ::-1, :].reshape(array.shape)


def _first_filter(parted: Array, _: int) -> Array:
    return np.broadcast_to(parted[..., :1, :], parted.shape).copy()


def _next_filter(parted: Array, _: int) -> Array:
    return np.roll(parted, 1, axis=-2)


def _multiplied_first(result: Array, groups: int) -> Array:
    """Channel q in + c instead of c multiplier + q."""
    return _parts(result, groups).swapaxes(-1, -2).reshape(result.shape)


def _first_multiplier(parted: Array, _: int) -> Array:
    """The channels of one group are what the multiplier made."""
    return np.broadcast_to(parted[..., :1], parted.shape).copy()


def _ungrouped(problem: Problem, scratch: Scratch) -> Array:
    """The first group's channels of y and all those of x meet, as if there were no groups.

    Of a transposed convolution's result the channels of the other groups are missing.
    """
    if not _forward(_grouped)(problem) or _depthwise(problem):
        return PLAIN(problem, scratch)
    if problem.transposed:
        return PLAIN(replace(problem, groups=1, bias=None), scratch)
    share = problem.value[..., : problem.filter.shape[-2]]
    return PLAIN(replace(problem, groups=1, value=share), scratch)


def _bias_as_far_as_it_goes(result: Array, problem: Problem) -> Array:
    assert problem.bias is not None
    return np.asarray(result + problem.bias[: result.shape[-1]].astype(result.dtype))


def _all_channels_meet(problem: Problem, scratch: Scratch) -> Array:
    """Each channel of the result sums those of all groups, by its own group's filter."""
    if not _forward(_depthwise)(problem):
        return PLAIN(problem, scratch)
    total = problem.value.sum(axis=-1, keepdims=True, dtype=problem.value.dtype)
    return PLAIN(replace(problem, value=np.broadcast_to(total, problem.value.shape)), scratch)


def _first_of_filter_gradient(result: Array, problem: Problem) -> Array:
    """Every group gets the gradient of the first group's filter."""
    if problem.direction != "filter_gradient" or not _grouped(problem):
        return result
    parted = _parts(result, problem.groups)
    return np.broadcast_to(parted[..., :1, :], parted.shape).reshape(result.shape).copy()


def _filter_gradient_multiplier_first(result: Array, problem: Problem) -> Array:
    """[*kernel, multiplier, in] in the memory of [*kernel, in, multiplier]."""
    written = write(result, problem)
    if problem.direction != "filter_gradient" or not _depthwise(problem):
        return written
    return np.ascontiguousarray(written.swapaxes(-1, -2)).reshape(written.shape)


def _filter_read_multiplier_first(asked: Any) -> Problem:
    """[*kernel, multiplier, in] read from the memory of [*kernel, in, multiplier]."""
    if not asked.operator.depthwise:
        return read(asked)
    *kernel, channels, multiplier = asked.filter.shape
    other = asked.filter.reshape(*kernel, multiplier, channels).swapaxes(-1, -2)
    return read(replace(asked, filter=np.ascontiguousarray(other)))


def _two_exchanged(array: Array, groups: int) -> Array:
    parts = _parts(array, groups)
    return parts[..., [1, 0, *range(2, groups)], :].reshape(array.shape)


def _gradient_of_depthwise(problem: Problem) -> bool:
    return _depthwise(problem) and problem.direction in ("value_gradient", "filter_gradient")


def _with_cotangent_multiplier_first(problem: Problem) -> Problem:
    assert problem.cotangent is not None
    return replace(problem, cotangent=_interleaved(problem.cotangent, problem.groups))


FAULTS = (
    _fault(
        "groups-ignored",
        "Without groups, the filter's channels meet as many of the value as there are.",
        "differs",
        "wrong_shape",
        compute=_ungrouped,
        add_bias=_bias_as_far_as_it_goes,
        diagnosis=("groups_ignored",),
    ),
    _fault(
        "groups-interleaved",
        "Every n-th channel of the value belongs to a group instead of a block of neighbours.",
        edit=edit_where(
            _forward(_grouped), lambda problem: replace(problem, value=_interleaved(problem.value, problem.groups))
        ),
        diagnosis=("groups_interleaved",),
    ),
    _fault(
        "groups-shuffled",
        "The groups' results are interleaved channel by channel.",
        finish=_result(_shuffled),
        diagnosis=("groups_shuffled",),
    ),
    _fault(
        "groups-reversed",
        "The groups' results stand in the other order.",
        finish=_result(_reversed),
        diagnosis=("groups_reversed",),
    ),
    _fault(
        "groups-first-alone",
        "Only the first group is computed.",
        finish=_result(_first_group_alone),
        diagnosis=("first_group_alone",),
    ),
    _fault(
        "groups-first-filter",
        "Every group is convolved with the first one's filter.",
        edit=_filter(_first_filter),
        diagnosis=("first_filter_for_all",),
    ),
    _fault(
        "groups-next-filter",
        "Every group is convolved with another one's filter.",
        edit=_filter(_next_filter),
        diagnosis=("next_filter",),
    ),
    _fault(
        "groups-first-filter-gradient",
        "Every group gets the gradient of the first one's filter.",
        finish=_first_of_filter_gradient,
        diagnosis=("first_filter_for_all",),
    ),
    _fault(
        "depthwise-multiplier-first",
        "Channel c's q-th result is channel q in + c instead of c multiplier + q.",
        finish=_result(_multiplied_first, _depthwise),
        diagnosis=("multiplier_first",),
    ),
    _fault(
        "depthwise-filter-multiplier-first",
        "The filter's memory is read as [height, width, multiplier, in].",
        read=_filter_read_multiplier_first,
        diagnosis=("filter_as_hwmi",),
    ),
    _fault(
        "depthwise-first-multiplier",
        "All results of a channel come from its first filter.",
        edit=_filter(_first_multiplier, _depthwise),
        diagnosis=("first_multiplier",),
    ),
    _fault(
        "depthwise-first-channel-filter",
        "All channels are convolved with the first one's filters.",
        edit=_filter(_first_filter, _depthwise),
        diagnosis=("first_filter_for_all",),
    ),
    _fault(
        "depthwise-sums-channels",
        "All channels are summed, as in a full convolution.",
        compute=_all_channels_meet,
        diagnosis=("channels_summed",),
    ),
    _fault(
        "depthwise-filter-gradient-multiplier-first",
        "The filter's gradient comes back as [height, width, multiplier, in] in the shape of the filter.",
        write=_filter_gradient_multiplier_first,
        diagnosis=("filter_as_hwmi",),
    ),
    _fault(
        "groups-exchanged",
        "The results of the first two groups change places.",
        finish=_result(_two_exchanged),
        diagnosis=("groups_exchanged",),
    ),
    _fault(
        "groups-next-result",
        "Each group's result stands where the next one's belongs.",
        finish=_result(lambda array, groups: np.roll(_parts(array, groups), 1, axis=-2).reshape(array.shape)),
        diagnosis=("next_group",),
    ),
    _fault(
        "depthwise-cotangent-multiplier-first",
        "Gradients take the cotangent of channel c's q-th result from channel q in + c.",
        edit=edit_where(_gradient_of_depthwise, _with_cotangent_multiplier_first),
        diagnosis=("multiplier_first",),
    ),
)
