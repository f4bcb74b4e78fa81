"""Edits of strides and dilations: ignored, exchanged, taken from the other axis.

Knows: geometry. Must not know: arrays' contents, answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from conformance.judging.diagnosis.edit import Apply, Edit, both_crops, on_axes
from conformance.judging.diagnosis.rendition import Rendition
from reference.geometry import Axis

Numbers: TypeAlias = Callable[[Axis, Axis], tuple[Axis, Axis]]
"""height and width with other numbers"""


def _renumbered(numbers: Numbers) -> Apply:
    """Other strides or dilations, with the crop kept and with the crop that follows from them."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        axes = numbers(*old.axes)
        if axes != old.axes:
            yield from both_crops(old.with_axes(*axes))

    return apply


def _kept_crop(numbers: Numbers) -> Apply:
    return lambda old: [old.with_axes(*numbers(*old.axes))]


def _strides(choose: Callable[[int, int], tuple[int, int]]) -> Numbers:
    def numbers(height: Axis, width: Axis) -> tuple[Axis, Axis]:
        strides = choose(height.stride, width.stride)
        return replace(height, stride=strides[0]), replace(width, stride=strides[1])

    return numbers


def _dilations(choose: Callable[[int, int], tuple[int, int]]) -> Numbers:
    def numbers(height: Axis, width: Axis) -> tuple[Axis, Axis]:
        dilations = choose(height.dilation, width.dilation)
        return replace(height, dilation=dilations[0]), replace(width, dilation=dilations[1])

    return numbers


def _ones(_: int, __: int) -> tuple[int, int]:
    return 1, 1


def _swapped(height: int, width: int) -> tuple[int, int]:
    return width, height


def _of_height(height: int, _: int) -> tuple[int, int]:
    return height, height


def _of_width(_: int, width: int) -> tuple[int, int]:
    return width, width


def _recropped_only(numbers: Numbers) -> Apply:
    return lambda old: list(both_crops(old.with_axes(*numbers(*old.axes))))[-1:]


def _exchanged(old: Rendition) -> Iterator[Rendition]:
    for axes in on_axes(old, lambda axis, _: replace(axis, stride=axis.dilation, dilation=axis.stride)):
        yield from both_crops(axes)


def _dilated_in_strides(old: Rendition) -> Iterator[Rendition]:
    """The dilation counts inputs, not outputs."""

    def change(axis: Axis, _: object) -> Axis | None:
        return replace(axis, dilation=axis.dilation * axis.stride) if axis.dilation > 1 else None

    for axes in on_axes(old, change):
        yield from both_crops(axes)


_STRIDES = "{new.strides} instead of {old.strides}"
_DILATIONS = "{new.dilations} instead of {old.dilations}"


def _of_strides(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "strides", f"{clause}: {_STRIDES}", apply)


def _of_dilations(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "dilations", f"{clause}: {_DILATIONS}", apply)


_HEIGHT = "of height were used for both axes"
_WIDTH = "of width were used for both axes"

NUMBERS: tuple[Edit, ...] = (
    _of_strides("ignore_strides", "strides were ignored", _renumbered(_strides(_ones))),
    _of_strides("swap_strides", "strides were swapped", _renumbered(_strides(_swapped))),
    _of_strides("height_stride_for_both", f"the stride {_HEIGHT}", _renumbered(_strides(_of_height))),
    _of_strides("width_stride_for_both", f"the stride {_WIDTH}", _renumbered(_strides(_of_width))),
    _of_strides("exchange_strides_and_dilations", "strides and dilations were exchanged", _exchanged),
    _of_dilations("ignore_dilations", "dilations were ignored, crop included", _recropped_only(_dilations(_ones))),
    _of_dilations("ignore_dilations_of_taps", "dilations were ignored but in the crop", _kept_crop(_dilations(_ones))),
    _of_dilations("swap_dilations", "dilations were swapped", _renumbered(_dilations(_swapped))),
    _of_dilations("height_dilation_for_both", f"the dilation {_HEIGHT}", _renumbered(_dilations(_of_height))),
    _of_dilations("width_dilation_for_both", f"the dilation {_WIDTH}", _renumbered(_dilations(_of_width))),
    _of_dilations("dilations_in_strides", "dilations counted inputs", _dilated_in_strides),
)
