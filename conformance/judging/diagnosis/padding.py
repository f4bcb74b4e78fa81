"""Edits of the padding: which part of the uncropped result is returned.

Knows: geometry. Must not know: arrays' contents, answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from conformance.judging.diagnosis.edit import Apply, Edit, on_axes, recropped
from conformance.judging.diagnosis.rendition import Rendition
from reference.geometry import Axis, AxisPadding, legal_output_lengths

Crop: TypeAlias = Callable[[Axis, AxisPadding], int | None]
"""another crop_before; None where the formula has no object"""

_CROPS = ": crop_before {new.crops} instead of {old.crops}"


def _shifted(axes: tuple[int, ...], by: int) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        yield old.with_axes(
            *(replace(axis, crop_before=axis.crop_before + by * (at in axes)) for at, axis in enumerate(old.axes))
        )

    return apply


def _shift_edits() -> Iterator[Edit]:
    for place, axes in (("height", (0,)), ("width", (1,)), ("both", (0, 1))):
        told = (
            "crop_before were {new.crops} instead of {old.crops}"
            if place == "both"
            else f"crop_before on {place} were {{new.{place}.crop_before}} instead of {{old.{place}.crop_before}}"
        )
        for by in (1, -1, 2, -2, 3, -3):
            sign = "plus" if by > 0 else "minus"
            yield Edit(f"crop_before_{place}_{sign}_{abs(by)}", "crop", told, _shifted(axes, by))


def _by(crop: Crop) -> Apply:
    """Another formula for crop_before, on both axes or on one."""

    def change(axis: Axis, rule: AxisPadding) -> Axis | None:
        crop_before = crop(axis, rule)
        return None if crop_before is None else replace(axis, crop_before=crop_before)

    return lambda old: on_axes(old, change)


def _total(axis: Axis) -> int:
    return max(axis.full - axis.output, 0)


def _sides_swapped(axis: Axis, _: AxisPadding) -> int:
    return max(_total(axis) - axis.crop_before, 0)


def _pads_swapped(_: Axis, rule: AxisPadding) -> int | None:
    return None if isinstance(rule, str) else rule[1]


def _halved(axis: Axis, rule: AxisPadding) -> int:
    return (_total(axis) if isinstance(rule, str) else sum(rule)) // 2


def _halved_up(axis: Axis, rule: AxisPadding) -> int:
    return ((_total(axis) if isinstance(rule, str) else sum(rule)) + 1) // 2


def _half_total(axis: Axis, _: AxisPadding) -> int:
    return _total(axis) // 2


def _half_kernel(axis: Axis, _: AxisPadding) -> int:
    return (axis.extent - 1) // 2


def _undilated(axis: Axis, rule: AxisPadding) -> int:
    return recropped(replace(axis, dilation=1), rule).crop_before


def _unstrided(axis: Axis, rule: AxisPadding) -> int:
    return recropped(replace(axis, stride=1), rule).crop_before


def _of_input_length(axis: Axis, rule: AxisPadding) -> int | None:
    """SAME's pads of a forward convolution whose input has the value's length."""
    if rule != "SAME":
        return None
    windows = -(-axis.input // axis.stride)
    return max(axis.stride * (windows - 1) + axis.extent - axis.input, 0) // 2


def _of_smallest(axis: Axis, rule: AxisPadding) -> int:
    return recropped(replace(axis, output=_legal(axis, rule)[0]), rule).crop_before


def _of_largest(axis: Axis, rule: AxisPadding) -> int:
    return recropped(replace(axis, output=_legal(axis, rule)[-1]), rule).crop_before


def _legal(axis: Axis, rule: AxisPadding) -> range:
    legal = legal_output_lengths(axis.input, axis.kernel, axis.stride, axis.dilation, rule)
    return legal or range(axis.output, axis.output + 1)


def _all_before(old: Rendition) -> Iterator[Rendition]:
    yield from _by(lambda axis, rule: _total(axis))(old)
    yield from _by(lambda axis, rule: _total(axis) if isinstance(rule, str) else sum(rule))(old)


def _clamped(axis: Axis, _: AxisPadding) -> int:
    return min(axis.crop_before, axis.extent - 1)


def _with_stride_of(at: int) -> Apply:
    """SAME's crop of both axes computed with one axis's stride."""
    return lambda old: [
        old.with_axes(
            *(
                replace(axis, crop_before=recropped(replace(axis, stride=old.axes[at].stride), rule).crop_before)
                for axis, rule in zip(old.axes, old.rules, strict=True)
            )
        )
    ]


def _symmetric(old: Rendition) -> Iterator[Rendition]:
    for crop in (_halved, _halved_up, _half_total):
        yield from _by(crop)(old)


def _swapped_axes(old: Rendition) -> Iterator[Rendition]:
    height, width = old.axes
    yield old.with_axes(replace(height, crop_before=width.crop_before), replace(width, crop_before=height.crop_before))


def _of_one_axis(at: int) -> Apply:
    return lambda old: [old.with_axes(*(replace(axis, crop_before=old.axes[at].crop_before) for axis in old.axes))]


def _read_as(rule: AxisPadding) -> Apply:
    """The padding taken for another one: with the output asked for, and with the lengths of that other one."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        if old.rules[0] == rule:
            return
        yield old.with_axes(*(recropped(axis, rule) for axis in old.axes))
        for end in (0, -1):
            longer = (replace(axis, output=_legal(axis, rule)[end]) for axis in old.axes)
            yield old.with_axes(*(recropped(axis, rule) for axis in longer))

    return apply


def _pads_of_dilated_input(old: Rendition) -> Iterator[Rendition]:
    """JAX's meaning of explicit pads: of the input after zeros were put between its elements."""
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    if len(pairs) != len(old.axes):
        return
    axes = [
        replace(axis, crop_before=axis.extent - 1 - before) for axis, (before, _) in zip(old.axes, pairs, strict=True)
    ]
    yield old.with_axes(*axes)
    lengths = [
        axis.stride * (axis.input - 1) + 1 + before + after - (axis.extent - 1)
        for axis, (before, after) in zip(old.axes, pairs, strict=True)
    ]
    yield old.with_axes(*(replace(axis, output=max(length, 0)) for axis, length in zip(axes, lengths, strict=True)))


def _jax_same(axis: Axis, rule: AxisPadding) -> int | None:
    """`jax.lax.conv_transpose`: k - 1 before where the stride exceeds that, else half of k + s - 2, rounded up."""
    if rule != "SAME":
        return None
    reach = axis.extent - 1
    before = reach if axis.stride > reach else -(-(axis.extent + axis.stride - 2) // 2)
    return reach - before


def _input_padded(old: Rendition) -> Iterator[Rendition]:
    """What should be cropped off the result is put around the input."""
    crops = [
        (axis.crop_before, max(axis.crop_after, 0)) if isinstance(rule, str) else rule
        for axis, rule in zip(old.axes, old.rules, strict=True)
    ]
    if not any(before or after for before, after in crops):
        return
    padded = old.with_value(np.pad(old.value, ((0, 0), *crops, (0, 0))))
    uncropped = [replace(axis, crop_before=0) for axis in padded.axes]
    yield padded.with_axes(*uncropped)
    yield padded.with_axes(*(replace(axis, output=axis.full) for axis in uncropped))
    yield padded


def _output_of(end: int) -> Apply:
    """The output's lengths not as asked, but the smallest or largest legal ones."""

    def change(axis: Axis, rule: AxisPadding) -> Axis:
        return recropped(replace(axis, output=_legal(axis, rule)[end]), rule)

    return lambda old: on_axes(old, change)


def _uncropped(old: Rendition) -> Iterator[Rendition]:
    yield from on_axes(old, lambda axis, _: replace(axis, crop_before=0, output=axis.full))


PADDING: tuple[Edit, ...] = (
    *_shift_edits(),
    Edit("swap_crop_sides", "crop", f"the two sides of the crop were swapped{_CROPS}", _by(_sides_swapped)),
    Edit("swap_explicit_pads", "crop", f"the explicit pads' two sides were swapped{_CROPS}", _by(_pads_swapped)),
    Edit("symmetric_crop", "crop", f"the crop were the same on both sides{_CROPS}", _symmetric),
    Edit("swap_crop_axes", "crop", f"the crops of height and width were swapped{_CROPS}", _swapped_axes),
    Edit("height_crop_for_both", "crop", f"the crop of height were used for width too{_CROPS}", _of_one_axis(0)),
    Edit("width_crop_for_both", "crop", f"the crop of width were used for height too{_CROPS}", _of_one_axis(1)),
    Edit("zero_crop", "crop", f"nothing were cropped before{_CROPS}", _by(lambda axis, rule: 0)),
    Edit(
        "half_kernel_crop",
        "crop",
        f"half of the kernel were cropped, whatever the output's length{_CROPS}",
        _by(_half_kernel),
    ),
    Edit("crop_ignores_dilations", "crop", f"the crop were computed without the dilations{_CROPS}", _by(_undilated)),
    Edit("crop_ignores_strides", "crop", f"the crop were computed without the strides{_CROPS}", _by(_unstrided)),
    Edit(
        "crop_of_input_length", "crop", f"the crop were computed from the input's length{_CROPS}", _by(_of_input_length)
    ),
    Edit(
        "crop_of_smallest_output", "crop", f"the crop were that of the smallest legal output{_CROPS}", _by(_of_smallest)
    ),
    Edit("crop_of_largest_output", "crop", f"the crop were that of the largest legal output{_CROPS}", _by(_of_largest)),
    Edit("crop_all_before", "crop", f"all of the crop were before{_CROPS}", _all_before),
    Edit("crop_at_most_kernel", "crop", f"no crop could exceed the dilated kernel less one{_CROPS}", _by(_clamped)),
    Edit(
        "crop_of_height_stride",
        "crop",
        f"the crop of width were computed with height's stride{_CROPS}",
        _with_stride_of(0),
    ),
    Edit(
        "crop_of_width_stride",
        "crop",
        f"the crop of height were computed with width's stride{_CROPS}",
        _with_stride_of(1),
    ),
    Edit("jax_same", "crop", f"SAME were the one of jax.lax.conv_transpose{_CROPS}", _by(_jax_same)),
    Edit("padding_as_same", "crop", "padding were SAME instead of {old.padding}", _read_as("SAME")),
    Edit("padding_as_valid", "crop", "padding were VALID instead of {old.padding}", _read_as("VALID")),
    Edit(
        "pads_of_dilated_input",
        "crop",
        f"the explicit pads were those of the dilated input, as in JAX{_CROPS}",
        _pads_of_dilated_input,
    ),
    Edit("pad_input", "crop", "the input were padded by what should be cropped off the result", _input_padded),
    Edit(
        "smallest_output",
        "output",
        "output_shape were ignored, for the smallest legal one: {new.outputs} instead of {old.outputs}",
        _output_of(0),
    ),
    Edit(
        "largest_output",
        "output",
        "output_shape were ignored, for the largest legal one: {new.outputs} instead of {old.outputs}",
        _output_of(-1),
    ),
    Edit(
        "uncropped_output", "output", "nothing were cropped at all: {new.outputs} instead of {old.outputs}", _uncropped
    ),
)
