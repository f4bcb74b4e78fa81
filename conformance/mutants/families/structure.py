"""Structure: which product reaches which output.

Knows: problems and their integers. Next stage: `conformance.mutants.engine` computes what is left of them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.engine import Scratch, canvas, landings, window
from conformance.mutants.fault import Edit, Fault
from conformance.mutants.problem import Array, Problem
from reference.geometry import Axis, transposed_axis

MOST_TAPS = 3


def _fault(name: str, summary: str, *diagnosis: str, known_bug: str | None = None, **stages: Any) -> Fault:
    return Fault(name, summary, "structure", ("differs",), diagnosis, known_bug, **stages)


def _filter(change: Callable[[Array], Array]) -> Edit:
    """Another filter; the axes keep crop and output, and the engine takes its taps from the array."""
    return lambda problem: replace(problem, filter=change(problem.filter))


def _axes(change: Callable[[Axis], Axis]) -> Edit:
    return lambda problem: replace(problem, axes=tuple(change(axis) for axis in problem.axes))


def _numbers_of_height(*names: str) -> Edit:
    """The width takes height's numbers."""

    def edit(problem: Problem) -> Problem:
        height, width = problem.axes
        return replace(problem, axes=(height, replace(width, **{name: getattr(height, name) for name in names})))

    return edit


def _exchanged(name: str) -> Edit:
    """Height and width have each other's number."""

    def edit(problem: Problem) -> Problem:
        height, width = problem.axes
        new = (replace(height, **{name: getattr(width, name)}), replace(width, **{name: getattr(height, name)}))
        return replace(problem, axes=new)

    return edit


def _without_tap(at: Callable[[int], int], least: int) -> Callable[[Array], Array]:
    """One tap zeroed, where either side of the kernel has at least `least` taps."""

    def change(filter: Array) -> Array:
        changed = filter.copy()
        if max(filter.shape[:2]) >= least:
            changed[at(filter.shape[0]), at(filter.shape[1])] = 0
        return changed

    return change


def _as_in_out(filter: Array) -> Array:
    """The filter read as [height, width, in, out], which nobody notices where both are equal."""
    return filter.swapaxes(2, 3) if filter.shape[2] == filter.shape[3] else filter


def _as_in_out_by_reshape(filter: Array) -> Array:
    height, width, out, into = filter.shape
    return filter.reshape(height, width, into, out).swapaxes(2, 3)


def _as_iohw_by_reshape(filter: Array) -> Array:
    height, width, out, into = filter.shape
    return filter.reshape(into, out, height, width).transpose(2, 3, 1, 0)


def _in_two_groups(filter: Array) -> Array:
    """No weight leads from one half of the channels to the other half, where both counts are even."""
    out, into = filter.shape[2:]
    if out % 2 or into % 2:
        return filter
    changed = filter.copy()
    changed[:, :, : out // 2, into // 2 :] = 0
    changed[:, :, out // 2 :, : into // 2] = 0
    return changed


def _few_taps(filter: Array) -> Array:
    return filter[:MOST_TAPS, :MOST_TAPS]


def _overwritten(problem: Problem, _: Scratch) -> Array:
    whole = canvas(problem, problem.value.dtype)
    for tap, place in landings(problem):
        whole[place] = problem.value @ problem.filter[tap].T
    return window(whole, problem)


def _divided_by_overlap(result: Array, problem: Problem) -> Array:
    height, width = (np.array(axis.taps(), dtype=result.dtype) for axis in problem.axes)
    overlap = np.maximum(np.multiply.outer(height, width), 1)
    return np.asarray(result / overlap[..., np.newaxis].astype(result.dtype))


def _nearest(problem: Problem) -> Problem:
    """Every input repeated `stride` times, then a transposed convolution of stride 1."""
    height, width = problem.axes
    value = problem.value.repeat(height.stride, axis=1).repeat(width.stride, axis=2)
    return replace(problem, value=value, axes=tuple(replace(axis, stride=1) for axis in problem.axes))


def _undilated(problem: Problem) -> Problem:
    """The call as if its dilations were 1, but for the output lengths that it names."""
    axes = tuple(
        transposed_axis(axis.input, axis.kernel, axis.stride, 1, padding, axis.output)
        for axis, padding in zip(problem.axes, problem.paddings, strict=True)
    )
    return replace(problem, axes=axes)


def _crop_undilated(problem: Problem) -> Problem:
    crops = [axis.crop_before for axis in _undilated(problem).axes]
    axes = tuple(replace(axis, crop_before=crop) for axis, crop in zip(problem.axes, crops, strict=True))
    return replace(problem, axes=axes)


def _dilated_in_strides(axis: Axis) -> Axis:
    return replace(axis, dilation=axis.dilation * axis.stride) if axis.dilation > 1 else axis


def _without_last_phase(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    for at, axis in enumerate(problem.axes, start=1):
        if axis.stride > 1:
            changed.swapaxes(0, at)[axis.stride - 1 :: axis.stride] = 0
    return changed


def _without_last_row(problem: Problem) -> Problem:
    value = problem.value.copy()
    if value.shape[1] > 1:
        value[:, -1] = 0
    return replace(problem, value=value)


def _first_tap_wins(problem: Problem, _: Scratch) -> Array:
    """Where the painted kernels of neighbours overlap, only the one painted first stays."""
    whole = canvas(problem, problem.value.dtype)
    painted = np.zeros(whole.shape, dtype=bool)
    for tap, place in landings(problem):
        whole[place] += np.where(painted[place], 0, problem.value @ problem.filter[tap].T)
        painted[place] = True
    return window(whole, problem)


FAULTS = (
    _fault(
        "flipped-kernel",
        "The kernel is turned by 180 degrees.",
        "flip_all",
        known_bug="https://github.com/jax-ml/jax/issues/11252",
        edit=_filter(lambda w: w[::-1, ::-1]),
    ),
    _fault("flipped-height", "The kernel is upside down.", "flip_height", edit=_filter(lambda w: w[::-1])),
    _fault("flipped-width", "The kernel is mirrored.", "flip_width", edit=_filter(lambda w: w[:, ::-1])),
    _fault(
        "transposed-kernel",
        "The kernel's height and width are exchanged.",
        "transpose_kernel",
        edit=_filter(lambda w: w.swapaxes(0, 1)),
    ),
    _fault(
        "swapped-channels",
        "The filter is read as [height, width, in, out] where in equals out.",
        "filter_as_hwio",
        edit=_filter(_as_in_out),
    ),
    _fault(
        "filter-reshaped-to-hwio",
        "The filter's memory is read as [height, width, in, out].",
        "filter_as_hwio",
        edit=_filter(_as_in_out_by_reshape),
    ),
    _fault(
        "filter-reshaped-to-iohw",
        "The filter's memory is read as [in, out, height, width].",
        "filter_as_iohw",
        edit=_filter(_as_iohw_by_reshape),
    ),
    _fault("two-groups", "Even channels are convolved in two groups.", "two_groups", edit=_filter(_in_two_groups)),
    _fault(
        "last-tap-missing", "The last tap is left out.", "drop_last_tap", edit=_filter(_without_tap(lambda k: k - 1, 2))
    ),
    _fault(
        "centre-tap-missing",
        "The centre of kernels from 3 on is left out.",
        "drop_centre_tap",
        edit=_filter(_without_tap(lambda k: k // 2, 3)),
    ),
    _fault("taps-beyond-three", "Taps beyond the third are ignored.", "at_most_three_taps", edit=_filter(_few_taps)),
    _fault(
        "overwrites",
        "An output keeps the last product put there.",
        "last_tap_wins",
        "first_tap_wins",
        compute=_overwritten,
    ),
    _fault("first-tap-wins", "An output keeps the first tap's product.", "first_tap_wins", compute=_first_tap_wins),
    _fault(
        "divides-by-overlap",
        "Sums are divided by the number of overlapping taps.",
        "divide_by_overlap",
        finish=_divided_by_overlap,
    ),
    _fault("ignores-stride", "The stride is 1.", "ignore_strides", edit=_axes(lambda axis: replace(axis, stride=1))),
    _fault(
        "stride-of-height",
        "Both axes have height's stride.",
        "first_stride_for_all",
        edit=_numbers_of_height("stride"),
    ),
    _fault(
        "exchanged-strides", "Height's and width's stride are exchanged.", "swap_strides", edit=_exchanged("stride")
    ),
    _fault(
        "nearest-neighbour",
        "The input is enlarged by repetition, then convolved with stride 1.",
        "nearest_upsampling",
        edit=_nearest,
    ),
    _fault(
        "ignores-dilation",
        "The call is answered as if its dilations were 1.",
        "ignore_dilations",
        known_bug="https://github.com/keras-team/keras/issues/8159",
        edit=_undilated,
    ),
    _fault(
        "taps-ignore-dilation",
        "The crop is right, and the taps lie side by side.",
        "ignore_dilations_of_taps",
        known_bug="https://github.com/pytorch/pytorch/issues/1565",
        edit=_axes(lambda axis: replace(axis, dilation=1)),
    ),
    _fault(
        "crop-ignores-dilation",
        "The taps are right, and the crop is that of dilation 1.",
        "crop_ignores_dilations",
        known_bug="https://github.com/pytorch/pytorch/issues/14272",
        edit=_crop_undilated,
    ),
    _fault(
        "dilation-of-height",
        "Both axes have height's dilation.",
        "first_dilation_for_all",
        edit=_numbers_of_height("dilation"),
    ),
    _fault(
        "exchanged-dilations",
        "Height's and width's dilation are exchanged.",
        "swap_dilations",
        edit=_exchanged("dilation"),
    ),
    _fault(
        "stride-as-dilation",
        "Stride and dilation are exchanged.",
        "exchange_strides_and_dilations",
        edit=_axes(lambda axis: replace(axis, stride=axis.dilation, dilation=axis.stride)),
    ),
    _fault(
        "dilation-in-strides",
        "The dilation counts inputs, so that stride and dilation together misplace a tap.",
        "dilations_in_strides",
        known_bug="https://github.com/apache/mxnet/issues/11203",
        edit=_axes(_dilated_in_strides),
    ),
    _fault(
        "phase-missing", "The last phase of the stride stays zero.", "last_phase_missing", finish=_without_last_phase
    ),
    _fault("last-row-missing", "The last row of larger inputs is ignored.", "drop_last_input", edit=_without_last_row),
)
