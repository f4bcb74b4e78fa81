"""Edits of groups, and of a depthwise convolution's multiplier: parts that are mixed up, shared or lost.

Knows: canonical arrays; the channels of one group are neighbours. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from conformance.operators.convolution.diagnosis.edit import (
    Apply,
    Edit,
    on_filter,
    on_result_channels,
    on_value_channels,
)
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition

Parts = Callable[[Array], Array]
"""(..., groups, channels of one) changed"""


def _grouped(apply: Apply) -> Apply:
    return lambda old: apply(old) if old.groups > 1 else ()


def _depthwise(apply: Apply) -> Apply:
    return lambda old: apply(old) if old.operator.depthwise else ()


def _ignored(old: Rendition) -> Iterator[Rendition]:
    """The first group's channels of the filter meet as many of the long pixels as there are."""
    if old.operator.depthwise or old.target is None:
        return
    share = old.filter.shape[-2]
    new = replace(old, groups=1)
    long = "cotangent" if old.operator.transposed else "value"
    if old.target == "output":
        biases = {name: array[:share] if name == "bias" else array for name, array in old.operands.items()}
        yield replace(new, operands=biases)
    else:
        yield replace(new, operands={**old.operands, long: old.operands[long][..., :share]})


def _result_parts(change: Parts, *others: Parts) -> Apply:
    """The groups of the operator's result, or of its cotangent, changed; a gradient sees the other way round."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for each in (change, *others):
            yield from on_result_channels(old, partial(_by_groups, each, old.groups))

    return apply


def _by_groups(change: Parts, groups: int, array: Array) -> Array:
    return change(array.reshape(*array.shape[:-1], groups, -1)).reshape(array.shape)


def _shuffled(array: Array, rows: int) -> Array:
    """Channels read as a matrix of so many rows, transposed."""
    return array.reshape(*array.shape[:-1], rows, -1).swapaxes(-1, -2).reshape(array.shape)


def _shuffles(where: Callable[[Rendition, Change], Iterator[Rendition]], channels: Callable[[Rendition], int]) -> Apply:
    """By rows of a group, and by as many rows as groups: one is the other's inverse, which a gradient sees."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        count = channels(old)
        for rows in dict.fromkeys((old.groups, count // old.groups)):
            yield from where(old, partial(_shuffled, rows=rows))

    return apply


def _channels_of_result(old: Rendition) -> int:
    *_, out, channels = old.filter.shape
    return int(out * old.groups if old.operator.transposed else channels)


def _first_alone(parts: Array) -> Array:
    parts = parts.copy()
    parts[..., 1:, :] = 0
    return parts


def _two_exchanged(parts: Array) -> Array:
    order = [1, 0, *range(2, parts.shape[-2])]
    return np.asarray(parts[..., order, :])


def _filter_parts(*changes: Parts) -> Apply:
    """The filter as (*kernel, out / groups, groups, in / groups), changed."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for change in changes:
            yield from on_filter(old, partial(_by_groups, change, old.groups))

    return apply


def _summed(old: Rendition) -> Iterator[Rendition]:
    """All channels of the value count in each: forwards alone, where the shapes stay."""
    if old.forward:
        value = old.operands["value"]
        yield old.with_operand("value", np.broadcast_to(value.sum(axis=-1, keepdims=True), value.shape))


def _rolled(by: int) -> Parts:
    return lambda parts: np.roll(parts, by, axis=-2)


GROUPS: tuple[Edit, ...] = (
    Edit("groups_ignored", "groups", "groups were 1 instead of {old.groups}", _grouped(_ignored)),
    Edit(
        "groups_interleaved", "groups", "channels {old.groups} apart were of one group, instead of neighbours",
        _grouped(_shuffles(on_value_channels, lambda old: int(old.operands["value"].shape[-1]))),
    ),
    Edit(
        "multiplier_first", "groups", "channel c's q-th result were channel q in + c instead of c multiplier + q",
        _depthwise(_shuffles(on_result_channels, _channels_of_result)),
    ),
    Edit(
        "groups_shuffled", "groups", "the groups' results were interleaved channel by channel",
        _grouped(_shuffles(on_result_channels, _channels_of_result)),
    ),
    Edit(
        "groups_reversed", "groups", "the groups' results stood in the other order",
        _grouped(_result_parts(lambda parts: parts[..., ::-1, :])),
    ),
    Edit(
        "groups_exchanged", "groups", "the first two groups' results were exchanged",
        _grouped(_result_parts(_two_exchanged)),
    ),
    Edit(
        "next_group", "groups", "every group's result stood where the next one's belongs",
        _grouped(_result_parts(_rolled(1), _rolled(-1))),
    ),
    Edit("first_group_alone", "groups", "only the first group were computed", _grouped(_result_parts(_first_alone))),
    Edit(
        "first_filter_for_all", "groups", "every group had the first one's filter",
        _grouped(_filter_parts(lambda parts: np.repeat(parts[..., :1, :], parts.shape[-2], axis=-2))),
    ),
    Edit(
        "next_filter", "groups", "every group had another one's filter",
        _grouped(_filter_parts(_rolled(1), _rolled(-1), lambda parts: parts[..., ::-1, :])),
    ),
    Edit(
        "first_multiplier", "groups", "all results of a channel came from its first filter",
        _depthwise(_filter_parts(lambda parts: np.repeat(parts[..., :1], parts.shape[-1], axis=-1))),
    ),
    Edit("channels_summed", "groups", "all channels were summed, as in a full convolution", _depthwise(_summed)),
)  # fmt: skip
