"""Edits of strides and dilations: ignored, exchanged, taken from another axis.

Knows: geometry. Must not know: arrays' contents, answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from conformance.operators.convolution.diagnosis.edit import Apply, Edit, consequences, on_axes
from conformance.operators.convolution.diagnosis.rendition import Rendition
from reference.geometry import Axis

Numbers: TypeAlias = Callable[[list[int]], list[int]]
"""one number an axis, as somebody misread them"""

# Of a stride or dilation in an implementation; each smaller one is tried, and a stride may be 2^32
MOST_LIMIT = 64


def _read(field: str, numbers: Numbers) -> Apply:
    """Other strides or dilations, and what may follow from them."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        new = _renumbered(old, field, numbers)
        if new.axes != old.axes:
            yield from consequences(old, new)

    return apply


def _renumbered(old: Rendition, field: str, numbers: Numbers) -> Rendition:
    return old.with_numbers(field, numbers([getattr(axis, field) for axis in old.axes]))


def _ones(numbers: list[int]) -> list[int]:
    return [1] * len(numbers)


def _reversed(numbers: list[int]) -> list[int]:
    return numbers[::-1]


def _first(numbers: list[int]) -> list[int]:
    return [numbers[0]] * len(numbers)


def _last(numbers: list[int]) -> list[int]:
    return [numbers[-1]] * len(numbers)


def _undilated(old: Rendition) -> Iterator[Rendition]:
    """Dilations of 1 throughout: in the taps, in the crop, in the lengths."""
    new = _renumbered(old, "dilation", _ones)
    if new.axes != old.axes:
        following = list(consequences(old, new))
        yield from following[1:] or following


def _undilated_taps(old: Rendition) -> Iterator[Rendition]:
    new = _renumbered(old, "dilation", _ones)
    if new.axes != old.axes:
        yield new


def _changed(change: Callable[[Axis], Axis]) -> Apply:
    def apply(old: Rendition) -> Iterator[Rendition]:
        for new in on_axes(old, lambda axis, _: change(axis)):
            yield from consequences(old, new)

    return apply


def _at_most(field: str) -> Apply:
    """No number above one that some axis exceeds."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        numbers = [getattr(axis, field) for axis in old.axes]
        for most in range(2, min(max(numbers), MOST_LIMIT + 1)):
            new = old.with_numbers(field, [min(number, most) for number in numbers])
            yield from (each.saying(str(most)) for each in consequences(old, new))

    return apply


def _read_in_other_layout(field: str) -> Apply:
    """One number an axis of the data format: where the other one has its spatial axes, one of them is the channels'."""

    def apply(old: Rendition) -> Iterator[Rendition]:
        numbers = [getattr(axis, field) for axis in old.axes]
        new = old.with_numbers(field, [*numbers[1:], 1] if old.last else [1, *numbers[:-1]])
        if new.axes != old.axes:
            yield from consequences(old, new)

    return apply


_STRIDES = "{new.strides} instead of {old.strides}"
_DILATIONS = "{new.dilations} instead of {old.dilations}"


def _of_strides(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "strides", f"{clause}: {_STRIDES}", apply)


def _of_dilations(name: str, clause: str, apply: Apply) -> Edit:
    return Edit(name, "dilations", f"{clause}: {_DILATIONS}", apply)


NUMBERS: tuple[Edit, ...] = (
    _of_strides("ignore_strides", "strides were ignored", _read("stride", _ones)),
    _of_strides("swap_strides", "strides were read in the other order", _read("stride", _reversed)),
    _of_strides("first_stride_for_all", "the first axis's stride were used for all axes", _read("stride", _first)),
    _of_strides("last_stride_for_all", "the last axis's stride were used for all axes", _read("stride", _last)),
    _of_strides(
        "exchange_strides_and_dilations",
        "strides and dilations were exchanged, dilations {new.dilations} instead of {old.dilations}, strides",
        _changed(lambda axis: replace(axis, stride=axis.dilation, dilation=axis.stride)),
    ),
    _of_strides(
        "strides_times_dilations",
        "strides were multiplied by the dilations",
        _changed(lambda axis: replace(axis, stride=axis.stride * axis.dilation)),
    ),
    _of_strides(
        "strides_of_other_layout",
        "strides were read in the order of {old.other_layout}",
        _read_in_other_layout("stride"),
    ),
    _of_strides("strides_at_most", "no stride could exceed {new.said}", _at_most("stride")),
    _of_dilations("dilations_at_most", "no dilation could exceed {new.said}", _at_most("dilation")),
    _of_dilations("ignore_dilations", "dilations were ignored, crop included", _undilated),
    _of_dilations("ignore_dilations_of_taps", "dilations were ignored but in the crop", _undilated_taps),
    _of_dilations("swap_dilations", "dilations were read in the other order", _read("dilation", _reversed)),
    _of_dilations(
        "first_dilation_for_all", "the first axis's dilation were used for all axes", _read("dilation", _first)
    ),
    _of_dilations("last_dilation_for_all", "the last axis's dilation were used for all axes", _read("dilation", _last)),
    _of_dilations(
        "dilations_in_strides",
        "dilations counted strides",
        _changed(lambda axis: replace(axis, dilation=axis.dilation * axis.stride) if axis.dilation > 1 else axis),
    ),
    _of_dilations(
        "dilations_of_other_layout",
        "dilations were read in the order of {old.other_layout}",
        _read_in_other_layout("dilation"),
    ),
)
