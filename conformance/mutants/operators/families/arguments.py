"""Strides, dilations and explicit pads that are mistaken for one another, or read in another order.

Knows: the integers of each axis, and the explicit pads that were asked for. Each fault holds for every operator and
direction; the lengths stay as they were asked for, as in an implementation that allocates first and computes then.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.mutants.operators.fault import FamilyFault
from conformance.mutants.operators.problem import Problem
from reference.geometry import Axis

Pads = Sequence[tuple[int, int]]


def _fault(name: str, summary: str, edit: Callable[[Problem], Problem], *diagnosis: str) -> FamilyFault:
    return FamilyFault(name, summary, "axes", ("differs",), edit=edit, diagnosis=diagnosis)


def _axes(change: Callable[[Axis], Axis]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, axes=tuple(change(axis) for axis in problem.axes))


def _of_axes(field: str, order: Callable[[list[int]], list[int]]) -> Callable[[Problem], Problem]:
    def edit(problem: Problem) -> Problem:
        numbers = order([getattr(axis, field) for axis in problem.axes])
        axes = (_with(axis, field, number) for axis, number in zip(problem.axes, numbers, strict=True))
        return replace(problem, axes=tuple(axes))

    return edit


def _with(axis: Axis, field: str, number: int) -> Axis:
    change: Callable[..., Axis] = replace
    return change(axis, **{field: number})


def _pads(change: Callable[[Pads, Problem], Sequence[int]]) -> Callable[[Problem], Problem]:
    """What is cropped or padded before, read out of the explicit pads in another way."""

    def edit(problem: Problem) -> Problem:
        pads = [rule for rule in problem.rules if not isinstance(rule, str)]
        if len(pads) != len(problem.axes):
            return problem
        before = change(pads, problem)
        axes = (replace(axis, crop_before=crop) for axis, crop in zip(problem.axes, before, strict=True))
        return replace(problem, axes=tuple(axes))

    return edit


def _begins_then_ends(pads: Pads, _: Problem) -> list[int]:
    """[begin, end] of each axis in a row, read as all begins and then all ends."""
    return [pad for pair in pads for pad in pair][: len(pads)]


def _ends_beside_begins(pads: Pads, _: Problem) -> list[int]:
    """All begins and then all ends, read as [begin, end] of each axis."""
    row = [before for before, _ in pads] + [after for _, after in pads]
    return row[::2]


def _first_for_all(pads: Pads, _: Problem) -> list[int]:
    return [pads[0][0]] * len(pads)


def _other_order(pads: Pads, _: Problem) -> list[int]:
    return [before for before, _ in reversed(pads)]


def _other_layout(pads: Pads, problem: Problem) -> list[int]:
    """Where the other data format has its spatial axes."""
    before = [pair[0] for pair in pads]
    return [*before[1:], 0] if problem.asked.last else [0, *before[:-1]]


def _numbers_of_other_layout(field: str) -> Callable[[Problem], Problem]:
    def edit(problem: Problem) -> Problem:
        last = problem.asked.last
        return _of_axes(field, lambda numbers: [*numbers[1:], 1] if last else [1, *numbers[:-1]])(problem)

    return edit


FAULTS = (
    _fault(
        "strides-times-dilations",
        "Every stride is multiplied by its axis's dilation.",
        _axes(lambda axis: replace(axis, stride=axis.stride * axis.dilation)),
        "strides_times_dilations",
    ),
    _fault(
        "strides-for-dilations",
        "Strides and dilations change places.",
        _axes(lambda axis: replace(axis, stride=axis.dilation, dilation=axis.stride)),
        "exchange_strides_and_dilations",
    ),
    _fault(
        "dilations-count-strides",
        "A dilation above 1 is multiplied by its axis's stride.",
        _axes(lambda axis: replace(axis, dilation=axis.dilation * (axis.stride if axis.dilation > 1 else 1))),
        "dilations_in_strides",
    ),
    _fault(
        "dilations-in-other-order",
        "The dilations are read from the last axis to the first.",
        _of_axes("dilation", lambda numbers: numbers[::-1]),
        "swap_dilations",
    ),
    _fault(
        "first-dilation-for-all",
        "Every axis has the first one's dilation.",
        _of_axes("dilation", lambda numbers: [numbers[0]] * len(numbers)),
        "first_dilation_for_all",
    ),
    _fault(
        "strides-of-other-layout",
        "The strides are read where the other data format has them.",
        _numbers_of_other_layout("stride"),
        "strides_of_other_layout",
    ),
    _fault(
        "pads-interleaved",
        "Explicit pads in a row, begin and end of each axis, are read as all begins and then all ends.",
        _pads(_begins_then_ends),
        "interleaved_pads",
    ),
    _fault(
        "pads-of-begins-and-ends",
        "Explicit pads in a row, all begins and then all ends, are read as begin and end of each axis.",
        _pads(_ends_beside_begins),
        "interleaved_pads",
    ),
    _fault(
        "pads-of-first-axis", "Explicit pads of all axes are the first one's.", _pads(_first_for_all),
        "first_crop_for_all",
    ),
    _fault(
        "pads-in-other-order",
        "Explicit pads are read from the last axis to the first.",
        _pads(_other_order),
        "swap_crop_axes",
    ),
    _fault(
        "pads-of-other-layout",
        "Explicit pads are read where the other data format has them.",
        _pads(_other_layout),
        "pads_of_other_layout",
    ),
)  # fmt: skip
