"""Spatial axes: their order, their own numbers, and what calls of one and three axes borrow from those of two.

Knows: kernels and axes. Nothing here asks whether it is the result or a gradient that is wanted: the map is wrong.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from conformance.mutants.operators.fault import Condition, Edit, FamilyFault, Finish, edit_where, finish_where
from conformance.mutants.operators.problem import Array, Problem
from reference.geometry import Axis

Axes = tuple[Axis, ...]


def _fault(name: str, summary: str, edit: Edit, diagnosis: tuple[str, ...] = ()) -> FamilyFault:
    return FamilyFault(name, summary, "axes", ("differs",), edit=edit, diagnosis=diagnosis)


def _finished(name: str, summary: str, finish: Finish, diagnosis: tuple[str, ...] = ()) -> FamilyFault:
    return FamilyFault(name, summary, "axes", ("differs",), finish=finish, diagnosis=diagnosis)


def _rank(*ranks: int) -> Condition:
    return lambda problem: len(problem.axes) in ranks


def _axes(change: Callable[[Axes], Axes], condition: Condition) -> Edit:
    return edit_where(condition, lambda problem: replace(problem, axes=change(problem.axes)))


def _filter(change: Callable[[Array], Array], condition: Condition) -> Edit:
    """Another filter, where it is not the filter's gradient that is asked for."""
    return edit_where(
        lambda problem: problem.direction != "filter_gradient" and condition(problem),
        lambda problem: replace(problem, filter=change(problem.filter)),
    )


def _exchanged(first: int, second: int) -> Callable[[Array], Array]:
    """Two axes of the kernel's memory."""

    def change(filter: Array) -> Array:
        return np.ascontiguousarray(filter.swapaxes(first, second)).reshape(filter.shape)

    return change


def _one_plane(filter: Array) -> Array:
    """All planes of depth but the middle one are left out."""
    changed = np.zeros_like(filter)
    middle = len(filter) // 2
    changed[middle] = filter[middle]
    return changed


def _last_plane_missing(result: Array, _: Problem) -> Array:
    changed = result.copy()
    if result.shape[1] > 1:
        changed[:, -1] = 0
    return changed


def _without_stride(axes: Axes) -> Axes:
    return tuple(replace(axis, stride=1) for axis in axes)


def _without_dilation(axes: Axes) -> Axes:
    return tuple(replace(axis, dilation=1) for axis in axes)


FAULTS = (
    _fault(
        "depth-and-height-exchanged",
        "The kernel's depth and height are exchanged in memory.",
        _filter(_exchanged(0, 1), _rank(3)),
        diagnosis=("kernel_axes_exchanged",),
    ),
    _fault(
        "depth-and-width-exchanged",
        "The kernel's depth and width are exchanged in memory.",
        _filter(_exchanged(0, 2), _rank(3)),
        diagnosis=("kernel_axes_exchanged",),
    ),
    _fault(
        "height-and-width-exchanged",
        "The kernel's last two axes are exchanged in memory.",
        _filter(_exchanged(-4, -3), _rank(2, 3)),
        diagnosis=("kernel_axes_exchanged",),
    ),
    _fault(
        "depth-flipped",
        "The kernel is turned around in depth alone.",
        _filter(lambda w: w[::-1], _rank(3)),
        diagnosis=("flip_depth",),
    ),
    _fault(
        "one-axis-flipped",
        "The kernel of one axis is turned around.",
        _filter(lambda w: w[::-1], _rank(1)),
        diagnosis=("flip_width",),
    ),
    _fault(
        "last-stride-for-all",
        "Every axis has the last one's stride.",
        _axes(lambda axes: tuple(replace(axis, stride=axes[-1].stride) for axis in axes), _rank(1, 2, 3)),
        diagnosis=("last_stride_for_all",),
    ),
    _fault(
        "first-stride-for-all",
        "Every axis has the first one's stride.",
        _axes(lambda axes: tuple(replace(axis, stride=axes[0].stride) for axis in axes), _rank(1, 2, 3)),
        diagnosis=("first_stride_for_all",),
    ),
    _fault(
        "strides-in-other-order",
        "The strides are read from the last axis to the first.",
        _axes(
            lambda axes: tuple(
                replace(axis, stride=other.stride) for axis, other in zip(axes, reversed(axes), strict=True)
            ),
            _rank(2, 3),
        ),
        diagnosis=("swap_strides",),
    ),
    _fault(
        "last-dilation-for-all",
        "Every axis has the last one's dilation.",
        _axes(lambda axes: tuple(replace(axis, dilation=axes[-1].dilation) for axis in axes), _rank(2, 3)),
        diagnosis=("last_dilation_for_all",),
    ),
    _fault(
        "first-crop-for-all",
        "Every axis is cropped as the first one.",
        _axes(lambda axes: tuple(replace(axis, crop_before=axes[0].crop_before) for axis in axes), _rank(2, 3)),
        diagnosis=("first_crop_for_all",),
    ),
    _fault(
        "stride-ignored",
        "Every stride is 1.",
        _axes(_without_stride, _rank(1, 2, 3)),
        diagnosis=("ignore_strides",),
    ),
    _fault(
        "dilation-ignored",
        "Every dilation is 1.",
        _axes(_without_dilation, _rank(1, 2, 3)),
        diagnosis=("ignore_dilations_of_taps",),
    ),
    _fault(
        "depth-of-one-plane",
        "Only the middle plane of a kernel's depth is used.",
        _filter(_one_plane, _rank(3)),
        diagnosis=("only_centre_tap",),
    ),
    _finished(
        "last-plane-missing",
        "The last plane of depth of the result stays zero.",
        finish_where(lambda problem: problem.direction == "forward" and _rank(3)(problem), _last_plane_missing),
        diagnosis=("last_row_missing",),
    ),
)
