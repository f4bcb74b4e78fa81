"""Forward convolutions: the kernel's orientation, and what SAME, VALID and explicit pads mean.

Knows: the padding that was asked for, and axes, of which `crop_before` is what is padded before. Nothing here changes a
transposed convolution.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from conformance.mutants.fault import Outcome
from conformance.mutants.operators.fault import Edit, FamilyFault, edit_where, forward_convolution
from conformance.mutants.operators.problem import Problem
from reference.geometry import Axis, AxisPadding

ChangeAxis = Callable[[Axis, AxisPadding], Axis]


def _fault(name: str, summary: str, edit: Edit, *outcomes: Outcome, diagnosis: tuple[str, ...] = ()) -> FamilyFault:
    due = outcomes or ("differs",)
    return FamilyFault(name, summary, "forward convolution", due, edit=edit, diagnosis=diagnosis)


def _axes(change: ChangeAxis) -> Edit:
    """Every axis with its padding, changed."""

    def edit(problem: Problem) -> Problem:
        pairs = zip(problem.axes, problem.rules, strict=True)
        return replace(problem, axes=tuple(change(axis, rule) for axis, rule in pairs))

    return edit_where(forward_convolution, edit)


def _where(padding: str, change: Callable[[Axis], Axis]) -> Edit:
    """Changed where the padding is this word, or `explicit`."""
    return _axes(lambda axis, rule: change(axis) if _word(rule) == padding else axis)


def _word(rule: AxisPadding) -> str:
    return rule if isinstance(rule, str) else "explicit"


def _padded(axis: Axis) -> int:
    """How many zeros SAME adds in all."""
    return max(axis.stride * (axis.input - 1) + axis.extent - axis.output, 0)


def _as_same(axis: Axis) -> Axis:
    longer = replace(axis, input=-(-axis.output // axis.stride))
    return replace(longer, crop_before=_padded(longer) // 2)


def _as_valid(axis: Axis) -> Axis:
    return replace(axis, crop_before=0, input=max(-(-(axis.output - axis.extent + 1) // axis.stride), 0))


def _as_symmetric(axis: Axis) -> Axis:
    """(kernel - 1) // 2 on both sides, and the length that follows from it."""
    pad = (axis.extent - 1) // 2
    length = (axis.output + 2 * pad - axis.extent) // axis.stride + 1
    return replace(axis, crop_before=pad, input=max(length, 0))


def _exchanged(axis: Axis, rule: AxisPadding) -> Axis:
    return axis if isinstance(rule, str) else replace(axis, crop_before=rule[1])


def _flipped(problem: Problem) -> Problem:
    return replace(problem, filter=np.flip(problem.filter, tuple(range(len(problem.axes)))))


FAULTS = (
    _fault(
        "kernel-flipped",
        "The kernel is turned around.",
        edit_where(forward_convolution, _flipped),
        diagnosis=("flip_all", "flip_width"),
    ),
    _fault(
        "same-pads-before",
        "SAME with an odd total pads the extra zero before instead of behind.",
        _where("SAME", lambda axis: replace(axis, crop_before=-(-_padded(axis) // 2))),
        diagnosis=("swap_crop_sides",),
    ),
    _fault(
        "same-pads-all-behind",
        "SAME pads nothing before and all behind.",
        _where("SAME", lambda axis: replace(axis, crop_before=0)),
        diagnosis=("zero_crop",),
    ),
    _fault(
        "same-pads-of-stride-one",
        "SAME pads as with a stride of 1.",
        _where("SAME", lambda axis: replace(axis, crop_before=(axis.extent - 1) // 2)),
        diagnosis=("crop_of_stride_one",),
    ),
    _fault(
        "same-pads-symmetric",
        "SAME pads (kernel - 1) // 2 on both sides, whatever length follows.",
        _where("SAME", _as_symmetric),
        "differs",
        "wrong_shape",
        diagnosis=("half_kernel_crop",),
    ),
    _fault(
        "same-pads-without-dilation",
        "SAME pads as with a dilation of 1.",
        _where("SAME", lambda axis: replace(axis, crop_before=_padded(replace(axis, dilation=1)) // 2)),
        diagnosis=("crop_ignores_dilations",),
    ),
    _fault(
        "same-rounds-down",
        "SAME gives length / stride rounded down.",
        _where("SAME", lambda axis: replace(axis, input=axis.output // axis.stride)),
        "wrong_shape",
        diagnosis=("rounded_down",),
    ),
    _fault(
        "valid-as-same",
        "VALID is taken for SAME.",
        _where("VALID", _as_same),
        "wrong_shape",
        "differs",
        diagnosis=("padding_as_same",),
    ),
    _fault(
        "same-as-valid",
        "SAME is taken for VALID.",
        _where("SAME", _as_valid),
        "wrong_shape",
        "differs",
        diagnosis=("padding_as_valid",),
    ),
    _fault(
        "valid-rounds-down",
        "VALID leaves the last window out.",
        _where("VALID", lambda axis: replace(axis, input=max(axis.input - 1, 0))),
        "wrong_shape",
        diagnosis=("last_window_missing",),
    ),
    _fault(
        "explicit-pads-exchanged",
        "Explicit pads before and behind are exchanged.",
        _axes(_exchanged),
        diagnosis=("swap_explicit_pads",),
    ),
    _fault(
        "explicit-pads-ignored",
        "Explicit pads count as none.",
        _where("explicit", _as_valid),
        "wrong_shape",
        "differs",
        diagnosis=("padding_as_valid",),
    ),
    _fault(
        "strides-from-the-end",
        "Of the windows that a stride leaves, the last are kept instead of the first.",
        _axes(lambda axis, rule: replace(axis, crop_before=axis.crop_before - (axis.stride - 1))),
        diagnosis=("last_of_each_stride",),
    ),
)
