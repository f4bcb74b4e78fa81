"""Edits of the structure: the kernel's orientation and taps, how products that meet are combined, what is left out.

Knows: canonical arrays and geometry. Must not know: answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial, reduce
from itertools import combinations, product
from math import prod

import numpy as np

from conformance.operators.convolution.diagnosis.edit import (
    MOST_POSITIONS,
    Apply,
    Edit,
    Place,
    axis_sets,
    consequences,
    legal,
    on_filter,
    recropped,
    without,
)
from conformance.operators.convolution.diagnosis.rendition import Array, Finish, Meeting, Rendition
from reference.geometry import Axis


def _flipped(name: str) -> Apply:
    """Along one axis, or along all of several."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if name == "all":
            axes = tuple(range(len(old.axes))) if len(old.axes) > 1 else None
        else:
            axes = (old.names.index(name),) if name in old.names else None
        if axes is not None:
            yield from on_filter(old, partial(np.flip, axis=axes))

    return apply


def _two_flipped(old: Rendition) -> Iterator[Rendition]:
    if len(old.axes) == 3:
        for axes in combinations(range(3), 2):
            for new in on_filter(old, partial(np.flip, axis=axes)):
                yield new.saying(" and ".join(old.names[at] for at in axes))


def _transposed_kernel(old: Rendition) -> Iterator[Rendition]:
    for first, second in combinations(range(len(old.axes)), 2):
        for new in on_filter(old, partial(np.swapaxes, axis1=first, axis2=second)):
            said = new.saying(f"{old.names[first]} and {old.names[second]}")
            yield from consequences(old, said) if old.has_filter else [said]


def _exchanged_in_memory(old: Rendition) -> Iterator[Rendition]:
    """Written with two axes exchanged, and read as if they were not."""
    for first, second in combinations(range(len(old.axes)), 2):

        def change(filter: Array, first: int = first, second: int = second) -> Array:
            return np.ascontiguousarray(filter.swapaxes(first, second)).reshape(filter.shape)

        for new in on_filter(old, change):
            yield new.saying(f"{old.names[first]} and {old.names[second]}")


def _meeting(meeting: Meeting) -> Apply:
    return lambda old: [replace(old, meeting=meeting)] if old.target is not None else ()


def _finished(finish: Finish) -> Apply:
    return lambda old: [old.then(finish)] if old.target is not None else ()


def counts(rendition: Rendition) -> Array:
    """How many pairs of pixels meet at each position of what is asked for, (*spatial) or (*kernel)."""
    assert rendition.target is not None
    per_axis = [np.array(axis.terms(rendition.target)) for axis in rendition.axes]
    return np.asarray(reduce(np.multiply.outer, per_axis))


def _over_overlap(result: Array, rendition: Rendition) -> Array:
    channels = 2 if rendition.target == "filter" else 1
    divisors = np.maximum(counts(rendition), 1)
    return np.asarray(result / divisors[(..., *[np.newaxis] * channels)])


def _over_taps(result: Array, rendition: Rendition) -> Array:
    return np.asarray(result / np.prod([axis.kernel for axis in rendition.axes]))


def summed_channels(rendition: Rendition) -> int:
    """How many channels each element of a result of pixels sums, of one pixel and tap."""
    *_, out, channels = rendition.filter.shape
    return int(channels // rendition.groups if rendition.target == "output" else out)


def _over_channels(old: Rendition) -> Iterator[Rendition]:
    if old.of_pixels:
        yield old.changed(lambda result: np.asarray(result / summed_channels(old)))


def _averaged(old: Rendition) -> Iterator[Rendition]:
    if old.of_pixels:
        yield old.then(_over_taps)
        yield old.then(lambda result, _: np.asarray(_over_taps(result, old) / summed_channels(old)))


def _without_taps(place: Place) -> Apply:
    """A tap of the kernel dropped: the tap where all axes meet, then whole rows."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for axes in axis_sets(len(old.axes)):

            def change(filter: Array, axes: tuple[int, ...] = axes) -> Array:
                filter = filter.copy()
                rank = filter.ndim - 2
                filter[tuple(place(filter.shape[at]) if at in axes else slice(None) for at in range(rank))] = 0
                return filter

            yield from on_filter(old, change)

    return apply


def _kept_taps(lost: Callable[[int], list[slice]]) -> Apply:
    """Rows of the kernel dropped along some axes."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for axes in axis_sets(len(old.axes)):

            def change(filter: Array, axes: tuple[int, ...] = axes) -> Array:
                for at in axes:
                    for rows in lost(filter.shape[at]):
                        filter = without(filter, rows, at)
                return filter

            yield from on_filter(old, change)

    return apply


def _without_phases(drop: Place) -> Apply:
    """Phases of the stride stay zero, counted from the result's first element or from the uncropped result's."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if old.target != "output" or max(old.strides) == 1:
            return
        for axes, cropped in product(axis_sets(len(old.axes)), (True, False)):

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
    dropped = range(axis.stride)[drop(axis.stride)]  # no array: a stride may be 2^32
    if axis.stride > 1:
        result[np.array([phase in dropped for phase in phases.tolist()], bool)] = 0


def _zeros_appended(old: Rendition) -> Iterator[Rendition]:
    """The smallest legal output is computed, and what is asked beyond it is zero."""
    if not (old.operator.transposed and old.forward):
        return
    shortest = [legal(axis, rule)[0] for axis, rule in zip(old.axes, old.rules, strict=True)]
    for axes, recrop in product(axis_sets(len(old.axes)), (False, True)):
        lengths = [short if at in axes else old.axes[at].output for at, short in enumerate(shortest)]
        finished = old.changed(partial(_cut, lengths))
        yield _of_shorter(finished, lengths) if recrop else finished


def _of_shorter(old: Rendition, lengths: list[int]) -> Rendition:
    """The crop that shorter lengths mean, and the length asked for."""
    return old.with_axes(
        [
            replace(recropped(replace(axis, output=length), rule), output=axis.output)
            for axis, rule, length in zip(old.axes, old.rules, lengths, strict=True)
        ]
    )


def _cut(lengths: list[int], result: Array) -> Array:
    for at, length in enumerate(lengths, start=1):
        result = without(result, slice(length, None), at)
    return result


def _tail_repeated(old: Rendition) -> Iterator[Rendition]:
    if old.target == "output":
        yield old.then(_repeating_tail)


def _repeating_tail(result: Array, rendition: Rendition) -> Array:
    """What lies beyond the uncropped result repeats its last element."""
    for at, axis in enumerate(rendition.axes, start=1):
        reached = axis.full - axis.crop_before
        if 0 < reached < axis.output:
            result = result.take(np.minimum(np.arange(axis.output), reached - 1), axis=at)
    return result


def _gaps_repeated(old: Rendition) -> Iterator[Rendition]:
    if old.target == "output" and max(old.strides) > 1:
        yield old.then(_repeating_gaps)


def _repeating_gaps(result: Array, rendition: Rendition) -> Array:
    for at, axis in enumerate(rendition.axes, start=1):
        positions = np.arange(axis.output) + axis.crop_before
        sources = positions // axis.stride * axis.stride - axis.crop_before
        result = result.take(np.clip(sources, 0, max(axis.output - 1, 0)), axis=at)
    return result


def _nearest(old: Rendition) -> Iterator[Rendition]:
    """Every input repeated stride times, then a convolution of stride 1, by the kernel as it is or flipped."""
    if not (old.operator.transposed and old.forward) or prod(a.input * a.stride for a in old.axes) > MOST_POSITIONS:
        return
    value = old.operands["value"]
    for at, axis in enumerate(old.axes, start=1):
        value = value.repeat(axis.stride, axis=at)
    enlarged = old.with_operand("value", value).with_numbers("stride", [1] * len(old.axes))
    centred = enlarged.with_numbers("crop_before", [max(axis.full - axis.output, 0) // 2 for axis in enlarged.axes])
    for each in (*consequences(old, enlarged), centred):
        yield each
        yield each.with_operand("filter", np.flip(old.filter, tuple(range(len(old.axes)))))


def _input_dropped(drop: Place) -> Apply:
    """Rows of what is given are ignored."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        for name, axes in product(old.pixel_operands, axis_sets(len(old.axes))):
            array = old.operands[name]
            for at in axes:
                array = without(array, drop(array.shape[at + 1]), at + 1)
            yield old.with_operand(name, array).saying(name)

    return apply


def _only_last_row(old: Rendition) -> Iterator[Rendition]:
    if old.target is None:
        cotangent = old.operands["cotangent"]
        yield old.with_operand("cotangent", without(cotangent, slice(0, cotangent.shape[1] - 1), 1))


def _last_row_missing(old: Rendition) -> Iterator[Rendition]:
    if not old.of_pixels:
        return
    for axes in axis_sets(len(old.axes)):

        def change(result: Array, axes: tuple[int, ...] = axes) -> Array:
            for at in axes:
                if result.shape[at + 1] > 1:
                    result = without(result, slice(-1, None), at + 1)
            return result

        yield old.changed(change)


def _whole_windows(old: Rendition) -> Iterator[Rendition]:
    """Only pixels count of which all taps lie within the border."""
    whole = [np.array(axis.reads()) == axis.kernel for axis in old.axes]
    mask = np.asarray(reduce(np.multiply.outer, whole))[..., np.newaxis]
    name = "value" if old.operator.transposed else "cotangent"
    if old.target == "filter":
        yield old.with_operand(name, np.where(mask, old.operands[name], 0))
    elif old.target == "input":
        yield old.changed(lambda result: np.where(mask, result, 0))


STRUCTURE: tuple[Edit, ...] = (
    *(
        Edit(f"flip_{name}", "flip", f"the kernel were flipped along {name}", _flipped(name))
        for name in ("depth", "height", "width")
    ),
    Edit("flip_all", "flip", "the kernel were flipped along {old.all_names}", _flipped("all")),
    Edit("flip_two", "flip", "the kernel were flipped along {new.said}", _two_flipped),
    Edit("transpose_kernel", "kernel", "the kernel's {new.said} were exchanged", _transposed_kernel),
    Edit("kernel_axes_exchanged", "kernel", "the kernel's {new.said} were exchanged in memory", _exchanged_in_memory),
    Edit("last_tap_wins", "sum", "overlapping taps were overwritten, and the last one stayed", _meeting("last stays")),
    Edit(
        "first_tap_wins", "sum", "overlapping taps were overwritten, and the first one stayed", _meeting("first stays")
    ),
    Edit(
        "divide_by_overlap",
        "division",
        "each sum were divided by the number of taps that overlap there",
        _finished(_over_overlap),
    ),
    Edit("average", "division", "each sum were divided by the size of the kernel", _averaged),
    Edit("average_channels", "division", "each sum were divided by the number of input channels", _over_channels),
    Edit("drop_first_tap", "taps", "the first tap were missing", _without_taps(lambda k: slice(1))),
    Edit("drop_last_tap", "taps", "the last tap were missing", _without_taps(lambda k: slice(k - 1, k))),
    Edit("drop_centre_tap", "taps", "the centre tap were missing", _without_taps(lambda k: slice(k // 2, k // 2 + 1))),
    Edit(
        "only_centre_tap",
        "taps",
        "only the centre of the kernel were used",
        _kept_taps(lambda kernel: [slice(0, kernel // 2), slice(kernel // 2 + 1, None)]),
    ),
    Edit("at_most_three_taps", "taps", "taps beyond the third were ignored", _kept_taps(lambda _: [slice(3, None)])),
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
        _tail_repeated,
    ),
    Edit(
        "gaps_repeated",
        "tail",
        "the pixels that strides skip had the one before them, instead of being computed",
        _gaps_repeated,
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
        "the last row or column of the {new.said} were ignored",
        _input_dropped(lambda n: slice(n - 1, None)),
    ),
    Edit(
        "drop_first_input",
        "inputs",
        "the first row or column of the {new.said} were ignored",
        _input_dropped(lambda n: slice(1)),
    ),
    Edit("only_last_row", "inputs", "only the last row of pixels were summed", _only_last_row),
    Edit("last_row_missing", "outputs", "the last row or column of the result were not computed", _last_row_missing),
    Edit("whole_windows", "inputs", "pixels of which a tap falls beyond the border were left out", _whole_windows),
)
