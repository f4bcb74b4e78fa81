"""Edits of the structure: kernel orientation, strides, dilations, and how products that meet are combined.

Knows: canonical arrays and geometry. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TypeAlias

import numpy as np

from conformance.judging.diagnosis.edit import AXIS_SETS, Apply, Edit, both_crops, recropped
from conformance.judging.diagnosis.rendition import Array, Engine, Finish, Rendition, targets
from reference.geometry import Axis, legal_output_lengths
from reference.magnitude import tap_counts

Place: TypeAlias = Callable[[int], slice]
"""which of a number of taps, phases or rows"""


def _flipped(*axes: int) -> Apply:
    return lambda old: [old.with_filter(np.flip(old.filter, axes))]


def _transposed_kernel(old: Rendition) -> Iterator[Rendition]:
    yield from both_crops(old.with_filter(old.filter.swapaxes(0, 1)))


def _last_wins(value: Array, filter: Array, axes: tuple[Axis, ...]) -> Array:
    return _painted(value, filter, axes, backwards=False)


def _first_wins(value: Array, filter: Array, axes: tuple[Axis, ...]) -> Array:
    return _painted(value, filter, axes, backwards=True)


def _painted(value: Array, filter: Array, axes: tuple[Axis, ...], *, backwards: bool) -> Array:
    """Every tap is put, none is added; of those that meet the last one stays."""
    canvas = np.zeros((len(value), *(axis.output for axis in axes), filter.shape[-2]))
    taps = list(product(*(range(axis.kernel) for axis in axes)))
    for tap in reversed(taps) if backwards else taps:
        canvas[:, *targets(axes, tap)] = value @ filter[tap].T
    return canvas


def _with_engine(engine: Engine) -> Apply:
    return lambda old: [replace(old, engine=engine)]


def _finished(finish: Finish) -> Apply:
    return lambda old: [old.then(finish)]


def _over_overlap(result: Array, rendition: Rendition) -> Array:
    return np.asarray(result / np.maximum(tap_counts(rendition.axes), 1)[..., np.newaxis])


def _over_taps(result: Array, rendition: Rendition) -> Array:
    height, width = rendition.filter.shape[:2]
    return np.asarray(result / (height * width))


def _over_channels(result: Array, rendition: Rendition) -> Array:
    return np.asarray(result / rendition.filter.shape[-1])


def _over_products(result: Array, rendition: Rendition) -> Array:
    return np.asarray(result / (rendition.filter.size // rendition.filter.shape[-2]))


def _averaged(old: Rendition) -> Iterator[Rendition]:
    yield old.then(_over_taps)
    yield old.then(_over_products)


def _without_taps(place: Place) -> Apply:
    """A tap of the kernel dropped: the tap where both axes meet, then its whole row, then its whole column."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for axes in AXIS_SETS:
            filter = old.filter.copy()
            filter[tuple(place(old.filter.shape[at]) if at in axes else slice(None) for at in (0, 1))] = 0
            yield old.with_filter(filter)

    return apply


def _at_most_three(old: Rendition) -> Iterator[Rendition]:
    for axes in AXIS_SETS:
        filter = old.filter.copy()
        for at in axes:
            filter.swapaxes(0, at)[3:] = 0
        yield old.with_filter(filter)


def _without_phases(drop: Place) -> Apply:
    """Phases of the stride stay zero, counted from the result's first element or from the uncropped result's."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for axes, cropped in product(AXIS_SETS, (True, False)):

            def finish(result: Array, new: Rendition, axes: tuple[int, ...] = axes, cropped: bool = cropped) -> Array:
                result = result.copy()
                for at in axes:
                    _zero_phases(result.swapaxes(0, at + 1), new.axes[at], drop, cropped)
                return result

            yield old.then(finish)

    return apply


def _zero_phases(result: Array, axis: Axis, drop: Place, cropped: bool) -> None:
    shift = 0 if cropped else axis.crop_before
    phases = (np.arange(len(result)) + shift) % axis.stride
    dropped = np.arange(axis.stride)[drop(axis.stride)]
    if axis.stride > 1:
        result[np.isin(phases, dropped)] = 0


def _zeros_appended(old: Rendition) -> Iterator[Rendition]:
    """The smallest legal output is computed, and what is asked beyond it is zero."""
    shortest = [_smallest(axis, at, old) for at, axis in enumerate(old.axes)]
    for axes, recrop in product(AXIS_SETS, (False, True)):
        lengths = [short if at in axes else old.axes[at].output for at, short in enumerate(shortest)]
        finished = old.then(partial(_cut, lengths))
        yield _of_shorter(finished, lengths) if recrop else finished


def _smallest(axis: Axis, at: int, old: Rendition) -> int:
    legal = legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, old.rules[at])
    return legal[0] if legal else axis.output


def _of_shorter(old: Rendition, lengths: list[int]) -> Rendition:
    """The crop that shorter lengths mean, and the length asked for."""
    axes = (
        replace(recropped(replace(axis, output=length), rule), output=axis.output)
        for axis, rule, length in zip(old.axes, old.rules, lengths, strict=True)
    )
    return old.with_axes(*axes)


def _cut(lengths: list[int], result: Array, _: Rendition) -> Array:
    result = result.copy()
    result[:, lengths[0] :] = 0
    result[:, :, lengths[1] :] = 0
    return result


def _tail_repeated(result: Array, rendition: Rendition) -> Array:
    """What lies beyond the uncropped result repeats its last element."""
    for at, axis in enumerate(rendition.axes, start=1):
        reached = axis.full - axis.crop_before
        if 0 < reached < axis.output:
            result = result.take(np.minimum(np.arange(axis.output), reached - 1), axis=at)
    return result


def _nearest(old: Rendition) -> Iterator[Rendition]:
    """Every input repeated stride times, then a convolution of stride 1, by the kernel as it is or flipped."""
    value = old.value.repeat(old.height.stride, axis=1).repeat(old.width.stride, axis=2)
    enlarged = old.with_value(value)
    enlarged = enlarged.with_axes(*(replace(axis, stride=1) for axis in enlarged.axes))
    centred = enlarged.with_axes(
        *(replace(axis, crop_before=max(axis.full - axis.output, 0) // 2) for axis in enlarged.axes)
    )
    for each in (*both_crops(enlarged), centred):
        yield each
        yield each.with_filter(np.flip(old.filter, (0, 1)))


def _input_dropped(drop: Place) -> Apply:
    """A row, a column, or both of the value are ignored."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for axes in AXIS_SETS:
            value = old.value.copy()
            for at in axes:
                value.swapaxes(0, at + 1)[drop(value.shape[at + 1])] = 0
            yield old.with_value(value)

    return apply


STRUCTURE: tuple[Edit, ...] = (
    Edit("flip_height", "flip", "the kernel were flipped along height", _flipped(0)),
    Edit("flip_width", "flip", "the kernel were flipped along width", _flipped(1)),
    Edit("flip_both", "flip", "the kernel were flipped along height and width", _flipped(0, 1)),
    Edit("transpose_kernel", "kernel", "the kernel's height and width were exchanged", _transposed_kernel),
    Edit(
        "last_tap_wins", "sum", "overlapping taps were overwritten, and the last one stayed", _with_engine(_last_wins)
    ),
    Edit(
        "first_tap_wins",
        "sum",
        "overlapping taps were overwritten, and the first one stayed",
        _with_engine(_first_wins),
    ),
    Edit(
        "divide_by_overlap",
        "division",
        "each sum were divided by the number of taps that overlap there",
        _finished(_over_overlap),
    ),
    Edit("average", "division", "each sum were divided by the size of the kernel", _averaged),
    Edit(
        "average_channels",
        "division",
        "each sum were divided by the number of input channels",
        _finished(_over_channels),
    ),
    Edit("drop_first_tap", "taps", "the first tap were missing", _without_taps(lambda k: slice(1))),
    Edit("drop_last_tap", "taps", "the last tap were missing", _without_taps(lambda k: slice(k - 1, k))),
    Edit("drop_centre_tap", "taps", "the centre tap were missing", _without_taps(lambda k: slice(k // 2, k // 2 + 1))),
    Edit("at_most_three_taps", "taps", "taps beyond the third were ignored", _at_most_three),
    Edit(
        "only_phase_zero",
        "phases",
        "only the first phase of the strides {old.strides} were computed",
        _without_phases(lambda s: slice(1, None)),
    ),
    Edit(
        "last_phase_missing",
        "phases",
        "the last phase of the strides {old.strides} were not computed",
        _without_phases(lambda s: slice(s - 1, None)),
    ),
    Edit(
        "zeros_appended",
        "tail",
        "zeros were appended to the smallest legal output, instead of computed values",
        _zeros_appended,
    ),
    Edit(
        "tail_repeated",
        "tail",
        "outputs beyond the uncropped result repeated its last one, instead of being zero",
        _finished(_tail_repeated),
    ),
    Edit(
        "nearest_upsampling",
        "strides",
        "the input were enlarged by repetition and then convolved with stride 1",
        _nearest,
    ),
    Edit(
        "drop_last_input",
        "inputs",
        "the last row or column of the input were ignored",
        _input_dropped(lambda n: slice(n - 1, None)),
    ),
    Edit(
        "drop_first_input",
        "inputs",
        "the first row or column of the input were ignored",
        _input_dropped(lambda n: slice(1)),
    ),
)
