"""Strides and dilations: ignored, mistaken for one another, or read from another axis or in another order.

Knows: the integers of each axis. Each fault holds for every operator and direction; the lengths stay as they were asked
for, as in an implementation that allocates first and computes then.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.operators.convolution.mutants.changes import each_axis, numbers, reread, ruled_axes
from conformance.operators.convolution.mutants.fault import Fault, in_direction, wrong
from conformance.operators.convolution.mutants.problem import GivenCall, Problem, read, read_unchecked
from reference.geometry import Axis, AxisPadding, transposed_axis

Numbers = list[int]


def _crop_undilated(axis: Axis, rule: AxisPadding) -> Axis:
    numbers = (axis.input, axis.kernel, axis.stride, 1, rule, axis.output)
    return replace(axis, crop_before=transposed_axis(*numbers).crop_before)


def _of_other_layout(field: str) -> Callable[[Problem], Problem]:
    def edit(problem: Problem) -> Problem:
        last = problem.asked.last
        return numbers(field, lambda given: [*given[1:], 1] if last else [1, *given[:-1]])(problem)

    return edit


def _strides_of_channels_last(asked: GivenCall) -> Problem:
    """strides[1:-1], whatever the data_format; what the others say is not looked at."""
    strides, axes = asked.keywords.strides, asked.operator.rank + 2
    if asked.last or isinstance(strides, int) or len(strides) != axes or min(strides) < 1:
        return read(asked)
    return read_unchecked(replace(asked, keywords=replace(asked.keywords, strides=strides[1:-1])))


def _axes(name: str, summary: str, diagnosis: str, edit: Callable[[Problem], Problem], **parts: Any) -> Fault:
    """Nothing that the gradient of a bias could show."""
    return wrong(name, summary, diagnosis, edit=edit, where=lambda problem: problem.target is not None, **parts)


STRIDE = _axes("ignores-stride", "Every stride is 1.", "ignore_strides",
               each_axis(lambda axis: replace(axis, stride=1)))  # fmt: skip
DILATION = _axes("taps-ignore-dilation", "The crop is right, and the taps lie side by side.",
                 "ignore_dilations_of_taps", each_axis(lambda axis: replace(axis, dilation=1)),
                 known_bug="https://github.com/pytorch/pytorch/issues/1565")  # fmt: skip

FAULTS = (
    STRIDE,
    DILATION,
    *in_direction("value_gradient", STRIDE, DILATION),
    *in_direction("filter_gradient", STRIDE, DILATION),
    _axes("ignores-dilation", "The call is answered as if its dilations were 1.", "ignore_dilations",
          lambda problem: ruled_axes(lambda axis, rule: reread(problem, axis, rule, 1))(problem),
          outcomes="differs wrong_shape", known_bug="https://github.com/keras-team/keras/issues/8159"),
    _axes("crop-ignores-dilation", "The taps are right, and the crop, or pad, is that of dilation 1.",
          "crop_ignores_dilations", ruled_axes(_crop_undilated),
          known_bug="https://github.com/pytorch/pytorch/issues/14272"),
    *(
        _axes(name, summary, words, numbers(field, change))
        for field, rows in {
            "stride": (
                ("first-stride-for-all", "Every axis has the first one's stride.", "first_stride_for_all",
                 lambda given: given[:1] * len(given)),
                ("last-stride-for-all", "Every axis has the last one's stride.", "last_stride_for_all",
                 lambda given: given[-1:] * len(given)),
                ("exchanged-strides", "The strides are read from the last axis to the first.", "swap_strides",
                 lambda given: given[::-1]),
            ),
            "dilation": (
                ("first-dilation-for-all", "Every axis has the first one's dilation.", "first_dilation_for_all",
                 lambda given: given[:1] * len(given)),
                ("last-dilation-for-all", "Every axis has the last one's dilation.", "last_dilation_for_all",
                 lambda given: given[-1:] * len(given)),
                ("exchanged-dilations", "The dilations are read from the last axis to the first.", "swap_dilations",
                 lambda given: given[::-1]),
            ),
        }.items()
        for name, summary, words, change in rows
    ),
    _axes("stride-as-dilation", "Stride and dilation are exchanged.", "exchange_strides_and_dilations",
          each_axis(lambda axis: replace(axis, stride=axis.dilation, dilation=axis.stride))),
    _axes("dilation-in-strides", "The dilation counts inputs, so that stride and dilation together misplace a tap.",
          "dilations_in_strides",
          each_axis(lambda axis: replace(axis, dilation=axis.dilation * (axis.stride if axis.dilation > 1 else 1))),
          known_bug="https://github.com/apache/mxnet/issues/11203"),
    _axes("strides-times-dilations", "Every stride is multiplied by its axis's dilation.", "strides_times_dilations",
          each_axis(lambda axis: replace(axis, stride=axis.stride * axis.dilation))),
    _axes("strides-of-other-layout", "The strides are read where the other data format has them.",
          "strides_of_other_layout", _of_other_layout("stride")),
    wrong("strides-of-nhwc", "Strides for all axes are read where the channels come last.", "strides_of_other_layout",
          "differs accepted", read=_strides_of_channels_last),
)  # fmt: skip
