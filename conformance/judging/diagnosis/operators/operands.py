"""Edits of what goes in and comes out: groups, bias, images, cotangents, complex parts.

Knows: operands by name and where their channels are.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from conformance.judging.diagnosis.operators.recast import Array, Change, QuestionEdit, Recast, Recasts, joined, parts
from conformance.suite.dtypes import FORMATS
from reference.family import Direction


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
    yield "groups_ignored", f"groups were 1 instead of {geometry.groups}", new


def _groups_interleaved(old: Recast) -> Recasts:
    groups, channels = old.geometry.groups, old.operands["value"].shape[old.channels]
    if groups > 1 and old.call.direction == "forward":
        clause = f"channels {groups} apart were of one group, instead of neighbours"
        yield "groups_interleaved", clause, old.with_operand("value", _shuffle(channels // groups, old.channels))


def _groups_mixed(old: Recast) -> Recasts:
    """What becomes of the groups' results, or of their filters."""
    groups, axis = old.geometry.groups, old.channels
    if groups > 1 and old.call.direction == "forward":
        clause = "the groups' results were interleaved channel by channel"
        yield "groups_shuffled", clause, old.then(_shuffle(groups, axis))
        clause = "the groups' results stood in the other order"
        yield "groups_reversed", clause, old.then(_reversed_groups(groups, axis))
        yield "first_group_alone", "only the first group were computed", old.then(_first_alone(groups, axis))
    if groups > 1 and old.call.direction in ("forward", "value_gradient"):
        clause = "every group had the first one's filter"
        yield "first_filter_for_all", clause, _with_filter(old, _first_repeated)
        clause = "every group had another one's filter"
        yield "next_filter", clause, _with_filter(old, partial(np.roll, shift=1, axis=-2))


def _depthwise(old: Recast) -> Recasts:
    if not old.call.definition.depthwise or old.call.direction not in ("forward", "value_gradient"):
        return
    if old.call.direction == "forward":
        clause = "channel c's q-th result were channel q in + c instead of c multiplier + q"
        yield "multiplier_first", clause, old.then(_shuffle(old.geometry.groups, old.channels))
    clause = "the filter's memory were read as [height, width, multiplier, in]"
    yield "filter_multiplier_first", clause, old.with_operand("filter", _read_multiplier_first)
    first = old.with_operand("filter", lambda w: np.repeat(w[..., :1], w.shape[-1], axis=-1))
    yield "first_multiplier", "all results of a channel came from its first filter", first


def _bias(old: Recast) -> Recasts:
    if not old.call.bias or old.call.direction != "forward":
        return
    without = {name: operand for name, operand in old.operands.items() if name != "bias"}
    ignored = replace(old, call=replace(old.call, bias=False), operands=without)
    yield "bias_ignored", "the bias were not added", ignored
    yield "bias_twice", "the bias were added twice", old.with_operand("bias", lambda bias: bias + bias)
    yield "bias_subtracted", "the bias were subtracted", old.with_operand("bias", np.negative)
    first = old.with_operand("bias", lambda bias: np.resize(bias[:1], bias.shape))
    yield "first_bias_for_all", "every channel had the first one's bias", first
    yield "bias_reversed", "the channels had the bias in the other order", old.with_operand("bias", np.flip)


def _images(old: Recast) -> Recasts:
    """Sums over a part of the batch, or means over it."""
    batch = old.geometry.batch
    if batch < 2 or old.call.direction == "forward":
        return
    if old.call.direction != "value_gradient":
        yield "first_image", "only the first image counted", _of_images(old, slice(0, 1))
        yield "last_image", "only the last image counted", _of_images(old, slice(-1, None))
    wide = FORMATS[old.call.dtype].wide
    mean = old.with_operand("cotangent", lambda cotangent: cotangent.astype(wide) / batch)
    yield "mean_over_batch", f"the gradient were divided by the batch of {batch}", mean


def _cotangent(old: Recast) -> Recasts:
    if old.call.direction == "forward":
        return
    yield "cotangent_ones", "the cotangent were ones", old.with_operand("cotangent", np.ones_like)
    yield "negated", "the gradient had the other sign", old.with_operand("cotangent", np.negative)


def _filter_gradient_laid_out(old: Recast) -> Recasts:
    if old.call.direction != "filter_gradient":
        return
    clause = "the gradient's two channel axes were exchanged"
    yield "channel_axes_exchanged", clause, old.then(_last_two_exchanged)
    yield "channel_axes_exchanged", clause, old.then(lambda w: _last_two_exchanged(w).reshape(w.shape))
    clause = "the gradient's channels came before its taps"
    yield "channels_before_taps", clause, old.then(lambda w: np.moveaxis(w, (-1, -2), (0, 1)))


def _complex(old: Recast) -> Recasts:
    if FORMATS[old.call.dtype].kind != "complex":
        return
    yield "filter_conjugated", "the filter were conjugated", old.with_operand("filter", np.conj)
    yield "value_conjugated", "the value were conjugated", old.with_operand("value", np.conj)
    clause = "the operands' imaginary parts were dropped"
    yield "imaginary_operands_dropped", clause, old.with_operands(_without_imaginary)
    yield "imaginary_result_dropped", "the result's imaginary part were dropped", old.then(_without_imaginary)


def _direction(old: Recast) -> Recasts:
    """Something else is computed from the same operands."""
    if old.call.direction not in ("value_gradient", "filter_gradient"):
        return
    for direction, asked in _ASKED:
        if direction != old.call.direction:
            other = replace(old, call=replace(old.call, direction=direction))
            yield "direction", f"{asked} were asked for", other


def _narrow(old: Recast) -> Recasts:
    if old.call.dtype == "float32":
        rounded = old.with_operands(lambda array: array.astype(FORMATS["bfloat16"].numpy).astype(array.dtype))
        yield "operands_bfloat16", "operands were rounded to bfloat16", rounded


_ASKED: tuple[tuple[Direction, str], ...] = (
    ("forward", "the result"),
    ("value_gradient", "the value's gradient"),
    ("filter_gradient", "the filter's gradient"),
)


def _read_multiplier_first(filter: Array) -> Array:
    *kernel, channels, multiplier = filter.shape
    return np.ascontiguousarray(filter.reshape(*kernel, multiplier, channels).swapaxes(-1, -2))


def _last_two_exchanged(array: Array) -> Array:
    return np.ascontiguousarray(array.swapaxes(-1, -2))


def _without_imaginary(array: Array) -> Array:
    return array.real.astype(array.dtype)


def _first_repeated(parted: Array) -> Array:
    """(*kernel, out / groups, groups, in / groups) with the first group's part for all."""
    return np.repeat(parted[..., :1, :], parted.shape[-2], axis=-2)


def _shuffle(rows: int, axis: int) -> Change:
    """Channels read as a matrix of so many rows, transposed."""
    return lambda array: joined(parts(array, axis, rows).swapaxes(-1, -2), axis)


def _reversed_groups(groups: int, axis: int) -> Change:
    return lambda array: joined(parts(array, axis, groups)[..., ::-1, :], axis)


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


def _of_images(old: Recast, images: slice) -> Recast:
    """The question of one image alone."""
    parted = {name: each[images] if name in ("value", "cotangent") else each for name, each in old.operands.items()}
    call = replace(old.call, output_shape=(1, *old.call.output_shape[1:]))
    return replace(old, call=call, operands=parted).with_geometry(batch=1)


OPERANDS: tuple[QuestionEdit, ...] = (
    _groups_ignored,
    _groups_interleaved,
    _groups_mixed,
    _depthwise,
    _bias,
    _images,
    _cotangent,
    _direction,
    _filter_gradient_laid_out,
    _complex,
    _narrow,
)
