"""Edits of the padding: which part of the uncropped result is returned, or what is padded.

Knows: geometry. Must not know: arrays' contents, answers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from conformance.operators.convolution.diagnosis.edit import Apply, Edit, legal, on_axes, recropped, repadded
from conformance.operators.convolution.diagnosis.rendition import Rendition
from reference.geometry import Axis, AxisPadding

Crop: TypeAlias = Callable[[Axis, AxisPadding], int | None]
"""another crop_before; None where the formula has no object"""

_CROPS = ": {old.crop} {new.crops} instead of {old.crops}"
# Counted from the last axis, so that a name stands for the same axis whatever the rank.
_PLACES = {"depth": -3, "height": -2, "width": -1}
# Each element of shift is eight edits more to try: two directions, along each axis and along all.
MOST_SHIFT = 3


def _shifted(place: int | None, by: int) -> Apply:
    """One axis's crop, counted from the last, or that of all."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        rank = len(old.axes)
        if (rank == 1) if place is None else (-place > rank):
            return
        crops = [crop + by * (place is None or at == rank + place) for at, crop in enumerate(old.crops)]
        told = (
            f"{old.crop} were {crops} instead of {old.crops}"
            if place is None
            else f"{old.crop} on {old.names[place]} were {crops[place]} instead of {old.crops[place]}"
        )
        yield old.with_numbers("crop_before", crops).saying(told)

    return apply


def _by(crop: Crop) -> Apply:
    """Another formula for crop_before, on all axes or on some."""

    def change(axis: Axis, rule: AxisPadding) -> Axis | None:
        crop_before = crop(axis, rule)
        return None if crop_before is None else replace(axis, crop_before=crop_before)

    return lambda old: on_axes(old, change)


def _transposed(apply: Apply) -> Apply:
    """Where the caller names the output's lengths."""
    return lambda old: apply(old) if old.operator.transposed else ()


def _convolution(apply: Apply) -> Apply:
    """Where the result's lengths follow from the call."""
    return lambda old: () if old.operator.transposed or not old.forward else apply(old)


def _total(axis: Axis) -> int:
    return max(axis.full - axis.output, 0)


def _pads_swapped(old: Rendition) -> Iterator[Rendition]:
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    if pairs:
        yield from _of_rules(old, [rule[::-1] for rule in pairs])
        yield from _by(lambda _, rule: None if isinstance(rule, str) else rule[1])(old)


def _halved(axis: Axis, rule: AxisPadding) -> int:
    return (_total(axis) if isinstance(rule, str) else sum(rule)) // 2


def _halved_up(axis: Axis, rule: AxisPadding) -> int:
    return ((_total(axis) if isinstance(rule, str) else sum(rule)) + 1) // 2


def _half_kernel(old: Rendition) -> Iterator[Rendition]:
    """Of a forward convolution the lengths may follow from the pads."""
    cropped = list(_by(lambda axis, _: (axis.extent - 1) // 2)(old))
    yield from cropped
    if old.forward and not old.operator.transposed:
        halves = [(axis.extent - 1) // 2 for axis in old.axes]
        yield from _of_rules(old, [(half, half) for half in halves])


def _of_input_length(axis: Axis, rule: AxisPadding) -> int | None:
    """SAME's pads of a forward convolution whose input has the value's length."""
    if rule != "SAME":
        return None
    count = -(-axis.input // axis.stride)
    return max(axis.stride * (count - 1) + axis.extent - axis.input, 0) // 2


def _all_before(old: Rendition) -> Iterator[Rendition]:
    yield from _by(lambda axis, rule: _total(axis))(old)
    yield from _by(lambda axis, rule: _total(axis) if isinstance(rule, str) else sum(rule))(old)


def _clamped(old: Rendition) -> Iterator[Rendition]:
    """No crop beyond the dilated kernel less one; the lengths as asked, or as the clamped pads give them."""
    yield from _by(lambda axis, _: min(axis.crop_before, axis.extent - 1))(old)
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    if pairs:
        most = [axis.extent - 1 for axis in old.axes]
        clamped = [(min(a, top), min(b, top)) for (a, b), top in zip(pairs, most, strict=True)]
        if clamped != pairs:
            yield from _of_rules(old, clamped)
            yield from _of_rules(old, [(min(a, top), b) for (a, b), top in zip(pairs, most, strict=True)])
            yield from _of_rules(old, [(a, min(b, top)) for (a, b), top in zip(pairs, most, strict=True)])


def _with_stride_of(at: int) -> Apply:
    """SAME's crop of all axes computed with one axis's stride."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        yield old.with_axes(
            [
                replace(axis, crop_before=recropped(replace(axis, stride=old.axes[at].stride), rule).crop_before)
                for axis, rule in zip(old.axes, old.rules, strict=True)
            ]
        )

    return apply


def _symmetric(old: Rendition) -> Iterator[Rendition]:
    for crop in (_halved, _halved_up, lambda axis, _: _total(axis) // 2):
        yield from _by(crop)(old)


def _crops_reversed(old: Rendition) -> Iterator[Rendition]:
    yield old.with_numbers("crop_before", old.crops[::-1])
    if not isinstance(old.rules[0], str):
        yield from repadded(old, old.rules[::-1])


def _of_one_axis(at: int) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        yield old.with_numbers("crop_before", [old.crops[at]] * len(old.axes))
        if not isinstance(old.rules[at], str):
            yield from repadded(old, [old.rules[at]] * len(old.axes))

    return apply


def _read_as(rule: AxisPadding) -> Apply:
    """The padding taken for another one."""
    return lambda old: repadded(old, [rule] * len(old.axes)) if old.rules[0] != rule else ()


def _of_rules(old: Rendition, rules: Sequence[tuple[int, int]]) -> Iterator[Rendition]:
    """Other explicit pads: with the lengths asked for, with those that follow, with what they leave of the full one."""
    if tuple(rules) == old.rules:
        return
    yield from repadded(old, rules)
    if old.forward and old.operator.transposed:
        left = [max(axis.full - sum(rule), 0) for axis, rule in zip(old.axes, rules, strict=True)]
        yield old.with_lengths(left).with_numbers("crop_before", [before for before, _ in rules])


def _interleaved(old: Rendition) -> Iterator[Rendition]:
    """Pads in a row: begin and end of each axis, read as all begins and then all ends, and the other way round."""
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    rank = len(old.axes)
    if len(pairs) < rank or rank == 1:
        return
    row = [pad for pair in pairs for pad in pair]
    yield from _of_rules(old, list(zip(row[:rank], row[rank:], strict=True)))
    row = [*(before for before, _ in pairs), *(after for _, after in pairs)]
    yield from _of_rules(old, list(zip(row[::2], row[1::2], strict=True)))


def _of_other_layout(old: Rendition) -> Iterator[Rendition]:
    """Explicit pads read where the other layout has its spatial axes: one of them is then that of the channels."""
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    if len(pairs) == len(old.axes):
        yield from _of_rules(old, [*pairs[1:], (0, 0)] if old.last else [(0, 0), *pairs[:-1]])


def _pads_of_dilated_input(old: Rendition) -> Iterator[Rendition]:
    """JAX's meaning of explicit pads: of the input after zeros were put between its elements."""
    pairs = [rule for rule in old.rules if not isinstance(rule, str)]
    if len(pairs) != len(old.axes):
        return
    crops = [axis.extent - 1 - before for axis, (before, _) in zip(old.axes, pairs, strict=True)]
    cropped = old.with_numbers("crop_before", crops)
    yield cropped
    if old.forward:
        lengths = [
            axis.stride * (axis.input - 1) + 1 + before + after - (axis.extent - 1)
            for axis, (before, after) in zip(old.axes, pairs, strict=True)
        ]
        yield cropped.with_lengths([max(length, 0) for length in lengths])


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
    if not old.forward or not any(before or after for before, after in crops):
        return
    padded = old.with_operand("value", np.pad(old.operands["value"], ((0, 0), *crops, (0, 0))))
    uncropped = padded.with_numbers("crop_before", [0] * len(crops))
    yield uncropped
    yield uncropped.with_lengths([axis.full for axis in uncropped.axes])
    yield padded


def _output_of(end: int) -> Apply:
    """The output's lengths not as asked, but the smallest or largest legal ones."""

    def change(axis: Axis, rule: AxisPadding) -> Axis:
        return recropped(replace(axis, output=legal(axis, rule)[end]), rule)

    return lambda old: on_axes(old, change) if old.forward else ()


def _uncropped(old: Rendition) -> Iterator[Rendition]:
    if old.forward:
        yield from on_axes(old, lambda axis, _: replace(axis, crop_before=0, output=axis.full))


def _rounded_down(old: Rendition) -> Iterator[Rendition]:
    if old.rules[0] == "SAME":
        yield from on_axes(old, lambda axis, _: replace(axis, input=axis.output // axis.stride))


def _cropping(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "crop", clause + _CROPS, apply)


def _outputs(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "output", clause + ": {new.lengths} instead of {old.lengths}", apply)


PADDING: tuple[Edit, ...] = (
    *(
        Edit(f"crop_before_{name}_{sign}_{size}", "crop", "{new.said}", _shifted(place, by))
        for name, place in (*_PLACES.items(), ("all", None))
        for size in range(1, MOST_SHIFT + 1)
        for by, sign in ((size, "plus"), (-size, "minus"))
    ),
    _cropping(
        "swap_crop_sides",
        "the two sides of the crop were swapped",
        _by(lambda axis, _: max(_total(axis) - axis.crop_before, 0)),
    ),
    # What is cropped behind taken for what is cropped before, below zero where the output runs on.
    _cropping(
        "crop_after_for_before", "the crop behind were taken for the one before", _by(lambda axis, _: axis.crop_after)
    ),
    _cropping("swap_explicit_pads", "the explicit pads' two sides were swapped", _pads_swapped),
    _cropping("symmetric_crop", "the crop were the same on both sides", _symmetric),
    _cropping("swap_crop_axes", "the crops of the axes were read in the other order", _crops_reversed),
    _cropping("first_crop_for_all", "the first axis's crop were used for all axes", _of_one_axis(0)),
    _cropping("last_crop_for_all", "the last axis's crop were used for all axes", _of_one_axis(-1)),
    _cropping("zero_crop", "nothing were cropped before", _by(lambda axis, rule: 0)),
    _cropping("half_kernel_crop", "half of the kernel were cropped, whatever the lengths", _half_kernel),
    _cropping(
        "crop_ignores_dilations",
        "the crop were computed without the dilations",
        _by(lambda axis, rule: recropped(replace(axis, dilation=1), rule).crop_before),
    ),
    _cropping(
        "crop_ignores_strides",
        "the crop were computed without the strides",
        _by(lambda axis, rule: recropped(replace(axis, stride=1), rule).crop_before),
    ),
    _cropping(
        "crop_of_stride_one",
        "the crop were that of a stride of 1",
        _by(lambda axis, rule: (axis.extent - 1) // 2 if rule == "SAME" else None),
    ),
    _cropping(
        "crop_of_input_length", "the crop were computed from the input's length", _transposed(_by(_of_input_length))
    ),
    _cropping(
        "crop_of_smallest_output",
        "the crop were that of the smallest legal output",
        _transposed(_by(lambda axis, rule: recropped(replace(axis, output=legal(axis, rule)[0]), rule).crop_before)),
    ),
    _cropping(
        "crop_of_largest_output",
        "the crop were that of the largest legal output",
        _transposed(_by(lambda axis, rule: recropped(replace(axis, output=legal(axis, rule)[-1]), rule).crop_before)),
    ),
    _cropping("crop_all_before", "all of the crop were before", _all_before),
    _cropping("crop_at_most_kernel", "no crop could exceed the dilated kernel less one", _clamped),
    _cropping("crop_of_first_stride", "all crops were computed with the first axis's stride", _with_stride_of(0)),
    _cropping("crop_of_last_stride", "all crops were computed with the last axis's stride", _with_stride_of(-1)),
    _cropping("interleaved_pads", "begins and ends of the explicit pads were interleaved otherwise", _interleaved),
    _cropping("pads_of_other_layout", "padding were read in the order of {old.other_layout}", _of_other_layout),
    _cropping("jax_same", "SAME were the one of jax.lax.conv_transpose", _transposed(_by(_jax_same))),
    Edit("padding_as_same", "crop", "padding were SAME instead of {old.padding}", _read_as("SAME")),
    Edit("padding_as_valid", "crop", "padding were VALID instead of {old.padding}", _read_as("VALID")),
    _cropping(
        "pads_of_dilated_input",
        "the explicit pads were those of the dilated input, as in JAX",
        _transposed(_pads_of_dilated_input),
    ),
    Edit(
        "pad_input",
        "crop",
        "the input were padded by what should be cropped off the result",
        _transposed(_input_padded),
    ),
    _outputs("smallest_output", "output_shape were ignored, for the smallest legal one", _transposed(_output_of(0))),
    _outputs("largest_output", "output_shape were ignored, for the largest legal one", _transposed(_output_of(-1))),
    _outputs("uncropped_output", "nothing were cropped at all", _transposed(_uncropped)),
    _outputs("rounded_down", "SAME gave length / stride rounded down", _convolution(_rounded_down)),
    _outputs(
        "last_window_missing",
        "the last window were left out",
        _convolution(lambda old: on_axes(old, lambda axis, _: replace(axis, input=max(axis.input - 1, 0)))),
    ),
    _cropping(
        "last_of_each_stride",
        "of the windows that a stride leaves, the last were kept instead of the first",
        _convolution(
            lambda old: on_axes(old, lambda axis, _: replace(axis, crop_before=axis.crop_before - (axis.stride - 1)))
        ),
    ),
)
