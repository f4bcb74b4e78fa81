"""The gradient for the value: the adjoint map, computed with the wrong kernel, places or numbers.

Knows: canonical arrays and axes. Nothing here changes the result itself, or another gradient.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.fault import FamilyFault, asked_for, edit_where, finish_where
from conformance.mutants.operators.problem import Array, Problem, write
from reference.geometry import Axis

_APPLIES = asked_for("value_gradient")


def _fault(name: str, summary: str, outcome: Outcome = "differs", **stages: Any) -> FamilyFault:
    return FamilyFault(name, summary, "value gradient", (outcome,), **stages)


def _with_axes(change: Callable[[Axis], Axis]) -> Callable[[Problem], Problem]:
    return edit_where(_APPLIES, lambda problem: replace(problem, axes=tuple(change(axis) for axis in problem.axes)))


def _with_filter(change: Callable[[Array], Array]) -> Callable[[Problem], Problem]:
    return edit_where(_APPLIES, lambda problem: replace(problem, filter=change(problem.filter)))


def _flipped(filter: Array) -> Array:
    return np.flip(filter, tuple(range(filter.ndim - 2)))


def _without_last_tap(filter: Array) -> Array:
    changed = filter.copy()
    changed.reshape(-1, *filter.shape[-2:])[-1] = 0
    return changed


def _gaps_repeated(result: Array, problem: Problem) -> Array:
    """What strides of a kernel of one skip gets the gradient before it instead of zero."""
    if any(axis.kernel > 1 for axis in problem.axes) or problem.target != "output":
        return result
    for place, axis in enumerate(problem.axes, 1):
        positions = np.arange(axis.output) + axis.crop_before
        sources = positions // axis.stride * axis.stride - axis.crop_before
        result = result.take(np.clip(sources, 0, max(axis.output - 1, 0)), axis=place)
    return result


def _first_image(result: Array, _: Problem) -> Array:
    return np.broadcast_to(result[:1], result.shape).copy() if len(result) else result


def _divided_by_batch(result: Array, _: Problem) -> Array:
    return (result / max(len(result), 1)).astype(result.dtype)


def _border_missing(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    for place in range(1, len(problem.axes) + 1):
        if result.shape[place] > 1:
            np.moveaxis(changed, place, 0)[-1] = 0
    return changed


def _shaped_as_cotangent(result: Array, problem: Problem) -> Array:
    """Of no images, where nobody looks at what comes back."""
    if problem.direction != "value_gradient" or len(result):
        return write(result, problem)
    assert problem.asked.cotangent is not None
    return np.zeros_like(problem.asked.cotangent)


FAULTS = (
    _fault(
        "value-gradient-flipped",
        "The value's gradient takes the kernel turned around.",
        edit=_with_filter(_flipped),
        diagnosis=("flip_all", "flip_width"),
    ),
    _fault(
        "value-gradient-without-crop",
        "The value's gradient begins where the cropped border does.",
        edit=_with_axes(lambda axis: replace(axis, crop_before=0)),
        diagnosis=("zero_crop",),
    ),
    _fault(
        "value-gradient-crop-exchanged",
        "The value's gradient takes the crop before for the one behind, and the one behind for the one before.",
        edit=_with_axes(lambda axis: replace(axis, crop_before=axis.crop_after)),
        diagnosis=("crop_after_for_before",),
    ),
    _fault(
        "value-gradient-without-stride",
        "The value's gradient takes every stride as 1.",
        edit=_with_axes(lambda axis: replace(axis, stride=1)),
        diagnosis=("ignore_strides",),
    ),
    _fault(
        "value-gradient-without-dilation",
        "The value's gradient takes every dilation as 1.",
        edit=_with_axes(lambda axis: replace(axis, dilation=1)),
        diagnosis=("ignore_dilations_of_taps",),
    ),
    _fault(
        "value-gradient-off-by-one",
        "The value's gradient is read one element too early along the last axis.",
        edit=edit_where(
            _APPLIES,
            lambda problem: replace(
                problem,
                axes=(*problem.axes[:-1], replace(problem.axes[-1], crop_before=problem.axes[-1].crop_before + 1)),
            ),
        ),
        diagnosis=("crop_before_width_plus_1",),
    ),
    _fault(
        "value-gradient-last-tap-missing",
        "The value's gradient leaves the last tap out.",
        edit=_with_filter(_without_last_tap),
        diagnosis=("drop_last_tap",),
    ),
    _fault(
        "value-gradient-gaps-repeated",
        "With a kernel of one, the pixels that strides skip get the gradient before them instead of zero.",
        known_bug="https://github.com/pytorch/pytorch/issues/63314",
        finish=finish_where(_APPLIES, _gaps_repeated),
        diagnosis=("gaps_repeated",),
    ),
    _fault(
        "value-gradient-first-image",
        "Every image gets the gradient of the first.",
        finish=finish_where(_APPLIES, _first_image),
        diagnosis=("first_image_everywhere",),
    ),
    _fault(
        "value-gradient-divided-by-batch",
        "The value's gradient is divided by the number of images.",
        finish=finish_where(_APPLIES, _divided_by_batch),
        diagnosis=("mean_over_batch",),
    ),
    _fault(
        "value-gradient-border-missing",
        "The value's gradient is zero in the last row of every spatial axis.",
        finish=finish_where(_APPLIES, _border_missing),
        diagnosis=("last_row_missing",),
    ),
    _fault(
        "value-gradient-shape-of-no-images",
        "Without images, the value's gradient has the shape of the cotangent.",
        "wrong_shape",
        write=_shaped_as_cotangent,
        undiagnosed="there are no elements that could tell",
    ),
)
