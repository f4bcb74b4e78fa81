"""Edits of the map: the kernel's orientation, crops, strides, dilations, the padding.

Knows: axes and filters. What is called a crop of the geometry is what a forward convolution pads.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from conformance.judging.diagnosis.operators.recast import Array, QuestionEdit, Recast, Recasts
from reference.arguments import convolution_geometry
from reference.errors import ArgumentError
from reference.geometry import Axis, TransposedConvolution

Numbers = Sequence[int]


def _flipped(old: Recast) -> Recasts:
    """Along every set of axes; where the filter's gradient is asked for, its taps stand in the other order."""
    names = old.call.definition.spatial_names
    for count in range(len(names), 0, -1):
        for axes in combinations(range(len(names)), count):
            change = partial(np.flip, axis=axes)
            gradient = old.call.direction == "filter_gradient"
            new = old.then(change) if gradient else old.with_operand("filter", change)
            yield "flip", f"the kernel were flipped along {' and '.join(names[axis] for axis in axes)}", new


def _last_tap_missing(old: Recast) -> Recasts:
    if old.call.direction not in ("filter_gradient", "bias_gradient"):
        last = tuple(axis.kernel - 1 for axis in old.geometry.axes)

        def without(filter: Array) -> Array:
            changed = filter.copy()
            changed[last] = 0
            return changed

        yield "last_tap_missing", "the last tap were missing", old.with_operand("filter", without)


def _exchanged_kernel(old: Recast) -> Recasts:
    names = old.call.definition.spatial_names
    if old.call.direction in ("filter_gradient", "bias_gradient"):
        return
    for first, second in combinations(range(len(names)), 2):
        clause = f"the kernel's {names[first]} and {names[second]} were exchanged in memory"
        shape = old.operands["filter"].shape
        changed = np.ascontiguousarray(old.operands["filter"].swapaxes(first, second)).reshape(shape)
        yield "kernel_axes_exchanged", clause, replace(old, operands={**old.operands, "filter": changed})


def _recropped(old: Recast) -> Recasts:
    """All axes without a crop, or with that of the other side; then each axis with any crop near its own."""
    crops = [axis.crop_before for axis in old.geometry.axes]
    word = "crop_before" if old.call.definition.transposed else "the padding before"
    after = [max(axis.crop_after, 0) for axis in old.geometry.axes]
    candidates = [[0] * len(crops), after, [crops[0]] * len(crops)]
    for place, crop in enumerate(crops):
        near = dict.fromkeys((crop - 1, crop + 1, 0, after[place]))
        candidates += [[*crops[:place], other, *crops[place + 1 :]] for other in near]
    for new in candidates:
        if new != crops and min(new) >= 0:
            yield "crop_before", _told(old, word, crops, new), _numbered(old, "crop_before", new)


def _restrided(old: Recast) -> Recasts:
    yield from _renumbered(old, "strides", "stride", [axis.stride for axis in old.geometry.axes])


def _redilated(old: Recast) -> Recasts:
    yield from _renumbered(old, "dilations", "dilation", [axis.dilation for axis in old.geometry.axes])


def _renumbered(old: Recast, word: str, field: str, numbers: Numbers) -> Recasts:
    """Ones, the first one's for all, the last one's for all, the other order."""
    rank = len(numbers)
    for new in ([1] * rank, [numbers[0]] * rank, [numbers[-1]] * rank, list(reversed(numbers))):
        if list(numbers) != new:
            yield word, f"{word} were {new} instead of {list(numbers)}", _numbered(old, field, new)


def _repadded(old: Recast) -> Recasts:
    """Another padding's lengths and crops, of a forward convolution's result."""
    call = old.call
    if call.definition.transposed or call.direction != "forward":
        return
    for padding in ("SAME", "VALID"):
        if padding != call.padding:
            try:
                new = _geometry(old, padding)
            except ArgumentError:
                continue
            clause = f"padding were {padding} instead of {_shown(call.padding)}"
            yield "padding", clause, replace(old, call=replace(call, geometry=new))


def _rounded_down(old: Recast) -> Recasts:
    if not old.call.definition.transposed and old.call.direction == "forward" and old.call.padding == "SAME":
        new = old.with_axes(lambda axis: replace(axis, input=axis.output // axis.stride))
        yield "rounded_down", "SAME gave length / stride rounded down", new


def _geometry(old: Recast, padding: str) -> TransposedConvolution:
    call = old.call
    groups = 1 if call.definition.depthwise else call.groups
    return convolution_geometry(
        call.definition, call.value_shape, call.filter_shape, call.strides, padding, call.data_format, call.dilations,
        groups,
    )  # fmt: skip


def _numbered(old: Recast, field: str, numbers: Numbers) -> Recast:
    axes: list[Axis] = []
    for axis, number in zip(old.geometry.axes, numbers, strict=True):
        change: Callable[..., Axis] = replace
        axes.append(change(axis, **{field: number}))
    return old.with_geometry(axes=tuple(axes))


def _told(old: Recast, word: str, before: Numbers, new: Numbers) -> str:
    """As `crop_before on height were 1 instead of 0`, of one axis or of all."""
    changed = [place for place, number in enumerate(before) if new[place] != number]
    if len(changed) == 1:
        place = changed[0]
        return f"{word} on {old.call.definition.spatial_names[place]} were {new[place]} instead of {before[place]}"
    return f"{word} were {list(new)} instead of {list(before)}"


def _shown(padding: object) -> str:
    return padding if isinstance(padding, str) else "the explicit pads"


MAPS: tuple[QuestionEdit, ...] = (
    _flipped,
    _last_tap_missing,
    _exchanged_kernel,
    _recropped,
    _restrided,
    _redilated,
    _repadded,
    _rounded_down,
)
