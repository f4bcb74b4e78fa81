"""The kernel: its orientation, its taps, how products that meet are combined, and pixels that are left out.

Knows: canonical kernels (*kernel, out / groups, in) and axes. A change of the kernel holds for the result, for the
value's gradient, and, where it is its own adjoint, for the filter's.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.changes import Change, kernel, operand, overlap, pixels_of, zeroed
from conformance.operators.convolution.mutants.engine import Engine
from conformance.operators.convolution.mutants.fault import (
    Condition,
    Fault,
    asked_for,
    both,
    in_direction,
    transposed_result,
    wrong,
)
from conformance.operators.convolution.mutants.problem import Array, Problem


def rank(*ranks: int) -> Condition:
    """Whether the operator has so many spatial axes."""
    return lambda problem: len(problem.axes) in ranks


def flipped(filter: Array) -> Array:
    """Every tap at the other end."""
    return np.flip(filter, tuple(range(filter.ndim - 2)))


def _exchanged_in_memory(first: int, second: int) -> Callable[[Array], Array]:
    return lambda weights: np.ascontiguousarray(weights.swapaxes(first, second)).reshape(weights.shape)


def _transposed(problem: Problem) -> Problem:
    """The last two axes of the kernel, with their numbers of taps."""
    *others, height, width = problem.axes
    axes = (*others, replace(height, kernel=width.kernel), replace(width, kernel=height.kernel))
    return replace(problem, filter=problem.filter.swapaxes(-4, -3), axes=axes)


def _as_in_out(filter: Array) -> Array:
    return filter.swapaxes(-1, -2) if filter.shape[-1] == filter.shape[-2] else filter


def _without_centre(filter: Array) -> Array:
    lengths = filter.shape[:-2]
    return zeroed(filter, tuple(length // 2 for length in lengths)) if max(lengths) >= 3 else filter


def _without_last_tap(filter: Array) -> Array:
    lengths = filter.shape[:-2]
    return zeroed(filter, tuple(length - 1 for length in lengths)) if max(lengths) >= 2 else filter


def first_taps(kept: Callable[[int], int]) -> Change:
    """The first taps of every axis, of a number that depends on its length."""

    def change(filter: Array) -> Array:
        whole = tuple(slice(0, kept(length)) for length in filter.shape[:-2])
        changed = np.zeros_like(filter)
        changed[whole] = filter[whole]
        return changed

    return change


def _one_plane(filter: Array) -> Array:
    changed = np.zeros_like(filter)
    middle = len(filter) // 2
    changed[middle] = filter[middle]
    return changed


def _divided_by_overlap(result: Array, problem: Problem) -> Array:
    channels = (1, 1) if problem.target == "filter" else (1,)
    counts = np.maximum(overlap(problem), 1)
    return np.asarray(result / counts.reshape(*counts.shape, *channels).astype(result.dtype)).astype(result.dtype)


def _nearest(problem: Problem) -> Problem:
    """Every input repeated `stride` times, then a transposed convolution of stride 1."""
    value = problem.value
    for place, axis in enumerate(problem.axes, 1):
        value = value.repeat(axis.stride, axis=place)
    axes = tuple(replace(axis, stride=1, input=axis.stride * axis.input) for axis in problem.axes)
    return replace(problem, value=value, axes=axes)


def _without_last_phase(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    for place, axis in enumerate(problem.axes, 1):
        if axis.stride > 1 and problem.target == "output":
            changed.swapaxes(0, place)[axis.stride - 1 :: axis.stride] = 0
    return changed


def _without_last_row(array: Array) -> Array:
    return zeroed(array, np.s_[:, -1]) if array.shape[1] > 1 else array


def _without_border(array: Array) -> Array:
    for place in range(1, array.ndim - 1):
        if array.shape[place] > 1:
            array = zeroed(array.swapaxes(0, place), -1).swapaxes(0, place)
    return array


def _gaps_repeated(result: Array, problem: Problem) -> Array:
    """What strides of a kernel of one skip gets the gradient before it instead of zero."""
    for place, axis in enumerate(problem.axes, 1):
        positions = np.arange(axis.output) + axis.crop_before
        sources = positions // axis.stride * axis.stride - axis.crop_before
        result = result.take(np.clip(sources, 0, max(axis.output - 1, 0)), axis=place)
    return result


def _skips_pixels(problem: Problem) -> bool:
    return (
        problem.direction == "value_gradient"
        and problem.target == "output"
        and all(axis.kernel == 1 for axis in problem.axes)
    )


def _given_row_missing(problem: Problem) -> Problem:
    """Of the operand with pixels that a direction reads first."""
    name = "value" if problem.direction in ("forward", "filter_gradient") else "cotangent"
    return operand(name, _without_last_row)(problem)


def _map(name: str, summary: str, diagnosis: str, **parts: Any) -> Fault:
    """Nothing that the gradient of a bias could show."""
    return wrong(name, summary, diagnosis, **{"where": lambda problem: problem.target is not None, **parts})


FLIPPED = _map("flipped-kernel", "The kernel is turned around.", "flip_all flip_width",
               known_bug="https://github.com/jax-ml/jax/issues/11252", **kernel(flipped))  # fmt: skip
SWAPPED_CHANNELS = _map(
    "swapped-channels",
    "The filter's two axes of channels are exchanged, where they are equally long.",
    "filter_as_woi filter_as_hwoi filter_as_dhwoi filter_as_wio filter_as_hwio filter_as_dhwio filter_as_hwmi",
    **kernel(_as_in_out),
)
LAST_TAP = _map("last-tap-missing", "The last tap is left out.", "drop_last_tap", **kernel(_without_last_tap))
BORDER = wrong("border-missing", "The last row of every spatial axis stays zero.", "last_row_missing",
               finish=pixels_of(_without_border))  # fmt: skip

FAULTS = (
    FLIPPED,
    *in_direction("value_gradient", FLIPPED, LAST_TAP, BORDER),
    *in_direction("filter_gradient", FLIPPED, SWAPPED_CHANNELS),
    *(
        _map(f"flipped-{name}", f"The kernel is turned around in {name} alone.", f"flip_{name}",
             where=rank(*range(-axis, 4)), **kernel(partial(np.flip, axis=axis - 2)))
        for name, axis in (("depth", -3), ("height", -2), ("width", -1))
    ),
    _map("transposed-kernel", "The kernel's height and width are exchanged, with their numbers of taps.",
         "transpose_kernel", where=both(rank(2, 3), asked_for("forward", "value_gradient")), edit=_transposed),
    *(
        _map(f"{name}-exchanged", f"The kernel's {name.replace('-', ' ')} are exchanged in memory.",
             "kernel_axes_exchanged", where=rank(*ranks), edit=operand("filter", _exchanged_in_memory(*axes)))
        for name, axes, ranks in (
            ("depth-and-height", (0, 1), (3,)),
            ("depth-and-width", (0, 2), (3,)),
            ("height-and-width", (-4, -3), (2, 3)),
        )
    ),
    SWAPPED_CHANNELS,
    LAST_TAP,
    _map("centre-tap-missing", "The centre of kernels from 3 on is left out.", "drop_centre_tap",
         **kernel(_without_centre)),
    _map("taps-beyond-three", "Taps beyond the third are ignored.", "at_most_three_taps",
         **kernel(first_taps(lambda length: 3))),
    _map("depth-of-one-plane", "Only the middle plane of a kernel's depth is used.", "only_centre_tap", where=rank(3),
         **kernel(_one_plane)),
    wrong("overwrites", "A pixel keeps the last product put there.", "last_tap_wins first_tap_wins",
          compute=Engine(overwrites=True)),
    wrong("first-tap-wins", "A pixel keeps the first tap's product.", "first_tap_wins last_tap_wins",
          compute=Engine(overwrites=True, backwards=True)),
    _map("divides-by-overlap", "Sums are divided by the number of pairs of pixels that meet.", "divide_by_overlap",
         finish=_divided_by_overlap),
    # An enlargement that is mistaken for a transposed convolution: the other maps enlarge nothing.
    wrong("nearest-neighbour", "The input is enlarged by repetition, then convolved with stride 1.",
          "nearest_upsampling", where=transposed_result, edit=_nearest),
    wrong("phase-missing", "The last phase of the stride stays zero.", "last_phase_missing",
          finish=_without_last_phase),
    wrong("last-row-missing", "The last row of larger values, or cotangents, is ignored.", "drop_last_input",
          edit=_given_row_missing),
    wrong("last-plane-missing", "The last plane, or row, of the first spatial axis of the result stays zero.",
          "last_row_missing", finish=pixels_of(_without_last_row)),
    wrong("value-gradient-gaps-repeated",
          "With a kernel of one, the pixels that strides skip get the gradient before them instead of zero.",
          "gaps_repeated", known_bug="https://github.com/pytorch/pytorch/issues/63314", where=_skips_pixels,
          finish=_gaps_repeated),
)  # fmt: skip
