"""Padding: what is cropped, where, and what lies beyond.

Knows: problems, their crops and the padding that named them. The output has the lengths asked for, unless a fault is
about those.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.mutants.fault import Edit, Fault, Outcome
from conformance.mutants.problem import Array, Problem
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis


def _fault(
    name: str,
    summary: str,
    *diagnosis: str,
    known_bug: str | None = None,
    outcomes: tuple[Outcome, ...] = ("differs",),
    **stages: Any,
) -> Fault:
    return Fault(name, summary, "padding", outcomes, diagnosis, known_bug, **stages)


def _crops(crop: Callable[[Axis, AxisPadding], int]) -> Edit:
    """Another crop_before of every axis, from its integers and its padding."""

    def edit(problem: Problem) -> Problem:
        axes = tuple(
            replace(axis, crop_before=crop(axis, padding))
            for axis, padding in zip(problem.axes, problem.paddings, strict=True)
        )
        return replace(problem, axes=axes)

    return edit


def _when_same(crop: Callable[[Axis], int]) -> Edit:
    return _crops(lambda axis, padding: crop(axis) if padding == "SAME" else axis.crop_before)


def _when_explicit(crop: Callable[[Axis, int, int], int]) -> Edit:
    """Another crop from the axis and its explicit (before, after)."""
    return _crops(lambda axis, pair: axis.crop_before if isinstance(pair, str) else crop(axis, *pair))


def _ceil(axis: Axis) -> int:
    return (max(axis.full - axis.output, 0) + 1) // 2


def _folk_recipe(axis: Axis) -> int:
    """The recipe is padding = (k - 1) // 2 with output_padding = stride - 1."""
    return (axis.extent - 1) // 2


def _exchanged(problem: Problem) -> Problem:
    height, width = problem.axes
    axes = (replace(height, crop_before=width.crop_before), replace(width, crop_before=height.crop_before))
    return replace(problem, axes=axes)


def _crop_of_heights_stride(problem: Problem) -> Problem:
    """SAME's crop of the width computed with height's stride."""
    height, width = problem.axes
    if "SAME" not in problem.paddings:
        return problem
    full = height.stride * (width.input - 1) + width.extent
    return replace(problem, axes=(height, replace(width, crop_before=max(full - width.output, 0) // 2)))


def _pads_of_height(problem: Problem) -> Problem:
    height, width = problem.axes
    if isinstance(problem.paddings[0], str):
        return problem
    return replace(problem, axes=(height, replace(width, crop_before=height.crop_before)))


def _lengths(choose: Callable[[range], int]) -> Edit:
    """One of the legal output lengths, whichever was asked for."""

    def edit(problem: Problem) -> Problem:
        axes = []
        for axis, padding in zip(problem.axes, problem.paddings, strict=True):
            numbers = (axis.input, axis.kernel, axis.stride, axis.dilation, padding)
            legal = legal_output_lengths(*numbers)
            axes.append(transposed_axis(*numbers, choose(legal)) if legal else axis)
        return replace(problem, axes=tuple(axes))

    return edit


def _zero_tail(result: Array, problem: Problem) -> Array:
    """What lies beyond the smallest legal output is filled with zeros instead of being computed."""
    changed = result.copy()
    for at, (axis, padding) in enumerate(zip(problem.axes, problem.paddings, strict=True), start=1):
        legal = legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, padding)
        changed.swapaxes(0, at)[min(legal, default=0) :] = 0
    return changed


def _repeated_tail(result: Array, problem: Problem) -> Array:
    """What lies beyond the full result repeats its last element instead of being zero."""
    changed = result
    for at, axis in enumerate(problem.axes, start=1):
        reached = axis.full - axis.crop_before
        if 0 < reached < axis.output:
            changed = changed.take(np.minimum(np.arange(axis.output), reached - 1), axis=at)
    return changed


def _input_padded(problem: Problem) -> Problem:
    """The crop is added to the input as zeros; nothing is cropped but the end."""
    crops = [(axis.crop_before, max(axis.crop_after, 0)) for axis in problem.axes]
    value = np.pad(problem.value, [(0, 0), *crops, (0, 0)])
    return replace(problem, value=value, axes=tuple(replace(axis, crop_before=0) for axis in problem.axes))


def _pads_of_dilated_input(problem: Problem) -> Problem:
    """Explicit pads lie around the zero-dilated input, and decide the output's length."""
    axes = []
    for axis, pair in zip(problem.axes, problem.paddings, strict=True):
        if isinstance(pair, str):
            return problem
        before, after = pair
        around = axis.extent - 1
        length = max(axis.full - 2 * around + before + after, 0)
        axes.append(replace(axis, crop_before=around - before, output=length))
    return replace(problem, axes=tuple(axes))


FAULTS = (
    _fault(
        "crop-on-the-wrong-side",
        "SAME with an odd total crops the extra element before instead of after.",
        "swap_crop_sides",
        known_bug="https://github.com/microsoft/onnxruntime/issues/9370",
        edit=_when_same(_ceil),
    ),
    _fault(
        "crops-one-more",
        "The crop begins one later.",
        "crop_before_all_plus_1",
        "crop_before_height_plus_1",
        "crop_before_width_plus_1",
        edit=_crops(lambda axis, _: axis.crop_before + 1),
    ),
    _fault(
        "crops-one-less",
        "A crop begins one earlier.",
        "crop_before_all_minus_1",
        "crop_before_height_minus_1",
        "crop_before_width_minus_1",
        edit=_crops(lambda axis, _: max(axis.crop_before - 1, 0)),
    ),
    _fault(
        "exchanged-crops",
        "The crops of height and width are exchanged.",
        "swap_crop_axes",
        known_bug="https://github.com/tensorflow/tensorflow/pull/24151",
        edit=_exchanged,
    ),
    _fault(
        "same-as-valid",
        "SAME crops nothing before.",
        "zero_crop",
        "padding_as_valid",
        known_bug="https://github.com/microsoft/onnxruntime/issues/4086",
        edit=_when_same(lambda axis: 0),
    ),
    _fault(
        "same-by-folk-recipe",
        "SAME is padding=(k-1)//2 with output_padding=s-1: the shape is right, every pixel one off.",
        "half_kernel_crop",
        known_bug="https://github.com/keras-team/keras/pull/22876",
        edit=_when_same(_folk_recipe),
    ),
    _fault(
        "same-crops-behind",
        "SAME crops all of it before.",
        "crop_all_before",
        edit=_when_same(lambda axis: max(axis.full - axis.output, 0)),
    ),
    _fault(
        "same-of-heights-stride",
        "SAME's crop of the width is computed with height's stride.",
        "crop_of_first_stride",
        known_bug="https://github.com/PaddlePaddle/Paddle/pull/20997",
        edit=_crop_of_heights_stride,
    ),
    _fault(
        "same-of-smallest-output",
        "SAME's crop is that of the smallest legal output, whichever was asked for.",
        "crop_of_smallest_output",
        edit=_when_same(lambda axis: max(axis.full - axis.stride * (axis.input - 1) - 1, 0) // 2),
    ),
    _fault(
        "zero-tail",
        "What lies beyond the smallest legal output is zero instead of computed.",
        "zeros_appended",
        known_bug="https://github.com/apache/tvm/pull/4708",
        finish=_zero_tail,
    ),
    _fault(
        "repeated-tail",
        "What lies beyond the full result repeats its last element instead of being zero.",
        "tail_repeated",
        finish=_repeated_tail,
    ),
    _fault(
        "smallest-output",
        "output_shape is ignored; the smallest legal one is returned.",
        "smallest_output",
        known_bug="https://github.com/tensorflow/tensorflow/pull/35207",
        outcomes=("wrong_shape",),
        edit=_lengths(lambda legal: legal[0]),
    ),
    _fault(
        "largest-output",
        "output_shape is ignored; the largest legal one is returned.",
        "largest_output",
        outcomes=("wrong_shape",),
        edit=_lengths(lambda legal: legal[-1]),
    ),
    _fault(
        "pads-the-input",
        "The input is padded instead of the output cropped.",
        "pad_input",
        known_bug="https://github.com/Samsung/TICO/issues/420",
        edit=_input_padded,
    ),
    _fault(
        "explicit-sides-swapped",
        "Of explicit pads, after is taken for before.",
        "swap_explicit_pads",
        "swap_crop_sides",
        edit=_when_explicit(lambda axis, before, after: after),
    ),
    _fault(
        "explicit-pads-of-the-input",
        "Explicit pads lie around the zero-dilated input.",
        "pads_of_dilated_input",
        known_bug="https://github.com/jax-ml/jax/issues/32267",
        outcomes=("wrong_shape", "differs"),
        edit=_pads_of_dilated_input,
    ),
    _fault(
        "explicit-averaged",
        "Explicit pads of an axis are averaged.",
        "symmetric_crop",
        known_bug="https://github.com/tinygrad/tinygrad/pull/840",
        edit=_when_explicit(lambda axis, before, after: (before + after) // 2),
    ),
    _fault("explicit-pads-of-height", "Both axes have height's pads.", "first_crop_for_all", edit=_pads_of_height),
    _fault(
        "explicit-ignored",
        "Explicit pads crop nothing.",
        "zero_crop",
        edit=_when_explicit(lambda axis, before, after: 0),
    ),
    _fault(
        "explicit-as-same",
        "Explicit pads are taken for SAME.",
        "padding_as_same",
        edit=_when_explicit(lambda axis, before, after: max(axis.full - axis.output, 0) // 2),
    ),
    _fault(
        "crops-at-most-the-kernel",
        "No crop is longer than the dilated kernel less one.",
        "crop_at_most_kernel",
        edit=_crops(lambda axis, _: min(axis.crop_before, axis.extent - 1)),
    ),
)
