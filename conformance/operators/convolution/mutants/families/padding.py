"""Padding: what is cropped or padded, where, which lengths follow, and what lies beyond.

Knows: axes, of which `crop_before` is what a transposed convolution crops and a convolution pads before, and the rule
that named it. The lengths are those asked for, unless a fault is about those.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from conformance.operators.convolution.mutants.changes import numbers, reread, ruled_axes
from conformance.operators.convolution.mutants.fault import (
    Edit,
    Fault,
    forward_convolution,
    in_direction,
    transposed_result,
    wrong,
)
from conformance.operators.convolution.mutants.problem import Array, Problem
from reference.geometry import Axis, AxisPadding, legal_output_lengths, transposed_axis

Pads = Sequence[tuple[int, int]]


def _crops(crop: Callable[[Axis], int]) -> Edit:
    """Another crop_before of every axis."""
    return ruled_axes(lambda axis, rule: replace(axis, crop_before=crop(axis)))


def _same(crop: Callable[[Axis], int]) -> Edit:
    return ruled_axes(lambda axis, rule: replace(axis, crop_before=crop(axis)) if rule == "SAME" else axis)


def _explicit(crop: Callable[[int, int], int]) -> Edit:
    """Another crop from an axis's explicit (before, after)."""
    return ruled_axes(
        lambda axis, rule: axis if isinstance(rule, str) else replace(axis, crop_before=crop(*rule))
    )  # fmt: skip


def _pads(change: Callable[[Pads, Problem], Sequence[int]]) -> Edit:
    """What is cropped or padded before, read out of the explicit pads in another way."""

    def edit(problem: Problem) -> Problem:
        pads = [rule for rule in problem.rules if not isinstance(rule, str)]
        return numbers("crop_before", lambda _: change(pads, problem))(problem) if pads else problem

    return edit


def _taken(given: str, as_rule: AxisPadding) -> Edit:
    """One rule taken for another."""

    def edit(problem: Problem) -> Problem:
        def change(axis: Axis, rule: AxisPadding) -> Axis:
            word = rule if isinstance(rule, str) else "explicit"
            return reread(problem, axis, as_rule, axis.dilation) if word == given else axis

        return ruled_axes(change)(problem)

    return edit


def _total(axis: Axis) -> int:
    return max(axis.full - axis.output, 0)


def _symmetric(axis: Axis, rule: AxisPadding) -> Axis:
    """(kernel - 1) // 2 on both sides, and the length that follows from it."""
    pad = (axis.extent - 1) // 2
    length = (axis.output + 2 * pad - axis.extent) // axis.stride + 1
    return replace(axis, crop_before=pad, input=max(length, 0)) if rule == "SAME" else axis


def _of_first_stride(problem: Problem) -> Problem:
    """SAME's crop of the other axes computed with the first one's stride."""
    first, *others = problem.axes
    if "SAME" not in problem.rules:
        return problem
    totals = [_total(replace(axis, stride=first.stride)) for axis in others]
    axes = [replace(axis, crop_before=total // 2) for axis, total in zip(others, totals, strict=True)]
    return replace(problem, axes=(first, *axes))


def legal(axis: Axis, rule: AxisPadding) -> range:
    """The lengths that the caller of a transposed convolution may ask for."""
    return legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, rule)


def _lengths(choose: Callable[[range], int]) -> Edit:
    """One of the legal output lengths, whichever was asked for."""

    def change(axis: Axis, rule: AxisPadding) -> Axis:
        lengths = legal(axis, rule)
        numbers = (axis.input, axis.kernel, axis.stride, axis.dilation, rule)
        return transposed_axis(*numbers, choose(lengths)) if lengths else axis

    return ruled_axes(change)


def _zero_tail(result: Array, problem: Problem) -> Array:
    changed = result.copy()
    for place, (axis, rule) in enumerate(zip(problem.axes, problem.rules, strict=True), start=1):
        changed.swapaxes(0, place)[min(legal(axis, rule), default=0) :] = 0
    return changed


def _repeated_tail(result: Array, problem: Problem) -> Array:
    for place, axis in enumerate(problem.axes, start=1):
        reached = axis.full - axis.crop_before
        if 0 < reached < axis.output and problem.target == "output":
            result = result.take(np.minimum(np.arange(axis.output), reached - 1), axis=place)
    return result


def _input_padded(problem: Problem) -> Problem:
    """The crop is added to the input as zeros; nothing is cropped but the end."""
    crops = [(axis.crop_before, max(axis.crop_after, 0)) for axis in problem.axes]
    value = np.pad(problem.value, [(0, 0), *crops, (0, 0)])
    lengths = value.shape[1:-1]
    axes = (replace(axis, crop_before=0, input=at) for axis, at in zip(problem.axes, lengths, strict=True))
    return replace(problem, value=value, axes=tuple(axes))


def _pads_of_dilated_input(axis: Axis, rule: AxisPadding) -> Axis:
    """Explicit pads lie around the zero-dilated input, and decide the output's length."""
    if isinstance(rule, str):
        return axis
    before, after = rule
    around = axis.extent - 1
    return replace(axis, crop_before=around - before, output=max(axis.full - 2 * around + before + after, 0))


def _of_other_layout(pads: Pads, problem: Problem) -> list[int]:
    before = [pair[0] for pair in pads]
    return [*before[1:], 0] if problem.asked.last else [0, *before[:-1]]


def _fault(name: str, summary: str, diagnosis: str, edit: Edit, outcomes: str = "differs", **parts: Any) -> Fault:
    """Nothing that the gradient of a bias could show."""
    given = {"where": lambda problem: problem.target is not None, **parts}
    return wrong(name, summary, diagnosis, outcomes, edit=edit, **given)


NO_CROP = _fault("crops-nothing", "Nothing is cropped, or padded, before.", "zero_crop", _crops(lambda axis: 0))
OTHER_SIDE = _fault("crop-sides-exchanged",
                    "The crop before is taken for the one behind, and the one behind for the one before.",
                    "crop_after_for_before", _crops(lambda axis: axis.crop_after))  # fmt: skip
OFF_BY_ONE = _fault("crops-one-more-in-width", "The crop of the last axis begins one later.",
                    "crop_before_width_plus_1",
                    numbers("crop_before", lambda given: [*given[:-1], given[-1] + 1]))  # fmt: skip

FAULTS = (
    NO_CROP,
    OTHER_SIDE,
    OFF_BY_ONE,
    *in_direction("value_gradient", NO_CROP, OTHER_SIDE, OFF_BY_ONE),
    *in_direction("filter_gradient", NO_CROP, OTHER_SIDE),
    _fault("crop-on-the-wrong-side",
           "SAME with an odd total crops, or pads, the extra element before instead of after.", "swap_crop_sides",
           _same(lambda axis: (_total(axis) + 1) // 2),
           known_bug="https://github.com/microsoft/onnxruntime/issues/9370"),
    _fault("crops-one-more", "The crop, or pad, of every axis is one more.",
           "crop_before_all_plus_1 crop_before_depth_plus_1 crop_before_height_plus_1 crop_before_width_plus_1",
           _crops(lambda axis: axis.crop_before + 1)),
    _fault("crops-one-less", "The crop, or pad, of every axis that has one is one less.",
           "crop_before_all_minus_1 crop_before_depth_minus_1 crop_before_height_minus_1 crop_before_width_minus_1",
           _crops(lambda axis: max(axis.crop_before - 1, 0))),
    _fault("exchanged-crops", "The crops, or pads, are read from the last axis to the first.", "swap_crop_axes",
           numbers("crop_before", lambda given: given[::-1]),
           known_bug="https://github.com/tensorflow/tensorflow/pull/24151"),
    _fault("first-crop-for-all", "Every axis is cropped, or padded, as the first one.", "first_crop_for_all",
           numbers("crop_before", lambda given: given[:1] * len(given))),
    _fault("crops-at-most-the-kernel", "No crop is longer than the dilated kernel less one.", "crop_at_most_kernel",
           _crops(lambda axis: min(axis.crop_before, axis.extent - 1))),
    _fault("same-as-valid", "SAME is taken for VALID.", "zero_crop padding_as_valid", _taken("SAME", "VALID"),
           "differs wrong_shape", known_bug="https://github.com/microsoft/onnxruntime/issues/4086"),
    _fault("valid-as-same", "VALID is taken for SAME.", "padding_as_same", _taken("VALID", "SAME"),
           "wrong_shape differs"),
    _fault("explicit-as-same", "Explicit pads are taken for SAME.", "padding_as_same", _taken("explicit", "SAME"),
           "differs wrong_shape"),
    _fault("explicit-ignored", "Explicit pads count as none.", "zero_crop padding_as_valid",
           _taken("explicit", "VALID"), "differs wrong_shape"),
    _fault("same-by-folk-recipe",
           "SAME is (k - 1) // 2 before, as with a stride of 1: the shape is right, every pixel one off.",
           "half_kernel_crop crop_of_stride_one", _same(lambda axis: (axis.extent - 1) // 2),
           known_bug="https://github.com/keras-team/keras/pull/22876"),
    _fault("same-crops-behind", "SAME crops, or pads, all of it before.", "crop_all_before", _same(_total)),
    _fault("same-of-heights-stride", "SAME's crop of the other axes is computed with the first one's stride.",
           "crop_of_first_stride", _of_first_stride, known_bug="https://github.com/PaddlePaddle/Paddle/pull/20997"),
    _fault("explicit-sides-swapped", "Of explicit pads, after is taken for before.",
           "swap_explicit_pads swap_crop_sides", _explicit(lambda before, after: after)),
    _fault("explicit-averaged", "Explicit pads of an axis are averaged.", "symmetric_crop",
           _explicit(lambda before, after: (before + after) // 2),
           known_bug="https://github.com/tinygrad/tinygrad/pull/840"),
    _fault("pads-interleaved",
           "Explicit pads in a row, begin and end of each axis, are read as all begins and then all ends.",
           "interleaved_pads", _pads(lambda pads, _: [pad for pair in pads for pad in pair][: len(pads)])),
    _fault("pads-of-begins-and-ends",
           "Explicit pads in a row, all begins and then all ends, are read as begin and end of each axis.",
           "interleaved_pads",
           _pads(lambda pads, _: ([before for before, _ in pads] + [after for _, after in pads])[::2])),
    _fault("pads-of-first-axis", "Explicit pads of all axes are the first one's.", "first_crop_for_all",
           _pads(lambda pads, _: [pads[0][0]] * len(pads))),
    _fault("pads-in-other-order", "Explicit pads are read from the last axis to the first.", "swap_crop_axes",
           _pads(lambda pads, _: [before for before, _ in reversed(pads)])),
    _fault("pads-of-other-layout", "Explicit pads are read where the other data format has them.",
           "pads_of_other_layout", _pads(_of_other_layout)),
    # Only the caller of a transposed convolution names lengths: what lies beyond the shortest ones, which of them is
    # taken, and pads of what is enlarged have no counterpart in the other maps.
    _fault("same-of-smallest-output", "SAME's crop is that of the smallest legal output, whichever was asked for.",
           "crop_of_smallest_output", _same(lambda axis: max(axis.full - axis.stride * (axis.input - 1) - 1, 0) // 2),
           where=lambda problem: problem.transposed and problem.target is not None),
    wrong("zero-tail", "What lies beyond the smallest legal output is zero instead of computed.", "zeros_appended",
          known_bug="https://github.com/apache/tvm/pull/4708", where=transposed_result, finish=_zero_tail),
    wrong("repeated-tail", "What lies beyond the full result repeats its last element instead of being zero.",
          "tail_repeated", finish=_repeated_tail),
    _fault("smallest-output", "output_shape is ignored; the smallest legal one is returned.", "smallest_output",
           _lengths(lambda lengths: lengths[0]), "wrong_shape",
           known_bug="https://github.com/tensorflow/tensorflow/pull/35207", where=transposed_result),
    _fault("largest-output", "output_shape is ignored; the largest legal one is returned.", "largest_output",
           _lengths(lambda lengths: lengths[-1]), "wrong_shape", where=transposed_result),
    _fault("pads-the-input", "The input is padded instead of the output cropped.", "pad_input", _input_padded,
           known_bug="https://github.com/Samsung/TICO/issues/420", where=transposed_result),
    _fault("explicit-pads-of-the-input", "Explicit pads lie around the zero-dilated input.", "pads_of_dilated_input",
           ruled_axes(_pads_of_dilated_input), "wrong_shape differs",
           known_bug="https://github.com/jax-ml/jax/issues/32267", where=transposed_result),
    # Only the lengths of a convolution's result follow from its padding.
    _fault("same-pads-all-behind", "SAME pads nothing before and all behind.", "zero_crop", _same(lambda axis: 0),
           where=forward_convolution),
    _fault("same-pads-symmetric", "SAME pads (kernel - 1) // 2 on both sides, whatever length follows.",
           "half_kernel_crop", ruled_axes(_symmetric), "differs wrong_shape", where=forward_convolution),
    _fault(
        "same-rounds-down",
        "SAME gives length / stride rounded down.",
        "rounded_down",
        ruled_axes(lambda axis, rule: replace(axis, input=axis.output // axis.stride) if rule == "SAME" else axis),
        "wrong_shape",
        where=forward_convolution,
    ),
    _fault("valid-rounds-down", "VALID leaves the last window out.", "last_window_missing",
           ruled_axes(lambda axis, rule: replace(axis, input=max(axis.input - 1, 0)) if rule == "VALID" else axis),
           "wrong_shape", where=forward_convolution),
    _fault("strides-from-the-end", "Of the windows that a stride leaves, the last are kept instead of the first.",
           "last_of_each_stride", _crops(lambda axis: axis.crop_before - (axis.stride - 1)),
           where=forward_convolution),
)  # fmt: skip
