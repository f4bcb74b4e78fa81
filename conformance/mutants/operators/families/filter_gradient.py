"""The gradient for the filter: sums over images and pixels that lose some, and taps and channels that change places.

Knows: canonical arrays and axes. Nothing here changes the result itself, or another gradient.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.engine import PLAIN, Engine, Meetings, Scratch, meetings
from conformance.mutants.operators.fault import Edit, FamilyFault, Finish, asked_for, edit_where, finish_where
from conformance.mutants.operators.problem import Array, Problem, write
from reference.geometry import Axis

_APPLIES = asked_for("filter_gradient")


def _fault(name: str, summary: str, *outcomes: Outcome, **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "filter gradient", outcomes or ("differs",), **stages)


def _finish(change: Callable[[Array], Array]) -> Finish:
    return finish_where(_APPLIES, lambda result, problem: change(result))


def _with_axes(change: Callable[[Axis], Axis]) -> Edit:
    return edit_where(_APPLIES, lambda problem: replace(problem, axes=tuple(change(axis) for axis in problem.axes)))


def _of_images(chosen: slice) -> Edit:
    """The sum over these images alone."""

    def change(problem: Problem) -> Problem:
        assert problem.cotangent is not None
        return replace(problem, value=problem.value[chosen], cotangent=problem.cotangent[chosen])

    return edit_where(_APPLIES, change)


def _channels_exchanged(result: Array) -> Array:
    return result.swapaxes(-1, -2).copy() if result.shape[-1] == result.shape[-2] else result


def _flipped(result: Array) -> Array:
    return np.flip(result, tuple(range(result.ndim - 2))).copy()


def _mean_over_batch(result: Array, problem: Problem) -> Array:
    return (result / max(len(problem.value), 1)).astype(result.dtype)


def _whole_windows(problem: Problem) -> Meetings:
    """Only pixels of x whose taps all lie within y."""
    found = meetings(problem)
    if problem.direction != "filter_gradient":
        return found
    count = int(np.prod([axis.kernel for axis in problem.axes]))
    whole = np.isin(found.short, [each for each in found.short if np.count_nonzero(found.short == each) == count])
    return Meetings(found.short[whole], found.tap[whole], found.long[whole])


def _overwritten(problem: Problem, scratch: Scratch) -> Array:
    """Each pixel's products replace those of the one before."""
    if problem.direction != "filter_gradient":
        return PLAIN(problem, scratch)
    return Engine(meet=_last_pixel)(problem, scratch)


def _last_pixel(problem: Problem) -> Meetings:
    """Of every tap the last pair of pixels that it brings together."""
    found = meetings(problem)
    last = {int(tap): row for row, tap in enumerate(found.tap)}
    kept = np.array(sorted(last.values()), dtype=np.int64)
    return Meetings(found.short[kept], found.tap[kept], found.long[kept])


def _of_another_framework(result: Array, problem: Problem) -> Array:
    """[*kernel, a, b] as [b, a, *kernel]."""
    written = write(result, problem)
    return np.ascontiguousarray(np.moveaxis(written, (-1, -2), (0, 1))) if _APPLIES(problem) else written


FAULTS = (
    _fault(
        "filter-gradient-channels-exchanged",
        "The filter's gradient is transposed in its channels, where they are as many in as out.",
        finish=_finish(_channels_exchanged),
        diagnosis=(
            "filter_as_woi",
            "filter_as_hwoi",
            "filter_as_dhwoi",
            "filter_as_wio",
            "filter_as_hwio",
            "filter_as_dhwio",
            "filter_as_hwmi",
        ),
    ),
    _fault(
        "filter-gradient-flipped",
        "The filter's gradient has its taps turned around.",
        finish=_finish(_flipped),
        diagnosis=("flip_all", "flip_width"),
    ),
    _fault(
        "filter-gradient-overwritten",
        "The filter's gradient keeps each tap's last pair of pixels instead of the sum.",
        compute=_overwritten,
        diagnosis=("one_pixel_of_each_tap",),
    ),
    _fault(
        "filter-gradient-last-image",
        "Each image overwrites the filter's gradient of the one before.",
        edit=_of_images(slice(-1, None)),
        diagnosis=("only_last_image",),
    ),
    _fault(
        "filter-gradient-first-image",
        "The filter's gradient is that of the first image alone.",
        edit=_of_images(slice(0, 1)),
        diagnosis=("only_first_image",),
    ),
    _fault(
        "filter-gradient-mean-over-batch",
        "The filter's gradient is divided by the number of images.",
        finish=finish_where(_APPLIES, _mean_over_batch),
        diagnosis=("mean_over_batch",),
    ),
    _fault(
        "filter-gradient-whole-windows",
        "The filter's gradient leaves out pixels of which a tap falls beyond the border.",
        compute=Engine(meet=_whole_windows),
        diagnosis=("whole_windows",),
    ),
    _fault(
        "filter-gradient-without-stride",
        "The filter's gradient takes every stride as 1.",
        edit=_with_axes(lambda axis: replace(axis, stride=1)),
        diagnosis=("ignore_strides",),
    ),
    _fault(
        "filter-gradient-without-dilation",
        "The filter's gradient takes every dilation as 1.",
        edit=_with_axes(lambda axis: replace(axis, dilation=1)),
        diagnosis=("ignore_dilations_of_taps",),
    ),
    _fault(
        "filter-gradient-without-crop",
        "The filter's gradient begins where the cropped border does.",
        edit=_with_axes(lambda axis: replace(axis, crop_before=0)),
        diagnosis=("zero_crop",),
    ),
    _fault(
        "filter-gradient-crop-exchanged",
        "The filter's gradient takes the crop before for the one behind, and the one behind for the one before.",
        edit=_with_axes(lambda axis: replace(axis, crop_before=axis.crop_after)),
        diagnosis=("crop_after_for_before",),
    ),
    _fault(
        "filter-gradient-of-another-framework",
        "The filter's gradient comes back with its channels before its taps.",
        "wrong_shape",
        "differs",
        write=_of_another_framework,
        diagnosis=("channels_before_taps",),
    ),
)
