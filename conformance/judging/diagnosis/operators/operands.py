"""Edits of what goes in and comes out: groups, bias, images, cotangents, complex parts.

Knows: operands by name and where their channels are.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from conformance.judging.diagnosis.operators.recast import Array, Change, QuestionEdit, Recast, Recasts, joined, parts
from conformance.suite.dtypes import FORMATS


def _groups_ignored(old: Recast) -> Recasts:
    """The first group's channels of the filter meet as many of the value as there are."""
    call, geometry = old.call, old.geometry
    if geometry.groups == 1 or call.definition.depthwise or call.direction != "forward":
        return
    share = geometry.channels_out // geometry.groups
    new = old.with_geometry(groups=1, channels_out=share)
    if not call.definition.transposed:
        new = new.with_operand("value", lambda value: np.take(value, range(share), axis=old.channels))
    elif call.bias:
        new = new.with_operand("bias", lambda bias: bias[:share])
    yield f"groups were 1 instead of {geometry.groups}", new


def _groups_interleaved(old: Recast) -> Recasts:
    groups = old.geometry.groups
    if groups == 1 or old.call.direction != "forward":
        return
    clause = f"every {groups}th channel of the value were of one group, instead of a block of neighbours"
    channels = old.operands["value"].shape[old.channels]
    yield clause, old.with_operand("value", _shuffle(channels // groups, old.channels))


def _groups_mixed(old: Recast) -> Recasts:
    """What becomes of the groups' results, or of their filters."""
    groups, axis = old.geometry.groups, old.channels
    if groups == 1:
        return
    if old.call.direction == "forward":
        yield "the groups' results were interleaved channel by channel", old.then(_shuffle(groups, axis))
        yield "the groups' results stood in the other order", old.then(_regrouped(slice(None, None, -1), groups, axis))
        yield "only the first group were computed", old.then(_first_alone(groups, axis))
    if old.call.direction in ("forward", "value_gradient"):
        yield (
            "every group had the first one's filter",
            _with_filter(old, lambda w: np.repeat(w[..., :1, :], groups, -2)),
        )
        yield "every group had another one's filter", _with_filter(old, lambda w: np.roll(w, 1, axis=-2))


def _multiplier_first(old: Recast) -> Recasts:
    if not old.call.definition.depthwise:
        return
    clause = "channel c's q-th result were channel q in + c instead of c multiplier + q"
    if old.call.direction == "forward":
        yield clause, old.then(_shuffle(old.geometry.groups, old.channels))


def _bias(old: Recast) -> Recasts:
    if not old.call.bias or old.call.direction != "forward":
        return
    without = {name: operand for name, operand in old.operands.items() if name != "bias"}
    yield "the bias were not added", replace(old, call=replace(old.call, bias=False), operands=without)
    yield "the bias were added twice", old.with_operand("bias", lambda bias: bias + bias)
    yield "the bias were subtracted", old.with_operand("bias", np.negative)
    yield "every channel had the first one's bias", old.with_operand("bias", lambda b: np.resize(b[:1], b.shape))
    yield "the channels had the bias in the other order", old.with_operand("bias", lambda bias: bias[::-1])


def _images(old: Recast) -> Recasts:
    """Sums over a part of the batch, or means over it."""
    batch = old.geometry.batch
    if batch < 2 or old.call.direction == "forward":
        return
    wide = FORMATS[old.call.dtype].wide
    summed = old.call.direction != "value_gradient"
    chosen = {"first": slice(0, 1), "last": slice(-1, None)} if summed else {}
    for which, images in chosen.items():
        new = replace(old, operands=dict(_of_images(old, images))).with_geometry(batch=1)
        yield f"only the {which} image counted", replace(new, call=replace(new.call, output_shape=_one_image(old)))
    mean = old.with_operand("cotangent", lambda cotangent: cotangent.astype(wide) / batch)
    yield f"the gradient were divided by the batch of {batch}", mean


def _cotangent(old: Recast) -> Recasts:
    if old.call.direction == "forward":
        return
    yield "the cotangent were ones", old.with_operand("cotangent", np.ones_like)
    yield "the gradient had the other sign", old.with_operand("cotangent", np.negative)


def _filter_gradient_laid_out(old: Recast) -> Recasts:
    if old.call.direction != "filter_gradient":
        return
    exchanged = "the gradient's two channel axes were exchanged"
    yield exchanged, old.then(lambda result: result.swapaxes(-1, -2))
    yield exchanged, old.then(lambda result: np.ascontiguousarray(result.swapaxes(-1, -2)).reshape(result.shape))
    yield "the gradient's channels came before its taps", old.then(lambda w: np.moveaxis(w, (-1, -2), (0, 1)))


def _complex(old: Recast) -> Recasts:
    if FORMATS[old.call.dtype].kind != "complex":
        return
    yield "the filter were conjugated", old.with_operand("filter", np.conj)
    yield "the value were conjugated", old.with_operand("value", np.conj)
    yield "the operands' imaginary parts were dropped", old.with_operands(lambda array: array.real.astype(array.dtype))
    yield "the result's imaginary part were dropped", old.then(lambda result: result.real.astype(result.dtype))


def _shuffle(rows: int, axis: int) -> Change:
    """Channels read as a matrix of so many rows, transposed."""
    return lambda array: joined(parts(array, axis, rows).swapaxes(-1, -2), axis)


def _regrouped(order: slice, groups: int, axis: int) -> Change:
    return lambda array: joined(parts(array, axis, groups)[..., order, :], axis)


def _first_alone(groups: int, axis: int) -> Change:
    def change(array: Array) -> Array:
        changed = parts(array, axis, groups).copy()
        changed[..., 1:, :] = 0
        return joined(changed, axis)

    return change


def _with_filter(old: Recast, change: Change) -> Recast:
    """The filter as (*kernel, out / groups, groups, in / groups), changed."""
    groups, shape = old.geometry.groups, old.operands["filter"].shape
    canonical = old.operands["filter"].reshape(old.geometry.filter_shape)
    parted = canonical.reshape(*canonical.shape[:-1], groups, canonical.shape[-1] // groups)
    return replace(old, operands={**old.operands, "filter": change(parted).reshape(shape)})


def _of_images(old: Recast, images: slice) -> Iterator[tuple[str, Array]]:
    for name, operand in old.operands.items():
        yield name, operand[images] if name in ("value", "cotangent") else operand


def _one_image(old: Recast) -> tuple[int, ...]:
    return (1, *old.call.output_shape[1:])


OPERANDS = (
    QuestionEdit("groups_ignored", _groups_ignored),
    QuestionEdit("groups_interleaved", _groups_interleaved),
    QuestionEdit("groups_mixed", _groups_mixed),
    QuestionEdit("multiplier_first", _multiplier_first),
    QuestionEdit("bias", _bias),
    QuestionEdit("images", _images),
    QuestionEdit("cotangent", _cotangent),
    QuestionEdit("filter_gradient_layout", _filter_gradient_laid_out),
    QuestionEdit("complex", _complex),
)
