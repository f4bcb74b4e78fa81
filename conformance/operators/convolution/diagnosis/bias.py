"""Edits of the bias: missing, doubled, added to what it does not belong to.

Knows: canonical arrays and geometry. Must not know: answers. Only where a bias is added.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from conformance.operators.convolution.diagnosis.edit import Apply, Edit
from conformance.operators.convolution.diagnosis.rendition import Array, Change, Rendition
from conformance.operators.convolution.diagnosis.structure import counts


def _where_added(apply: Apply) -> Apply:
    return lambda old: apply(old) if old.forward and "bias" in old.operands else ()


def _changed(change: Callable[[Array, Rendition], Array]) -> Apply:
    """Another bias is added."""
    return _where_added(lambda old: [old.with_operand("bias", change(old.operands["bias"], old))])


def _times(times: Callable[[Rendition], Array]) -> Apply:
    return _where_added(lambda old: [replace(old, bias_times=times)])


def _within_full_extent(rendition: Rendition) -> Array:
    """1 where a transposed convolution's strides and kernel reach, be it with no tap."""
    if not rendition.operator.transposed:
        return np.ones(rendition.lengths)
    within = [np.arange(axis.output) + axis.crop_before < max(axis.full, 0) for axis in rendition.axes]
    return np.asarray(reduce(np.multiply.outer, within)).astype(np.int64)


def _last_axis(old: Rendition) -> Iterator[Rendition]:
    """Added along the last axis of a result whose channels come first, as often as it fits."""
    if old.last:
        return
    without = replace(old, operands={name: array for name, array in old.operands.items() if name != "bias"})
    bias = old.operands["bias"]

    def add(memory: Array) -> Array:
        return np.asarray(memory + np.resize(bias, memory.shape[-1]))

    yield without.rewritten(add)
    yield without.rewritten(lambda memory: np.asarray(memory + np.resize(bias, memory.shape[2:3]).reshape(
        -1, *[1] * (memory.ndim - 3))))  # fmt: skip


def _once_in_first_image(rendition: Rendition) -> Array:
    """(batch, *spatial)"""
    times = np.zeros((len(rendition.operands["value"]), *rendition.lengths), dtype=np.int64)
    times[:1] = 1
    return times


def _of_change(change: Change) -> Callable[[Array, Rendition], Array]:
    return lambda bias, _: change(bias)


BIAS: tuple[Edit, ...] = (
    Edit("bias_ignored", "bias", "the bias were not added", _changed(_of_change(np.zeros_like))),
    Edit("bias_twice", "bias", "the bias were added twice", _changed(_of_change(lambda bias: bias + bias))),
    Edit("bias_subtracted", "bias", "the bias were subtracted", _changed(_of_change(np.negative))),
    Edit(
        "first_bias_for_all", "bias", "every channel had the first one's bias",
        _changed(_of_change(lambda bias: np.resize(bias[:1], bias.shape))),
    ),
    Edit("first_group_bias", "bias", "every group had the first one's bias",
         _changed(lambda bias, old: np.resize(bias[: len(bias) // old.groups], bias.shape))),
    Edit("bias_reversed", "bias", "the channels had the bias in the other order", _changed(_of_change(np.flip))),
    Edit(
        "bias_rolled", "bias", "each channel had its neighbour's bias",
        lambda old: [new for by in (1, -1) for new in _changed(_of_change(partial(np.roll, shift=by)))(old)],
    ),
    Edit("bias_interleaved", "bias", "the groups' biases were interleaved",
         _changed(lambda bias, old: np.ascontiguousarray(bias.reshape(old.groups, -1).T).reshape(bias.shape))),
    Edit(
        "bias_within_full_extent", "bias", "the bias were added only as far as the uncropped result reaches",
        _times(_within_full_extent),
    ),
    Edit(
        "bias_where_reached", "bias", "pixels that no tap reaches got no bias",
        _times(lambda rendition: np.minimum(counts(rendition), 1)),
    ),
    Edit("bias_for_every_tap", "bias", "each tap that reaches a pixel added the bias", _times(counts)),
    Edit(
        "bias_along_last_axis", "bias", "the bias were added along the last axis instead of the channels",
        _where_added(_last_axis),
    ),
    Edit("bias_first_image", "bias", "only the first image got the bias", _times(_once_in_first_image)),
)  # fmt: skip
